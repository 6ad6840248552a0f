# shellcheck shell=bash
# base.sh: what the other files of this folder stand on: where things are, how to speak, how to wait.
#
# CHECKOUT         the checkout's root, absolute
# LAGESBILD_HOME   where state lives (default .lagesbild in the checkout), made absolute; the caller decides whether to export it
#
# Functions return 1 after having said why on stderr; they never exit, so a caller under `set -e` stops at the right place.

CHECKOUT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
LAGESBILD_HOME=${LAGESBILD_HOME:-.lagesbild}
case $LAGESBILD_HOME in
/*) ;;
*) LAGESBILD_HOME=$CHECKOUT/$LAGESBILD_HOME ;;
esac

# say TEXT: a progress line with the seconds since the script started.
say() {
	printf '[%3d s] %s\n' "$SECONDS" "$*"
}

# complain TEXT: one sentence on stderr. Returns 1, so `complain ...` may end a function.
complain() {
	printf 'FEL: %s\n' "$*" >&2
	return 1
}

is_root() {
	[ "$(id -u)" -eq 0 ]
}

# wait_until SECONDS COMMAND...: polls COMMAND until it succeeds; 1 when the time is out. $SECONDS is whole seconds, so the
# deadline may come up to one second late, never early.
wait_until() {
	local deadline=$((SECONDS + $1 + 1))
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$deadline" ] || return 1
		sleep 0.05
	done
}

# port_used PORT: does anything answer on 127.0.0.1:PORT?
port_used() {
	(exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# port_free: prints a free port of 127.0.0.1. From below the range that the kernel gives to outgoing connections, so that none of
# those takes it between the look and the use.
port_free() {
	local port i
	for ((i = 0; i < 200; i++)); do
		port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
		if ! port_used "$port"; then
			echo "$port"
			return 0
		fi
	done
	complain "Hittar ingen ledig port på 127.0.0.1 mellan 20000 och 32000."
}

# secret_new FILE: 32 random bytes as 64 hex digits, readable by the owner only; an existing file is kept.
secret_new() {
	[ ! -s "$1" ] || return 0
	mkdir -p "$(dirname "$1")"
	(umask 077 && od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n' >"$1.new" && echo >>"$1.new" && mv "$1.new" "$1")
}
