/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A made-up machine for the policy of a scheduler of scx/deadline_ops.bpf.h, whose .bpf.c a test
 * includes before: tasks, DSQs, idle CPUs, time.
 */
#pragma once

#include "unit/test.h"

/* The test's: options and ops.init(), and ops.init_task(). */
static void begin(void);
static s32 introduce(struct task_struct *p);

#define MS 1000000ULL
#define NR_CPUS 8
#define NR_TASKS 8
#define NR_DSQS 16

static const struct cpumask any_cpu = {0xff}, cpu_2_only = {1 << 2};

/* A task with its record and the DSQ it waits in. */
struct fake_task {
	struct task_struct p;
	struct task_ctx ctx;
	u64 dsq; /* NO_DSQ: in none */
	u64 ran_at, longest_wait;
};

#define NO_DSQ (~0ULL)

static struct {
	struct fake_task tasks[NR_TASKS];
	u32 nr_tasks;
	struct scx_cpu_state states[NR_CPUS];
	u32 domain[NR_CPUS];
	struct cpumask idle, cores;
	struct throttle throttle;
	struct bpf_cpumask masks[4];
	u32 nr_masks, nr_released;
	s32 this_cpu, waker;
	s32 nr_moved;
	unsigned nr_errors;
	u64 now;
	u32 perf[NR_CPUS];
	u64 kicked[NR_CPUS];
	u64 timer;
	unsigned counters[NR_DEADLINE_STATS + 8];
	bool is_running; /* the task in ops.enqueue() */
	/* the last insertion */
	u64 dsq_id, slice, enq_flags;
} fake;

static struct fake_task *of(const struct task_struct *p)
{
	return (struct fake_task *)((char *)p - offsetof(struct fake_task, p));
}

void *bpf_task_storage_get(void *map, struct task_struct *p, void *value, u64 flags)
{
	assert_ptr_equal(map, &tasks);
	if (flags == BPF_LOCAL_STORAGE_GET_F_CREATE)
		of(p)->ctx = *(struct task_ctx *)value;
	return &of(p)->ctx;
}

void *bpf_map_lookup_elem(void *map, const void *key)
{
	u32 i = *(const u32 *)key;

	if (map == (void *)&throttles)
		return &fake.throttle;
	if (i >= topo.nr_cpu_ids)
		return NULL;
	return map == (void *)&cpu_states ? (void *)&fake.states[i] : (void *)&fake.domain[i];
}

struct bpf_cpumask *bpf_cpumask_create(void)
{
	struct bpf_cpumask *mask = &fake.masks[fake.nr_masks++];

	mask->cpumask.bits = 0;
	return mask;
}

void bpf_cpumask_release(struct bpf_cpumask *cpumask)
{
	fake.nr_released++;
}

void bpf_cpumask_set_cpu(u32 cpu, struct bpf_cpumask *cpumask)
{
	cpumask->cpumask.bits |= 1ULL << cpu;
}

void *bpf_kptr_xchg(void *slot, void *pointer)
{
	void *old = *(void **)slot;

	*(void **)slot = pointer;
	return old;
}

bool bpf_cpumask_test_cpu(u32 cpu, const struct cpumask *cpumask)
{
	return cpumask->bits >> cpu & 1;
}

bool bpf_cpumask_intersects(const struct cpumask *a, const struct cpumask *b)
{
	return a->bits & b->bits;
}

bool bpf_cpumask_empty(const struct cpumask *cpumask)
{
	return !cpumask->bits;
}

bool scx_bpf_test_and_clear_cpu_idle(s32 cpu)
{
	bool was_idle = fake.idle.bits >> cpu & 1;

	fake.idle.bits &= ~(1ULL << cpu);
	return was_idle;
}

/* The kernel's: the lowest number will do. */
s32 scx_bpf_select_cpu_and(struct task_struct *p, s32 prev_cpu, u64 wake_flags,
			   const struct cpumask *cpus_allowed, u64 flags)
{
	u64 bits = fake.idle.bits & cpus_allowed->bits & p->cpus_ptr->bits;

	if (!bits)
		return -EBUSY;
	fake.idle.bits &= ~(bits & -bits);
	return __builtin_ctzll(bits);
}

s32 scx_bpf_select_cpu_dfl(struct task_struct *p, s32 prev_cpu, u64 wake_flags, bool *is_idle)
{
	s32 cpu = scx_bpf_select_cpu_and(p, prev_cpu, wake_flags, p->cpus_ptr, 0);

	*is_idle = cpu >= 0;
	return *is_idle ? cpu : prev_cpu;
}

const struct cpumask *scx_bpf_get_idle_smtmask(void)
{
	return &fake.cores;
}

const struct cpumask *scx_bpf_get_idle_smtmask_node(s32 node)
{
	return &fake.cores;
}

void scx_bpf_put_idle_cpumask(const struct cpumask *idle_mask)
{
}

u32 bpf_get_smp_processor_id(void)
{
	return (u32)fake.waker;
}

s32 scx_bpf_task_cpu(const struct task_struct *p)
{
	return fake.this_cpu;
}

bool scx_bpf_task_running(const struct task_struct *p)
{
	return fake.is_running;
}

bool is_migration_disabled(const struct task_struct *p)
{
	return p->migration_disabled;
}

bool scx_is_cpu_selected(const struct task_struct *p, u64 enq_flags)
{
	return enq_flags & SCX_ENQ_CPU_SELECTED;
}

bool scx_can_reenqueue_anywhere(void)
{
	return true;
}

s32 scx_bpf_reenqueue_local(void)
{
	fake.nr_moved++;
	return -1;
}

u64 scx_bpf_now(void)
{
	return fake.now;
}

void scx_bpf_kick_cpu(s32 cpu, u64 flags)
{
	fake.kicked[cpu] |= flags;
}

void scx_bpf_cpuperf_set(s32 cpu, u32 perf)
{
	fake.perf[cpu] = perf;
}

s32 scx_bpf_create_dsq(u64 dsq_id, s32 node)
{
	assert_true(dsq_id < topo.nr_cpu_ids + topo.nr_node_ids);
	return 0;
}

bool scx_bpf_dsq_insert(struct task_struct *p, u64 dsq_id, u64 slice, u64 enq_flags)
{
	assert_int_not_equal(slice, 0);
	of(p)->dsq = fake.dsq_id = dsq_id;
	fake.enq_flags = enq_flags;
	p->scx.slice = fake.slice = slice;
	return true;
}

bool scx_bpf_dsq_insert_vtime(struct task_struct *p, u64 dsq_id, u64 slice, u64 vtime,
			      u64 enq_flags)
{
	p->scx.dsq_vtime = vtime; /* as the kernel does */
	return scx_bpf_dsq_insert(p, dsq_id, slice, enq_flags);
}

static int compare_vtime(const void *a, const void *b)
{
	const struct fake_task *x = *(struct fake_task *const *)a,
			       *y = *(struct fake_task *const *)b;

	return vtime_before(y->p.scx.dsq_vtime, x->p.scx.dsq_vtime) ? 1 : -1;
}

struct task_struct *fake_queued(u64 dsq_id, unsigned n)
{
	struct fake_task *in[NR_TASKS];
	u32 nr = 0;

	for (u32 i = 0; i < fake.nr_tasks; i++)
		if (fake.tasks[i].dsq == dsq_id)
			in[nr++] = &fake.tasks[i];
	qsort(in, nr, sizeof(in[0]), compare_vtime);
	return n < nr ? &in[n]->p : NULL;
}

s32 scx_bpf_dsq_nr_queued(u64 dsq_id)
{
	s32 nr = 0;

	while (fake_queued(dsq_id, (unsigned)nr))
		nr++;
	return nr;
}

bool scx_bpf_dsq_move_to_local(u64 dsq_id, u64 enq_flags)
{
	struct task_struct *p;

	for (unsigned n = 0; (p = fake_queued(dsq_id, n)); n++)
		if (bpf_cpumask_test_cpu((u32)fake.this_cpu, p->cpus_ptr)) {
			of(p)->dsq = SCX_DSQ_LOCAL;
			return true;
		}
	return false;
}

void scx_bpf_task_set_slice(struct task_struct *p, u64 slice)
{
	p->scx.slice = slice;
}

long bpf_timer_start(struct bpf_timer *timer, u64 nsecs, u64 flags)
{
	fake.timer = nsecs;
	return 0;
}

void stat_inc(u32 id)
{
	fake.counters[id]++;
}

void scx_report_exit(const struct scx_exit_info *info)
{
}

void scx_bpf_error(const char *format, ...)
{
	fake.nr_errors++;
}

static int reset(void **state _unused_)
{
	memset(&fake, 0, sizeof(fake));
	vtime_now = 0;
	fake.now = vtime_paced_at = 1000 * MS;
	fake.waker = 7;
	domain_mask = NULL;
	domain_is_part = is_throttled = 0;
	domain_perf = 1024;
	topo = (struct scx_topology){.nr_cpu_ids = NR_CPUS, .nr_online = NR_CPUS, .nr_node_ids = 1};
	for (u32 cpu = 0; cpu < NR_CPUS; cpu++) {
		topo_cpus[cpu] =
			(struct scx_cpu){.next_thread = cpu, .capacity = 1024, .online = 1};
		topo_order[cpu] = cpu;
	}
	begin();
	return 0;
}

static int check_errors(void **state _unused_)
{
	assert_int_equal(fake.nr_errors, 0);
	return 0;
}

static struct task_struct *make_task(u32 weight, const struct cpumask *allowed)
{
	struct fake_task *t = &fake.tasks[fake.nr_tasks++];

	*t = (struct fake_task){
		.p = {.pid = (s32)fake.nr_tasks,
		      .cpus_ptr = allowed,
		      .nr_cpus_allowed = allowed == &any_cpu ? NR_CPUS : 1,
		      .scx.weight = weight,
		      .scx.flags = SCX_TASK_QUEUED},
		.dsq = NO_DSQ,
		.ran_at = fake.now,
	};
	assert_int_equal(introduce(&t->p), 0);
	deadline_enable(&t->p);
	return &t->p;
}

static void run(struct task_struct *p, u64 ns)
{
	of(p)->dsq = NO_DSQ;
	if (fake.now - of(p)->ran_at > of(p)->longest_wait)
		of(p)->longest_wait = fake.now - of(p)->ran_at;
	deadline_running(p);
	p->se.sum_exec_runtime += ns;
	p->scx.slice = 0;
	fake.now += ns;
	of(p)->ran_at = fake.now;
}

/* The machine with one CPU runs for @ns in turns of @turn; task 0 begins. */
static void simulate(u64 ns, u64 turn)
{
	struct task_struct *p = &fake.tasks[0].p;

	for (u32 i = 1; i < fake.nr_tasks; i++)
		deadline_enqueue(&fake.tasks[i].p, 0);
	run(p, turn);
	for (u64 t = turn; t < ns; t += turn) {
		deadline_dispatch(0, p);
		if (!p->scx.slice) {
			struct task_struct *next = fake_queued(SCX_DSQ_LOCAL, 0);

			deadline_stopping(p, true);
			fake.is_running = true;
			deadline_enqueue(p, 0);
			assert_non_null(next);
			p = next;
			run(p, turn);
		} else {
			p->se.sum_exec_runtime += turn;
			p->scx.slice = 0;
			fake.now += turn;
		}
	}
}
