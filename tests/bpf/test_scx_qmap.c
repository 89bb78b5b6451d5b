// SPDX-License-Identifier: GPL-2.0-only
/* The policy of scx_qmap, callback by callback. */
#include "scx_qmap/scx_qmap.bpf.c"

#include "unit/test.h"

#define MS 1000000ULL
#define NR_CPUS 2
#define NR_TASKS 64
#define FIRST_PID 100

static const struct cpumask any_cpu = {3}, cpu_0_only = {1}, cpu_1_only = {2};

static struct {
	struct queue queues[NR_LEVELS];
	struct cpu_ctx cpus[NR_CPUS];
	struct task_struct tasks[NR_TASKS];
	struct task_ctx ctx[NR_TASKS];
	bool is_known[NR_TASKS]; /* has been through ops.init_task() */
	s32 task_cpu[NR_TASKS];
	unsigned nr_tasks, nr_held; /* references taken and not given back */
	u64 idle;
	bool is_migration_disabled;
	/* DSQs in the order of insertion */
	struct task_struct *shared[NR_TASKS], *highpri[NR_TASKS], *local, *global;
	unsigned nr_shared, nr_highpri;
	u64 last_dsq, last_slice, last_vtime, moved_to, move_flags;
	unsigned nr_inserted;
	s32 kicked;
	s64 counters[QMAP_EV_INSERT_NOT_OWNED + 1];
	u32 perf[NR_CPUS];
	char error[128];
	s64 exit_code;
	char dump[1024];
	unsigned nr_reenqueued;
} fake;

static unsigned number_of(const struct task_struct *p)
{
	return (unsigned)(p - fake.tasks);
}

static struct task_struct *new_task(u32 weight, const struct cpumask *allowed)
{
	struct task_struct *p = &fake.tasks[fake.nr_tasks];
	struct scx_init_task_args args = {};

	*p = (struct task_struct){
		.pid = FIRST_PID + (s32)fake.nr_tasks,
		.tgid = FIRST_PID + (s32)fake.nr_tasks,
		.cpus_ptr = allowed,
		.nr_cpus_allowed = allowed == &any_cpu ? 2 : 1,
		.scx.weight = weight,
		.scx.flags = SCX_TASK_QUEUED,
	};
	fake.nr_tasks++;
	assert_int_equal(qmap_init_task(p, &args), 0);
	return p;
}

void *bpf_map_lookup_elem(void *map, const void *key)
{
	u32 level = *(const u32 *)key;

	assert_ptr_equal(map, &queues);
	return level < NR_LEVELS ? &fake.queues[level] : NULL;
}

void *bpf_map_lookup_percpu_elem(void *map, const void *key _unused_, u32 cpu)
{
	assert_ptr_equal(map, &cpus);
	return cpu < NR_CPUS ? &fake.cpus[cpu] : NULL;
}

void *bpf_task_storage_get(void *map, struct task_struct *p, void *value _unused_, u64 flags)
{
	unsigned n = number_of(p);

	assert_ptr_equal(map, &tasks);
	if (flags & BPF_LOCAL_STORAGE_GET_F_CREATE)
		fake.is_known[n] = true;
	return fake.is_known[n] ? &fake.ctx[n] : NULL;
}

struct task_struct *bpf_task_from_pid(s32 pid)
{
	if (pid < FIRST_PID || pid >= FIRST_PID + (s32)fake.nr_tasks)
		return NULL;
	fake.nr_held++;
	return &fake.tasks[pid - FIRST_PID];
}

void bpf_task_release(struct task_struct *p _unused_)
{
	fake.nr_held--;
}

bool bpf_cpumask_test_cpu(u32 cpu, const struct cpumask *cpumask)
{
	return cpumask->bits >> cpu & 1;
}

bool is_migration_disabled(const struct task_struct *p _unused_)
{
	return fake.is_migration_disabled;
}

s32 scx_bpf_task_cpu(const struct task_struct *p)
{
	return fake.task_cpu[number_of(p)];
}

bool scx_bpf_test_and_clear_cpu_idle(s32 cpu)
{
	bool was_idle = fake.idle >> cpu & 1;

	fake.idle &= ~(1ULL << cpu);
	return was_idle;
}

s32 scx_bpf_pick_idle_cpu(const struct cpumask *cpus_allowed, u64 flags _unused_)
{
	for (s32 cpu = 0; cpu < NR_CPUS; cpu++)
		if (bpf_cpumask_test_cpu((u32)cpu, cpus_allowed) &&
		    scx_bpf_test_and_clear_cpu_idle(cpu))
			return cpu;
	return -EBUSY;
}

s32 scx_bpf_pick_any_cpu(const struct cpumask *cpus_allowed, u64 flags _unused_)
{
	return cpus_allowed->bits & 1 ? 0 : 1;
}

bool scx_is_cpu_selected(const struct task_struct *p _unused_, u64 enq_flags)
{
	return enq_flags & SCX_ENQ_CPU_SELECTED;
}

bool scx_core_sched_answer(bool before)
{
	return before;
}

bool scx_can_reenqueue_anywhere(void)
{
	return true;
}

s32 scx_bpf_reenqueue_local(void)
{
	fake.nr_reenqueued++;
	return -1;
}

void scx_bpf_kick_cpu(s32 cpu, u64 flags _unused_)
{
	fake.kicked = cpu;
}

bool scx_bpf_dsq_insert(struct task_struct *p, u64 dsq_id, u64 slice, u64 enq_flags _unused_)
{
	fake.nr_inserted++;
	fake.last_dsq = dsq_id;
	fake.last_slice = slice;
	if (dsq_id == SHARED_DSQ)
		fake.shared[fake.nr_shared++] = p;
	if (dsq_id == SCX_DSQ_GLOBAL)
		fake.global = p;
	return true;
}

bool scx_bpf_dsq_insert_vtime(struct task_struct *p, u64 dsq_id, u64 slice, u64 vtime,
			      u64 enq_flags _unused_)
{
	assert_int_equal(dsq_id, HIGHPRI_DSQ);
	assert_true(vtime > fake.last_vtime);
	fake.nr_inserted++;
	fake.last_dsq = dsq_id;
	fake.last_slice = slice;
	fake.last_vtime = vtime;
	fake.highpri[fake.nr_highpri++] = p;
	return true;
}

/* The CPU that dispatches is 0: it takes the first task it may run. */
bool scx_bpf_dsq_move_to_local(u64 dsq_id, u64 enq_flags _unused_)
{
	assert_int_equal(dsq_id, SHARED_DSQ);
	for (unsigned i = 0; i < fake.nr_shared; i++) {
		if (!(fake.shared[i]->cpus_ptr->bits & 1))
			continue;
		fake.local = fake.shared[i];
		fake.nr_shared--;
		memmove(&fake.shared[i], &fake.shared[i + 1],
			(fake.nr_shared - i) * sizeof(fake.shared[0]));
		return true;
	}
	return false;
}

struct task_struct *fake_queued(u64 dsq_id, unsigned n)
{
	if (dsq_id == HIGHPRI_DSQ)
		return n < fake.nr_highpri ? fake.highpri[n] : NULL;
	return n < fake.nr_shared ? fake.shared[n] : NULL;
}

void scx_bpf_dsq_move_set_slice(void *it _unused_, u64 slice)
{
	fake.last_slice = slice;
}

/* What is moved is named by the tests; nothing leaves the DSQ while it is walked. */
bool scx_bpf_dsq_move(void *it _unused_, struct task_struct *p, u64 dsq_id, u64 enq_flags)
{
	if (p->flags & PF_EXITING)
		return false;
	fake.moved_to = dsq_id;
	fake.move_flags = enq_flags;
	return true;
}

u32 scx_bpf_dispatch_nr_slots(void)
{
	return NR_TASKS;
}

void scx_bpf_task_set_slice(struct task_struct *p, u64 slice)
{
	p->scx.slice = slice;
}

void scx_bpf_cpuperf_set(s32 cpu, u32 perf)
{
	fake.perf[cpu] = perf;
}

const struct cpumask *scx_bpf_get_online_cpumask(void)
{
	return &any_cpu;
}

const struct cpumask *scx_bpf_get_possible_cpumask(void)
{
	return &any_cpu;
}

void scx_bpf_put_cpumask(const struct cpumask *cpumask _unused_)
{
}

u32 bpf_cpumask_weight(const struct cpumask *cpumask)
{
	return (u32)__builtin_popcountll(cpumask->bits);
}

u32 scx_bpf_cpuperf_cur(s32 cpu)
{
	return cpu ? 512 : 1024;
}

u32 scx_bpf_cpuperf_cap(s32 cpu)
{
	return cpu ? 256 : 1024;
}

s32 scx_bpf_dsq_nr_queued(u64 dsq_id _unused_)
{
	return (s32)fake.nr_shared;
}

void bpf_rcu_read_lock(void)
{
}

void bpf_rcu_read_unlock(void)
{
}

s32 scx_bpf_create_dsq(u64 dsq_id, s32 node _unused_)
{
	return dsq_id <= HIGHPRI_DSQ ? 0 : -EINVAL;
}

void stat_add(u32 id, s64 n)
{
	fake.counters[id] += n;
}

void stat_inc(u32 id)
{
	stat_add(id, 1);
}

void stat_set(u32 id, u64 value)
{
	fake.counters[id] = (s64)value;
}

_printf_(1, 2) void scx_bpf_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(fake.error, sizeof(fake.error), format, args);
	va_end(args);
}

void scx_bpf_exit(s64 code, const char *format _unused_, ...)
{
	fake.exit_code = code + 1;
}

_printf_(1, 2) void scx_bpf_dump(const char *format, ...)
{
	size_t length = strlen(fake.dump);
	va_list args;

	va_start(args, format);
	(void)vsnprintf(fake.dump + length, sizeof(fake.dump) - length, format, args);
	va_end(args);
}

void scx_report_exit(const struct scx_exit_info *info _unused_)
{
}

static int reset(void **state _unused_)
{
	memset(&fake, 0, sizeof(fake));
	fake.kicked = -1;
	conf = (struct scx_qmap_conf){.slice_ns = 20 * MS, .batch = 1, .end_after = 3};
	nr_enqueues = nr_user_enqueues = nr_kernel_enqueues = nr_dispatches = nr_boosted = 0;
	return 0;
}

/* CPU 0 looks for work; what it runs next, @prev if that goes on, or NULL. */
static struct task_struct *dispatch(struct task_struct *prev)
{
	fake.local = NULL;
	if (prev)
		prev->scx.slice = 0;
	qmap_dispatch(0, prev);
	if (fake.local)
		return fake.local;
	return prev && prev->scx.slice ? prev : NULL;
}

static void test_levels(void **state _unused_)
{
	static const struct {
		u32 weight, level;
	} levels[] = {{1, 0},   {25, 0},  {26, 1},  {50, 1},  {51, 2},   {100, 2},
		      {199, 2}, {200, 3}, {399, 3}, {400, 4}, {10000, 4}};

	for (size_t i = 0; i < ARRAY_SIZE(levels); i++)
		assert_int_equal(level_of(levels[i].weight), levels[i].level);
}

/* The hog that runs on CPU 0 runs for @ms until its slice is over; the one that runs next. */
static struct task_struct *run_and_switch(struct task_struct *on, unsigned ms)
{
	struct task_struct *next;

	on->se.sum_exec_runtime += ms * MS;
	next = dispatch(on);
	assert_non_null(next);
	if (next == on)
		return on;
	qmap_stopping(on, true);
	qmap_enqueue(on, SCX_ENQ_CPU_SELECTED);
	qmap_running(next);
	return next;
}

/* The example of the design comment, with hogs that are stopped after @ms instead of 20. */
static void share(unsigned ms)
{
	static const u32 weights[NR_LEVELS] = {20, 40, 100, 300, 1000};
	struct task_struct *on;

	for (unsigned i = 0; i < NR_LEVELS; i++)
		qmap_enqueue(new_task(weights[i], &any_cpu), SCX_ENQ_CPU_SELECTED);
	on = dispatch(NULL);
	assert_non_null(on);
	qmap_running(on);
	for (unsigned slice = 0; slice < 6200; slice++)
		on = run_and_switch(on, ms);
	for (unsigned i = 1; i < NR_LEVELS; i++) {
		u64 ratio = fake.tasks[i].se.sum_exec_runtime * 100 /
			    fake.tasks[i - 1].se.sum_exec_runtime;

		assert_in_range(ratio, 190, 210);
	}
	assert_int_equal(fake.nr_held, 0);
}

static void test_shares(void **state)
{
	static const unsigned runs_ms[] = {20, 21, 24, 60};

	for (size_t i = 0; i < ARRAY_SIZE(runs_ms); i++) {
		(void)reset(state);
		share(runs_ms[i]);
	}
}

static void test_fifo_in_level(void **state _unused_)
{
	struct task_struct *a = new_task(100, &any_cpu), *b = new_task(100, &any_cpu);

	qmap_enqueue(b, SCX_ENQ_CPU_SELECTED);
	qmap_enqueue(a, SCX_ENQ_CPU_SELECTED);
	assert_int_equal(fake.counters[QMAP_DELTA], 2);
	assert_ptr_equal(dispatch(NULL), b);
	assert_ptr_equal(dispatch(NULL), a);
	assert_null(dispatch(NULL));
	assert_int_equal(fake.counters[QMAP_DELTA], 0);
	assert_int_equal(fake.counters[QMAP_ENQ], 2);
	assert_int_equal(fake.counters[QMAP_DSP], 2);
}

/* Taken out and put in again: the first entry counts no more, and the task runs once. */
static void test_dequeued(void **state _unused_)
{
	struct task_struct *a = new_task(100, &any_cpu), *b = new_task(100, &any_cpu);

	qmap_enqueue(a, SCX_ENQ_CPU_SELECTED);
	qmap_enqueue(b, SCX_ENQ_CPU_SELECTED);
	qmap_dequeue(a, SCX_DEQ_CORE_SCHED_EXEC);
	qmap_dequeue(a, 0); /* newer kernels again, when it is on its way */
	assert_int_equal(fake.counters[QMAP_DEQ], 1);
	assert_int_equal(fake.counters[QMAP_CORE], 1);
	a->scx.weight = 1000;
	qmap_enqueue(a, SCX_ENQ_CPU_SELECTED);
	assert_ptr_equal(dispatch(NULL), b);
	assert_ptr_equal(dispatch(NULL), a);
	assert_null(dispatch(NULL));
	assert_int_equal(fake.counters[QMAP_STALE], 1);
	assert_int_equal(fake.counters[QMAP_DELTA], 0);
	assert_int_equal(fake.nr_held, 0);
}

/* A pid that went to another task, which waits elsewhere or not at all. */
static void test_pid_of_another(void **state _unused_)
{
	struct task_struct *p = new_task(100, &any_cpu);

	qmap_enqueue(p, SCX_ENQ_CPU_SELECTED);
	fake.ctx[0] = (struct task_ctx){.ticket = ticket_of(3, 0)};
	assert_null(dispatch(NULL));
	fake.is_known[0] = false;
	fake.queues[2].first = 0;
	assert_null(dispatch(NULL));
	fake.nr_tasks = 0;
	fake.queues[2].first = 0;
	assert_null(dispatch(NULL));
	assert_int_equal(fake.counters[QMAP_STALE], 3);
	assert_int_equal(fake.nr_held, 0);
	assert_int_equal(fake.nr_inserted, 0);
}

static void test_full_queue(void **state _unused_)
{
	struct task_struct *p = new_task(100, &any_cpu);

	fake.queues[2].first = 5;
	fake.queues[2].end = 5 + QUEUE_SIZE;
	qmap_enqueue(p, SCX_ENQ_CPU_SELECTED);
	assert_int_equal(fake.counters[QMAP_FULL], 1);
	assert_ptr_equal(dispatch(NULL), p);
}

static void test_idle_cpu(void **state _unused_)
{
	struct task_struct *p = new_task(100, &any_cpu);

	fake.idle = 2;
	assert_int_equal(qmap_select_cpu(p, 0, 0), 1);
	qmap_enqueue(p, SCX_ENQ_CPU_SELECTED);
	assert_int_equal(fake.last_dsq, SCX_DSQ_LOCAL);
	assert_int_equal(fake.counters[QMAP_ENQ_DDSP], 0);
	/* once only */
	assert_int_equal(qmap_select_cpu(p, 0, 0), 0);
	qmap_enqueue(p, SCX_ENQ_CPU_SELECTED);
	assert_int_equal(fake.counters[QMAP_ENQ], 1);
}

static void test_cpu_not_selected(void **state _unused_)
{
	struct task_struct *p = new_task(100, &any_cpu);

	fake.idle = 2;
	qmap_enqueue(p, 0);
	assert_int_equal(fake.last_dsq, SCX_DSQ_LOCAL_ON | 1);
	assert_int_equal(fake.counters[QMAP_ENQ_DDSP], 1);
	/* bound to where it is for the moment */
	fake.idle = 2;
	fake.is_migration_disabled = true;
	qmap_enqueue(p, 0);
	assert_int_equal(fake.counters[QMAP_ENQ], 1);
}

static void test_bound_tasks(void **state _unused_)
{
	struct task_struct *user = new_task(100, &cpu_1_only), *kernel = new_task(100, &cpu_1_only);

	fake.task_cpu[0] = fake.task_cpu[1] = 1;
	kernel->flags = PF_KTHREAD;
	qmap_enqueue(kernel, 0);
	assert_int_equal(fake.last_dsq, SCX_DSQ_LOCAL_ON | 1);
	qmap_enqueue(user, 0);
	assert_int_equal(fake.counters[QMAP_ENQ], 1);
	/* drawn by a CPU it may not use: its own is woken */
	fake.idle = 2;
	assert_null(dispatch(NULL));
	assert_int_equal(fake.nr_shared, 1);
	assert_int_equal(fake.kicked, 1);
}

static void test_stranded(void **state _unused_)
{
	struct task_struct *p = new_task(100, &cpu_1_only);

	fake.task_cpu[0] = 1;
	qmap_enqueue(p, 0);
	fake.cpus[1].is_offline = true;
	assert_null(dispatch(NULL));
	assert_ptr_equal(fake.global, p);
	assert_int_equal(fake.kicked, 1);
	fake.cpus[1].is_offline = false;
	fake.shared[fake.nr_shared++] = p;
	rescue_stranded(SHARED_DSQ);
	assert_int_equal(fake.moved_to, 0);
	fake.cpus[1].is_offline = true;
	rescue_stranded(SHARED_DSQ);
	assert_int_equal(fake.moved_to, SCX_DSQ_GLOBAL);
}

static void test_batch(void **state _unused_)
{
	conf.batch = 3;
	for (unsigned i = 0; i < 5; i++)
		qmap_enqueue(new_task(1000, &any_cpu), SCX_ENQ_CPU_SELECTED);
	assert_ptr_equal(dispatch(NULL), &fake.tasks[0]);
	assert_int_equal(fake.counters[QMAP_DSP], 3);
	assert_int_equal(fake.nr_shared, 2);
	assert_ptr_equal(dispatch(NULL), &fake.tasks[1]);
	assert_int_equal(fake.counters[QMAP_DSP], 3);
}

static void test_reenqueued(void **state _unused_)
{
	struct task_struct *p = new_task(100, &any_cpu);

	p->scx.slice = MS;
	qmap_stopping(p, false);
	assert_int_equal(fake.nr_reenqueued, 0);
	qmap_stopping(p, true);
	assert_int_equal(fake.nr_reenqueued, 1);
	qmap_enqueue(p, SCX_ENQ_REENQ | SCX_ENQ_CPU_SELECTED);
	assert_int_equal(fake.last_dsq, SHARED_DSQ);
	assert_int_equal(fake.counters[QMAP_REENQ], 1);
}

static void test_highpri(void **state _unused_)
{
	struct task_struct *there = new_task(HIGHPRI_WEIGHT, &cpu_1_only);
	struct task_struct *here = new_task(HIGHPRI_WEIGHT, &cpu_0_only);
	struct task_struct *gone = new_task(HIGHPRI_WEIGHT, &any_cpu);

	gone->flags = PF_EXITING;
	conf.highpri = 1;
	qmap_enqueue(gone, SCX_ENQ_CPU_SELECTED);
	qmap_enqueue(there, SCX_ENQ_CPU_SELECTED);
	qmap_enqueue(here, SCX_ENQ_CPU_SELECTED);
	assert_int_equal(fake.nr_highpri, 3);
	assert_true(serve_boosted(0));
	assert_int_equal(fake.moved_to, SCX_DSQ_LOCAL_ON | 0);
	assert_int_equal(fake.move_flags, 0);
	assert_int_equal(fake.last_slice, 40 * MS);
	assert_int_equal(fake.counters[QMAP_EXP_LOST], 1);
	assert_int_equal(fake.counters[QMAP_EXP_REMOTE], 1);
	assert_int_equal(fake.counters[QMAP_EXP_LOCAL], 1);
	assert_false(serve_boosted(-1));
	assert_int_equal(fake.counters[QMAP_EXP_TIMER], 2);
	assert_int_equal(fake.move_flags, SCX_ENQ_PREEMPT);
	conf.highpri = 0;
	qmap_enqueue(here, SCX_ENQ_CPU_SELECTED);
	assert_int_equal(fake.counters[QMAP_ENQ], 1);
}

static void test_core_sched(void **state _unused_)
{
	struct task_struct *first = new_task(100, &any_cpu), *second = new_task(100, &any_cpu);
	struct task_struct *heavy = new_task(1000, &any_cpu), *light = new_task(1, &any_cpu);

	for (unsigned i = 0; i < 2; i++)
		qmap_enqueue(&fake.tasks[i], SCX_ENQ_CPU_SELECTED);
	assert_true(qmap_core_sched_before(first, second));
	assert_false(qmap_core_sched_before(second, first));
	assert_false(qmap_core_sched_before(first, first));
	/* the same place in a queue that is served sixteen times as much */
	fake.ctx[2] = (struct task_ctx){.level = 4, .position = 3};
	fake.ctx[3] = (struct task_ctx){.level = 0, .position = 3};
	assert_true(qmap_core_sched_before(heavy, light));
	/* and overtaken alike */
	fake.queues[0].running = fake.queues[4].running = 5;
	assert_true(qmap_core_sched_before(heavy, light));
	/* one that has begun to run moves the queue on, an earlier one does not move it back */
	qmap_running(second);
	assert_int_equal(fake.queues[2].running, 1);
	qmap_running(first);
	assert_int_equal(fake.queues[2].running, 1);
}

static void test_tick(void **state _unused_)
{
	struct task_struct *heavy = new_task(1000, &any_cpu);

	for (unsigned i = 0; i < 20; i++)
		qmap_tick(heavy);
	assert_int_equal(fake.perf[0], 1024);
	heavy->scx.weight = 100;
	for (unsigned i = 0; i < 20; i++)
		qmap_tick(heavy);
	assert_int_equal(fake.perf[0], 512);
}

static void test_perf_statistics(void **state _unused_)
{
	topo.nr_cpu_ids = NR_CPUS;
	fake.cpus[0].perf_target = 256;
	fake.cpus[1].perf_target = 768;
	sample_perf();
	assert_int_equal(fake.counters[QMAP_CUR_MIN], 128);
	assert_int_equal(fake.counters[QMAP_CUR_AVG], 576);
	assert_int_equal(fake.counters[QMAP_CUR_MAX], 1024);
	assert_int_equal(fake.counters[QMAP_TARGET_MIN], 256);
	assert_int_equal(fake.counters[QMAP_TARGET_AVG], 512);
	assert_int_equal(fake.counters[QMAP_TARGET_MAX], 768);
}

/* It shows what waits, and takes nothing away. */
static void test_dump(void **state _unused_)
{
	struct task_struct *p = new_task(100, &any_cpu);
	struct scx_dump_ctx dump = {};

	qmap_enqueue(p, SCX_ENQ_CPU_SELECTED);
	qmap_dump(&dump);
	qmap_dump_cpu(&dump, 0, true); /* idle */
	qmap_dump_task(&dump, p);
	assert_string_equal(fake.dump, "queue 0: entries 0 to 0:\n"
				       "queue 1: entries 0 to 0:\n"
				       "queue 2: entries 0 to 1: 100\n"
				       "queue 3: entries 0 to 0:\n"
				       "queue 4: entries 0 to 0:\n"
				       "qmap: level=2 position=0 waits=1 is_picked=0\n");
	conf.suppress_dump = 1;
	fake.dump[0] = '\0';
	qmap_dump(&dump);
	qmap_dump_cpu(&dump, 0, false);
	qmap_dump_task(&dump, p);
	assert_string_equal(fake.dump, "");
	assert_ptr_equal(dispatch(NULL), p);
}

static void test_dropped(void **state _unused_)
{
	struct task_struct *user = new_task(100, &any_cpu), *kernel = new_task(100, &any_cpu);

	kernel->flags = PF_KTHREAD;
	conf.drop_user = 3;
	for (unsigned i = 0; i < 6; i++)
		qmap_enqueue(user, SCX_ENQ_CPU_SELECTED);
	assert_int_equal(fake.counters[QMAP_ENQ], 4);
	assert_int_equal(fake.counters[QMAP_DROPPED], 2);
	assert_int_equal(fake.counters[QMAP_DELTA], 0);
	qmap_enqueue(kernel, SCX_ENQ_CPU_SELECTED);
	assert_int_equal(fake.counters[QMAP_DROPPED], 2);
	conf.drop_kernel = 1;
	qmap_enqueue(kernel, SCX_ENQ_CPU_SELECTED);
	assert_int_equal(fake.counters[QMAP_DROPPED], 3);
}

static void end_third(enum qmap_end end)
{
	struct task_struct *p = new_task(100, &any_cpu);

	conf.end = end;
	nr_enqueues = 0;
	qmap_enqueue(p, SCX_ENQ_CPU_SELECTED);
	qmap_enqueue(p, SCX_ENQ_CPU_SELECTED);
	assert_string_equal(fake.error, "");
	assert_int_equal(fake.exit_code, 0);
	assert_int_equal(fake.counters[QMAP_DROPPED], 0);
	qmap_enqueue(p, SCX_ENQ_CPU_SELECTED);
}

static void test_ends(void **state)
{
	end_third(QMAP_END_ERROR);
	assert_string_equal(fake.error, "error on purpose after 3 enqueues");
	(void)reset(state);
	end_third(QMAP_END_EXIT);
	assert_int_equal(fake.exit_code, 1);
	(void)reset(state);
	end_third(QMAP_END_RESTART);
	assert_int_equal(fake.exit_code - 1, SCX_ECODE_ACT_RESTART);
	(void)reset(state);
	end_third(QMAP_END_STALL);
	assert_int_equal(fake.counters[QMAP_DROPPED], 1);
	(void)reset(state);
	end_third(QMAP_END_NO_DSQ);
	assert_int_equal(fake.last_dsq, NO_SUCH_DSQ);
	(void)reset(state);
	fake.kicked = 0;
	end_third(QMAP_END_NO_CPU);
	assert_int_equal(fake.kicked, -1);
	conf.end = QMAP_END_INIT;
	assert_int_equal(qmap_init(), -ECANCELED);
}

static void test_loop(void **state _unused_)
{
	conf.loop_after = 2;
	qmap_enqueue(new_task(100, &any_cpu), SCX_ENQ_CPU_SELECTED);
	assert_non_null(dispatch(NULL));
	assert_null(dispatch(NULL));
	qmap_enqueue(&fake.tasks[0], SCX_ENQ_CPU_SELECTED);
	assert_null(dispatch(NULL));
	assert_int_equal(fake.counters[QMAP_DELTA], 1);
}

static void test_disallow(void **state _unused_)
{
	struct scx_init_task_args args = {};
	struct task_struct *p = new_task(100, &any_cpu), *other = new_task(100, &any_cpu);

	conf.disallow_tgid = p->tgid;
	assert_int_equal(qmap_init_task(other, &args), 0);
	assert_false(other->scx.disallow);
	args.fork = true;
	assert_int_equal(qmap_init_task(p, &args), 0);
	assert_false(p->scx.disallow);
	args.fork = false;
	assert_int_equal(qmap_init_task(p, &args), 0);
	assert_true(p->scx.disallow);
}

static void test_unknown_task(void **state _unused_)
{
	struct task_struct *p = new_task(100, &any_cpu);

	fake.is_known[0] = false;
	qmap_enqueue(p, 0);
	assert_string_equal(fake.error, "enqueue of task 100, which has not been initialized");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_levels, reset),
		cmocka_unit_test_setup(test_shares, reset),
		cmocka_unit_test_setup(test_fifo_in_level, reset),
		cmocka_unit_test_setup(test_dequeued, reset),
		cmocka_unit_test_setup(test_pid_of_another, reset),
		cmocka_unit_test_setup(test_full_queue, reset),
		cmocka_unit_test_setup(test_idle_cpu, reset),
		cmocka_unit_test_setup(test_cpu_not_selected, reset),
		cmocka_unit_test_setup(test_bound_tasks, reset),
		cmocka_unit_test_setup(test_stranded, reset),
		cmocka_unit_test_setup(test_batch, reset),
		cmocka_unit_test_setup(test_reenqueued, reset),
		cmocka_unit_test_setup(test_highpri, reset),
		cmocka_unit_test_setup(test_core_sched, reset),
		cmocka_unit_test_setup(test_tick, reset),
		cmocka_unit_test_setup(test_perf_statistics, reset),
		cmocka_unit_test_setup(test_dump, reset),
		cmocka_unit_test_setup(test_dropped, reset),
		cmocka_unit_test_setup(test_ends, reset),
		cmocka_unit_test_setup(test_loop, reset),
		cmocka_unit_test_setup(test_disallow, reset),
		cmocka_unit_test_setup(test_unknown_task, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
