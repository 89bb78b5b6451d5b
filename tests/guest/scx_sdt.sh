#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# scx_sdt by hand on every kernel: what all schedulers do, shares, and that each task has one
# record, from its making to its end.
#
# kernels: all
# limit: 350

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
SCHED=scx_sdt
# shellcheck source-path=SCRIPTDIR source=scheduler.sh
. "${0%/*}/scheduler.sh"

nr_tasks()
{
	set -- /proc/[0-9]*/task/[0-9]*
	echo $#
}

# a record is given back a moment after its task has gone from /proc
records_are_tasks()
{
	[ "$(gauge active)" -eq "$(nr_tasks)" ]
}

# Sleeping tasks, PIDs in $SLEEPERS
start_sleepers()
{
	SLEEPERS=
	for i in $(seq "$1"); do
		sleep 1000 &
		SLEEPERS="$SLEEPERS $!"
	done
}

stop_sleepers()
{
	# shellcheck disable=SC2086 # a list
	kill $SLEEPERS
	# shellcheck disable=SC2086
	wait $SLEEPERS
}

# adds_up WHOLE PART PART: of gauges and of counters since the start
adds_up()
{
	[ "$(counter "$2")" -eq $(($(counter "$3") + $(gauge "$1"))) ]
}

test_records()
{
	check "attaches for records" start --stats 0.2
	check "one record for each task" wait_until 20 records_are_tasks
	before=$(gauge pages)
	start_sleepers 200
	check "one record for each of 200 more" wait_until 20 records_are_tasks
	more=$(gauge pages)
	check "the arena has grown" test "$more" -gt "$before"
	stop_sleepers
	check "one record for each that is left" wait_until 20 records_are_tasks
	start_sleepers 200
	check "one record for each of 200 again" wait_until 20 records_are_tasks
	check_equal "no more pages than before" "$more" "$(gauge pages)"
	stop_sleepers
	check "inits = exits + records" wait_until 20 adds_up active inits exits
	check "alloc_ops = free_ops + records" wait_until 20 adds_up active alloc_ops free_ops
	check_equal "nobody got nothing" 0 "$(counter fails)"
	for name in enqueues select_idle select_busy data_allocs chunk_allocs; do
		check "$name counts" test "$(counter $name)" -gt 0
	done
	stop TERM
}

# The statistics have what living tasks do, at once.
test_live_sums()
{
	check "attaches for sums" start --stats 0.5
	hog
	first=$HOG
	hog
	second=$HOG
	hog
	sleep 3
	check "hogs that live are counted" test "$(gauge enqueues)" -gt 5
	kill "$first" "$second" "$HOG"
	stop TERM
	check "no counter shrinks" sh -c "! tr ' ' '\n' <out | grep -E '=[0-9]{15,}'"
}

test_shares()
{
	check "attaches for shares" start
	check "nice 0 : nice 5 is 3 : 1" measures 2.7 3.35 shares 0 5
	stop TERM
	check "attaches with -f" start -f
	check "FIFO pays no regard to nice" measures 0.6 1.6 shares 0 10
	stop TERM
}

# Forks until that fails, says why, and takes everything back: a record is free only when the
# kernel has nothing of the task any more.
fork_too_much()
{
	perl -e 'sub fork_many {
			my ($nr, @pids) = @_;
			while (@pids < $nr && defined(my $pid = fork)) {
				if (!$pid) { sleep 1000; exit }
				push @pids, $pid;
			}
			my $error = @pids < $nr ? "$!\n" : "";
			kill "TERM", @pids;
			waitpid $_, 0 for @pids;
			return $error;
		}
		print fork_many(1000);
		select undef, undef, undef, 0.1 while fork_many(20);'
}

fails_are_counted()
{
	[ "$(counter fails)" -gt 0 ]
}

test_no_room()
{
	run scx_sdt --max-tasks 10
	check_match "too many tasks for a start" \
		"4 *ejected by the kernel: *no record for task *: no memory, or more tasks than 10*" \
		"$STATUS $OUTPUT"
	check "attaches with room for a few more" start --stats 0.2 --max-tasks $(($(nr_tasks) + 50))
	run fork_too_much
	check_equal "a fork too many fails" "0 Cannot allocate memory" "$STATUS $OUTPUT"
	check "that is counted" wait_until 20 fails_are_counted
	check "is still in charge" is_scheduler sdt
	stop TERM
	refuses "--max-tasks: '0' is not a number from 1 to 4194304" --max-tasks 0
	refuses "--max-tasks: '4194305' is not a number from 1 to 4194304" --max-tasks 4194305
	attaches --max-tasks 4194304
}

# The kernel's debug dump shows what is kept of a task.
test_dump()
{
	check "attaches to be dumped" start
	[ -e /sys/kernel/tracing/trace ] || mount -t tracefs tracefs /sys/kernel/tracing
	echo 1 >/sys/kernel/tracing/events/sched_ext/sched_ext_dump/enable
	hog
	echo D >/proc/sysrq-trigger
	check "the dump has records" wait_until 20 \
		grep -q 'record [0-9]*: enqueues=' /sys/kernel/tracing/trace
	kill "$HOG"
	echo 0 >/sys/kernel/tracing/events/sched_ext/sched_ext_dump/enable
	stop TERM
}

test_life --max-tasks 100000
test_records
test_live_sums
test_shares
test_light_tasks 0
test_no_room
test_dump
