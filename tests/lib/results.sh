# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Results: one line each, and one line at the end that says how many there were.

NR_PASSED=0
NR_FAILED=0
NR_SKIPPED=0

# passed NAME MILLISECONDS
passed()
{
	NR_PASSED=$((NR_PASSED + 1))
	printf 'ok    %s  (%s s)\n' "$1" "$(seconds "$2")"
}

# failed NAME MILLISECONDS [FILE]: FILE has what a person needs to see
failed()
{
	NR_FAILED=$((NR_FAILED + 1))
	printf 'FAIL  %s  (%s s)\n' "$1" "$(seconds "$2")"
	[ -z "${3-}" ] || log_tail "$3"
}

# skipped NAME REASON
skipped()
{
	NR_SKIPPED=$((NR_SKIPPED + 1))
	printf 'skip  %s: %s\n' "$1" "$2"
}

# Prints the last line of the run; fails if a test did.
results_end()
{
	printf '%d passed, %d failed, %d skipped\n' $NR_PASSED $NR_FAILED $NR_SKIPPED
	[ $NR_FAILED -eq 0 ]
}

# timed_result NAME LOG COMMAND...: COMMAND's exit status is the result, its output goes to LOG;
# 77 is a skip, with the last line of the output as the reason
timed_result()
{
	local name=$1 log=$2 begin r=0
	shift 2
	begin=$(now_ms)
	"$@" >"$log" 2>&1 || r=$?
	case $r in
	0) passed "$name" $(($(now_ms) - begin)) ;;
	77) skipped "$name" "$(tail -n 1 "$log")" ;;
	*) failed "$name" $(($(now_ms) - begin)) "$log" ;;
	esac
}
