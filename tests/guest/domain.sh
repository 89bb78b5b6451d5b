# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# What the tests of schedulers with a primary domain share; sourced after scheduler.sh.
#
# cpu_of PID           where it ran last
# times_on CPU         of 20 looks at a light task, how many find it there
# fake_hybrid          what the scheduler is told of the machine from here on: CPU 1 is half as fast
# is_primary N         so many CPUs are in the primary domain
# mode_flags MODE      what the catalog has for it
# lowlatency SCHED     how aios-bench is told of it in that mode
# cuts                 how often three tasks on CPU 0 are interrupted in 3 s, which run for 2.5 ms
#                      at a time; what stops this machine counts, too
# test_preemption LEAST OPTION...  under these options, that wakeups take CPUs from hogs, LEAST times
# test_light_domain    with a domain of one CPU, light work is there and heavy work on both
# refuses_domains      one check each: what is no primary domain

cpu_of()
{
	cut -d' ' -f39 "/proc/$1/stat"
}

times_on()
{
	workload light 1 60 >/dev/null &
	light=$!
	sleep 0.5
	task=$(pgrep -P $light)
	taskset -pc 0-1 "$task" >/dev/null
	found=0
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		sleep 0.05
		[ "$(cpu_of "$task")" -ne "$1" ] || found=$((found + 1))
	done
	kill "$task"
	echo $found
}

fake_hybrid()
{
	SCX_SYSFS_PREFIX=$PWD/fake
	export SCX_SYSFS_PREFIX
	cpus=fake/sys/devices/system/cpu
	mkdir -p fake/run $cpus/cpu0 $cpus/cpu1 $cpus/cpufreq/policy0
	echo 0-1 >$cpus/online
	echo 0-1 >$cpus/possible
	echo 1024 >$cpus/cpu0/cpu_capacity
	echo 512 >$cpus/cpu1/cpu_capacity
	echo performance >$cpus/cpufreq/policy0/energy_performance_preference
}

is_primary()
{
	[ "$(gauge nr_primary)" -eq "$1" ]
}

mode_flags()
{
	sed -n "s/^$1_mode = //p" "/usr/share/aios/scheds/$SCHED.toml" | tr -d '[]",'
}

lowlatency()
{
	SCHED=$1
	echo "$1 $(mode_flags lowlatency)"
}

cuts()
{
	taskset -c 0 workload bursts 3 3 | cut -d= -f2
}

test_light_domain()
{
	for cpu in 0 1; do
		check "attaches with -m $((cpu + 1))" start --stats 0.5 -m $((cpu + 1))
		# this shell and its programs are not to take the CPU
		taskset -pc $((1 - cpu)) $$ >/dev/null
		check "light work is on CPU $cpu" test "$(times_on $cpu)" -ge 15
		taskset -pc 0-1 $$ >/dev/null
		check_equal "one CPU is primary" 1 "$(gauge nr_primary)"
		hogs=$(workload hogs 4 3 | sed -n 's/^cpu_over_wall=\([0-9.]*\).*/\1/p')
		check "heavy work is on both ($hogs of 2)" awk "BEGIN { exit !($hogs > 1.5) }"
		stop TERM
	done
}

refuses_domains()
{
	refuses "--primary-domain: '8' names CPUs this machine does not have: its are 0 to 1" -m 8
	refuses "--primary-domain: none of the CPUs in '0' is online" -m 0
	refuses "--primary-domain: 'fast' is not one of auto, performance, powersave, turbo, all, none, or a mask of CPUs in hexadecimal" -m fast
}

test_preemption()
{
	preemption_least=$1
	shift
	check "attaches with $*" start --stats 0.5 "$@"
	hog taskset -c 0
	first=$HOG
	hog taskset -c 1
	sleep 0.5
	workload light 1 3
	kill "$first" "$HOG"
	check "wakeups take CPUs from hogs" test "$(counter nr_preemptions)" -gt "$preemption_least"
	stop TERM
}
