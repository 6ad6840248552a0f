#!/usr/bin/env bash
# run.sh [-R NAME]: installs what the tests need, builds, starts one Kafka and one PostgreSQL for the whole run, runs every test (or
# those whose name matches NAME) and closes with ctest's summary. Its exit code is ctest's.
#
# Tests run in the tree with the sanitizers (build-san); the Release tree (build) is built too, so that it always compiles. They find
# the servers by KAFKA_BOOTSTRAP_SERVERS and libpq's PG* variables (a superuser); each makes databases and topics of its own.
# State lies in .lagesbild-test/run.XXXXXX: removed afterwards, the logs kept when a test failed.
set -euo pipefail

unset "${!KAFKA_@}" "${!PG@}" "${!LAGESBILD_@}"
LAGESBILD_HOME=.lagesbild-test
# shellcheck source=deploy/lib/servers.sh
. "$(dirname "${BASH_SOURCE[0]}")/../deploy/lib/servers.sh"

filter=()
while [ $# -gt 0 ]; do
	case $1 in
	-R)
		[ $# -ge 2 ] || { echo 'run.sh: -R needs a name' >&2 && exit 2; }
		filter=(-R "$2")
		shift 2
		;;
	*)
		sed -n '2,3s/^# //p' "${BASH_SOURCE[0]}" >&2
		exit 2
		;;
	esac
done

# clean: also on a failure or an interrupt. The tests and the servers are stopped; the logs stay when something went wrong.
ctest_pid=
# shellcheck disable=SC2317 # reached by the trap
clean() {
	local code=$?
	trap - EXIT
	trap '' INT TERM
	[ -z "$ctest_pid" ] || kill -- "-$ctest_pid" 2>/dev/null || true
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
	# Little data; a small buffer makes evictions happen, as they do in a large installation.
	POSTGRES_BUFFERS_MB=256
	postgres_start "$LAGESBILD_HOME/postgres" "$pg_port"
	kafka_start "$LAGESBILD_HOME/kafka" "$kafka_port"
	postgres_wait "$LAGESBILD_HOME/postgres" "$pg_port"
	kafka_wait "$kafka_port"
	export KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:$kafka_port
	export PGHOST=127.0.0.1 PGPORT=$pg_port PGUSER=lagesbild PGDATABASE=lagesbild
	export PGPASSFILE=$LAGESBILD_HOME/postgres/pgpass
	export LAGESBILD_REPLICATION=1
}

mkdir -p "$LAGESBILD_HOME"
find "$LAGESBILD_HOME" -maxdepth 1 -name 'run.*' -mtime +1 -exec rm -rf {} +
LAGESBILD_HOME=$(mktemp -d "$LAGESBILD_HOME/run.XXXXXX")
# PostgreSQL's user must be able to pass through.
chmod 755 "$LAGESBILD_HOME"
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

packages_install runtime servers build test
command -v npm >/dev/null || packages_install web
say "Packages are installed"
build_tree build -DCMAKE_BUILD_TYPE=Release -DLAGESBILD_TESTS=ON
build_tree build-san -DCMAKE_BUILD_TYPE=Debug -DLAGESBILD_SANITIZE=ON -DLAGESBILD_TESTS=ON
say "build and build-san are built"
kafka_fetch
servers_up
say "Kafka ($KAFKA_BOOTSTRAP_SERVERS) and PostgreSQL (127.0.0.1:$PGPORT) answer; logs, kept on a failure: $LAGESBILD_HOME/log"
export UBSAN_OPTIONS=print_stacktrace=1
# The cluster's roles are made by the first setup of all; two at once would be in each other's way.
BUILD=$CHECKOUT/build-san PYTHONPATH=$CHECKOUT/tests/lib python3 -c 'from installation import Installation as I; I("first").__enter__().__exit__(None, None, None)'
# Two tests at a time: one that waits leaves its core to the other. In a group of its own and waited for: a signal is acted upon at once, and takes the tests' own processes too.
setsid ctest --test-dir "$CHECKOUT/build-san" --output-on-failure --no-tests=error -j 2 "${filter[@]}" </dev/null &
ctest_pid=$!
code=0
wait "$ctest_pid" || code=$?
exit "$code"
