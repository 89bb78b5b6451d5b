#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# aios-loader on the bus, as its clients see it: every method and property, what is refused, holds,
# somebody else's scheduler, and many switches in a row.
#
# Each switch patches the kernel's code, and qemu, emulating several CPUs at a time, now and then
# goes on with what was there before (an oops, int3): here it has one CPU at a time.
#
# kernels: current
# clock: instructions
# limit: 400

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

# shellcheck source-path=SCRIPTDIR source=bus.sh
. "${0%/*}/bus.sh"

# fails NAME MESSAGE METHOD...
fails()
{
	fails_name=$1 fails_message=$2
	shift 2
	run loader "$@"
	check_equal "$fails_name" "1 Call failed: $fails_message" "$STATUS $OUTPUT"
}

introspected()
{
	busctl introspect --xml-interface org.scx.Loader /org/scx/Loader |
		sed -n "/<interface name=\"$1\">/,/<\/interface>/p"
}

test_interface()
{
	check "starts by being called" loader StartScheduler su scx_simple 1
	check_equal "and says what runs" 's "scx_simple" u 1 as 0 simple' "$(current)"
	for interface in org.scx.Loader org.aios.Loader1; do
		check_equal "$interface is what its XML says" \
			"$(sed -n '/<interface/,/<\/interface>/p' /usr/share/dbus-1/interfaces/$interface.xml)" \
			"$(introspected $interface)"
	done
	check_equal "SupportedSchedulers" \
		"as $(scheduler_list '"scx_' '"' | tr -d , | awk '{ print NF, $0 }')" \
		"$(property org.scx.Loader SupportedSchedulers)"
	check_match "DaemonGeneration" 's ":[0-9]*"' "$(property org.scx.Loader DaemonGeneration)"
	check_equal "SchedulerModes" "au 1 0" "$(loader SchedulerModes s scx_simple)"
	check_equal "SchedulerModeArgs" 'a(uas) 5 0 0 1 0 2 0 3 0 4 0' "$(loader SchedulerModeArgs s scx_simple)"
	run property org.scx.Loader NoSuch
	check_match "an unknown property" "*Unknown interface*or property*" "$OUTPUT"
	run busctl set-property org.scx.Loader /org/scx/Loader org.scx.Loader CurrentScheduler s x
	check_match "properties cannot be set" "*not writable*" "$OUTPUT"
	check_match "Catalog" 'a(ssb) *"scx_simple" "*" true*' "$(own Catalog)"
	check_match "Configuration" '*default_sched*' "$(own Configuration)"
	check_equal "Failures" 's "[]"' "$(own Failures)"
}

test_switching()
{
	check "SwitchScheduler" loader SwitchScheduler su scx_prev 0
	check_equal "to another" 's "scx_prev" u 0 as 0 prev' "$(current)"
	check "SwitchSchedulerWithArgs" loader SwitchSchedulerWithArgs sas scx_prev 2 -s 5000
	check_equal "to the same with arguments" 's "scx_prev" u 0 as 2 "-s" "5000" prev' "$(current)"
	seq=$(cat "$SCX/enable_seq")
	check "StartScheduler of what runs" loader StartSchedulerWithArgs sas scx_prev 2 -s 5000
	check_equal "changes nothing" "$seq" "$(cat "$SCX/enable_seq")"
	fails "StartScheduler of another" "scx_prev is running; switch to the other instead" \
		StartScheduler su scx_nest 0
	check "RestartScheduler" loader RestartScheduler
	check_equal "attaches it again" "$((seq + 1)) prev" "$(cat "$SCX/enable_seq") $(scx_ops)"
	check "StopScheduler" loader StopScheduler
	check_equal "stops it" 's "unknown" u 0 as 0 ' "$(current)"
	check "StopScheduler when nothing runs" loader StopScheduler
	fails "RestartScheduler when nothing runs" "No scheduler is currently running to restart" RestartScheduler
	fails "RestoreDefault without one" "No default scheduler is configured" RestoreDefault
	echo 'default_sched = "scx_simple"' >/etc/aios/default.toml
	check "Reload" own Reload
	check_equal "what was stopped by hand stays stopped" 's "unknown" u 0 as 0 ' "$(current)"
	check "RestoreDefault" loader RestoreDefault
	check_equal "starts the default" 's "scx_simple" u 0 as 0 simple' "$(current)"
}

# junk METHOD: calls of the wrong kind; prints those that are not refused as such
junk()
{
	for words in "d 1.5" "a{sv} 0" "ssss a b c d" "ay 3 1 2 3" "v s x" "(su) x 1"; do
		# shellcheck disable=SC2086 # words
		run loader "$1" $words
		case $OUTPUT in
		*"Invalid arguments"* | *"Call failed: "*signature*) ;;
		*) echo "$1 $words: $OUTPUT" ;;
		esac
	done
}

test_junk()
{
	pid=$(loader_pid)
	for method in StartScheduler StartSchedulerWithArgs SwitchScheduler SwitchSchedulerWithArgs StopScheduler \
		RestartScheduler RestoreDefault HoldScheduler ReleaseScheduler SchedulerModes SchedulerModeArgs; do
		check_equal "$method refuses arguments of other types" "" "$(junk $method)"
	done
	check_equal "the loader is the same, and so is the scheduler" "$pid simple" "$(loader_pid) $(scx_ops)"
}

test_refusals()
{
	fails "an unknown scheduler" "scheduler 'scx_nosuch' is not installed; installed: $(scheduler_list scx_ '')" \
		SwitchScheduler su scx_nosuch 0
	fails "a path" "scheduler '../bin/sh' is not installed; installed: $(scheduler_list scx_ '')" \
		SwitchScheduler su ../bin/sh 0
	fails "an unknown mode" "mode 5 is not one from 0 to 4" SwitchScheduler su scx_prev 5
	fails "flags it rejects" \
		"scx_prev rejected its command line: unknown option '--nonsense'; try 'scx_prev --help'; scx_simple goes on" \
		SwitchSchedulerWithArgs sas scx_prev 1 --nonsense
	# shellcheck disable=SC2046 # words
	fails "too many arguments" "129 arguments are more than 128" \
		SwitchSchedulerWithArgs sas scx_prev 129 $(seq 129)
	check_equal "none of that changed anything" 's "scx_simple" u 0 as 0 simple' "$(current)"
}

# as_nobody COMMAND...
as_nobody()
{
	setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}

# polkit_rule TEXT: what all others than root get
polkit_rule()
{
	printf 'polkit.addRule(function(action, subject) { %s });\n' "$1" >/etc/polkit-1/rules.d/50-aios.rules
	systemctl restart polkit
}

# Mode switches and the rest are two actions; nobody here sits at a local seat.
test_polkit()
{
	check_equal "anybody may look" 's "scx_simple"' \
		"$(as_nobody busctl get-property org.scx.Loader /org/scx/Loader org.scx.Loader CurrentScheduler)"
	run as_nobody scxctl switch -s prev
	check_match "who has no session may not switch" "4 scxctl: not authorised*" "$STATUS $OUTPUT"
	polkit_rule 'if (action.id == "org.scx.loader.switch-mode") return "yes";'
	check "who may switch modes does" as_nobody scxctl switch -s prev -m gaming
	check_equal "and it is done" prev "$(scx_ops)"
	run as_nobody scxctl switch -s prev -a=-s,5000
	check_match "but may give no arguments" "4 scxctl: not authorised*" "$STATUS $OUTPUT"
	run as_nobody scxctl stop
	check_match "and not stop it" "4 scxctl: not authorised*" "$STATUS $OUTPUT"
	polkit_rule 'if (action.id == "org.scx.loader.manage-schedulers") return "yes";'
	check "who may manage gives arguments" as_nobody scxctl switch -s prev -a=-s,5000
	check "and may switch modes, too" as_nobody scxctl switch -s simple
	systemctl mask --now --runtime polkit
	run as_nobody scxctl switch -s prev
	check_match "without polkit only root may" "4 scxctl: not authorised*polkit*" "$STATUS $OUTPUT"
	check "and does" scxctl switch -s prev
	systemctl unmask --runtime polkit
	rm /etc/polkit-1/rules.d/50-aios.rules
	check_match "the journal has who did what" \
		'*SwitchScheduler(scx_prev, Gaming) by :*, uid 65534: granted*' \
		"$(journalctl -q -o cat --no-pager -b -u aios-loader)"
	check "back to scx_simple" scxctl switch -s simple
}

# hold: a process that holds scx_nest until it is told to end
hold()
{
	scxctl hold -s nest -m gaming --reason "a test" >held 2>&1 &
	HOLDER=$!
	wait_until 30 is_scheduler nest
}

test_holds()
{
	check "a hold" hold
	check_match "is listed" 'a(ususs) 1 * "scx_nest" 1 "a test" *' "$(property org.scx.Loader ActiveHolds)"
	run loader SwitchScheduler su scx_prev 0
	check_match "others have to wait" "1 Call failed: scx_nest is held by *: a test; release it first" "$STATUS $OUTPUT"
	kill "$HOLDER"
	wait "$HOLDER"
	check "its end brings back what ran" wait_until 30 is_scheduler simple
	check "a second hold" hold
	kill -KILL "$HOLDER"
	wait "$HOLDER" 2>/dev/null
	check "the death of who holds, too" wait_until 30 is_scheduler simple
	check_equal "no hold is left" 'a(ususs) 0' "$(property org.scx.Loader ActiveHolds)"
	fails "a hold that is none" "there is no hold 77" ReleaseScheduler u 77
	failures=$(own Failures)
	check_match "HoldKernel" "u [0-9]*" "$(own HoldKernel ss "a test" tests)"
	check "ends when who called it has left" wait_until 30 is_scheduler simple
	check_equal "and is no failure" "$failures" "$(own Failures)"
	run scxctl run -s prev -- sh -c 'cat /sys/kernel/sched_ext/root/ops; exit 7'
	check_equal "scxctl run: scheduler and status" "7 prev" "$STATUS $(echo "$OUTPUT" | tail -n 1)"
	check "and then what ran before" wait_until 30 is_scheduler simple
}

test_foreign()
{
	check "StopScheduler" loader StopScheduler
	scx_prev >foreign 2>&1 &
	foreign=$!
	check "somebody else's scheduler" wait_until 30 is_scheduler prev
	check_equal "is shown" 's "prev"' "$(property org.aios.Loader1 ForeignScheduler)"
	fails "and in the way" "another sched_ext scheduler is active: prev; it is left alone" \
		StartScheduler su scx_simple 0
	check_equal "and left alone" prev "$(scx_ops)"
	kill $foreign
	wait $foreign
	check "until it ends by itself" wait_until 30 is_scheduler simple
	check_equal "then it is not shown any more" 's ""' "$(property org.aios.Loader1 ForeignScheduler)"
}

test_many()
{
	pairs=$(amount 10 3)
	check "$((2 * pairs)) switches between pairs of schedulers" many_switches "$pairs"
	check "StopScheduler" loader StopScheduler
	descriptors=$(descriptors)
	cycles=$(amount 10 3)
	check "$cycles cycles of start and stop" cycles "$cycles"
	check_equal "no file descriptor more" "$descriptors" "$(descriptors)"
	check_equal "one thread" 1 "$(find "/proc/$(loader_pid)/task" -mindepth 1 -maxdepth 1 | wc -l)"
}

test_interface
test_switching
test_junk
test_refusals
test_polkit
test_holds
test_foreign
test_many
