#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What aios-loader costs: memory, wakeups, the time of a switch and the part of it that the
# machine is without a scheduler, how soon an ejection is noticed; and all of it after many
# switches.
#
# kernels: current
# clock: real
# limit: 3000

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
# shellcheck source-path=SCRIPTDIR source=bus.sh
. "${0%/*}/bus.sh"
SCHED=scx_simple
# shellcheck source-path=SCRIPTDIR source=scheduler.sh
. "${0%/*}/scheduler.sh"
# shellcheck source-path=SCRIPTDIR source=figures.sh
. "${0%/*}/figures.sh"

status_of_loader()
{
	awk -v key="$1:" '$1 == key { print $2 }' "/proc/$(loader_pid)/status"
}

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

# From the kernel's word of the ejection to the loader's, in ms, for each
notice_times()
{
	{
		dmesg | sed -n 's/^\[ *\([0-9.]*\)\].*"qmap" disabled (scx_bpf_error).*/\1 kernel/p'
		journalctl -q -b --no-pager -o short-monotonic -u aios-loader |
			sed -n 's/^\[ *\([0-9.]*\)\].*the kernel has let go of scx_qmap.*/\1 loader/p'
	} | sort -n | awk '$2 == "kernel" { begin = $1 } $2 == "loader" { printf "%.1f\n", ($1 - begin) * 1000 }'
}

# Three ejections, as soon as there is some load
eject()
{
	cat >/etc/aios/default.toml <<-EOF
	[failures]
	budget = 3
	EOF
	own Reload
	loader SwitchSchedulerWithArgs sas scx_qmap 4 --end error --end-after 500
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		hackbench -g 1 -l 50 >/dev/null
		sleep 1
		[ "$(notice_times | wc -l)" -lt 3 ] || break
	done
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
check "StopScheduler" loader StopScheduler
check "200 switches between pairs of schedulers" many_switches 100
check "StopScheduler" loader StopScheduler
check "20 cycles of start and stop" cycles 20
rss=$(status_of_loader VmRSS) files=$(descriptors)
check "500 cycles of start and stop" cycles 500
figure "file descriptors after that, and before" "$(descriptors) $files" "the same"
figure "RSS in KiB after that, and before" "$(status_of_loader VmRSS) $rss" "the same"
