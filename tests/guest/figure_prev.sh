#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What scx_prev costs and how fair it is, beside the kernel's own scheduler in the same boot.
#
# kernels: current
# limit: 600

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
SCHED=scx_prev
# shellcheck source-path=SCRIPTDIR source=scheduler.sh
. "${0%/*}/scheduler.sh"
# shellcheck source-path=SCRIPTDIR source=figures.sh
. "${0%/*}/figures.sh"

compare_rounds "pipe round trip over EEVDF's" "none" 5 measure_pipe
compare_rounds "hackbench time over EEVDF's" "none" 5 measure_hackbench
check "attaches for shares" start
figure "nice 0 : nice 5" "$(nice_ratios | median)" "none"
stop TERM
