#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# scx_nest on two last-level caches, two cores each, two threads each.
#
# kernels: current
# cpus: 8,sockets=2,cores=2,threads=2
# limit: 200

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
SCHED=scx_nest
# shellcheck source-path=SCRIPTDIR source=scheduler.sh
. "${0%/*}/scheduler.sh"

three_hogs_on_three_cores()
{
	hogs=
	for _ in 1 2 3; do
		hog nice -n 0
		hogs="$hogs $HOG"
	done
	sleep 1
	for hog in $hogs; do
		cut -d' ' -f39 "/proc/$hog/stat"
	done >cpus
	# shellcheck disable=SC2086 # one PID each
	kill $hogs
	[ "$(awk '{ print int($1 / 2) }' cpus | sort -u | wc -l)" -eq 3 ]
}

test_caches()
{
	check "attaches with $1" start --stats 0.5 "$1"
	used=$(workload hogs 8 3 | tr ' ' '\n' | sed -n 's/^cpu_over_wall=//p')
	check "$1: eight hogs get eight CPUs" \
		awk -v used="$used" 'BEGIN { print used; exit !(used > 7) }'
	# where they are depends on what else was awake when each of them started
	[ "$1" != -I ] || check "-I: three hogs have three cores" \
		wait_until 20 three_hogs_on_three_cores
	stop TERM
	check_equal "$1: ends in good order" 0 "$STATUS"
	check "$1: each LLC has a primary CPU" \
		test "$(stats_field primary | sort -n | head -n 1)" -ge 2
}

test_caches -v
test_caches -I
