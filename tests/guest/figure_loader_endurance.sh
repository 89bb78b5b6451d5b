#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What is left of many switches and of many starts and stops in aios-loader: nothing.
#
# kernels: current
# limit: 3000

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
# shellcheck source-path=SCRIPTDIR source=bus.sh
. "${0%/*}/bus.sh"
# shellcheck source-path=SCRIPTDIR source=figures.sh
. "${0%/*}/figures.sh"

check "starts" loader StartScheduler su scx_simple 0
check "200 switches between pairs of schedulers" many_switches 100
check "StopScheduler" loader StopScheduler
check "20 cycles of start and stop" cycles 20
rss=$(status_of_loader VmRSS) files=$(descriptors)
check "500 cycles of start and stop" cycles 500
figure "file descriptors after that, and before" "$(descriptors) $files" "the same"
figure "RSS in KiB after that, and before" "$(status_of_loader VmRSS) $rss" "the same"
