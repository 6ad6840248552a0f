#!/usr/bin/env bash
# demo.sh: Lägesbild on this machine, from nothing to the picture. `demo.sh --help` says the rest.
set -euo pipefail

# Ours to decide by; the programs refuse a KAFKA_* that librdkafka does not know.
wanted_kafka_port=${KAFKA_PORT:-}
wanted_pg_port=${PGPORT:-}
wanted_api_port=${API_PORT:-}
demo_data=${DEMO_DATA:-../shared/data}
# Nothing of the caller's own servers may leak in: we talk to what we start, and to nothing else.
home=${LAGESBILD_HOME:-}
unset "${!KAFKA_@}" "${!PG@}" "${!LAGESBILD_@}"
[ -z "$home" ] || LAGESBILD_HOME=$home

# shellcheck source=deploy/lib/servers.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/servers.sh"

BIN=$CHECKOUT/build/bin
SECRETS=$LAGESBILD_HOME/secrets
POSTGRES=$LAGESBILD_HOME/postgres
WEB=$CHECKOUT/build/web
# Every source's normalizer, as its folder is named, then what they feed.
mapfile -t SERVICES < <(cd "$CHECKOUT/services" && ls -d normalizer-*)
SERVICES+=(aggregator api printer)
# Made-up feeds of the municipality's own sources, up to the archive's last month; the same in docker-compose.yml.
SIMULATOR=(--sources "police,rescue,social,housing,citizen,staff" --from 2021-01 --to 2026-03 --seed 1881)

usage() {
	cat <<-EOF
		Användning: demo.sh [--empty] | env | stop | reset | --help

		  (inget)   installerar det som saknas, bygger, startar Kafka, PostgreSQL och tjänsterna, publicerar
		            polisens verkliga händelsenotiser och fem års påhittade rapporter från Kumlas övriga källor,
		            väntar tills varje meddelande är redovisat och visar lägesbilden.
		            Allt fortsätter att gå. En gång till: startar bara det som inte går.
		  --empty   samma sak utan meddelanden
		  env       skriver export-rader: eval "\$(deploy/demo.sh env)"
		  stop      stoppar allt som demon startade
		  reset     stoppar och raderar demons data

		Miljö: KAFKA_PORT, PGPORT och API_PORT (annars lediga portar), DEMO_DATA (katalog med police-events.ndjson.xz,
		annars ../shared/data, annars det medföljande urvalet), LAGESBILD_HOME (annars .lagesbild).

		In English: builds and starts everything on this machine, publishes real police notices and five years of made-up
		reports from the municipality's other sources, and prints the picture.
		"stop" stops it, "reset" also deletes its data. Debian 12, root or a user with sudo.
	EOF
}

# remembered NAME: the value that the last start wrote for `env`.
remembered() {
	sed -n "s/^export $1='\(.*\)'\$/\1/p" "$LAGESBILD_HOME/env" 2>/dev/null || true
}

# port_of SERVER WANTED REMEMBERED: a running server keeps its port; else what the environment asks for, what it had, a free one.
port_of() {
	if proc_running "$1" && [ -n "$3" ]; then
		echo "$3"
	elif [ -n "$2" ]; then
		echo "$2"
	elif [ -n "$3" ] && ! port_used "$3"; then
		echo "$3"
	else
		port_free
	fi
}

export_line() {
	printf "export %s='%s'\n" "$1" "$2"
}

env_write() {
	{
		export_line API_URL "http://127.0.0.1:$api_port"
		export_line PGHOST 127.0.0.1
		export_line PGPORT "$pg_port"
		export_line PGDATABASE lagesbild
		export_line PGUSER lagesbild
		export_line PGPASSFILE "$POSTGRES/pgpass"
		export_line KAFKA_BOOTSTRAP_SERVERS "127.0.0.1:$kafka_port"
		export_line LAGESBILD_HOME "$LAGESBILD_HOME"
		export_line LAGESBILD_PACK "$CHECKOUT/deploy/kumla"
		export_line LAGESBILD_SCHEMAS "$CHECKOUT/schemas"
		export_line LAGESBILD_KEY_FILE "$SECRETS/installation.key"
		export_line LAGESBILD_OPERATOR_KEY_FILE "$SECRETS/operator.key"
		# One broker: topics have one replica.
		export_line LAGESBILD_REPLICATION 1
		# A password or a service of one's own would win over the file.
		echo 'unset PGPASSWORD PGSERVICE PGHOSTADDR'
	} >"$LAGESBILD_HOME/env.new"
	mv "$LAGESBILD_HOME/env.new" "$LAGESBILD_HOME/env"
}

env_print() {
	if [ ! -r "$LAGESBILD_HOME/env" ]; then
		complain "Demon har inte startats här; kör deploy/demo.sh först."
		return 1
	fi
	cat "$LAGESBILD_HOME/env"
}

servers_up() {
	local old old_api
	old=$(remembered KAFKA_BOOTSTRAP_SERVERS)
	kafka_port=$(port_of kafka "$wanted_kafka_port" "${old##*:}") || return 1
	pg_port=$(port_of postgres "$wanted_pg_port" "$(remembered PGPORT)") || return 1
	old_api=$(remembered API_URL)
	api_port=$(port_of api "$wanted_api_port" "${old_api##*:}") || return 1
	# Services that still look for a server where it no longer is are started anew.
	if [ "$old" != "127.0.0.1:$kafka_port" ] || [ "$(remembered PGPORT)" != "$pg_port" ]; then
		services_down || return 1
	fi
	# Both start at the same time; then each is waited for.
	postgres_start "$POSTGRES" "$pg_port" || return 1
	kafka_start "$LAGESBILD_HOME/kafka" "$kafka_port" || return 1
	env_write
	kafka_wait "$kafka_port" || return 1
	say "Kafka svarar på 127.0.0.1:$kafka_port"
	postgres_wait "$POSTGRES" "$pg_port" || return 1
	say "PostgreSQL svarar på 127.0.0.1:$pg_port"
}

# logged NAME COMMAND...: output to NAME's log, shown when it fails.
logged() {
	local name=$1
	shift
	"$@" >>"$LAGESBILD_HOME/log/$name.log" 2>&1 && return 0
	proc_tail "$name"
	complain "$name misslyckades; se $LAGESBILD_HOME/log/$name.log"
}

# setup [ARGUMENT]: a demo counts its own newest day as today, so that its last whole month is shown whatever the clock says.
setup() {
	local role
	secret_new "$SECRETS/installation.key"
	secret_new "$SECRETS/operator.key"
	logged setup "$BIN/lagesbild" setup "$@" || return 1
	for role in writer council desk printer; do
		postgres_password "$POSTGRES" "$pg_port" "lagesbild_$role" || return 1
	done
	say "Ämnen, tabeller och roller är på plats"
}

services_up() {
	local name port
	for name in "${SERVICES[@]}"; do
		proc_gone "$name" || continue
		port=$(port_free) || return 1
		PGUSER=lagesbild_writer LAGESBILD_HTTP_PORT=$port LAGESBILD_API_PORT=$api_port LAGESBILD_WEB=$WEB LAGESBILD_PRINT_URL=http://127.0.0.1:$api_port \
			proc_start "$name" "$BIN/$name"
		echo "$port" >"$LAGESBILD_HOME/run/$name.http" # where it serves /livez, /readyz and /metrics
	done
	say "Tjänsterna går: ${SERVICES[*]}"
}

services_down() {
	local name failed=0
	for name in "${SERVICES[@]}"; do
		proc_stop "$name" 20 || failed=1
	done
	return "$failed"
}

# services_check: says which one has died.
services_check() {
	local name
	for name in "${SERVICES[@]}"; do
		proc_running "$name" && continue
		proc_tail "$name"
		complain "$name har avslutats; se $LAGESBILD_HOME/log/$name.log"
		return 1
	done
}

# accounts: the people of the demo, each with a password of its own in .lagesbild/demo; made once.
accounts() {
	local name role group actor display
	[ ! -e "$LAGESBILD_HOME/demo" ] || return 0
	(umask 077 && : >"$LAGESBILD_HOME/demo.new")
	while read -r name role group actor display; do
		"$BIN/lagesbild" accounts set "$name" --role "$role" --group "$group" --actor "$actor" --display "$display" |
			sed -n 's/^\(.*\): .*, password \(.*\)$/\1 \2/p' >>"$LAGESBILD_HOME/demo.new" || return 1
	done <<-EOF
		samordnare reader,coordinator steering,operational kommunen Samordnare
		teknik reader,actor operational teknik Teknik och gata
		polis reader,actor steering,operational polisen Kommunpolis
		ledamot reader steering kommunen Ledamot i styrgruppen
		drift operator operational kommunen Drift
	EOF
	mv "$LAGESBILD_HOME/demo.new" "$LAGESBILD_HOME/demo"
	say "Konton finns i $LAGESBILD_HOME/demo (namn och lösenord)"
}

archive_find() {
	local dir=$demo_data
	case $dir in
	/*) ;;
	*) dir=$CHECKOUT/$dir ;;
	esac
	if [ -r "$dir/police-events.ndjson.xz" ]; then
		echo "$dir/police-events.ndjson.xz"
	else
		echo "$CHECKOUT/deploy/sample/press-orebro.ndjson.xz"
	fi
}

collect() {
	xz -dc "$1" | "$BIN/collector" --source press --archive -
}

# publish: the archive and the made-up feeds, once. A second time would do no harm (all duplicates), only take time.
publish() {
	local archive
	[ ! -e "$LAGESBILD_HOME/published" ] || return 0
	archive=$(archive_find)
	[ -r "$archive" ] || complain "Demons data saknas: $archive" || return 1
	logged collector collect "$archive" || return 1
	say "Polisens notiser är publicerade (${archive##*/})"
	logged simulator "$BIN/simulator" "${SIMULATOR[@]}" --truth "$LAGESBILD_HOME/truth.csv" || return 1
	echo "$archive" >"$LAGESBILD_HOME/published"
	say "Övriga källors påhittade rapporter är publicerade"
}

# account: until every message is accounted for. A service that has died is named at once, not when the time is out.
account() {
	local verify log=$LAGESBILD_HOME/log/verify.log
	"$BIN/lagesbild" verify --wait 120 >"$log" 2>&1 &
	verify=$!
	while kill -0 "$verify" 2>/dev/null; do
		if ! services_check; then
			kill "$verify" 2>/dev/null || true
			wait "$verify" || true
			return 1
		fi
		sleep 0.1
	done
	if ! wait "$verify"; then
		proc_tail verify
		complain "Räkenskapen gick inte ihop; se $log"
		return 1
	fi
	say "Varje meddelande är redovisat"
}

# Whatever the reason, a start that did not reach its end says so and where to look; what was started goes on until `stop`.
start_failed() {
	local code=$?
	[ "$code" -eq 0 ] || echo "Demon kom inte hela vägen (kod $code). Loggar: $LAGESBILD_HOME/log" >&2
}

start() {
	local empty=$1
	trap start_failed EXIT
	mkdir -p "$LAGESBILD_HOME/log"
	exec 8>"$LAGESBILD_HOME/lock"
	flock -n 8 || complain "En annan demo.sh arbetar redan i $LAGESBILD_HOME." || return 1
	packages_install runtime servers build print
	command -v npm >/dev/null || packages_install web
	say "Paketen finns"
	build_tree build -DCMAKE_BUILD_TYPE=Release -DLAGESBILD_TESTS=OFF
	say "Programmen är byggda i build/bin"
	web_build "$WEB"
	say "Sidan är byggd"
	kafka_fetch
	servers_up
	# shellcheck source=/dev/null
	. "$LAGESBILD_HOME/env"
	if [ "$empty" = yes ]; then setup; else setup --today-from-data; fi
	services_up
	accounts
	[ "$empty" = yes ] || publish
	account
	[ "$empty" = yes ] || logged desk psql -Xqv ON_ERROR_STOP=1 -f "$CHECKOUT/deploy/sample/desk.sql"
	if [ "$empty" = yes ]; then
		say "Allt går och är tomt: meddelanden tas emot på feed.press, feed.police och de övriga källornas ämnen"
	else
		"$BIN/lagesbild" picture
	fi
	printf '\n Sidan     http://localhost:%s    logga in: %s\n\n' "$api_port" "$(sed -n '1s| | / |p' "$LAGESBILD_HOME/demo")"
}

# Last started, first stopped: the services finish their transaction while the servers still answer.
stop() {
	local failed=0
	services_down || failed=1
	postgres_stop postgres || failed=1
	kafka_stop kafka || failed=1
	[ "$failed" -eq 0 ] && say "Allt är stoppat"
}

# Named one by one: LAGESBILD_HOME may be a folder that holds other things too. Kafka's jars stay, they are no data.
reset() {
	local name
	stop
	postgres_remove "$POSTGRES"
	for name in kafka/data kafka/server.properties kafka/format.log run log secrets env demo published truth.csv lock; do
		rm -rf "${LAGESBILD_HOME:?}/$name"
	done
	rm -f "${LAGESBILD_HOME:?}"/truth.csv.*.csv
	rmdir --ignore-fail-on-non-empty "$LAGESBILD_HOME/kafka" "$LAGESBILD_HOME" 2>/dev/null || true
	say "Demons data är raderade"
}

case ${1:-} in
'') start no ;;
--empty) start yes ;;
env) env_print ;;
stop) stop ;;
reset) reset ;;
-h | --help) usage ;;
*)
	usage >&2
	exit 2
	;;
esac
