#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# aios-bench with real schedulers: what counts as a run and what does not, and that the kernel is
# afterwards as it was found, whatever becomes of aios-bench.
#
# kernels: current
# clock: instructions
# limit: 900

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

# shellcheck source-path=SCRIPTDIR source=bus.sh
. "${0%/*}/bus.sh"

# bench OPTION...: a session in s.json; $STATUS, and $OUTPUT of both streams
bench()
{
	rm -f s.json
	run aios-bench run -o s.json "$@"
}

# statuses: how many runs ended how, "2 ejected 7 ok"
statuses()
{
	grep -o '"status":"[a-z-]*"' s.json | cut -d'"' -f4 | sort | uniq -c | awk '{ printf "%s%s %s", sep, $1, $2; sep = " " }'
}

# reasons: each once, one a line
reasons()
{
	grep -o '"reason":"[^"]*"' s.json | cut -d'"' -f4 | sort -u
}

# metrics: names of all that runs have, each once
metrics()
{
	grep -o '"name":"[a-z_]*","unit"' s.json | cut -d'"' -f4 | sort -u | tr '\n' ' '
}

enable_seq()
{
	cat "$SCX/enable_seq"
}

# waits PART: the wakeup_wait_PART of each run, in whole us
waits()
{
	grep -o "\"name\":\"wakeup_wait_$1\",\"unit\":\"us\",\"better\":\"lower\",\"value\":[0-9.e+]*" s.json |
		sed 's/.*://' | xargs -r printf '%.0f\n'
}

# Slices are of 20 ms: who wakes beside hogs waits for what is left of one.
test_wakeup_wait()
{
	bench -n 2 -s none --warmup 0 --wakeup-wait sleep -- sh -c 'for _ in 1 2 3 4 5 6 7 8; do sleep 0.05; done'
	alone=$(waits p50 | sort -n | tail -n 1)
	bench -n 2 -s scx_simple --warmup 0 --wakeup-wait wakeup -w 'wakeup -H 4 -r 2'
	beside=$(waits p90 | sort -n | tail -n 1)
	check "--wakeup-wait: longer beside hogs ($beside us) than alone ($alone us)" \
		test "$beside" -gt $((10 * alone))
	bench -n 2 -s none --warmup 0 --wakeup-wait nobody -- sleep 0.1
	check_equal "--wakeup-wait: of a task that is not there" "0 0" "$STATUS $(waits p50 | wc -w)"
	bench -n 2 -s none --warmup 0 --wakeup-wait all -- sleep 0.1
	check_equal "--wakeup-wait: of all" "0 2" "$STATUS $(waits p50 | wc -w)"
	check_match "with the distribution" '*"distributions":*"name":"wakeup_wait"*' "$(cat s.json)"
}

test_run()
{
	seq=$(enable_seq)
	bench -n 2 -s scx_simple,prev -- workload hogs 2 1
	check_equal "two schedulers and the kernel's own" "0 9 ok" "$STATUS $(statuses)"
	check_equal "each scheduler is loaded for each run" "$((seq + 6))" "$(enable_seq)"
	check "and none is left" is_kernel_scheduler
	check_equal "what is measured of every run" \
		"context_switches cpu_seconds migrations queue_wait seconds " "$(metrics)"
	check_match "the report is printed" "*scx_simple*scx_prev*seconds*" "$(echo "$OUTPUT" | tr '\n' ' ')"
	check_match "the file says which version" "*\"sched\":\"scx_simple\"*\"version\":\"$(scx_simple --version | cut -d' ' -f2)\"*" \
		"$(cat s.json)"
	check_match "and on which machine" "*\"kernel\":\"$(uname -r)\"*" "$(cat s.json)"
	check "aios-bench report reads it" aios-bench report s.json
	bench -q -n 2 -s kernel --warmup 0 --drop-caches -- true
	check_equal "-q prints nothing" "0 " "$STATUS $OUTPUT"
	check_equal "the kernel's own, twice" "4 ok" "$(statuses)"
	bench -n 2 -s simple --warmup 0 --bpf-cost -- workload pipe 1
	check_match "--bpf-cost: what callbacks take" "*bpf_enqueue bpf_enqueue_calls bpf_per_switch bpf_running*" "$(metrics)"
	test_wakeup_wait
	bench -n 2 -s none --metric 'rounds:higher:regex:rounds=([0-9]+)' -- workload pipe 1
	check_match "--metric" "*rounds*" "$(metrics)"
}

# ends NAME STATUSES REASON OPTION...: nothing of it is a number; REASON is a pattern
ends()
{
	ends_name=$1 ends_statuses=$2 ends_reason=$3
	shift 3
	bench -n 2 --warmup 0 "$@"
	check_equal "$ends_name" "$ends_statuses" "$(statuses)"
	check_match "$ends_name: the reason" "$ends_reason" "$(reasons)"
	check_equal "$ends_name: numbers of those that count only" \
		"$(grep -o '"status":"ok"' s.json | grep -c .)" "$(grep -o '"name":"seconds"' s.json | grep -c .)"
	check "$ends_name: the kernel is free" is_kernel_scheduler
}

test_no_number()
{
	ends "a scheduler that ejects itself midway" "2 ejected 2 ok" "ejected by the kernel: *" \
		-s "scx_qmap --slice-us 2000 --end error --end-after 500" -- workload hogs 4 2
	check_equal "is told by the exit status" 4 "$STATUS"
	ends "one that ends in good order midway" "2 ejected 2 ok" "ended: *" \
		-s "scx_qmap --slice-us 2000 --end exit --end-after 500" -- workload hogs 4 2
	ends "one that stalls" "2 ejected 2 ok" "ejected by the kernel: runnable task stall*" \
		-s "scx_qmap --stall-user 20" -- workload hogs 3 15
	ends "one that is killed" "2 ejected 2 ok" "was killed by signal 9 (Killed)" \
		-s simple -- sh -c 'pkill -KILL scx_simple; sleep 1; true'
	ends "one that cannot be started" "2 not-attached 2 ok" "*unknown option '--nonsense'*" \
		-s "scx_simple --nonsense" -- true
	ends "one that schedules only a few" "2 not-attached 2 ok" "*policy SCHED_EXT*" \
		-s "scx_simple --partial" -- true
	sleep 1000 &
	asker=$!
	check "a task of SCHED_EXT" set_ext $asker
	# whose policy is another one from then on
	ends "one that will not have a task" "3 ok 1 rejected" "tasks it left to the kernel's own scheduler: 1" \
		-s "scx_qmap -d $asker" -- true
	kill $asker
	ends "another one in between" "1 disturbed" "another scheduler was in charge in between" \
		-s none -- sh -c 'scx_prev & sleep 3'
	ends "a command that takes too long" "2 timeout" "took longer than 1 s" -s simple --timeout 1 -- sleep 100
	ends "a command that fails" "2 failed" "exit status 3: no luck" -s simple -- sh -c 'echo no luck; exit 3'
	check_equal "which is no scheduler's fault" 1 "$STATUS"
	ends "a number that is not there" "2 unreadable" "metric x: nothing in the output matches" \
		-s simple --metric 'x:lower:regex:x=([0-9]+)' -- true
}

test_refusals()
{
	scx_prev >foreign 2>&1 &
	foreign=$!
	check "somebody else's scheduler" wait_until 30 is_scheduler prev
	bench -s simple -- true
	check_match "is in the way" "1 *another sched_ext scheduler is in charge: prev; stop it first" "$STATUS $OUTPUT"
	check_equal "and left alone" prev "$(scx_ops)"
	kill $foreign
	wait $foreign
	run setpriv --reuid 65534 --regid 65534 --clear-groups aios-bench run -s simple -- true
	check_match "only root" "1 aios-bench: only root can put a scheduler in charge*" "$STATUS $OUTPUT"
	bench -s nosuch -- true
	check_match "an unknown scheduler" "2 aios-bench: scheduler 'nosuch' is not installed; installed: *" \
		"$STATUS $OUTPUT"
	bench -s none --wakeup-wait a-name-too-long- -- true
	check_equal "a name that no task has" \
		"2 aios-bench: --wakeup-wait: 'a-name-too-long-' is no task's name: it has more than 15 bytes" \
		"$STATUS $OUTPUT"
	aios-bench list --json >list.json
	check "aios-bench list" grep -q '"name":"scx_simple",[^}]*"production":true,"installed":true' list.json
}

is_left()
{
	! pgrep -x "scx_prev|sleep|workload" >/dev/null
}

# as_found NAME: NAME, "" for the kernel's own, is in charge, and nothing of a session is left
as_found()
{
	if [ -z "$1" ]; then
		is_kernel_scheduler && is_left
	else
		is_scheduler "$1" && is_left
	fi
}

# killed_at TENTHS SIGNAL SCHEDULER
killed_at()
{
	aios-bench run -q -n 50 -s prev -o k.json -- sh -c 'sleep 0.3 & workload hogs 1 1; wait' >killed 2>&1 &
	victim=$!
	sleep "$(echo "$1" | awk '{ print $1 / 10 }')"
	kill "-$2" $victim || return 1
	wait $victim 2>/dev/null
	wait_until 60 as_found "$3" || {
		echo "$2 after $1 tenths of a second: $(scx_state) $(scx_ops)"
		ps -ef
		return 1
	}
}

# Tenths of seconds after its begin
KILLED=$(amount "1 3 6 9 13 18 24 31 37 44" "3 13 31")
INTERRUPTED=$(amount "2 15 34" "15")

# killed_everywhere SCHEDULER
killed_everywhere()
{
	for tenths in $KILLED; do
		killed_at "$tenths" KILL "$1" || return 1
	done
	for tenths in $INTERRUPTED; do
		killed_at "$tenths" INT "$1" && killed_at "$tenths" TERM "$1" || return 1
	done
}

test_killed()
{
	check "killed at $KILLED and interrupted at $INTERRUPTED tenths, the kernel is free" killed_everywhere ""
	check "what was measured so far is kept" grep -q '"interrupted":true' k.json
}

failures()
{
	own Failures
}

test_loader()
{
	check "aios-loader runs scx_simple" loader StartScheduler su scx_simple 0
	bench -n 2 --warmup 0 -s prev -- sh -c 'busctl get-property org.scx.Loader /org/scx/Loader org.scx.Loader ActiveHolds;
		scxctl start -s nest; true'
	check_equal "a session beside it" "0 4 ok" "$STATUS $(statuses)"
	sed 's,\\,,g' s.json >said
	check "the loader knows what for" grep -qF '"unknown" 0 "schedulers are being compared" "aios-bench"' said
	check "and has no others" grep -qF "the kernel's own scheduler is held by aios-bench" said
	check "afterwards its scheduler is back" wait_until 30 is_scheduler simple
	check_equal "and it has seen no failure" 's "[]"' "$(failures)"
	check "killed at $KILLED and interrupted at $INTERRUPTED tenths, its scheduler is back" killed_everywhere simple
	check_equal "and it has seen no failure, still" 's "[]"' "$(failures)"
	check_equal "no hold is left" 'a(ususs) 0' "$(property org.scx.Loader ActiveHolds)"
}

test_run
test_no_number
test_refusals
test_killed
test_loader
