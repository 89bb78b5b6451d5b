#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What scx_pair leaves of two CPUs, which are a pair, to the tasks of one cgroup.
#
# kernels: current
# limit: 300

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
SCHED=scx_pair
# shellcheck source-path=SCRIPTDIR source=scheduler.sh
. "${0%/*}/scheduler.sh"
# shellcheck source-path=SCRIPTDIR source=figures.sh
. "${0%/*}/figures.sh"

work()
{
	for _ in 1 2 3 4 5; do
		workload hogs 4 10 | field cpu_over_wall
	done
}

check "attaches for hogs" start -S 1
figure "CPU time of 4 hogs over wall time" "$(work | median), 5 rounds" ">= 1.97"
figure "RSS in KiB" "$(awk '/^VmRSS/ { print $2 }' "/proc/$SCHEDULER/status")" "<= 4096"
stop TERM
