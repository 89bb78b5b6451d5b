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
SCHED=
# shellcheck source-path=SCRIPTDIR source=scheduler.sh
. "${0%/*}/scheduler.sh"
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
	sed 's/},{/}\n{/g' report.json |
		grep -F "\"workload\":\"$1\",\"metric\":\"$2\"," | grep -F "\"arm\":\"$3\"," |
		sed "s/.*\"$4\":\([^,}]*\).*/\1/"
}

# over WORKLOAD METRIC BAR WHAT: one figure for each scheduler
over()
{
	for SCHED in scx_bpfland scx_flash; do
		arm="$SCHED $(mode_flags lowlatency)"
		set -- "$1" "$2" "$3" "$4" "$(value "$1" "$2" "$arm" ratio)" "$(value "$1" "$2" "$arm" median)" \
			"$(value "$1" "$2" kernel median)" "$(value "$1" "$2" "$arm" low)" "$(value "$1" "$2" "$arm" high)"
		check "$SCHED: $2 of $1 was measured" test -n "$6" -a -n "$7"
		figure "$SCHED, lowlatency: $4" "$(echo "$5 $6 $7 $8 $9" |
			awk '{ printf "%.3f (%.3f to %.3f) = %.4g / %.4g", $1, $4, $5, $2, $3 }'), $ROUNDS rounds" "$3"
	done
}

for SCHED in scx_bpfland scx_flash; do
	arms="${arms-}${arms:+,}$SCHED $(mode_flags lowlatency)"
done
check "a session" aios-bench run -q -n $ROUNDS -s "$arms" -o s.json -w "$FRAMES,$FOUR,$SATURATED"
check "its report" sh -c "aios-bench report --json s.json >report.json"

over "$FRAMES" missed "<= 0.5 % of frames" "frames missed, over EEVDF's"
over "$FRAMES" frame_p99 "<= 0.30" "frame p99 over EEVDF's"
over "$FRAMES" hog_work ">= 0.97" "work of the hogs beside frames over EEVDF's"
over "$FOUR" wakeup_p99 "<= 0.25" "4 threads, p99 over EEVDF's"
over "$FOUR" wakeup_p999 "<= 0.40" "4 threads, p99.9 over EEVDF's"
over "$FOUR" hog_work ">= 0.97" "work of the hogs beside wakeups over EEVDF's"
over "$SATURATED" wakeup_p99 "<= 0.50" "16 threads, p99 over EEVDF's"
