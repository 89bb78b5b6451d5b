#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# scx_pair by hand on every kernel: what all schedulers do, its pairs, its options.
#
# kernels: all
# limit: 300

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
SCHED=scx_pair
# shellcheck source-path=SCRIPTDIR source=scheduler.sh
. "${0%/*}/scheduler.sh"
# shellcheck source-path=SCRIPTDIR source=pair.sh
. "${0%/*}/pair.sh"

# ticks_of GROUP: CPU time of its first hog so far
ticks_of()
{
	cpu_ticks "$(head -n 1 "$CGROUP/$1/cgroup.procs")"
}

# turns SECONDS: CPU time of a hog in b and of one in a
turns()
{
	turns_before="$(ticks_of b) $(ticks_of a)"
	sleep "$1"
	echo "$turns_before $(ticks_of b) $(ticks_of a)" | awk '{ print $3 - $1, $4 - $2 }'
}

# has_more_ticks GROUP BEFORE
has_more_ticks()
{
	[ "$(ticks_of "$1")" -gt "$2" ]
}

# bind_hogs GROUP CPU
bind_hogs()
{
	while read -r hog; do
		taskset -pc "$2" "$hog" >/dev/null
	done <"$CGROUP/$1/cgroup.procs"
}

# Two hogs in each of two cgroups, one pair: they are kept apart, and take turns by weight.
test_turns()
{
	make_cgroups
	check "attaches for turns" start --stats 0.5 -S 1
	add_hogs a 2
	add_hogs b 2
	check "siblings do not run different cgroups" is_between 0 2 "$(different 2 0,1)"
	check "though both are busy" is_between 60 100 "$(share same)"
	check "two cgroups have equal turns" measures 0.8 1.25 turns 3
	echo 300 >$CGROUP/b/cpu.weight
	check "a weight of 300 against 100 is 3 : 1" measures 2.3 3.8 turns 3
	echo 10000 >$CGROUP/b/cpu.weight
	echo 1 >$CGROUP/a/cpu.weight
	check "weight 1 beside 10000 runs, too" wait_until 20 has_more_ticks a "$(ticks_of a)"
	check_equal "one pair" 1 "$(gauge pairs)"
	stop TERM
	check_equal "SIGTERM after turns" 0 "$STATUS"
	check "its counters count" counts total dispatch neutral kicks forced_idle exp exp_wait cgnext
	bind_hogs a 0
	bind_hogs b 1
	check "where they do, it is seen" is_between 80 100 "$(different 2 0,1)"
	end_hogs
}

# counts NAME...: each of them has counted something
counts()
{
	for stat in "$@"; do
		[ "$(counter "$stat")" -gt 0 ] || { echo "$stat" && return 1; }
	done
}

# A real-time task takes its CPU, and the sibling stands back.
test_real_time()
{
	check "attaches beside a real-time task" start --stats 0.5 -S 1 -b 1000
	hog taskset -c 1
	chrt -f 10 taskset -c 0 sh -c 'for i in 1 2; do
		j=0; while [ $j -lt 20000 ]; do j=$((j + 1)); done; sleep 0.1; done'
	check "it goes on afterwards" wait_until 10 eval "[ \$(cpu_ticks $HOG) -gt $(cpu_ticks "$HOG") ]"
	kill "$HOG"
	stop TERM
	check "stood back for it" counts forced_idle
}

test_options()
{
	check "attaches without a pair" start --stats 0.5 -b 1000000
	check "the statistics say so" wait_until 10 grep -q pairs=0 out
	check_match "and a warning does" '*no core has two threads online*' "$(cat out)"
	stop TERM
	refuses "--stride: 2 pairs CPU 0 with CPU 2, but the last one is CPU 1" -S 2
	refuses "--stride: '32769' is not a number from 0 to 32768" -S 32769
	refuses "--batch-us: '999' is not a number from 1000 to 1000000" -b 999
}

test_life -S 1
test_turns
test_real_time
test_light_tasks 0
test_options
