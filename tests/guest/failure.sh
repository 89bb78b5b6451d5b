#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What the loader does when the scheduler dies, is thrown out by the kernel, or is taken off by
# the user; and when the loader itself dies.
#
# kernels: current
# limit: 300

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

UNIT=aios-scx_simple.service

loader_log()
{
	journalctl -q -o cat --no-pager -b -u aios-loader _COMM=aios-loader
}

scheduler_pid()
{
	systemctl show -P MainPID $UNIT
}

is_said()
{
	loader_log | grep -qF -e "$1"
}

is_new_scheduler()
{
	is_scheduler simple && [ "$(scheduler_pid)" != "$1" ] && [ "$(scheduler_pid)" != 0 ]
}

start()
{
	systemctl start aios-loader && is_scheduler simple
}

# Each death in a row waits twice as long, and the fifth is the last.
test_killed()
{
	check "starts" start
	for try in "1 1" "2 2" "4 3" "8 4"; do
		pid=$(scheduler_pid)
		kill -KILL "$pid"
		check "killed: comes back after ${try% *} s" wait_until 40 is_new_scheduler "$pid"
		check "killed: is said" is_said \
			"scx_simple was killed by signal 9 (Killed); next attempt in ${try% *} s (failure ${try#* } of 5)"
	done
	kill -KILL "$(scheduler_pid)"
	check "gives up" wait_until 40 sh -c '! systemctl -q is-active aios-loader'
	check "giving up is said" is_said \
		"scx_simple was killed by signal 9 (Killed); gave up after 5 failures in a row, the kernel's own scheduler is in use"
	check_equal "gave up: exit status, no restart by systemd, state" "4 0 disabled" \
		"$(systemctl show -P ExecMainStatus aios-loader) $(systemctl show -P NRestarts aios-loader) $(scx_state)"
	systemctl reset-failed
}

# A SCHED_FIFO hog keeps a CPU to itself until the kernel's watchdog throws the scheduler out.
test_ejected()
{
	check "starts again" start
	pid=$(scheduler_pid)
	sysctl -q kernel.sched_rt_runtime_us=-1
	for server in /sys/kernel/debug/sched/*_server/cpu1/runtime; do
		echo 0 >"$server"
	done
	# the victim is runnable on CPU 1 from the beginning
	taskset -c 1 sh -c 'while :; do :; done' &
	victim=$!
	taskset -c 1 chrt -f 50 timeout 100 sh -c 'while :; do :; done' &
	hog=$!
	check "the watchdog ejects it" wait_until 90 is_said "was ejected by the kernel"
	kill $hog $victim
	wait
	sysctl -q kernel.sched_rt_runtime_us=950000
	check_match "the kernel's reason is passed on" \
		'*scx_simple was ejected by the kernel: *runnable task stall*failed to run for*next attempt in*' \
		"$(loader_log | grep 'was ejected' | tail -n 1)"
	check "comes back after the ejection" wait_until 40 is_new_scheduler "$pid"
	check_match "the kernel's dump is in the journal" '*cpu*' "$(journalctl -q -o cat --no-pager -b -u $UNIT | grep -i '^CPU states' -A 3)"
}

test_taken_off()
{
	echo S >/proc/sysrq-trigger
	check "SysRq-S is respected" wait_until 20 is_said "scx_simple was stopped by somebody else and is not started again"
	check_equal "SysRq-S: the loader stays, the scheduler is off" "active disabled" \
		"$(systemctl is-active aios-loader) $(scx_state)"
	systemctl restart aios-loader
	check "restart brings it back" is_scheduler simple
	systemctl stop $UNIT
	check_equal "stopping its unit is respected" "active disabled" "$(systemctl is-active aios-loader) $(scx_state)"
}

test_loader_killed()
{
	systemctl restart aios-loader
	check "the loader runs" is_scheduler simple
	systemctl kill --signal=KILL --kill-whom=main aios-loader
	check "kill -9 of the loader: systemd starts it again" \
		wait_until 40 sh -c '[ "$(systemctl show -P NRestarts aios-loader)" -ge 1 ] && systemctl -q is-active aios-loader'
	check "and there is one scheduler again" wait_until 20 is_scheduler simple
	systemctl stop aios-loader
	check_equal "systemctl stop after all that" disabled "$(scx_state)"
}

echo 'default_sched = "scx_simple"' >/etc/aios/default.toml
test_killed
test_ejected
test_taken_off
test_loader_killed
