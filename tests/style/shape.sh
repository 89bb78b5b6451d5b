#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Caps that make growth a decision, and what every file must carry.
. "$(dirname "$0")/files.sh"
failed=0

complain() {
	echo "$*"
	failed=1
}

# cap LINES FILE...
cap() {
	limit=$1
	shift
	for file in "$@"; do
		lines=$(wc -l <"$file")
		[ "$lines" -le "$limit" ] || complain "$file has $lines lines, its cap is $limit"
	done
}

cap 150 meson.build
cap 100 lib/util.h
for file in $(source_files 'scx_*.c' | grep -E '^\./scheds/' | grep -v '\.bpf\.c$'); do
	cap 120 "$file"
done
for file in $(source_files '*.bpf.c'); do
	cap 800 "$file"
done
for file in $(source_files '*.c' '*.cpp' | grep -v '^\./tests/'); do
	cap 500 "$file"
done

long=$(source_files '*.c' | xargs awk '
	FNR == 1 { start = 0 }
	/^[A-Za-z_].*[)]$/ { start = FNR; name = $0 }
	/^}/ { if (start && FNR - start > 80) print FILENAME ":" start ": " name; start = 0 }')
[ -z "$long" ] || complain "functions of more than 80 lines: $long"

for file in $(source_files '*.c' '*.h' '*.cpp' '*.sh' meson.build meson.options '*.toml' '*.in'); do
	head -n 2 "$file" | grep -q 'SPDX-License-Identifier: GPL-2.0-only' ||
		complain "$file: no SPDX line at the top"
done
for dir in scheds/scx_*; do
	name=${dir#scheds/}
	for file in "tests/bpf/test_$name.c" "tests/guest/$name.sh"; do
		[ -e "$file" ] || complain "$name has no $file"
	done
	grep -q "($dir/$name.8.scd)" README.md || complain "README.md has no row for $name"
done
exit "$failed"
