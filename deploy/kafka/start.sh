#!/bin/sh
# start.sh: the image's Kafka, one KRaft node. Its data are in /var/lib/kafka; the rest of the file system may be read-only but /tmp.
#
# KAFKA_NAME (kafka) is its name inside; KAFKA_HOST_PORT (9094) the port under which the host's own programs know it;
# KAFKA_HEAP_MB (1024) its heap.
set -eu

here=/opt/kafka
data=/var/lib/kafka
conf=/tmp/server.properties
logging=-Dlog4j2.configurationFile=$here/log4j2.properties

# The demo's settings; a property that is given again replaces the first one.
sed -e "s|@DIR@|$data|g" -e 's|@PORT@|9092|g' -e 's|@CONTROLLER_PORT@|9093|g' "$here/server.properties.in" >"$conf"
cat >>"$conf" <<EOF

listeners=PLAINTEXT://0.0.0.0:9092,HOST://0.0.0.0:9094,CONTROLLER://127.0.0.1:9093
advertised.listeners=PLAINTEXT://${KAFKA_NAME:-kafka}:9092,HOST://127.0.0.1:${KAFKA_HOST_PORT:-9094}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,HOST:PLAINTEXT,CONTROLLER:PLAINTEXT
EOF

if [ ! -e "$data/data/meta.properties" ]; then
	# A cluster id is 16 random bytes in URL-safe base64 without padding, and must not begin with a dash.
	id=$(head -c 16 /dev/urandom | base64 | tr '+/' 'AB' | tr -d '=\n')
	java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC "$logging" -cp "$here/lib/*" kafka.tools.StorageTool format -t "$id" -c "$conf"
fi
exec java -Xms256m "-Xmx${KAFKA_HEAP_MB:-1024}m" -XX:+UseSerialGC -XX:+ExitOnOutOfMemoryError -Xshare:auto -XX:-UsePerfData \
	-Djava.awt.headless=true "$logging" -cp "$here/lib/*" kafka.Kafka "$conf"
