#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# scx_bpfland where CPUs share cores and there are two caches: work spreads over whole cores, and
# stays in the primary domain.
#
# kernels: current
# cpus: 8,sockets=2,cores=2,threads=2
# limit: 120

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
SCHED=scx_bpfland
# shellcheck source-path=SCRIPTDIR source=scheduler.sh
. "${0%/*}/scheduler.sh"

cpu_of()
{
	cut -d' ' -f39 "/proc/$1/stat"
}

# start_hogs N: their PIDs in $HOGS
start_hogs()
{
	HOGS=
	for _ in $(seq "$1"); do
		hog
		HOGS="$HOGS $HOG"
	done
}

# distinct SHIFT: how many different cores (SHIFT 1) or sockets (2) the hogs run on
distinct()
{
	for hog_pid in $HOGS; do
		echo $(($(cpu_of "$hog_pid") >> $1))
	done | sort -u | wc -l
}

is_spread()
{
	[ "$(distinct "$1")" -eq "$2" ]
}

check_equal "CPUs 6 and 7 are one core" 6-7 \
	"$(cat /sys/devices/system/cpu/cpu7/topology/thread_siblings_list)"
check "attaches" start --stats 0.5
start_hogs 4
check "four hogs run on four cores" wait_until 10 is_spread 1 4
# shellcheck disable=SC2086 # a list
kill $HOGS
stop TERM

check "attaches with a domain of one socket" start --stats 0.5 -m 0f
start_hogs 2
check "two hogs run on its two cores" wait_until 10 is_spread 1 2
check_equal "in that socket" 1 "$(distinct 2)"
# shellcheck disable=SC2086 # a list
kill $HOGS
stop TERM

check "attaches with -P -e 2000" start --stats 0.5 -P -e 2000
start_hogs 4
check "four hogs run on four cores" wait_until 10 is_spread 1 4
# shellcheck disable=SC2086 # a list
kill $HOGS
stop TERM
attaches --disable-smt
attaches --disable-numa
