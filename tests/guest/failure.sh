#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What the loader does when the scheduler dies, is thrown out by the kernel, or is taken off by
# the user; and when the loader itself dies.
#
# kernels: current
# limit: 500

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
# shellcheck source-path=SCRIPTDIR source=bus.sh
. "${0%/*}/bus.sh"

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
			"scx_simple was killed by signal 9 (Killed); next attempt in ${try% *} s (failure ${try#* } of 5 in an hour)"
	done
	kill -KILL "$(scheduler_pid)"
	check "gives up" wait_until 40 is_said "scx_simple was killed by signal 9 (Killed); gave up on it"
	check_equal "gave up: the loader stays and says why" \
		"active gave up: scx_simple was killed by signal 9 (Killed); the kernel's own scheduler is in use" \
		"$(systemctl is-active aios-loader) $(systemctl show -P StatusText aios-loader)"
	check_equal "gave up: state" disabled "$(scx_state)"
	systemctl stop aios-loader
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
	check "SysRq-S is respected" wait_until 20 is_said \
		"scx_simple was ended by somebody else: disabled by sysrq-S; it is not started again"
	check_equal "SysRq-S: the loader stays, the scheduler is off" "active disabled" \
		"$(systemctl is-active aios-loader) $(scx_state)"
	check "starting it by hand brings it back" loader RestoreDefault
	check_equal "and it is there" simple "$(scx_ops)"
	systemctl stop $UNIT
	check_equal "stopping its unit is respected" "active disabled" "$(systemctl is-active aios-loader) $(scx_state)"
}

# Neither the death of the loader nor its restart is felt by the scheduler.
test_loader_killed()
{
	check "the loader runs" loader SwitchScheduler su scx_simple 1
	pid=$(scheduler_pid) seq=$(cat "$SCX/enable_seq")
	systemctl kill --signal=KILL --kill-whom=main aios-loader
	check "kill -9 of the loader: systemd starts it again" \
		wait_until 40 sh -c '[ "$(systemctl show -P NRestarts aios-loader)" -ge 1 ] && systemctl -q is-active aios-loader'
	check_equal "what was asked for is known" "running Simple in Gaming mode" "$(scxctl get)"
	check "systemctl restart" systemctl restart aios-loader
	check_equal "and still is" "running Simple in Gaming mode" "$(scxctl get)"
	check_equal "it is the same scheduler all the time" "$pid $seq" "$(scheduler_pid) $(cat "$SCX/enable_seq")"
	systemctl stop aios-loader
	check_equal "systemctl stop after all that" disabled "$(scx_state)"
	check "systemctl start" systemctl start aios-loader
	check_equal "begins with the configuration" "running Simple in Auto mode" "$(scxctl get)"
	systemctl stop aios-loader
}

# Three ejections within the budget's hour, and it is the turn of the next one.
test_fallback()
{
	cat >/etc/aios/default.toml <<-EOF
	default_sched = "scx_qmap"
	fallback = ["scx_nest", "scx_prev"]
	[failures]
	budget = 3
	[scheds.scx_qmap]
	auto_mode = ["--end", "error", "--end-after", "500"]
	[scheds.scx_nest]
	auto_mode = ["--no-such-option"]
	EOF
	rm -rf /var/lib/aios/failures
	check "starts what will fail" systemctl start aios-loader
	check "ends with the second fallback, as the first is broken" wait_until 90 is_scheduler prev
	check_equal "after three ejections" 3 "$(loader_log | grep -c '^scx_qmap was ejected by the kernel: ')"
	check "and one refusal" is_said "scx_nest rejected its command line"
	check_match "the status tells both" "scx_prev in Auto mode is running; scx_nest rejected*" \
		"$(systemctl show -P StatusText aios-loader)"
	check_equal "four records" 4 "$(find /var/lib/aios/failures -name '*.json' | wc -l)"
	check_equal "three with a dump" 3 "$(find /var/lib/aios/failures -name '*.dump' | wc -l)"
	systemctl stop aios-loader
}

# Three boots that came to nothing: here, three records of other boots.
test_bad_boots()
{
	printf 'default_sched = "scx_simple"\nfallback = ["scx_prev"]\n' >/etc/aios/default.toml
	check "starts for the record of this boot" systemctl start aios-loader
	systemctl kill --signal=KILL --kill-whom=main aios-loader
	systemctl stop aios-loader $UNIT
	check "the boot is counted" grep -q '"count":1' /var/lib/aios/boots
	sed -i 's/"count":1/"count":3/g; s/"boot":"[^"]*"/"boot":"another"/g' /var/lib/aios/boots
	check "starts after three bad boots" systemctl start aios-loader
	check_equal "with the fallback" prev "$(scx_ops)"
	check "by hand it can be started" loader SwitchScheduler su scx_simple 0
	check_equal "and runs" simple "$(scx_ops)"
	systemctl stop $UNIT
	check "an orderly end is forgiven" wait_until 20 sh -c '! grep -q scx_simple /var/lib/aios/boots'
	systemctl stop aios-loader
}

# What the loader said since it was started last
said()
{
	journalctl -q -o cat --no-pager _SYSTEMD_INVOCATION_ID="$(systemctl show -P InvocationID aios-loader)" \
		_COMM=aios-loader
}

fill_disk()
{
	head -c 1M /dev/zero >/var/lib/aios/fill
	[ "$(stat -f -c %f /var/lib/aios)" -eq 0 ]
}

freeze_disk()
{
	mount -o remount,ro /var/lib/aios
}

# test_disk NAME ERROR COMMAND: records of failures cannot be written; nothing else suffers
test_disk()
{
	mkdir -p /var/lib/aios
	mount -t tmpfs -o size=64k,mode=755 tmpfs /var/lib/aios
	check "$1 disk" "$3" 2>/dev/null
	check "$1 disk: starts" start
	check "$1 disk: switches" loader SwitchScheduler su scx_nest 0
	loader SwitchSchedulerWithArgs sas scx_qmap 4 --end error --end-after 500
	check "$1 disk: after a failure there is the fallback" wait_until 60 is_scheduler prev
	run scxctl status
	check_match "$1 disk: scxctl status" "0 *scx_prev*" "$STATUS $OUTPUT"
	check_match "$1 disk: the loader knows the reason" '(ssts) "ejected" "was ejected by the kernel*' \
		"$(property org.aios.Loader1 LastExit)"
	check_equal "$1 disk: what could not be written is said once" \
		"cannot count attempts at boot in /var/lib/aios: $2
cannot record the failure in /var/lib/aios: $2" "$(said | grep '^cannot')"
	systemctl stop aios-loader
	check_equal "$1 disk: the kernel's scheduler is back" disabled "$(scx_state)"
	umount /var/lib/aios
}

test_disks()
{
	printf 'default_sched = "scx_simple"\nfallback = ["scx_prev"]\n[failures]\nbudget = 1\n' \
		>/etc/aios/default.toml
	test_disk full "No space left on device" fill_disk
	test_disk read-only "Read-only file system" freeze_disk
}

echo 'default_sched = "scx_simple"' >/etc/aios/default.toml
test_killed
test_ejected
test_taken_off
test_loader_killed
test_fallback
test_bad_boots
test_disks
