/* SPDX-License-Identifier: GPL-2.0-only */
/* What the two sides of scx_flatcg share. */
#pragma once

#include <scx/stat.h>
#include <scx/types.h>

struct scx_flatcg_conf {
	u64 slice_ns;    /* longest run at a time */
	u64 root_weight; /* of the tasks a cgroup has beside child cgroups: mostly the root's */
	u32 nr_places;   /* cgroups there is room for, a multiple of 64; from the machine */
	u32 nr_cpus;     /* online; from the machine */
	u8 fifo;         /* inside a cgroup first come, first served instead of weighted vtime */
	u8 dump_cgroups; /* list the cgroups in the debug dump */
	u8 pad[6];
};

_Static_assert(sizeof(struct scx_flatcg_conf) == 32, "both sides agree on the size");

// clang-format off
#define SCX_FLATCG_STATS(S)                                                                        \
	S(FLATCG_LOCAL, "local", COUNTER, "wakeups sent straight to an idle CPU")                  \
	S(FLATCG_QUEUED, "queued", COUNTER, "tasks put into the queue of their cgroup")            \
	S(FLATCG_ACTIVE, "active", COUNTER, "cgroups whose tasks began to want CPU time")          \
	S(FLATCG_INACTIVE, "inactive", COUNTER, "cgroups whose tasks all went to sleep")           \
	S(FLATCG_GENERATION, "generation", GAUGE, "changes of shares since the start")             \
	S(FLATCG_SHARE_CACHED, "share_cached", COUNTER, "shares taken from the cache")             \
	S(FLATCG_SHARE_COMPUTED, "share_computed", COUNTER, "shares computed anew")                \
	S(FLATCG_KEPT, "kept", COUNTER, "slices after which the task was first in line again")     \
	S(FLATCG_SAME, "same", COUNTER, "slices after which the cgroup was, with another task")    \
	S(FLATCG_NEXT, "next", COUNTER, "CPUs that went on to another cgroup")                     \
	S(FLATCG_NONE, "none", COUNTER, "CPUs that found nothing to run")                          \
	S(FLATCG_ELSEWHERE, "elsewhere", COUNTER, "cgroups passed over, waiting for other CPUs")   \
	S(FLATCG_LOST, "lost", COUNTER, "tasks chosen, and taken by another CPU")                  \
	S(FLATCG_PREEMPTED, "preempted", COUNTER, "runs cut short for a cgroup far behind")        \
	S(FLATCG_FORGIVEN, "forgiven", COUNTER, "claims of a cgroup cut down to the limit")        \
	S(FLATCG_CAPPED, "capped", COUNTER, "charges cut down, lest tasks wait too long")          \
	S(FLATCG_MOVED, "moved", COUNTER, "tasks moved to another cgroup")                         \
	S(FLATCG_CGROUPS, "cgroups", GAUGE, "cgroups there are")                                   \
	S(FLATCG_CPU_PERCENT, "cpu_percent", GAUGE, "utilisation of all CPUs by whatever ran")
// clang-format on

enum scx_flatcg_stat { SCX_FLATCG_STATS(SCX_STAT_ENUM) };
