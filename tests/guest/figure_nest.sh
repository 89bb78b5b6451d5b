#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# On how many CPUs scx_nest keeps light work together, beside the kernel's own scheduler in the
# same boot.
#
# kernels: current
# cpus: 8
# limit: 400

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
SCHED=scx_nest
# shellcheck source-path=SCRIPTDIR source=scheduler.sh
. "${0%/*}/scheduler.sh"
# shellcheck source-path=SCRIPTDIR source=figures.sh
. "${0%/*}/figures.sh"

light_cpus()
{
	workload light 2 10 | field distinct_cpus
}

for round in 1 2 3 4 5; do
	light_cpus >>without
	start || fail "attaches in round $round" "$(cat out)"
	light_cpus >>with
	stop TERM
done
check "every round was measured" test "$(cat without with | wc -l)" -eq $((2 * round))
figure "CPUs used by 2 light tasks on 8 CPUs in 10 s" \
	"$(median <with) beside $(median <without) by EEVDF, $round rounds" "<= 3"
