/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One object for all kernels since 6.12.
 *
 * Each shim carries the name of the newest form of the kernel function and
 * picks among the forms the running kernel has. Presence is tested by symbol,
 * never by version; the verifier drops the branches that cannot be taken, so a
 * shim costs nothing at run time. libbpf ignores what follows the last ___ of an
 * extern's name, which lets several prototypes of one function be declared.
 * The comment above a shim says since when each form exists and when the shim
 * can go: when the oldest supported kernel has the newest form.
 */
#pragma once

#include <scx/kfuncs.bpf.h>

#include <bpf/bpf_core_read.h>

/*
 * Value of an enumerator in the running kernel; 0 if it has none of that name.
 * BTF made by old tools keeps only the lower half of 64-bit values: if the lower
 * halves agree, the kernel's value is the one in kernel.bpf.h.
 */
#define scx_value(type, name)                                                                      \
	({                                                                                         \
		u64 _value = 0;                                                                    \
		if (bpf_core_enum_value_exists(enum type, name)) {                                 \
			_value = bpf_core_enum_value(enum type, name);                             \
			if ((u32)_value == (u32)name)                                              \
				_value = name;                                                     \
		}                                                                                  \
		_value;                                                                            \
	})

/*
 * scx_bpf_dsq_insert(): 6.12 scx_bpf_dispatch(); 6.13 this name, without a
 * result; 6.19 symbol ___v2 with a result. Dies with the support of 6.18.
 */
void scx_bpf_dispatch(struct task_struct *p, u64 dsq_id, u64 slice, u64 enq_flags) __ksym __weak;
void scx_bpf_dsq_insert___v1(struct task_struct *p, u64 dsq_id, u64 slice, u64 enq_flags) __ksym
__weak;
bool scx_bpf_dsq_insert___v2___compat(struct task_struct *p, u64 dsq_id, u64 slice, u64 enq_flags)
	__ksym __weak;

static inline bool scx_bpf_dsq_insert(struct task_struct *p, u64 dsq_id, u64 slice, u64 enq_flags)
{
	if (bpf_ksym_exists(scx_bpf_dsq_insert___v2___compat))
		return scx_bpf_dsq_insert___v2___compat(p, dsq_id, slice, enq_flags);
	if (bpf_ksym_exists(scx_bpf_dsq_insert___v1))
		scx_bpf_dsq_insert___v1(p, dsq_id, slice, enq_flags);
	else
		scx_bpf_dispatch(p, dsq_id, slice, enq_flags);
	return true;
}

/*
 * scx_bpf_dsq_insert_vtime(): 6.12 scx_bpf_dispatch_vtime(); 6.13 this name with
 * scalar arguments; 6.19 arguments in a structure. Dies with the support of 6.18.
 */
void scx_bpf_dispatch_vtime(struct task_struct *p, u64 dsq_id, u64 slice, u64 vtime, u64 enq_flags)
	__ksym __weak;
void scx_bpf_dsq_insert_vtime___v1(struct task_struct *p, u64 dsq_id, u64 slice, u64 vtime,
				   u64 enq_flags) __ksym __weak;
bool __scx_bpf_dsq_insert_vtime(struct task_struct *p, struct scx_bpf_dsq_insert_vtime_args *args)
	__ksym __weak;

static inline bool scx_bpf_dsq_insert_vtime(struct task_struct *p, u64 dsq_id, u64 slice, u64 vtime,
					    u64 enq_flags)
{
	if (bpf_ksym_exists(__scx_bpf_dsq_insert_vtime)) {
		struct scx_bpf_dsq_insert_vtime_args args = {
			.dsq_id = dsq_id,
			.slice = slice,
			.vtime = vtime,
			.enq_flags = enq_flags,
		};

		return __scx_bpf_dsq_insert_vtime(p, &args);
	}
	if (bpf_ksym_exists(scx_bpf_dsq_insert_vtime___v1))
		scx_bpf_dsq_insert_vtime___v1(p, dsq_id, slice, vtime, enq_flags);
	else
		scx_bpf_dispatch_vtime(p, dsq_id, slice, vtime, enq_flags);
	return true;
}

/*
 * scx_bpf_dsq_move_to_local(): 6.12 scx_bpf_consume(); 6.13 this name; 7.1 symbol
 * ___v2 with enqueue flags. Dies with the support of 7.0.
 */
bool scx_bpf_consume(u64 dsq_id) __ksym __weak;
bool scx_bpf_dsq_move_to_local___v1(u64 dsq_id) __ksym __weak;
bool scx_bpf_dsq_move_to_local___v2___compat(u64 dsq_id, u64 enq_flags) __ksym __weak;

/* @enq_flags are dropped where the kernel does not take any */
static inline bool scx_bpf_dsq_move_to_local(u64 dsq_id, u64 enq_flags)
{
	if (bpf_ksym_exists(scx_bpf_dsq_move_to_local___v2___compat))
		return scx_bpf_dsq_move_to_local___v2___compat(dsq_id, enq_flags);
	if (bpf_ksym_exists(scx_bpf_dsq_move_to_local___v1))
		return scx_bpf_dsq_move_to_local___v1(dsq_id);
	return scx_bpf_consume(dsq_id);
}

/*
 * scx_bpf_dsq_move() and its company: 6.12 scx_bpf_dispatch_from_dsq() etc., 6.13 these
 * names. They move @p, which bpf_for_each(scx_dsq, p, ...) has just handed out, to another
 * DSQ; false if it is gone from there. SCX_DSQ_ITER names the iterator of the loop they stand
 * in. A slice or vtime that is set holds for the next move. Dies with the support of 6.12.
 */
#define SCX_DSQ_ITER (&___it)

bool scx_bpf_dispatch_from_dsq(struct bpf_iter_scx_dsq *it, struct task_struct *p, u64 dsq_id,
			       u64 enq_flags) __ksym __weak;
bool scx_bpf_dispatch_vtime_from_dsq(struct bpf_iter_scx_dsq *it, struct task_struct *p, u64 dsq_id,
				     u64 enq_flags) __ksym __weak;
void scx_bpf_dispatch_from_dsq_set_slice(struct bpf_iter_scx_dsq *it, u64 slice) __ksym __weak;
void scx_bpf_dispatch_from_dsq_set_vtime(struct bpf_iter_scx_dsq *it, u64 vtime) __ksym __weak;
bool scx_bpf_dsq_move___v1(struct bpf_iter_scx_dsq *it, struct task_struct *p, u64 dsq_id,
			   u64 enq_flags) __ksym __weak;
bool scx_bpf_dsq_move_vtime___v1(struct bpf_iter_scx_dsq *it, struct task_struct *p, u64 dsq_id,
				 u64 enq_flags) __ksym __weak;
void scx_bpf_dsq_move_set_slice___v1(struct bpf_iter_scx_dsq *it, u64 slice) __ksym __weak;
void scx_bpf_dsq_move_set_vtime___v1(struct bpf_iter_scx_dsq *it, u64 vtime) __ksym __weak;

static inline bool scx_bpf_dsq_move(struct bpf_iter_scx_dsq *it, struct task_struct *p, u64 dsq_id,
				    u64 enq_flags)
{
	if (bpf_ksym_exists(scx_bpf_dsq_move___v1))
		return scx_bpf_dsq_move___v1(it, p, dsq_id, enq_flags);
	return scx_bpf_dispatch_from_dsq(it, p, dsq_id, enq_flags);
}

static inline bool scx_bpf_dsq_move_vtime(struct bpf_iter_scx_dsq *it, struct task_struct *p,
					  u64 dsq_id, u64 enq_flags)
{
	if (bpf_ksym_exists(scx_bpf_dsq_move_vtime___v1))
		return scx_bpf_dsq_move_vtime___v1(it, p, dsq_id, enq_flags);
	return scx_bpf_dispatch_vtime_from_dsq(it, p, dsq_id, enq_flags);
}

static inline void scx_bpf_dsq_move_set_slice(struct bpf_iter_scx_dsq *it, u64 slice)
{
	if (bpf_ksym_exists(scx_bpf_dsq_move_set_slice___v1))
		scx_bpf_dsq_move_set_slice___v1(it, slice);
	else
		scx_bpf_dispatch_from_dsq_set_slice(it, slice);
}

static inline void scx_bpf_dsq_move_set_vtime(struct bpf_iter_scx_dsq *it, u64 vtime)
{
	if (bpf_ksym_exists(scx_bpf_dsq_move_set_vtime___v1))
		scx_bpf_dsq_move_set_vtime___v1(it, vtime);
	else
		scx_bpf_dispatch_from_dsq_set_vtime(it, vtime);
}

/*
 * scx_bpf_dsq_peek(): 6.19. What it returned before 7.1, which brought version 2 of
 * move_to_local, could be stale. Elsewhere the first step of an iterator does the same.
 * Needs the RCU read lock, which callbacks hold. Dies with the support of 7.0.
 */
struct task_struct *scx_bpf_dsq_peek___v1(u64 dsq_id) __ksym __weak;

/* The first task of a DSQ of our own, NULL if there is none. It may be gone at any time. */
static inline struct task_struct *scx_bpf_dsq_peek(u64 dsq_id)
{
	struct task_struct *p = NULL;

	if (bpf_ksym_exists(scx_bpf_dsq_peek___v1) &&
	    bpf_ksym_exists(scx_bpf_dsq_move_to_local___v2___compat))
		return scx_bpf_dsq_peek___v1(dsq_id);
	bpf_for_each(scx_dsq, p, dsq_id, 0)
		break;
	return p;
}

/*
 * scx_bpf_select_cpu_and(): 6.17 with scalar arguments, 6.19 in a structure. Before, the
 * same from simpler parts, without regard to caches and siblings. Dies with the support
 * of 6.18.
 */
s32 scx_bpf_select_cpu_and___v1(struct task_struct *p, s32 prev_cpu, u64 wake_flags,
				const struct cpumask *cpus_allowed, u64 flags) __ksym __weak;
s32 __scx_bpf_select_cpu_and(struct task_struct *p, const struct cpumask *cpus_allowed,
			     struct scx_bpf_select_cpu_and_args *args) __ksym __weak;

static inline s32 __scx_pick_idle_and(struct task_struct *p, s32 prev_cpu,
				      const struct cpumask *cpus_allowed, u64 flags)
{
	s32 cpu;

	if (bpf_cpumask_test_cpu(prev_cpu, cpus_allowed) &&
	    bpf_cpumask_test_cpu(prev_cpu, p->cpus_ptr) &&
	    scx_bpf_test_and_clear_cpu_idle(prev_cpu))
		return prev_cpu;
	cpu = scx_bpf_pick_idle_cpu(cpus_allowed, flags);
	if (cpu < 0 || bpf_cpumask_test_cpu(cpu, p->cpus_ptr))
		return cpu;
	/* not for this task: on its way back to idleness the CPU is marked idle again */
	scx_bpf_kick_cpu(cpu, scx_value(scx_kick_flags, SCX_KICK_IDLE));
	return -EBUSY;
}

/* An idle CPU both @p and @cpus_allowed allow, claimed; -EBUSY if there is none. */
static inline s32 scx_bpf_select_cpu_and(struct task_struct *p, s32 prev_cpu, u64 wake_flags,
					 const struct cpumask *cpus_allowed, u64 flags)
{
	if (bpf_ksym_exists(__scx_bpf_select_cpu_and)) {
		struct scx_bpf_select_cpu_and_args args = {
			.prev_cpu = prev_cpu,
			.wake_flags = wake_flags,
			.flags = flags,
		};

		return __scx_bpf_select_cpu_and(p, cpus_allowed, &args);
	}
	if (bpf_ksym_exists(scx_bpf_select_cpu_and___v1))
		return scx_bpf_select_cpu_and___v1(p, prev_cpu, wake_flags, cpus_allowed, flags);
	return __scx_pick_idle_and(p, prev_cpu, cpus_allowed, flags);
}

/*
 * NUMA nodes: 6.15. Before, the machine is one node 0, and what was asked of a node is asked of
 * the machine. Dies with the support of 6.12.
 */
u32 scx_bpf_nr_node_ids___v1(void) __ksym __weak;
s32 scx_bpf_cpu_node___v1(s32 cpu) __ksym __weak;
const struct cpumask *scx_bpf_get_idle_cpumask_node___v1(s32 node) __ksym __weak;
const struct cpumask *scx_bpf_get_idle_smtmask_node___v1(s32 node) __ksym __weak;
s32 scx_bpf_pick_idle_cpu_node___v1(const struct cpumask *cpus_allowed, s32 node, u64 flags) __ksym
__weak;
s32 scx_bpf_pick_any_cpu_node___v1(const struct cpumask *cpus_allowed, s32 node, u64 flags) __ksym
__weak;

static inline u32 scx_bpf_nr_node_ids(void)
{
	return bpf_ksym_exists(scx_bpf_nr_node_ids___v1) ? scx_bpf_nr_node_ids___v1() : 1;
}

static inline s32 scx_bpf_cpu_node(s32 cpu)
{
	return bpf_ksym_exists(scx_bpf_cpu_node___v1) ? scx_bpf_cpu_node___v1(cpu) : 0;
}

/* The masks of a node need SCX_OPS_BUILTIN_IDLE_PER_NODE where the kernel knows that flag. */
static inline const struct cpumask *scx_bpf_get_idle_cpumask_node(s32 node)
{
	if (bpf_ksym_exists(scx_bpf_get_idle_cpumask_node___v1))
		return scx_bpf_get_idle_cpumask_node___v1(node);
	return scx_bpf_get_idle_cpumask();
}

static inline const struct cpumask *scx_bpf_get_idle_smtmask_node(s32 node)
{
	if (bpf_ksym_exists(scx_bpf_get_idle_smtmask_node___v1))
		return scx_bpf_get_idle_smtmask_node___v1(node);
	return scx_bpf_get_idle_smtmask();
}

static inline s32 scx_bpf_pick_idle_cpu_node(const struct cpumask *cpus_allowed, s32 node,
					     u64 flags)
{
	if (bpf_ksym_exists(scx_bpf_pick_idle_cpu_node___v1))
		return scx_bpf_pick_idle_cpu_node___v1(cpus_allowed, node, flags);
	return scx_bpf_pick_idle_cpu(cpus_allowed, flags);
}

static inline s32 scx_bpf_pick_any_cpu_node(const struct cpumask *cpus_allowed, s32 node, u64 flags)
{
	if (bpf_ksym_exists(scx_bpf_pick_any_cpu_node___v1))
		return scx_bpf_pick_any_cpu_node___v1(cpus_allowed, node, flags);
	return scx_bpf_pick_any_cpu(cpus_allowed, flags);
}

/* scx_bpf_now(): 6.14, the time of the run queue's clock. Dies with the support of 6.13. */
u64 scx_bpf_now___v1(void) __ksym __weak;

/* ns on a clock that does not go back on one CPU */
static inline u64 scx_bpf_now(void)
{
	return bpf_ksym_exists(scx_bpf_now___v1) ? scx_bpf_now___v1() : bpf_ktime_get_ns();
}

/*
 * scx_bpf_cpu_curr(): 6.18; scx_bpf_cpu_rq() before, gone in 7.3. Needs the RCU read lock.
 * Dies with the support of 6.17.
 */
struct task_struct *scx_bpf_cpu_curr___v1(s32 cpu) __ksym __weak;
struct rq *scx_bpf_cpu_rq(s32 cpu) __ksym __weak;

static inline struct task_struct *scx_bpf_cpu_curr(s32 cpu)
{
	struct rq *rq;

	if (bpf_ksym_exists(scx_bpf_cpu_curr___v1))
		return scx_bpf_cpu_curr___v1(cpu);
	rq = scx_bpf_cpu_rq(cpu);
	return rq ? rq->curr : NULL;
}

/*
 * scx_bpf_events(): 6.15; zeros before. The structure grows from kernel to kernel, so there is
 * room to spare, and members are found by name. Dies with the support of 6.14.
 */
struct scx_events {
	s64 raw[64];
};

void scx_bpf_events___v1(struct scx_events *events, unsigned long events__sz) __ksym __weak;

static inline void scx_bpf_events(struct scx_events *events)
{
	__builtin_memset(events, 0, sizeof(*events));
	if (bpf_ksym_exists(scx_bpf_events___v1))
		scx_bpf_events___v1(events, sizeof(*events));
}

/* How often the event SCX_EV_@name has happened; 0 where the kernel does not count it. */
#define scx_event(events, name)                                                                    \
	(bpf_core_field_exists(struct scx_event_stats, name)                                       \
		 ? (events)->raw[bpf_core_field_offset(struct scx_event_stats, name) /             \
				 sizeof(s64)]                                                      \
		 : 0)

/*
 * scx_bpf_reenqueue_local(): before 6.19 from ops.cpu_release() only, with a result; then symbol
 * ___v2 from anywhere. Dies with the support of 6.18.
 */
u32 scx_bpf_reenqueue_local___v1(void) __ksym __weak;
void scx_bpf_reenqueue_local___v2___compat(void) __ksym __weak;

static inline bool scx_can_reenqueue_anywhere(void)
{
	return bpf_ksym_exists(scx_bpf_reenqueue_local___v2___compat);
}

/*
 * Sends the tasks in the local DSQ of this CPU through ops.enqueue() again. Where
 * scx_can_reenqueue_anywhere() is false it may only be called from ops.cpu_release(). How many
 * tasks that concerned, -1 where the kernel does not say.
 */
static inline s32 scx_bpf_reenqueue_local(void)
{
	if (!scx_can_reenqueue_anywhere())
		return scx_bpf_reenqueue_local___v1();
	scx_bpf_reenqueue_local___v2___compat();
	return -1;
}

/*
 * SCX_ENQ_CPU_SELECTED: 6.13. Before, ops.select_cpu() was called for every wakeup of a task that
 * may run on several CPUs. Dies with the support of 6.12.
 */
static inline bool scx_is_cpu_selected(const struct task_struct *p, u64 enq_flags)
{
	u64 selected = scx_value(scx_enq_flags, SCX_ENQ_CPU_SELECTED);

	if (selected)
		return enq_flags & selected;
	return (enq_flags & scx_value(scx_enq_flags, SCX_ENQ_WAKEUP)) && p->nr_cpus_allowed > 1;
}

/*
 * What ops.core_sched_before(a, b) has to return if "a runs before b" is @before. Kernels that
 * keep p->scx.core_sched_at take it for the opposite. Dies with the support of those.
 */
static inline bool scx_core_sched_answer(bool before)
{
	return before != bpf_core_field_exists(struct sched_ext_entity, core_sched_at);
}

/*
 * scx_bpf_task_set_slice(), scx_bpf_task_set_dsq_vtime(): before 6.19 plain stores.
 * Dies with the support of 6.18.
 */
bool scx_bpf_task_set_slice___v1(struct task_struct *p, u64 slice) __ksym __weak;
bool scx_bpf_task_set_dsq_vtime___v1(struct task_struct *p, u64 vtime) __ksym __weak;

static inline void scx_bpf_task_set_slice(struct task_struct *p, u64 slice)
{
	if (bpf_ksym_exists(scx_bpf_task_set_slice___v1))
		(void)scx_bpf_task_set_slice___v1(p, slice);
	else
		p->scx.slice = slice;
}

static inline void scx_bpf_task_set_dsq_vtime(struct task_struct *p, u64 vtime)
{
	if (bpf_ksym_exists(scx_bpf_task_set_dsq_vtime___v1))
		(void)scx_bpf_task_set_dsq_vtime___v1(p, vtime);
	else
		p->scx.dsq_vtime = vtime;
}

/* Cgroups: not without CONFIG_EXT_GROUP_SCHED, where scx_bpf_task_cgroup() is missing, too. */
static inline bool scx_has_cgroups(void)
{
	return bpf_ksym_exists(scx_bpf_task_cgroup);
}

/*
 * Whether @p must stay where it is although its mask allows other CPUs. Since 6.14 the kernel
 * keeps such tasks from ops.enqueue() (unless asked by SCX_OPS_ENQ_MIGRATION_DISABLED). Before,
 * the entry to a BPF program counts for the current task, so 1 means nothing there. Dies with the
 * support of 6.13.
 */
static inline bool is_migration_disabled(const struct task_struct *p)
{
	u16 own = p->pid == (s32)bpf_get_current_pid_tgid();

	return p->migration_disabled > own;
}
