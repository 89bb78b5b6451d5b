// SPDX-License-Identifier: GPL-2.0-only
/* The policy of scx_bpfland: deadlines and shares, who gets which CPU, who has to make room. */
#include "scx_bpfland/scx_bpfland.bpf.c"

#include "deadline_machine.h"

static void begin(void)
{
	conf = (struct scx_bpfland_conf){.slice_ns = MS, .lag_ns = 40 * MS, .nr_node_cpus = 1};
	assert_int_equal(bpfland_init(), 0);
}

static s32 introduce(struct task_struct *p)
{
	return bpfland_init_task(p, NULL);
}

static void test_example(void **state _unused_)
{
	struct task_struct *a = make_task(100, &any_cpu), *b = make_task(100, &any_cpu);
	struct task_struct *f = make_task(100, &any_cpu);

	vtime_now = 1000 * MS;
	of(a)->ctx.vruntime = 1000 * MS;
	of(b)->ctx.vruntime = 1001 * MS;
	of(a)->ctx.awake = of(b)->ctx.awake = 40 * MS;
	of(f)->ctx.vruntime = 500 * MS;
	of(f)->ctx.freq = 6 * FREQ_ONE;
	of(f)->ctx.woke_at = fake.now - 100 * MS / 6;
	deadline_enqueue(a, 0);
	deadline_enqueue(b, 0);
	assert_int_equal(a->scx.dsq_vtime, 1040 * MS);
	assert_int_equal(b->scx.dsq_vtime, 1041 * MS);
	deadline_enqueue(f, SCX_ENQ_WAKEUP);
	/* 760, less credit because two wait */
	assert_in_range(f->scx.dsq_vtime, 760 * MS, 840 * MS);
	assert_ptr_equal(fake_queued(node_dsq(0), 0), f);
	fake.this_cpu = 0;
	deadline_dispatch(0, NULL);
	assert_int_equal(of(f)->dsq, SCX_DSQ_LOCAL);
}

/* What is added for being awake is not added again and again. */
static void test_vruntime_is_kept_apart(void **state _unused_)
{
	struct task_struct *p = make_task(100, &any_cpu);

	for (int i = 0; i < 100; i++) {
		run(p, MS);
		deadline_stopping(p, true);
		deadline_enqueue(p, 0);
	}
	assert_int_equal(of(p)->ctx.vruntime, 100 * MS);
	assert_int_equal(p->scx.dsq_vtime, 140 * MS);
	deadline_select_cpu(p, 0, SCX_WAKE_TTWU);
	deadline_enqueue(p, SCX_ENQ_WAKEUP | SCX_ENQ_CPU_SELECTED);
	assert_int_equal(p->scx.dsq_vtime, of(p)->ctx.vruntime);
}

static const struct {
	u32 weights[3];
	u64 turn;
	u32 percent[3]; /* of the CPU */
} shares[] = {
	{{100, 100, 100}, 4 * MS, {33, 33, 33}},
	{{100, 33, 0}, 4 * MS, {75, 25, 0}},
	{{100, 33, 0}, MS, {75, 25, 0}},
	{{200, 100, 100}, 4 * MS, {50, 25, 25}},
};

static void test_shares(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(shares); i++) {
		reset(NULL);
		for (size_t t = 0; t < 3 && shares[i].weights[t]; t++)
			make_task(shares[i].weights[t], &any_cpu);
		simulate(10000 * MS, shares[i].turn);
		for (u32 t = 0; t < fake.nr_tasks; t++) {
			u64 ns = fake.tasks[t].p.se.sum_exec_runtime, share = shares[i].percent[t];

			assert_in_range(ns / MS, share * 100 - 100, share * 100 + 200);
		}
	}
}

/* By weight alone it would wait for minutes, and the kernel's watchdog waits for 30 s. */
static void test_light_among_heavy(void **state _unused_)
{
	make_task(8865, &any_cpu);
	make_task(8865, &any_cpu);
	make_task(1, &any_cpu);
	simulate(120000 * MS, 4 * MS);
	assert_true(fake.tasks[2].p.se.sum_exec_runtime >= 40 * MS);
	assert_in_range(fake.tasks[2].longest_wait, 1, 12000 * MS);
}

static void test_idle_cpu(void **state _unused_)
{
	struct task_struct *p = make_task(100, &any_cpu), *bound = make_task(100, &cpu_2_only);

	fake.idle.bits = 1 << 3;
	assert_int_equal(deadline_select_cpu(p, 1, SCX_WAKE_TTWU), 3);
	assert_int_equal(fake.dsq_id, SCX_DSQ_LOCAL_ON | 3);
	assert_int_equal(fake.slice, MS);
	/* none is left */
	of(p)->dsq = NO_DSQ;
	assert_int_equal(deadline_select_cpu(p, 1, SCX_WAKE_TTWU), 1);
	assert_int_equal(of(p)->dsq, NO_DSQ);
	/* an idle one is of no use to who may not use it */
	fake.idle.bits = 1 << 3;
	fake.this_cpu = 2;
	deadline_enqueue(bound, SCX_ENQ_WAKEUP);
	assert_int_equal(fake.dsq_id, cpu_dsq(2));
	fake.idle.bits = 1 << 2;
	deadline_enqueue(bound, SCX_ENQ_WAKEUP);
	assert_int_equal(fake.dsq_id, SCX_DSQ_LOCAL_ON | 2);
	assert_int_equal(fake.kicked[2], SCX_KICK_IDLE);
}

static void set_domain(u64 bits)
{
	struct scx_domain_args args = {.is_all = bits == 0xff, .perf = 1024};

	for (u32 cpu = 0; cpu < NR_CPUS; cpu++)
		fake.domain[cpu] = bits >> cpu & 1;
	assert_int_equal(domain_apply(&args), 0);
}

static void test_domain(void **state _unused_)
{
	struct task_struct *p = make_task(100, &any_cpu);

	set_domain(0xf0);
	assert_int_equal(fake.nr_released, 0);
	fake.idle.bits = 0x22;
	assert_int_equal(deadline_select_cpu(p, 1, SCX_WAKE_TTWU), 5);
	/* what is left over */
	assert_int_equal(deadline_select_cpu(p, 5, SCX_WAKE_TTWU), 1);
	/* another one in its place */
	set_domain(0x0f);
	assert_int_equal(fake.nr_released, 1);
	fake.idle.bits = 0x24;
	assert_int_equal(deadline_select_cpu(p, 5, SCX_WAKE_TTWU), 2);
	set_domain(0xff);
	assert_null(domain_part());
}

static void test_by_capacity(void **state _unused_)
{
	struct task_struct *p = make_task(100, &any_cpu);
	static const u32 order[NR_CPUS] = {6, 7, 4, 5, 2, 3, 0, 1};

	conf.by_capacity = conf.use_smt = 1;
	memcpy(topo_order, order, sizeof(order));
	/* a whole core before a faster thread */
	fake.idle.bits = 0x53;
	fake.cores.bits = 0x03;
	assert_int_equal(deadline_select_cpu(p, 7, SCX_WAKE_TTWU), 0);
	/* the previous one, if it is as good */
	assert_int_equal(deadline_select_cpu(p, 1, SCX_WAKE_TTWU), 1);
	fake.cores.bits = 0;
	assert_int_equal(deadline_select_cpu(p, 7, SCX_WAKE_TTWU), 6);
	/* but the domain is first */
	fake.idle.bits = 0x48;
	set_domain(0x0f);
	assert_int_equal(deadline_select_cpu(p, 7, SCX_WAKE_TTWU), 3);
	assert_int_equal(deadline_select_cpu(p, 7, SCX_WAKE_TTWU), 6);
	assert_int_equal(deadline_select_cpu(p, 7, SCX_WAKE_TTWU), 7);
	/* who must stay does not get what it cannot use */
	fake.idle.bits = 0x40;
	p->migration_disabled = 1;
	assert_int_equal(deadline_select_cpu(p, 1, SCX_WAKE_TTWU), 1);
	assert_int_equal(fake.idle.bits, 0x40);
}

static void test_faster_waker(void **state _unused_)
{
	struct task_struct *p = make_task(100, &any_cpu);

	topo.is_uneven = 1;
	topo_cpus[7].capacity = 2048;
	/* near and idle: it stays */
	fake.idle.bits = 0x12;
	assert_int_equal(deadline_select_cpu(p, 4, SCX_WAKE_TTWU), 4);
	/* in another cache: the search begins at the waker, and is the kernel's */
	topo_cpus[7].llc = 1;
	fake.idle.bits = 0x12;
	assert_int_equal(deadline_select_cpu(p, 4, SCX_WAKE_TTWU), 1);
}

/* CPUs 0 and 1 share a core, and both are busy. */
static void share_core(void)
{
	conf.use_smt = 1;
	topo_cpus[0].next_thread = 1;
	topo_cpus[1].next_thread = 0;
	fake.states[1].is_busy = 1;
}

static void test_contended(void **state _unused_)
{
	struct task_struct *p = make_task(100, &any_cpu);

	share_core();
	run(p, MS);
	/* an idle thread of a busy core is no reason to go */
	fake.idle.bits = 0x4;
	deadline_dispatch(0, p);
	assert_int_equal(p->scx.slice, MS);
	/* a whole core is */
	fake.cores.bits = fake.idle.bits = 0xc;
	p->scx.slice = 0;
	deadline_dispatch(0, p);
	assert_int_equal(p->scx.slice, 0);
	deadline_stopping(p, true);
	deadline_enqueue(p, SCX_ENQ_LAST);
	assert_int_equal(fake.dsq_id, SCX_DSQ_LOCAL_ON | 2);
	assert_int_equal(fake.kicked[2], SCX_KICK_IDLE);
	/* a core that is not in the domain is not */
	fake.cores.bits = 0xc;
	set_domain(0x3);
	assert_false(is_contended(0));
	/* without SMT, or on a CPU without a sibling, there is nothing to gain */
	domain_is_part = 0;
	assert_true(is_contended(0));
	assert_false(is_contended(4));
	conf.use_smt = 0;
	assert_false(is_contended(0));
}

static void test_preemption(void **state _unused_)
{
	struct task_struct *p = make_task(100, &any_cpu), *bound = make_task(100, &cpu_2_only);

	vtime_now = 1000 * MS;
	fake.this_cpu = 1;
	/* none of CPUs 0 to 2 has a task that never sleeps, nor have the last two */
	for (u32 cpu = 0; cpu < NR_CPUS; cpu++)
		fake.states[cpu] = (struct scx_cpu_state){.is_busy = cpu < 6,
							  .has_to_yield = cpu > 2,
							  .deadline = 1000 * MS + cpu * MS};
	/* nobody, unless asked to */
	deadline_enqueue(p, SCX_ENQ_WAKEUP | SCX_ENQ_CPU_SELECTED);
	assert_int_equal(fake.counters[DEADLINE_PREEMPT], 0);
	/* the next CPU, then the one after that, then that where it was */
	conf.preempt_ns = MS;
	deadline_enqueue(p, SCX_ENQ_WAKEUP | SCX_ENQ_CPU_SELECTED);
	assert_int_equal(fake.kicked[3], SCX_KICK_PREEMPT);
	deadline_enqueue(p, SCX_ENQ_WAKEUP | SCX_ENQ_CPU_SELECTED);
	assert_int_equal(fake.kicked[4], SCX_KICK_PREEMPT);
	fake.states[1].has_to_yield = true;
	deadline_enqueue(p, SCX_ENQ_WAKEUP | SCX_ENQ_CPU_SELECTED);
	assert_int_equal(fake.kicked[1], 0); /* the kernel does it */
	assert_int_equal(fake.dsq_id, SCX_DSQ_LOCAL);
	assert_int_equal(fake.enq_flags & SCX_ENQ_PREEMPT, SCX_ENQ_PREEMPT);
	assert_int_equal(fake.counters[DEADLINE_PREEMPT], 3);
	/* its own only */
	fake.this_cpu = 2;
	deadline_enqueue(bound, SCX_ENQ_WAKEUP | SCX_ENQ_CPU_SELECTED);
	assert_int_equal(fake.counters[DEADLINE_PREEMPT], 3);
	/* not for who is not early enough, and not for who has just run */
	of(p)->ctx.vruntime = 1004 * MS + 1;
	deadline_enqueue(p, SCX_ENQ_WAKEUP | SCX_ENQ_CPU_SELECTED);
	assert_int_equal(fake.counters[DEADLINE_PREEMPT], 3);
	of(p)->ctx.vruntime = 1003 * MS;
	deadline_enqueue(p, SCX_ENQ_CPU_SELECTED);
	assert_int_equal(fake.counters[DEADLINE_PREEMPT], 3);
	deadline_enqueue(p, SCX_ENQ_WAKEUP | SCX_ENQ_CPU_SELECTED);
	assert_int_equal(fake.kicked[5], SCX_KICK_PREEMPT);
}

/* Who has slept lately need not yield, whatever its deadline. */
static void test_who_has_to_yield(void **state _unused_)
{
	struct task_struct *p = make_task(100, &any_cpu);

	conf.preempt_ns = 2 * MS;
	run(p, 3 * MS);
	assert_false(fake.states[0].has_to_yield);
	deadline_dispatch(0, p);
	assert_true(fake.states[0].has_to_yield);
	deadline_stopping(p, false);
	deadline_select_cpu(p, 0, SCX_WAKE_TTWU);
	run(p, MS);
	assert_false(fake.states[0].has_to_yield);
}

static void test_two_queues(void **state _unused_)
{
	struct task_struct *p = make_task(100, &any_cpu), *bound = make_task(100, &cpu_2_only);

	vtime_now = 1000 * MS;
	for (int bound_first = 0; bound_first < 2; bound_first++) {
		of(p)->ctx.vruntime = 1010 * MS;
		of(bound)->ctx.vruntime = bound_first ? 1005 * MS : 1015 * MS;
		fake.this_cpu = 2;
		deadline_enqueue(p, 0);
		deadline_enqueue(bound, 0);
		deadline_dispatch(2, NULL);
		assert_int_equal(of(bound_first ? bound : p)->dsq, SCX_DSQ_LOCAL);
		assert_int_not_equal(of(bound_first ? p : bound)->dsq, SCX_DSQ_LOCAL);
	}
}

static void test_steal(void **state _unused_)
{
	struct task_struct *p = make_task(100, &any_cpu);

	topo.nr_node_ids = 2;
	for (u32 cpu = 4; cpu < NR_CPUS; cpu++)
		topo_cpus[cpu].node = 1;
	fake.this_cpu = 1;
	deadline_enqueue(p, 0);
	fake.this_cpu = 5;
	deadline_dispatch(5, NULL);
	assert_int_equal(of(p)->dsq, node_dsq(0));
	conf.has_nodes = 1;
	deadline_dispatch(5, NULL);
	assert_int_equal(of(p)->dsq, SCX_DSQ_LOCAL);
	assert_int_equal(fake.counters[DEADLINE_STOLEN], 1);
}

static void test_local(void **state _unused_)
{
	struct task_struct *bound = make_task(100, &cpu_2_only), *p = make_task(100, &any_cpu);

	fake.this_cpu = 2;
	conf.local_kthreads = 1;
	deadline_enqueue(bound, 0);
	assert_int_equal(fake.dsq_id, cpu_dsq(2));
	bound->flags = PF_KTHREAD;
	deadline_enqueue(bound, 0);
	assert_int_equal(fake.dsq_id, SCX_DSQ_LOCAL);
	assert_int_equal(fake.counters[DEADLINE_KTHREAD], 1);
	bound->flags = 0;
	conf.local_pcpu = 1;
	deadline_enqueue(bound, 0);
	assert_int_equal(fake.dsq_id, SCX_DSQ_LOCAL);
	/* not known to be short before it has run, nor if it has had too much */
	conf.sticky_tasks = 1;
	deadline_enqueue(p, 0);
	assert_int_equal(fake.dsq_id, node_dsq(0));
	for (int i = 0; i < 40; i++) {
		run(p, 5000);
		deadline_stopping(p, false);
	}
	deadline_enqueue(p, 0);
	assert_int_equal(fake.dsq_id, SCX_DSQ_LOCAL);
	of(p)->ctx.vruntime = vtime_now + 41 * MS;
	deadline_enqueue(p, 0);
	assert_int_equal(fake.dsq_id, node_dsq(0));
}

static void test_throttle(void **state _unused_)
{
	struct task_struct *p = make_task(100, &any_cpu);

	conf.throttle_ns = 3 * MS;
	assert_int_equal(bpfland_init(), 0);
	assert_int_equal(fake.timer, MS);
	throttle_flip(NULL, NULL, &fake.throttle);
	assert_int_equal(fake.timer, 3 * MS);
	assert_int_equal(fake.kicked[7], SCX_KICK_PREEMPT);
	/* an idle CPU is not free */
	fake.idle.bits = 1;
	assert_int_equal(deadline_select_cpu(p, 0, SCX_WAKE_TTWU), 0);
	assert_int_equal(of(p)->dsq, NO_DSQ);
	deadline_enqueue(p, SCX_ENQ_WAKEUP);
	deadline_dispatch(0, NULL);
	assert_int_equal(of(p)->dsq, node_dsq(0));
	throttle_flip(NULL, NULL, &fake.throttle);
	assert_int_equal(fake.timer, MS);
	deadline_dispatch(0, NULL);
	assert_int_equal(of(p)->dsq, SCX_DSQ_LOCAL);
}

static void test_perf(void **state _unused_)
{
	struct task_struct *p = make_task(100, &any_cpu);

	/* what it is asked for, once */
	run(p, MS);
	assert_int_equal(fake.perf[0], 1024);
	domain_perf = 0;
	run(p, MS);
	assert_int_equal(fake.perf[0], 0);
	deadline_stopping(p, false);
	/* half of the time, then all of it */
	domain_perf = SCX_PERF_BY_LOAD;
	deadline_running(p);
	run(p, 10 * MS);
	deadline_stopping(p, false);
	fake.now += 10 * MS;
	deadline_running(p);
	assert_in_range(fake.perf[0], 500, 520);
	run(p, 10 * MS);
	deadline_stopping(p, false);
	deadline_running(p);
	assert_int_equal(fake.perf[0], 1024);
}

/* Alone it owes nothing; beside others it pays for each yield, but only so far. */
static void test_alone_and_yield(void **state _unused_)
{
	struct task_struct *p = make_task(100, &any_cpu);

	for (int i = 0; i < 100; i++) {
		run(p, 4 * MS);
		deadline_dispatch(0, p);
		assert_int_equal(p->scx.slice, MS);
		assert_true(of(p)->ctx.vruntime <= vtime_now);
	}
	for (int i = 0; i < 100; i++) {
		p->scx.slice = MS;
		assert_false(deadline_yield(p, NULL));
		assert_int_equal(p->scx.slice, 0);
	}
	assert_in_range(of(p)->ctx.vruntime, vtime_now + MS, vtime_now + 2 * MS);
	assert_false(deadline_yield(p, p));
}

/* A higher class takes the CPU: who waits there can go elsewhere. */
static void test_reenqueue(void **state _unused_)
{
	struct task_struct *p = make_task(100, &any_cpu);

	run(p, MS);
	deadline_stopping(p, true);
	assert_int_equal(fake.nr_moved, 0);
	run(p, MS);
	p->scx.slice = MS;
	deadline_stopping(p, true);
	assert_int_equal(fake.nr_moved, 1);
	deadline_enqueue(p, SCX_ENQ_REENQ);
	assert_int_equal(fake.counters[DEADLINE_REENQUEUE], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_example, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_vruntime_is_kept_apart, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_shares, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_light_among_heavy, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_idle_cpu, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_domain, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_by_capacity, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_faster_waker, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_contended, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_preemption, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_who_has_to_yield, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_two_queues, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_steal, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_local, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_throttle, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_perf, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_alone_and_yield, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_reenqueue, reset, check_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
