#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# No common misspellings in code or prose.
. "$(dirname "$0")/files.sh"
need codespell
source_files '*' | xargs -r -d '\n' codespell
