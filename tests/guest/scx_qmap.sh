#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# scx_qmap by hand on every kernel: what all schedulers do, its queues, and every way to fail: each
# end must be reported as what it is, and leave the machine with the kernel's own scheduler.
#
# kernels: all
# limit: 500

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
SCHED=scx_qmap
# shellcheck source-path=SCRIPTDIR source=scheduler.sh
. "${0%/*}/scheduler.sh"
# cpu_online() and cpu_offline() are there: the kernel has no reason to end it
# shellcheck disable=SC2034 # for scheduler.sh
HOTPLUG=survive

TRACE=/sys/kernel/tracing

trace()
{
	cat $TRACE/trace
}

clear_trace()
{
	: >$TRACE/trace
}

has_function()
{
	grep -q " $1\$" /proc/kallsyms
}

# hogs NUMBER COMMAND...: that many, each started through COMMAND; PIDs in $HOGS
hogs()
{
	HOGS=
	hogs_number=$1
	shift
	for _ in $(seq "$hogs_number"); do
		hog "$@"
		HOGS="$HOGS $HOG"
	done
}

# Tasks that wake each other: enqueues and dispatches without end, but not in the way of a start.
start_wakeups()
{
	nice -n 19 stress-ng --quiet --timeout 300 --switch 2 &
	WAKEUPS=$!
}

stop_wakeups()
{
	kill $WAKEUPS
	wait $WAKEUPS || :
}

# ends OPTION...: runs the scheduler to its end; $OUTPUT, $STATUS
ends()
{
	run timeout --signal=KILL 60 "$SCHED" "$@"
}

# check_end NAME STATUS PATTERN: how it ended, and that the kernel's scheduler is back
check_end()
{
	check_match "$1" "$2 $3" "$STATUS $OUTPUT"
	check "$1: the kernel's scheduler is back" is_kernel_scheduler
}

# The example of the design comment: one hog on each level of a machine with one CPU.
level_shares()
{
	levels=
	for nice in 10 5 0 -5 -10; do
		hog nice -n $nice
		levels="$levels $HOG"
	done
	sleep 1
	for pid in $levels; do cpu_ticks "$pid"; done >before
	sleep 8
	for pid in $levels; do cpu_ticks "$pid"; done >after
	# shellcheck disable=SC2086 # a list
	kill $levels
	paste before after | awk '{ print $2 - $1 }'
}

# are_doubling NUMBER...: about twice the one before, as far as a busy machine lets that be seen
are_doubling()
{
	echo "$@" | awk '{
		print
		for (i = 2; i <= NF; i++)
			if ($i < $(i - 1) * 6 / 5)
				exit 1
		exit !($1 > 0 && $NF > 8 * $1 && $NF < 32 * $1)
	}'
}

test_levels()
{
	seq=$(cat "$SCX/enable_seq")
	clear_trace
	check "attaches for shares" start --stats 0.5
	hogs 2 taskset -c 1
	sleep 0.3
	echo 0 >$CPU1
	# shellcheck disable=SC2086 # a list
	kill $HOGS
	check_match "the map of CPUs is traced" '*CPUs from 0: OO*CPUs from 0: Ox*' "$(trace)"
	level_shares >shares
	# shellcheck disable=SC2046 # a list
	check "levels are served 1 : 2 : 4 : 8 : 16" are_doubling $(cat shares)
	check_equal "the tick asks for the performance of the weights" 1024 \
		"$(stats_field cpuperf_target_max | sort -n | tail -n 1)"
	echo 1 >$CPU1
	check_equal "attached once in all that" "$((seq + 1)) qmap" "$(cat "$SCX/enable_seq") $(scx_ops)"
	stop TERM
}

# Not every exit is one, only if the task gives way on it.
exits_are_counted()
{
	for _ in 1 2 3 4 5; do sh -c 'sh -c :; sh -c :'; done
	[ "$(counter ev_enq_skip_exiting)" -gt 0 ]
}

# Tasks taken out of a queue and put in again, and driven out by a higher class. The second CPU
# would draw those bound to the first, and nobody would be left in the queue.
test_custody()
{
	check "attaches for custody" start --stats 0.5
	echo 0 >$CPU1
	hogs 6 taskset -c 0
	for round in 1 2 3 4; do
		for pid in $HOGS; do renice -n $((round % 3)) -p "$pid"; done
		chrt -f 10 sh -c 'sleep 0.02; sleep 0.03'
	done >/dev/null
	echo 1 >$CPU1
	sleep 1.2
	for name in enq dsp deq stale reenq enq_ddsp; do
		check "$name counts" test "$(counter $name)" -gt 0
	done
	check_equal "cpuperf_cur is that of a machine that cannot scale" "1024 1024 1024" \
		"$(gauge cpuperf_cur_min) $(gauge cpuperf_cur_avg) $(gauge cpuperf_cur_max)"
	if has_function scx_bpf_events; then
		check "the kernel's events count" wait_until 20 exits_are_counted
	else
		check_equal "no events on this kernel" 0 "$(counter ev_enq_skip_exiting)"
	fi
	test_live_dump
	# shellcheck disable=SC2086 # a list
	kill $HOGS
	sleep 1
	check "no task is left in the queues" test "$(gauge delta)" -lt 3
	stop TERM
}

# A dump of a scheduler that goes on must not take anything from it.
test_live_dump()
{
	clear_trace
	echo 1 >$TRACE/events/sched_ext/sched_ext_dump/enable
	for dump in 1 2 3 4 5; do echo D >/proc/sysrq-trigger; done
	check_match "SysRq-D shows the queues" "*queue 2: entries*level=*qmap: level=2*" "$(trace)"
	echo 0 >$TRACE/events/sched_ext/sched_ext_dump/enable
	for pid in $HOGS; do cpu_ticks "$pid"; done >before
	sleep 2
	for pid in $HOGS; do cpu_ticks "$pid"; done >after
	check_equal "all $dump times all tasks go on" 6 "$(paste before after | awk '$2 > $1' | wc -l)"
	check_equal "$dump dumps later still in charge" qmap "$(scx_ops)"
}

is_boosted()
{
	taskset -c "$2" nice -n -20 sleep 0.3
	[ "$(counter "$1")" -gt 0 ]
}

test_highpri()
{
	check "attaches with -H" start -H --stats 0.5
	hogs 1 taskset -c 0
	first=$HOGS
	hogs 1 taskset -c 1
	check "nice -20 is served where it is found" wait_until 20 is_boosted exp_local 0
	check "nice -20 is sent where it may run" wait_until 20 is_boosted exp_remote 1
	stop TERM
	# shellcheck disable=SC2086 # a list
	kill $HOGS $first
	test_highpri_timer
}

# With long slices nobody looks for work for longer than the timer's second. The shell has to be
# one of those that are helped.
test_highpri_timer()
{
	check "attaches with -H and a long slice" start -H -s 3000000 --stats 0.5
	renice -n -20 -p $$ >renice.log
	hogs 1 taskset -c 0 nice -n 20
	first=$HOGS
	hogs 1 taskset -c 1 nice -n 20
	perl -e 'select undef, undef, undef, 0.05 for 1 .. 10'
	# shellcheck disable=SC2086 # a list
	kill $HOGS $first
	renice -n 0 -p $$ >renice.log
	sleep 1
	check "nice -20 is helped by the timer" test "$(counter exp_timer)" -gt 0
	stop TERM
}

is_shared_traced()
{
	trace | grep -q 'shared [1-9][0-9]*: '
}

test_trace()
{
	clear_trace
	check "attaches with -P and a large batch" start -P -b 32
	hogs 12 nice -n -10
	check "-P prints the shared queue" wait_until 20 is_shared_traced
	# shellcheck disable=SC2086 # a list
	kill $HOGS
	stop TERM
}

policy()
{
	awk '{ print $41 }' "/proc/$1/stat"
}

is_ext()
{
	grep -q 'ext.enabled *: *1' "/proc/$1/sched"
}

test_disallow()
{
	hog nice
	asker=$HOG
	hog nice
	free=$HOG
	check "SCHED_EXT without a scheduler" set_ext "$asker"
	check "attaches with -p -d" start -p -d "$asker"
	check_equal "-d: SCHED_EXT is taken away, and that is counted" "0 1" \
		"$(policy "$asker") $(cat "$SCX/nr_rejected")"
	run set_ext "$asker"
	check_equal "-d: and not given again (EACCES)" "13 0" "$STATUS $(policy "$asker")"
	check "-p: others may have it" set_ext "$free"
	check "-p: a task of SCHED_EXT is the scheduler's" is_ext "$free"
	check "-p: a task without is not" not is_ext "$asker"
	stop TERM
	check "attaches with -p -d -1" start -p -d -1
	run set_ext "$SCHEDULER"
	check_equal "-d -1: its own process stays with the kernel's scheduler" "13 0" \
		"$STATUS $(policy "$SCHEDULER")"
	stop TERM
	kill "$asker" "$free"
}

not()
{
	! "$@"
}

test_ends_on_purpose()
{
	start_wakeups
	ends -e 1000
	check_end "-e" 4 "*queue 0: entries*ejected by the kernel: scx_bpf_error (error on purpose after 1000 enqueues)"
	ends -S --end error --end-after 500
	check_end "--end error" 4 "*ejected by the kernel: scx_bpf_error (error on purpose after 500 enqueues)"
	check_equal "-S: nothing of ours in the dump" 0 "$(echo "$OUTPUT" | grep -c -e 'queue 0' -e 'qmap: level')"
	ends --end exit
	check_end "--end exit" 0 "scx_qmap: ended: unregistered from BPF (exit on purpose after 1000 enqueues)"
	ends --end no-dsq
	check_end "--end no-dsq" 4 "*ejected by the kernel: runtime error (*0xdead*)"
	ends --end no-cpu
	check_end "--end no-cpu" 4 "*ejected by the kernel: runtime error (invalid CPU -1)"
	ends --end init
	check_end "--end init" 4 "*ejected by the kernel: runtime error (ops.init() failed (-125))"
	test_restarts
	stop_wakeups
}

# is_restarted NUMBER: that many attachments since the guest's boot
is_restarted()
{
	[ "$(cat "$SCX/enable_seq")" -ge "$1" ]
}

test_restarts()
{
	seq=$(cat "$SCX/enable_seq")
	"$SCHED" --end restart >out 2>&1 &
	SCHEDULER=$!
	check "--end restart: attached four times" wait_until 60 is_restarted $((seq + 4))
	check_match "--end restart: the same process, and it says why" \
		"scx_qmap: loading again: unregistered from BPF (restart on purpose after 1000 enqueues)*" \
		"$(cat out)"
	stop TERM
	check_equal "--end restart: SIGTERM ends that well" "0 disabled" "$STATUS $(scx_state)"
}

# The task the kernel names as stalled, "COMM[PID]".
stalled()
{
	echo "$OUTPUT" | sed -n 's/.*ejected by the kernel: runnable task stall (\(.*\) failed to run.*/\1/p'
}

test_stalls()
{
	start_wakeups
	ends -t 200 --dump-file dump
	check_end "-t" 4 "*ejected by the kernel: runnable task stall (*\[*\] failed to run for *s)"
	check_match "-t: the dump shows the stalled task" \
		"*=====*$(stalled | sed 's/[][]/[&]/g')*qmap: level=*waits=0*=====*" "$OUTPUT"
	check_match "--dump-file keeps reason and dump" \
		"runnable task stall (*queue 0: entries*qmap: level=*" "$(cat dump)"
	mkdir full
	mount -t tmpfs -o size=8k none full
	head -c 8192 /dev/zero >full/filler
	ends --end stall --dump-file full/dump
	check_end "--end stall, full disk" 4 \
		"*the kernel's dump is not kept: cannot write full/dump: No space left on device*ejected by the kernel: runnable task stall (*"
	check_equal "a full disk: no half of a file is left" filler "$(ls full)"
	umount full
	ends -T 50
	check_end "-T" 4 "*ejected by the kernel: runnable task stall (*"
	ends -l 500
	check_end "-l" 4 "*ejected by the kernel: runnable task stall (*"
	stop_wakeups
}

dump_size()
{
	ends --end error --end-after 200 --dump-file dump "$@"
	stat -c %s dump
}

test_dump_length()
{
	# 128 tasks, each a paragraph of the dump
	timeout 90 nice -n 19 perl -e 'fork for 1 .. 7; 1 while 1' &
	crowd=$!
	check "a crowd is there" wait_until 30 eval '[ "$(pgrep -c -x perl)" -eq 128 ]'
	size=$(dump_size)
	check "the default dump is cut off: $size" test "$size" -gt 30000 -a "$size" -le 33000
	size=$(dump_size -D 100000)
	check "-D 100000 makes a larger dump: $size" test "$size" -gt 33500 -a "$size" -le 101000
	kill $crowd
	wait $crowd || :
}

test_options()
{
	attaches -s 100
	attaches -e 0 -t 0 -T 0 -l 0 -d 0
	refuses "--end: 'crash' is not one of error, exit, restart, stall, no-dsq, no-cpu, init" --end crash
	refuses "--end: '' is not one of error, exit, restart, stall, no-dsq, no-cpu, init" --end ''
	refuses "--end-after needs --end" --end-after 5
	refuses "--error-after cannot be given together with --end" -e 5 --end exit
	refuses "--end-after: '0' is not a number from 1 to 4294967295" --end exit --end-after 0
	refuses "--batch: '33' is not a number from 1 to 32" -b 33
	refuses "--slice-us: '10000001' is not a number from 100 to 10000000" -s 10000001
	refuses "--disallow: '-2' is not a number from -1 to 4194304" -d -2
}

# of other schedulers it may have found something
nr_old()
{
	dmesg | grep -c deprecated
}

old_before=$(nr_old)
[ -e $TRACE/trace ] || mount -t tracefs tracefs $TRACE
test_life -s 20000
test_levels
test_custody
test_highpri
test_trace
test_disallow
test_ends_on_purpose
test_stalls
# the length is the run-time's part, and the same everywhere
[ "$KERNEL" != current ] || test_dump_length
test_options
if has_function scx_bpf_reenqueue_local___v2; then
	check_equal "the kernel finds nothing old in it" "$old_before" "$(nr_old)"
fi
