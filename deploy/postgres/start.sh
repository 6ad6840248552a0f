#!/usr/bin/env bash
# start.sh: the image's PostgreSQL. The cluster is made at the first start, in /var/lib/postgresql (a volume); the rest of the file system
# may be read-only but /tmp. The passwords are those of the secrets postgres_admin, _writer, _api and _printer, at every start: changing one is
# changing its file and restarting.
set -euo pipefail

here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=deploy/lib/base.sh
. "$here/../lib/base.sh"
# shellcheck source=deploy/lib/postgres.sh
. "$here/../lib/postgres.sh"

dir=/var/lib/postgresql

# password SECRET: what the client's service file of that name says. Only letters and digits: it goes into SQL.
password() {
	local word
	word=$(sed -n 's/^password=//p' "/run/secrets/$1" 2>/dev/null) || true
	case $word in
	'' | *[!0-9A-Za-z]*) complain "Hemligheten $1 saknas, eller dess rad password= (bara bokstäver och siffror); kör deploy/secrets.sh." ;;
	*) echo "$word" ;;
	esac
}

# alone DATA DATABASE: SQL from stdin, a statement a line, without a server. A failing line is not logged: it may hold a password.
alone() {
	"$POSTGRES_BIN/postgres" --single -D "$1" -c exit_on_error=true -c log_min_error_statement=panic "$2" >/dev/null
}

# cluster PASSWORD: data appears whole or not at all.
cluster() {
	[ ! -e "$dir/data/PG_VERSION" ] || return 0
	rm -rf "$dir/data.new"
	"$POSTGRES_BIN/initdb" -D "$dir/data.new" -U lagesbild --pwfile=<(echo "$1") -A scram-sha-256 --encoding=UTF8 --locale=C.UTF-8
	printf "include 'lagesbild.conf'\ninclude 'machine.conf'\n" >>"$dir/data.new/postgresql.conf"
	touch "$dir/data.new/lagesbild.conf" "$dir/data.new/machine.conf"
	# Who may come so far is the network's business; who may go on is the password's.
	echo 'host all all all scram-sha-256' >>"$dir/data.new/pg_hba.conf"
	alone "$dir/data.new" postgres <<<'CREATE DATABASE lagesbild'
	mv "$dir/data.new" "$dir/data"
}

admin=$(password postgres_admin)
writer=$(password postgres_writer)
api=$(password postgres_api)
printer=$(password postgres_printer)
cluster "$admin"
# A container that was killed leaves its lock behind; nothing else can be running in this one.
rm -f "$dir/data/postmaster.pid"
install -m 600 "$here/postgresql.conf" "$dir/data/lagesbild.conf"
postgres_machine "$dir" 5432 >"$dir/data/machine.conf"
printf "listen_addresses = '*'\nunix_socket_directories = ''\n" >>"$dir/data/machine.conf"
# role NAME PASSWORD
role() {
	alone "$dir/data" lagesbild <<-EOF
		DO \$\$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '$1') THEN CREATE ROLE $1; END IF; END \$\$
		ALTER ROLE $1 LOGIN PASSWORD '$2'
	EOF
}

role lagesbild "$admin"
role lagesbild_writer "$writer"
role lagesbild_council "$api"
role lagesbild_desk "$api"
role lagesbild_printer "$printer"
exec "$POSTGRES_BIN/postgres" -D "$dir/data"
