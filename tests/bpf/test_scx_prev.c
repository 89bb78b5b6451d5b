// SPDX-License-Identifier: GPL-2.0-only
/* The policy of scx_prev, as far as it is not that of scx_simple: where a task wakes. */
#include "scx_prev/scx_prev.bpf.c"

#include "unit/test.h"

#define MS 1000000ULL
#define NR_CPUS 4

static const struct cpumask any_cpu = {~0ULL}, cpu_2_only = {1ULL << 2};

static struct {
	bool idle[NR_CPUS];
	s32 found; /* the kernel's pick; -1: none */
	u64 now;
	u64 paid_until;
	struct task_struct *waits;
	unsigned nr_moved;
	unsigned counters[4];
	/* the last insertion */
	unsigned nr_fifo, nr_vtime;
	u64 dsq_id, slice;
} fake;

s32 scx_bpf_create_dsq(u64 dsq_id, s32 node)
{
	assert_int_equal(dsq_id, QUEUE_DSQ);
	assert_int_equal(node, -1);
	return 0;
}

bool scx_bpf_test_and_clear_cpu_idle(s32 cpu)
{
	bool idle = fake.idle[cpu];

	fake.idle[cpu] = false;
	return idle;
}

s32 scx_bpf_select_cpu_dfl(struct task_struct *p _unused_, s32 prev_cpu, u64 wake_flags,
			   bool *is_idle)
{
	assert_int_equal(wake_flags, SCX_WAKE_SYNC);
	*is_idle = fake.found >= 0;
	return *is_idle ? fake.found : prev_cpu;
}

bool bpf_cpumask_test_cpu(u32 cpu, const struct cpumask *cpumask)
{
	return cpumask->bits >> cpu & 1;
}

s32 scx_bpf_task_cpu(const struct task_struct *p _unused_)
{
	return 0;
}

u64 scx_bpf_now(void)
{
	return fake.now;
}

bool scx_bpf_dsq_insert(struct task_struct *p _unused_, u64 dsq_id, u64 slice,
			u64 enq_flags _unused_)
{
	fake.nr_fifo++;
	fake.dsq_id = dsq_id;
	fake.slice = slice;
	return true;
}

bool scx_bpf_dsq_insert_vtime(struct task_struct *p _unused_, u64 dsq_id, u64 slice,
			      u64 vtime _unused_, u64 enq_flags _unused_)
{
	fake.nr_vtime++;
	fake.dsq_id = dsq_id;
	fake.slice = slice;
	return true;
}

struct task_struct *fake_queued(u64 dsq_id, unsigned n)
{
	assert_int_equal(dsq_id, QUEUE_DSQ);
	return n == 0 ? fake.waits : NULL;
}

bool scx_bpf_dsq_move_to_local(u64 dsq_id, u64 enq_flags _unused_)
{
	assert_int_equal(dsq_id, QUEUE_DSQ);
	fake.nr_moved++;
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

void *bpf_map_lookup_percpu_elem(void *map, const void *key _unused_, u32 cpu _unused_)
{
	assert_ptr_equal(map, &paid_until);
	return &fake.paid_until;
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
	fake.found = -1;
	vtime_now = 0;
	conf = (struct scx_prev_conf){.slice_ns = 20 * MS};
	return 0;
}

static void assert_counters(unsigned local, unsigned fail, unsigned prev, unsigned idle)
{
	assert_int_equal(fake.counters[PREV_LOCAL], local);
	assert_int_equal(fake.counters[PREV_SELECT_FAIL], fail);
	assert_int_equal(fake.counters[PREV_PREV_CPU], prev);
	assert_int_equal(fake.counters[PREV_IDLE_CPU], idle);
}

static void test_prev_comes_first(void **state _unused_)
{
	struct task_struct p = {.cpus_ptr = &any_cpu, .scx.weight = 100};

	fake.idle[1] = true;
	fake.found = 2;
	assert_int_equal(prev_select_cpu(&p, 1, SCX_WAKE_SYNC), 1);
	assert_int_equal(fake.dsq_id, SCX_DSQ_LOCAL);
	assert_int_equal(fake.slice, 20 * MS);
	assert_false(fake.idle[1]);
	assert_counters(1, 0, 1, 0);
}

static void test_kernels_pick_is_next(void **state _unused_)
{
	struct task_struct p = {.cpus_ptr = &any_cpu, .scx.weight = 100};

	fake.found = 3;
	assert_int_equal(prev_select_cpu(&p, 1, SCX_WAKE_SYNC), 3);
	assert_int_equal(fake.nr_fifo, 1);
	assert_counters(1, 0, 0, 1);
}

/* An idle previous CPU that the task may no longer use is neither taken nor claimed. */
static void test_prev_not_allowed(void **state _unused_)
{
	struct task_struct p = {.cpus_ptr = &cpu_2_only, .scx.weight = 100};

	fake.idle[1] = true;
	fake.found = 2;
	assert_int_equal(prev_select_cpu(&p, 1, SCX_WAKE_SYNC), 2);
	assert_true(fake.idle[1]);
	assert_counters(1, 0, 0, 1);
}

static void test_nothing_idle(void **state _unused_)
{
	struct task_struct p = {.cpus_ptr = &any_cpu, .scx.weight = 100};

	assert_int_equal(prev_select_cpu(&p, 1, SCX_WAKE_SYNC), 1);
	assert_int_equal(fake.nr_fifo + fake.nr_vtime, 0);
	assert_counters(0, 1, 0, 0);
	prev_enqueue(&p, 0);
	assert_int_equal(fake.nr_vtime, 1);
	assert_int_equal(fake.dsq_id, QUEUE_DSQ);
}

/* A run is paid for by weight, and who has had more gives way. */
static void test_shares(void **state _unused_)
{
	struct task_struct on = {.cpus_ptr = &any_cpu, .scx.weight = 200};
	struct task_struct waits = {.cpus_ptr = &any_cpu, .scx.weight = 100};

	on.scx.flags = SCX_TASK_QUEUED;
	waits.scx.dsq_vtime = 15 * MS;
	fake.waits = &waits;
	prev_running(&on);
	for (unsigned turn = 0; turn < 2; turn++) {
		on.se.sum_exec_runtime += 20 * MS;
		on.scx.slice = 0;
		prev_dispatch(0, &on);
		assert_int_equal(fake.nr_moved, turn); /* at 10 ms of vtime it goes on, at 20 not */
	}
	prev_stopping(&on, true);
	assert_int_equal(on.scx.dsq_vtime, 20 * MS);
}

static void test_fifo(void **state _unused_)
{
	struct task_struct p = {.cpus_ptr = &any_cpu, .scx.weight = 50};

	conf = (struct scx_prev_conf){.slice_ns = 5 * MS, .fifo = 1};
	prev_enqueue(&p, 0);
	assert_int_equal(fake.nr_fifo, 1);
	fake.idle[0] = true;
	prev_select_cpu(&p, 0, SCX_WAKE_SYNC);
	assert_int_equal(fake.nr_fifo, 2);
	assert_int_equal(fake.slice, 5 * MS);
	prev_running(&p);
	p.se.sum_exec_runtime = 5 * MS;
	prev_stopping(&p, true);
	assert_int_equal(p.scx.dsq_vtime, 0);
	prev_dispatch(0, &p);
	assert_int_equal(fake.nr_moved, 1);
}

static void test_init(void **state _unused_)
{
	struct task_struct p = {};

	assert_int_equal(prev_init(), 0);
	vtime_now = 70 * MS;
	prev_enable(&p);
	assert_int_equal(p.scx.dsq_vtime, 70 * MS);
	assert_string_equal(prev_ops.name, "prev");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_prev_comes_first, reset),
		cmocka_unit_test_setup(test_kernels_pick_is_next, reset),
		cmocka_unit_test_setup(test_prev_not_allowed, reset),
		cmocka_unit_test_setup(test_nothing_idle, reset),
		cmocka_unit_test_setup(test_shares, reset),
		cmocka_unit_test_setup(test_fifo, reset),
		cmocka_unit_test_setup(test_init, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
