#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The way of the product: install, configure, enable, reboot; the kernel has the scheduler. Then
# what upgrade, removal and purge do on a machine that runs.
#
# kernels: current
# packages: none
# limit: 300

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

UNIT=aios-scx_simple.service

is_active()
{
	systemctl --quiet is-active "$1"
}

# both_are VERB: what systemctl says of the service by each of its names; scripts written for
# scx_loader compare the text. scx_loader is the first to stop and the last to start; `systemctl stop
# scx_loader` does not wait for aios-loader, nor `systemctl start aios-loader` for scx_loader.
both_are()
{
	systemctl "$1" aios-loader.service scx_loader.service | paste -sd ' '
}

# What the system has outside of logs, caches and the package manager's own records.
system_files()
{
	find /etc /usr /var/lib /run/systemd \( -path /var/lib/dpkg -o -path /var/lib/apt -o -path /var/lib/systemd \
		-o -path /var/lib/aios-guest -o -path /run/systemd -o -path /etc/ld.so.cache \) -prune -o -print | sort
}

# systemd says so itself, for a command line other than that of this boot.
is_kept_off()
{
	systemd-analyze condition --unit=aios-loader.service &&
		! SYSTEMD_PROC_CMDLINE="quiet aios.enable=0" systemd-analyze condition --unit=aios-loader.service
}

set_up()
{
	system_files >"$KEEP/before"
	check "apt-get install" install_packages
	check_equal "installed disabled" "disabled disabled" "$(both_are is-enabled)"
	check_equal "installed stopped" "inactive inactive" "$(both_are is-active)"
	check_equal "installing changes no scheduler" disabled "$(scx_state)"
	check_equal "conffile is all comments" "" "$(grep -v '^#' /etc/aios/default.toml | tr -d '\n')"
	check "enable and start with the vendor's configuration alone" systemctl start aios-loader
	check_equal "nothing is configured, nothing is loaded" "disabled active" \
		"$(scx_state) $(systemctl is-active aios-loader)"
	check_match "and status says so" "the kernel's own scheduler is in use" "$(systemctl show -P StatusText aios-loader)"
	echo 'default_sched = "scx_simple"' >/etc/aios/default.toml
	check "aios-loader --check" aios-loader --check
	check "systemctl enable" systemctl enable aios-loader
	check_equal "is enabled by both names" "enabled enabled" "$(both_are is-enabled)"
	reboot_guest
}

# multi-user.target, and with it the login, does not wait for the scheduler; this test began then.
after_reboot()
{
	check_equal "the login does not wait for the scheduler" "" \
		"$(systemctl show -P After multi-user.target | tr ' ' '\n' | grep -e aios -e scx)"
	check "applied at boot" wait_until 60 is_active aios-loader
	check_equal "state, ops" "enabled simple" "$(scx_state) $(cat "$SCX/root/ops")"
	check "aios-loader is active" is_active aios-loader
	check "by both names" wait_until 20 is_active scx_loader
	check "the scheduler has a unit of its own" is_active "$UNIT"
	check_equal "scxctl get" "running Simple in Auto mode" "$(scxctl get)"
	check_equal "scxctl get as anybody" "running Simple in Auto mode" \
		"$(setpriv --reuid 65534 --regid 65534 --clear-groups scxctl get)"
	check_equal "status" "scx_simple in Auto mode is running" "$(systemctl show -P StatusText aios-loader)"
	check_equal "nothing failed at boot" "" "$(systemctl --failed --plain --no-legend)"
	check "aios.enable=0 on the kernel command line keeps it off" is_kept_off
	check_equal "the scheduler's capabilities" "cap_perfmon cap_bpf" \
		"$(systemctl show -P CapabilityBoundingSet "$UNIT")"
}

set_configuration()
{
	printf 'default_sched = "scx_simple"\n%s' "$1" >/etc/aios/default.toml
}

# Whoever knows scx_loader.service alone has all that systemctl can do.
second_name()
{
	check "systemctl disable" systemctl disable aios-loader
	check_equal "disables both names" "disabled disabled" "$(both_are is-enabled)"
	check "systemctl enable -f scx_loader" systemctl enable -f scx_loader
	check_equal "enables both names" "enabled enabled" "$(both_are is-enabled)"
	check "systemctl stop scx_loader" systemctl stop scx_loader
	check "stops the loader" wait_until 20 sh -c '[ "$(systemctl is-active aios-loader)" = inactive ]'
	check_equal "and the kernel's scheduler is back" "inactive disabled" \
		"$(systemctl is-active scx_loader) $(scx_state)"
	check "systemctl start scx_loader" systemctl start scx_loader
	check_equal "starts the loader, and the scheduler" "active active simple" \
		"$(both_are is-active) $(scx_ops)"
	loader=$(systemctl show -P MainPID aios-loader) pid=$(systemctl show -P MainPID "$UNIT")
	check "systemctl restart scx_loader" systemctl restart scx_loader
	check "restarts the loader" test "$(systemctl show -P MainPID aios-loader)" != "$loader"
	check_equal "but not the scheduler" "active active $pid" \
		"$(both_are is-active) $(systemctl show -P MainPID "$UNIT")"
	set_configuration 'default_mode = "Gaming"'
	check "systemctl reload scx_loader" systemctl reload scx_loader
	check "reloads the loader" wait_until 20 sh -c '[ "$(scxctl get)" = "running Simple in Gaming mode" ]'
	set_configuration ""
	check "systemctl reload aios-loader" systemctl reload aios-loader
	systemctl kill --signal=KILL --kill-whom=main aios-loader
	check "kill -9 of the loader: systemd starts it again" \
		wait_until 40 sh -c '[ "$(systemctl show -P NRestarts aios-loader)" -ge 1 ] && systemctl -q is-active aios-loader'
	check_equal "and both names are active" "active active" "$(both_are is-active)"
}

install()
{
	apt-get -q -y -o Dpkg::Use-Pty=0 install "$@" </dev/null
}

# Both packages once more as ./NAME.deb, with a higher version
make_newer()
{
	for package in aios-loader aios-schedulers; do
		dpkg-deb -R "$PACKAGES/$package"_*.deb $package &&
			sed -i -e 's/^Version: .*/Version: 99/' -e 's/aios-loader (= [^)]*)/aios-loader (= 99)/' \
				$package/DEBIAN/control &&
			dpkg-deb -Znone -b $package $package.deb || return 1
	done
}

upgrade()
{
	pid=$(systemctl show -P MainPID "$UNIT")
	check "newer packages" make_newer
	check "apt-get install of newer packages" install ./aios-loader.deb ./aios-schedulers.deb
	check "the scheduler runs after the upgrade" wait_until 30 is_scheduler simple
	check "and is the new program" test "$(systemctl show -P MainPID "$UNIT")" != "$pid"
	check_equal "edits of /etc are kept" 'default_sched = "scx_simple"' "$(cat /etc/aios/default.toml)"
	check_equal "still enabled and active" "enabled enabled active active" \
		"$(both_are is-enabled) $(both_are is-active)"
	systemctl stop aios-loader
	check "the same while stopped" install --reinstall ./aios-loader.deb ./aios-schedulers.deb
	check_equal "what was stopped stays stopped" "inactive inactive disabled" \
		"$(both_are is-active) $(scx_state)"
	check "systemctl start" systemctl start aios-loader
}

stop()
{
	check "running before systemctl stop" is_scheduler simple
	check "systemctl stop" systemctl stop aios-loader
	check_equal "the kernel's scheduler is back" disabled "$(scx_state)"
	check_equal "no unit is left" "" "$(systemctl list-units --all --plain --no-legend 'aios-scx_*')"
	check "systemctl start" systemctl start aios-loader
	check "starts both names" wait_until 20 is_active scx_loader
}

remove()
{
	check "apt-get remove of the schedulers under a running loader" \
		apt-get -q -y -o Dpkg::Use-Pty=0 remove aios-schedulers
	check_equal "the kernel's scheduler is back without them" disabled "$(scx_state)"
	check "apt-get install of the schedulers" install ./aios-schedulers.deb
	check "systemctl restart" systemctl restart aios-loader
	check "the scheduler runs again" is_scheduler simple
	check "apt-get remove while it runs" apt-get -q -y -o Dpkg::Use-Pty=0 remove aios-loader
	check_equal "removal gives the CPUs back" disabled "$(scx_state)"
	check_equal "removal keeps /etc" 'default_sched = "scx_simple"' "$(cat /etc/aios/default.toml)"
	check "apt-get purge" apt-get -q -y -o Dpkg::Use-Pty=0 purge aios-bench aios-loader \
		aios-schedulers aios-schedulers-doc
	system_files >"$KEEP/after"
	check "purge leaves nothing" diff "$KEEP/before" "$KEEP/after"
}

case $PHASE in
1) set_up ;;
2)
	after_reboot
	second_name
	stop
	upgrade
	remove
	;;
esac
