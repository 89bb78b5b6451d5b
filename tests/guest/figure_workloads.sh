#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The table in README: what aios-bench finds for the workloads that are built in.
#
# kernels: current
# clock: turns
# limit: 2400

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
# shellcheck source-path=SCRIPTDIR source=domain.sh
. "${0%/*}/domain.sh"
# shellcheck source-path=SCRIPTDIR source=figures.sh
. "${0%/*}/figures.sh"

ROUNDS=5
WORKLOADS='frame -r 3,wakeup -r 3,gang -r 2 -a 1,batch -s 100,forks -r 3,pipe -r 2'

# row METRIC WHAT BAR: its ratios and verdicts, a figure for each arm
row()
{
	reported "$1" | grep -v '"arm":"kernel"' >row
	check_equal "$1 was measured under all" 7 "$(grep -c '"ratio":[0-9]' row)"
	while IFS= read -r line; do
		figure "$(echo "$line" | report_field arm): $2" \
			"$(echo "$line" | report_field ratio) $(echo "$line" | report_field verdict)" "$3"
	done <row
}

session "bpfland,$(lowlatency scx_bpfland),flash,$(lowlatency scx_flash),flatcg,nest,simple" "$WORKLOADS"

row frame_p99 "time of a frame, p99, over EEVDF's" "lowlatency: <= 0.30"
row wakeup_p99 "latency of wakeups, p99, over EEVDF's" "lowlatency: <= 0.25"
row iterations "iterations of a gang over EEVDF's" none
row makespan "time of short jobs and a long one over EEVDF's" none
row jobs "compilers that come and go, jobs over EEVDF's" "bpfland, flash: >= 0.98"
row round_p50 "a byte there and back, over EEVDF's" none
