/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stands in for scheds/include/scx/common.bpf.h, so that a scheduler's .bpf.c
 * compiles into an ordinary host program and its policy can be called and watched.
 * The include path puts this file first; everything else is the real thing.
 *
 * The test that includes the .bpf.c defines what the kernel would do (fake_*).
 */
#pragma once

#include <stdbool.h>

#include <scx/exit.h>
#include <scx/stat.h>
#include <scx/types.h>
#include <scx/vtime.h>

#define SEC(name)
#define __uint(name, value) int(*name)[value]
#define __type(name, value) __typeof__(value) *name
#define SCX_OP(name, ...) name(__VA_ARGS__)
#define SCX_OP_SLEEPABLE(name, ...) name(__VA_ARGS__)
#define SCX_CONF(type) static struct type conf
#define scx_value(type, name) name

enum { BPF_MAP_TYPE_PERCPU_ARRAY };

#define SCX_DSQ_LOCAL 0x8000000000000002ULL

#define SCX_TASK_QUEUED 1

/* the queue is whatever the test says */
#define bpf_for_each(type, p, dsq_id, flags)                                                       \
	for (unsigned _n = 0; ((p) = fake_queued(dsq_id, _n)); _n++)

struct cpumask;

struct task_struct {
	const struct cpumask *cpus_ptr;
	struct {
		u64 sum_exec_runtime;
	} se;
	struct {
		u32 flags;
		u32 weight;
		u64 slice;
		u64 dsq_vtime;
	} scx;
};

struct scx_exit_info;

struct sched_ext_ops {
	void *select_cpu, *enqueue, *dispatch, *running, *stopping, *enable, *init, *exit;
	char name[128];
};

struct task_struct *fake_queued(u64 dsq_id, unsigned n);

bool bpf_cpumask_test_cpu(u32 cpu, const struct cpumask *cpumask);
s32 scx_bpf_create_dsq(u64 dsq_id, s32 node);
s32 scx_bpf_select_cpu_dfl(struct task_struct *p, s32 prev_cpu, u64 wake_flags, bool *is_idle);
s32 scx_bpf_task_cpu(const struct task_struct *p);
bool scx_bpf_dsq_insert(struct task_struct *p, u64 dsq_id, u64 slice, u64 enq_flags);
bool scx_bpf_dsq_insert_vtime(struct task_struct *p, u64 dsq_id, u64 slice, u64 vtime,
			      u64 enq_flags);
bool scx_bpf_dsq_move_to_local(u64 dsq_id, u64 enq_flags);
void scx_bpf_task_set_slice(struct task_struct *p, u64 slice);
void scx_bpf_task_set_dsq_vtime(struct task_struct *p, u64 vtime);
void *bpf_map_lookup_percpu_elem(void *map, const void *key, s32 cpu);
void stat_inc(u32 id);
void scx_report_exit(const struct scx_exit_info *info);
