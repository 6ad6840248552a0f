# shellcheck shell=bash
# kafka.sh: one Kafka node (KRaft) on 127.0.0.1, without a login.

# The jars are the same for every demo and test of a checkout.
KAFKA_LIB=$CHECKOUT/.lagesbild/kafka/lib

# kafka_fetch: the jars of deploy/kafka/pom.xml, once. The stamp is the pom's checksum, so another version replaces them; the folder
# appears whole or not at all.
kafka_fetch() {
	local pom=$CHECKOUT/deploy/kafka/pom.xml sum
	sum=$(cksum <"$pom")
	[ "$(cat "$KAFKA_LIB/.pom" 2>/dev/null)" != "$sum" ] || return 0
	mkdir -p "${KAFKA_LIB%/*}" "$LAGESBILD_HOME/log"
	(
		flock 9
		[ "$(cat "$KAFKA_LIB/.pom" 2>/dev/null)" != "$sum" ] || exit 0
		kafka_fetch_into "$pom" "$KAFKA_LIB.new" && echo "$sum" >"$KAFKA_LIB.new/.pom" &&
			rm -rf "$KAFKA_LIB" && mv "$KAFKA_LIB.new" "$KAFKA_LIB"
	) 9>"$KAFKA_LIB.lock"
}

kafka_fetch_into() {
	local log=$LAGESBILD_HOME/log/maven.log
	rm -rf "$2"
	mvn -q -B -f "$1" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$2" >"$log" 2>&1 9>&- && return 0
	tail -n 20 "$log" >&2
	complain "Kafka kunde inte hämtas; se $log"
}

# kafka_configure DIR PORT: writes DIR/server.properties. DELETE_DELAY_MS: how long files of what was deleted stay (60,000).
kafka_configure() {
	local controller
	controller=$(port_free) || return 1
	while [ "$controller" = "$2" ]; do
		controller=$(port_free) || return 1
	done
	sed -e "s|@DIR@|$1|g" -e "s|@PORT@|$2|g" -e "s|@CONTROLLER_PORT@|$controller|g" \
		"$CHECKOUT/deploy/kafka/server.properties.in" >"$1/server.properties"
	[ -z "${DELETE_DELAY_MS:-}" ] || echo "log.segment.delete.delay.ms=$DELETE_DELAY_MS" >>"$1/server.properties"
}

# kafka_format DIR: makes the storage of a new node; an existing one is kept.
kafka_format() {
	local id
	[ ! -e "$1/data/meta.properties" ] || return 0
	# A Kafka cluster id is 16 random bytes in URL-safe base64 without padding, and must not begin with a dash.
	id=$(head -c 16 /dev/urandom | base64 | tr '+/' 'AB' | tr -d '=\n')
	java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Dlog4j2.configurationFile="$CHECKOUT/deploy/kafka/log4j2.properties" \
		-cp "$KAFKA_LIB/*" kafka.tools.StorageTool format -t "$id" -c "$1/server.properties" >"$1/format.log" 2>&1 && return 0
	cat "$1/format.log" >&2
	complain "Kafkas datakatalog kunde inte göras; se $1/format.log"
}

# kafka_start DIR PORT [NAME]: starts the node whose data are in DIR on 127.0.0.1:PORT; nothing when it runs. Follow with kafka_wait.
kafka_start() {
	local dir=$1 port=$2 name=${3:-kafka}
	proc_gone "$name" || return 0
	if port_used "$port"; then
		complain "Porten $port, tänkt för Kafka, används redan av ett annat program; välj en annan med KAFKA_PORT."
		return 1
	fi
	mkdir -p "$dir"
	kafka_configure "$dir" "$port" && kafka_format "$dir" || return 1
	# The serial collector: least CPU taken from the two cores; the broker's own objects are few and short-lived.
	proc_start "$name" java -Xms256m -Xmx1g -XX:+UseSerialGC -XX:+ExitOnOutOfMemoryError -Xshare:auto \
		-XX:-UsePerfData -Djava.awt.headless=true -Dlog4j2.configurationFile="$CHECKOUT/deploy/kafka/log4j2.properties" \
		-cp "$KAFKA_LIB/*" kafka.Kafka "$dir/server.properties"
}

kafka_answers() {
	port_used "$1" && kcat -b "127.0.0.1:$1" -L -m 2 2>/dev/null | grep -q '^ 1 brokers'
}

# kafka_wait PORT [NAME]: until the broker gives its metadata.
kafka_wait() {
	proc_wait "${2:-kafka}" 60 kafka_answers "$1"
}

# kafka_stop [NAME]
kafka_stop() {
	proc_stop "${1:-kafka}" 30
}
