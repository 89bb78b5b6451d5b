// SPDX-License-Identifier: GPL-2.0-only
/* The policy of scx_simple, callback by callback. */
#include "scx_simple/scx_simple.bpf.c"

#include "unit/test.h"

#define MS 1000000ULL
#define NR_CPUS 4

static const struct cpumask any_cpu = {~0ULL}, cpu_2_only = {1ULL << 2};

static struct {
	bool idle;    /* what the kernel's pick finds */
	s32 task_cpu; /* where the task is */
	u64 now;      /* real time */
	u64 paid_until[NR_CPUS];
	struct task_struct *queue[NR_CPUS];
	unsigned nr_moved;
	u64 counters[2];
	/* the last insertion */
	unsigned nr_fifo, nr_vtime;
	u64 dsq_id, slice, vtime, enq_flags;
} fake;

s32 scx_bpf_create_dsq(u64 dsq_id, s32 node)
{
	assert_int_equal(dsq_id, QUEUE_DSQ);
	assert_int_equal(node, -1);
	return 0;
}

s32 scx_bpf_select_cpu_dfl(struct task_struct *p _unused_, s32 prev_cpu, u64 wake_flags _unused_,
			   bool *is_idle)
{
	*is_idle = fake.idle;
	return prev_cpu;
}

u64 scx_bpf_now(void)
{
	return fake.now;
}

s32 scx_bpf_task_cpu(const struct task_struct *p _unused_)
{
	return fake.task_cpu;
}

bool scx_bpf_dsq_insert(struct task_struct *p _unused_, u64 dsq_id, u64 slice, u64 enq_flags)
{
	fake.nr_fifo++;
	fake.dsq_id = dsq_id;
	fake.slice = slice;
	fake.enq_flags = enq_flags;
	return true;
}

bool scx_bpf_dsq_insert_vtime(struct task_struct *p, u64 dsq_id, u64 slice, u64 vtime,
			      u64 enq_flags)
{
	fake.nr_vtime++;
	fake.dsq_id = dsq_id;
	fake.slice = slice;
	fake.vtime = vtime;
	fake.enq_flags = enq_flags;
	/* as the kernel does */
	p->scx.dsq_vtime = vtime;
	p->scx.slice = slice;
	return true;
}

struct task_struct *fake_queued(u64 dsq_id, unsigned n)
{
	assert_int_equal(dsq_id, QUEUE_DSQ);
	return fake.queue[n];
}

bool bpf_cpumask_test_cpu(u32 cpu, const struct cpumask *cpumask)
{
	return cpumask->bits >> cpu & 1;
}

bool scx_bpf_dsq_move_to_local(u64 dsq_id, u64 enq_flags)
{
	fake.nr_moved++;
	assert_int_equal(dsq_id, QUEUE_DSQ);
	assert_int_equal(enq_flags, 0);
	return true;
}

void scx_bpf_task_set_slice(struct task_struct *p, u64 slice)
{
	p->scx.slice = slice;
}

void scx_bpf_task_set_dsq_vtime(struct task_struct *p, u64 vtime)
{
	p->scx.dsq_vtime = vtime;
}

void *bpf_map_lookup_percpu_elem(void *map, const void *key, u32 cpu)
{
	assert_ptr_equal(map, &paid_until);
	assert_int_equal(*(const u32 *)key, 0);
	return &fake.paid_until[cpu];
}

void stat_inc(u32 id)
{
	fake.counters[id]++;
}

void scx_report_exit(const struct scx_exit_info *info _unused_)
{
}

static int reset(void **state _unused_)
{
	memset(&fake, 0, sizeof(fake));
	vtime_now = vtime_paced_at = 0;
	conf = (struct scx_simple_conf){.slice_ns = 20 * MS};
	return 0;
}

/* The task runs for @used ns and has @left ns of its slice at the end. */
static void run(struct task_struct *p, u64 used, u64 left)
{
	simple_running(p);
	p->se.sum_exec_runtime += used;
	p->scx.slice = left;
	simple_stopping(p, true);
}

static void test_idle_cpu(void **state _unused_)
{
	struct task_struct p = {.scx.weight = 100};

	fake.idle = true;
	assert_int_equal(simple_select_cpu(&p, 3, 0), 3);
	assert_int_equal(fake.nr_fifo, 1);
	assert_int_equal(fake.dsq_id, SCX_DSQ_LOCAL);
	assert_int_equal(fake.slice, 20 * MS);
	assert_int_equal(fake.counters[SIMPLE_LOCAL], 1);
	assert_int_equal(fake.counters[SIMPLE_GLOBAL], 0);
}

static void test_busy_cpu(void **state _unused_)
{
	struct task_struct p = {.scx.weight = 100};

	assert_int_equal(simple_select_cpu(&p, 2, 0), 2);
	assert_int_equal(fake.nr_fifo + fake.nr_vtime, 0);
	simple_enqueue(&p, 0x40);
	assert_int_equal(fake.nr_vtime, 1);
	assert_int_equal(fake.dsq_id, QUEUE_DSQ);
	assert_int_equal(fake.enq_flags, 0x40);
	assert_int_equal(fake.counters[SIMPLE_GLOBAL], 1);
}

/* The price of a run. */
static void test_weights(void **state _unused_)
{
	struct task_struct a = {.scx.weight = 100}, b = {.scx.weight = 33};

	run(&a, 20 * MS, 0);
	assert_int_equal(a.scx.dsq_vtime, 20 * MS);
	run(&b, 10 * MS, 0);
	assert_int_equal(b.scx.dsq_vtime, 30303030);
}

/* Charged is what ran, on whichever CPU, not what the slice says. */
static void test_exact_charge(void **state _unused_)
{
	struct task_struct p = {.scx.weight = 100, .se.sum_exec_runtime = 7 * MS};

	fake.task_cpu = 3;
	run(&p, 3 * MS, 17 * MS);
	assert_int_equal(p.scx.dsq_vtime, 3 * MS);
	assert_int_equal(fake.paid_until[3], 7 * MS);
	run(&p, 25 * MS, 0); /* the tick came late */
	assert_int_equal(p.scx.dsq_vtime, 28 * MS);
}

/* The task has the CPU until its slice is over, to the next tick of @tick ns. */
static void use_up_slice(struct task_struct *p, u64 tick)
{
	u64 used = (p->scx.slice + tick - 1) / tick * tick;

	p->se.sum_exec_runtime += used;
	p->scx.slice = 0;
	fake.now += used;
}

/* Two hogs on one CPU for @ns: what each has run in ms, and the longest wait of the second. */
static u64 compete(u64 ns, u64 tick, u32 weight_a, u32 weight_b, u64 *ret_a, u64 *ret_b)
{
	struct task_struct a = {.cpus_ptr = &any_cpu, .scx.weight = weight_a};
	struct task_struct b = {.cpus_ptr = &any_cpu, .scx.weight = weight_b};
	struct task_struct *on = &a, *waits = &b, *other;
	u64 waits_since = 0, longest = 0;

	reset(NULL);
	a.scx.flags = b.scx.flags = SCX_TASK_QUEUED;
	a.scx.slice = b.scx.slice = 20 * MS;
	simple_running(on);
	while (fake.now < ns) {
		use_up_slice(on, tick);
		fake.queue[0] = waits;
		fake.nr_moved = 0;
		simple_dispatch(0, on);
		if (!fake.nr_moved)
			continue;
		simple_stopping(on, true);
		simple_enqueue(on, 0);
		other = on;
		on = waits;
		waits = other;
		simple_running(on);
		if (on == &b && fake.now - waits_since > longest)
			longest = fake.now - waits_since;
		waits_since = fake.now;
	}
	*ret_a = a.se.sum_exec_runtime / MS;
	*ret_b = b.se.sum_exec_runtime / MS;
	return longest;
}

static void test_two_on_one_cpu(void **state _unused_)
{
	static const struct {
		u32 weight_a, weight_b;
	} pairs[] = {{100, 100}, {100, 33}, {33, 100}, {100, 400}, {1000, 100}, {100, 1}};

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		u64 a, b, share;

		(void)compete(8000 * MS, MS, pairs[i].weight_a, pairs[i].weight_b, &a, &b);
		share = 8000 * pairs[i].weight_a / (pairs[i].weight_a + pairs[i].weight_b);
		/* within two slices of exact */
		assert_true(a + 40 >= share && a <= share + 40);
	}
}

/* The kernel's watchdog lets nobody wait for 30 s, whatever the weights. */
static void test_nobody_starves(void **state _unused_)
{
	static const u64 ticks[] = {1 * MS, 4 * MS, 10 * MS};

	for (size_t i = 0; i < ARRAY_SIZE(ticks); i++) {
		u64 heavy, light, longest;

		longest = compete(120000 * MS, ticks[i], 10000, 1, &heavy, &light);
		assert_true(longest < 22000 * MS);
		assert_true(light > 0);
		assert_true(heavy > 119000);
	}
}

/* Who runs alone owes nothing for it, and does not move the clock for the others. */
static void test_alone_is_free(void **state _unused_)
{
	struct task_struct p = {.cpus_ptr = &any_cpu, .scx.weight = 1, .scx.slice = 1 * MS};

	p.scx.flags = SCX_TASK_QUEUED;
	simple_running(&p);
	for (int turn = 0; turn < 1000; turn++) {
		use_up_slice(&p, MS);
		simple_dispatch(0, &p);
	}
	/* 100 s of vtime if it paid; the clock keeps its pace, no more */
	assert_true(p.scx.dsq_vtime <= vtime_now);
	assert_true(vtime_now <= 1000 * MS / VTIME_PACE);
}

/* A task that was heavily charged, or has slept, and finds an idle CPU begins afresh. */
static void test_idle_cpu_forgives(void **state _unused_)
{
	struct task_struct debtor = {.scx.weight = 100, .scx.dsq_vtime = 900 * MS};
	struct task_struct sleeper = {.scx.weight = 100, .scx.dsq_vtime = 1 * MS};

	fake.idle = true;
	vtime_now = 100 * MS;
	simple_select_cpu(&debtor, 0, 0);
	assert_int_equal(debtor.scx.dsq_vtime, 100 * MS);
	simple_select_cpu(&sleeper, 0, 0);
	assert_int_equal(sleeper.scx.dsq_vtime, 80 * MS);
}

/* Credit from sleep does not last longer than a slice when the CPU was idle at first. */
static void test_no_credit_on_going_on(void **state _unused_)
{
	struct task_struct slept = {.cpus_ptr = &any_cpu, .scx.weight = 100};
	struct task_struct waits = {.cpus_ptr = &any_cpu, .scx.weight = 100};

	slept.scx.flags = SCX_TASK_QUEUED;
	simple_running(&slept);
	vtime_now = 1000 * MS;
	waits.scx.dsq_vtime = 970 * MS;
	fake.queue[0] = &waits;
	use_up_slice(&slept, MS);
	simple_dispatch(0, &slept);
	assert_int_equal(fake.nr_moved, 1);
}

static void test_short_turns_of_light_tasks(void **state _unused_)
{
	struct task_struct light = {.scx.weight = 33}, heavy = {.scx.weight = 400};

	simple_enqueue(&light, 0);
	assert_int_equal(fake.slice, 6600000);
	simple_enqueue(&heavy, 0);
	assert_int_equal(fake.slice, 20 * MS);
}

static void test_waiting_elsewhere(void **state _unused_)
{
	struct task_struct on = {.cpus_ptr = &any_cpu, .scx.weight = 100};
	struct task_struct pinned = {.cpus_ptr = &cpu_2_only, .scx.weight = 100};

	on.scx.flags = SCX_TASK_QUEUED;
	on.scx.dsq_vtime = vtime_now = 100 * MS;
	pinned.scx.dsq_vtime = 90 * MS;
	fake.queue[0] = &pinned;
	simple_dispatch(0, &on);
	assert_int_equal(fake.nr_moved, 0);
	assert_int_equal(on.scx.slice, 20 * MS);
	on.scx.slice = 0;
	simple_dispatch(2, &on);
	assert_int_equal(fake.nr_moved, 1);
}

static void test_sleeping_prev(void **state _unused_)
{
	struct task_struct gone = {.cpus_ptr = &any_cpu, .scx.weight = 100};

	simple_dispatch(0, &gone);
	simple_dispatch(0, NULL);
	assert_int_equal(fake.nr_moved, 2);
}

static void test_yield_pays_slice(void **state _unused_)
{
	struct task_struct p = {.scx.weight = 200};

	run(&p, 1 * MS, 0);
	assert_int_equal(p.scx.dsq_vtime, 10 * MS);
}

/* Sleep is worth one slice at most, also when the clock has wrapped around. */
static void test_sleeper(void **state _unused_)
{
	static const u64 clocks[] = {1000 * MS, 5 * MS, 20 * MS - 1};

	for (size_t i = 0; i < ARRAY_SIZE(clocks); i++) {
		struct task_struct p = {.scx.weight = 100, .scx.dsq_vtime = clocks[i] - 900 * MS};

		vtime_now = clocks[i];
		simple_enqueue(&p, 0);
		assert_int_equal(fake.vtime, clocks[i] - 20 * MS);
	}
}

static void test_queued_task_keeps_vtime(void **state _unused_)
{
	struct task_struct p = {.scx.weight = 100, .scx.dsq_vtime = 990 * MS};

	vtime_now = 1000 * MS;
	simple_enqueue(&p, 0);
	assert_int_equal(fake.vtime, 990 * MS);
}

static void test_clock_never_goes_back(void **state _unused_)
{
	struct task_struct p = {.scx.weight = 100, .scx.dsq_vtime = 50 * MS};

	vtime_now = 40 * MS;
	simple_running(&p);
	assert_int_equal(vtime_now, 50 * MS);
	p.scx.dsq_vtime = 45 * MS;
	simple_running(&p);
	assert_int_equal(vtime_now, 50 * MS);
}

static void test_new_task_starts_now(void **state _unused_)
{
	struct task_struct p = {.scx.weight = 100};

	vtime_now = 70 * MS;
	simple_enable(&p);
	assert_int_equal(p.scx.dsq_vtime, 70 * MS);
}

static void test_fifo(void **state _unused_)
{
	struct task_struct p = {.scx.weight = 50};

	conf = (struct scx_simple_conf){.slice_ns = 5 * MS, .fifo = 1};
	simple_enqueue(&p, 1);
	assert_int_equal(fake.nr_fifo, 1);
	assert_int_equal(fake.nr_vtime, 0);
	assert_int_equal(fake.slice, 5 * MS);
	fake.idle = true;
	simple_select_cpu(&p, 1, 0);
	assert_int_equal(fake.dsq_id, SCX_DSQ_LOCAL);
	assert_int_equal(fake.slice, 5 * MS);
	run(&p, 5 * MS, 0);
	assert_int_equal(p.scx.dsq_vtime, 0);
	assert_int_equal(vtime_now, 0);
}

static void test_init(void **state _unused_)
{
	assert_int_equal(simple_init(), 0);
	simple_dispatch(0, NULL);
	assert_string_equal(simple_ops.name, "simple");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_idle_cpu, reset),
		cmocka_unit_test_setup(test_busy_cpu, reset),
		cmocka_unit_test_setup(test_weights, reset),
		cmocka_unit_test_setup(test_exact_charge, reset),
		cmocka_unit_test_setup(test_two_on_one_cpu, reset),
		cmocka_unit_test_setup(test_nobody_starves, reset),
		cmocka_unit_test_setup(test_alone_is_free, reset),
		cmocka_unit_test_setup(test_idle_cpu_forgives, reset),
		cmocka_unit_test_setup(test_no_credit_on_going_on, reset),
		cmocka_unit_test_setup(test_short_turns_of_light_tasks, reset),
		cmocka_unit_test_setup(test_waiting_elsewhere, reset),
		cmocka_unit_test_setup(test_sleeping_prev, reset),
		cmocka_unit_test_setup(test_yield_pays_slice, reset),
		cmocka_unit_test_setup(test_sleeper, reset),
		cmocka_unit_test_setup(test_queued_task_keeps_vtime, reset),
		cmocka_unit_test_setup(test_clock_never_goes_back, reset),
		cmocka_unit_test_setup(test_new_task_starts_now, reset),
		cmocka_unit_test_setup(test_fifo, reset),
		cmocka_unit_test_setup(test_init, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
