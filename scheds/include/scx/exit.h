/* SPDX-License-Identifier: GPL-2.0-only */
/* Why a scheduler ended, as its BPF side tells its user side. */
#pragma once

#include <scx/types.h>

#define SCX_EXIT_DUMP_LEN_DFL 32768 /* what the kernel writes unless told otherwise */

struct scx_exit_report {
	s64 code;     /* exit_code of the kernel: meaning depends on the kind */
	u32 kind;     /* enum scx_exit_kind of the kernel */
	u32 dump_len; /* room in dump */
	u8 error;     /* the kernel threw the scheduler out */
	u8 restart;   /* the kernel asks to load it again (a CPU came or went) */
	u8 pad[6];
	char reason[128];
	char message[1024];
	char dump[];
};

struct scx_exit_conf {
	u32 dump_len;
};
