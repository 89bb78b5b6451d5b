#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# How well scx_pair keeps cgroups apart, seen from outside, beside the kernel's own scheduler in the
# same boot.
#
# kernels: current
# cpus: 4,sockets=1,cores=2,threads=2
# limit: 400

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
SCHED=scx_pair
# shellcheck source-path=SCRIPTDIR source=scheduler.sh
. "${0%/*}/scheduler.sh"
# shellcheck source-path=SCRIPTDIR source=figures.sh
. "${0%/*}/figures.sh"
# shellcheck source-path=SCRIPTDIR source=pair.sh
. "${0%/*}/pair.sh"

ROUNDS=5

# Siblings are CPUs 0 and 1, 2 and 3.
measure()
{
	different 4 0,1 2,3 >>"$1"
	printf '%s: %s\n' "$1" "$(cat shares)"
}

make_cgroups
add_hogs a 4
add_hogs b 4
for _ in $(seq $ROUNDS); do
	measure without
	start || fail "attaches" "$(cat out)"
	measure with
	stop TERM
done
end_hogs
check "every round was measured" test "$(cat with without | wc -l)" -eq $((2 * ROUNDS))
figure "part of the time siblings run different cgroups in, in %" \
	"$(median <with) beside $(median <without) under EEVDF, $ROUNDS rounds" "<= 0.1"
