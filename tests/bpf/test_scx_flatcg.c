// SPDX-License-Identifier: GPL-2.0-only
/*
 * The policy of scx_flatcg, on a machine of a few CPUs that does what the kernel does: it wakes
 * tasks, ends slices at ticks, keeps queues, and lets time pass.
 */
#include "scx_flatcg/scx_flatcg.bpf.c"

#include "unit/test.h"

#define MS 1000000ULL
#define TICK (4 * MS)
#define NR_CPUS 2
#define NR_GROUPS 64
#define NR_TASKS 32
#define ALL_CPUS 3ULL
#define ROOT 0

struct fake_task {
	struct task_struct p;
	struct cpumask mask;
	struct task_ctx ctx;
	u64 queue; /* DSQ it waits in; 0: none */
	s32 cpu;
	u64 seen;       /* CPU time up to the last look at it */
	unsigned order; /* among those that came to a queue with the same vtime */
	bool runs;
};

static struct {
	u64 now;
	struct group groups[NR_GROUPS];
	u64 waiting[NR_GROUPS / 64];
	struct cpu_ctx cpus[NR_CPUS];
	struct cgroup cgroups[NR_GROUPS];
	struct kernfs_node nodes[NR_GROUPS];
	u32 places[NR_GROUPS];
	bool has_dsq[NR_GROUPS];
	unsigned nr_cgroups;
	struct cgroup *parents[NR_GROUPS];
	struct fake_task tasks[NR_TASKS];
	unsigned nr_tasks, order;
	struct fake_task *on[NR_CPUS], *local[NR_CPUS];
	s32 dispatching; /* CPU */
	s32 preempted, woken;
	u64 enq_flags;
	u64 counters[FLATCG_CPU_PERCENT + 1];
	s64 exit_code;
	unsigned nr_errors, nr_dumped;
	unsigned nr_lists_going; /* attempts to add to local storage that fail from now on */
} fake;

static struct fake_task *task_of(const struct task_struct *p)
{
	return (struct fake_task *)((char *)p - offsetof(struct fake_task, p));
}

static unsigned number_of(const struct cgroup *cgrp)
{
	return (unsigned)(cgrp - fake.cgroups);
}

void stat_add(u32 id, s64 n)
{
	fake.counters[id] += n;
}

void stat_inc(u32 id)
{
	stat_add(id, 1);
}

void *bpf_map_lookup_elem(void *map, const void *key)
{
	u32 i = *(const u32 *)key;

	if (map == &groups)
		return i < conf.nr_places ? &fake.groups[i] : NULL;
	assert_ptr_equal(map, &waiting);
	return i < NR_GROUPS / 64 ? &fake.waiting[i] : NULL;
}

void *bpf_map_lookup_percpu_elem(void *map, const void *key, u32 cpu)
{
	assert_ptr_equal(map, &cpus);
	assert_int_equal(*(const u32 *)key, 0);
	return &fake.cpus[cpu];
}

static bool list_is_going(u64 flags)
{
	if (!(flags & BPF_LOCAL_STORAGE_GET_F_CREATE) || fake.nr_lists_going == 0)
		return false;
	fake.nr_lists_going--;
	return true;
}

void *bpf_task_storage_get(void *map, struct task_struct *p, void *value, u64 flags)
{
	assert_ptr_equal(map, &tasks);
	if (list_is_going(flags))
		return NULL;
	return &task_of(p)->ctx;
}

void *bpf_cgrp_storage_get(void *map, struct cgroup *cgrp, void *value, u64 flags)
{
	assert_ptr_equal(map, &places);
	if (list_is_going(flags))
		return NULL;
	return &fake.places[number_of(cgrp)];
}

struct cgroup *bpf_cgroup_ancestor(struct cgroup *cgrp, s32 level)
{
	assert_int_equal(level, cgrp->level - 1);
	return fake.parents[number_of(cgrp)];
}

void bpf_cgroup_release(struct cgroup *cgrp)
{
}

void bpf_rcu_read_lock(void)
{
}

void bpf_rcu_read_unlock(void)
{
}

u64 scx_bpf_now(void)
{
	return fake.now;
}

s32 scx_bpf_task_cpu(const struct task_struct *p)
{
	return task_of(p)->cpu;
}

bool bpf_cpumask_test_cpu(u32 cpu, const struct cpumask *cpumask)
{
	return cpumask->bits >> cpu & 1;
}

bool is_migration_disabled(const struct task_struct *p)
{
	return p->migration_disabled;
}

/* The queue is made anew for each step of an iteration: nothing changes meanwhile. */
static bool is_before(const struct fake_task *a, const struct fake_task *b)
{
	if (!conf.fifo && a->p.scx.dsq_vtime != b->p.scx.dsq_vtime)
		return vtime_before(a->p.scx.dsq_vtime, b->p.scx.dsq_vtime);
	return a->order < b->order;
}

struct task_struct *fake_queued(u64 dsq_id, unsigned n)
{
	for (unsigned i = 0; i < fake.nr_tasks; i++) {
		unsigned ahead = 0;

		if (fake.tasks[i].queue != dsq_id)
			continue;
		for (unsigned k = 0; k < fake.nr_tasks; k++)
			ahead += fake.tasks[k].queue == dsq_id &&
				 is_before(&fake.tasks[k], &fake.tasks[i]);
		if (ahead == n)
			return &fake.tasks[i].p;
	}
	return NULL;
}

static bool is_allowed(const struct fake_task *t, s32 cpu)
{
	return (t->mask.bits >> cpu & 1) && (!t->p.migration_disabled || t->cpu == cpu);
}

bool scx_bpf_dsq_move_to_local(u64 dsq_id, u64 enq_flags)
{
	struct task_struct *p;

	for (unsigned n = 0; (p = fake_queued(dsq_id, n)); n++) {
		struct fake_task *t = task_of(p);

		if (!is_allowed(t, fake.dispatching))
			continue;
		t->queue = 0;
		t->cpu = fake.dispatching;
		fake.local[fake.dispatching] = t;
		return true;
	}
	return false;
}

static void insert(struct task_struct *p, u64 dsq_id, u64 slice)
{
	struct fake_task *t = task_of(p);

	p->scx.slice = slice;
	if (dsq_id == SCX_DSQ_LOCAL) {
		fake.local[t->cpu] = t;
		return;
	}
	assert_true(dsq_id > 0 && dsq_id <= NR_GROUPS && fake.has_dsq[dsq_id - 1]);
	t->queue = dsq_id;
	t->order = fake.order++;
}

bool scx_bpf_dsq_insert(struct task_struct *p, u64 dsq_id, u64 slice, u64 enq_flags)
{
	fake.enq_flags = enq_flags;
	insert(p, dsq_id, slice);
	return true;
}

bool scx_bpf_dsq_insert_vtime(struct task_struct *p, u64 dsq_id, u64 slice, u64 vtime,
			      u64 enq_flags)
{
	fake.enq_flags = enq_flags;
	p->scx.dsq_vtime = vtime; /* as the kernel does */
	insert(p, dsq_id, slice);
	return true;
}

static s32 idle_cpu(const struct cpumask *mask)
{
	for (s32 cpu = 0; cpu < NR_CPUS; cpu++)
		if (!fake.on[cpu] && !fake.local[cpu] && (mask->bits >> cpu & 1))
			return cpu;
	return -EBUSY;
}

s32 scx_bpf_select_cpu_dfl(struct task_struct *p, s32 prev_cpu, u64 wake_flags, bool *is_idle)
{
	s32 cpu = idle_cpu(p->cpus_ptr);

	*is_idle = cpu >= 0;
	if (cpu < 0)
		return prev_cpu;
	task_of(p)->cpu = cpu;
	return cpu;
}

s32 scx_bpf_pick_idle_cpu(const struct cpumask *cpus_allowed, u64 flags)
{
	return idle_cpu(cpus_allowed);
}

void scx_bpf_kick_cpu(s32 cpu, u64 flags)
{
	if (flags & SCX_KICK_PREEMPT) {
		fake.on[cpu]->p.scx.slice = 0;
		fake.preempted = cpu;
	} else {
		assert_int_equal(flags, SCX_KICK_IDLE);
		fake.woken = cpu;
	}
}

void scx_bpf_task_set_slice(struct task_struct *p, u64 slice)
{
	p->scx.slice = slice;
}

void scx_bpf_task_set_dsq_vtime(struct task_struct *p, u64 vtime)
{
	p->scx.dsq_vtime = vtime;
}

s32 scx_bpf_create_dsq(u64 dsq_id, s32 node)
{
	assert_int_equal(node, NUMA_NO_NODE);
	assert_false(fake.has_dsq[dsq_id - 1]);
	fake.has_dsq[dsq_id - 1] = true;
	return 0;
}

void scx_bpf_destroy_dsq(u64 dsq_id)
{
	assert_null(fake_queued(dsq_id, 0));
	fake.has_dsq[dsq_id - 1] = false;
}

void scx_bpf_error(const char *format, ...)
{
	fake.nr_errors++;
}

void scx_bpf_exit(s64 code, const char *format, ...)
{
	fake.exit_code = code;
}

void scx_bpf_dump(const char *format, ...)
{
	fake.nr_dumped++;
}

void scx_report_exit(const struct scx_exit_info *info)
{
}

/* Makes a cgroup, below cgroup number @parent. */
static struct cgroup *add_cgroup(unsigned parent, u32 weight)
{
	struct scx_cgroup_init_args args = {.weight = weight};
	unsigned n = fake.nr_cgroups++;
	struct cgroup *cgrp = &fake.cgroups[n];

	fake.nodes[n].id = n + 1;
	cgrp->kn = &fake.nodes[n];
	if (n != ROOT) {
		fake.parents[n] = &fake.cgroups[parent];
		cgrp->level = fake.cgroups[parent].level + 1;
	}
	assert_int_equal(flatcg_cgroup_init(cgrp, &args), 0);
	return cgrp;
}

static struct fake_task *add_task(struct cgroup *cgrp)
{
	struct fake_task *t = &fake.tasks[fake.nr_tasks++];
	struct scx_init_task_args args = {.cgroup = cgrp};

	t->mask.bits = ALL_CPUS;
	t->p.cpus_ptr = &t->mask;
	t->p.pid = (s32)fake.nr_tasks;
	t->p.scx.weight = 100;
	t->cpu = (s32)(fake.nr_tasks % NR_CPUS);
	assert_int_equal(flatcg_init_task(&t->p, &args), 0);
	flatcg_enable(&t->p);
	return t;
}

static void start_on(s32 cpu, struct fake_task *t)
{
	fake.local[cpu] = NULL;
	fake.on[cpu] = t;
	t->runs = true;
	flatcg_running(&t->p);
}

static void reschedule(s32 cpu)
{
	struct fake_task *prev = fake.on[cpu], *next;

	if (!fake.local[cpu]) {
		fake.dispatching = cpu;
		flatcg_dispatch(cpu, prev ? &prev->p : NULL);
	}
	next = fake.local[cpu];
	if (prev && (next || !prev->p.scx.slice)) {
		assert_non_null(next); /* or @prev has got a new slice */
		prev->runs = false;
		fake.on[cpu] = NULL;
		flatcg_stopping(&prev->p, true);
		flatcg_enqueue(&prev->p, 0);
	}
	if (next)
		start_on(cpu, next);
}

static void wake(struct fake_task *t)
{
	t->p.scx.flags = SCX_TASK_QUEUED;
	t->cpu = flatcg_select_cpu(&t->p, t->cpu, 0);
	flatcg_runnable(&t->p, SCX_ENQ_WAKEUP);
	if (fake.local[t->cpu] != t)
		flatcg_enqueue(&t->p, SCX_ENQ_WAKEUP);
	for (s32 cpu = 0; cpu < NR_CPUS; cpu++)
		if (!fake.on[cpu] || !fake.on[cpu]->p.scx.slice)
			reschedule(cpu);
}

static struct fake_task *add_hog(struct cgroup *cgrp)
{
	struct fake_task *t = add_task(cgrp);

	wake(t);
	return t;
}

/* Whoever runs does so for another @ns; its slice shrinks. */
static void pass(u64 ns)
{
	fake.now += ns;
	for (s32 cpu = 0; cpu < NR_CPUS; cpu++) {
		struct fake_task *t = fake.on[cpu];

		if (!t)
			continue;
		t->p.se.sum_exec_runtime += ns;
		t->p.scx.slice -= t->p.scx.slice < ns ? t->p.scx.slice : ns;
	}
}

static void sleep_now(struct fake_task *t)
{
	t->p.scx.flags = 0;
	if (t->runs) {
		flatcg_stopping(&t->p, false);
		fake.on[t->cpu] = NULL;
		t->runs = false;
	}
	t->queue = 0;
	flatcg_quiescent(&t->p, SCX_DEQ_SLEEP);
	reschedule(t->cpu);
}

/* Lets @ms go by, tick by tick. */
static void run_for(unsigned ms)
{
	for (unsigned i = 0; i < ms / 4; i++) {
		pass(TICK);
		for (s32 cpu = 0; cpu < NR_CPUS; cpu++)
			if (fake.on[cpu] && !fake.on[cpu]->p.scx.slice)
				reschedule(cpu);
	}
	assert_int_equal(fake.nr_errors, 0);
}

/* ms of CPU time of all tasks in @cgrp since the last time that was asked for. */
static u64 used_ms(const struct cgroup *cgrp)
{
	u64 sum = 0;

	for (unsigned i = 0; i < fake.nr_tasks; i++) {
		struct fake_task *t = &fake.tasks[i];

		if (t->ctx.group_id != cgrp->kn->id)
			continue;
		sum += t->p.se.sum_exec_runtime - t->seen;
		t->seen = t->p.se.sum_exec_runtime;
	}
	return sum / MS;
}

static void assert_near(u64 value, u64 expected, u64 tolerance)
{
	if (value + tolerance < expected || value > expected + tolerance)
		fail_msg("%llu is not within %llu of %llu", (unsigned long long)value,
			 (unsigned long long)tolerance, (unsigned long long)expected);
}

static int reset(void **state _unused_)
{
	memset(&fake, 0, sizeof(fake));
	fake.preempted = fake.woken = -1;
	vtime_now = 0;
	generation = first_free = end_used = 0;
	conf = (struct scx_flatcg_conf){
		.slice_ns = 3 * MS, .root_weight = 100, .nr_places = NR_GROUPS, .nr_cpus = NR_CPUS};
	add_cgroup(ROOT, 100);
	return 0;
}

static struct group *group_nr(const struct cgroup *cgrp)
{
	return &fake.groups[fake.places[number_of(cgrp)]];
}

/* The tree of the design comment, with two hogs in each leaf. */
static void test_tree(void **state _unused_)
{
	struct cgroup *a = add_cgroup(ROOT, 100), *d = add_cgroup(ROOT, 200);
	struct cgroup *b = add_cgroup(number_of(a), 100), *c = add_cgroup(number_of(a), 100);
	struct fake_task *sleepers[2];

	for (int i = 0; i < 2; i++) {
		add_hog(b);
		sleepers[i] = add_hog(c);
		add_hog(d);
	}
	assert_int_equal(share_of(group_nr(b)), WHOLE / 6);
	assert_int_equal(share_of(group_nr(c)), WHOLE / 6);
	assert_near(share_of(group_nr(d)), WHOLE * 2 / 3, 1);
	run_for(6000);
	assert_near(used_ms(b), 2000, 20);
	assert_near(used_ms(c), 2000, 20);
	assert_near(used_ms(d), 8000, 20);
	for (int i = 0; i < 2; i++)
		sleep_now(sleepers[i]);
	run_for(6000);
	assert_near(used_ms(b), 4000, 20);
	assert_near(used_ms(d), 8000, 20);
	assert_true(used_ms(c) <= 4);
}

static struct cgroup *leaves[6];

static void assert_shares(unsigned ms, const double shares[6])
{
	for (int i = 0; i < 6; i++)
		(void)used_ms(leaves[i]);
	run_for(ms);
	for (int i = 0; i < 6; i++) {
		double exact = shares[i] * ms * NR_CPUS;

		assert_near(used_ms(leaves[i]), (u64)exact, (u64)(exact * 0.03));
	}
}

/* Six leaves on three levels, weights from 50 to 800; then one weight is changed. */
static void test_six_leaves(void **state _unused_)
{
	static const double before[] = {2. / 33, 4. / 33, 6. / 11, 1. / 22, 3. / 22, 1. / 11};
	static const double after[] = {2. / 51, 4. / 51, 6. / 17, 2. / 17, 6. / 17, 1. / 17};
	struct cgroup *a = add_cgroup(ROOT, 800), *b = add_cgroup(ROOT, 200);
	struct cgroup *a1 = add_cgroup(number_of(a), 100);

	leaves[0] = add_cgroup(number_of(a1), 200);
	leaves[1] = add_cgroup(number_of(a1), 400);
	leaves[2] = add_cgroup(number_of(a), 300);
	leaves[3] = add_cgroup(number_of(b), 50);
	leaves[4] = add_cgroup(number_of(b), 150);
	leaves[5] = add_cgroup(ROOT, 100);
	for (int i = 0; i < 12; i++)
		add_hog(leaves[i % 6]);
	run_for(1000);
	assert_shares(10000, before);
	flatcg_cgroup_set_weight(b, 800);
	assert_near(share_of(group_nr(leaves[4])), WHOLE * 6 / 17, 1);
	run_for(1000);
	assert_shares(10000, after);
}

/* A hog with one CPU in its mask gets what its group is due to, and not more. */
static void test_pinned(void **state _unused_)
{
	struct cgroup *a = add_cgroup(ROOT, 100), *b = add_cgroup(ROOT, 300);
	struct fake_task *pinned = add_task(a);

	pinned->mask.bits = 1;
	wake(pinned);
	add_hog(b);
	add_hog(b);
	run_for(8000);
	assert_near(used_ms(a), 4000, 40);
	assert_near(used_ms(b), 12000, 40);
}

/* One task cannot use more than one CPU: the others share the rest by their weights. */
static void test_more_than_usable(void **state _unused_)
{
	struct cgroup *big = add_cgroup(ROOT, 10000);
	struct cgroup *b = add_cgroup(ROOT, 100), *c = add_cgroup(ROOT, 300);

	add_hog(big);
	add_hog(b);
	add_hog(c);
	run_for(8000);
	assert_near(used_ms(big), 8000, 40);
	assert_near(used_ms(b), 2000, 40);
	assert_near(used_ms(c), 6000, 40);
}

/* Tasks of the root are like one more child. */
static void test_root(void **state _unused_)
{
	struct cgroup *root = &fake.cgroups[ROOT], *a = add_cgroup(ROOT, 100);

	conf.root_weight = 300;
	for (int i = 0; i < 2; i++) {
		add_hog(root);
		add_hog(a);
	}
	run_for(8000);
	assert_near(used_ms(root), 12000, 40);
	assert_near(used_ms(a), 4000, 40);
}

static void test_cpu_idle(void **state _unused_)
{
	struct cgroup *a = add_cgroup(ROOT, 100), *b = add_cgroup(ROOT, 99);

	for (int i = 0; i < 2; i++) {
		add_hog(a);
		add_hog(b);
	}
	flatcg_cgroup_set_idle(a, true);
	assert_int_equal(share_of(group_nr(a)), WHOLE / 100);
	flatcg_cgroup_set_idle(a, false);
	assert_int_equal(share_of(group_nr(a)), WHOLE * 100 / 199);
}

/* Charged is what ran, whether the slice was used or not, on a CPU that was idle or not. */
static void test_exact_charge(void **state _unused_)
{
	struct cgroup *a = add_cgroup(ROOT, 100), *b = add_cgroup(ROOT, 300);
	struct fake_task *t = add_task(a);
	u64 before;

	add_hog(b);
	before = group_nr(a)->vtime;
	wake(t);
	assert_int_equal(fake.counters[FLATCG_LOCAL], 2);
	assert_int_equal(group_nr(a)->vtime - before, 3 * MS * 4);
	pass(1 * MS);
	sleep_now(t);
	assert_int_equal(group_nr(a)->vtime - before, 1 * MS * 4);
	wake(t);
	pass(7 * MS); /* the tick was late */
	sleep_now(t);
	assert_int_equal(group_nr(a)->vtime - before, 8 * MS * 4);
}

/* However long it slept, and if the clock has wrapped around in the meantime. */
static void test_sleeper(void **state _unused_)
{
	static const u64 ages[] = {100 * MS, 1ULL << 62, 1ULL << 63, ~0ULL - 1000000 * MS};
	u64 credit = CREDIT_SLICES * 3 * MS * NR_CPUS;

	for (size_t i = 0; i < ARRAY_SIZE(ages); i++) {
		vtime_now = 1000 * MS;
		assert_int_equal(limited(vtime_now - ages[i]), vtime_now - credit);
	}
	assert_int_equal(limited(vtime_now - MS), vtime_now - MS);
	assert_int_equal(limited(vtime_now + 5000 * MS), vtime_now + 5000 * MS);
	vtime_now = MS; /* just after the clock has wrapped around */
	assert_int_equal(limited(vtime_now - 2 * MS), -1 * MS);
}

/* A group that has had little takes the CPU at once from one that has run on. */
static void test_preemption(void **state _unused_)
{
	struct cgroup *a = add_cgroup(ROOT, 100), *b = add_cgroup(ROOT, 100);
	struct fake_task *light = add_task(a), *other = add_task(b);

	conf.slice_ns = 100 * MS;
	add_hog(b);
	add_hog(b);
	run_for(400);
	assert_int_equal(fake.preempted, -1);
	other->cpu = 0;
	wake(other); /* of the same group */
	assert_int_equal(fake.preempted, -1);
	light->cpu = 1;
	wake(light);
	assert_int_equal(fake.preempted, 1);
	assert_true(light->runs);
	assert_int_equal(fake.counters[FLATCG_PREEMPTED], 1);
}

static void test_no_preemption(void **state _unused_)
{
	struct cgroup *a = add_cgroup(ROOT, 100), *b = add_cgroup(ROOT, 100);
	struct fake_task *t = add_hog(a);

	add_hog(b);
	add_hog(b);
	run_for(400);
	sleep_now(t);
	group_nr(a)->vtime = vtime_now; /* it has had as much as the others */
	wake(t);
	assert_int_equal(fake.preempted, -1);
}

/* Inside a group: two hogs on one CPU, by their weights or by turns. */
static void compete(bool fifo, u64 *ret_a, u64 *ret_b)
{
	struct cgroup *g = add_cgroup(ROOT, 100);
	struct fake_task *a, *b;

	conf.fifo = fifo;
	a = add_task(g);
	b = add_task(g);
	a->mask.bits = b->mask.bits = 1;
	b->p.scx.weight = 33;
	wake(a);
	wake(b);
	run_for(8000);
	*ret_a = a->p.se.sum_exec_runtime / MS;
	*ret_b = b->p.se.sum_exec_runtime / MS;
}

static void test_tasks_by_weight(void **state _unused_)
{
	u64 a, b;

	compete(false, &a, &b);
	assert_near(a, 6015, 16);
	assert_near(b, 1985, 16);
	assert_true(fake.counters[FLATCG_KEPT] > fake.counters[FLATCG_SAME]);
}

static void test_tasks_by_turns(void **state _unused_)
{
	u64 a, b;

	compete(true, &a, &b);
	assert_near(a, 4000, 8);
	assert_near(b, 4000, 8);
}

/* In the order of its group, a task that yields pays its slice; the group pays what ran. */
static void test_yield(void **state _unused_)
{
	struct cgroup *a = add_cgroup(ROOT, 100);
	struct fake_task *t = add_hog(a);
	u64 before = t->p.scx.dsq_vtime;

	pass(1 * MS);
	assert_false(flatcg_yield(&t->p, &t->p));
	assert_true(flatcg_yield(&t->p, NULL));
	assert_int_equal(t->p.scx.slice, 0);
	sleep_now(t);
	assert_int_equal(t->p.scx.dsq_vtime - before, 3 * MS);
	assert_int_equal(group_nr(a)->vtime, 1 * MS);
}

/* Weights of 1 and 10000 do not make anybody wait for the kernel's watchdog. */
static void test_longest_wait(void **state _unused_)
{
	struct cgroup *big = add_cgroup(ROOT, 10000), *small = add_cgroup(ROOT, 1);
	struct fake_task *heavy = add_task(small), *light = add_task(small);

	heavy->p.scx.weight = 8668; /* nice -20 */
	light->p.scx.weight = 1;    /* nice 19 */
	for (int i = 0; i < 4; i++)
		add_hog(big);
	wake(heavy);
	wake(light);
	run_for(1000);
	for (int i = 0; i < 4; i++) {
		u64 before = light->p.se.sum_exec_runtime;

		run_for(12000);
		assert_true(light->p.se.sum_exec_runtime > before);
	}
	assert_true(fake.counters[FLATCG_CAPPED] > 0);
}

/* As far ahead of the others in the new cgroup as in the old one, or behind. */
static void test_move(void **state _unused_)
{
	struct cgroup *a = add_cgroup(ROOT, 100), *b = add_cgroup(ROOT, 100);
	struct fake_task *t = add_task(a);

	group_nr(a)->task_clock = 100 * MS;
	group_nr(b)->task_clock = 7 * MS;
	t->p.scx.dsq_vtime = 98 * MS;
	flatcg_cgroup_move(&t->p, a, b);
	assert_int_equal(t->p.scx.dsq_vtime, 5 * MS);
	flatcg_cgroup_move(&t->p, b, a);
	assert_int_equal(t->p.scx.dsq_vtime, 98 * MS);
	t->p.scx.dsq_vtime = 140 * MS;
	flatcg_cgroup_move(&t->p, a, b);
	assert_int_equal(t->p.scx.dsq_vtime, 47 * MS);
	assert_int_equal(t->ctx.group_id, b->kn->id);
	assert_int_equal(fake.counters[FLATCG_MOVED], 3);
	assert_int_equal(fake.nr_errors, 0);
}

/* What is gone does not count, and is not taken for what comes in its place. */
static void test_exit(void **state _unused_)
{
	struct cgroup *a = add_cgroup(ROOT, 100), *b = add_cgroup(ROOT, 100), *c;
	struct fake_task *dying = add_hog(a);

	add_hog(b);
	assert_int_equal(share_of(group_nr(b)), WHOLE / 2);
	flatcg_cgroup_exit(a);
	assert_int_equal(share_of(group_nr(b)), WHOLE);
	c = add_cgroup(ROOT, 100);
	assert_int_equal(fake.places[number_of(c)], fake.places[number_of(a)]);
	sleep_now(dying);
	assert_int_equal(group_nr(c)->task_weights, 0);
	assert_int_equal(share_of(group_nr(b)), WHOLE);
	add_hog(c);
	assert_int_equal(share_of(group_nr(b)), WHOLE / 2);
	assert_int_equal(fake.counters[FLATCG_CGROUPS], 3);
	assert_int_equal(fake.nr_errors, 0);
}

/* With no room left it asks for a restart, and gets along until then. */
static void test_full(void **state _unused_)
{
	struct cgroup *a, *b;

	conf.nr_places = 2;
	a = add_cgroup(ROOT, 100);
	assert_int_equal(fake.exit_code, 0);
	b = add_cgroup(number_of(a), 100);
	assert_true(fake.exit_code == (s64)SCX_ECODE_ACT_RESTART);
	add_hog(b);
	assert_int_equal(share_of(group_nr(a)), WHOLE);
	flatcg_cgroup_set_weight(b, 1);
	flatcg_cgroup_set_idle(b, true);
	flatcg_cgroup_exit(b);
	assert_int_equal(weight_of(group_nr(a)), 100);
	assert_int_equal(group_nr(a)->id, a->kn->id);
}

/* A task is counted before the kernel has put it into the queue. */
static void test_on_the_way(void **state _unused_)
{
	struct cgroup *a = add_cgroup(ROOT, 100);
	struct fake_task *t = add_task(a);
	struct choice best = {.place = NO_PLACE};

	t->p.scx.flags = SCX_TASK_QUEUED;
	flatcg_runnable(&t->p, 0);
	flatcg_enqueue(&t->p, 0);
	t->queue = 0;
	assert_int_equal(choose(0, &best, NO_PLACE), NO_PLACE);
	assert_int_equal(fake.waiting[0], 2);
	flatcg_enqueue(&t->p, 0); /* the kernel has moved it to another CPU */
	assert_int_equal(group_nr(a)->nr_waiting, 1);
	assert_int_equal(choose(0, &best, NO_PLACE), 1);
	t->queue = 0;
	flatcg_quiescent(&t->p, 0);
	assert_int_equal(fake.waiting[0], 0);
	assert_int_equal(group_nr(a)->nr_waiting, 0);
}

/* Tasks that must stay where they are are nothing for another CPU. */
static void test_migration_disabled(void **state _unused_)
{
	struct cgroup *a = add_cgroup(ROOT, 100);
	struct fake_task *t = add_task(a);
	struct choice best = {.place = NO_PLACE};

	t->p.migration_disabled = 1;
	t->cpu = 1;
	flatcg_runnable(&t->p, 0);
	flatcg_enqueue(&t->p, 0);
	assert_int_equal(choose(0, &best, NO_PLACE), NO_PLACE);
	assert_int_equal(fake.counters[FLATCG_ELSEWHERE], 1);
	assert_int_equal(choose(1, &best, NO_PLACE), 1);
}

/* An idle CPU is woken for what another one puts into the queue. */
static void test_idle_cpu_is_woken(void **state _unused_)
{
	struct fake_task *t = add_task(add_cgroup(ROOT, 100));

	flatcg_enqueue(&t->p, 0x40);
	assert_int_equal(fake.woken, 0);
	assert_int_equal(fake.enq_flags, 0x40);
}

static void test_no_cgroup(void **state _unused_)
{
	struct fake_task *t = add_task(add_cgroup(ROOT, 100));

	t->ctx.group_id = 99;
	flatcg_enqueue(&t->p, 0);
	assert_int_equal(fake.nr_errors, 1);
}

/* The scheduler before is still being taken apart. */
static void test_storage(void **state _unused_)
{
	struct scx_cgroup_init_args cgroup_args = {.weight = 100};
	struct scx_init_task_args task_args = {.cgroup = &fake.cgroups[0]};
	struct fake_task *t = &fake.tasks[0];

	fake.nr_lists_going = STORAGE_ATTEMPTS - 1;
	add_cgroup(ROOT, 100);
	assert_int_equal(fake.nr_lists_going, 0);
	fake.nr_lists_going = STORAGE_ATTEMPTS - 1;
	assert_int_equal(flatcg_init_task(&t->p, &task_args), 0);
	assert_int_equal(fake.nr_lists_going, 0);
	fake.nr_lists_going = STORAGE_ATTEMPTS;
	assert_int_equal(flatcg_init_task(&t->p, &task_args), -ENOMEM);
	fake.nr_lists_going = STORAGE_ATTEMPTS;
	assert_int_equal(flatcg_cgroup_init(&fake.cgroups[1], &cgroup_args), -ENOMEM);
}

static void test_dump(void **state _unused_)
{
	flatcg_dump(NULL);
	assert_int_equal(fake.nr_dumped, 0);
	conf.dump_cgroups = 1;
	add_cgroup(ROOT, 100);
	flatcg_dump(NULL);
	assert_int_equal(fake.nr_dumped, 3);
	assert_string_equal(flatcg_ops.name, "flatcg");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_tree, reset),
		cmocka_unit_test_setup(test_six_leaves, reset),
		cmocka_unit_test_setup(test_pinned, reset),
		cmocka_unit_test_setup(test_more_than_usable, reset),
		cmocka_unit_test_setup(test_root, reset),
		cmocka_unit_test_setup(test_cpu_idle, reset),
		cmocka_unit_test_setup(test_exact_charge, reset),
		cmocka_unit_test_setup(test_sleeper, reset),
		cmocka_unit_test_setup(test_preemption, reset),
		cmocka_unit_test_setup(test_no_preemption, reset),
		cmocka_unit_test_setup(test_tasks_by_weight, reset),
		cmocka_unit_test_setup(test_tasks_by_turns, reset),
		cmocka_unit_test_setup(test_yield, reset),
		cmocka_unit_test_setup(test_longest_wait, reset),
		cmocka_unit_test_setup(test_move, reset),
		cmocka_unit_test_setup(test_exit, reset),
		cmocka_unit_test_setup(test_full, reset),
		cmocka_unit_test_setup(test_on_the_way, reset),
		cmocka_unit_test_setup(test_migration_disabled, reset),
		cmocka_unit_test_setup(test_idle_cpu_is_woken, reset),
		cmocka_unit_test_setup(test_no_cgroup, reset),
		cmocka_unit_test_setup(test_storage, reset),
		cmocka_unit_test_setup(test_dump, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
