#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The way of the product: install, configure, enable, reboot; the kernel has the scheduler. Then
# what upgrade, removal and purge do on a machine that runs.
#
# kernels: current
# packages: none
# limit: 240

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

UNIT=aios-scx_simple.service

is_active()
{
	systemctl --quiet is-active "$1"
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
	check_equal "installed disabled" disabled "$(systemctl is-enabled aios-loader)"
	check_equal "installed stopped" inactive "$(systemctl is-active aios-loader)"
	check_equal "installing changes no scheduler" disabled "$(scx_state)"
	check_equal "conffile is all comments" "" "$(grep -v '^#' /etc/aios/default.toml | tr -d '\n')"
	check "enable and start with the vendor's configuration alone" systemctl start aios-loader
	check_equal "nothing is configured, nothing is loaded" "disabled active" \
		"$(scx_state) $(systemctl is-active aios-loader)"
	check_match "and status says so" "the kernel's own scheduler is in use" "$(systemctl show -P StatusText aios-loader)"
	echo 'default_sched = "scx_simple"' >/etc/aios/default.toml
	check "aios-loader --check" aios-loader --check
	check "systemctl enable" systemctl enable aios-loader
	reboot_guest
}

# multi-user.target, and with it the login, does not wait for the scheduler; this test began then.
after_reboot()
{
	check_equal "the login does not wait for the scheduler" "" \
		"$(systemctl show -P After multi-user.target | tr ' ' '\n' | grep aios)"
	check "applied at boot" wait_until 60 is_active aios-loader
	check_equal "state, ops" "enabled simple" "$(scx_state) $(cat "$SCX/root/ops")"
	check "aios-loader is active" is_active aios-loader
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
	check_equal "still enabled" enabled "$(systemctl is-enabled aios-loader)"
	systemctl stop aios-loader
	check "the same while stopped" install --reinstall ./aios-loader.deb ./aios-schedulers.deb
	check_equal "what was stopped stays stopped" "inactive disabled" \
		"$(systemctl is-active aios-loader) $(scx_state)"
	check "systemctl start" systemctl start aios-loader
}

stop()
{
	check "running before systemctl stop" is_scheduler simple
	check "systemctl stop" systemctl stop aios-loader
	check_equal "the kernel's scheduler is back" disabled "$(scx_state)"
	check_equal "no unit is left" "" "$(systemctl list-units --all --plain --no-legend 'aios-scx_*')"
	check "systemctl start" systemctl start aios-loader
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
	check "apt-get purge" apt-get -q -y -o Dpkg::Use-Pty=0 purge aios-loader aios-schedulers \
		aios-schedulers-doc
	system_files >"$KEEP/after"
	check "purge leaves nothing" diff "$KEEP/before" "$KEEP/after"
}

case $PHASE in
1) set_up ;;
2)
	after_reboot
	stop
	upgrade
	remove
	;;
esac
