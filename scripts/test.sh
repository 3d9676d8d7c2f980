#!/bin/sh
# `make test`: provides what the tests need, runs the checks, then all tests; arguments go to pytest.
# Exits non-zero if anything failed, or was missing and so left untested; ALLOW_MISSING=1 accepts what is missing.
set -eu
cd "$(dirname "$0")/.."

version() { printf '%s: %s\n' "$1" "$(shift; "$@" 2>&1 | grep -m 1 '[0-9][.][0-9]')"; }

accepted=${ALLOW_MISSING:-}
lacking=0
scripts/provide.sh || lacking=1
if [ "$lacking" = 1 ]; then
    export ALLOW_MISSING=1
fi

${MAKE:-make} --no-print-directory check

version Python .venv/bin/python --version
for program in java chromium chromium-browser google-chrome node; do
    if command -v "$program" >/dev/null 2>&1; then
        [ "$program" = java ] && version java java -version || version "$program" "$program" --version
    fi
done

.venv/bin/pytest "$@"
if [ "$lacking" = 1 ] && [ "$accepted" != 1 ]; then
    echo "all that could run has passed, but something is missing (above): install it, or accept that with ALLOW_MISSING=1" >&2
    exit 1
fi
