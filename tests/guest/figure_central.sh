#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Timer interrupts on the CPUs that scx_central is to leave alone, beside the kernel's own
# scheduler in the same boot: with two hogs for each CPU, which have to take turns, and with one.
#
# kernels: current
# cpus: 4
# append: nohz_full=1-3
# limit: 600

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
SCHED=scx_central
# shellcheck source-path=SCRIPTDIR source=scheduler.sh
. "${0%/*}/scheduler.sh"
# shellcheck source-path=SCRIPTDIR source=central.sh
. "${0%/*}/central.sh"
# shellcheck source-path=SCRIPTDIR source=figures.sh
. "${0%/*}/figures.sh"

check "CPUs 1 to 3 may go without a tick" may_go_without_tick
compare_rounds "timer interrupts a second, 8 hogs, over EEVDF's" "<= 0.05" 5 interrupts_with 8 4
compare_rounds "timer interrupts a second, 4 hogs, over EEVDF's" "none" 5 interrupts_with 4 4
