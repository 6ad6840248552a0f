# shellcheck shell=bash
# proc.sh: processes that outlive the script that started them.
#
# $LAGESBILD_HOME/run/NAME.pid holds "pid start-time signal": the start time (clock ticks since boot) tells our process from a later one
# with the same number, so a stranger is never signalled. $LAGESBILD_HOME/log/NAME.log is its output.

# proc_birth PID: prints the start time of a living process; fails when there is none (a zombie is none).
proc_birth() {
	local stat fields
	{ stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 1
	# The second field is the program's name in parentheses and may hold anything: count from the last one.
	read -r -a fields <<<"${stat##*) }"
	[ "${fields[0]}" != Z ] && [ "${fields[0]}" != X ] || return 1
	echo "${fields[19]}"
}

# proc_pid NAME: prints its pid when it runs.
proc_pid() {
	local pid birth _
	{ read -r pid birth _ <"$LAGESBILD_HOME/run/$1.pid"; } 2>/dev/null || return 1
	[ "$(proc_birth "$pid")" = "$birth" ] || return 1
	echo "$pid"
}

proc_running() {
	proc_pid "$1" >/dev/null
}

proc_gone() {
	! proc_running "$1"
}

# proc_tail NAME: the last lines of its log, on stderr.
proc_tail() {
	printf -- '--- de sista raderna i %s\n' "$LAGESBILD_HOME/log/$1.log" >&2
	tail -n 20 "$LAGESBILD_HOME/log/$1.log" >&2 || true
}

# proc_start [-s SIGNAL] NAME COMMAND...: starts it in a session of its own; nothing when it runs already. SIGNAL asks it to stop
# (default TERM). No file descriptor of the caller is inherited: a lock or a pipe held by a daemon would never be let go.
proc_start() {
	local signal=TERM name pid birth
	if [ "$1" = -s ]; then
		signal=$2
		shift 2
	fi
	name=$1
	shift
	proc_gone "$name" || return 0
	mkdir -p "$LAGESBILD_HOME/run" "$LAGESBILD_HOME/log"
	# No job control inside: then setsid does not fork and $! is the process itself.
	pid=$(
		set +m
		for fd in /proc/self/fd/*; do
			fd=${fd##*/}
			[ "$fd" -le 2 ] || eval "exec $fd>&-"
		done
		setsid "$@" </dev/null >>"$LAGESBILD_HOME/log/$name.log" 2>&1 &
		echo $!
	)
	birth=$(proc_birth "$pid") || birth=0
	echo "$pid $birth $signal" >"$LAGESBILD_HOME/run/$name.pid"
}

# proc_wait NAME SECONDS COMMAND...: polls COMMAND until it succeeds; gives up when the process has died or the time is out, and
# shows its log then.
proc_wait() {
	local name=$1 deadline=$((SECONDS + $2 + 1)) why
	shift 2
	until "$@"; do
		why=
		proc_running "$name" || why="$name avslutades vid start"
		[ "$SECONDS" -lt "$deadline" ] || why="$name svarar inte i tid"
		if [ -n "$why" ]; then
			proc_tail "$name"
			complain "$why; se $LAGESBILD_HOME/log/$name.log"
			return 1
		fi
		sleep 0.05
	done
}

# proc_stop NAME [SECONDS]: asks it to stop, waits (default 30 s), then kills. Success when it is gone; nothing when it was.
proc_stop() {
	local pid birth signal file=$LAGESBILD_HOME/run/$1.pid
	if pid=$(proc_pid "$1"); then
		read -r pid birth signal <"$file"
		kill -s "$signal" "$pid" 2>/dev/null || true
		if ! wait_until "${2:-30}" proc_gone "$1"; then
			printf '%s stannade inte på %s s och avbryts.\n' "$1" "${2:-30}" >&2
			proc_pid "$1" >/dev/null && kill -s KILL "$pid" 2>/dev/null
			wait_until 10 proc_gone "$1" || complain "$1 (pid $pid) går inte att stoppa." || return 1
		fi
	fi
	rm -f "$file"
}
