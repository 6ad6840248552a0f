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
