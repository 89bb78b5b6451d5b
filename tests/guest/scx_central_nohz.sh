#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# scx_central on CPUs that need no tick, and with many tasks that may run on some of them only.
#
# kernels: all
# cpus: 4
# append: nohz_full=1-3
# limit: 180

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
SCHED=scx_central
# shellcheck source-path=SCRIPTDIR source=scheduler.sh
. "${0%/*}/scheduler.sh"
# shellcheck source-path=SCRIPTDIR source=central.sh
. "${0%/*}/central.sh"

NR_MASKED=70
NR_FREE=3

# With two hogs for each CPU the kernel's own scheduler has a tick on all of them.
leaves_cpus_alone()
{
	may_go_without_tick || return
	without=$(interrupts_with 8 3)
	start
	with=$(interrupts_with 8 3)
	stop TERM
	ratio_between 0 0.2 "$with $without"
}

# Searches for CPUs 0 and 1 have to pass over the masked ones.
# shellcheck disable=SC2086 # lists of PIDs
test_masks()
{
	check "attaches" start -s 5000 -i 0.5
	# the test goes on beside them
	renice -n -20 -p $$ >/dev/null
	add_hogs $NR_MASKED nice -n 20 taskset -c 2,3
	masked=$ADDED
	add_hogs $NR_FREE nice -n 20
	ticks_of $ADDED >free_before
	ticks_of $masked >masked_before
	sleep 8
	used_since free_before $ADDED >free_ticks
	used_since masked_before $masked >masked_ticks
	kill $masked $ADDED
	renice -n 0 -p $$ >/dev/null
	check_equal "in charge all the time" central "$(scx_ops)"
	stop TERM
	check "tasks that may run anywhere do not starve" are_even 0.5 $NR_FREE free_ticks
	check "nor do those of the crowded CPUs" are_even 0.2 $NR_MASKED masked_ticks
	check "others are passed over in searches" test "$(counter mismatch)" -gt 0
	check "long searches are left to the CPUs" test "$(counter overflow)" -gt 0
}

check "at most a fifth of the timer interrupts on CPUs without a tick" leaves_cpus_alone
test_masks
