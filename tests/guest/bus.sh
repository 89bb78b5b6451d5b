# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# aios-loader as its clients on the bus see it; sourced after lib.sh.
#
# loader METHOD [SIGNATURE ARGUMENT...]  calls org.scx.Loader
# own METHOD                             calls org.aios.Loader1
# property INTERFACE NAME...             prints properties, one a line
# current                                scheduler, mode and arguments as clients see them, and
#                                        what the kernel says
# many_switches NR                       NR pairs of schedulers, one after the other: to the one and
#                                        to the other; after each switch the kernel has the one
#                                        asked for, and there is one process
# cycles NR                              of start and stop
# loader_pid, descriptors                of the daemon
# status_of_loader FIELD                 of /proc/PID/status, without the unit

loader()
{
	busctl call --timeout=60 -- org.scx.Loader /org/scx/Loader org.scx.Loader "$@"
}

own()
{
	busctl call --timeout=60 -- org.scx.Loader /org/scx/Loader org.aios.Loader1 "$@"
}

property()
{
	busctl get-property org.scx.Loader /org/scx/Loader "$@"
}

current()
{
	echo "$(property org.scx.Loader CurrentScheduler SchedulerMode CurrentSchedulerArgs | tr '\n' ' ')$(scx_ops)"
}

loader_pid()
{
	systemctl show -P MainPID aios-loader
}

descriptors()
{
	find "/proc/$(loader_pid)/fd" -mindepth 1 | wc -l
}

status_of_loader()
{
	awk -v key="$1:" '$1 == key { print $2 }' "/proc/$(loader_pid)/status"
}

is_only()
{
	is_scheduler "${1#scx_}" && [ "$(pgrep -fc '^/usr/bin/scx_')" -eq 1 ]
}

# scx_pair needs cores with two threads.
many_switches()
{
	many_left=$1
	# shellcheck disable=SC2046 # words
	set -- $(scheduler_list scx_ "" pair | tr -d ,)
	while :; do
		for one in "$@"; do
			for other in "$@"; do
				[ "$one" != "$other" ] || continue
				[ "$many_left" -gt 0 ] || return 0
				many_left=$((many_left - 1))
				loader SwitchScheduler su "$one" 0 || return 1
				wait_until 5 is_only "$one" || return 1
				loader SwitchScheduler su "$other" 0 || return 1
				wait_until 5 is_only "$other" || return 1
			done
		done
	done
}

cycles()
{
	for _ in $(seq "$1"); do
		loader StartScheduler su scx_simple 0 && loader StopScheduler || return 1
	done
}
