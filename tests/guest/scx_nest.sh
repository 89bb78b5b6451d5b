#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# scx_nest by hand on every kernel: what all schedulers do, shares, its nests, its options.
#
# kernels: all
# limit: 300

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
SCHED=scx_nest
# shellcheck source-path=SCRIPTDIR source=scheduler.sh
. "${0%/*}/scheduler.sh"

# mixed_shares: CPU time in 6 s of one of three hogs of nice 0, and of one of nice 5 that is bound
# to CPU 0: they wait in different queues
mixed_shares()
{
	hog nice -n 0
	first=$HOG
	hog nice -n 0
	second=$HOG
	hog nice -n 0
	third=$HOG
	hog taskset -c 0 nice -n 5
	sleep 6
	echo "$(cpu_ticks "$first") $(cpu_ticks "$HOG")"
	kill "$first" "$second" "$third" "$HOG"
}

test_shares()
{
	check "attaches for shares" start --stats 0.5
	check "nice 0 : a bound nice 5 is 3 : 1" measures 2.5 3.6 mixed_shares
	check "tasks come from the queues" test "$(counter consumed)" -gt 0
	stop TERM
}

# sleepers SECONDS: tasks that start a short one again and again
sleepers()
{
	for pause in 3 5 7; do
		timeout "$1" sh -c "while :; do sleep 0.0$pause; done" &
	done
	wait $!
}

# Whenever the statistics are printed, every online CPU is in one nest or in none.
every_cpu_is_somewhere()
{
	tr ' ' '\n' <out | awk -F= -v cpus="$(nproc)" '
		$1 == "primary" { sum = $2 }
		$1 == "reserved" { sum += $2 }
		$1 == "other" { lines++; wrong += sum + $2 != cpus }
		END { exit wrong || lines < 3 }'
}

# counts NAME...: each of them has counted something
counts()
{
	for stat in "$@"; do
		[ "$(counter "$stat")" -gt 0 ] || { echo "$stat" && return 1; }
	done
}

test_nests()
{
	check "attaches for the nests" start --stats 0.5 -d 1000
	sleepers 3
	stop TERM
	check "every CPU is somewhere" every_cpu_is_somewhere
	check "its counters count" counts wakeup_attached wakeup_fully_idle_reserve wakeup_idle_other \
		promoted_to_primary promoted_to_reserved demoted_to_reserved scheduled_compaction \
		cancelled_compaction callback_compacted eagerly_compacted not_consumed
	check "one CPU is primary at least" test "$(stats_field primary | sort -n | head -n 1)" -ge 1
}

# On two CPUs, of which the first is always primary, the second has only one way there.
test_growth()
{
	check "attaches with -m 0 -i 0" start --stats 0.2 -m 0 -i 0
	sleepers 2
	stop TERM
	check_equal "-m 0: nothing in the reserve" 0 "$(stats_field reserved | sort -n | tail -n 1)"
	check "-m 0: and counted so" counts reserved_at_capacity wakeup_attached
	check_equal "-i 0: the primary nest does not grow without it" "0 0" \
		"$(counter task_impatient) $(counter promoted_to_primary)"
	check "attaches with -m 0 -i 1 -d 10000000" start --stats 0.2 -m 0 -i 1 -d 10000000
	sleepers 2
	stop TERM
	check "-i 1: it does" counts task_impatient promoted_to_primary
	check_equal "-d: nothing is removed before its time" 0 "$(counter callback_compacted)"
}

test_options()
{
	attaches -I -i 1000000 -m 65536 -s 1000000 -d 100
	refuses "--slice-us: '99' is not a number from 100 to 1000000" -s 99
	refuses "--delay-us: '99' is not a number from 100 to 10000000" -d 99
	refuses "--reserve-max: '65537' is not a number from 0 to 65536" -m 65537
	refuses "--impatience: 'x' is not a number from 0 to 1000000" -i x
}

test_life -s 20000
test_shares
test_light_tasks 0
test_nests
test_growth
test_options
