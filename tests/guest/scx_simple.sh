#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# scx_simple by hand on every kernel: attach, load, options, CPU hotplug, each way to end.
#
# kernels: all
# limit: 240

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

SCHEDULER=
CPU1=/sys/devices/system/cpu/cpu1/online

# start OPTION...: in the background, output in ./out
start()
{
	scx_simple "$@" >out 2>&1 &
	SCHEDULER=$!
	wait_until 30 is_scheduler simple
}

# stop SIGNAL: leaves the exit status in $STATUS
stop()
{
	STATUS=0
	kill "-$1" "$SCHEDULER"
	wait "$SCHEDULER" || STATUS=$?
}

cpu_ticks()
{
	awk '{ print $14 + $15 }' "/proc/$1/stat"
}

# shares FIRST_NICE SECOND_NICE: CPU time of two hogs on CPU 0 in 6 s, "FIRST SECOND"
shares()
{
	taskset -c 0 nice -n "$1" sh -c 'while :; do :; done' &
	first=$!
	taskset -c 0 nice -n "$2" sh -c 'while :; do :; done' &
	second=$!
	sleep 6
	echo "$(cpu_ticks $first) $(cpu_ticks $second)"
	kill $first $second
}

# ratio_between LOW HIGH "FIRST SECOND"
ratio_between()
{
	echo "$1 $2 $3" | awk '{ r = $3 / $4; print r; exit !($4 > 0 && r >= $1 && r <= $2) }'
}

counter()
{
	tail -n 1 out | tr ' ' '\n' | sed -n "s/^$1=//p"
}

mixed_load()
{
	stress-ng --quiet --timeout 8 --cpu 3 --fork 2 --switch 2 --nanosleep 2 --yield 2 --affinity 2 &
	load=$!
	chrt -f 10 sh -c 'for i in 1 2 3 4 5 6 7 8; do sleep 0.5; done' &
	fifo=$!
	hackbench -g 2 -l 100 >/dev/null && wait $load && wait $fifo
}

test_attach()
{
	check "--check attaches and detaches" scx_simple --check
	check "the kernel's scheduler is back after --check" is_kernel_scheduler
	check "attaches" start --stats 0.5
	run scx_simple
	check_equal "a second one refuses" \
		"1 scx_simple: another scheduler is active: simple; stop it first" "$STATUS $OUTPUT"
	check_equal "scxctl get" "running Simple" "$(scxctl get)"
	check_equal "scxctl list" 'supported schedulers: ["simple"]' "$(scxctl list)"
}

test_load()
{
	enabled=$(cat "$SCX/enable_seq") rejected=$(cat "$SCX/nr_rejected")
	check "mixed load" mixed_load
	check_equal "still the kernel's scheduler after the load" simple "$(scx_ops)"
	check_equal "attached once, nothing rejected" \
		"$enabled $rejected" "$(cat "$SCX/enable_seq") $(cat "$SCX/nr_rejected")"
	check "statistics count" test "$(counter local)" -gt 0 -a "$(counter global)" -gt 0
	check "nice 0 : nice 5 is 3 : 1" ratio_between 2.85 3.25 "$(shares 0 5)"
}

test_hotplug()
{
	for online in 0 1; do
		seq=$(cat "$SCX/enable_seq")
		echo $online >$CPU1
		check "attached again after cpu1 online=$online" \
			wait_until 20 sh -c "[ \$(cat $SCX/enable_seq) -gt $seq ] && [ \$(cat $SCX/state) = enabled ]"
	done
	for toggle in 1 2 3 4 5 6 7 8 9 10; do
		echo 0 >$CPU1
		echo 1 >$CPU1
	done
	check "attached again after a storm of $((2 * toggle)) toggles" wait_until 60 is_scheduler simple
	check "the same process all the time" kill -0 "$SCHEDULER"
}

test_ends()
{
	stop TERM
	check_equal "SIGTERM: status" 0 "$STATUS"
	check "SIGTERM: the kernel's scheduler is back" is_kernel_scheduler
	for signal in INT HUP; do
		# a shell's background jobs ignore SIGINT, the scheduler takes it again
		check "attaches for SIG$signal" start -s 20000
		stop $signal
		check_equal "SIG$signal: status" 0 "$STATUS"
	done
	check "attaches for SIGKILL" start -s 20000
	stop KILL
	check "SIGKILL: the kernel's scheduler is back" wait_until 20 is_kernel_scheduler
	check "attaches for SysRq-S" start -s 20000
	echo S >/proc/sysrq-trigger
	STATUS=0
	wait "$SCHEDULER" || STATUS=$?
	check_equal "SysRq-S: status and reason" "0 scx_simple: ended: disabled by sysrq-S" "$STATUS $(cat out)"
}

test_options()
{
	check "attaches with -f -s 5000" start -f -s 5000
	check "FIFO pays no regard to nice" ratio_between 0.85 1.18 "$(shares 0 10)"
	stop TERM
	check "attaches with -v" start -v
	stop TERM
	check_match "-v says more" '*detaching*' "$(cat out)"
	for slice in 100 1000000; do
		check "attaches with -s $slice" start -s $slice
		stop TERM
	done
	run scx_simple -s 99
	check_equal "a slice out of range" \
		"2 scx_simple: --slice-us: '99' is not a number from 100 to 1000000" "$STATUS $OUTPUT"
	run setpriv --reuid 65534 --regid 65534 --clear-groups scx_simple
	check_equal "not root" "1 scx_simple: scx_simple must be run as root" "$STATUS $OUTPUT"
}

# A reader that goes away does not take the scheduler along.
test_reader_gone()
{
	scx_simple --stats 0.1 2>err | head -n 1 >first &
	check "attaches with a reader" wait_until 30 is_scheduler simple
	check "goes on without its reader" wait_until 20 grep -q 'no more statistics' err
	check_equal "still the kernel's scheduler without a reader" simple "$(scx_ops)"
	pkill -TERM -x scx_simple
	check "and ends in good order" wait_until 20 is_kernel_scheduler
}

test_attach
test_load
test_hotplug
test_ends
test_options
test_reader_gone
