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

# measure NAME: 4 and 16 threads; adds to the files NAME.THREADS.990 and .999
measure()
{
	for threads in 4 16; do
		aios-bench workload wakeup -W $threads -w 2 -r 2 >/dev/null &
		sleep 2.5
		echo >$TRACE/trace
		trace 1
		sleep 1.5
		trace 0
		wait $!
		waits >sorted
		check "$1: wakeups of $threads are traced" test "$(wc -l <sorted)" -gt 500
		for part in 990 999; do
			percentile $part <sorted >>"$1.$threads.$part"
		done
	done
}

# result NAME THREADS PART BAR
result()
{
	figure "$1, lowlatency: $3 of 1000 wakeups of $2 threads wait no longer, over EEVDF's" \
		"$(echo "$(median <"$1.$2.$3") $(median <"kernel.$2.$3")" |
			awk '{ printf "%.3f = %d / %d us", $1 / $2, $1, $2 }'), $ROUNDS rounds" "$4"
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
	result $SCHED 4 990 "<= 0.25"
	result $SCHED 4 999 "<= 0.40"
	result $SCHED 16 990 "<= 0.50"
done
