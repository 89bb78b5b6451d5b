# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# A session is everything one call of tests/run or tests/demo starts.
#
# The call itself (the outer process) only waits. Its work is done by the same script started
# again (the inner process) as the first process of a new pid and mount namespace. Every process
# and every mount of the session therefore ends when the outer process ends, however it ends:
# the parent-death signal of the inner process covers kill -9. Nothing needs to be unmounted.
#
# Without the rights to make namespaces the inner process is an ordinary one, and the session
# works with the tools of this machine (SESSION_ISOLATED=no).
#
# AIOS_CACHE
#   root/ guest/     what cache.sh makes; held by a shared lock while a session uses them
#   packages/        packages of the last tests/demo
#   logs/NAME/       logs of the last sessions
#   tmp/PID/         work directory of a session; `lock` in it is held by every process of the
#                    session, so a directory whose lock is free is a leftover

LOGS_KEPT=10

cache_default()
{
	if [ "$(id -u)" -eq 0 ]; then
		echo /var/cache/aios-dev
	else
		echo "${XDG_CACHE_HOME:-$HOME/.cache}/aios-dev"
	fi
}

cache_open()
{
	AIOS_CACHE=${AIOS_CACHE:-$(cache_default)}
	# mount options and apt configuration have no common way to quote these
	case $AIOS_CACHE in
	*[[:space:],:\\\"]*) die "AIOS_CACHE must not contain spaces, commas, colons or quotes" ;;
	/*) ;;
	*) die "AIOS_CACHE must be an absolute path" ;;
	esac
	mkdir -p "$AIOS_CACHE/tmp" "$AIOS_CACHE/logs" || die "cannot write to $AIOS_CACHE"
	export AIOS_CACHE
}

# Remove what killed sessions left. Runs under the lock of tmp/, as the making of a work
# directory does, so that a directory is never seen between its making and its locking.
remove_leftovers()
{
	local dir
	for dir in "$AIOS_CACHE"/tmp/*/; do
		[ -d "$dir" ] || continue
		if flock --nonblock "$dir/lock" true 2>/dev/null || [ ! -e "$dir/lock" ]; then
			rm -rf "$dir"
		fi
	done
}

work_open()
{
	local lock
	exec {lock}>"$AIOS_CACHE/tmp/.lock"
	flock "$lock"
	remove_leftovers
	AIOS_WORK=$AIOS_CACHE/tmp/$$
	mkdir -p "$AIOS_WORK"
	exec {WORK_LOCK}>"$AIOS_WORK/lock"
	flock --shared "$WORK_LOCK"
	exec {lock}>&-
	printf '%s (pid %d) since %s\n' "${0##*/}" $$ "$(date +%H:%M:%S)" >"$AIOS_WORK/owner"
	export AIOS_WORK
}

# Waits for the last process of the session: each has a copy of the locked descriptor.
work_close()
{
	exec {WORK_LOCK}>&-
	flock --timeout 10 "$AIOS_WORK/lock" true
	rm -rf "$AIOS_WORK"
}

logs_open()
{
	local old
	LOG_DIR=$AIOS_CACHE/logs/$(date +%Y%m%d-%H%M%S)-${0##*/}
	# two sessions may begin in the same second
	mkdir "$LOG_DIR" 2>/dev/null || LOG_DIR=$(mktemp -d "$LOG_DIR.XXXX")
	find "$AIOS_CACHE/logs" -mindepth 1 -maxdepth 1 -type d | sort -r | tail -n +$((LOGS_KEPT + 1)) |
		while read -r old; do rm -rf "$old"; done
	export AIOS_LOG_DIR=$LOG_DIR
}

NAMESPACE=(unshare --mount --pid --fork --kill-child --mount-proc --propagation private)

# Prints why the session cannot have namespaces, or nothing.
isolation_missing()
{
	if [ "$(id -u)" -ne 0 ]; then
		echo "not root"
	elif ! "${NAMESPACE[@]}" true 2>/dev/null; then
		echo "no right to make namespaces"
	fi
}

session_kill()
{
	if [ "$SESSION_ISOLATED" = yes ]; then
		kill -KILL "$1"
	else
		# ninja and meson end their children on SIGTERM, and would leave them on SIGKILL
		kill -TERM -- "-$1"
		flock --timeout 2 "$AIOS_WORK/lock" true || kill -KILL -- "-$1"
	fi 2>/dev/null
}

# session_interrupt STATUS CHILD
session_interrupt()
{
	trap '' INT TERM HUP
	exec {WORK_LOCK}>&-
	session_kill "$2"
	wait "$2" 2>/dev/null
	flock --timeout 10 "$AIOS_WORK/lock" true
	rm -rf "$AIOS_WORK"
	printf '\n%s: interrupted\n' "${0##*/}" >&2
	exit "$1"
}

# session_run ARGUMENT...: run this script again inside; does not return
session_run()
{
	local child status start=()
	cache_open
	work_open
	logs_open
	SESSION_REASON=$(isolation_missing)
	SESSION_ISOLATED=no
	if [ -z "$SESSION_REASON" ]; then
		SESSION_ISOLATED=yes
		start=("${NAMESPACE[@]}")
	fi
	export SESSION_ISOLATED SESSION_REASON AIOS_START_MS=$START_MS AIOS_SESSION=$$
	set -m # a process group of its own: Ctrl-C reaches only the outer process
	setpriv --pdeathsig KILL -- "${start[@]}" bash "$0" "$@" </dev/null &
	child=$!
	set +m
	trap 'session_interrupt 130 $child' INT
	trap 'session_interrupt 143 $child' TERM
	trap 'session_interrupt 129 $child' HUP
	wait "$child"
	status=$?
	trap - INT TERM HUP
	work_close
	exit "$status"
}

# session_begin ARGUMENT...: returns inside the session only
session_begin()
{
	[ "${AIOS_SESSION-}" ] || session_run "$@"
	LOG_DIR=$AIOS_LOG_DIR
	note "logs: $LOG_DIR"
	# tests that call the harness must get a session of their own
	unset AIOS_SESSION AIOS_START_MS AIOS_LOG_DIR
}
