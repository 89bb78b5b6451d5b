#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What it costs to keep records in an arena and to let a process decide, and how fair both
# are, beside the kernel's own scheduler in the same boot.
#
# kernels: current
# limit: 900

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
SCHED=scx_sdt
# shellcheck source-path=SCRIPTDIR source=scheduler.sh
. "${0%/*}/scheduler.sh"
# shellcheck source-path=SCRIPTDIR source=figures.sh
. "${0%/*}/figures.sh"

for SCHED in scx_sdt scx_userland; do
	OPS=${SCHED#scx_}
	compare_rounds "$SCHED: pipe round trip over EEVDF's" "none" 5 measure_pipe
	compare_rounds "$SCHED: hackbench time over EEVDF's" "none" 5 measure_hackbench
	check "$SCHED attaches for shares" start
	figure "$SCHED: 7 hogs on 2 CPUs, largest deviation from the mean in %" "$(fairness | median)" "none"
	figure "$SCHED: nice 0 : nice 5" "$(nice_ratios | median)" "2.7 to 3.3"
	stop TERM
done
