#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What mode lowlatency of scx_bpfland and scx_flash does for frames and wakeups beside hogs, and to the
# hogs, over the kernel's own scheduler, as aios-bench compares them.
#
# kernels: current
# clock: turns
# limit: 900

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
# shellcheck source-path=SCRIPTDIR source=domain.sh
. "${0%/*}/domain.sh"
# shellcheck source-path=SCRIPTDIR source=figures.sh
. "${0%/*}/figures.sh"

ROUNDS=5
FRAMES='frame -r 3'
FOUR='wakeup -r 3'
SATURATED='wakeup -W 16 -r 3'

# value WORKLOAD METRIC ARM FIELD: of the report
value()
{
	reported "$2" | grep -F "\"workload\":\"$1\"," | grep -F "\"arm\":\"$3\"," | report_field "$4"
}

# over WORKLOAD METRIC BAR WHAT: one figure for each scheduler
over()
{
	for SCHED in scx_bpfland scx_flash; do
		arm=$(lowlatency $SCHED)
		set -- "$1" "$2" "$3" "$4" "$(value "$1" "$2" "$arm" ratio)" "$(value "$1" "$2" "$arm" median)" \
			"$(value "$1" "$2" kernel median)" "$(value "$1" "$2" "$arm" low)" "$(value "$1" "$2" "$arm" high)"
		check "$SCHED: $2 of $1 was measured" test -n "$6" -a -n "$7"
		figure "$SCHED, lowlatency: $4" "$(echo "$5 $6 $7 $8 $9" |
			awk '{ printf "%.3f (%.3f to %.3f) = %.4g / %.4g", $1, $4, $5, $2, $3 }'), $ROUNDS rounds" "$3"
	done
}

session "$(lowlatency scx_bpfland),$(lowlatency scx_flash)" "$FRAMES,$FOUR,$SATURATED"

over "$FRAMES" missed "<= 0.5 % of frames" "frames missed, over EEVDF's"
over "$FRAMES" frame_p99 "<= 0.30" "frame p99 over EEVDF's"
over "$FRAMES" hog_work ">= 0.97" "work of the hogs beside frames over EEVDF's"
over "$FOUR" wakeup_p99 "<= 0.25" "4 threads, p99 over EEVDF's"
over "$FOUR" wakeup_p999 "<= 0.40" "4 threads, p99.9 over EEVDF's"
over "$FOUR" hog_work ">= 0.97" "work of the hogs beside wakeups over EEVDF's"
over "$SATURATED" wakeup_p99 "<= 0.50" "16 threads, p99 over EEVDF's"
