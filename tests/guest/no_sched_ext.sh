#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A kernel without sched_ext: every program says so in one sentence, and the machine boots.
#
# kernels: no-scx

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

SENTENCE="this kernel has no sched_ext: it needs Linux 6.12 or newer built with CONFIG_SCHED_CLASS_EXT"

run scx_simple
check_equal "scx_simple" "3 scx_simple: $SENTENCE" "$STATUS $OUTPUT"
run aios-loader
check_equal "aios-loader" "3 aios-loader: $SENTENCE" "$STATUS $OUTPUT"
run aios-bench run -s simple -- true
check_equal "aios-bench" "3 aios-bench: $SENTENCE" "$STATUS $OUTPUT"
run aios-bench run -q -n 2 -s none -o s.json -- true
check_equal "aios-bench of the kernel's own" "0 " "$STATUS $OUTPUT"
run scxctl get
check_equal "scxctl get" "0 no scx scheduler running" "$STATUS $OUTPUT"
run scxctl list
check_equal "scxctl list" "0 supported schedulers: [$(scheduler_list '"' '"')]" "$STATUS $OUTPUT"

echo 'default_sched = "scx_simple"' >/etc/aios/default.toml
for unit in aios-loader scx_loader; do
	run systemctl start $unit
	check_equal "$unit is skipped, not failed" "0 inactive no" \
		"$STATUS $(systemctl is-active $unit) $(systemctl show -P ConditionResult $unit)"
done
