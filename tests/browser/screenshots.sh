#!/usr/bin/env bash
# screenshots.sh: the README's two pictures (deploy/pictures), taken of the running demo: deploy/demo.sh first.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=deploy/lib/servers.sh
. deploy/lib/servers.sh
url=$(sed -n "s/^export API_URL='\(.*\)'\$/\1/p" "$LAGESBILD_HOME/env")
mkdir -p deploy/pictures
web_modules
URL=${url/127.0.0.1/localhost} PASSWORD=$(sed -n 's/^samordnare //p' "$LAGESBILD_HOME/demo") OUT=deploy/pictures \
	PERIOD=${1:-latest} node tests/browser/screenshots.mjs
