# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What tests/run and tests/demo share: progress lines, step logs and error messages.
#
# A step is one command whose output goes to a log of its own. The person in front of the
# terminal sees one line per step, and the end of the log only if the step failed.
#
# Provided by the caller: TREE, the top of the source tree.

export LC_ALL=C.UTF-8

# LOG_DIR is made by session.sh; until then steps cannot be run.
LOG_DIR=
LOG_TAIL_LINES=30

now_ms()
{
	echo $((${EPOCHREALTIME/[.,]/} / 1000))
}

# The outer process hands its start to the inner one, so that times count from the call.
START_MS=${AIOS_START_MS:-$(now_ms)}

# seconds MS -> "12.3"
seconds()
{
	printf '%d.%d' $(($1 / 1000)) $(($1 % 1000 / 100))
}

elapsed()
{
	printf '[%6ss]' "$(seconds $(($(now_ms) - START_MS)))"
}

note()
{
	printf '%s %s\n' "$(elapsed)" "$*"
}

complain()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die()
{
	complain "$*"
	exit 1
}

# log_tail FILE: what a person needs of a failed step
log_tail()
{
	echo "---- last $LOG_TAIL_LINES lines of $1"
	tail -n "$LOG_TAIL_LINES" -- "$1" 2>/dev/null
	echo "----"
}

# step NAME TITLE COMMAND...: run COMMAND with its output in LOG_DIR/NAME.log
step()
{
	local log=$LOG_DIR/$1.log title=$2 begin r=0
	shift 2
	begin=$(now_ms)
	printf '%s %s ... ' "$(elapsed)" "$title"
	"$@" >"$log" 2>&1 || r=$?
	if [ "$r" -eq 0 ]; then
		printf 'done in %s s\n' "$(seconds $(($(now_ms) - begin)))"
		return 0
	fi
	printf 'FAILED after %s s (status %d)\n' "$(seconds $(($(now_ms) - begin)))" "$r"
	log_tail "$log"
	return "$r"
}

# both NAME "COMMAND" "COMMAND": two shell commands at once; fails if one of them does. Their
# outputs follow each other, that of a failed one last.
both()
{
	local log=$LOG_DIR/$1 first first_status=0 second_status=0
	$2 >"$log-1.log" 2>&1 &
	first=$!
	$3 >"$log-2.log" 2>&1 || second_status=$?
	wait "$first" || first_status=$?
	if [ $first_status -ne 0 ]; then
		cat "$log-2.log" "$log-1.log"
	else
		cat "$log-1.log" "$log-2.log"
	fi
	[ $first_status -eq 0 ] && [ $second_status -eq 0 ]
}
