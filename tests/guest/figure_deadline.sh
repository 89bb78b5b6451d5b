#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What scx_bpfland and scx_flash cost in mode auto, how fair they are, and how long hogs wait in mode
# lowlatency, beside the kernel's own scheduler in the same boot.
#
# kernels: current
# limit: 1200

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
# bpf_cost OPTION...: a session with these; what scx_bpfland and scx_flash spend for each context
# switch over what scx_simple does
bpf_cost()
{
	aios-bench run -q -n 5 -s simple,bpfland,flash --bpf-cost -o cost.json "$@" >/dev/null 2>&1
	aios-bench report cost.json | awk '$1 == "bpf_per_switch" {
			for (i = 2; i <= NF; i++)
				if ($i ~ /^[0-9.]+$/)
					ns[nr++] = $i
		}
		END {
			if (nr != 3)
				print "not measured"
			else
				printf "%.2f %.2f = %g %g / %g", ns[1] / ns[0], ns[2] / ns[0], ns[1], ns[2], ns[0]
		}'
}

for SCHED in scx_bpfland scx_flash; do
	# shellcheck source-path=SCRIPTDIR source=scheduler.sh
	. "${0%/*}/scheduler.sh"
	# shellcheck source-path=SCRIPTDIR source=domain.sh
	. "${0%/*}/domain.sh"
	# shellcheck source-path=SCRIPTDIR source=figures.sh
	. "${0%/*}/figures.sh"

	SCHED_OPTIONS=$(mode_flags auto)
	compare_rounds "$SCHED, auto: pipe round trip over EEVDF's" "<= 1.05" 7 measure_pipe
	compare_rounds "$SCHED, auto: hackbench time over EEVDF's" "<= 1.00" 7 measure_hackbench
	# shellcheck disable=SC2086 # options, in words
	check "$SCHED attaches for shares" start $SCHED_OPTIONS
	figure "$SCHED: 7 hogs on 2 CPUs, largest deviation from the mean in %" \
		"$(fairness | median)" "<= 2"
	figure "$SCHED: nice 0 : nice 5" "$(nice_ratios | median)" "2.9 to 3.2"
	stop TERM
	# shellcheck disable=SC2046 # options, in words
	check "$SCHED attaches for 16 hogs" start $(mode_flags lowlatency)
	figure "$SCHED, lowlatency: longest time in ms that one of 16 hogs waits" \
		"$(workload hogs 16 20 | field longest_wait_ms)" "<= 300"
	stop TERM
done
figure "bpfland and flash: BPF time per switch over scx_simple's, pipe" \
	"$(bpf_cost -w 'pipe -r 1')" "<= 3"
figure "bpfland and flash: BPF time per switch over scx_simple's, hackbench" \
	"$(bpf_cost -- hackbench -g 2 -l 100)" "<= 3"
