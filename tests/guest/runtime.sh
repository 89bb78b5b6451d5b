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

# is_waiting: the process waits for a signal, with its BPF programs loaded
is_waiting()
{
	[ "$(awk '$1 == "State:" { print $2 }' "/proc/$STANDBY/status")" = S ] &&
		find "/proc/$STANDBY/fd" -lname '*bpf-prog*' | grep -q .
}

stand_by()
{
	scx_prev --standby >standby 2>&1 &
	STANDBY=$!
	wait_until 30 is_waiting
}

end_standby()
{
	STATUS=0
	kill "-$1" "$STANDBY"
	wait "$STANDBY" || STATUS=$?
}

test_standby()
{
	check "attaches beside one that stands by" start
	check "stands by" stand_by
	check_equal "while it stands by, the other schedules" "$OPS" "$(scx_ops)"
	end_standby TERM
	check_equal "told to end while it stands by" "0 " "$STATUS $(cat standby)"
	check "stands by again" stand_by
	end_standby USR1
	check_equal "told to attach too early" \
		"1 scx_prev: another scheduler is active: $OPS; stop it first" "$STATUS $(cat standby)"
	check "stands by once more" stand_by
	stop TERM
	kill -USR1 "$STANDBY"
	check "is told to attach, and schedules" wait_until 10 is_scheduler prev
	seq=$(cat "$SCX/enable_seq")
	echo 0 >"$CPU1"
	check "attaches again at once when a CPU goes" wait_until 20 \
		eval '[ "$(cat "$SCX/enable_seq")" -gt '"$seq"' ] && is_scheduler prev'
	echo 1 >"$CPU1"
	check "and when it comes back" wait_until 20 \
		eval '[ "$(cat "$SCX/enable_seq")" -gt '"$((seq + 1))"' ] && is_scheduler prev'
	end_standby TERM
	check_equal "ends well" 0 "$STATUS"
}

test_socket
test_standby
test_deaf_reader
test_hidden_cpus
