/* SPDX-License-Identifier: GPL-2.0-only */
/* What user space knows of the records in a BPF arena; see scx/arena.bpf.h. */
#pragma once

#include <scx/types.h>

/*
 * Pages the arena may grow to: what it takes to give each of the 4 Mi tasks a kernel can have
 * 64 bytes, in pages of 4 KiB. Room that is not used costs addresses only.
 */
#define SCX_ARENA_PAGES 65536

struct scx_arena_pool {
	u64 nr_allocs; /* records handed out */
	u64 nr_frees;  /* records taken back */
	u64 nr_cut;    /* records made out of pages */
	u64 nr_pages;  /* pages of the arena in use: the first so many of it */
	u32 page_size;
	u32 first_free; /* name of a record, 0: none */
};
