#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Shell scripts pass shellcheck.
. "$(dirname "$0")/files.sh"
need shellcheck
{
	source_files '*.sh'
	source_files '*' | grep -vE '\.(sh|in|py)$' |
		xargs -r -d '\n' awk 'FNR == 1 && /^#!.*[\/ ](ba)?sh( |$)/ { print FILENAME }'
} | sort -u | xargs -r -d '\n' shellcheck
