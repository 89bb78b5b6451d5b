/* SPDX-License-Identifier: GPL-2.0-only */
/* What the two sides of scx_userland share. */
#pragma once

#include <scx/stat.h>
#include <scx/types.h>

#define USERLAND_SLICE_NS (20 * 1000 * 1000ULL) /* turn of a task of nice 0 */
#define USERLAND_WAITING_MAX 512                /* tasks in user space at a time */

struct scx_userland_conf {
	u64 batch; /* tasks that may wait in the kernel, sent by user space */
};

/* What BPF keeps of a task. User space makes its own, to be known as the scheduler. */
struct userland_task {
	u64 seq;        /* grows whenever the task begins to wait or to run */
	u64 vtime;      /* without what it owes */
	u64 owes;       /* ns of CPU it has had since vtime was set */
	u64 started_at; /* sum_exec_runtime up to which they are counted, if it runs */
	u64 granted;    /* ns it had of its slice then */
	u64 is_scheduler;
};

/* To user space: this task wants a CPU. Or, with pid 0: send some of those you have. */
struct userland_waiting {
	u64 vtime; /* of the task, before it has paid for @used */
	u64 used;  /* ns of CPU */
	u64 seq;   /* tells this wait from others of the task */
	u32 pid;
	u32 weight;
};

/* To the kernel: this task is next, in the order of @vtime. */
struct userland_ready {
	u64 vtime;
	u64 seq; /* as it came */
	u32 pid;
	u32 pad;
};

/* Memory of both sides. */
struct userland_shared {
	/* written by BPF */
	u64 vtime_now; /* the clock of scx/vtime_clock.bpf.h */
	u64 taken;     /* records taken from user space so far */
	u64 ready;     /* tasks from user space that wait for a CPU */
	/* written by user space */
	u64 held; /* tasks it has and has not sent */
	/* set by BPF when it asks for tasks, cleared by user space when it looks */
	u64 asked;
};

_Static_assert(sizeof(struct scx_userland_conf) == 8, "both sides agree on the size");
_Static_assert(sizeof(struct userland_task) == 48, "both sides agree on the size");
_Static_assert(sizeof(struct userland_waiting) == 32, "both sides agree on the size");
_Static_assert(sizeof(struct userland_ready) == 24, "both sides agree on the size");
_Static_assert(sizeof(struct userland_shared) == 40, "both sides agree on the size");

// clang-format off
#define SCX_USERLAND_STATS(S)                                                                      \
	S(USERLAND_TOTAL, "total", COUNTER, "tasks that wanted a CPU, the next four together")     \
	S(USERLAND_IDLE, "idle", COUNTER, "wakeups sent straight to an idle CPU")                  \
	S(USERLAND_KERNEL, "kernel", COUNTER, "tasks that never go to user space")                 \
	S(USERLAND_USER, "user", COUNTER, "tasks handed to user space")                            \
	S(USERLAND_FAILED, "failed", COUNTER, "tasks kept in the kernel, as user space has too many")\
	S(USERLAND_RECEIVED, "user_received", COUNTER, "tasks user space has taken in")            \
	S(USERLAND_SENT, "user_sent", COUNTER, "tasks it has sent back")                           \
	S(USERLAND_DELAYED, "user_delayed", COUNTER, "times it could not: the way back was full")  \
	S(USERLAND_STALE, "stale", COUNTER, "tasks sent back that no longer waited")               \
	S(USERLAND_WAITING, "waiting", GAUGE, "tasks user space has now")                          \
	S(USERLAND_ROUNDS, "rounds", COUNTER, "times user space woke up to schedule")              \
	S(USERLAND_FAULTS, "faults", COUNTER, "page faults of user space")
// clang-format on

enum scx_userland_stat { SCX_USERLAND_STATS(SCX_STAT_ENUM) };
