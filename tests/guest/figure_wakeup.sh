#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# How long threads wait for a CPU when they wake beside hogs, in mode lowlatency over the kernel's
# own scheduler: from the waking to the switch, as the kernel's trace has them. What aios-bench
# measures begins when the timer is due, and an emulated timer comes milliseconds late at times.
#
# kernels: current
# clock: real
# limit: 400

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
SCHED=
# shellcheck source-path=SCRIPTDIR source=scheduler.sh
. "${0%/*}/scheduler.sh"
# shellcheck source-path=SCRIPTDIR source=domain.sh
. "${0%/*}/domain.sh"
# shellcheck source-path=SCRIPTDIR source=figures.sh
. "${0%/*}/figures.sh"

TRACE=/sys/kernel/tracing
ROUNDS=5

# trace 0|1: a switch that is seen has a waking that was not missed
trace()
{
	echo "$1" >$TRACE/events/sched/sched_switch/enable
	echo "$1" >$TRACE/events/sched/sched_waking/enable
}

# waits: us of each wait of a thread called wakeup in the trace, sorted
waits()
{
	awk '/sched_waking: comm=wakeup / {
			match($0, / pid=[0-9]+/)
			pid = substr($0, RSTART + 5, RLENGTH - 5)
			match($0, /[0-9]+\.[0-9]+: /)
			if (!(pid in since))
				since[pid] = substr($0, RSTART, RLENGTH - 2)
		}
		/sched_switch: .* next_comm=wakeup / {
			match($0, /next_pid=[0-9]+/)
			pid = substr($0, RSTART + 9, RLENGTH - 9)
			match($0, /[0-9]+\.[0-9]+: /)
			if (pid in since)
				print (substr($0, RSTART, RLENGTH - 2) - since[pid]) * 1e6
			delete since[pid]
		}' $TRACE/trace | sort -n
}

# percentile PER_THOUSAND: of sorted numbers
percentile()
{
	awk -v part="$1" '{ value[NR] = $1 } END { print value[int((NR - 1) * part / 1000) + 1] }'
}

# measure NAME: adds to the files NAME.990 and NAME.999
measure()
{
	aios-bench workload wakeup -w 2 -r 2 >/dev/null &
	sleep 2.5
	echo >$TRACE/trace
	trace 1
	sleep 1.5
	trace 0
	wait $!
	waits >sorted
	check "$1: wakeups are traced" test "$(wc -l <sorted)" -gt 500
	for part in 990 999; do
		percentile $part <sorted >>"$1.$part"
	done
}

[ -e $TRACE/trace ] || mount -t tracefs tracefs $TRACE
echo 20000 >$TRACE/buffer_size_kb
for _ in $(seq $ROUNDS); do
	measure kernel
	for SCHED in scx_bpfland scx_flash; do
		OPS=${SCHED#scx_}
		# shellcheck disable=SC2046 # options, in words
		check "$SCHED attaches" start $(mode_flags lowlatency)
		measure "$SCHED"
		stop TERM
	done
done
for SCHED in scx_bpfland scx_flash; do
	for part in 990 999; do
		figure "$SCHED, lowlatency: $part of 1000 wakeups wait no longer, over EEVDF's" \
			"$(echo "$(median <$SCHED.$part) $(median <kernel.$part)" |
				awk '{ printf "%.3f = %d / %d us", $1 / $2, $1, $2 }'), $ROUNDS rounds" \
			"$([ $part = 990 ] && echo "<= 0.25" || echo "<= 0.40")"
	done
done
