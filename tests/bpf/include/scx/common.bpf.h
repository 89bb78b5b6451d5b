/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stands in for scheds/include/scx/common.bpf.h, so that a scheduler's .bpf.c
 * compiles into an ordinary host program and its policy can be called and watched.
 * The include path puts this directory first; everything else is the real thing.
 *
 * The test that includes the .bpf.c defines what the kernel would do: the functions declared
 * here and in kfuncs.bpf.h, as far as the scheduler calls them.
 */
#pragma once

#include <stddef.h>

#include <scx/exit.h>
#include <scx/kernel.bpf.h>
#include <scx/kfuncs.bpf.h>
#include <scx/stat.h>
#include <scx/topology.h>
#include <scx/vtime.h>

struct cpumask {
	u64 bits;
};

struct bpf_cpumask {
	struct cpumask cpumask;
};

#define SCX_OP(name, ...) name(__VA_ARGS__)
#define SCX_OP_SLEEPABLE(name, ...) name(__VA_ARGS__)
#define SCX_CONF(type) static struct type conf
#define scx_value(type, name) name
#define bpf_core_field_exists(field) true

/* the queue is whatever the test says */
#define bpf_for_each(type, p, dsq_id, flags)                                                       \
	for (unsigned _n = 0; ((p) = fake_queued(dsq_id, _n)); _n++)
struct task_struct *fake_queued(u64 dsq_id, unsigned n);

#define bpf_for(i, start, end) for ((i) = (start); (i) < (end); (i)++)
#define bpf_repeat(n) for (int _i = 0; _i < (int)(n); _i++)
#define can_loop true

/* the iterator is of no use here; a moved task is known by its address */
#define SCX_DSQ_ITER NULL

bool scx_bpf_dsq_insert(struct task_struct *p, u64 dsq_id, u64 slice, u64 enq_flags);
bool scx_bpf_dsq_insert_vtime(struct task_struct *p, u64 dsq_id, u64 slice, u64 vtime,
			      u64 enq_flags);
bool scx_bpf_dsq_move_to_local(u64 dsq_id, u64 enq_flags);
bool scx_bpf_dsq_move(void *it, struct task_struct *p, u64 dsq_id, u64 enq_flags);
bool scx_bpf_dsq_move_vtime(void *it, struct task_struct *p, u64 dsq_id, u64 enq_flags);
void scx_bpf_dsq_move_set_slice(void *it, u64 slice);
void scx_bpf_dsq_move_set_vtime(void *it, u64 vtime);
struct task_struct *scx_bpf_dsq_peek(u64 dsq_id);
void scx_bpf_task_set_slice(struct task_struct *p, u64 slice);
void scx_bpf_task_set_dsq_vtime(struct task_struct *p, u64 vtime);
s32 scx_bpf_select_cpu_and(struct task_struct *p, s32 prev_cpu, u64 wake_flags,
			   const struct cpumask *cpus_allowed, u64 flags);
struct task_struct *scx_bpf_cpu_curr(s32 cpu);
s32 scx_bpf_reenqueue_local(void);
const struct cpumask *scx_bpf_get_idle_smtmask_node(s32 node);
bool scx_can_reenqueue_anywhere(void);
bool scx_has_cgroups(void);
bool scx_is_cpu_selected(const struct task_struct *p, u64 enq_flags);
bool scx_core_sched_answer(bool before);
u64 scx_bpf_now(void);
bool is_migration_disabled(const struct task_struct *p);

void *bpf_map_lookup_elem(void *map, const void *key);
long bpf_map_update_elem(void *map, const void *key, const void *value, u64 flags);
long bpf_map_delete_elem(void *map, const void *key);
void *bpf_map_lookup_percpu_elem(void *map, const void *key, u32 cpu);
void *bpf_task_storage_get(void *map, struct task_struct *task, void *value, u64 flags);
void *bpf_cgrp_storage_get(void *map, struct cgroup *cgroup, void *value, u64 flags);
u32 bpf_get_smp_processor_id(void);
u64 bpf_ktime_get_ns(void);
void *bpf_kptr_xchg(void *slot, void *pointer);
/* a record is whatever the test makes of it */
struct bpf_dynptr;
long bpf_ringbuf_output(void *map, void *data, u64 size, u64 flags);
long bpf_user_ringbuf_drain(void *map, void *callback, void *ctx, u64 flags);
long bpf_dynptr_read(void *to, u32 len, const struct bpf_dynptr *from, u32 offset, u64 flags);

/* these do nothing unless a test defines them: see defaults.c */
void bpf_spin_lock(struct bpf_spin_lock *lock);
void bpf_spin_unlock(struct bpf_spin_lock *lock);
long bpf_timer_init(struct bpf_timer *timer, void *map, u64 flags);
long bpf_timer_set_callback(struct bpf_timer *timer, void *callback);
long bpf_timer_start(struct bpf_timer *timer, u64 nsecs, u64 flags);
void bpf_printk(const char *format, ...);

/* the kernel counts nothing here */
struct scx_events {
	s64 raw[64];
};
void scx_bpf_events(struct scx_events *events);
#define scx_event(events, name) 0

struct task_struct *bpf_get_current_task_btf(void);

void stat_add(u32 id, s64 n);
void stat_inc(u32 id);
void stat_set(u32 id, u64 value);
void scx_report_exit(const struct scx_exit_info *info);
void scx_bpf_error(const char *format, ...);
void scx_bpf_exit(s64 code, const char *format, ...);
void scx_bpf_dump(const char *format, ...);
