#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Who follows how much power the machine is to spend, and the services that say so: aios-loader's
# modes and the primary domain of scx_bpfland; power-profiles-daemon, UPower on a machine with a
# battery, and tuned-ppd, which takes the place of the first. The services are the real ones; the
# battery is a file (umockdev), as the kernels of virtual machines know of none.
#
# kernels: current
# clock: instructions
# boot: own
# limit: 600

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
# shellcheck source-path=SCRIPTDIR source=bus.sh
. "${0%/*}/bus.sh"
SCHED=scx_bpfland
# shellcheck source-path=SCRIPTDIR source=scheduler.sh
. "${0%/*}/scheduler.sh"
# shellcheck source-path=SCRIPTDIR source=domain.sh
. "${0%/*}/domain.sh"

PROFILES=org.freedesktop.UPower.PowerProfiles
UNITS=/run/systemd/system
BATTERY=/run/battery

# is_mode NUMBER
is_mode()
{
	[ "$(property org.scx.Loader SchedulerMode)" = "u $1" ]
}

# is_profile NAME: as the loader has it
is_profile()
{
	[ "$(property org.aios.Loader1 PowerProfile)" = "s \"$1\"" ]
}

profile()
{
	busctl set-property $PROFILES /org/freedesktop/UPower/PowerProfiles $PROFILES ActiveProfile s "$1"
}

# extend UNIT LINE...: of the section Service
extend()
{
	extended=$UNITS/$1.service.d
	shift
	mkdir -p "$extended"
	{
		echo '[Service]'
		printf '%s\n' "$@"
	} >"$extended/test.conf"
	systemctl daemon-reload
}

# A virtual machine has no performance profile of its own: the daemon's driver for tests has all.
start_profiles()
{
	extend power-profiles-daemon Environment=POWER_PROFILE_DAEMON_FAKE_DRIVER=1
	systemctl start power-profiles-daemon
}

configure()
{
	{
		echo 'default_sched = "scx_simple"'
		echo '[profiles]'
		echo 'enabled = true'
		printf '%s\n' "$@"
	} >/etc/aios/default.toml
	check "Reload" own Reload
	check "the default" loader RestoreDefault
}

test_power_profiles_daemon()
{
	configure 'power_saver = "PowerSave"' 'performance = "Gaming"'
	check_equal "the loader starts no profile daemon" "inactive s \"none\"" \
		"$(systemctl is-active power-profiles-daemon) $(property org.aios.Loader1 PowerProfile)"
	check "power-profiles-daemon comes" start_profiles
	check "and is heard" wait_until 20 is_profile balanced
	check "its profile without a mode changes nothing" is_mode 0
	check "power-saver" profile power-saver
	check "is PowerSave mode" wait_until 20 is_mode 2
	check_equal "because of the profile" 's "profile"' "$(property org.aios.Loader1 Source)"
	check "a user goes before it" loader SwitchScheduler su scx_simple 4
	check "and has the mode" is_mode 4
	check "performance" profile performance
	check "is Gaming mode" wait_until 20 is_mode 1
	check "StopScheduler" loader StopScheduler
	check "power-saver again" profile power-saver
	check "is heard" wait_until 20 is_profile power-saver
	check_equal "starts nothing that was stopped" disabled "$(sleep 1; scx_state)"
	check "power-profiles-daemon goes" systemctl stop power-profiles-daemon
	check "and with it the profile" wait_until 20 is_profile none
}

# Without a frequency driver that says how much power is to be spent, the service is asked.
test_domain()
{
	fake_hybrid
	rm "$cpus/cpufreq/policy0/energy_performance_preference"
	check "scx_bpfland on a hybrid machine" start --stats 0.2
	check "all CPUs are primary" wait_until 10 is_primary 2
	check "power-profiles-daemon comes" start_profiles
	check "power-saver" profile power-saver
	check "the slow CPU is primary" wait_until 20 is_primary 1
	check "balanced" profile balanced
	check "all are" wait_until 20 is_primary 2
	check "power-saver again" profile power-saver
	check "one is" wait_until 20 is_primary 1
	check "power-profiles-daemon goes" systemctl stop power-profiles-daemon
	check "all are" wait_until 20 is_primary 2
	check "attached all the time" is_scheduler bpfland
	stop TERM
	unset SCX_SYSFS_PREFIX
}

# file_battery STATUS: what upowerd is to find below /sys
file_battery()
{
	printf '%s\n' 'P: /devices/BAT0' 'E: SUBSYSTEM=power_supply' 'E: POWER_SUPPLY_NAME=BAT0' \
		'E: POWER_SUPPLY_TYPE=Battery' 'A: type=Battery' 'A: present=1' "A: status=$1" \
		'A: energy_full=60000000' 'A: energy_full_design=60000000' 'A: energy_now=48000000' \
		'A: voltage_now=12000000' 'A: power_now=10000000' >$BATTERY
}

start_upower()
{
	extend upower ExecStart= "ExecStart=umockdev-run --device=$BATTERY -- /usr/libexec/upowerd"
	systemctl unmask --quiet --runtime upower
	systemctl start upower
}

# battery_is STATUS: of the one the running upowerd has, which looks at it twice a minute
battery_is()
{
	upowerd=$(pgrep -x upowerd)
	below=$(tr '\0' '\n' <"/proc/$upowerd/environ" | sed -n 's/^UMOCKDEV_DIR=//p')
	echo "$1" >"/proc/$upowerd/root$below/sys/devices/BAT0/status"
}

test_upower()
{
	configure 'battery = "PowerSave"' 'ac = "Gaming"' 'power_saver = "LowLatency"'
	check "the mode of the configuration" is_mode 0
	file_battery Charging
	check "UPower comes" start_upower
	check "and is heard" wait_until 20 is_profile ac
	check "mains is Gaming mode" wait_until 20 is_mode 1
	check "off the mains" battery_is Discharging
	check "is heard" wait_until 60 is_profile battery
	check "is PowerSave mode" wait_until 20 is_mode 2
	check "scxctl says so" eval "scxctl status | grep -qx 'power profile: battery'"
	check "power-profiles-daemon comes, as it was left" start_profiles
	check "and is believed before UPower" wait_until 20 is_profile power-saver
	check "with its mode" wait_until 20 is_mode 3
	check "power-profiles-daemon goes" systemctl stop power-profiles-daemon
	check "and UPower is believed again" wait_until 20 is_profile battery
	check "with its mode" wait_until 20 is_mode 2
	check "UPower goes, for good: tuned-ppd would start it" systemctl mask --quiet --runtime --now upower
	check "and with it the profile" wait_until 20 is_profile none
}

install_tuned()
{
	dpkg --remove power-profiles-daemon
	dpkg --install /var/lib/aios-guest/packages/*.deb
	systemctl start tuned-ppd
}

test_tuned()
{
	configure 'power_saver = "PowerSave"' 'performance = "Gaming"'
	check "tuned-ppd takes the place of power-profiles-daemon" install_tuned
	check "and is heard" wait_until 20 is_profile balanced
	check "power-saver" profile power-saver
	check "is PowerSave mode" wait_until 20 is_mode 2
	check "performance" profile performance
	check "is Gaming mode" wait_until 20 is_mode 1
	check "a profile of tuned that is none of the three" tuned-adm profile latency-performance
	check "says nothing" wait_until 20 is_profile none
	check "power-saver again" profile power-saver
	check "is PowerSave mode again" wait_until 20 is_mode 2
	check "tuned-ppd goes" systemctl stop tuned-ppd
	check "and with it the profile" wait_until 20 is_profile none
}

systemctl mask --quiet --runtime upower
systemctl start aios-loader
test_power_profiles_daemon
check "StopScheduler" loader StopScheduler
systemctl stop aios-loader
test_domain
systemctl start aios-loader
test_upower
test_tuned
