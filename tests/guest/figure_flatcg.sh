#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# How close scx_flatcg keeps the shares of cgroups, and what it costs.
#
# kernels: current
# limit: 600

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
SCHED=scx_flatcg
# shellcheck source-path=SCRIPTDIR source=scheduler.sh
. "${0%/*}/scheduler.sh"
# shellcheck source-path=SCRIPTDIR source=figures.sh
. "${0%/*}/figures.sh"
# shellcheck source-path=SCRIPTDIR source=flatcg.sh
. "${0%/*}/flatcg.sh"

LEAVES="a/x/1 a/x/2 a/y b/1 b/2 c"
# of the whole, with b at weight 200 and at weight 800
BEFORE="0.060606 0.121212 0.545455 0.045455 0.136364 0.090909"
AFTER="0.039216 0.078431 0.352941 0.117647 0.352941 0.058824"
DEEP=d/1/2/3

# Six leaves on three levels, with weights from 50 to 800.
add_leaves()
{
	add_tree
	add_group a 800
	add_group b 200
	add_group c 100
	add_group a/x 100
	add_group a/y 300
	add_group a/x/1 200
	add_group a/x/2 400
	add_group b/1 50
	add_group b/2 150
}

measure_shares()
{
	# shellcheck disable=SC2086 # one argument each
	shares_of 10 $LEAVES | tee -a shares
	echo >>shares
}

deviations()
{
	add_leaves
	for leaf in $LEAVES; do
		add_hogs "$leaf" 2
	done
	sleep 2
	for _ in 1 2 3 4 5; do
		worst_deviation "$(measure_shares)" "$BEFORE" >>before
		echo 800 >$TREE/b/cpu.weight
		sleep 1
		worst_deviation "$(measure_shares)" "$AFTER" >>after
		echo 200 >$TREE/b/cpu.weight
		sleep 1
	done
	for leaf in $LEAVES; do
		end_hogs "$leaf"
	done
	remove_groups a/x/1 a/x/2 a/x a/y a b/1 b/2 b c
}

measure_deep_pipe()
{
	sh -c "echo \$\$ >$TREE/$DEEP/cgroup.procs; exec workload pipe 3" | field median_ns
}

check "attaches for shares" start --stats 5
check "all groups were measured" deviations
cat shares
figure "worst deviation of 6 leaves in 10 s, in %" "$(median <before)" "<= 3"
figure "the same from 1 s after a weight has changed" "$(median <after)" "<= 3"
stop TERM
tail -n 4 out

add_tree
add_group d 100
add_group d/1 100
add_group d/1/2 100
add_group $DEEP 100
compare_rounds "pipe round trip on the fourth level over EEVDF's" "<= 1.0" 5 measure_deep_pipe
remove_groups $DEEP d/1/2 d/1 d
