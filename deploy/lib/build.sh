# shellcheck shell=bash
# build.sh: one build tree at a time, for the demo and the tests.

# build_tree DIR CMAKE-OPTION...: configures and builds the checkout in DIR (relative to it). The output is kept in
# $LAGESBILD_HOME/log; what fails is shown. Two scripts in one checkout take turns.
build_tree() {
	local tree=$1 log=$LAGESBILD_HOME/log/$1.log
	shift
	mkdir -p "${log%/*}" "$CHECKOUT/.lagesbild"
	if ! (
		flock 9
		cd "$CHECKOUT" && cmake -G Ninja -S . -B "$tree" "$@" 9>&- && ninja -C "$tree" -j "$(nproc)" 9>&-
	) 9>"$CHECKOUT/.lagesbild/build.lock" >"$log" 2>&1; then
		{ grep -E -A 6 'error:|FAILED:|CMake Error' "$log" || tail -n 20 "$log"; } | sed -n 1,60p >&2
		complain "Bygget av $tree misslyckades; se $log"
	fi
}

# web_modules: what the page is built and tested with, as package-lock.json says; only when that has changed. Not `npm ci`, which wants the
# lock to name every other platform's binaries too.
web_modules() {
	local web=$CHECKOUT/services/api/web
	[ ! "$web/node_modules/.package-lock.json" -nt "$web/package-lock.json" ] || return 0
	(cd "$web" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm install --no-save --no-audit --no-fund)
}

# web_build DIR: the page, built into DIR (absolute); only when a source is newer than it. Node 18 or later and npm must be there
# (packages_install web).
web_build() {
	local web=$CHECKOUT/services/api/web out=$1 log=$LAGESBILD_HOME/log/web.log
	[ ! -e "$out/index.html" ] || [ -n "$(find "$web" -path "$web/node_modules" -prune -o -type f -newer "$out/index.html" -print -quit)" ] || return 0
	mkdir -p "${log%/*}" "$CHECKOUT/.lagesbild"
	if ! (
		flock 9
		web_modules && cd "$web" && npx vite build --outDir "$out" --emptyOutDir
	) 9>"$CHECKOUT/.lagesbild/web.lock" >"$log" 2>&1; then
		tail -n 20 "$log" >&2
		complain "Bygget av sidan misslyckades; se $log"
	fi
}
