#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# run.sh PROGRAM SEEDS...: a bounded and repeatable run of a fuzz target, from the inputs in the
# directories SEEDS. An input that breaks it is left in the current directory.
program=$1
shift
for seeds; do
	shift
	[ ! -d "$seeds" ] || set -- "$@" "$seeds"
done
found=$(mktemp -d) || exit 1
trap 'rm -rf "$found"' EXIT
# The first directory gets what is found on the way. libFuzzer's own status of a failure is 77,
# which says "skipped" here.
"$program" -runs=20000 -seed=1 -max_len=4096 -timeout=10 -error_exitcode=1 "$found" "$@"
