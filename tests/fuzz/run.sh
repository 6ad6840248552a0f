#!/usr/bin/env bash
# run.sh [-b] [-t TARGET]... [SECONDS]: builds the fuzz targets with clang (build-fuzz), gives each SECONDS (default 60), one after
# the other, and prints a table. -b only builds; -t names targets (convert, period ...; default all). The corpus grows in
# build-fuzz/corpus; what was found lies in build-fuzz/findings/<target>, is tried first in every later run, and
# `build-fuzz/fuzz/<target>_fuzz FILE` shows it again. Exit 1 when something was found.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
tree=build-fuzz
build_only=
targets=()
while getopts bt: option; do
	case $option in
	b) build_only=1 ;;
	t) targets+=("$OPTARG") ;;
	*) sed -n '2,5s/^# //p' "tests/fuzz/run.sh" >&2 && exit 2 ;;
	esac
done
shift $((OPTIND - 1))
seconds=${1:-60}
[[ $seconds =~ ^[1-9][0-9]*$ && $# -le 1 ]] || { sed -n '2,5s/^# //p' "tests/fuzz/run.sh" >&2 && exit 2; }
if [ ${#targets[@]} -eq 0 ]; then
	for file in tests/fuzz/*_fuzz.c; do
		targets+=("$(basename "${file%_fuzz.c}")")
	done
fi

configure() {
	[ -f "$tree/build.ninja" ] ||
		cmake -G Ninja -S . -B "$tree" -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_BUILD_TYPE=Release \
			-DLAGESBILD_FUZZ=ON -DLAGESBILD_TESTS=OFF
}

build() {
	mkdir -p "$tree"
	if ! { configure && ninja -C "$tree" fuzz; } >"$tree/build.log" 2>&1; then
		tail -40 "$tree/build.log" >&2
		return 1
	fi
	python3 tests/fuzz/seeds.py "$tree/seeds"
}

# fuzz TARGET: one row of the table; 1 when something was found.
fuzz() {
	local log=$tree/$1.log found=$tree/findings/$1 executed edges count
	mkdir -p "$tree/corpus/$1" "$tree/seeds/$1" "$found"
	touch "$tree/$1.start"
	nice "$tree/fuzz/${1}_fuzz" -max_total_time="$seconds" -max_len=8192 -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
		-artifact_prefix="$found/" "$tree/corpus/$1" "$tree/seeds/$1" "$found" >"$log" 2>&1 || true
	executed=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
	edges=$(grep -oE 'cov: [0-9]+' "$log" | tail -1)
	count=$(find "$found" -type f -newer "$tree/$1.start" | wc -l)
	printf '%-12s %12s %8s %9s\n' "$1" "${executed:--}" "${edges#cov: }" "$count"
	[ "$count" -eq 0 ] && [ -n "$executed" ] && [ "$executed" -gt 0 ] && return 0
	grep -E -m3 'ERROR:|SUMMARY:|broken:|runtime error:' "$log" >&2 || tail -3 "$log" >&2
	return 1
}

build
[ -z "$build_only" ] || exit 0
printf '%-12s %12s %8s %9s\n' target executions edges findings
code=0
for target in "${targets[@]}"; do
	fuzz "$target" || code=1
done
exit $code
