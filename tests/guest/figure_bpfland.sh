#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What scx_bpfland costs and how fair it is, beside the kernel's own scheduler in the same boot.
#
# kernels: current
# limit: 600

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
SCHED=scx_bpfland
# shellcheck source-path=SCRIPTDIR source=scheduler.sh
. "${0%/*}/scheduler.sh"
# shellcheck source-path=SCRIPTDIR source=figures.sh
. "${0%/*}/figures.sh"

compare_rounds "pipe round trip over EEVDF's" "<= 1.05" 7 measure_pipe
compare_rounds "hackbench time over EEVDF's" "<= 1.00" 7 measure_hackbench
check "attaches for shares" start
figure "7 hogs on 2 CPUs, largest deviation from the mean in %" "$(fairness | median)" "<= 2"
figure "nice 0 : nice 5" "$(nice_ratios | median)" "2.9 to 3.2"
stop TERM
