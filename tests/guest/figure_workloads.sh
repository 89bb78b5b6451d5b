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
SCHED=
# shellcheck source-path=SCRIPTDIR source=scheduler.sh
. "${0%/*}/scheduler.sh"
# shellcheck source-path=SCRIPTDIR source=domain.sh
. "${0%/*}/domain.sh"
# shellcheck source-path=SCRIPTDIR source=figures.sh
. "${0%/*}/figures.sh"

ROUNDS=5
WORKLOADS='frame -r 3,wakeup -r 3,gang -r 2 -a 1,batch -s 100,forks -r 3,pipe -r 2'

# lowlatency SCHED: how aios-bench is told of it
lowlatency()
{
	SCHED=$1
	echo "$1 $(mode_flags lowlatency)"
}

# row METRIC WHAT BAR: its ratios and verdicts, a figure for each arm
row()
{
	sed 's/},{/}\n{/g' report.json | grep -F "\"metric\":\"$1\"," | grep -v '"arm":"kernel"' >row
	check "$1 was measured" test -s row
	while IFS= read -r line; do
		figure "$(echo "$line" | sed 's/.*"arm":"\([^"]*\)".*/\1/'): $2" \
			"$(echo "$line" | sed 's/.*"ratio":\([^,}]*\).*/\1/') $(echo "$line" | sed -n 's/.*"verdict":"\([^"]*\)".*/\1/p')" "$3"
	done <row
}

check "a session" aios-bench run -q -n $ROUNDS -o s.json -w "$WORKLOADS" \
	-s "bpfland,$(lowlatency scx_bpfland),flash,$(lowlatency scx_flash),flatcg,nest,simple"
check "its report" sh -c "aios-bench report --json s.json >report.json"

row frame_p99 "time of a frame, p99, over EEVDF's" "lowlatency: <= 0.30"
row wakeup_p99 "latency of wakeups, p99, over EEVDF's" "lowlatency: <= 0.25"
row iterations "iterations of a gang over EEVDF's" none
row makespan "time of short jobs and a long one over EEVDF's" none
row jobs "compilers that come and go, jobs over EEVDF's" "bpfland, flash: >= 0.98"
row round_p50 "a byte there and back, over EEVDF's" none
