#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What every scheduler must keep to: all CPUs are used, and it is small and soon there.
#
# kernels: current
# limit: 900

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
SCHED=
# shellcheck source-path=SCRIPTDIR source=scheduler.sh
. "${0%/*}/scheduler.sh"
# shellcheck source-path=SCRIPTDIR source=figures.sh
. "${0%/*}/figures.sh"

for SCHED in $(scheduler_list scx_ "" | tr -d ,); do
	OPS=${SCHED#scx_}
	set --
	# the machine has no siblings of its own
	[ "$SCHED" != scx_pair ] || set -- -S 1
	figure "$SCHED: time to attach in ms" "$(attach_time "$@" | median)" "<= 300"
	check "$SCHED attaches" start "$@"
	figure "$SCHED: CPU time of 4 hogs over wall time" "$(cpu_over_wall | median)" ">= 1.97"
	figure "$SCHED: RSS in MiB" "$(rss)" "<= 4"
	figure "$SCHED: size of the program in KB" "$(program_size)" "<= 200"
	stop TERM
done
