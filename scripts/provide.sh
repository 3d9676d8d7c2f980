#!/bin/sh
# What the tests need beside Python. As root on Debian or Ubuntu, installs what is missing; then names each thing that is
# missing still, with what that leaves untested, and exits 1 if there is any.
set -u

has() { command -v "$1" >/dev/null 2>&1; }

has_python() { [ -n "$(scripts/python.sh)" ]; }

has_kafka() {
    [ -n "${SEATRIAL_TEST_KAFKA:-}" ] && return
    has mvn && has java || return
    version=$(java -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p')
    [ "${version:-0}" -ge 17 ]
}

has_postgres() {
    [ -n "${SEATRIAL_TEST_POSTGRES:-}" ] || has initdb || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1
}

has_chromium() { has chromium || has chromium-browser || has google-chrome; }

has_node() { has node && has npm; }

java_package() {
    for version in 17 21 25; do
        if apt-cache show "openjdk-$version-jre-headless" >/dev/null 2>&1; then
            echo "openjdk-$version-jre-headless"
            return
        fi
    done
    echo default-jre-headless
}

packages() {
    has_python || echo python3-venv
    has_kafka || echo "$(java_package) maven"
    has_postgres || echo postgresql
    has_chromium || echo chromium
    has_node || echo nodejs npm
}

complete() { has_python && has_kafka && has_postgres && has_chromium && has_node; }

may_install() {
    [ "$(id -u)" = 0 ] && has apt-get && grep -qE '^ID(_LIKE)?=.*(debian|ubuntu)' /etc/os-release 2>/dev/null
}

install() {
    DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends -qq "$@" </dev/null >/dev/null
}

provide() {
    # The packages' names depend on the lists, which a bare machine may not have yet.
    apt-cache show maven >/dev/null 2>&1 || apt-get update -qq </dev/null
    set -- $(packages)
    echo "installing $*"
    install "$@" || { apt-get update -qq </dev/null && install "$@"; }
}

missing=0
lacks() {
    echo "MISSING: $1" >&2
    missing=1
}

if ! complete && may_install; then
    provide || echo "apt-get could not install everything" >&2
fi
has_python || lacks "Python 3.11 or newer with venv: nothing can run"
has_kafka || lacks "Java 17 and Maven: no Apache Kafka. On a stand-in broker, rebalances after a death, size limits and durability over SIGKILL stay untested"
has_postgres || lacks "a PostgreSQL server: every test of the distributed tier's store"
has_chromium || lacks "Chromium: the pages in a browser, their accessibility, and the browser's SDK"
has_node || lacks "Node and npm: the SDKs for Node and for browsers, and accessibility"
exit $missing
