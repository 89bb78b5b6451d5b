#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# scx_central by hand on every kernel: what all schedulers do, who gives way to whom, the
# central CPU, its options.
#
# kernels: all
# limit: 400

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
SCHED=scx_central
# shellcheck source-path=SCRIPTDIR source=scheduler.sh
. "${0%/*}/scheduler.sh"
# shellcheck source-path=SCRIPTDIR source=central.sh
. "${0%/*}/central.sh"

# timer_is_on CPU: that is where the kernel has the scheduler's timer
timer_is_on()
{
	[ "$(awk '$1 == "cpu:" { cpu = $2 } /bpf_timer_cb/ { print cpu }' /proc/timer_list)" = "$1" ]
}

test_shares()
{
	# what a late timer adds to the short turns of the light one is not charged in full
	check "nice 0 : nice 5 is 3 : 1" measures 2.5 3.35 shares 0 5
	# a stopper or a deadline server there is a higher class, too, for a moment
	check "the timer is on the central CPU, but for moments" \
		test "$(counter astray)" -le $(($(counter timer) / 20))
}

# Hogs never sleep: they make room because the central CPU tells them to. Two may run on CPU 1 only.
# shellcheck disable=SC2086 # lists of PIDs
test_crowd()
{
	check "attaches for hogs" start -s 1000 -c -1
	add_hogs 2 taskset -c 1
	pinned=$ADDED
	add_hogs 2 nice -n 0
	ticks_of $pinned $ADDED >before
	sleep 4
	used_since before $pinned $ADDED >ticks
	kill $pinned $ADDED
	check "neither pinned nor free hogs starve" are_even 0.3 4 ticks
	stop TERM
}

# A SCHED_FIFO task takes the central CPU; those who share the other one still take turns.
test_central_cpu_taken()
{
	hog taskset -c 0 chrt -f 10
	fifo=$HOG
	hog taskset -c 1
	first=$HOG
	hog taskset -c 1
	sleep 3
	check "hogs take turns beside a busy central CPU" \
		ratio_between 0.5 2 "$(cpu_ticks "$first") $(cpu_ticks "$HOG")"
	kill "$fifo" "$first" "$HOG"
	check "another CPU stands in" wait_until 20 has_stand_in
}

# If the timer is not armed when the central CPU is taken, somebody else arms it.
has_stand_in()
{
	wait_until 3 timer_is_on ""
	timeout 1 taskset -c 0 chrt -f 10 sh -c 'while :; do :; done' &
	fifo=$!
	sleep 0.2
	taskset -c 1 workload hogs 2 1
	wait $fifo
	[ "$(counter astray)" -gt 0 ]
}

test_counters()
{
	for name in total local timer dispatch; do
		check "$name counts" test "$(counter $name)" -gt 0
	done
	check "somebody was seen waiting" test "$(stats_field queued | sort -n | tail -n 1)" -gt 0
}

# set_cpu1 ONLINE: and the scheduler follows
set_cpu1()
{
	seq=$(cat "$SCX/enable_seq")
	echo "$1" >$CPU1
	wait_until 20 is_followed "$seq"
}

# decides_on CPU: that is where the timer is while hogs crowd both CPUs
decides_on()
{
	workload hogs 4 1 >/dev/null &
	hogs=$!
	decides=0
	wait_until 1 timer_is_on "$1" || decides=1
	wait $hogs
	return $decides
}

test_central_cpu()
{
	check "attaches with -c 1" start -c 1
	check "CPU 1 decides" decides_on 1
	check "it goes offline" set_cpu1 0
	check "and is replaced, with a warning" \
		grep -qx 'scx_central: CPU 1 is offline: CPU 0 decides in its place' out
	check "CPU 0 decides" decides_on 0
	refuses "--central-cpu: CPU 1 is not online; these are: 0" -c 1
	check "CPU 1 comes back" set_cpu1 1
	check "and decides again" decides_on 1
	stop TERM
	refuses "--central-cpu: CPU 7 is not online; these are: 0-1" -c 7
}

test_options()
{
	attaches -p -s 500000 -c 0
	refuses "--slice-us: '999' is not a number from 1000 to 500000" -s 999
	refuses "--central-cpu: '65536' is not a number from -1 to 65535" -c 65536
	refuses "--central-cpu: 'x' is not a number from -1 to 65535" -c x
}

test_life -s 20000
check "attaches for shares" start -i 0.5
test_shares
test_central_cpu_taken
stop TERM
test_counters
test_light_tasks 0,1
test_crowd
test_central_cpu
test_options
