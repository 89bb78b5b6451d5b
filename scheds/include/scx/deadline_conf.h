/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the two sides of the schedulers of scx/deadline_ops.bpf.h share: the members the conf of
 * each begins with, and the statistics its list begins with.
 */
#pragma once

#include <scx/stat.h>
#include <scx/types.h>

#define SCX_DEADLINE_CONF                                                                          \
	u64 slice_ns;       /* longest run at a time, before weight and waiting tasks */           \
	u64 lag_ns;         /* credit for sleep of a task that wakes now and then */               \
	u64 throttle_ns;    /* rest after each slice; 0: none */                                   \
	u64 preempt_ns;     /* run without sleep after which a task yields to others; 0: none */   \
	u64 primary_domain; /* user space's: a text */                                             \
	s64 idle_resume_us; /* user space's: most time to leave an idle state; < 0: any */         \
	u32 nr_node_cpus;   /* CPUs of a node, on average */                                       \
	u8 local_pcpu;      /* tasks bound to one CPU wait for nobody */                           \
	u8 local_kthreads;  /* those of the kernel */                                              \
	u8 no_wake_sync;    /* that a waker is about to sleep means nothing */                     \
	u8 by_capacity;     /* the fastest idle CPU first */                                       \
	u8 disable_smt;                                                                            \
	u8 disable_numa;                                                                           \
	u8 cpufreq;     /* speed by load */                                                        \
	u8 saves_early; /* user space's: domain "auto" saves power if that is rather wanted */     \
	u8 use_smt;     /* what follows from the options and the machine */                        \
	u8 has_nodes;   /* several with CPUs */                                                    \
	u8 use_nodes;   /* idle CPUs are looked for by node */                                     \
	u8 pad_of_deadline;

struct scx_deadline_conf {
	SCX_DEADLINE_CONF
};

_Static_assert(sizeof(struct scx_deadline_conf) == 64, "both sides agree on the size");

#define SCX_DEADLINE_STATS(S)                                                                      \
	S(DEADLINE_RUNNING, "nr_running", GAUGE, "tasks that run")                                 \
	S(DEADLINE_CPUS, "nr_cpus", GAUGE, "online CPUs")                                          \
	S(DEADLINE_PRIMARY, "nr_primary", GAUGE, "CPUs of the primary domain")                     \
	S(DEADLINE_KTHREAD, "nr_kthread_dispatches", COUNTER,                                      \
	  "kernel threads that went straight to their CPU")                                        \
	S(DEADLINE_DIRECT, "nr_direct_dispatches", COUNTER,                                        \
	  "tasks that went to an idle CPU, or to the only one they may use")                       \
	S(DEADLINE_SHARED, "nr_shared_dispatches", COUNTER, "tasks put into the queue of a node")  \
	S(DEADLINE_KEPT, "nr_kept", COUNTER, "slices renewed because nobody had to come before")   \
	S(DEADLINE_PREEMPT, "nr_preemptions", COUNTER, "running tasks made to yield to a wakeup")  \
	S(DEADLINE_STOLEN, "nr_stolen", COUNTER, "tasks taken from the queue of another node")     \
	S(DEADLINE_REENQUEUE, "nr_cpu_release_reenqueue", COUNTER,                                 \
	  "tasks sent elsewhere because a higher class took their CPU")

/* a scheduler's own list follows: the first of its enumerators is NR_DEADLINE_STATS */
enum scx_deadline_stat { SCX_DEADLINE_STATS(SCX_STAT_ENUM) NR_DEADLINE_STATS };
