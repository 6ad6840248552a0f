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

# web_build OUT: the page (services/api/web) as files in OUT, for LAGESBILD_WEB. Its packages are fetched when their list has changed, and it is
# built when anything in it has.
web_build() {
	local out=$1 from=$CHECKOUT/services/api/web log=$LAGESBILD_HOME/log/web.log sum
	mkdir -p "${log%/*}" "$CHECKOUT/.lagesbild"
	if ! (
		flock 9
		cd "$from" || exit 1
		sum=$(sha256sum package-lock.json)
		if [ "$(cat node_modules/.fetched 2>/dev/null)" != "$sum" ]; then
			PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund 9>&- && echo "$sum" >node_modules/.fetched || exit 1
		fi
		[ -f "$out/index.html" ] && [ -z "$(find . -path ./node_modules -prune -o -type f -newer "$out/index.html" -print -quit)" ] && exit 0
		npx tsc --noEmit 9>&- && npx vite build --outDir "$out" --emptyOutDir 9>&-
	) 9>"$CHECKOUT/.lagesbild/web.lock" >"$log" 2>&1; then
		tail -n 20 "$log" >&2
		complain "Bygget av sidan misslyckades; se $log"
	fi
}
