# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# What the tests and figures of scx_central share; sourced after scheduler.sh.
#
# add_hogs N COMMAND...      N hogs started through COMMAND; PIDs in $ADDED
# ticks_of PID...            CPU time of each, one a line
# have_ticks LEAST N FILE    FILE has N of these, and none is below LEAST
# may_go_without_tick        skips the check unless CPUs 1 to 3 are in nohz_full=
# interrupts_with N SECONDS  timer interrupts of these CPUs a second, while N hogs run

add_hogs()
{
	ADDED=
	nr_hogs=$1
	shift
	for _ in $(seq "$nr_hogs"); do
		hog "$@"
		ADDED="$ADDED $HOG"
	done
}

ticks_of()
{
	for pid in "$@"; do
		cpu_ticks "$pid"
	done
}

have_ticks()
{
	awk -v least="$1" -v count="$2" '
		{ print }
		$1 < least { low = 1 }
		END { exit NR != count || low }' "$3"
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
