# shellcheck shell=bash
# servers.sh: Kafka, PostgreSQL and processes for the demo, the tests and the bench. Source it; it starts nothing by itself.
#
#	. deploy/lib/servers.sh
#	packages_install runtime servers build      Debian packages, only what is missing
#	build_tree build -DCMAKE_BUILD_TYPE=Release cmake and ninja
#	kafka_fetch                                 Kafka's jars, once
#	port=$(port_free)
#	kafka_start DIR PORT && kafka_wait PORT     kafka_stop
#	postgres_start DIR PORT && postgres_wait DIR PORT     postgres_stop     postgres_remove DIR
#	proc_start NAME COMMAND...                  proc_running NAME, proc_wait, proc_tail, proc_stop NAME
#
# A test that kills servers sets LAGESBILD_HOME to a folder of its own and gives names of its own, so that it meets no other.

_servers_here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=deploy/lib/base.sh
. "$_servers_here/base.sh"
# shellcheck source=deploy/lib/packages.sh
. "$_servers_here/packages.sh"
# shellcheck source=deploy/lib/build.sh
. "$_servers_here/build.sh"
# shellcheck source=deploy/lib/proc.sh
. "$_servers_here/proc.sh"
# shellcheck source=deploy/lib/kafka.sh
. "$_servers_here/kafka.sh"
# shellcheck source=deploy/lib/postgres.sh
. "$_servers_here/postgres.sh"
