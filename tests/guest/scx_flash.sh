#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# scx_flash by hand on every kernel: what all schedulers do, shares, weights of cgroups, its modes
# and options. What it shares with scx_bpfland is tested there.
#
# kernels: all
# limit: 300

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
SCHED=scx_flash
# shellcheck source-path=SCRIPTDIR source=scheduler.sh
. "${0%/*}/scheduler.sh"
# shellcheck source-path=SCRIPTDIR source=domain.sh
. "${0%/*}/domain.sh"
# shellcheck source-path=SCRIPTDIR source=flatcg.sh
. "${0%/*}/flatcg.sh"

RESUME=/sys/devices/system/cpu/cpu0/power/pm_qos_resume_latency_us

test_shares()
{
	before=$(cat $RESUME)
	check "attaches for shares" start --stats 0.5
	check_equal "scxctl get" "running Flash" "$(scxctl get)"
	check_equal "wakeups from idle states are limited" 32 "$(cat $RESUME)"
	check "nice 0 : nice 5 is 3 : 1" measures 2.7 3.35 shares 0 5
	check "counters count" test "$(counter nr_direct_dispatches)" -gt 0 \
		-a "$(counter nr_shared_dispatches)" -gt 0 -a "$(counter nr_kept)" -gt 0
	check_equal "gauges" "2 2" "$(gauge nr_cpus) $(gauge nr_primary)"
	stop TERM
	check_equal "and no longer limited" "$before" "$(cat $RESUME)"
}

# has_used_more PATH BEFORE
has_used_more()
{
	[ "$(used "$1")" -gt "$2" ]
}

test_groups()
{
	check "attaches for cgroups" start --stats 0.5
	groups_seq=$(cat "$SCX/enable_seq")
	add_tree
	add_group a 100
	add_group b 300
	add_hogs a 1 taskset -c 0
	add_hogs b 1 taskset -c 0
	check "weight 100 : 300" measures 2.6 3.4 shares_of 4 b a
	echo 50 >$TREE/b/cpu.weight
	check "a new weight counts at once" measures 1.75 2.25 shares_of 4 a b
	echo 10000 >$TREE/a/cpu.weight
	echo 1 >$TREE/b/cpu.weight
	check "weight 1 beside 10000 runs, too" wait_until 20 has_used_more b "$(used b)"
	check "1000 cgroups come and go under load" storm 10
	end_hogs a
	end_hogs b
	remove_groups a b
	check_equal "in charge all the time" "flash $groups_seq" "$(scx_ops) $(cat "$SCX/enable_seq")"
	stop TERM
}

has_run_more()
{
	[ "$(cpu_ticks "$1")" -gt "$2" ]
}

# Where the kernel sends it then, it goes on.
test_offline()
{
	check "attaches for CPUs that go" start
	hog taskset -c 1
	seq=$(cat "$SCX/enable_seq")
	echo 0 >$CPU1
	check "attached again without CPU 1" wait_until 20 is_followed "$seq"
	check "a task that was bound to it runs" wait_until 10 has_run_more "$HOG" "$(cpu_ticks "$HOG")"
	check "CPU 1 is no primary domain now" fails_with 2 "$SCHED" -m 2
	seq=$(cat "$SCX/enable_seq")
	echo 1 >$CPU1
	check "attached again with it" wait_until 20 is_followed "$seq"
	kill "$HOG"
	stop TERM
}

fails_with()
{
	fails_status=$1
	shift
	run "$@"
	echo "$OUTPUT"
	[ "$STATUS" -eq "$fails_status" ]
}

test_readonly()
{
	mount --bind $RESUME $RESUME
	mount -o remount,ro,bind $RESUME
	check "attaches where idle states cannot be limited" start
	check "and says so" wait_until 10 grep -q 'cannot limit how long CPU 0 takes to leave' out
	stop TERM
	umount $RESUME
}

# mode MODE: starts the scheduler in it
mode()
{
	# shellcheck disable=SC2046 # options, in words
	check "attaches in mode $1" start --stats 0.2 $(mode_flags "$1")
}

# How often two hogs on CPU 0 get it in 4 s.
turns()
{
	hog taskset -c 0
	first=$HOG
	hog taskset -c 0
	begin=$(times_run "$HOG")
	sleep 4
	echo $(($(times_run "$HOG") - begin))
	kill "$first" "$HOG"
}

test_modes()
{
	before=$(cat $RESUME)
	mode server
	check "server: idle states are as they were" test "$(cat $RESUME)" = "$before"
	server_turns=$(turns)
	stop TERM
	mode auto
	check "server: turns are longer than in mode auto" test "$server_turns" -lt "$(turns)"
	auto_cuts=$(cuts)
	stop TERM
	fake_hybrid
	mode gaming
	check "gaming: one of the CPUs is primary" wait_until 10 is_primary 1
	check "auto: short work is cut less than in mode gaming" \
		test $((3 * auto_cuts)) -lt $((2 * $(cuts)))
	stop TERM
	mode powersave
	check "powersave: one of the CPUs is primary" wait_until 10 is_primary 1
	stop TERM
	unset SCX_SYSFS_PREFIX
	# shellcheck disable=SC2046 # options, in words
	test_preemption 50 $(mode_flags lowlatency)
}

test_tickless()
{
	check "attaches with -T" start --stats 0.5 -T
	check "nice 0 : nice 5 is 3 : 1" measures 2.5 3.6 shares 0 5
	check "a timer ends runs" test "$(counter nr_cuts)" -gt 50
	stop TERM
}

test_rr()
{
	check "attaches with -R" start --stats 0.5 -R
	check "in turn, whatever the nice value" measures 0.8 1.25 shares 0 5
	stop TERM
}

test_options()
{
	attaches -p -k -w -f --disable-smt --disable-numa -t 500
	attaches -T -R -m powersave -I -1
	attaches --wakeup-throttle -l 100000
	check "attaches with what the older generation knew" \
		start -w -C 0 -S 1000 -D -L -r 32768 -c 128 -b -p -y -n -k --disable-l2 --disable-l3
	check_equal "says what does nothing" 11 "$(grep -c -- 'has no effect' out)"
	stop TERM
	refuses "--exit-dump-len does not exist any more: use --dump-len" --exit-dump-len 100
	refuses "--slice-us: '0' is not a number from 1 to 1000000" -s 0
	refuses "--preempt-us: 30000 is more than --slice-us-lag, which is 20000" -e 30000
	refuses_domains
}

test_life -s 1000
test_shares
test_light_tasks 0
test_groups
test_offline
test_readonly
test_modes
test_tickless
test_rr
test_options
