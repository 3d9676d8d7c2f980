#!/bin/sh
# Locks what the product needs, and what its tests need beside that, with hashes and without index addresses.
# `scripts/lock.sh --upgrade` takes the newest versions that pyproject.toml allows.
set -eu

compile() {
    output=$1
    shift
    .venv/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
        --no-annotate --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
        --output-file "$output" "$@"
}

compile requirements-dev.lock --extra dev "$@"
compile requirements.lock --constraint requirements-dev.lock
