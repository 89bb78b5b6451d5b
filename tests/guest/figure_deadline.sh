#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What scx_bpfland and scx_flash cost and how fair they are, beside the kernel's own scheduler in
# the same boot.
#
# kernels: current
# limit: 1200

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
for SCHED in scx_bpfland scx_flash; do
	# shellcheck source-path=SCRIPTDIR source=scheduler.sh
	. "${0%/*}/scheduler.sh"
	# shellcheck source-path=SCRIPTDIR source=figures.sh
	. "${0%/*}/figures.sh"

	compare_rounds "$SCHED: pipe round trip over EEVDF's" "<= 1.05" 7 measure_pipe
	compare_rounds "$SCHED: hackbench time over EEVDF's" "<= 1.00" 7 measure_hackbench
	check "$SCHED attaches for shares" start
	figure "$SCHED: 7 hogs on 2 CPUs, largest deviation from the mean in %" \
		"$(fairness | median)" "<= 2"
	figure "$SCHED: nice 0 : nice 5" "$(nice_ratios | median)" "2.9 to 3.2"
	stop TERM
done
