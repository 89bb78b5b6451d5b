#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# scx_prev by hand on every kernel: what all schedulers do, where tasks wake, its options.
#
# kernels: all
# limit: 300

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
SCHED=scx_prev
# shellcheck source-path=SCRIPTDIR source=scheduler.sh
. "${0%/*}/scheduler.sh"

# A machine with few busy CPUs: almost everybody finds the CPU where it was.
test_wakeups()
{
	check "attaches for wakeups" start -i 0.5
	workload light 1 3 >/dev/null
	stop TERM
	check "tasks wake where they ran last" test "$(counter prev_cpu)" -gt "$(counter idle_cpu)"
	check "every wakeup on an idle CPU is one of the two" ratio_between 0.99 1.01 \
		"$(counter local) $(($(counter prev_cpu) + $(counter idle_cpu)))"
}

test_shares()
{
	check "attaches for shares" start -i 0.5
	check "nice 0 : nice 5 is 3 : 1" measures 2.7 3.35 shares 0 5
	workload hogs 4 2 >/dev/null
	stop TERM
	check "with no idle CPU, select_fail counts" test "$(counter select_fail)" -gt 0
}

test_options()
{
	check "attaches with -f -s 5000" start -f -s 5000
	check "FIFO pays no regard to nice" measures 0.6 1.6 shares 0 10
	stop TERM
	attaches -s 100
	attaches -s 1000000
	refuses "--slice-us: '99' is not a number from 100 to 1000000" -s 99
}

test_life -s 20000
test_wakeups
test_shares
test_light_tasks 0
test_options
