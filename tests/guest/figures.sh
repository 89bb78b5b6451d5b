# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# What the tests of the suite figures share; sourced after scheduler.sh.
#
# figure WHAT VALUE BAR             prints a result
# compare_rounds WHAT BAR N COMMAND N rounds of COMMAND, which prints a number, in turn without and
#                                   with the scheduler; the ratio of the medians is the result
#                                   (its options: $SCHED_OPTIONS)
# measure_pipe, measure_hackbench   for compare_rounds: ns of a round trip, seconds
# fairness, nice_ratios             five rounds under what is attached, one figure a line: the largest
#                                   deviation of 7 hogs from their mean in %, nice 0 : nice 5
# cpu_over_wall                     five rounds likewise: CPU time of 4 hogs over wall time
# attach_time OPTION...             of $SCHED, five times: ms from the call to attach it until the
#                                   kernel has given it all tasks
# rss, program_size                 of $SCHED, which runs: MiB, KB
# session ARMS WORKLOADS            of aios-bench, $ROUNDS rounds
# reported METRIC                   what it found, a line for each workload and arm
# report_field NAME                 filter of such lines: its values
# median, field NAME                filters: of numbers, one a line; of NAME=VALUE words

figure()
{
	printf '\nfigure: %s: %s (bar %s)\n' "$1" "$2" "$3"
}

median()
{
	sort -n | awk '{ value[NR] = $1 } END { print (value[int((NR + 1) / 2)] + value[int(NR / 2) + 1]) / 2 }'
}

field()
{
	tr ' ' '\n' | sed -n "s/^$1=//p"
}

# Whichever comes first in a round takes turns, too.
compare_rounds()
{
	compare_what=$1 compare_bar=$2 compare_count=$3
	shift 3
	: >without
	: >with
	for compare_round in $(seq "$compare_count"); do
		[ $((compare_round % 2)) -eq 0 ] || "$@" >>without
		# shellcheck disable=SC2086 # options, in words
		start ${SCHED_OPTIONS-} || fail "attaches in round $compare_round" "$(cat out)"
		"$@" >>with
		stop TERM
		[ $((compare_round % 2)) -eq 1 ] || "$@" >>without
	done
	check "$compare_what: every round was measured" \
		test "$(cat without with | wc -l)" -eq $((2 * compare_count))
	figure "$compare_what" "$(echo "$(median <with) $(median <without)" |
		awk '{ printf "%.3f = %g / %g", $1 / $2, $1, $2 }'), $compare_count rounds" "$compare_bar"
}

measure_pipe()
{
	workload pipe 3 | field median_ns
}

measure_hackbench()
{
	hackbench -g 2 -l 100 | sed -n 's/^Time: //p'
}

fairness()
{
	for _ in 1 2 3 4 5; do
		workload hogs 7 10 | field max_deviation_percent
	done
}

nice_ratios()
{
	for _ in 1 2 3 4 5; do
		shares 0 5 | awk '{ print $1 / $2 }'
	done
}

cpu_over_wall()
{
	for _ in 1 2 3 4 5; do
		workload hogs 4 5 | field cpu_over_wall
	done
}

attach_time()
{
	for _ in 1 2 3 4 5; do
		"$SCHED" --check -v "$@" 2>&1 | sed -n 's/.*attached in \([0-9.]*\) ms$/\1/p'
	done
}

rss()
{
	awk '$1 == "VmRSS:" { print $2 / 1024 }' "/proc/$SCHEDULER/status"
}

program_size()
{
	stat -c %s "$(command -v "$SCHED")" | awk '{ print $1 / 1000 }'
}

session()
{
	check "a session" aios-bench run -q -n "$ROUNDS" -s "$1" -o s.json -w "$2"
	check "its report" sh -c "aios-bench report --json s.json >report.json"
}

reported()
{
	sed 's/},{/}\n{/g' report.json | grep -F "\"metric\":\"$1\","
}

report_field()
{
	sed "s/.*\"$1\":\"\{0,1\}\([^,}\"]*\).*/\1/"
}
