# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# What the tests and figures of scx_central share; sourced after scheduler.sh.
#
# add_hogs N COMMAND...      N hogs started through COMMAND; PIDs in $ADDED; returns when they run
# ticks_of PID...            CPU time of each, one a line
# used_since FILE PID...     the same, less what FILE has of it
# are_even SHARE N FILE      FILE has N of these, and none is below SHARE of the largest
# may_go_without_tick        skips the check unless CPUs 1 to 3 are in nohz_full=
# interrupts_with N SECONDS  timer interrupts of these CPUs a second, while N hogs run

# To begin takes locks that all need who begin, and who holds one may wait for a crowded CPU.
have_begun()
{
	for pid in "$@"; do
		[ -e "hog.$pid" ] || return 1
	done
}

add_hogs()
{
	ADDED=
	nr_hogs=$1
	shift
	for _ in $(seq "$nr_hogs"); do
		hog "$@"
		ADDED="$ADDED $HOG"
	done
	# shellcheck disable=SC2086 # a list
	wait_until 100 have_begun $ADDED
}

ticks_of()
{
	# shellcheck disable=SC2046 # names
	awk '{ print $14 + $15 }' $(printf '/proc/%s/stat ' "$@")
}

used_since()
{
	used_before=$1
	shift
	ticks_of "$@" | paste -d ' ' - "$used_before" | awk '{ print $1 - $2 }'
}

are_even()
{
	awk -v share="$1" -v count="$2" '
		{ print }
		NR == 1 || $1 < least { least = $1 }
		$1 > most { most = $1 }
		END { exit NR != count || most == 0 || least < share * most }' "$3"
}

may_go_without_tick()
{
	[ "$(cat /sys/devices/system/cpu/nohz_full)" = 1-3 ] && return
	echo "this kernel knows no nohz_full="
	return 77
}

# since boot
timer_interrupts()
{
	awk '$1 == "LOC:" { print $3 + $4 + $5 }' /proc/interrupts
}

interrupts_with()
{
	workload hogs "$1" $(($2 + 2)) >/dev/null &
	hogs=$!
	sleep 1
	begin=$(timer_interrupts)
	sleep "$2"
	end=$(timer_interrupts)
	wait $hogs
	echo "$begin $end" | awk -v seconds="$2" '{ print ($2 - $1) / seconds }'
}
