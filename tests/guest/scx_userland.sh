#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# scx_userland by hand on every kernel: what all schedulers do, shares inside and outside of
# user space, and that the process never stands in its own way.
#
# kernels: all
# limit: 400

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
SCHED=scx_userland
STALLS_EXPECTED=/sys/module/rcupdate/parameters/rcu_cpu_stall_suppress
# shellcheck source-path=SCRIPTDIR source=scheduler.sh
. "${0%/*}/scheduler.sh"

# CPU time of two hogs of nice 0 and of two of nice 5 on the two CPUs in 6 s, "FIRST SECOND"
free_shares()
{
	hogs=
	for nice in 0 5 0 5; do
		hog nice -n $nice
		hogs="$hogs $HOG"
	done
	sleep 6
	for pid in $hogs; do
		cpu_ticks "$pid"
	done | awk 'NR % 2 { a += $1; next } { b += $1 } END { print a, b }'
	# shellcheck disable=SC2086 # a list
	kill $hogs
}

test_shares()
{
	check "attaches for shares" start --stats 0.5
	check "in user space nice 0 : nice 5 is 3 : 1" measures 2.5 3.5 free_shares
	# the line for the last half of a second, with the process busy for seconds before
	check_equal "no page faults" 0 "$(gauge faults)"
	check "on one CPU, in the kernel, too" measures 2.7 3.35 shares 0 5
	for name in total idle kernel user user_received user_sent rounds; do
		check "$name counts" test "$(counter $name)" -gt 0
	done
	check_equal "nothing was too much" "0 0" "$(counter failed) $(counter user_delayed)"
	stop TERM
}

# One process sleeps, looks, sleeps and looks again: nothing is started meanwhile.
sleeps_all_the_time()
{
	perl -e 'sub switches {
			open(my $f, "<", "/proc/$ARGV[0]/status") or die;
			my $sum = 0;
			/^(?:non)?voluntary_ctxt_switches:\s*(\d+)/ and $sum += $1 while <$f>;
			return $sum;
		}
		sleep 1;
		my $before = switches();
		sleep 2;
		exit(switches() != $before);' "$SCHEDULER"
}

# A machine that has less to do than CPUs needs no decisions.
test_quiet()
{
	check "attaches without statistics" start
	check "does not wake up when nothing happens" wait_until 20 sleeps_all_the_time
	stop TERM
}

# Whoever does not read what the process says does not stop it.
test_full_pipe()
{
	mkfifo pipe
	exec 3<>pipe
	dd if=/dev/zero bs=65536 count=1 >&3 2>dd.log
	scx_userland --stats 0.1 >&3 &
	SCHEDULER=$!
	check "attaches with a full pipe" wait_until 30 is_scheduler userland
	check "works with a full pipe" workload hogs 4 2
	stop TERM
	check_equal "ends with a full pipe" "0 disabled" "$STATUS $(scx_state)"
	exec 3>&-
}

# In a namespace of its own the process does not know its pid as the kernel's side sees it.
test_namespace()
{
	unshare --pid --fork --kill-child scx_userland --stats 0.5 >out &
	SCHEDULER=$!
	check "attaches in a pid namespace" wait_until 30 is_scheduler userland
	check "works in a pid namespace" workload hogs 4 2
	check "and decides there" test "$(counter user_sent)" -gt 0
	pkill -TERM -x scx_userland
	check "ends in a pid namespace" wait_until 20 is_kernel_scheduler
	wait $SCHEDULER
}

# ext_hog: a hog of the policy SCHED_EXT
ext_hog()
{
	# sched_setscheduler(0, SCHED_EXT, {0}) of amd64
	hog perl -e '$p = pack("i", 0); syscall(144, 0, 7, $p) == 0 or die "$!"; exec @ARGV'
}

test_partial()
{
	check "attaches with --partial" start --partial --stats 0.5
	hogs=
	for i in 1 2 3 4; do
		ext_hog
		hogs="$hogs $HOG"
	done
	sleep 3
	check "$i hogs of SCHED_EXT go through user space" test "$(counter user_sent)" -gt 20
	# shellcheck disable=SC2086 # a list
	kill $hogs
	stop TERM
}

# A process that hangs is no danger: the kernel's watchdog sees to it, in its own time. Who waits until
# then may do so in the middle of RCU's business, which complains earlier.
test_stopped()
{
	echo 1 >$STALLS_EXPECTED
	check "attaches to be stopped" start
	hog
	first=$HOG
	hog
	second=$HOG
	hog
	kill -STOP "$SCHEDULER"
	check "thrown out when stopped" wait_until 90 is_kernel_scheduler
	kill "$first" "$second" "$HOG"
	stop CONT
	check_equal "and says so" 4 "$STATUS"
	check_match "with the reason" '*ejected by the kernel: *stall*' "$(cat out)"
	echo 0 >$STALLS_EXPECTED
}

test_options()
{
	for batch in 1 512; do
		check "attaches with -b $batch" start -b $batch
		check "works with -b $batch" workload hogs 6 1
		check "runs hackbench with -b $batch" hackbench -g 1 -l 20
		stop TERM
	done
	refuses "--batch: '0' is not a number from 1 to 512" -b 0
	refuses "--batch: '513' is not a number from 1 to 512" --batch 513
}

test_life -b 4
test_shares
test_light_tasks 0
test_light_tasks 0,1
test_quiet
test_full_pipe
test_namespace
test_partial
test_options
[ "$KERNEL" != current ] || test_stopped
