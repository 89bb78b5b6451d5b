# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# What the tests of the schedulers share. A test sources lib.sh and then this file with the
# scheduler's name in SCHED:
#
#	SCHED=scx_simple
#	. "${0%/*}/scheduler.sh"
#
# start OPTION...       in the background, output in ./out; PID in $SCHEDULER
# stop SIGNAL           leaves the exit status in $STATUS
# counter NAME          what --stats printed of it, all lines together
# gauge NAME            what --stats printed last of it
# attaches OPTION...    one check: it starts with these options, and SIGTERM ends it well
# refuses TEXT OPTION.. one check: exit status 2, and TEXT after the name in front is all it says
# test_life OPTION...   what every scheduler must do, a sequence of checks
# test_light_tasks CPUS a task of nice 19 is not kept waiting for long by others of nice -20

OPS=${SCHED#scx_}
SCHEDULER=
CPU1=/sys/devices/system/cpu/cpu1/online
CGROUP=/sys/fs/cgroup/aios-test
LOAD_SECONDS=$(amount 20 5)
TOGGLES=$(amount 20 4)

is_started()
{
	is_scheduler "$OPS" || ! kill -0 "$SCHEDULER"
}

start()
{
	"$SCHED" "$@" >out 2>&1 &
	SCHEDULER=$!
	wait_until 30 is_started
	is_scheduler "$OPS"
}

stop()
{
	STATUS=0
	kill "-$1" "$SCHEDULER"
	wait "$SCHEDULER" || STATUS=$?
}

# stats_field NAME: its values, one a line
stats_field()
{
	tr ' ' '\n' <out | sed -n "s/^$1=//p"
}

counter()
{
	stats_field "$1" | awk '{ sum += $1 } END { print sum + 0 }'
}

gauge()
{
	stats_field "$1" | tail -n 1
}

starts_and_stops()
{
	start "$@" || { cat out && return 1; }
	stop TERM
	[ "$STATUS" -eq 0 ] && is_kernel_scheduler && return
	cat out
	return 1
}

attaches()
{
	check "attaches with $*" starts_and_stops "$@"
}

refuses()
{
	refuses_text=$1
	shift
	run "$SCHED" "$@"
	check_equal "refuses $*" "2 $SCHED: $refuses_text" "$STATUS $OUTPUT"
}

cpu_ticks()
{
	awk '{ print $14 + $15 }' "/proc/$1/stat"
}

# hog COMMAND...: a task that never sleeps, started through COMMAND; PID in $HOG; when it has begun
# there is a file hog.PID
hog()
{
	"$@" sh -c ': >"hog.$$"; while :; do :; done' &
	HOG=$!
}

# shares FIRST_NICE SECOND_NICE: CPU time of two hogs on CPU 0 in 6 s, "FIRST SECOND"
shares()
{
	hog taskset -c 0 nice -n "$1"
	first=$HOG
	hog taskset -c 0 nice -n "$2"
	sleep 6
	echo "$(cpu_ticks "$first") $(cpu_ticks "$HOG")"
	kill "$first" "$HOG"
}

# ratio_between LOW HIGH "FIRST SECOND"
ratio_between()
{
	echo "$1 $2 $3" | awk '{ r = $3 / $4; print r; exit !($4 > 0 && r >= $1 && r <= $2) }'
}

# measures LOW HIGH COMMAND...: the ratio of the two numbers that COMMAND prints. What the machine
# does that emulates this one may spoil a measurement, hardly three.
measures()
{
	measures_low=$1
	measures_high=$2
	shift 2
	for _ in 1 2 3; do
		! ratio_between "$measures_low" "$measures_high" "$("$@")" || return 0
	done
	return 1
}

# times_run PID: how often it has been given a CPU
times_run()
{
	cut -d' ' -f3 "/proc/$1/schedstat"
}

# By weight alone a task of nice 19 would have a turn every three minutes, or hardly any; the
# kernel's watchdog waits for 30 s. test_light_tasks CPUS: where they may run
test_light_tasks()
{
	cpus=$1
	check "attaches for light tasks on CPUs $cpus" start
	hogs=
	for _ in 1 2 3; do
		hog taskset -c "$cpus" nice -n -20
		hogs="$hogs $HOG"
	done
	hog taskset -c "$cpus" nice -n 19
	sleep 3
	begin=$(times_run "$HOG")
	check "nice 19 runs beside nice -20" wait_until 25 \
		eval "[ \"\$(times_run $HOG)\" -gt $begin ]"
	# shellcheck disable=SC2086 # a list
	kill $hogs "$HOG"
	stop TERM
}

make_cgroups()
{
	mkdir -p $CGROUP
	echo +cpu >/sys/fs/cgroup/cgroup.subtree_control
	echo +cpu >$CGROUP/cgroup.subtree_control
	mkdir -p $CGROUP/a $CGROUP/b
}

remove_cgroups()
{
	wait_until 10 rmdir $CGROUP/a $CGROUP/b
	rmdir $CGROUP
}

is_load_over()
{
	[ "$(cut -d. -f1 /proc/uptime)" -ge "$load_end" ]
}

# A hog whose nice value, mask and cgroup change all the time.
unsteady()
{
	hog
	round=0
	until is_load_over; do
		round=$((round + 1))
		renice -n $((round % 20)) -p "$HOG"
		taskset -pc $((round % 2)) "$HOG"
		echo "$HOG" >$CGROUP/a/cgroup.procs
		sleep 0.2
		taskset -pc 0-1 "$HOG"
		echo "$HOG" >$CGROUP/b/cgroup.procs
		echo $((round * 20 + 1)) >$CGROUP/b/cpu.weight
		sleep 0.2
	done >/dev/null
	kill "$HOG"
}

# A task of a higher class that takes a CPU again and again.
fifo_neighbour()
{
	until is_load_over; do
		i=0
		while [ $i -lt 2000 ]; do i=$((i + 1)); done
		sleep 0.1
	done
}

mixed_load()
{
	make_cgroups
	load_end=$(($(cut -d. -f1 /proc/uptime) + LOAD_SECONDS))
	stress-ng --quiet --timeout "$LOAD_SECONDS" --cpu 3 --fork 2 --switch 2 --nanosleep 2 --yield 2 \
		--affinity 2 --nice 1 &
	load=$!
	fifo_neighbour &
	fifo=$!
	chrt -f -p 10 $fifo
	unsteady &
	unsteady=$!
	mixed_status=0
	hackbench -g 2 -l 100 >/dev/null || mixed_status=1
	wait $load || mixed_status=$?
	wait $fifo || mixed_status=$?
	wait $unsteady || mixed_status=$?
	remove_cgroups || mixed_status=$?
	return $mixed_status
}

test_attach()
{
	check "--check attaches and detaches" "$SCHED" --check
	check "the kernel's scheduler is back after --check" is_kernel_scheduler
	check "attaches" start --stats 0.5 "$@"
	run "$SCHED"
	check_equal "a second one refuses" \
		"1 $SCHED: another scheduler is active: $OPS; stop it first" "$STATUS $OUTPUT"
}

# is_followed NUMBER: that many attachments since the guest's boot, and the scheduler is in charge
is_followed()
{
	[ "$(cat "$SCX/enable_seq")" -gt "$1" ] && is_scheduler "$OPS"
}

# says_why COMMAND...: shows what the scheduler said last if COMMAND fails
says_why()
{
	"$@" && return
	tail -n 20 out
	return 1
}

test_load()
{
	enabled=$(cat "$SCX/enable_seq") rejected=$(cat "$SCX/nr_rejected")
	check "mixed load" mixed_load
	check_equal "in charge after the load, attached once, nothing rejected" \
		"$OPS $enabled $rejected" \
		"$(scx_ops) $(cat "$SCX/enable_seq") $(cat "$SCX/nr_rejected")"
	check "its statistics count" test "$(tr ' ' '\n' <out | grep -c '=[1-9]')" -gt 0
	timeout --signal=TERM 1.5 "$SCHED" --monitor 0.2 >monitor
	check "--monitor from another process" grep -q '=[0-9]' monitor
	timeout --signal=TERM 1.5 "$SCHED" --monitor 0.2 --json >monitor.json
	check "--monitor --json" grep -q '^{"[a-z0-9_]*":[0-9].*}$' monitor.json
}

test_hotplug()
{
	for online in 0 1; do
		seq=$(cat "$SCX/enable_seq")
		echo $online >$CPU1
		[ "${HOTPLUG-restart}" != restart ] || check "attached again after cpu1 online=$online" \
			says_why wait_until 20 is_followed "$seq"
	done
	for toggle in $(seq "$TOGGLES"); do
		echo $(((toggle + 1) % 2)) >$CPU1
	done
	check "in charge after a storm of $TOGGLES toggles" \
		says_why wait_until 60 is_scheduler "$OPS"
	check "the same process all the time" kill -0 "$SCHEDULER"
}

test_ends()
{
	stop KILL
	check "SIGKILL: the kernel's scheduler is back" wait_until 20 is_kernel_scheduler
	check "attaches after that" start "$@"
	stop TERM
	check_equal "SIGTERM: status and state" "0 disabled" "$STATUS $(scx_state)"
}

test_other_ends()
{
	for signal in INT HUP; do
		# a shell's background jobs ignore SIGINT, the scheduler takes it again
		check "attaches for SIG$signal" start "$@"
		stop $signal
		check_equal "SIG$signal: status and state" "0 disabled" "$STATUS $(scx_state)"
	done
	check "attaches for SysRq-S" start "$@"
	echo S >/proc/sysrq-trigger
	STATUS=0
	wait "$SCHEDULER" || STATUS=$?
	check_equal "SysRq-S: status and reason" "0 $SCHED: ended: disabled by sysrq-S" "$STATUS $(cat out)"
}

test_common_options()
{
	check "attaches with -v" start -v "$@"
	stop TERM
	check_match "-v says more" '*ending*' "$(cat out)"
	check "attaches with --partial" start --partial "$@"
	check_equal "--partial: the rest stays with the kernel's scheduler" 0 "$(cat "$SCX/switch_all")"
	stop TERM
	attaches --dump-len 4096 "$@"
	attaches --dump-len 16777216 "$@"
	run setpriv --reuid 65534 --regid 65534 --clear-groups "$SCHED"
	check_equal "not root" "1 $SCHED: $SCHED must be run as root" "$STATUS $OUTPUT"
}

# In a quick run what is the run-time's part is seen with one scheduler, and policy on one kernel:
# on the others the test ends here.
test_life()
{
	section attach
	test_attach "$@"
	section load
	test_load
	section hotplug
	test_hotplug
	section ends
	test_ends "$@"
	if [ "$QUICK" = no ] || [ "$SCHED" = scx_simple ]; then
		test_other_ends "$@"
		section options
		test_common_options "$@"
	fi
	[ "$QUICK" = no ] || [ "$KERNEL" = current ] || exit 0
	section policy
}
