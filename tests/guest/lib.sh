# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Library of the tests that need a machine: real kernel, real systemd, real packages.
#
# A guest test is an executable tests/guest/NAME.sh (POSIX sh, run as root in the guest) that
# begins with
#
#	#!/bin/sh
#	# SPDX-License-Identifier: GPL-2.0-only
#	# kernels: current
#	# ...further declarations, see below...
#	# shellcheck source=tests/guest/lib.sh
#	. "${0%/*}/lib.sh"
#
# and reports with the functions of this file. Declarations, each a comment line of its own
# before the first command:
#
#	# kernels: LABEL...     where it runs, once for each:
#	#                         current  Debian's newest kernel with sched_ext (trixie-backports)
#	#                         6.18     a 6.18 kernel, while the archive has one
#	#                         6.12     6.12 with sched_ext, if AIOS_KERNELS has one
#	#                         all      current 6.18 6.12 (first, "all no-scx" is every kernel)
#	#                         no-scx   Debian's 6.12, which has no sched_ext
#	#                       Default: current. A kernel that is not there is a skip.
#	# boot: own             a fresh disk and boot for this test alone. Default: tests of one
#	#                       kernel share a boot, in the order of their names.
#	# packages: none        the packages are not installed when the test begins; implies
#	#                       boot: own. Default: installed with apt-get, nothing enabled.
#	# limit: SECONDS        time for one phase of the test; default 120.
#	# cpus: SMP             the machine's CPUs, as qemu's -smp has them; default 2
#	# nodes: CPUS...        a NUMA node for each list of CPUs (0-3 4-7); default none
#	# append: PARAMETER...  what is added to the kernel's command line
#	# clock: instructions   without KVM, time is counted in instructions and one CPU runs after
#	#                         the other, up to 2 ms each. The default of figures.
#	# clock: turns          the same in turns of 0.1 ms for all CPUs together, for what is measured
#	#                         in less than that: this takes longer.
#	                       Tests share a boot only if they agree in these four.
#
# A test called figure_NAME.sh is of the suite figures: it measures. What it finds it prints in
# lines "figure: WHAT VALUE (bar BAR)". Without KVM its time is counted in instructions, unless it
# says
#
#	# clock: real           what is measured are times: the guest is alone on this machine.
#
# What a test finds: packages of this build in $PACKAGES (no debug symbols), the kernel's label
# in $KERNEL, the programs of tests/guest/meson.build in PATH, an empty scratch directory as current
# directory, no scheduler loaded, aios-loader neither enabled nor running, /etc/aios as installed,
# and in $QUICK whether much is to be left out (yes or no), see tests/run --quick and amount. The
# runner restores that state after each test that shares its boot, and reports a test that leaves
# the kernel's own scheduler not in charge even then.
#
# A test may reboot the guest: `reboot_guest` does not return, and the test is started again with
# PHASE one higher (the first is 1). Files below /var/lib/aios-guest/keep survive.
#
# A test passes if it reports no failure, ends with exit status 0 and leaves no oops or warning
# in the kernel's log. Whatever else it prints is shown when it fails.
#
# Reports, as lines on the second serial port (the first is the console):
#	@@boot RELEASE  @@begin NAME  @@section NAME  @@ok SECONDS CHECK  @@fail SECONDS CHECK  @@skip CHECK: REASON
#	@@end NAME STATUS  @@crash NAME [again]  @@off

PACKAGES=/payload/packages
KEEP=/var/lib/aios-guest/keep
QUICK=${QUICK-no}
SCX=/sys/kernel/sched_ext

# amount ALL QUICK: how much of long work there is to be
amount()
{
	if [ "$QUICK" = no ]; then echo "$1"; else echo "$2"; fi
}

# Seconds since boot; the clock of the reports.
now()
{
	cut -d' ' -f1 /proc/uptime
}

CHECK_BEGIN=$(now)
CHECK_OUTPUT=$(mktemp)

# report WHAT TEXT: the time counts from the last report. The leading newline ends what a
# program may have left unfinished.
report()
{
	report_end=$(now)
	printf '\n@@%s %s %s\n' "$1" "$(echo "$report_end $CHECK_BEGIN" | awk '{ printf "%.1f", $1 - $2 }')" "$2"
	CHECK_BEGIN=$report_end
}

ok()
{
	report ok "$1"
}

# fail NAME [DETAIL]
fail()
{
	[ -z "${2-}" ] || printf '%s\n' "$2"
	report fail "$1"
}

# skip NAME REASON
skip()
{
	printf '\n@@skip %s: %s\n' "$1" "$2"
}

# section NAME: what the checks from here on are about; the table of results has a column for it
section()
{
	printf '\n@@section %s\n' "$1"
}

# scheduler_list BEFORE BEHIND [WITHOUT]: the installed schedulers as messages name them, separated
# by commas, each between two texts; the list is dpkg's, not the loader's
scheduler_list()
{
	dpkg -L aios-schedulers | sed -n 's,^/usr/bin/scx_,,p' | sort | grep -vx "${3-}" |
		awk -v ORS= -v before="$1" -v behind="$2" '{ print (NR > 1 ? ", " : "") before $0 behind }'
}

# check NAME COMMAND...: one result. Status 77 is a skip, its reason the last line of the output.
# COMMAND may be a function: it runs in this shell, and what it sets or starts remains.
check()
{
	check_name=$1
	shift
	check_status=0
	"$@" >"$CHECK_OUTPUT" 2>&1 || check_status=$?
	case $check_status in
	0) ok "$check_name" ;;
	77) skip "$check_name" "$(tail -n 1 "$CHECK_OUTPUT")" ;;
	*) fail "$check_name" "$(cat "$CHECK_OUTPUT")
(status $check_status: $*)" ;;
	esac
}

# check_equal NAME EXPECTED ACTUAL
check_equal()
{
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		fail "$1" "expected: $2
   found: $3"
	fi
}

# check_match NAME PATTERN TEXT: PATTERN is a shell pattern for the whole of TEXT
check_match()
{
	# shellcheck disable=SC2254 # the pattern is meant to be one
	case $3 in
	$2) ok "$1" ;;
	*) fail "$1" "expected: $2
   found: $3" ;;
	esac
}

# run COMMAND...: output and exit status of a command that may fail, as $OUTPUT and $STATUS
# shellcheck disable=SC2034 # for the caller
run()
{
	STATUS=0
	OUTPUT=$("$@" 2>&1) || STATUS=$?
}

# wait_until SECONDS COMMAND...: until COMMAND succeeds; fails when the time is over. The kernel
# announces changes of its scheduler nowhere, so this looks again and again.
wait_until()
{
	wait_end=$(($(cut -d. -f1 /proc/uptime) + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$(cut -d. -f1 /proc/uptime)" -lt "$wait_end" ] || return 1
		sleep 0.1
	done
}

scx_state()
{
	cat "$SCX/state" 2>/dev/null || echo none
}

# Name of the scheduler in charge, or nothing: some kernels keep the name of the last one.
scx_ops()
{
	[ "$(scx_state)" = enabled ] && cat "$SCX/root/ops" 2>/dev/null
}

# is_scheduler NAME: NAME, as in root/ops, is in charge
is_scheduler()
{
	[ "$(scx_ops)" = "$1" ]
}

# The kernel's own scheduler is in charge.
is_kernel_scheduler()
{
	case $(scx_state) in
	disabled | none) ;;
	*) return 1 ;;
	esac
}

# set_ext PID: gives it the policy SCHED_EXT; fails with the errno
set_ext()
{
	perl -e '$pid = $ARGV[0] + 0; $priority = pack("i", 0);
		exit(syscall(144, $pid, 7, $priority) ? $! + 0 : 0)' "$1"
}

# Reboot, and go on with PHASE one higher.
reboot_guest()
{
	mkdir -p "$KEEP"
	: >"${KEEP%/*}/reboot"
	exit 0
}

# install_packages: as a user would, from files and without a network
install_packages()
{
	apt-get -q -y -o Dpkg::Use-Pty=0 install "$PACKAGES"/*.deb
}

# Everything as after the installation; called by the runner between tests that share a boot.
reset_guest()
{
	if [ -e /usr/lib/systemd/system/aios-loader.service ]; then
		systemctl disable --now aios-loader.service
	fi
	systemctl stop 'aios-scx_*.service'
	for reset_pid in $(pgrep '^scx_'); do
		kill "$reset_pid"
	done
	wait_until 10 is_kernel_scheduler
	systemctl reset-failed
	if [ -e /var/lib/aios-guest/etc ]; then
		rm -rf /etc/aios
		cp -a /var/lib/aios-guest/etc /etc/aios
	fi
	rm -rf /var/lib/aios
	rm -rf /etc/systemd/system/aios-loader.service.d /run/systemd/system/aios-loader.service.d
	systemctl daemon-reload
}
