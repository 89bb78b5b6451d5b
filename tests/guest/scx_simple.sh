#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# scx_simple by hand on every kernel: what all schedulers do, shares, its options.
#
# kernels: all
# limit: 300

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
SCHED=scx_simple
# shellcheck source-path=SCRIPTDIR source=scheduler.sh
. "${0%/*}/scheduler.sh"

test_shares()
{
	check "attaches for shares" start --stats 0.5
	check_equal "scxctl get" "running Simple" "$(scxctl get)"
	check_match "scxctl list" '*"simple"*' "$(scxctl list)"
	check "nice 0 : nice 5 is 3 : 1" measures 2.85 3.25 shares 0 5
	check "both counters count" test "$(counter local)" -gt 0 -a "$(counter global)" -gt 0
	stop TERM
}

test_options()
{
	check "attaches with -f -s 5000" start -f -s 5000
	check "FIFO pays no regard to nice" measures 0.85 1.18 shares 0 10
	stop TERM
	attaches -s 100
	attaches -s 1000000
	refuses "--slice-us: '99' is not a number from 100 to 1000000" -s 99
}

# A reader that goes away does not take the scheduler along.
test_reader_gone()
{
	scx_simple --stats 0.1 2>err | head -n 1 >first &
	check "attaches with a reader" wait_until 30 is_scheduler simple
	check "goes on without its reader" wait_until 20 grep -q 'no more statistics' err
	check_equal "still the kernel's scheduler without a reader" simple "$(scx_ops)"
	pkill -TERM -x scx_simple
	check "and ends in good order" wait_until 20 is_kernel_scheduler
}

test_life -s 20000
test_shares
test_light_tasks 0
test_options
test_reader_gone
