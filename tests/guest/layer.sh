#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Every function of the common BPF layer on every kernel, called by scx_layer, which fails where
# one gives nonsense.
#
# kernels: all
# limit: 120

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
SCHED=scx_layer
# shellcheck source-path=SCRIPTDIR source=scheduler.sh
. "${0%/*}/scheduler.sh"

check "scx_layer attaches" start --stats 0.5
stress-ng --quiet --timeout 6 --cpu 3 --switch 2 --fork 1 --nanosleep 1
sleep 1
check_equal "nothing it saw was nonsense" layer "$(scx_ops)"
scx_layer --help-stats | sed 's/ .*//' >names
check "there are functions" test -s names
while read -r name; do
	check "$name was called: $(counter "$name") times" test "$(counter "$name")" -gt 0
done <names
stop TERM
[ "$STATUS" -eq 0 ] || cat out
check_equal "and it ends well" 0 "$STATUS"
