/* SPDX-License-Identifier: GPL-2.0-only */
/* What the two sides of scx_pair share. */
#pragma once

#include <scx/stat.h>
#include <scx/types.h>

struct scx_pair_conf {
	u64 batch_ns; /* how long a pair stays with a cgroup while others wait */
	u64 stride;   /* distance of the CPUs of a pair; 0: they are threads of a core */
};

_Static_assert(sizeof(struct scx_pair_conf) == 16, "both sides agree on the size");

#define SCX_PAIR_STATS(S)                                                                          \
	S(PAIR_PAIRS, "pairs", GAUGE, "pairs of CPUs that are both online")                        \
	S(PAIR_TOTAL, "total", COUNTER, "times a CPU asked for a task")                            \
	S(PAIR_DISPATCH, "dispatch", COUNTER, "tasks a CPU got, or kept, in their cgroup's batch") \
	S(PAIR_NEUTRAL, "neutral", COUNTER, "kernel threads let run beside any cgroup")            \
	S(PAIR_STRAY, "stray", COUNTER, "tasks stopped at once as it was not their batch")         \
	S(PAIR_KICKS, "kicks", COUNTER, "times a CPU made its sibling look again")                 \
	S(PAIR_PREEMPTIONS, "preemptions", COUNTER, "CPUs lost to a real-time task")               \
	S(PAIR_FORCED_IDLE, "forced_idle", COUNTER, "times a CPU idled for its sibling's sake")    \
	S(PAIR_EXP, "exp", COUNTER, "times a CPU found its batch over")                            \
	S(PAIR_EXP_WAIT, "exp_wait", COUNTER, "of these, times it had to stop the sibling first")  \
	S(PAIR_EXP_EMPTY, "exp_empty", COUNTER, "of these, times no other cgroup was due")         \
	S(PAIR_CGNEXT, "cgnext", COUNTER, "batches of another cgroup than the one before")         \
	S(PAIR_CGCOLL, "cgcoll", COUNTER, "choices of a cgroup the sibling was faster than")       \
	S(PAIR_CGEMPTY, "cgempty", COUNTER, "cgroups that had no task for a CPU of their pair")

enum scx_pair_stat { SCX_PAIR_STATS(SCX_STAT_ENUM) };

/* The CPU that is @stride away from @cpu, in blocks of 2 * @stride CPUs. It need not exist. */
static inline u64 stride_partner(u64 cpu, u64 stride)
{
	return cpu / stride % 2 ? cpu - stride : cpu + stride;
}
