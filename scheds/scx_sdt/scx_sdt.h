/* SPDX-License-Identifier: GPL-2.0-only */
/* What the two sides of scx_sdt share. */
#pragma once

#include <scx/stat.h>
#include <scx/types.h>

#define SDT_TASKS_MAX 4194304 /* a kernel has no more pids */

struct scx_sdt_conf {
	u64 max_tasks; /* a fork beyond fails */
	u8 fifo;       /* first come, first served instead of weighted vtime */
	u8 pad[7];
};

/* What is kept of a task, in the arena. While a record is free its first word is not ours. */
struct sdt_task {
	u64 seq; /* of all tasks that ever had a record */
	u32 pid; /* 0: the record is free */
	u32 pad;
	u64 nr_enqueues;
	u64 nr_idle; /* wakeups that found an idle CPU */
	u64 nr_busy; /* and those that found none */
};

_Static_assert(sizeof(struct scx_sdt_conf) == 16, "both sides agree on the size");
_Static_assert(sizeof(struct sdt_task) == 40, "both sides agree on the size");

// clang-format off
#define SCX_SDT_STATS(S)                                                                           \
	S(SDT_ENQUEUES, "enqueues", COUNTER, "tasks put into the queue")                    \
	S(SDT_SELECT_IDLE, "select_idle", COUNTER, "wakeups that found an idle CPU")               \
	S(SDT_SELECT_BUSY, "select_busy", COUNTER, "wakeups that found none")                      \
	S(SDT_INITS, "inits", COUNTER, "tasks that got a record")                                  \
	S(SDT_EXITS, "exits", COUNTER, "tasks that gave it back")                                  \
	S(SDT_FAILS, "fails", COUNTER, "tasks that got none: no memory, or too many")              \
	S(SDT_ALLOC_OPS, "alloc_ops", COUNTER, "records handed out by the allocator")              \
	S(SDT_FREE_OPS, "free_ops", COUNTER, "records it took back")                               \
	S(SDT_DATA_ALLOCS, "data_allocs", COUNTER, "records it made out of new pages")             \
	S(SDT_CHUNK_ALLOCS, "chunk_allocs", COUNTER, "pages it got from the kernel")               \
	S(SDT_ACTIVE, "active", GAUGE, "records in use")                                           \
	S(SDT_PAGES, "pages", GAUGE, "pages of the arena in use")
// clang-format on

enum scx_sdt_stat { SCX_SDT_STATS(SCX_STAT_ENUM) };
