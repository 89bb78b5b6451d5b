#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What aios-loader costs: memory, wakeups, the time of a switch and the part of it that the
# machine is without a scheduler, how soon an ejection is noticed.
#
# kernels: current
# clock: real
# limit: 900

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
# shellcheck source-path=SCRIPTDIR source=bus.sh
. "${0%/*}/bus.sh"
SCHED=scx_simple
# shellcheck source-path=SCRIPTDIR source=scheduler.sh
. "${0%/*}/scheduler.sh"
# shellcheck source-path=SCRIPTDIR source=figures.sh
. "${0%/*}/figures.sh"

wakeups()
{
	status_of_loader voluntary_ctxt_switches
}

# ms of ten calls, one a line
switch_times()
{
	for _ in 1 2 3 4 5; do
		for sched in scx_prev scx_simple; do
			begin=$(date +%s%N)
			loader SwitchScheduler su $sched 0 || echo failed
			echo $((($(date +%s%N) - begin) / 1000000))
		done
	done
}

# From each "disabled" to the "enabled" after it, in ms
gaps()
{
	dmesg | awk -F '[][]' '/sched_ext: BPF scheduler .* disabled/ { off = $2; next }
		/sched_ext: BPF scheduler .* enabled/ && off { printf "%.1f\n", ($2 - off) * 1000; off = 0 }'
}

# How soon an ejection is noticed is the time from the kernel's word of it to the signal that
# tells clients of the loader that nothing runs any more. The journal is no measure of that: at
# this moment journald is busy with what the scheduler says of its end, and gives the loader's
# message the time when it comes to read it.
#
# The kernel's log has a clock of its own, the signal's arrival is a time of day. Lines that say
# what time of day they were written at tell how far apart these two are: it takes a while to
# write one, so the smallest difference is the best, and the ejection not later than that makes it.

# set_clocks: ten such lines
set_clocks()
{
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		echo "aios-guest: written at $(date +%s.%6N)" >/dev/kmsg
	done
}

# listen: writes down in ./signals what the loader tells its clients; PID in $LISTENER
listen()
{
	busctl --json=short --match="type='signal',path='/org/scx/Loader',member='PropertiesChanged'" \
		monitor >signals 2>listener &
	LISTENER=$!
	wait_until 20 grep -q 'Monitoring bus' listener
}

kernel_times()
{
	dmesg | awk -F '[][]' '/aios-guest: written at/ {
			offset = $2 - substr($0, match($0, /[0-9.]*$/))
			if (best == "" || offset < best) best = offset
		}
		/"qmap" disabled \(scx_bpf_error\)/ { printf "%.6f kernel\n", $2 - best }'
}

loader_times()
{
	sed -n 's/.*"timestamp-realtime":\([0-9]*\)\([0-9]\{6\}\),.*"CurrentScheduler":{"type":"s","data":"unknown"}.*/\1.\2 loader/p' signals
}

# In ms, one a line
notice_times()
{
	{
		kernel_times
		loader_times
	} | sort -n | awk '$2 == "kernel" { begin = $1 }
		$2 == "loader" && begin { printf "%.1f\n", ($1 - begin) * 1000; begin = 0 }'
}

# Three ejections, as soon as there is some load
eject()
{
	cat >/etc/aios/default.toml <<-EOF
	[failures]
	budget = 3
	EOF
	own Reload
	set_clocks
	listen
	loader SwitchSchedulerWithArgs sas scx_qmap 4 --end error --end-after 500
	for _ in $(seq 30); do
		hackbench -g 1 -l 50 >/dev/null
		sleep 1
		[ "$(notice_times | wc -l)" -lt 3 ] || break
	done
	kill "$LISTENER"
}

check "starts" loader StartScheduler su scx_simple 0
figure "idle wakeups of the loader in 20 s" \
	"$(before=$(wakeups) && sleep 20 && echo $(($(wakeups) - before)))" 0
dmesg --clear
figure "time of a switch in ms" "$(switch_times | median)" "<= 1500"
figure "time without a scheduler in a switch in ms" "$(gaps | median)" "<= 150"
dmesg --clear
eject
figure "time to notice an ejection in ms" "$(notice_times | median)" "<= 100"
figure "RSS of the loader in MB" "$(status_of_loader VmRSS | awk '{ print $1 * 1024 / 1000000 }')" "<= 6"
figure "threads of the loader" "$(status_of_loader Threads)" 1
