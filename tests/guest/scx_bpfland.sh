#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# scx_bpfland by hand on every kernel: what all schedulers do, shares, its options, and that what
# it changes of the machine is changed back whatever happens.
#
# kernels: all
# limit: 500

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
SCHED=scx_bpfland
# shellcheck source-path=SCRIPTDIR source=scheduler.sh
. "${0%/*}/scheduler.sh"
# shellcheck source-path=SCRIPTDIR source=domain.sh
. "${0%/*}/domain.sh"

RESUME=/sys/devices/system/cpu/cpu0/power/pm_qos_resume_latency_us
RECORD=/run/scx/root/idle_resume

test_shares()
{
	check "attaches for shares" start --stats 0.5
	check_equal "scxctl get" "running Bpfland" "$(scxctl get)"
	check "nice 0 : nice 5 is 3 : 1" measures 2.7 3.35 shares 0 5
	check "counters count" test "$(counter nr_direct_dispatches)" -gt 0 \
		-a "$(counter nr_shared_dispatches)" -gt 0 -a "$(counter nr_kept)" -gt 0
	check_equal "gauges" "2 2" "$(gauge nr_cpus) $(gauge nr_primary)"
	stop TERM
}

test_idle_resume()
{
	before=$(cat $RESUME)
	check "attaches with -I 20" start -I 20
	check_equal "wakeups from idle states are limited" 20 "$(cat $RESUME)"
	stop TERM
	check_equal "and no longer after SIGTERM" "$before" "$(cat $RESUME)"
	check "attaches with -I 30" start -I 30
	stop KILL
	check "the kernel's scheduler is back" wait_until 20 is_kernel_scheduler
	check_equal "SIGKILL leaves the limit" 30 "$(cat $RESUME)"
	scx_simple >simple 2>&1 &
	simple=$!
	check "any scheduler that starts then" wait_until 30 is_scheduler simple
	check "restores it" wait_until 10 eval "[ \"\$(cat $RESUME)\" = '$before' ]"
	check "says so" grep -q 'restored how long 2 CPUs' simple
	kill $simple
	wait_until 20 is_kernel_scheduler
	check "the record is empty" test ! -s $RECORD
}

# That CPUs cannot be kept out of idle states is no reason not to schedule.
test_read_only()
{
	before=$(cat $RESUME)
	unshare --mount sh -c 'mount -o remount,bind,ro /sys && exec scx_bpfland -I 40' >out 2>&1 &
	SCHEDULER=$!
	check "attaches where /sys is read-only" wait_until 30 is_scheduler bpfland
	check_equal "and says once that idle states are as they were" 1 \
		"$(grep -c 'cannot limit how long CPU [0-9]* takes to leave an idle state: .*: Read-only file system' out)"
	check_equal "which is so" "$before" "$(cat $RESUME)"
	stop TERM
	check_equal "ends well" 0 "$STATUS"
	attaches -I 40
	check "leaves no record" test ! -s $RECORD
	check_equal "and no limit" "$before" "$(cat $RESUME)"
}

is_resume()
{
	[ "$(cat $RESUME)" = "$1" ]
}

# in the sandbox that aios-loader gives it
test_loader()
{
	before=$(cat $RESUME)
	systemctl start aios-loader
	check "scxctl starts it" scxctl start --sched bpfland --args=-I,25
	check "wakeups from idle states are limited there, too" wait_until 20 is_resume 25
	check "scxctl switches to another one" scxctl switch --sched simple
	check "and no longer are" wait_until 20 is_resume "$before"
	check "scxctl stops that" scxctl stop
	systemctl stop aios-loader
	wait_until 20 is_kernel_scheduler
}

test_profile()
{
	fake_hybrid
	check "attaches on a hybrid machine" start --stats 0.2
	check "all CPUs are primary" wait_until 10 is_primary 2
	pid=$SCHEDULER
	echo power >$cpus/cpufreq/policy0/energy_performance_preference
	check "the slow one is when power is to be saved" wait_until 20 is_primary 1
	taskset -pc 0 $$ >/dev/null
	check "light work is there" test "$(times_on 1)" -ge 15
	taskset -pc 0-1 $$ >/dev/null
	echo performance >$cpus/cpufreq/policy0/energy_performance_preference
	check "and all again later" wait_until 20 is_primary 2
	check_equal "without a restart" "$pid" "$SCHEDULER"
	check "attached all the time" is_scheduler bpfland
	stop TERM
	unset SCX_SYSFS_PREFIX
}

test_modes()
{
	fake_hybrid
	for mode in auto gaming powersave lowlatency server; do
		# shellcheck disable=SC2046 # options, in words
		check "attaches in mode $mode" start --stats 0.2 $(mode_flags $mode)
		case $mode in
		auto) auto_cuts=$(cuts) ;;
		gaming)
			check "gaming: one of the CPUs is primary" wait_until 10 is_primary 1
			check "auto: short work is cut less than in mode gaming" \
				test $((3 * auto_cuts)) -lt $((2 * $(cuts)))
			;;
		powersave)
			check "powersave: one of the CPUs is primary" wait_until 10 is_primary 1
			;;
		lowlatency)
			hog taskset -c 0
			first=$HOG
			hog taskset -c 1
			workload light 1 2
			kill "$first" "$HOG"
			check "lowlatency: wakeups take CPUs" test "$(counter nr_preemptions)" -gt 50
			;;
		server)
			hog taskset -c 0
			before=$(counter nr_direct_dispatches)
			taskset -c 0 workload light 1 2
			kill "$HOG"
			check "server: bound tasks go straight to their CPU" \
				test "$(counter nr_direct_dispatches)" -gt $((before + 100))
			;;
		esac
		stop TERM
	done
	unset SCX_SYSFS_PREFIX
}

test_throttle()
{
	# long enough that what a change costs an emulated CPU does not matter
	check "attaches with -s 10000 -t 10000" start -s 10000 -t 10000
	check "half of the time is rest" eval "workload hogs 4 4 |
		sed -n 's/^cpu_over_wall=//p' | awk '{ print; exit !(\$1 > 0.6 && \$1 < 1.4) }'"
	stop TERM
}

test_options()
{
	attaches -p -k -w -S -P -f
	attaches --disable-smt --disable-numa -m powersave -L 100
	check "attaches with what other versions knew" start -n -c 10 --disable-l2 -T --timely-gain-min 3
	check "says that it does nothing" grep -q -- '--nvcsw-max-thresh has no effect' out
	stop TERM
	refuses "--slice-us-min does not exist any more: use --slice-min-us (-L)" --slice-us-min 500
	refuses "unexpected argument '500' (-S takes no value any more: see --slice-min-us); try 'scx_bpfland --help'" -S 500
	refuses "--slice-min-us: 2000 is more than --slice-us, which is 1000" -L 2000
	refuses "--slice-us-lag: '-5' is not a number from 0 to 1000000" -l -5
}

test_life -s 1000
test_shares
test_light_tasks 0
test_light_domain
refuses_domains
test_idle_resume
test_read_only
test_loader
test_profile
test_modes
test_throttle
test_preemption 100 -e 2000 -s 20000
test_options
