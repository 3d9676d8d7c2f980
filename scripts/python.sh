#!/bin/sh
# Prints the first Python that is 3.11 or newer and can make virtual environments; nothing if there is none.
for name in python3.13 python3.12 python3.11 python3; do
    if "$name" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        command -v "$name"
        exit
    fi
done
