#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# C and C++ look as .clang-format says.
. "$(dirname "$0")/files.sh"
need clang-format
major=$(clang-format --version | sed -nE 's/.* version ([0-9]+)\..*/\1/p')
if [ "$major" -lt 19 ]; then
	echo "clang-format $major is older than 19 and formats differently"
	exit 77
fi
source_files '*.c' '*.h' '*.cpp' | xargs -r clang-format --dry-run -Werror
