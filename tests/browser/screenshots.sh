#!/usr/bin/env bash
# screenshots.sh FOLDER: the README's two pictures, page.png (a projector's width) and phone.png, of the page's own test data. Builds what it needs to
# and takes the servers from the environment, as tests/integration does.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
[ $# -eq 1 ] || { sed -n '2,3s/^# //p' "${BASH_SOURCE[0]}" >&2 && exit 2; }
# shellcheck source=deploy/lib/base.sh
. deploy/lib/base.sh
# shellcheck source=deploy/lib/build.sh
. deploy/lib/build.sh
BUILD=${BUILD:-$CHECKOUT/build}
export BUILD
web_build "$BUILD/web"
shots=$(mktemp -d)
trap 'rm -rf "$shots"' EXIT
BROWSER_OUT=$shots PYTHONPATH=tests/lib python3 tests/browser/test_browser.py
mkdir -p "$1"
cp "$shots/wide.png" "$1/page.png"
cp "$shots/phone.png" "$1/phone.png"
