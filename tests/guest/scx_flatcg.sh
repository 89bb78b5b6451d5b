#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# scx_flatcg by hand on every kernel: what all schedulers do, shares of cgroups, its options.
#
# kernels: all
# limit: 400

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
SCHED=scx_flatcg
# shellcheck source-path=SCRIPTDIR source=scheduler.sh
. "${0%/*}/scheduler.sh"
# shellcheck source-path=SCRIPTDIR source=flatcg.sh
. "${0%/*}/flatcg.sh"

# The tree of the design comment; then a sibling sleeps, and a weight changes.
test_tree()
{
	add_tree
	add_group a 100
	add_group d 200
	add_group a/b 100
	add_group a/c 100
	for leaf in a/b a/c d; do
		add_hogs $leaf 2
	done
	sleep 1
	check "nested cgroups: 1/6, 1/6, 2/3" \
		are_shares 15 "$(shares_of 5 a/b a/c d)" "0.1667 0.1667 0.6667"
	end_hogs a/c
	sleep 1
	check "a sibling sleeps: 1/3, 2/3" are_shares 12 "$(shares_of 4 a/b d)" "0.3333 0.6667"
	echo 800 >$TREE/a/cpu.weight
	sleep 1
	check "a weight changes: 4/5, 1/5" are_shares 12 "$(shares_of 4 a/b d)" "0.8 0.2"
	end_hogs a/b
	end_hogs d
	check "cgroups that were busy can be removed" remove_groups a/b a/c a d
}

# It may use one CPU only, and is due to a quarter of two all the same.
test_pinned()
{
	add_tree
	add_group a 100
	add_group b 300
	add_hogs a 1 taskset -c 0
	add_hogs b 2
	sleep 1
	check "a pinned hog obeys the share of its cgroup" \
		are_shares 12 "$(shares_of 4 a b)" "0.25 0.75"
	end_hogs a
	end_hogs b
	remove_groups a b
}

# has_used_more PATH BEFORE
has_used_more()
{
	[ "$(used "$1")" -gt "$2" ]
}

# Nobody waits for the kernel's watchdog, and cpu.idle is as good as the least weight.
test_extremes()
{
	add_tree
	add_group a 10000
	add_group b 1
	add_hogs a 2
	add_hogs b 4
	check "weight 1 beside 10000 runs, too" wait_until 20 has_used_more b "$(used b)"
	if grep -q cgroup_set_idle /sys/kernel/btf/vmlinux; then
		echo 100 >$TREE/a/cpu.weight
		echo 100 >$TREE/b/cpu.weight
		echo 1 >$TREE/b/cpu.idle
		sleep 1
		check "a cgroup with cpu.idle gets little" measures 30 10000 shares_of 3 a b
	else
		skip "a cgroup with cpu.idle gets little" "this kernel does not say what is idle"
	fi
	end_hogs a
	end_hogs b
	remove_groups a b
}

test_storm()
{
	add_tree
	add_group a 100
	add_hogs a 3
	storm_seq=$(cat "$SCX/enable_seq")
	check "2000 cgroups come and go under load" storm 20
	check_equal "in charge after the storm, attached once" "flatcg $storm_seq" \
		"$(scx_ops) $(cat "$SCX/enable_seq")"
	end_hogs a
	remove_groups a
}

make_many()
{
	seq -f "$TREE/s%g" 4200 | xargs mkdir
}

knows_many()
{
	[ "$(gauge cgroups)" -gt 4200 ]
}

# The table has room for 4096; then the scheduler loads itself again.
test_growth()
{
	add_tree
	growth_seq=$(cat "$SCX/enable_seq")
	check "makes 4200 cgroups" make_many
	check "loads itself again when the table is full" wait_until 20 is_followed "$growth_seq"
	check "knows them all" wait_until 10 knows_many
	find $TREE -mindepth 1 -maxdepth 1 -type d -exec rmdir {} +
	rmdir $TREE
}

test_counters()
{
	for name in local queued active inactive share_cached share_computed kept same next none \
		elsewhere preempted forgiven capped moved; do
		check "the statistic $name counts" test "$(counter $name)" -gt 0
	done
	for name in generation cgroups cpu_percent; do
		check "the statistic $name is there" test "$(gauge $name)" -gt 0
	done
}

# ticks "PID..." "PID...": CPU time of these and those so far
ticks()
{
	for ticks_pids in "$@"; do
		# shellcheck disable=SC2086 # a list
		printf '/proc/%s/stat\n' $ticks_pids | xargs awk '{ sum += $14 + $15 } END { print sum }'
	done | tr '\n' ' '
}

# ticks_in SECONDS "PID..." "PID...": likewise, in that time
ticks_in()
{
	ticks_seconds=$1
	shift
	ticks_before=$(ticks "$@")
	sleep "$ticks_seconds"
	echo "$ticks_before $(ticks "$@")" | awk '{ print $3 - $1, $4 - $2 }'
}

test_root_weight()
{
	check "attaches with -w 300" start -w 300
	add_tree
	add_group a 100
	add_hogs a 2
	hog
	first=$HOG
	hog
	for pid in "$first" "$HOG"; do
		echo "$pid" >/sys/fs/cgroup/cgroup.procs
	done
	check "the root's tasks count as a child of that weight" ratio_between 2.6 3.6 \
		"$(ticks_in 4 "$first $HOG" "$(cat $TREE/a/cgroup.procs)")"
	kill "$first" "$HOG"
	end_hogs a
	remove_groups a
	stop TERM
}

test_dump()
{
	check "attaches with -d" start -d
	[ -d /sys/kernel/tracing/events ] || mount -t tracefs tracefs /sys/kernel/tracing
	echo 1 >/sys/kernel/tracing/events/sched_ext/sched_ext_dump/enable
	echo D >/proc/sysrq-trigger
	check "-d: the dump lists the cgroups" \
		wait_until 10 grep -q 'cgroup 1: weight=100 share=' /sys/kernel/tracing/trace
	echo 0 >/sys/kernel/tracing/events/sched_ext/sched_ext_dump/enable
	stop TERM
}

test_options()
{
	check "attaches with -f -s 5000" start -f -s 5000
	check "FIFO pays no regard to nice" measures 0.85 1.18 shares 0 10
	stop TERM
	attaches -s 100 -w 1
	attaches -s 1000000 -w 10000 -i 0.1
	refuses "--slice-us: '99' is not a number from 100 to 1000000" -s 99
	refuses "--root-weight: '0' is not a number from 1 to 10000" -w 0
	refuses "--root-weight: '10001' is not a number from 1 to 10000" -w 10001
}

test_life -s 3000
check "attaches" start -i 0.5
test_tree
test_pinned
test_extremes
test_storm
check "nice 0 : nice 5 in a cgroup is 3 : 1" measures 2.7 3.35 shares 0 5
test_counters
test_growth
stop TERM
test_root_weight
test_dump
test_options
