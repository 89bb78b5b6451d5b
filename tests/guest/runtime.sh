#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What can go wrong around a scheduler without being a reason to stop: places for its statistics
# that are taken, readers that do not read, a machine that does not show its CPUs.
#
# kernels: current

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
SCHED=scx_simple
# shellcheck source-path=SCRIPTDIR source=scheduler.sh
. "${0%/*}/scheduler.sh"

SOCKET=/run/scx/root/stats

# goes_on NAME MESSAGE: it starts, says MESSAGE and nothing else, schedules, and ends well
goes_on()
{
	check "$1: attaches" start
	check "$1: schedules" workload hogs 3 1
	check_equal "$1: is in charge" "$OPS" "$(scx_ops)"
	stop TERM
	check_equal "$1: ends well, and says why" "0 $SCHED: $2" "$STATUS $(cat out)"
}

test_socket()
{
	rm -rf /run/scx
	mkdir -p $SOCKET
	goes_on "a directory for the socket" "no statistics for other programs at $SOCKET: it exists and is not a socket"
	check "the directory is still there" test -d $SOCKET
	rm -rf /run/scx
	: >/run/scx
	goes_on "a file for its directory" "no statistics for other programs at $SOCKET: Not a directory"
	check "the file is still there" test -f /run/scx
	rm /run/scx
}

# Asks again and again, and lets the answers lie; a line when it has been cut off.
ask_without_reading()
{
	timeout 60 perl -MIO::Socket::UNIX -e '$SIG{PIPE} = "IGNORE";
		$s = IO::Socket::UNIX->new($ARGV[0]) or die "connect: $!\n";
		$request = qq({"req":"stats","args":{"target":"top"}}\n);
		1 while syswrite $s, $request;
		print "cut off\n"' "$SOCKET"
}

test_deaf_reader()
{
	check "attaches for a reader" start
	check_equal "who never reads is cut off" "cut off" "$(ask_without_reading 2>&1)"
	timeout --signal=TERM 3 "$SCHED" --monitor 0.5 >monitor
	check "others get their answers" grep -q '=[0-9]' monitor
	check_equal "the scheduler goes on" "$OPS" "$(scx_ops)"
	stop TERM
	check_equal "and ends well" "0 " "$STATUS $(cat out)"
}

test_hidden_cpus()
{
	mount -t tmpfs tmpfs /sys/devices/system/cpu
	goes_on "no CPUs in /sys" \
		"cannot read which CPUs are online below /sys/devices/system/cpu: No such file or directory; taking all 2 for equal"
	umount /sys/devices/system/cpu
}

test_socket
test_deaf_reader
test_hidden_cpus
