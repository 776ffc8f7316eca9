#!/usr/bin/env bash
# Opens the page of `stats --html` in Debian's Chromium, headless, and holds it against the JSON:
# tests/page.sh [RETAIN]. Pictures of it are left in target/page.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

retain=${1:-target/debug/retain}
place=target/page
export TZ=UTC
mkdir -p "$place"
if ! command -v chromium >/dev/null; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y chromium >/dev/null
fi
if ! "$place/env/bin/python" -c 'import playwright' 2>/dev/null; then
    # Debian has this part of Python in a package of its own.
    python3 -m venv "$place/env" || {
        apt-get update -qq && apt-get install -qq -y python3-venv
        python3 -m venv "$place/env"
    }
    "$place/env/bin/pip" install --quiet --disable-pip-version-check 'playwright==1.65.2'
fi
"$place/env/bin/python" tests/page/check.py "$retain" "$place"
