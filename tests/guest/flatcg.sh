# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Trees of cgroups with hogs in them; sourced after scheduler.sh.
#
# add_group PATH WEIGHT       below $TREE; inner ones hand the cpu controller on
# add_hogs PATH N [COMMAND..] N hogs in a cgroup, started through COMMAND; returns when they are there
# end_hogs PATH               and no task is left in it
# remove_groups PATH...       in this order; then $TREE itself
# used PATH...                CPU time of each so far in us, one line
# storm N                     N times a hundred cgroups come, some with tasks, and go
# shares_of SECONDS PATH...   the part each has of what all of them use in that time, one line

TREE=/sys/fs/cgroup/flatcg

add_tree()
{
	echo +cpu >/sys/fs/cgroup/cgroup.subtree_control
	mkdir -p $TREE
	echo +cpu >$TREE/cgroup.subtree_control
}

add_group()
{
	case $1 in
	*/*) echo +cpu >"$TREE/${1%/*}/cgroup.subtree_control" ;;
	esac
	mkdir "$TREE/$1"
	echo "$2" >"$TREE/$1/cpu.weight"
}

# has_tasks PATH N: that many or more
has_tasks()
{
	[ "$(wc -l <"$TREE/$1/cgroup.procs")" -ge "$2" ]
}

# Started from the cgroup itself, so that they are never anywhere else.
add_hogs()
{
	add_path=$1 add_count=$2
	shift 2
	for _ in $(seq "$add_count"); do
		"$@" sh -c "echo \$\$ >$TREE/$add_path/cgroup.procs; while :; do :; done" &
	done
	wait_until 30 has_tasks "$add_path" "$add_count"
}

is_unpopulated()
{
	grep -q '^populated 0$' "$TREE/$1/cgroup.events"
}

end_hogs()
{
	echo 1 >"$TREE/$1/cgroup.kill"
	wait_until 30 is_unpopulated "$1"
}

remove_groups()
{
	for remove_path in "$@"; do
		wait_until 10 rmdir "$TREE/$remove_path" || return 1
	done
	rmdir $TREE
}

used()
{
	for used_path in "$@"; do
		echo "$TREE/$used_path/cpu.stat"
	done | xargs awk '/^usage_usec/ { printf "%s ", $2 }'
}

shares_of()
{
	share_seconds=$1
	shift
	share_before=$(used "$@")
	sleep "$share_seconds"
	echo "$share_before $(used "$@")" | awk '{
		n = NF / 2
		for (i = 1; i <= n; i++)
			sum += $(n + i) - $i
		for (i = 1; i <= n; i++)
			printf "%.4f ", ($(n + i) - $i) / sum
	}'
}

# worst_deviation "SHARE..." "EXACT...": the largest, in % of the exact value
worst_deviation()
{
	echo "$1 $2" | awk '{
		n = NF / 2
		for (i = 1; i <= n; i++) {
			d = 100 * ($i / $(n + i) - 1)
			if (d < 0)
				d = -d
			if (d > worst)
				worst = d
		}
		printf "%.2f\n", worst
	}'
}

# are_shares PERCENT "SHARE..." "EXACT...": none deviates by more
are_shares()
{
	echo "found $2, exact $3"
	echo "$(worst_deviation "$2" "$3") $1" | awk '{ exit !($1 <= $2) }'
}

storm()
{
	for _ in $(seq "$1"); do
		seq -f "$TREE/s%g" 100 | xargs mkdir || return 1
		for storm_task in 1 2; do
			sh -c "echo \$\$ >$TREE/s$storm_task/cgroup.procs; exec sleep 0.01" || return 1
		done
		wait_until 20 rmdir $TREE/s* || return 1
	done
}
