#!/usr/bin/env bash
# Holds what goes in from packages of Anki and out into them against the real Anki, from PyPI:
# tests/anki.sh [RETAIN].
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

retain=${1:-target/debug/retain}
place=target/anki
# In UTC, so that a day is one on every machine.
export TZ=UTC
mkdir -p "$place"
if ! "$place/env/bin/python" -c 'import anki.collection' 2>/dev/null; then
    # Debian has this part of Python in a package of its own.
    python3 -m venv "$place/env" || {
        apt-get update -qq && apt-get install -qq -y python3-venv
        python3 -m venv "$place/env"
    }
    "$place/env/bin/pip" install --quiet --disable-pip-version-check 'anki==26.9.3'
fi
rm -rf "$place/packages"
"$place/env/bin/python" tests/anki/make.py "$place/packages"
python3 tests/anki/compare.py "$retain" "$place/packages"
"$place/env/bin/python" tests/anki/export.py "$retain" "$place/packages"
