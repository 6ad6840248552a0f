# shellcheck shell=bash
# postgres.sh: a private PostgreSQL cluster on 127.0.0.1; never the system's own.
#
# DIR/data is the cluster, DIR/pgpass (0600) its passwords, one line a role. The superuser is `lagesbild`, which owns the database
# `lagesbild`. PostgreSQL refuses to run as root: root runs it as the user `postgres` of Debian's package, others as themselves.

POSTGRES_BIN=/usr/lib/postgresql/15/bin

# postgres_as COMMAND...: as the cluster's user, from / since that user may not see the current folder.
postgres_as() {
	if is_root; then
		(cd / && setpriv --reuid=postgres --regid=postgres --init-groups env HOME=/ "$@")
	else
		(cd / && "$@")
	fi
}

# postgres_dir DIR: makes it, owned by the cluster's user, and prints where it truly lies. Where that user cannot reach it (a checkout
# under /root), DIR becomes a link to a folder under /var/lib.
postgres_dir() {
	local far
	if [ -L "$1" ]; then
		far=$(readlink "$1")
	else
		mkdir -p "$1" && chmod 700 "$1" || return 1
		far=$1
	fi
	if ! is_root; then
		[ -w "$far" ] || complain "Katalogen $1 går inte att skriva i." || return 1
	elif [ -L "$1" ]; then
		install -d -m 700 -o postgres -g postgres "$far" || return 1
	elif ! chown postgres:postgres "$1" 2>/dev/null || ! postgres_as test -w "$1" 2>/dev/null; then
		far=/var/lib/lagesbild-$(printf '%s' "$1" | sha256sum | cut -c 1-12)
		rmdir "$1" && install -d -m 700 -o postgres -g postgres "$far" && ln -s "$far" "$1" || return 1
		echo "Användaren postgres når inte $1: databasen läggs i $far (tas bort av reset)." >&2
	fi
	echo "$far"
}

# postgres_remove DIR: deletes a stopped cluster, wherever it lies.
postgres_remove() {
	local far
	if [ -L "$1" ]; then
		far=$(readlink "$1")
		case $far in
		/var/lib/lagesbild-*) rm -rf "$far" ;;
		esac
	fi
	rm -rf "$1"
}

# postgres_memory: prints the machine's memory in MiB, or the container's limit where that is lower.
postgres_memory() {
	local total limit
	total=$(awk '/^MemTotal:/ { print int($2 / 1024) }' /proc/meminfo)
	limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null || cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || echo max)
	if [ "$limit" != max ] && [ $((limit / 1048576)) -lt "$total" ]; then
		total=$((limit / 1048576))
	fi
	echo "$total"
}

# postgres_machine DIR PORT: what depends on the machine. A fifth of the memory as buffers leaves room for Kafka and for the page
# cache that both live on. POSTGRES_BUFFERS_MB overrides it.
postgres_machine() {
	local memory buffers wal=4096 sockets=$1/socket
	memory=$(postgres_memory)
	buffers=$((memory / 5))
	[ "$buffers" -ge 128 ] || buffers=128
	[ "$buffers" -le 8192 ] || buffers=8192
	buffers=${POSTGRES_BUFFERS_MB:-$buffers}
	[ "$memory" -ge 8192 ] || wal=1024
	# A socket's path has at most 107 bytes; TCP is what we use, so a longer one is done without.
	[ "${#sockets}" -le 85 ] || sockets=
	cat <<-EOF
		listen_addresses = '127.0.0.1'
		port = $2
		unix_socket_directories = '$sockets'
		shared_buffers = '${buffers}MB'
		effective_cache_size = '$((memory / 2))MB'
		maintenance_work_mem = '$((memory / 48 + 32))MB'
		max_wal_size = '${wal}MB'
	EOF
}

# postgres_init DIR: initdb with a generated password. DIR/data appears whole or not at all.
postgres_init() {
	local dir=$1 log=$LAGESBILD_HOME/log/initdb.log
	[ ! -e "$dir/data/PG_VERSION" ] || return 0
	mkdir -p "$LAGESBILD_HOME/log"
	rm -rf "$dir/data.new" "$dir/pgpass"
	postgres_as mkdir -p -m 700 "$dir/socket"
	secret_new "$dir/password" || return 1
	! is_root || chown postgres "$dir/password"
	if ! postgres_as "$POSTGRES_BIN/initdb" -D "$dir/data.new" -U lagesbild --pwfile="$dir/password" -A scram-sha-256 \
		--encoding=UTF8 --locale=C.UTF-8 >"$log" 2>&1; then
		tail -n 20 "$log" >&2
		complain "PostgreSQL-klustret kunde inte göras; se $log"
		return 1
	fi
	(umask 077 && printf '127.0.0.1:*:*:lagesbild:%s\n' "$(cat "$dir/password")" >"$dir/pgpass")
	printf "include 'lagesbild.conf'\ninclude 'machine.conf'\n" >>"$dir/data.new/postgresql.conf"
	rm -f "$dir/password"
	mv "$dir/data.new" "$dir/data"
}

# postgres_deserted DIR: does no process work in the cluster? (Every process of PostgreSQL stands in its data folder.)
postgres_deserted() {
	local link
	for link in /proc/[0-9]*/cwd; do
		[ "$(readlink "$link" 2>/dev/null)" != "$1/data" ] || return 1
	done
}

# postgres_unlock DIR: after a kill, PostgreSQL takes a number that is still in the process table (a zombie that nobody collects) for
# a living server. Its lock files are removed only once nothing works in the cluster any more.
postgres_unlock() {
	[ -e "$1/data/postmaster.pid" ] || return 0
	wait_until 20 postgres_deserted "$1" || complain "Något arbetar ännu i databasen $1/data." || return 1
	rm -f "$1/data/postmaster.pid" "$1"/socket/.s.PGSQL.*
}

# postgres_start DIR PORT [NAME]: starts the cluster in DIR (made when new) on 127.0.0.1:PORT; nothing when it runs. Follow with
# postgres_wait.
postgres_start() {
	local dir port=$2 name=${3:-postgres} run=()
	proc_gone "$name" || return 0
	if port_used "$port"; then
		complain "Porten $port, tänkt för PostgreSQL, används redan av ett annat program; välj en annan med PGPORT."
		return 1
	fi
	dir=$(postgres_dir "$1") && postgres_init "$dir" && postgres_unlock "$dir" || return 1
	install -m 644 "$CHECKOUT/deploy/postgres/postgresql.conf" "$dir/data/lagesbild.conf" || return 1
	postgres_machine "$dir" "$port" >"$dir/data/machine.conf" && chmod 644 "$dir/data/machine.conf" || return 1
	! is_root || run=(setpriv --reuid=postgres --regid=postgres --init-groups)
	# SIGINT is PostgreSQL's fast stop; SIGTERM would wait for every client to leave. One shell layer: the folder must be one the
	# user can see, and exec keeps the pid.
	# shellcheck disable=SC2016
	proc_start -s INT "$name" sh -c 'cd / && exec "$@"' sh "${run[@]}" "$POSTGRES_BIN/postgres" -D "$dir/data"
}

# postgres_wait DIR PORT [NAME]: until it takes connections; makes the database `lagesbild` on the first time.
postgres_wait() {
	proc_wait "${3:-postgres}" 120 "$POSTGRES_BIN/pg_isready" -q -h 127.0.0.1 -p "$2" || return 1
	[ "$(postgres_sql "$1" "$2" postgres -Atc "select 1 from pg_database where datname = 'lagesbild'")" = 1 ] ||
		postgres_sql "$1" "$2" postgres -qc 'create database lagesbild owner lagesbild'
}

# postgres_stop [NAME]
postgres_stop() {
	proc_stop "${1:-postgres}" 60
}

# postgres_sql DIR PORT DATABASE PSQL-ARGUMENT...: psql as the superuser, untouched by the caller's own PG* variables.
postgres_sql() {
	local dir=$1 port=$2 database=$3
	shift 3
	env -u PGPASSWORD -u PGSERVICE -u PGHOSTADDR -u PGOPTIONS -u PGSSLMODE PGPASSFILE="$dir/pgpass" \
		psql -X -w -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$port" -U lagesbild -d "$database" "$@"
}

# postgres_password DIR PORT ROLE: lets an existing role log in, with a generated password that is kept in DIR/pgpass.
postgres_password() {
	local word
	! grep -q "^127.0.0.1:\*:\*:$3:" "$1/pgpass" || return 0
	word=$(od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n')
	# By stdin: an argument could be read in the process list.
	postgres_sql "$1" "$2" lagesbild -q <<<"alter role $3 login password '$word'" || return 1
	printf '127.0.0.1:*:*:%s:%s\n' "$3" "$word" >>"$1/pgpass"
}
