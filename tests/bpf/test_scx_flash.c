// SPDX-License-Identifier: GPL-2.0-only
/*
 * What scx_flash decides itself: deadlines, weights of cgroups, turns, runs without ticks. What it
 * shares with scx_bpfland is tested there.
 */
#include "scx_flash/scx_flash.bpf.c"

#include "deadline_machine.h"

#define TICK_NS (4 * MS)

/* One cgroup for all. */
static struct {
	struct cgroup cgroup;
	struct group_ctx ctx;
	bool has_cgroups;
	unsigned nr_held;
} group;

bool scx_has_cgroups(void)
{
	return group.has_cgroups;
}

struct cgroup *scx_bpf_task_cgroup(struct task_struct *p)
{
	group.nr_held++;
	return &group.cgroup;
}

void bpf_cgroup_release(struct cgroup *cgrp)
{
	group.nr_held--;
}

void *bpf_cgrp_storage_get(void *map, struct cgroup *cgroup, void *value, u64 flags)
{
	assert_ptr_equal(map, &groups);
	return &group.ctx;
}

static void begin(void)
{
	struct scx_cgroup_init_args args = {.weight = 100};

	memset(&group, 0, sizeof(group));
	group.has_cgroups = true;
	groups_changed = 0;
	conf = (struct scx_flash_conf){
		.slice_ns = 700 * 1000, .lag_ns = 20 * MS, .nr_node_cpus = 1, .tick_ns = TICK_NS};
	assert_int_equal(flash_init(), 0);
	assert_int_equal(flash_cgroup_init(&group.cgroup, &args), 0);
}

static s32 introduce(struct task_struct *p)
{
	return flash_init_task(p, NULL);
}

/* That of the comment in scx_flash.bpf.c. */
static void test_example(void **state _unused_)
{
	struct task_struct *a = make_task(100, &any_cpu), *b = make_task(100, &any_cpu);
	struct task_struct *s = make_task(100, &any_cpu);

	vtime_now = 1000 * MS;
	of(a)->ctx.vruntime = 1000 * MS;
	of(b)->ctx.vruntime = 1001 * MS;
	of(s)->ctx.vruntime = 700 * MS;
	of(s)->ctx.freq = 20 * FREQ_ONE;
	of(s)->ctx.woke_at = fake.now - 5 * MS;
	deadline_enqueue(a, 0);
	deadline_enqueue(b, 0);
	deadline_enqueue(s, SCX_ENQ_WAKEUP);
	assert_int_equal(a->scx.dsq_vtime, 1000 * MS);
	assert_int_equal(s->scx.dsq_vtime, 700 * MS);
	assert_ptr_equal(fake_queued(node_dsq(0), 0), s);
	/* B pays half */
	run(s, MS / 2);
	deadline_stopping(s, false);
	run(a, 4 * MS);
	deadline_stopping(a, true);
	assert_int_equal(of(a)->ctx.vruntime, 1004 * MS);
	flash_cgroup_set_weight(&group.cgroup, 200);
	run(b, 4 * MS);
	deadline_stopping(b, true);
	assert_int_equal(of(b)->ctx.vruntime, 1003 * MS);
}

static const struct {
	u64 vruntime; /* before */
	u32 weight, freq;
	u64 deadline; /* after a sleep, at the clock 10000 ms, while nobody waits */
} deadlines[] = {
	{9990 * MS, 100, 0, 9990 * MS},
	{0, 100, 0, 9980 * MS},
	{0, 100, FREQ_ONE, 9980 * MS},
	{0, 100, 10 * FREQ_ONE, 9800 * MS},
	{0, 100, 100 * FREQ_ONE, 8000 * MS},
	{10500 * MS, 100, 100 * FREQ_ONE, 10500 * MS},
	/* a light task has less credit, a heavy one no more */
	{0, 10, 10 * FREQ_ONE, 9980 * MS},
	{0, 1000, 10 * FREQ_ONE, 9800 * MS},
};

static void test_deadline(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(deadlines); i++) {
		struct task_struct *p;

		reset(NULL);
		p = make_task(deadlines[i].weight, &any_cpu);
		vtime_now = 10000 * MS;
		of(p)->ctx.vruntime = deadlines[i].vruntime;
		of(p)->ctx.freq = deadlines[i].freq;
		deadline_enqueue(p, SCX_ENQ_CPU_SELECTED);
		assert_int_equal(p->scx.dsq_vtime, deadlines[i].deadline);
	}
}

/* A clock that is about to wrap around, or has. */
static void test_wrap(void **state _unused_)
{
	struct task_struct *p = make_task(100, &any_cpu), *q = make_task(100, &any_cpu);

	vtime_now = MS;
	of(p)->ctx.vruntime = -10 * MS;
	of(q)->ctx.vruntime = 2 * MS;
	deadline_enqueue(q, SCX_ENQ_CPU_SELECTED);
	deadline_enqueue(p, SCX_ENQ_CPU_SELECTED);
	assert_int_equal(p->scx.dsq_vtime, -10 * MS);
	assert_ptr_equal(fake_queued(node_dsq(0), 0), p);
}

/* The lag is put on top of the deadline, not of what the task has had. */
static void test_wakeup_throttle(void **state _unused_)
{
	struct task_struct *p = make_task(100, &any_cpu);

	conf.wakeup_throttle = 1;
	vtime_now = 1000 * MS;
	of(p)->ctx.vruntime = 1000 * MS;
	deadline_enqueue(p, SCX_ENQ_CPU_SELECTED);
	/* it has not run */
	assert_int_equal(p->scx.dsq_vtime, 1000 * MS);
	for (int i = 0; i < 100; i++) {
		run(p, 2000);
		deadline_stopping(p, false);
		deadline_enqueue(p, SCX_ENQ_CPU_SELECTED);
	}
	assert_int_equal(of(p)->ctx.vruntime, 1000 * MS + 100 * 2000);
	assert_int_equal(p->scx.dsq_vtime, of(p)->ctx.vruntime + 20 * MS);
	assert_true(fake.counters[FLASH_SHORT] > 80);
	/* the CPU's own kernel threads are not late */
	p->flags = PF_KTHREAD;
	p->nr_cpus_allowed = 1;
	deadline_enqueue(p, SCX_ENQ_CPU_SELECTED);
	assert_int_equal(p->scx.dsq_vtime, of(p)->ctx.vruntime);
	p->flags = 0;
	p->nr_cpus_allowed = NR_CPUS;
	for (int i = 0; i < 20; i++) {
		run(p, 20000);
		deadline_stopping(p, false);
	}
	deadline_enqueue(p, SCX_ENQ_CPU_SELECTED);
	assert_int_equal(p->scx.dsq_vtime, of(p)->ctx.vruntime);
}

static void test_slice(void **state _unused_)
{
	struct task_struct *p = make_task(100, &any_cpu), *q = make_task(200, &any_cpu);

	/* as long, whoever waits */
	deadline_enqueue(p, 0);
	assert_int_equal(fake.slice, 700 * 1000);
	deadline_enqueue(q, 0);
	assert_int_equal(fake.slice, 1400 * 1000);
	deadline_enqueue(p, 0);
	assert_int_equal(fake.slice, 700 * 1000);
}

/* Its weight counts from when it changes, for tasks that are in it and for those that come. */
static void test_group(void **state _unused_)
{
	struct task_struct *p = make_task(100, &any_cpu);

	run(p, 4 * MS);
	deadline_stopping(p, true);
	assert_int_equal(of(p)->ctx.vruntime, 4 * MS);
	flash_cgroup_set_weight(&group.cgroup, 400);
	run(p, 4 * MS);
	deadline_stopping(p, true);
	assert_int_equal(of(p)->ctx.vruntime, 5 * MS);
	/* it is asked once */
	assert_int_equal(fake.counters[FLASH_GROUP], 2);
	for (int i = 0; i < 10; i++) {
		deadline_enqueue(p, 0);
		run(p, MS);
		deadline_stopping(p, true);
	}
	assert_int_equal(fake.counters[FLASH_GROUP], 2);
	group.ctx.weight = 50;
	flash_cgroup_move(p, NULL, &group.cgroup);
	deadline_enqueue(p, 0);
	assert_int_equal(fake.counters[FLASH_GROUP], 3);
	assert_int_equal(fake.slice, 350 * 1000);
	assert_int_equal(group.nr_held, 0);
}

static void test_no_groups(void **state _unused_)
{
	struct task_struct *p = make_task(200, &any_cpu);

	group.has_cgroups = false;
	group.ctx.weight = 1;
	deadline_enqueue(p, 0);
	assert_int_equal(fake.slice, 1400 * 1000);
}

static const struct {
	u32 weights[3];
	u32 percent[3]; /* of the CPU */
} shares[] = {
	{{100, 100, 100}, {33, 33, 33}},
	{{100, 33, 0}, {75, 25, 0}},
	{{200, 100, 100}, {50, 25, 25}},
};

static void test_shares(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(shares); i++) {
		reset(NULL);
		for (size_t t = 0; t < 3 && shares[i].weights[t]; t++)
			make_task(shares[i].weights[t], &any_cpu);
		simulate(10000 * MS, 4 * MS);
		for (u32 t = 0; t < fake.nr_tasks; t++) {
			u64 ns = fake.tasks[t].p.se.sum_exec_runtime, share = shares[i].percent[t];

			assert_in_range(ns / MS, share * 100 - 100, share * 100 + 200);
		}
	}
}

/* The heaviest there are beside the lightest: the kernel's watchdog waits for 30 s. */
static void test_extremes(void **state _unused_)
{
	struct group_ctx heavy = {.weight = 10000};

	make_task(8865, &any_cpu);
	make_task(8865, &any_cpu);
	make_task(1, &any_cpu);
	for (int i = 0; i < 2; i++) {
		fake.tasks[i].ctx.group_weight = heavy.weight;
		fake.tasks[i].ctx.group_seen = groups_changed;
	}
	of(&fake.tasks[0].p)->ctx.freq = 100 * FREQ_ONE;
	simulate(120000 * MS, 4 * MS);
	assert_true(fake.tasks[2].p.se.sum_exec_runtime >= 40 * MS);
	assert_in_range(fake.tasks[2].longest_wait, 1, 12000 * MS);
}

/* In turn, whatever they weigh and have had. */
static void test_rr(void **state _unused_)
{
	conf.rr = 1;
	make_task(100, &any_cpu);
	make_task(10, &any_cpu);
	make_task(1000, &any_cpu);
	fake.tasks[1].ctx.vruntime = 5000 * MS;
	simulate(3000 * MS, 4 * MS);
	for (int i = 0; i < 3; i++)
		assert_in_range(fake.tasks[i].p.se.sum_exec_runtime, 990 * MS, 1010 * MS);
	assert_in_range(fake.tasks[1].longest_wait, 8 * MS, 12 * MS);
}

/* A run lasts until others wait, and a timer has seen it at least twice. */
static void test_tickless(void **state _unused_)
{
	struct task_struct *p = make_task(100, &any_cpu), *q = make_task(100, &any_cpu);
	struct tick tick;

	conf.tickless = 1;
	run(p, 100 * MS);
	assert_int_equal(fake.states[0].is_busy, 1);
	for (int i = 0; i < 10; i++)
		look_around(NULL, NULL, &tick);
	assert_int_equal(fake.timer, TICK_NS);
	assert_int_equal(fake.kicked[0], 0);
	deadline_enqueue(q, SCX_ENQ_WAKEUP | SCX_ENQ_CPU_SELECTED);
	assert_true(fake.slice == SCX_SLICE_INF);
	look_around(NULL, NULL, &tick);
	assert_int_equal(fake.kicked[0], 0);
	look_around(NULL, NULL, &tick);
	assert_int_equal(fake.kicked[0], SCX_KICK_PREEMPT);
	assert_int_equal(fake.counters[FLASH_CUT], 1);
	/* it does not pay for what nobody else wanted */
	deadline_stopping(p, true);
	assert_int_equal(of(p)->ctx.vruntime, 700 * 1000 + VTIME_LATE_NS);
	/* idle CPUs are left alone */
	fake.kicked[0] = 0;
	for (int i = 0; i < 10; i++)
		look_around(NULL, NULL, &tick);
	assert_int_equal(fake.kicked[0], 0);
	/* a longer slice takes more looks */
	conf.slice_ns = 10 * MS;
	run(p, MS);
	for (int i = 0; i < 3; i++)
		look_around(NULL, NULL, &tick);
	assert_int_equal(fake.kicked[0], 0);
	look_around(NULL, NULL, &tick);
	assert_int_equal(fake.kicked[0], SCX_KICK_PREEMPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_example, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_deadline, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_wrap, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_wakeup_throttle, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_slice, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_group, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_no_groups, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_shares, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_extremes, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_rr, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_tickless, reset, check_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
