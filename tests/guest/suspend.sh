#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The machine goes to sleep under a scheduler and wakes again. No one would wake this machine: the
# kernel is told to do all of it but the last step, and to wake by itself a second later. That needs
# a kernel with CONFIG_PM_DEBUG.
#
# kernels: 6.12

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
# shellcheck source-path=SCRIPTDIR source=bus.sh
. "${0%/*}/bus.sh"

POWER=/sys/power

is_awake()
{
	[ "$(cat $POWER/suspend_stats/success)" -gt "$1" ] &&
		[ "$(systemctl is-active systemd-suspend)" = inactive ]
}

# sleeps MEM_SLEEP LEVEL: as systemctl suspend does it, to that level of the kernel's test
sleeps()
{
	echo "$1" >$POWER/mem_sleep
	echo "$2" >$POWER/pm_test
	times=$(cat $POWER/suspend_stats/success)
	check "$1: goes to sleep" systemctl suspend
	check "$1: wakes" wait_until 60 is_awake "$times"
}

# is_as_before NAME: what was asked for runs, and nothing has failed
is_as_before()
{
	check "$1: the scheduler is in charge" wait_until 60 is_scheduler simple
	check_equal "$1: the loader says so" 's "scx_simple" u 0 as 0 simple' "$(current)"
	check_equal "$1: of the same process" "$pid" "$(systemctl show -P MainPID aios-scx_simple)"
	check_equal "$1: and knows of no failure" 's "[]"' "$(own Failures)"
}

echo 1 >/sys/module/suspend/parameters/pm_test_delay
systemctl start aios-loader
check "starts" loader StartScheduler su scx_simple 0
pid=$(systemctl show -P MainPID aios-scx_simple)
times_attached=$(cat "$SCX/enable_seq")
workload hogs 4 1000 >/dev/null &

sleeps s2idle platform
is_as_before s2idle
check_equal "s2idle: attached all the time" "$times_attached" "$(cat "$SCX/enable_seq")"
sleeps deep core # takes CPU 1 off line
is_as_before deep
check "deep: attached again with all CPUs" test "$(cat "$SCX/enable_seq")" -gt "$times_attached"

check "StopScheduler" loader StopScheduler
sleeps s2idle platform
check "what was stopped stays so" is_kernel_scheduler
echo none >$POWER/pm_test
kill $!
