#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# scx_prev where it differs from the kernel's choice of a CPU: a task wakes beside a busy thread
# of its core, and another core is idle.
#
# kernels: current
# cpus: 4,sockets=1,cores=2,threads=2
# limit: 60

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
SCHED=scx_prev
# shellcheck source-path=SCRIPTDIR source=scheduler.sh
. "${0%/*}/scheduler.sh"

ROUNDS=20

cpu_of()
{
	cut -d' ' -f39 "/proc/$1/stat"
}

# rounds_at_home: in how many of the rounds a light task is still on CPU 0, where it ran last,
# a few wakeups after it may go elsewhere
rounds_at_home()
{
	hog taskset -c 1
	workload light 1 60 >/dev/null &
	light=$!
	sleep 0.5
	task=$(pgrep -P $light)
	home=0
	for _ in $(seq $ROUNDS); do
		taskset -pc 0 "$task" >/dev/null
		sleep 0.1
		taskset -pc 0-3 "$task" >/dev/null
		sleep 0.02
		[ "$(cpu_of "$task")" -ne 0 ] || home=$((home + 1))
	done
	kill "$task" "$HOG"
	echo $home
}

# this shell and its programs are not to take CPU 0 when the task wakes there
taskset -pc 2 $$ >/dev/null
check_equal "CPUs 0 and 1 are one core" 0-1 \
	"$(cat /sys/devices/system/cpu/cpu0/topology/thread_siblings_list)"
check "attaches" start
at_home=$(rounds_at_home)
check "a task stays on its CPU beside a busy thread" test "$at_home" -gt $((ROUNDS / 2))
stop TERM

# or the rounds would say nothing
SCHED=scx_simple OPS=simple
check "scx_simple attaches" start
check "the kernel's choice moves it to the idle core more often" \
	test "$(rounds_at_home)" -lt "$at_home"
stop TERM
