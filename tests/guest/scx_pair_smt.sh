#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# scx_pair where cores have two threads: those are the pairs.
#
# kernels: current
# cpus: 4,sockets=1,cores=2,threads=2
# limit: 60

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
SCHED=scx_pair
# shellcheck source-path=SCRIPTDIR source=scheduler.sh
. "${0%/*}/scheduler.sh"
# shellcheck source-path=SCRIPTDIR source=pair.sh
. "${0%/*}/pair.sh"

make_cgroups
add_hogs a 4
add_hogs b 4
check_equal "CPUs 2 and 3 are one core" 2-3 \
	"$(cat /sys/devices/system/cpu/cpu2/topology/thread_siblings_list)"
check "attaches" start --stats 0.5
check "siblings do not run different cgroups" is_between 0 2 "$(different 3 0,1 2,3)"
check "though all are busy" is_between 50 100 "$(share same)"
check "other CPUs may" is_between 2 100 "$(different 3 0,2 1,3)"
end_hogs
check_equal "two pairs" 2 "$(gauge pairs)"
stop TERM
