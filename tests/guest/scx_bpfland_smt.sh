#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# scx_bpfland where CPUs share cores and there are two caches and nodes: work spreads over whole
# cores, stays in the primary domain, and leaves no CPU idle while somebody waits in the other node.
# Where a task is at a moment depends on who else runs, so that time is
# counted in instructions, without KVM.
#
# kernels: current
# clock: instructions
# cpus: 8,sockets=2,cores=2,threads=2
# nodes: 0-3 4-7
# limit: 120

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
SCHED=scx_bpfland
# shellcheck source-path=SCRIPTDIR source=scheduler.sh
. "${0%/*}/scheduler.sh"
# shellcheck source-path=SCRIPTDIR source=domain.sh
. "${0%/*}/domain.sh"

# start_hogs N [COMMAND...]: through COMMAND; their PIDs in $HOGS
start_hogs()
{
	HOGS=
	nr_hogs=$1
	shift
	for _ in $(seq "$nr_hogs"); do
		hog "$@"
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

# times_at_home: of 10 pairs of hogs, how many run on the two cores of the first socket; by chance it
# would be one or two. They sleep once before, and wake when the machine is quiet: who finds others
# there starts elsewhere, and stays, as nobody waits for its CPU.
times_at_home()
{
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		start_hogs 2 sh -c 'sleep 0.3; exec "$@"' pause
		sleep 0.8
		[ "$(distinct 1) $(distinct 2) $(($(cpu_of "$HOG") >> 2))" != "2 1 0" ] || echo home
		# shellcheck disable=SC2086 # a list
		kill $HOGS
	done | grep -c home
}

# count_in_node FIRST LAST: how many of the hogs run on these CPUs
count_in_node()
{
	for hog_pid in $HOGS; do
		cpu_of "$hog_pid"
	done | awk -v first="$1" -v last="$2" '$1 >= first && $1 <= last { n++ } END { print n + 0 }'
}

# has_moved N: hogs to the second node
has_moved()
{
	[ "$(count_in_node 4 7)" -ge "$1" ]
}

has_stolen()
{
	[ "$(counter nr_stolen)" -gt 0 ]
}

# They may run anywhere from then on, but that alone moves nobody: who waits is in the queue of the
# first node.
test_two_nodes()
{
	check_equal "two nodes" "0-3 4-7" "$(cat /sys/devices/system/node/node[01]/cpulist | tr '\n' ' ' | sed 's/ $//')"
	check "attaches on two nodes" start --stats 0.5
	start_hogs 8 taskset -c 0-3
	check_equal "eight hogs on the first node" 8 "$(count_in_node 0 3)"
	for hog_pid in $HOGS; do
		taskset -p -c 0-7 "$hog_pid" >/dev/null
	done
	check "idle CPUs of the other take their part" wait_until 10 has_moved 4
	check "which is counted" wait_until 10 has_stolen
	# shellcheck disable=SC2086 # a list
	kill $HOGS
	stop TERM
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
check "pairs of hogs run on its two cores, more often than by chance" test "$(times_at_home)" -ge 4
stop TERM

check "attaches with -P -e 2000" start --stats 0.5 -P -e 2000
start_hogs 4
check "four hogs run on four cores" wait_until 10 is_spread 1 4
# shellcheck disable=SC2086 # a list
kill $HOGS
stop TERM
test_two_nodes
attaches --disable-smt
attaches --disable-numa
