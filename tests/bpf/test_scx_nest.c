// SPDX-License-Identifier: GPL-2.0-only
/* The policy of scx_nest: who is placed where, and what becomes of the nests. */
#include "scx_nest/scx_nest.bpf.c"

#include "unit/test.h"

#define MS 1000000ULL
#define NR_CPUS 16
#define NR_TASKS 8

static const struct cpumask any_cpu = {~0ULL}, cpu_2_only = {1ULL << 2};

static struct {
	struct scx_nest_cpu cpus[NR_CPUS];
	struct llc llcs[NR_CPUS];
	u64 paid_until[NR_CPUS];
	struct compaction compaction;
	struct task_struct *owners[NR_TASKS]; /* of the storages */
	struct task_ctx storages[NR_TASKS];
	struct cpumask idle;
	s32 this_cpu, task_cpu;
	s32 nr_local; /* tasks in the local DSQ of this_cpu */
	struct task_struct current;
	bool must_stay;
	u64 now;
	unsigned nr_armed, nr_errors;
	u64 timer_delay;
	u32 speed[NR_CPUS];
	u64 counters[NEST_CPUS_IDLE + 1];
	struct task_struct *queue; /* the only task in queue_dsq */
	u64 queue_dsq;
	struct task_struct *more; /* the only task in QUEUE_DSQ, if that is another one */
	/* the last insertion and move */
	unsigned nr_inserted;
	u64 dsq_id, moved_from;
} fake;

static struct cpumask whole_cores_of_idle(void)
{
	struct cpumask whole = fake.idle;

	for (u32 cpu = 0; cpu < topo.nr_cpu_ids; cpu++)
		if (!(fake.idle.bits >> topo_cpus[cpu].next_thread & 1))
			whole.bits &= ~(1ULL << cpu);
	return whole;
}

static struct cpumask idle_cores;

const struct cpumask *scx_bpf_get_idle_cpumask(void)
{
	return &fake.idle;
}

const struct cpumask *scx_bpf_get_idle_smtmask(void)
{
	idle_cores = whole_cores_of_idle();
	return topo.is_smt ? &idle_cores : &fake.idle;
}

void scx_bpf_put_idle_cpumask(const struct cpumask *idle_mask _unused_)
{
}

bool bpf_cpumask_test_cpu(u32 cpu, const struct cpumask *cpumask)
{
	return cpumask->bits >> cpu & 1;
}

bool bpf_cpumask_intersects(const struct cpumask *a, const struct cpumask *b)
{
	return a->bits & b->bits;
}

bool scx_bpf_test_and_clear_cpu_idle(s32 cpu)
{
	bool was_idle = fake.idle.bits >> cpu & 1;

	fake.idle.bits &= ~(1ULL << cpu);
	return was_idle;
}

void *bpf_map_lookup_elem(void *map, const void *key)
{
	u32 i = *(const u32 *)key;

	if (map == (void *)&cpus)
		return i < topo.nr_cpu_ids ? &fake.cpus[i] : NULL;
	if (map == (void *)&llcs)
		return i < topo.nr_llcs ? &fake.llcs[i] : NULL;
	assert_ptr_equal(map, &compactions);
	return &fake.compaction;
}

void *bpf_task_storage_get(void *map, struct task_struct *p, void *value, u64 flags)
{
	assert_ptr_equal(map, &tasks);
	for (size_t i = 0; i < NR_TASKS; i++) {
		if (!fake.owners[i] && flags == BPF_LOCAL_STORAGE_GET_F_CREATE) {
			fake.owners[i] = p;
			fake.storages[i] = *(struct task_ctx *)value;
		}
		if (fake.owners[i] == p)
			return &fake.storages[i];
	}
	return NULL;
}

void *bpf_map_lookup_percpu_elem(void *map, const void *key _unused_, u32 cpu)
{
	assert_ptr_equal(map, &paid_until);
	return &fake.paid_until[cpu];
}

u32 bpf_get_smp_processor_id(void)
{
	return (u32)fake.this_cpu;
}

struct task_struct *bpf_get_current_task_btf(void)
{
	return &fake.current;
}

long bpf_timer_init(struct bpf_timer *timer, void *map, u64 flags)
{
	assert_ptr_equal(timer, &fake.compaction.timer);
	assert_ptr_equal(map, &compactions);
	assert_int_equal(flags, CLOCK_MONOTONIC);
	return 0;
}

long bpf_timer_set_callback(struct bpf_timer *timer _unused_, void *callback)
{
	assert_ptr_equal(callback, compact_all);
	return 0;
}

long bpf_timer_start(struct bpf_timer *timer _unused_, u64 nsecs, u64 flags _unused_)
{
	fake.nr_armed++;
	fake.timer_delay = nsecs;
	return 0;
}

u64 scx_bpf_now(void)
{
	return fake.now;
}

s32 scx_bpf_task_cpu(const struct task_struct *p _unused_)
{
	return fake.task_cpu;
}

s32 scx_bpf_dsq_nr_queued(u64 dsq_id)
{
	assert_int_equal(dsq_id, SCX_DSQ_LOCAL_ON | (u64)fake.this_cpu);
	return fake.nr_local;
}

bool is_migration_disabled(const struct task_struct *p _unused_)
{
	return fake.must_stay;
}

void scx_bpf_cpuperf_set(s32 cpu, u32 perf)
{
	fake.speed[cpu] = perf;
}

s32 scx_bpf_create_dsq(u64 dsq_id, s32 node _unused_)
{
	assert_in_range(dsq_id, QUEUE_DSQ, bound_dsq((s32)topo.nr_cpu_ids - 1));
	return 0;
}

bool scx_bpf_dsq_insert(struct task_struct *p, u64 dsq_id, u64 slice, u64 enq_flags _unused_)
{
	fake.nr_inserted++;
	fake.dsq_id = dsq_id;
	p->scx.slice = slice;
	return true;
}

bool scx_bpf_dsq_insert_vtime(struct task_struct *p, u64 dsq_id, u64 slice, u64 vtime,
			      u64 enq_flags)
{
	p->scx.dsq_vtime = vtime; /* as the kernel does */
	return scx_bpf_dsq_insert(p, dsq_id, slice, enq_flags);
}

struct task_struct *fake_queued(u64 dsq_id, unsigned n)
{
	if (n > 0)
		return NULL;
	return dsq_id == fake.queue_dsq ? fake.queue : dsq_id == QUEUE_DSQ ? fake.more : NULL;
}

bool scx_bpf_dsq_move_to_local(u64 dsq_id, u64 enq_flags _unused_)
{
	if (dsq_id != fake.queue_dsq || !fake.queue)
		return false;
	fake.moved_from = dsq_id;
	fake.queue = NULL;
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

void stat_inc(u32 id)
{
	fake.counters[id]++;
}

void scx_report_exit(const struct scx_exit_info *info _unused_)
{
}

void scx_bpf_error(const char *format _unused_, ...)
{
	fake.nr_errors++;
}

void scx_bpf_dump(const char *format _unused_, ...)
{
}

/* @nr CPUs alike, all idle, @per_llc to an LLC, one node for two LLCs, CPU n and n ^ 1 a core. */
static void make_machine(u32 nr, u32 per_llc, bool is_smt)
{
	memset(&fake, 0, sizeof(fake));
	vtime_now = vtime_paced_at = 0;
	is_timer_armed = 0;
	fake.now = 1000 * MS;
	topo = (struct scx_topology){
		.nr_cpu_ids = nr, .nr_llcs = (nr + per_llc - 1) / per_llc, .is_smt = is_smt};
	for (u32 cpu = 0; cpu < nr; cpu++) {
		topo_cpus[cpu] = (struct scx_cpu){
			.llc = cpu / per_llc,
			.node = cpu / per_llc / 2,
			.next_thread = is_smt ? cpu ^ 1 : cpu,
			.capacity = 1024,
			.online = 1,
		};
		fake.idle.bits |= 1ULL << cpu;
	}
}

static int reset(void **state _unused_)
{
	make_machine(8, 8, false);
	conf = (struct scx_nest_conf){
		.slice_ns = 20 * MS, .delay_ns = 2 * MS, .reserve_max = 5, .impatience = 2};
	assert_int_equal(nest_init(), 0);
	return 0;
}

static int check_errors(void **state _unused_)
{
	assert_int_equal(fake.nr_errors, 0);
	return 0;
}

static struct task_struct new_task(const struct cpumask *allowed)
{
	return (struct task_struct){
		.cpus_ptr = allowed,
		.nr_cpus_allowed = allowed == &any_cpu ? NR_CPUS : 1,
		.scx.weight = 100,
	};
}

/* Wakes @p, which last ran on @prev, and runs it where it is put. */
static s32 wake(struct task_struct *p, s32 prev)
{
	unsigned nr_before = fake.nr_inserted;
	s32 cpu = nest_select_cpu(p, prev, SCX_WAKE_TTWU);

	if (fake.nr_inserted == nr_before)
		return NOWHERE;
	assert_int_equal(fake.dsq_id, SCX_DSQ_LOCAL);
	fake.task_cpu = cpu;
	nest_running(p);
	return cpu;
}

/* What was on @cpu sleeps, and there is nothing else. */
static void let_idle(s32 cpu)
{
	fake.idle.bits |= 1ULL << cpu;
	nest_dispatch(cpu, NULL);
}

/* The timer runs @ns later. */
static void pass(u64 ns)
{
	fake.now += ns;
	compact_all(NULL, NULL, NULL);
}

static void test_order(void **state _unused_)
{
	static const u32 order[] = {2, 5, 0, 1, 4, 6};
	u32 cpu;

	make_machine(8, 8, false);
	topo_cpus[2].capacity = topo_cpus[5].capacity = 1024;
	for (size_t i = 2; i < ARRAY_SIZE(order); i++)
		topo_cpus[order[i]].capacity = 512;
	topo_cpus[3].online = topo_cpus[7].online = 0;
	assert_int_equal(nest_init(), 0);
	cpu = fake.llcs[0].first;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(order); i++) {
		assert_int_equal(cpu, order[i % ARRAY_SIZE(order)]);
		cpu = fake.cpus[cpu].next;
	}
	assert_int_equal(fake.cpus[2].nest, NEST_PRIMARY);
	assert_int_equal(fake.cpus[5].nest, NEST_OTHER);
	assert_int_equal(fake.cpus[3].nest, NEST_OFFLINE);
}

/* The example of the design comment. */
static void test_two_light_tasks(void **state _unused_)
{
	struct task_struct a = new_task(&any_cpu), b = new_task(&any_cpu);

	nest_init_task(&a, NULL);
	nest_init_task(&b, NULL);
	assert_int_equal(wake(&a, 5), 0);
	assert_int_equal(wake(&b, 6), 1);
	assert_int_equal(fake.cpus[1].nest, NEST_RESERVE);
	for (int round = 0; round < 10; round++) {
		let_idle(0);
		let_idle(1);
		pass(2 * MS);
		assert_int_equal(fake.cpus[0].nest, NEST_PRIMARY);
		assert_int_equal(fake.cpus[1].nest, NEST_RESERVE);
		assert_int_equal(wake(&a, 0), 0);
		assert_int_equal(wake(&b, 1), 1);
		assert_int_equal(fake.cpus[1].nest, NEST_PRIMARY);
	}
	assert_int_equal(fake.counters[NEST_WAKEUP_IDLE_OTHER], 1);
	assert_int_equal(fake.counters[NEST_WAKEUP_FULLY_IDLE_RESERVE], 10);
	assert_int_equal(fake.counters[NEST_PROMOTED_TO_PRIMARY], 10);
	assert_int_equal(fake.counters[NEST_DEMOTED_TO_RESERVED], 9);
	assert_int_equal(fake.counters[NEST_CALLBACK_COMPACTED], 9);
	assert_int_equal(fake.idle.bits, 0xfc);
}

static void test_attached(void **state _unused_)
{
	struct task_struct p = new_task(&any_cpu);

	nest_init_task(&p, NULL);
	for (int cpu = 1; cpu < 5; cpu++)
		promote(&fake.cpus[cpu]);
	assert_int_equal(wake(&p, 3), 3);
	assert_int_equal(fake.counters[NEST_WAKEUP_PREV_PRIMARY], 1);
	/* 3 is still busy: any other one, and back to 3 as soon as possible */
	assert_int_equal(wake(&p, 3), 0);
	assert_int_equal(fake.counters[NEST_WAKEUP_FULLY_IDLE_PRIMARY], 1);
	let_idle(3);
	let_idle(0);
	assert_int_equal(wake(&p, 0), 3);
	assert_int_equal(fake.counters[NEST_WAKEUP_ATTACHED], 1);
}

static void test_impatience(void **state _unused_)
{
	struct task_struct p = new_task(&any_cpu);

	conf.reserve_max = 0;
	nest_init_task(&p, NULL);
	fake.idle.bits = 0xf0;
	assert_int_equal(wake(&p, 0), 4);
	assert_int_equal(fake.cpus[4].nest, NEST_OTHER);
	assert_int_equal(fake.counters[NEST_RESERVED_AT_CAPACITY], 1);
	assert_int_equal(wake(&p, 4), 5);
	assert_int_equal(fake.cpus[5].nest, NEST_PRIMARY);
	assert_int_equal(fake.counters[NEST_TASK_IMPATIENT], 1);
	/* a hit begins the count anew */
	assert_int_equal(wake(&p, 5), 6);
	let_idle(5);
	assert_int_equal(wake(&p, 6), 5);
	assert_int_equal(wake(&p, 5), 7);
	assert_int_equal(fake.counters[NEST_TASK_IMPATIENT], 1);
}

static void test_never_impatient(void **state _unused_)
{
	struct task_struct p = new_task(&any_cpu);

	conf.impatience = 0;
	conf.reserve_max = 0;
	nest_init_task(&p, NULL);
	fake.idle.bits = 0xfe;
	for (int cpu = 1; cpu < 8; cpu++)
		assert_int_equal(wake(&p, 0), cpu);
	assert_int_equal(fake.counters[NEST_TASK_IMPATIENT], 0);
	assert_int_equal(fake.counters[NEST_PROMOTED_TO_PRIMARY], 0);
}

/* The reserve keeps its first CPUs, whoever comes; and each counts as what it is. */
static void test_full_reserve(void **state _unused_)
{
	conf.reserve_max = 2;
	join_reserve(&fake.cpus[6], NEST_PROMOTED_TO_RESERVED);
	join_reserve(&fake.cpus[7], NEST_PROMOTED_TO_RESERVED);
	promote(&fake.cpus[3]);
	assert_true(demote(3, &fake.cpus[3]));
	assert_int_equal(fake.cpus[3].nest, NEST_RESERVE);
	assert_int_equal(fake.cpus[6].nest, NEST_RESERVE);
	assert_int_equal(fake.cpus[7].nest, NEST_OTHER);
	join_reserve(&fake.cpus[7], NEST_PROMOTED_TO_RESERVED);
	assert_int_equal(fake.cpus[7].nest, NEST_OTHER);
	assert_int_equal(fake.counters[NEST_PROMOTED_TO_RESERVED], 2);
	assert_int_equal(fake.counters[NEST_DEMOTED_TO_RESERVED], 1);
	assert_int_equal(fake.counters[NEST_RESERVED_AT_CAPACITY], 2);
}

static void test_compaction(void **state _unused_)
{
	struct task_struct p = new_task(&any_cpu);

	promote(&fake.cpus[1]);
	promote(&fake.cpus[2]);
	let_idle(1);
	fake.now += MS;
	let_idle(2);
	assert_int_equal(fake.nr_armed, 1);
	assert_int_equal(fake.timer_delay, 2 * MS);
	/* the same idle period again, after a kick without a task, is no new plan */
	let_idle(2);
	assert_int_equal(fake.counters[NEST_SCHEDULED_COMPACTION], 2);
	pass(MS);
	assert_int_equal(fake.cpus[1].nest, NEST_RESERVE);
	assert_int_equal(fake.cpus[2].nest, NEST_PRIMARY);
	assert_int_equal(fake.nr_armed, 2);
	assert_int_equal(fake.timer_delay, MS);
	fake.task_cpu = 2;
	nest_running(&p);
	pass(MS);
	assert_int_equal(fake.cpus[2].nest, NEST_PRIMARY);
	assert_int_equal(fake.counters[NEST_CANCELLED_COMPACTION], 1);
	assert_int_equal(fake.counters[NEST_CALLBACK_COMPACTED], 1);
	/* nothing is planned, so the timer rests */
	assert_int_equal(fake.nr_armed, 2);
}

static void test_dead_task(void **state _unused_)
{
	struct task_struct dead = {.__state = TASK_DEAD}, asleep = {.__state = 1};

	promote(&fake.cpus[1]);
	nest_dispatch(1, &asleep);
	assert_int_equal(fake.cpus[1].nest, NEST_PRIMARY);
	nest_dispatch(1, &dead);
	assert_int_equal(fake.cpus[1].nest, NEST_RESERVE);
	nest_dispatch(0, &dead);
	assert_int_equal(fake.cpus[0].nest, NEST_PRIMARY);
	assert_int_equal(fake.counters[NEST_EAGERLY_COMPACTED], 1);
}

static void test_speed(void **state _unused_)
{
	struct task_struct p = new_task(&any_cpu);

	fake.task_cpu = 3;
	nest_running(&p);
	assert_int_equal(fake.speed[3], SCX_CPUPERF_ONE);
	nest_dispatch(3, NULL);
	assert_int_equal(fake.speed[3], 0);
	/* a primary CPU keeps it while idle, until it is removed */
	fake.task_cpu = 1;
	nest_running(&p);
	promote(&fake.cpus[1]);
	nest_dispatch(1, NULL);
	assert_int_equal(fake.speed[1], SCX_CPUPERF_ONE);
	pass(2 * MS);
	assert_int_equal(fake.speed[1], 0);
	assert_int_equal(fake.speed[0], 0);
}

static void test_threads(void **state _unused_)
{
	struct task_struct p = new_task(&any_cpu);

	for (int whole_cores = 0; whole_cores < 2; whole_cores++) {
		make_machine(8, 8, true);
		assert_int_equal(nest_init(), 0);
		nest_init_task(&p, NULL);
		conf.whole_cores = (u8)whole_cores;
		promote(&fake.cpus[1]);
		/* 1 is primary beside busy 0; 4 and 5 are a cold idle core */
		fake.idle.bits = 0x32;
		assert_int_equal(wake(&p, 0), whole_cores ? 4 : 1);
		assert_int_equal(fake.counters[NEST_WAKEUP_ANY_IDLE_PRIMARY], !whole_cores);
	}
	/* an idle core of the nest comes first anyway, even if the task ran on the other */
	make_machine(8, 8, true);
	assert_int_equal(nest_init(), 0);
	nest_init_task(&p, NULL);
	conf.whole_cores = 0;
	promote(&fake.cpus[1]);
	promote(&fake.cpus[4]);
	fake.idle.bits = 0x32;
	assert_int_equal(wake(&p, 1), 4);
	assert_int_equal(fake.counters[NEST_WAKEUP_FULLY_IDLE_PRIMARY], 1);
}

/* With whole_cores idle cores of all LLCs come before any thread. */
static void test_whole_cores_far_away(void **state _unused_)
{
	static const s32 expected[2][8] = {{0, 2, 1, 3, 4, 6, 5, 7}, {0, 2, 4, 6, 1, 3, 5, 7}};
	struct task_struct p = new_task(&any_cpu);

	for (int whole_cores = 0; whole_cores < 2; whole_cores++) {
		make_machine(8, 4, true);
		assert_int_equal(nest_init(), 0);
		nest_init_task(&p, NULL);
		conf.whole_cores = (u8)whole_cores;
		conf.impatience = 0;
		for (int i = 0; i < 8; i++)
			assert_int_equal(wake(&p, 0), expected[whole_cores][i]);
		assert_int_equal(wake(&p, 0), NOWHERE);
	}
}

/* Home first, then the other LLC of the node, then the other node. */
static void test_caches(void **state _unused_)
{
	static const s32 expected[] = {4, 5, 6, 7, 0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15};
	struct task_struct p = new_task(&any_cpu);

	make_machine(16, 4, false);
	assert_int_equal(nest_init(), 0);
	nest_init_task(&p, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		assert_int_equal(wake(&p, 7), expected[i]);
	assert_int_equal(wake(&p, 7), NOWHERE);
}

static void test_offline_prev(void **state _unused_)
{
	struct task_struct p = new_task(&any_cpu);

	make_machine(8, 4, false);
	topo_cpus[6].online = 0;
	fake.idle.bits &= ~(1ULL << 6);
	assert_int_equal(nest_init(), 0);
	nest_init_task(&p, NULL);
	assert_int_equal(wake(&p, 6), 0);
}

static void test_sync(void **state _unused_)
{
	struct task_struct p = new_task(&any_cpu);

	nest_init_task(&p, NULL);
	fake.this_cpu = 3;
	/* an idle primary CPU is better */
	fake.idle.bits = 0xf1;
	assert_int_equal(nest_select_cpu(&p, 3, SCX_WAKE_SYNC), 0);
	assert_int_equal(nest_select_cpu(&p, 3, SCX_WAKE_SYNC), 3);
	assert_int_equal(fake.counters[NEST_WAKEUP_SYNC], 1);
	assert_int_equal(fake.idle.bits, 0xf0);
	assert_int_equal(fake.cpus[3].nest, NEST_OTHER);
	/* another one waits there already; or the waker never comes back to sleep */
	fake.nr_local = 1;
	assert_int_equal(nest_select_cpu(&p, 3, SCX_WAKE_SYNC), 4);
	fake.nr_local = 0;
	fake.current.flags = PF_EXITING;
	assert_int_equal(nest_select_cpu(&p, 3, SCX_WAKE_SYNC), 5);
	/* an interrupt of an idle CPU is no waker that makes room: its CPU has to be claimed */
	fake.idle.bits |= 1ULL << 3;
	fake.current.flags = PF_IDLE;
	assert_int_equal(nest_select_cpu(&p, 3, SCX_WAKE_SYNC), 3);
	assert_int_equal(fake.idle.bits, 0xc0);
	assert_int_equal(fake.counters[NEST_WAKEUP_SYNC], 1);
}

static void test_all_busy(void **state _unused_)
{
	struct task_struct p = new_task(&any_cpu), bound = new_task(&cpu_2_only);

	nest_init_task(&p, NULL);
	nest_init_task(&bound, NULL);
	fake.idle.bits = 0;
	assert_int_equal(wake(&p, 5), NOWHERE);
	nest_enqueue(&p, 0);
	assert_int_equal(fake.dsq_id, QUEUE_DSQ);
	fake.task_cpu = 2;
	nest_enqueue(&bound, 0);
	assert_int_equal(fake.dsq_id, bound_dsq(2));
	fake.must_stay = true;
	fake.idle.bits = 0xfb;
	nest_enqueue(&p, 0);
	assert_int_equal(fake.dsq_id, bound_dsq(2));
}

/* Whoever comes to the queue goes on to a CPU that is idle: nobody else would tell it. */
static void test_idle_when_queued(void **state _unused_)
{
	struct task_struct p = new_task(&any_cpu), bound = new_task(&cpu_2_only);

	nest_init_task(&p, NULL);
	nest_init_task(&bound, NULL);
	fake.idle.bits = 0x84;
	fake.task_cpu = 2;
	nest_enqueue(&bound, 0);
	assert_int_equal(fake.dsq_id, SCX_DSQ_LOCAL_ON | 2);
	assert_int_equal(fake.cpus[2].nest, NEST_OTHER);
	nest_enqueue(&p, 0);
	assert_int_equal(fake.dsq_id, SCX_DSQ_LOCAL_ON | 7);
	assert_int_equal(p.scx.slice, 20 * MS);
}

/* Two hogs on CPU 2 for 8 s, one of them bound to it. */
static void compete(struct task_struct *bound, struct task_struct *other)
{
	struct task_struct *on = other, *waits = bound;
	u64 end = fake.now + 8000 * MS;

	fake.task_cpu = 2;
	fake.idle.bits = 0;
	on->scx.flags = waits->scx.flags = SCX_TASK_QUEUED;
	on->scx.slice = waits->scx.slice = 20 * MS;
	nest_running(on);
	while (fake.now < end) {
		fake.now += on->scx.slice;
		on->se.sum_exec_runtime += on->scx.slice;
		on->scx.slice = 0;
		fake.queue = waits;
		fake.queue_dsq = waits == bound ? bound_dsq(2) : QUEUE_DSQ;
		nest_dispatch(2, on);
		if (fake.queue)
			continue;
		assert_int_equal(fake.moved_from, fake.queue_dsq);
		nest_stopping(on, true);
		nest_enqueue(on, 0);
		waits = on;
		on = on == bound ? other : bound;
		nest_running(on);
	}
}

static void test_shares(void **state _unused_)
{
	static const struct {
		u32 bound, other;
	} weights[] = {{100, 100}, {100, 33}, {33, 100}};

	for (size_t i = 0; i < ARRAY_SIZE(weights); i++) {
		struct task_struct bound = new_task(&cpu_2_only), other = new_task(&any_cpu);
		u64 share = 8000 * weights[i].bound / (weights[i].bound + weights[i].other);
		u64 ran;

		vtime_now = vtime_paced_at = 0;
		bound.scx.weight = weights[i].bound;
		other.scx.weight = weights[i].other;
		compete(&bound, &other);
		ran = bound.se.sum_exec_runtime / MS;
		/* within two slices of exact */
		assert_true(ran + 40 >= share && ran <= share + 40);
	}
}

/* A CPU without anybody waiting goes on with what it has, and is not taken for idle. */
static void test_alone(void **state _unused_)
{
	struct task_struct p = new_task(&any_cpu);

	p.scx.flags = SCX_TASK_QUEUED;
	fake.task_cpu = 4;
	nest_running(&p);
	nest_dispatch(4, &p);
	assert_int_equal(p.scx.slice, 20 * MS);
	assert_int_equal(fake.cpus[4].is_idle, false);
	assert_int_equal(fake.counters[NEST_NOT_CONSUMED], 0);
	nest_dispatch(4, NULL);
	assert_int_equal(fake.cpus[4].is_idle, true);
	assert_int_equal(fake.counters[NEST_NOT_CONSUMED], 1);
}

/* Of the two queues' first tasks, the one with the lower vtime is next. */
static void test_turn(void **state _unused_)
{
	static const struct {
		u64 bound, shared;
		bool is_bound_next;
	} cases[] = {{10 * MS, 20 * MS, true}, {20 * MS, 10 * MS, false}, {5 * MS, 0, true}};
	struct turn turn;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct task_struct bound = new_task(&cpu_2_only), shared = new_task(&any_cpu);

		bound.scx.dsq_vtime = cases[i].bound;
		shared.scx.dsq_vtime = cases[i].shared;
		fake.queue = &bound;
		fake.queue_dsq = bound_dsq(2);
		fake.more = cases[i].shared ? &shared : NULL;
		find_turn(2, &turn);
		assert_true(turn.is_anybody);
		assert_int_equal(turn.dsq, cases[i].is_bound_next ? bound_dsq(2) : QUEUE_DSQ);
		assert_int_equal(turn.vtime,
				 cases[i].is_bound_next ? cases[i].bound : cases[i].shared);
	}
	fake.queue = fake.more = NULL;
	find_turn(2, &turn);
	assert_false(turn.is_anybody);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_order, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_two_light_tasks, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_attached, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_impatience, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_never_impatient, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_full_reserve, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_compaction, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_dead_task, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_speed, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_threads, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_whole_cores_far_away, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_caches, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_offline_prev, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_sync, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_all_busy, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_idle_when_queued, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_shares, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_alone, reset, check_errors),
		cmocka_unit_test_setup_teardown(test_turn, reset, check_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
