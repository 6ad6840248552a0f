#!/usr/bin/env bash
# run.sh [--long] [NAME...]: runs the benchmarks (all, or those named) with the Release tree on a Kafka and a PostgreSQL of its own, and prints
# one table: figure, value, ceiling measured in the same run, ratio, goal, met or not, load average. --long lets growth go on to 16 million ledger rows,
# flat and api to 10 million messages (some 10 GB of disk). --help lists the names without starting anything.
#
# Names: line normalizer sources aggregator live national recovery memory growth flat promote api page pdf revisions rebuild. What each measures stands at the head of its
# function in backlog.py, alone.py, live.py, national.py, promote.py, council.py, page.py, editions.py and rebuild.py. BENCH_MESSAGES=100000 BENCH_SECONDS=10 is for a quick look: its
# figures say nothing. On a machine with
# more cores: taskset -c 0,1 before the command holds servers, services and load to two. Exit 0: measured, every goal met; 1: a goal was missed, or a
# sum was wrong. State lies in .lagesbild-test/bench.XXXXXX and is removed afterwards; the logs are kept on a failure.
set -euo pipefail

case " $* " in *" --help "* | *" -h "*)
	sed -n '2,/^set /s/^# \{0,1\}//p' "$0"
	exit 0
	;;
esac

unset "${!KAFKA_@}" "${!PG@}" "${!LAGESBILD_@}"
LAGESBILD_HOME=.lagesbild-test
# shellcheck source=deploy/lib/servers.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../deploy/lib/servers.sh"

bench_pid=
# shellcheck disable=SC2317 # reached by the trap
clean() {
	local code=$?
	trap - EXIT
	trap '' INT TERM
	[ -z "$bench_pid" ] || kill -- "-$bench_pid" 2>/dev/null || true
	kafka_stop kafka || true
	postgres_stop postgres || true
	postgres_remove "$LAGESBILD_HOME/postgres"
	rm -rf "$LAGESBILD_HOME/kafka" "$LAGESBILD_HOME/run"
	[ "$code" -ne 0 ] || rm -rf "$LAGESBILD_HOME"
	exit "$code"
}

servers_up() {
	local kafka_port pg_port
	kafka_port=$(port_free)
	pg_port=$(port_free)
	postgres_start "$LAGESBILD_HOME/postgres" "$pg_port"
	kafka_start "$LAGESBILD_HOME/kafka" "$kafka_port"
	postgres_wait "$LAGESBILD_HOME/postgres" "$pg_port"
	kafka_wait "$kafka_port"
	export KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:$kafka_port
	export PGHOST=127.0.0.1 PGPORT=$pg_port PGUSER=lagesbild PGDATABASE=lagesbild
	export PGPASSFILE=$LAGESBILD_HOME/postgres/pgpass
	export LAGESBILD_REPLICATION=1
	BENCH_KAFKA_PID=$(proc_pid kafka)
	BENCH_POSTGRES_PID=$(proc_pid postgres)
	export BENCH_KAFKA_PID BENCH_POSTGRES_PID
}

mkdir -p "$LAGESBILD_HOME"
find "$LAGESBILD_HOME" -maxdepth 1 -name 'bench.*' -mtime +1 -exec rm -rf {} +
LAGESBILD_HOME=$(mktemp -d "$LAGESBILD_HOME/bench.XXXXXX")
# PostgreSQL's user must be able to pass through.
chmod 755 "$LAGESBILD_HOME"
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

packages_install runtime servers build print
command -v npm >/dev/null || packages_install web
build_tree build -DCMAKE_BUILD_TYPE=Release -DLAGESBILD_TESTS=ON
nice ninja -C "$CHECKOUT/build" bench_programs >"$LAGESBILD_HOME/build.log" || { cat "$LAGESBILD_HOME/build.log" >&2; exit 1; }
# api, page and pdf show the page; the visits of tests/browser, whose browser page uses, want its modules.
web_modules >"$LAGESBILD_HOME/web.log" 2>&1 || { cat "$LAGESBILD_HOME/web.log" >&2; exit 1; }
web_build "$CHECKOUT/build/web"
kafka_fetch
servers_up
say "Servers answer; logs, kept on a failure: $LAGESBILD_HOME/log"
setsid env BUILD="$CHECKOUT/build" PYTHONPATH="$CHECKOUT/tests/lib" python3 "$CHECKOUT/tests/bench/bench.py" "$@" </dev/null &
bench_pid=$!
code=0
wait "$bench_pid" || code=$?
exit "$code"
