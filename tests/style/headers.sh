#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every header of user space compiles alone and has #pragma once.
. "$(dirname "$0")/files.sh"
failed=0
for header in $(source_files '*.h' | grep -vE '\.bpf\.h$|^\./tests/'); do
	${CC:-cc} -std=gnu11 -D_GNU_SOURCE -DAIOS_DATADIR='""' -DAIOS_BINDIR='""' \
		-DAIOS_SYSCONFDIR='""' -Wall -Werror -fsyntax-only -I. -Ischeds -Ischeds/include \
		-x c - <<-END || failed=1
		#include "$header"
	END
	grep -q '^#pragma once$' "$header" || {
		echo "$header: no #pragma once"
		failed=1
	}
done
exit "$failed"
