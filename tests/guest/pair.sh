# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Cgroups with hogs in them and a look at what siblings run, for the tests of scx_pair; sourced
# after scheduler.sh.
#
# add_hogs GROUP N            N hogs in $CGROUP/GROUP (a or b); returns when they are there
# end_hogs                    of all groups; and the groups are removed
# different SECONDS PAIR...   for how much of the time the CPUs of the pairs run tasks of
#                             different cgroups, in %; the line of siblings is kept in ./shares

has_hogs()
{
	[ "$(wc -l <"$CGROUP/$1/cgroup.procs")" -eq "$2" ]
}

add_hogs()
{
	for _ in $(seq "$2"); do
		sh -c "echo \$\$ >$CGROUP/$1/cgroup.procs; while :; do :; done" &
	done
	wait_until 30 has_hogs "$1" "$2"
}

end_hogs()
{
	for end_group in a b; do
		echo 1 >"$CGROUP/$end_group/cgroup.kill"
	done
	remove_cgroups
}

different()
{
	siblings "$@" | tee shares | tr ' ' '\n' | sed -n 's/^different=//p'
}

# share NAME: of the last line
share()
{
	tr ' ' '\n' <shares | sed -n "s/^$1=//p"
}

# is_between LOW HIGH VALUE
is_between()
{
	cat shares
	echo "$1 $2 $3" | awk '{ exit !(NF == 3 && $3 >= $1 && $3 <= $2) }'
}
