// SPDX-License-Identifier: GPL-2.0-only
/* The policy of scx_pair: pairs, batches, turns, and what is neutral. */
#include "scx_pair/scx_pair.bpf.c"

#include "unit/test.h"

#define NR_CPUS 12
#define NR_GROUPS 8
#define NR_TASKS 16
#define A 2
#define B 3

static const struct cpumask any_cpu = {~0ULL}, cpu_1_only = {1ULL << 1}, cpu_3_only = {1ULL << 3};

static struct {
	struct cpu_ctx cpus[NR_CPUS];
	struct pair pairs[NR_CPUS];
	struct group groups[NR_GROUPS];
	struct task_ctx tasks[NR_TASKS]; /* by PID */
	u32 cgroups[NR_GROUPS];          /* by level, see make_cgroup() */
	struct task_struct *queue[NR_GROUPS][NR_TASKS];
	struct task_struct *local[NR_CPUS], *curr[NR_CPUS];
	s32 cpu; /* that runs a callback */
	u64 now, counters[PAIR_CGEMPTY + 1];
	u64 kicks[NR_CPUS]; /* flags + 1 of the last kick of each */
	struct cpumask idle;
	u64 dsq_id, slice, vtime, enq_flags; /* the last insertion */
	unsigned nr_errors, nr_reenqueued;
	unsigned nr_lists_going; /* attempts to add to local storage that fail from now on */
	int locked;
} fake;

static const struct {
	void *map;
	void *entries;
	size_t size, nr;
} arrays[] = {
	{&cpus, fake.cpus, sizeof(*fake.cpus), NR_CPUS},
	{&pairs, fake.pairs, sizeof(*fake.pairs), NR_CPUS},
	{&groups, fake.groups, sizeof(*fake.groups), NR_GROUPS},
};

void *bpf_map_lookup_elem(void *map, const void *key)
{
	u32 i = *(const u32 *)key;

	assert_false(fake.locked);
	for (size_t n = 0; n < ARRAY_SIZE(arrays); n++)
		if (arrays[n].map == map)
			return i < arrays[n].nr ? (char *)arrays[n].entries + i * arrays[n].size
						: NULL;
	fail_msg("lookup in an unknown map");
	return NULL;
}

static bool list_is_going(u64 flags)
{
	if (!(flags & BPF_LOCAL_STORAGE_GET_F_CREATE) || fake.nr_lists_going == 0)
		return false;
	fake.nr_lists_going--;
	return true;
}

void *bpf_task_storage_get(void *map, struct task_struct *task, void *value _unused_, u64 flags)
{
	assert_ptr_equal(map, &tasks);
	return list_is_going(flags) ? NULL : &fake.tasks[task->pid];
}

void *bpf_cgrp_storage_get(void *map, struct cgroup *cgroup, void *value _unused_, u64 flags)
{
	u32 *key = &fake.cgroups[cgroup->level];

	assert_ptr_equal(map, &cgroup_groups);
	if (list_is_going(flags))
		return NULL;
	return *key || flags ? key : NULL;
}

void bpf_spin_lock(struct bpf_spin_lock *lock _unused_)
{
	assert_false(fake.locked++);
}

void bpf_spin_unlock(struct bpf_spin_lock *lock _unused_)
{
	assert_true(fake.locked--);
}

u64 bpf_ktime_get_ns(void)
{
	assert_false(fake.locked);
	return fake.now;
}

s32 scx_bpf_create_dsq(u64 dsq_id, s32 node _unused_)
{
	return dsq_id < NR_GROUPS ? 0 : -EINVAL;
}

s32 scx_bpf_task_cpu(const struct task_struct *p _unused_)
{
	return fake.cpu;
}

bool is_migration_disabled(const struct task_struct *p)
{
	return p->migration_disabled;
}

bool bpf_cpumask_test_cpu(u32 cpu, const struct cpumask *cpumask)
{
	return cpumask->bits >> cpu & 1;
}

bool bpf_cpumask_intersects(const struct cpumask *a, const struct cpumask *b)
{
	return a->bits & b->bits;
}

const struct cpumask *scx_bpf_get_idle_cpumask(void)
{
	return &fake.idle;
}

void scx_bpf_put_idle_cpumask(const struct cpumask *idle_mask _unused_)
{
}

bool scx_bpf_test_and_clear_cpu_idle(s32 cpu)
{
	bool was_idle = fake.idle.bits >> cpu & 1;

	fake.idle.bits &= ~(1ULL << cpu);
	return was_idle;
}

s32 scx_bpf_select_cpu_dfl(struct task_struct *p _unused_, s32 prev_cpu, u64 wake_flags _unused_,
			   bool *is_idle)
{
	*is_idle = false;
	return prev_cpu;
}

struct task_struct *scx_bpf_cpu_curr(s32 cpu)
{
	return fake.curr[cpu];
}

struct task_struct *fake_queued(u64 dsq_id, unsigned n)
{
	return fake.queue[dsq_id][n];
}

s32 scx_bpf_dsq_nr_queued(u64 dsq_id)
{
	s32 n = 0;

	while (fake.queue[dsq_id][n])
		n++;
	return n;
}

/* The DSQs are ordered by vtime. */
static void queue_up(struct task_struct *p, u64 dsq_id)
{
	struct task_struct **at = fake.queue[dsq_id];

	while (*at && !vtime_before(p->scx.dsq_vtime, (*at)->scx.dsq_vtime))
		at++;
	memmove(at + 1, at, (size_t)(fake.queue[dsq_id] + NR_TASKS - 1 - at) * sizeof(*at));
	*at = p;
}

bool scx_bpf_dsq_insert(struct task_struct *p _unused_, u64 dsq_id, u64 slice, u64 enq_flags)
{
	fake.dsq_id = dsq_id;
	fake.slice = slice;
	fake.enq_flags = enq_flags;
	return true;
}

bool scx_bpf_dsq_insert_vtime(struct task_struct *p, u64 dsq_id, u64 slice, u64 vtime,
			      u64 enq_flags)
{
	(void)scx_bpf_dsq_insert(p, dsq_id, slice, enq_flags);
	fake.vtime = p->scx.dsq_vtime = vtime;
	queue_up(p, dsq_id);
	return true;
}

bool scx_bpf_dsq_move_to_local(u64 dsq_id, u64 enq_flags _unused_)
{
	for (struct task_struct **at = fake.queue[dsq_id]; *at; at++) {
		if (!may_run_on(*at, fake.cpu))
			continue;
		fake.local[fake.cpu] = *at;
		do
			at[0] = at[1];
		while (*at++);
		return true;
	}
	return false;
}

void scx_bpf_task_set_slice(struct task_struct *p, u64 slice)
{
	p->scx.slice = slice;
}

void scx_bpf_task_set_dsq_vtime(struct task_struct *p, u64 vtime)
{
	p->scx.dsq_vtime = vtime;
}

void scx_bpf_kick_cpu(s32 cpu, u64 flags)
{
	assert_false(fake.locked);
	fake.kicks[cpu] = flags + 1;
}

s32 scx_bpf_reenqueue_local(void)
{
	fake.nr_reenqueued++;
	return 0;
}

void stat_inc(u32 id)
{
	assert_false(fake.locked);
	fake.counters[id]++;
}

void stat_set(u32 id, u64 value)
{
	fake.counters[id] = value;
}

void scx_report_exit(const struct scx_exit_info *info _unused_)
{
}

void scx_bpf_error(const char *format _unused_, ...)
{
	fake.nr_errors++;
}

/* Four CPUs, two cores of two threads, two cgroups beside the root. */
static void make_machine(void)
{
	struct scx_cgroup_init_args args = {.weight = 100};

	for (s32 level = 0; level < 3; level++)
		assert_int_equal(pair_cgroup_init(&(struct cgroup){.level = level}, &args), 0);
	topo.nr_cpu_ids = 4;
	for (u32 cpu = 0; cpu < 4; cpu++)
		topo_cpus[cpu] = (struct scx_cpu){.next_thread = cpu ^ 1, .online = 1};
	assert_int_equal(pair_init(), 0);
	assert_int_equal(fake.counters[PAIR_PAIRS], 2);
}

static int reset(void **state _unused_)
{
	memset(&fake, 0, sizeof(fake));
	memset(runnable_groups, 0, sizeof(runnable_groups));
	last_group = ROOT_GROUP;
	vtime_now = 0;
	fake.now = 1000 * MS;
	conf = (struct scx_pair_conf){.batch_ns = 20 * MS};
	make_machine();
	return 0;
}

static int check(void **state _unused_)
{
	return (int)fake.nr_errors;
}

static struct task_struct *task(struct task_struct *p, s32 pid, u32 group)
{
	*p = (struct task_struct){.pid = pid, .cpus_ptr = &any_cpu, .nr_cpus_allowed = 4};
	p->scx.weight = 100;
	fake.tasks[pid].group = group;
	return p;
}

static void wake(struct task_struct *p)
{
	p->scx.flags |= SCX_TASK_QUEUED;
	pair_runnable(p, 0);
	pair_enqueue(p, SCX_ENQ_WAKEUP);
}

/* What @cpu runs next after @prev, whose slice is over or which sleeps; NULL: it idles. */
static struct task_struct *next_on(s32 cpu, struct task_struct *prev)
{
	struct task_struct *p;
	bool is_queued = prev && (prev->scx.flags & SCX_TASK_QUEUED);

	fake.cpu = cpu;
	fake.local[cpu] = NULL;
	if (prev)
		prev->scx.slice = 0;
	pair_dispatch(cpu, prev);
	if (is_queued && prev->scx.slice)
		return prev;
	p = fake.local[cpu];
	if (is_queued) {
		pair_stopping(prev, true);
		pair_enqueue(prev, p ? 0 : SCX_ENQ_LAST);
	}
	if (p)
		pair_running(p);
	return p;
}

static void run(struct task_struct *p, u64 ms)
{
	p->se.sum_exec_runtime += ms * MS;
}

/* The example of the design comment. */
static void test_example(void **state _unused_)
{
	struct task_struct a1, a2, b;

	wake(task(&a1, 1, A));
	wake(task(&a2, 2, A));
	assert_ptr_equal(next_on(0, NULL), &a1);
	assert_int_equal(a1.scx.slice, 20 * MS);
	assert_int_equal(fake.kicks[1], SCX_KICK_IDLE + 1);
	assert_ptr_equal(next_on(1, NULL), &a2);
	wake(task(&b, 3, B));

	fake.now += 20 * MS;
	run(&a1, 20);
	run(&a2, 20);
	assert_null(next_on(0, &a1));
	assert_int_equal(fake.kicks[1], SCX_KICK_PREEMPT + 1);
	assert_int_equal(fake.kicks[0], SCX_KICK_IDLE + 1); /* it has a look after the insertion */
	fake.kicks[0] = 0;
	assert_ptr_equal(next_on(1, &a2), &b);
	assert_int_equal(fake.groups[A].vtime, 20 * MS);
	assert_null(next_on(0, NULL));

	fake.now += 20 * MS;
	run(&b, 20);
	assert_ptr_equal(next_on(1, &b), &a1);
	assert_int_equal(fake.groups[B].vtime, 20 * MS);
	assert_int_equal(fake.kicks[0], SCX_KICK_IDLE + 1);
	assert_ptr_equal(next_on(0, NULL), &a2);
	assert_int_equal(fake.counters[PAIR_CGNEXT], 3);
	assert_int_equal(fake.counters[PAIR_EXP_WAIT], 1);
}

/* Three times the weight, three times the batches. */
static void test_weights(void **state _unused_)
{
	struct task_struct a, b, *on;
	u64 ms[NR_GROUPS] = {};

	fake.groups[B].weight = 300;
	wake(task(&a, 1, A));
	wake(task(&b, 2, B));
	on = next_on(0, NULL);
	for (int batch = 0; batch < 400; batch++) {
		fake.now += 20 * MS;
		run(on, 20);
		ms[fake.tasks[on->pid].group] += 20;
		on = next_on(0, on);
		assert_non_null(on);
	}
	assert_in_range(ms[A], 1960, 2040);
	assert_in_range(ms[B], 5960, 6040);
}

static void test_one_group_only(void **state _unused_)
{
	struct task_struct a;

	wake(task(&a, 1, A));
	assert_ptr_equal(next_on(0, NULL), &a);
	for (int batch = 0; batch < 5; batch++) {
		fake.now += 20 * MS;
		run(&a, 20);
		assert_ptr_equal(next_on(0, &a), &a);
		assert_int_equal(a.scx.slice, 20 * MS);
	}
	assert_int_equal(fake.counters[PAIR_EXP_EMPTY], 5);
	assert_int_equal(fake.counters[PAIR_CGNEXT], 1);
}

/* A sleeping task gives the pair away at once if its sibling has nothing either. */
static void test_early_end(void **state _unused_)
{
	struct task_struct a, b;

	wake(task(&a, 1, A));
	assert_ptr_equal(next_on(0, NULL), &a);
	wake(task(&b, 2, B));
	assert_null(next_on(1, NULL));
	assert_int_equal(fake.counters[PAIR_FORCED_IDLE], 1);
	fake.now += 3 * MS;
	run(&a, 3);
	a.scx.flags = 0;
	pair_quiescent(&a, SCX_DEQ_SLEEP);
	assert_ptr_equal(next_on(0, &a), &b);
	assert_int_equal(fake.groups[A].vtime, 3 * MS);
	assert_int_equal(runnable_groups[0], 1 << B);
}

static void test_task_for_sibling_only(void **state _unused_)
{
	struct task_struct b;

	task(&b, 1, B)->cpus_ptr = &cpu_1_only;
	wake(&b);
	assert_null(next_on(0, NULL));
	assert_int_equal(fake.kicks[1], SCX_KICK_IDLE + 1);
	assert_ptr_equal(next_on(1, NULL), &b);
}

static void test_task_for_nobody_here(void **state _unused_)
{
	struct task_struct a, b;

	task(&b, 1, B)->cpus_ptr = &cpu_3_only;
	wake(&b);
	fake.groups[A].vtime = 1000 * MS;
	wake(task(&a, 2, A));
	assert_ptr_equal(next_on(0, NULL), &a);
	assert_ptr_equal(next_on(3, NULL), &b);
	b.migration_disabled = 1;
	b.cpus_ptr = &any_cpu;
	assert_ptr_equal(next_on(0, &a), &a);
}

static void test_overdue(void **state _unused_)
{
	struct task_struct a, b;

	wake(task(&a, 1, A));
	wake(task(&b, 2, B));
	fake.groups[B].vtime = 1000000 * MS;
	assert_ptr_equal(next_on(0, NULL), &a);
	fake.now += 2900 * MS;
	assert_ptr_equal(next_on(0, &a), &a);
	fake.now += 200 * MS;
	assert_ptr_equal(next_on(0, &a), &b);
}

/* What it had while nobody else wanted the pair is not held against it for ever. */
static void test_debt(void **state _unused_)
{
	struct task_struct a, b, *on;
	unsigned nr_batches = 0;

	wake(task(&a, 1, A));
	on = next_on(0, NULL);
	for (int batch = 0; batch < 1000; batch++) {
		fake.now += 20 * MS;
		run(on, 20);
		assert_ptr_equal(next_on(0, on), &a);
	}
	wake(task(&b, 2, B));
	do {
		fake.now += 20 * MS;
		run(on, 20);
		on = next_on(0, on);
		nr_batches++;
	} while (on == &b);
	assert_in_range(nr_batches, MAX_DEBT - 1, MAX_DEBT + 2);
}

/* How long the lighter of two tasks of a group waits at most, where a tick comes every 4 ms. */
static u64 longest_wait(u32 light_weight, u32 heavy_weight, u64 *ret_light_ms)
{
	struct task_struct light, heavy, *on;
	u64 since, longest = 0;

	wake(task(&light, 1, A));
	wake(task(&heavy, 2, A));
	light.scx.weight = light_weight;
	heavy.scx.weight = heavy_weight;
	on = next_on(0, NULL);
	since = fake.now;
	for (u64 ms = 0; ms < 100000;) {
		u64 turn = (on->scx.slice + 4 * MS - 1) / (4 * MS) * 4;

		fake.now += turn * MS;
		run(on, turn);
		ms += turn;
		if (on == &light) {
			*ret_light_ms += turn;
			since = fake.now;
		} else if (longest < fake.now - since) {
			longest = fake.now - since;
		}
		on = next_on(0, on);
		assert_non_null(on);
	}
	return longest;
}

/* By weight alone it would be 35 s; the kernel's watchdog waits for 30. */
static void test_light_task(void **state _unused_)
{
	u64 light_ms = 0;

	assert_in_range(longest_wait(1, 8866, &light_ms), 1000 * MS, 10000 * MS);
	assert_in_range(light_ms, 40, 100);
}

static void test_nice(void **state _unused_)
{
	u64 light_ms = 0;

	assert_in_range(longest_wait(33, 100, &light_ms), 0, 100 * MS);
	assert_in_range(light_ms, 23000, 26500);
}

/* Alone it owes nothing: whoever comes finds it at the clock. */
static void test_alone_in_group(void **state _unused_)
{
	struct task_struct light, other, *on;

	wake(task(&light, 1, A));
	light.scx.weight = 1;
	on = next_on(0, NULL);
	for (int turn = 0; turn < 100; turn++) {
		fake.now += 4 * MS;
		run(on, 4);
		assert_ptr_equal(next_on(0, on), &light);
	}
	assert_in_range(light.scx.dsq_vtime, 0, fake.groups[A].task_vtime);
	wake(task(&other, 2, A));
	assert_ptr_equal(next_on(0, on), &other);
}

static void test_neutral(void **state _unused_)
{
	struct task_struct k, a;

	task(&k, 1, ROOT_GROUP)->flags = PF_KTHREAD;
	pair_enqueue(&k, SCX_ENQ_WAKEUP);
	assert_int_equal(fake.dsq_id, SCX_DSQ_LOCAL);
	assert_int_equal(fake.enq_flags, SCX_ENQ_WAKEUP | SCX_ENQ_PREEMPT);
	assert_int_equal(fake.slice, 5 * MS);
	assert_int_equal(fake.counters[PAIR_NEUTRAL], 1);
	k.scx.flags = SCX_TASK_QUEUED;
	run(&k, 3); /* somebody stopped it */
	assert_ptr_equal(next_on(0, &k), &k);
	assert_int_equal(k.scx.slice, 2 * MS);
	run(&k, 2);
	wake(task(&a, 2, A));
	fake.groups[ROOT_GROUP].vtime = 1000 * MS;
	assert_ptr_equal(next_on(0, &k), &a);
	assert_int_equal(fake.dsq_id, ROOT_GROUP);
	/* one in another cgroup is like any task of that */
	fake.tasks[1].group = B;
	pair_enqueue(&k, SCX_ENQ_WAKEUP);
	assert_int_equal(fake.dsq_id, B);
}

static void test_real_time(void **state _unused_)
{
	struct task_struct a1, a2, rt = {.policy = SCHED_FIFO}, kernel = {.flags = PF_KTHREAD};
	struct scx_cpu_release_args args = {.task = &kernel};

	wake(task(&a1, 1, A));
	wake(task(&a2, 2, A));
	assert_ptr_equal(next_on(0, NULL), &a1);
	assert_ptr_equal(next_on(1, NULL), &a2);
	pair_cpu_release(0, &args);
	assert_int_equal(fake.counters[PAIR_PREEMPTIONS], 0);
	args.task = &rt;
	pair_cpu_release(0, &args);
	assert_int_equal(fake.counters[PAIR_PREEMPTIONS], 1);
	assert_int_equal(fake.nr_reenqueued, 1);
	assert_int_equal(fake.kicks[1], SCX_KICK_PREEMPT + 1);
	assert_null(next_on(1, &a2));
	pair_cpu_acquire(0, NULL);
	assert_int_equal(fake.kicks[1], SCX_KICK_IDLE + 1);
	assert_ptr_equal(next_on(1, NULL), &a2);
}

static void test_unannounced_real_time(void **state _unused_)
{
	struct task_struct a, rt = {.policy = SCHED_RR};

	wake(task(&a, 1, A));
	assert_ptr_equal(next_on(1, NULL), &a);
	pair_tick(&a);
	assert_int_equal(a.scx.slice, 20 * MS);
	fake.curr[0] = &rt;
	pair_tick(&a);
	assert_int_equal(a.scx.slice, 0);
	assert_null(next_on(1, &a));
	fake.curr[0] = NULL;
	assert_ptr_equal(next_on(0, NULL), &a);
}

static void test_stray(void **state _unused_)
{
	struct task_struct a, b;

	wake(task(&a, 1, A));
	assert_ptr_equal(next_on(0, NULL), &a);
	task(&b, 2, B);
	fake.cpu = 1;
	pair_enable(&b);
	pair_running(&b);
	assert_int_equal(fake.counters[PAIR_STRAY], 1);
	assert_int_equal(fake.kicks[1], SCX_KICK_PREEMPT + 1);
	/* back without having been enqueued: the kernel wants it to run */
	fake.kicks[1] = 0;
	pair_running(&b);
	assert_int_equal(fake.kicks[1], 0);
	pair_cgroup_move(&b, NULL, &(struct cgroup){.level = 2});
	pair_enqueue(&b, 0);
	pair_running(&b);
	assert_int_equal(fake.kicks[1], 0);
	pair_cgroup_move(&b, NULL, &(struct cgroup){.level = 2});
	pair_running(&b);
	assert_int_equal(fake.counters[PAIR_STRAY], 2);
}

static void test_choice_of_cpu(void **state _unused_)
{
	struct task_struct a1, a2, b;

	wake(task(&a1, 1, A));
	assert_ptr_equal(next_on(0, NULL), &a1);
	fake.idle.bits = 0xe;
	/* CPU 1 belongs to A for now */
	assert_int_equal(pair_select_cpu(task(&b, 2, B), 1, 0), 2);
	assert_int_equal(pair_select_cpu(task(&a2, 3, A), 0, 0), 1);
	assert_int_equal(fake.idle.bits, 0x8);
	b.cpus_ptr = &cpu_1_only;
	assert_int_equal(pair_select_cpu(&b, 1, 0), 1);
}

static void test_cgroup_move(void **state _unused_)
{
	struct task_struct p;
	struct cgroup b = {.level = 2};

	task(&p, 1, A)->scx.dsq_vtime = 110 * MS;
	fake.groups[A].task_vtime = 100 * MS;
	fake.groups[B].task_vtime = 500 * MS;
	pair_cgroup_move(&p, NULL, &b);
	assert_int_equal(fake.tasks[1].group, B);
	assert_int_equal(p.scx.dsq_vtime, 510 * MS);
}

static void test_groups_come_and_go(void **state _unused_)
{
	struct scx_cgroup_init_args args = {.weight = 50};
	struct cgroup a = {.level = 1}, c = {.level = 3};
	struct task_struct p = {.pid = 4};
	struct scx_init_task_args of_c = {.cgroup = &c};

	pair_cgroup_exit(&a);
	assert_int_equal(pair_cgroup_init(&c, &args), 0);
	assert_int_equal(fake.cgroups[3], A);
	assert_int_equal(fake.groups[A].weight, 50);
	pair_cgroup_set_weight(&c, 70);
	assert_int_equal(fake.groups[A].weight, 70);
	assert_int_equal(pair_init_task(&p, &of_c), 0);
	assert_int_equal(fake.tasks[4].group, A);
}

/* The scheduler before is still being taken apart. */
static void test_storage(void **state _unused_)
{
	struct scx_cgroup_init_args cgroup_args = {.weight = 100};
	struct cgroup c = {.level = 3};
	struct task_struct p = {.pid = 4};
	struct scx_init_task_args of_c = {.cgroup = &c};

	fake.nr_lists_going = STORAGE_ATTEMPTS - 1;
	assert_int_equal(pair_cgroup_init(&c, &cgroup_args), 0);
	fake.nr_lists_going = STORAGE_ATTEMPTS - 1;
	assert_int_equal(pair_init_task(&p, &of_c), 0);
	fake.nr_lists_going = STORAGE_ATTEMPTS;
	assert_int_equal(pair_init_task(&p, &of_c), -ENOMEM);
	fake.nr_lists_going = STORAGE_ATTEMPTS;
	assert_int_equal(pair_cgroup_init(&c, &cgroup_args), -ENOMEM);
}

static void test_yield(void **state _unused_)
{
	struct task_struct p;

	task(&p, 1, A)->scx.slice = 7 * MS;
	assert_false(pair_yield(&p, NULL));
	assert_int_equal(p.scx.slice, 0);
	assert_int_equal(p.scx.dsq_vtime, 20 * MS);
	/* a light one has short turns */
	task(&p, 1, A)->scx.weight = 1;
	assert_false(pair_yield(&p, NULL));
	assert_int_equal(p.scx.dsq_vtime, 20 * MS);
}

/* Cores of two, four and three threads, and one of one; and one with an offline thread. */
static void test_threads(void **state _unused_)
{
	static const u32 next_threads[] = {1, 0, 4, 7, 5, 6, 2, 8, 3, 9};
	static const s32 siblings[] = {1, 0, 4, 7, 2, 6, 5, 3, -1, -1};

	topo.nr_cpu_ids = 10;
	for (u32 cpu = 0; cpu < 10; cpu++)
		topo_cpus[cpu] = (struct scx_cpu){.next_thread = next_threads[cpu], .online = 1};
	assert_int_equal(pair_init(), 0);
	for (u32 cpu = 0; cpu < 10; cpu++)
		assert_int_equal(fake.cpus[cpu].sibling, siblings[cpu]);
	assert_int_equal(fake.cpus[6].pair, 5);
	assert_int_equal(fake.cpus[6].side, 2);
	assert_int_equal(fake.counters[PAIR_PAIRS], 4);
}

static void test_stride(void **state _unused_)
{
	static const s32 siblings[] = {2, -1, 0, -1};

	conf.stride = 2;
	topo_cpus[3].online = 0;
	assert_int_equal(pair_init(), 0);
	for (u32 cpu = 0; cpu < 4; cpu++)
		assert_int_equal(fake.cpus[cpu].sibling, siblings[cpu]);
}

static void test_stride_partner(void **state _unused_)
{
	static const u64 of_2[] = {2, 3, 0, 1, 6, 7, 4, 5};

	for (u64 cpu = 0; cpu < ARRAY_SIZE(of_2); cpu++) {
		assert_int_equal(stride_partner(cpu, 2), of_2[cpu]);
		assert_int_equal(stride_partner(cpu, 1), cpu ^ 1);
		assert_int_equal(stride_partner(cpu, 4), cpu ^ 4);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_example, reset, check),
		cmocka_unit_test_setup_teardown(test_weights, reset, check),
		cmocka_unit_test_setup_teardown(test_one_group_only, reset, check),
		cmocka_unit_test_setup_teardown(test_early_end, reset, check),
		cmocka_unit_test_setup_teardown(test_task_for_sibling_only, reset, check),
		cmocka_unit_test_setup_teardown(test_task_for_nobody_here, reset, check),
		cmocka_unit_test_setup_teardown(test_overdue, reset, check),
		cmocka_unit_test_setup_teardown(test_debt, reset, check),
		cmocka_unit_test_setup_teardown(test_light_task, reset, check),
		cmocka_unit_test_setup_teardown(test_nice, reset, check),
		cmocka_unit_test_setup_teardown(test_alone_in_group, reset, check),
		cmocka_unit_test_setup_teardown(test_neutral, reset, check),
		cmocka_unit_test_setup_teardown(test_real_time, reset, check),
		cmocka_unit_test_setup_teardown(test_unannounced_real_time, reset, check),
		cmocka_unit_test_setup_teardown(test_stray, reset, check),
		cmocka_unit_test_setup_teardown(test_choice_of_cpu, reset, check),
		cmocka_unit_test_setup_teardown(test_cgroup_move, reset, check),
		cmocka_unit_test_setup_teardown(test_groups_come_and_go, reset, check),
		cmocka_unit_test_setup_teardown(test_storage, reset, check),
		cmocka_unit_test_setup_teardown(test_yield, reset, check),
		cmocka_unit_test_setup_teardown(test_threads, reset, check),
		cmocka_unit_test_setup_teardown(test_stride, reset, check),
		cmocka_unit_test_setup_teardown(test_stride_partner, reset, check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
