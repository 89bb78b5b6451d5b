# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Sourced with the top of the tree as $1: goes there and brings source_files().

cd "$1" || exit 1

# source_files PATTERN...: files of the tree, without what builds and packaging leave behind
source_files() {
	for pattern in "$@"; do
		find . \( -name .git -o -name 'build*' -type d -o -path './obj-*' -o -path ./debian/.debhelper \
			-o -path ./debian/tmp -o -path './debian/aios-*' -type d \) -prune \
			-o -type f -name "$pattern" -print
	done | sort
}

# need PROGRAM
need() {
	command -v "$1" >/dev/null || {
		echo "$1 is not installed"
		exit 77
	}
}
