#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# aios-loader while things happen around it: many clients at once, calls that make no sense, CPUs
# that come and go.
#
# Each switch patches the kernel's code, and qemu, emulating several CPUs at a time, now and then
# goes on with what was there before (an oops, int3): here it has one CPU at a time.
#
# kernels: current
# clock: instructions
# limit: 500

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
# shellcheck source-path=SCRIPTDIR source=bus.sh
. "${0%/*}/bus.sh"

CLIENTS=8
CLIENT_SECONDS=$(amount 60 20)
CLIENT_CALLS=$(amount 8 2)
STRANGE_CALLS=$(amount 100 20)

# client NR: calls whatever comes next for a while; each call is answered, one way or another.
# busctl fails with "timed out" if one is not.
client()
{
	client_end=$(($(cut -d. -f1 /proc/uptime) + CLIENT_SECONDS))
	client_round=$1
	while [ "$(cut -d. -f1 /proc/uptime)" -lt $client_end ]; do
		client_round=$((client_round + 1))
		case $((client_round % 8)) in
		0 | 4) loader SwitchScheduler su scx_prev 0 ;;
		1) loader SwitchScheduler su scx_simple 1 ;;
		2) loader StopScheduler ;;
		3) loader StartScheduler su scx_simple 0 ;;
		5) loader RestartScheduler ;;
		6) loader HoldScheduler suss scx_simple 3 "for a moment" "client $1" ;;
		7) busctl call org.scx.Loader /org/scx/Loader org.freedesktop.DBus.Properties GetAll s org.scx.Loader ;;
		esac
		echo "$1 $client_round"
	done >"client-$1" 2>&1
}

all_clients()
{
	pids=
	for nr in $(seq $CLIENTS); do
		client "$nr" &
		pids="$pids $!"
	done
	# shellcheck disable=SC2086 # words
	wait $pids
}

test_clients()
{
	check "starts" loader StartScheduler su scx_simple 0
	pid=$(loader_pid)
	all_clients
	check_equal "$CLIENTS clients at once: every call was answered" "" "$(grep -h -i 'timed out' client-*)"
	for nr in $(seq $CLIENTS); do
		check "client $nr has made many calls" test "$(grep -c "^$nr [0-9]*$" "client-$nr")" -ge "$CLIENT_CALLS"
	done
	check_equal "no hold is left" 'a(ususs) 0' "$(property org.scx.Loader ActiveHolds)"
	check "and then one more" loader SwitchScheduler su scx_prev 2
	check_equal "is what runs" 's "scx_prev" u 2 as 0 prev' "$(current)"
	check "and nothing else does" wait_until 10 is_only scx_prev
	check_equal "the loader is the same" "$pid" "$(loader_pid)"
}

methods()
{
	for interface in org.scx.Loader org.aios.Loader1; do
		busctl introspect org.scx.Loader /org/scx/Loader $interface |
			awk -v interface=$interface '$2 == "method" { sub(/^\./, "", $1); print interface, $1, $3 }'
	done
}

# strange COUNT: calls of all methods with values at random, as busctl's words for eval. One of
# eight has arguments of another method.
strange()
{
	methods | awk -v count="$1" '
		function pick(from) { return word[from, int(rand() * size[from])] }
		function value(type) {
			if (substr(type, 1, 1) != "a")
				return pick(type)
			list = ""
			nr = int(rand() * 4)
			for (item = 0; item < nr; item++)
				list = list " " pick(substr(type, 2))
			return nr list
		}
		function values(types, text) {
			while (types != "" && types != "-") {
				length_of = substr(types, 1, 1) == "a" ? 2 : 1
				text = text " " value(substr(types, 1, length_of))
				types = substr(types, length_of + 1)
			}
			return text
		}
		BEGIN {
			srand(1)
			for (long = "x"; length(long) < 20000;)
				long = long long
			size["s"] = split("scx_simple|scx_prev|simple|scx_nosuch|\47\47|\47 \47|../../bin/sh|/bin/sh|" \
				"\47%s%n\47|\47a\tb\47|\47\303\251\360\237\220\247\47|--help|-v|\47\033[31m\47|" long, part, "|")
			for (i = 1; i <= size["s"]; i++)
				word["s", i - 1] = part[i]
			size["u"] = split("0 1 2 4 5 255 65536 2147483648 4294967295", part, " ")
			for (i = 1; i <= size["u"]; i++)
				word["u", i - 1] = part[i]
		}
		{ interface[NR - 1] = $1; member[NR - 1] = $2; types[NR - 1] = $3 }
		END {
			for (call = 0; call < count; call++) {
				i = call % NR
				given = types[rand() < 0.125 ? int(rand() * NR) : i]
				print interface[i], member[i], (given == "-" ? "" : given values(given))
			}
		}'
}

test_strange_calls()
{
	pid=$(loader_pid)
	strange "$STRANGE_CALLS" >calls
	check_equal "calls that make no sense" "$STRANGE_CALLS" "$(grep -c '^org\.' calls)"
	while IFS= read -r call; do
		eval "busctl call --timeout=60 -- org.scx.Loader /org/scx/Loader $call" 2>&1
	done <calls >answers
	check "some were understood" grep -q '^s "' answers
	check "some were refused" grep -q 'Call failed: ' answers
	check_equal "all were answered" "" "$(grep -i 'timed out\|connection\|disconnected' answers)"
	check_equal "the loader is the same" "$pid" "$(loader_pid)"
	check_equal "no hold is left" 'a(ususs) 0' "$(property org.scx.Loader ActiveHolds)"
	check "and it does what it is told" loader SwitchScheduler su scx_prev 2
	check_equal "as ever" 's "scx_prev" u 2 as 0 prev' "$(current)"
}

toggle_cpus()
{
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		echo 0 >/sys/devices/system/cpu/cpu1/online || return 1
		echo 1 >/sys/devices/system/cpu/cpu1/online || return 1
	done
}

test_hotplug()
{
	pid=$(systemctl show -P MainPID aios-scx_prev)
	check "a storm of 20 toggles" toggle_cpus
	check "the scheduler comes back" wait_until 60 is_scheduler prev
	check_equal "by itself" "$pid" "$(systemctl show -P MainPID aios-scx_prev)"
	check_equal "and the loader has seen no failure" 's "[]"' "$(own Failures)"
}

test_clients
test_strange_calls
test_hotplug
