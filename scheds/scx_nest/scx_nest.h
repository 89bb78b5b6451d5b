/* SPDX-License-Identifier: GPL-2.0-only */
/* What the two sides of scx_nest share. */
#pragma once

#include <scx/stat.h>
#include <scx/types.h>

struct scx_nest_conf {
	u64 slice_ns;    /* longest run at a time */
	u64 delay_ns;    /* a CPU idle for longer leaves the primary nest */
	u64 reserve_max; /* CPUs in the reserve nest of an LLC */
	u64 impatience; /* so many misses of the primary nest in a row enlarge it; 0: they do not */
	u8 whole_cores; /* idle cores come before idle threads of the nests */
	u8 pad[7];
};

_Static_assert(sizeof(struct scx_nest_conf) == 40, "both sides agree on the size");

enum scx_nest_nest {
	NEST_OFFLINE,
	NEST_PRIMARY, /* in use */
	NEST_RESERVE, /* warm, ready for use */
	NEST_OTHER,
	NR_NESTS,
};

struct scx_nest_cpu {
	u64 compact_at; /* when it leaves the primary nest; 0: no such plan */
	u32 next;       /* the next CPU of its LLC, around in a ring */
	u32 llc;
	u32 nest; /* enum scx_nest_nest */
	u32 is_idle;
};

_Static_assert(sizeof(struct scx_nest_cpu) == 24, "both sides agree on the size");

#define SCX_NEST_STATS(S)                                                                          \
	S(NEST_WAKEUP_ATTACHED, "wakeup_attached", COUNTER,                                        \
	  "tasks sent to the idle primary CPU the task is attached to")                            \
	S(NEST_WAKEUP_PREV_PRIMARY, "wakeup_prev_primary", COUNTER,                                \
	  "tasks sent to the idle primary CPU the task last ran on")                               \
	S(NEST_WAKEUP_FULLY_IDLE_PRIMARY, "wakeup_fully_idle_primary", COUNTER,                    \
	  "tasks sent to another primary CPU, its core idle")                                      \
	S(NEST_WAKEUP_ANY_IDLE_PRIMARY, "wakeup_any_idle_primary", COUNTER,                        \
	  "tasks sent to another idle primary CPU, its core busy")                                 \
	S(NEST_WAKEUP_SYNC, "wakeup_sync", COUNTER,                                                \
	  "tasks left on the CPU of a waker about to sleep")                                       \
	S(NEST_WAKEUP_FULLY_IDLE_RESERVE, "wakeup_fully_idle_reserve", COUNTER,                    \
	  "tasks sent to a reserve CPU, its core idle")                                            \
	S(NEST_WAKEUP_ANY_IDLE_RESERVE, "wakeup_any_idle_reserve", COUNTER,                        \
	  "tasks sent to an idle reserve CPU, its core busy")                                      \
	S(NEST_WAKEUP_IDLE_OTHER, "wakeup_idle_other", COUNTER,                                    \
	  "tasks sent to an idle CPU of neither nest")                                             \
	S(NEST_TASK_IMPATIENT, "task_impatient", COUNTER,                                          \
	  "tasks that missed the primary nest too often in a row")                                 \
	S(NEST_PROMOTED_TO_PRIMARY, "promoted_to_primary", COUNTER, "CPUs added to primary nests") \
	S(NEST_PROMOTED_TO_RESERVED, "promoted_to_reserved", COUNTER,                              \
	  "CPUs added to reserve nests because a task came")                                       \
	S(NEST_DEMOTED_TO_RESERVED, "demoted_to_reserved", COUNTER,                                \
	  "CPUs moved from primary to reserve nests")                                              \
	S(NEST_RESERVED_AT_CAPACITY, "reserved_at_capacity", COUNTER,                              \
	  "CPUs that found the reserve nest full")                                                 \
	S(NEST_SCHEDULED_COMPACTION, "scheduled_compaction", COUNTER,                              \
	  "times a primary CPU went idle and its removal was planned")                             \
	S(NEST_CANCELLED_COMPACTION, "cancelled_compaction", COUNTER,                              \
	  "planned removals called off by new work")                                               \
	S(NEST_EAGERLY_COMPACTED, "eagerly_compacted", COUNTER,                                    \
	  "CPUs removed from primary nests because their task died")                               \
	S(NEST_CALLBACK_COMPACTED, "callback_compacted", COUNTER,                                  \
	  "CPUs removed from primary nests as planned")                                            \
	S(NEST_CONSUMED, "consumed", COUNTER, "tasks taken from the queues")                       \
	S(NEST_NOT_CONSUMED, "not_consumed", COUNTER, "times a CPU found nothing to do")           \
	S(NEST_CPUS_PRIMARY, "primary", GAUGE, "CPUs in primary nests")                            \
	S(NEST_CPUS_RESERVED, "reserved", GAUGE, "CPUs in reserve nests")                          \
	S(NEST_CPUS_OTHER, "other", GAUGE, "online CPUs in neither")                               \
	S(NEST_CPUS_IDLE, "idle", GAUGE, "online CPUs without a task")

enum scx_nest_stat { SCX_NEST_STATS(SCX_STAT_ENUM) };
