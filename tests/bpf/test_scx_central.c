// SPDX-License-Identifier: GPL-2.0-only
/* The policy of scx_central: who waits where, who is interrupted, and when it is looked at. */
#include "scx_central/scx_central.bpf.c"

#include "unit/test.h"

#define MS 1000000ULL
#define NR_CPUS 4
#define CENTRAL 1
#define QUEUE_LEN 80
#define NEVER ~0ULL

static const struct cpumask any_cpu = {~0ULL}, online_mask = {(1ULL << NR_CPUS) - 1};
static const struct cpumask cpu_0_only = {1}, cpu_2_only = {1ULL << 2};

static struct {
	u64 now;
	u32 this_cpu;
	s32 task_cpu, idle_found, idle_picked;
	u64 wake_flags;
	struct task_struct curr[NR_CPUS];
	struct run runs[NR_CPUS];
	struct central_timer timer;
	struct task_struct *shared[QUEUE_LEN], *own[NR_CPUS][QUEUE_LEN];
	u32 nr_local[NR_CPUS];
	struct task_struct *handed[NR_CPUS];
	bool loses_moves; /* tasks are gone when they are moved */
	u64 kicked[NR_CPUS];
	u64 timer_delay, timer_flags; /* NEVER: not armed */
	u64 taken_from[2];
	unsigned nr_taken, nr_dsqs, nr_reenqueued;
	bool has_nothing; /* queues are empty when a CPU takes from them */
	u64 counters[CENTRAL_ASTRAY + 1];
	const char *error;
	/* the last insertion */
	u64 dsq_id, slice, vtime, enq_flags;
} fake;

static struct task_struct **queue_of(u64 dsq_id)
{
	return dsq_id == SHARED_DSQ ? fake.shared : fake.own[dsq_id];
}

struct task_struct *fake_queued(u64 dsq_id, unsigned n)
{
	return n < QUEUE_LEN ? queue_of(dsq_id)[n] : NULL;
}

static void leave_queues(const struct task_struct *p)
{
	for (u64 dsq_id = 0; dsq_id <= NR_CPUS; dsq_id++) {
		struct task_struct **q = queue_of(dsq_id < NR_CPUS ? dsq_id : SHARED_DSQ);

		for (unsigned i = 0; i + 1 < QUEUE_LEN; i++)
			if (q[i] == p)
				memmove(&q[i], &q[i + 1], (QUEUE_LEN - i - 1) * sizeof(*q));
	}
}

s32 scx_bpf_dsq_nr_queued(u64 dsq_id)
{
	s32 n = 0;

	if ((dsq_id & SCX_DSQ_LOCAL_ON) == SCX_DSQ_LOCAL_ON)
		return (s32)fake.nr_local[dsq_id & 0xff];
	while (fake_queued(dsq_id, (unsigned)n))
		n++;
	return n;
}

bool scx_bpf_dsq_move(void *it _unused_, struct task_struct *p, u64 dsq_id, u64 enq_flags)
{
	assert_int_equal(enq_flags, 0);
	if (fake.loses_moves)
		return false;
	fake.handed[dsq_id & 0xff] = p;
	leave_queues(p);
	return true;
}

bool scx_bpf_dsq_move_to_local(u64 dsq_id, u64 enq_flags)
{
	assert_int_equal(enq_flags, 0);
	fake.taken_from[fake.nr_taken++] = dsq_id;
	return !fake.has_nothing;
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
	fake.vtime = p->scx.dsq_vtime = vtime;
	return scx_bpf_dsq_insert(p, dsq_id, slice, enq_flags);
}

s32 scx_bpf_create_dsq(u64 dsq_id, s32 node)
{
	assert_int_equal(dsq_id, fake.nr_dsqs == 0 ? SHARED_DSQ : fake.nr_dsqs - 1);
	assert_int_equal(node, -1);
	fake.nr_dsqs++;
	return 0;
}

s32 scx_bpf_select_cpu_dfl(struct task_struct *p _unused_, s32 prev_cpu, u64 wake_flags,
			   bool *is_idle_cpu)
{
	fake.wake_flags = wake_flags;
	*is_idle_cpu = fake.idle_found >= 0;
	return *is_idle_cpu ? fake.idle_found : prev_cpu;
}

s32 scx_bpf_pick_idle_cpu(const struct cpumask *cpus_allowed _unused_, u64 flags)
{
	assert_int_equal(flags, 0);
	return fake.idle_picked;
}

void scx_bpf_kick_cpu(s32 cpu, u64 flags)
{
	fake.kicked[cpu] |= flags;
}

bool bpf_cpumask_test_cpu(u32 cpu, const struct cpumask *cpumask)
{
	return cpumask->bits >> cpu & 1;
}

const struct cpumask *scx_bpf_get_online_cpumask(void)
{
	return &online_mask;
}

void scx_bpf_put_cpumask(const struct cpumask *cpumask)
{
	assert_ptr_equal(cpumask, &online_mask);
}

u32 scx_bpf_nr_cpu_ids(void)
{
	return NR_CPUS + 2; /* the last are not online */
}

s32 scx_bpf_task_cpu(const struct task_struct *p _unused_)
{
	return fake.task_cpu;
}

struct task_struct *scx_bpf_cpu_curr(s32 cpu)
{
	return &fake.curr[cpu];
}

s32 scx_bpf_reenqueue_local(void)
{
	fake.nr_reenqueued++;
	return -1;
}

bool scx_can_reenqueue_anywhere(void)
{
	return true;
}

bool is_migration_disabled(const struct task_struct *p)
{
	return p->migration_disabled;
}

u64 scx_bpf_now(void)
{
	return fake.now;
}

u32 bpf_get_smp_processor_id(void)
{
	return fake.this_cpu;
}

void bpf_rcu_read_lock(void)
{
}

void bpf_rcu_read_unlock(void)
{
}

long bpf_timer_start(struct bpf_timer *timer, u64 nsecs, u64 flags)
{
	assert_ptr_equal(timer, &fake.timer.timer);
	fake.timer_delay = nsecs;
	fake.timer_flags = flags;
	return 0;
}

void *bpf_map_lookup_elem(void *map, const void *key _unused_)
{
	assert_ptr_equal(map, &timers);
	return &fake.timer;
}

void *bpf_map_lookup_percpu_elem(void *map, const void *key _unused_, u32 cpu)
{
	assert_ptr_equal(map, &runs);
	return &fake.runs[cpu];
}

void scx_bpf_task_set_slice(struct task_struct *p, u64 slice)
{
	p->scx.slice = slice;
}

void scx_bpf_task_set_dsq_vtime(struct task_struct *p, u64 vtime)
{
	p->scx.dsq_vtime = vtime;
}

void scx_bpf_error(const char *format, ...)
{
	fake.error = format;
}

void stat_add(u32 id, s64 n)
{
	fake.counters[id] += (u64)n;
}

void stat_inc(u32 id)
{
	fake.counters[id]++;
}

void stat_set(u32 id, u64 value)
{
	fake.counters[id] = value;
}

void scx_report_exit(const struct scx_exit_info *info _unused_)
{
}

static int reset(void **state _unused_)
{
	memset(&fake, 0, sizeof(fake));
	fake.now = 5000 * MS;
	fake.this_cpu = CENTRAL;
	fake.idle_found = fake.idle_picked = -1;
	fake.timer_delay = NEVER;
	for (s32 cpu = 0; cpu < NR_CPUS; cpu++)
		fake.curr[cpu].pid = 100 + cpu;
	vtime_now = 1000 * MS;
	vtime_paced_at = fake.now;
	wanted = 0;
	timer_cpu = NO_CPU;
	conf = (struct scx_central_conf){.slice_ns = 20 * MS, .central_cpu = CENTRAL};
	return 0;
}

/* @p runs on @cpu from now on. */
static void run_on(s32 cpu, struct task_struct *p)
{
	fake.task_cpu = cpu;
	central_running(p);
}

static void look_now(void)
{
	fake.timer_delay = NEVER;
	(void)look(NULL, NULL, &fake.timer);
}

static int no_error(void **state _unused_)
{
	return fake.error ? -1 : 0;
}

static void assert_not_kicked(void)
{
	for (s32 cpu = 0; cpu < NR_CPUS; cpu++)
		assert_int_equal(fake.kicked[cpu], 0);
}

static void test_select_cpu(void **state _unused_)
{
	struct task_struct p = {.cpus_ptr = &any_cpu}, pinned = {.cpus_ptr = &cpu_2_only};

	fake.idle_found = 3;
	assert_int_equal(central_select_cpu(&p, 2, SCX_WAKE_TTWU | SCX_WAKE_SYNC), 3);
	assert_int_equal(fake.wake_flags, SCX_WAKE_TTWU);
	fake.idle_found = -1;
	assert_int_equal(central_select_cpu(&p, 2, 0), CENTRAL);
	assert_int_equal(central_select_cpu(&pinned, 2, 0), 2);
}

static void test_idle_cpu(void **state _unused_)
{
	struct task_struct p = {.cpus_ptr = &any_cpu, .scx = {.weight = 100}};

	fake.task_cpu = 2;
	fake.curr[2].pid = 0;
	central_enqueue(&p, SCX_ENQ_WAKEUP);
	assert_int_equal(fake.dsq_id, SCX_DSQ_LOCAL);
	assert_true(fake.slice == SCX_SLICE_INF);
	assert_int_equal(fake.enq_flags, SCX_ENQ_WAKEUP);
	/* no credit from sleep beyond a slice */
	assert_int_equal(p.scx.dsq_vtime, 980 * MS);
	assert_int_equal(fake.counters[CENTRAL_LOCAL], 1);
	assert_int_equal(fake.counters[CENTRAL_TOTAL], 1);
	/* the next one must not wait behind it where no other CPU can take it */
	p.nr_cpus_allowed = NR_CPUS;
	fake.nr_local[2] = 1;
	central_enqueue(&p, SCX_ENQ_WAKEUP);
	assert_int_equal(fake.dsq_id, SHARED_DSQ);
}

static void test_urgent(void **state _unused_)
{
	struct task_struct k = {.cpus_ptr = &cpu_2_only, .flags = PF_KTHREAD, .scx.weight = 100};

	k.nr_cpus_allowed = 1;
	fake.task_cpu = 2;
	central_enqueue(&k, SCX_ENQ_WAKEUP);
	assert_int_equal(fake.dsq_id, SCX_DSQ_LOCAL);
	assert_int_equal(fake.enq_flags, SCX_ENQ_WAKEUP | SCX_ENQ_PREEMPT);
	/* one that has been preempted takes its turn, or two would keep each other out */
	central_enqueue(&k, 0);
	assert_int_equal(fake.dsq_id, 2);
}

static void test_queues(void **state _unused_)
{
	struct task_struct p = {.cpus_ptr = &any_cpu, .nr_cpus_allowed = NR_CPUS};

	p.scx.weight = 100;
	fake.task_cpu = 3;
	central_enqueue(&p, 0);
	assert_int_equal(fake.dsq_id, SHARED_DSQ);
	assert_true(fake.slice == SCX_SLICE_INF);
	assert_int_equal(fake.vtime, 980 * MS);
	p.migration_disabled = 1;
	central_enqueue(&p, 0);
	assert_int_equal(fake.dsq_id, 3);
	p.migration_disabled = 0;
	p.nr_cpus_allowed = 1;
	central_enqueue(&p, 0);
	assert_int_equal(fake.dsq_id, 3);
}

/* A CPU that has become idle meanwhile takes the task; nobody else need know. */
static void test_idle_since(void **state _unused_)
{
	struct task_struct p = {.cpus_ptr = &any_cpu, .nr_cpus_allowed = NR_CPUS};

	p.scx.weight = 100;
	fake.idle_picked = 3;
	central_enqueue(&p, 0);
	assert_int_equal(fake.kicked[3], SCX_KICK_IDLE);
	assert_true(fake.timer_delay == NEVER);
}

static void test_call(void **state _unused_)
{
	struct task_struct p = {.cpus_ptr = &any_cpu, .nr_cpus_allowed = NR_CPUS};

	p.scx.weight = 100;
	fake.runs[CENTRAL].began_at = 1;
	fake.this_cpu = 3;
	central_enqueue(&p, 0);
	assert_int_equal(fake.kicked[CENTRAL], SCX_KICK_PREEMPT);
	assert_true(fake.timer_delay == NEVER);
	/* other CPUs do not answer */
	central_dispatch(3, NULL);
	assert_true(fake.timer_delay == NEVER);
	fake.this_cpu = CENTRAL;
	central_dispatch(CENTRAL, NULL);
	assert_int_equal(fake.timer_delay, 0);
	assert_int_equal(fake.timer_flags, BPF_F_TIMER_CPU_PIN);
	/* and that is enough */
	fake.timer_delay = NEVER;
	fake.kicked[CENTRAL] = 0;
	central_enqueue(&p, 0);
	central_dispatch(CENTRAL, NULL);
	assert_true(fake.timer_delay == NEVER);
	assert_not_kicked();
}

static void test_call_from_itself(void **state _unused_)
{
	struct task_struct p = {.cpus_ptr = &any_cpu, .nr_cpus_allowed = NR_CPUS};

	p.scx.weight = 100;
	central_enqueue(&p, 0);
	assert_int_equal(fake.timer_flags, BPF_F_TIMER_CPU_PIN);
	assert_not_kicked();
}

/* The central CPU runs another class: somebody else looks until it is back. */
static void test_central_taken(void **state _unused_)
{
	struct task_struct p = {.cpus_ptr = &any_cpu, .nr_cpus_allowed = NR_CPUS};

	p.scx.weight = 100;
	fake.this_cpu = 3;
	central_enqueue(&p, 0);
	assert_not_kicked();
	assert_int_equal(fake.timer_delay, 0);
	assert_int_equal(fake.timer_flags, 0);
	fake.shared[0] = &p;
	look_now();
	assert_int_equal(fake.counters[CENTRAL_ASTRAY], 1);
	assert_int_equal(fake.timer_flags, 0);
	fake.this_cpu = CENTRAL;
	run_on(CENTRAL, &p);
	assert_int_equal(fake.timer_flags, BPF_F_TIMER_CPU_PIN);
}

/* Two hogs alone for seconds, and a third wakes: the example of the design comment. */
static void test_hand_over(void **state _unused_)
{
	struct task_struct a = {.scx = {.weight = 100, .dsq_vtime = 1000 * MS}};
	struct task_struct b = {.scx = {.weight = 100, .dsq_vtime = 1000 * MS}};
	struct task_struct c = {.cpus_ptr = &any_cpu, .scx = {.weight = 100}};

	run_on(0, &a);
	run_on(2, &b);
	fake.now += 3000 * MS;
	c.scx.dsq_vtime = 990 * MS;
	fake.shared[0] = &c;
	wanted = 1;
	look_now();
	assert_ptr_equal(fake.handed[0], &c);
	assert_int_equal(fake.kicked[0], SCX_KICK_PREEMPT);
	assert_int_equal(fake.kicked[2], 0);
	assert_int_equal(fake.counters[CENTRAL_DISPATCH], 1);
	assert_int_equal(fake.counters[CENTRAL_TIMER], 1);
	/* CPU 2's task is over its slice, too: look soon */
	assert_int_equal(fake.timer_delay, LOOK_MIN_NS);
}

static void test_within_slice(void **state _unused_)
{
	struct task_struct a = {.scx = {.weight = 100, .dsq_vtime = 1000 * MS}};
	struct task_struct c = {.cpus_ptr = &any_cpu, .scx = {.weight = 100}};

	run_on(0, &a);
	fake.now += 5 * MS;
	fake.shared[0] = &c;
	look_now();
	assert_null(fake.handed[0]);
	assert_not_kicked();
	assert_int_equal(fake.timer_delay, 15 * MS);
	assert_int_equal(fake.counters[CENTRAL_QUEUED], 1);
}

/* A slice is over, but the one that waits has had more. */
static void test_not_due(void **state _unused_)
{
	struct task_struct a = {.scx = {.weight = 1000, .dsq_vtime = 1000 * MS}};
	struct task_struct c = {.cpus_ptr = &any_cpu, .scx = {.weight = 100}};

	run_on(0, &a);
	fake.now += 20 * MS;
	c.scx.dsq_vtime = 1005 * MS;
	fake.shared[0] = &c;
	look_now();
	assert_not_kicked();
	assert_int_equal(fake.runs[0].vtime, 1002 * MS);
	assert_int_equal(fake.timer_delay, 20 * MS);
	fake.now += 20 * MS;
	look_now();
	assert_not_kicked();
	/* with the slice that was counted it stops at what it has had in all */
	fake.task_cpu = 0;
	fake.now += 10 * MS;
	central_stopping(&a, true);
	assert_int_equal(a.scx.dsq_vtime, 1005 * MS);
}

/* CPUs that run nothing of ours are left alone; idle ones only if somebody waits for them. */
static void test_others_cpus(void **state _unused_)
{
	struct task_struct c = {.cpus_ptr = &cpu_2_only, .scx = {.weight = 100}};

	fake.shared[0] = &c;
	fake.curr[3].pid = 0;
	look_now();
	assert_not_kicked();
	fake.curr[2].pid = 0;
	look_now();
	assert_int_equal(fake.kicked[2], SCX_KICK_IDLE);
	assert_int_equal(fake.kicked[3], 0);
}

static void test_next_is_there_already(void **state _unused_)
{
	struct task_struct a = {.scx = {.weight = 100, .dsq_vtime = 1000 * MS}};
	struct task_struct c = {.cpus_ptr = &any_cpu, .scx = {.weight = 100}};

	run_on(0, &a);
	fake.now += 20 * MS;
	fake.nr_local[0] = 1;
	fake.shared[0] = &c;
	look_now();
	assert_null(fake.handed[0]);
	assert_int_equal(fake.kicked[0], SCX_KICK_PREEMPT);
	assert_int_equal(fake.counters[CENTRAL_RETRY], 1);
}

/* Tasks for other CPUs neither stop a search nor are given away. */
static void test_mismatch(void **state _unused_)
{
	struct task_struct a = {.scx = {.weight = 100, .dsq_vtime = 1000 * MS}};
	struct task_struct other = {.cpus_ptr = &cpu_2_only, .scx = {.weight = 100}};
	struct task_struct c = {.cpus_ptr = &any_cpu, .scx = {.weight = 100}};

	run_on(0, &a);
	fake.now += 20 * MS;
	other.scx.dsq_vtime = 981 * MS;
	c.scx.dsq_vtime = 985 * MS;
	fake.shared[0] = &other;
	fake.shared[1] = &c;
	look_now();
	assert_ptr_equal(fake.handed[0], &c);
	assert_int_equal(fake.counters[CENTRAL_MISMATCH], 1);
	assert_int_equal(fake.counters[CENTRAL_OVERFLOW], 0);
}

/* Where it takes too long the CPU is kicked, and the kernel searches to the end. */
static void test_overflow(void **state _unused_)
{
	struct task_struct a = {.cpus_ptr = &any_cpu, .scx = {.weight = 100}};
	struct task_struct others[QUEUE_LEN - 1] = {};

	a.scx.flags = SCX_TASK_QUEUED;
	a.scx.dsq_vtime = 1000 * MS;
	run_on(0, &a);
	fake.now += 20 * MS;
	for (unsigned i = 0; i < ARRAY_SIZE(others); i++) {
		others[i].cpus_ptr = &cpu_2_only;
		others[i].scx.weight = 100;
		others[i].scx.dsq_vtime = 990 * MS;
		fake.shared[i] = &others[i];
	}
	look_now();
	assert_null(fake.handed[0]);
	assert_int_equal(fake.kicked[0], SCX_KICK_PREEMPT);
	assert_int_equal(fake.counters[CENTRAL_OVERFLOW], 1);
	a.scx.slice = 0;
	fake.has_nothing = true;
	central_dispatch(0, &a);
	assert_int_equal(fake.nr_taken, 2);
	assert_int_equal(fake.taken_from[0], SHARED_DSQ);
	/* and finds nothing */
	assert_true(a.scx.slice == SCX_SLICE_INF);
}

static void test_lost(void **state _unused_)
{
	struct task_struct a = {.scx = {.weight = 100, .dsq_vtime = 1000 * MS}};
	struct task_struct c = {.cpus_ptr = &any_cpu, .scx = {.weight = 100}};

	run_on(0, &a);
	fake.now += 20 * MS;
	fake.shared[0] = &c;
	fake.loses_moves = true;
	look_now();
	assert_int_equal(fake.counters[CENTRAL_LOST], 1);
	assert_int_equal(fake.counters[CENTRAL_DISPATCH], 0);
}

/* The timer ends after a look without anybody waiting, if nobody came since the last. */
static void test_timer_ends(void **state _unused_)
{
	struct task_struct c = {.cpus_ptr = &any_cpu, .scx = {.weight = 100}};

	timer_cpu = CENTRAL;
	wanted = 1;
	look_now();
	assert_true(fake.timer_delay != NEVER);
	assert_int_equal(fake.timer_flags, BPF_F_TIMER_CPU_PIN);
	look_now();
	assert_true(fake.timer_delay == NEVER);
	/* a task that was missed is found when the next one starts */
	fake.shared[0] = &c;
	run_on(CENTRAL, &c);
	assert_int_equal(fake.timer_delay, 0);
}

static void test_dispatch_order(void **state _unused_)
{
	struct task_struct own = {.cpus_ptr = &cpu_0_only, .scx = {.weight = 100}};
	struct task_struct any = {.cpus_ptr = &any_cpu, .scx = {.weight = 100}};

	own.scx.dsq_vtime = 1000 * MS;
	any.scx.dsq_vtime = 1001 * MS;
	fake.own[0][0] = &own;
	fake.shared[0] = &any;
	central_dispatch(0, NULL);
	assert_int_equal(fake.taken_from[0], 0);
	any.scx.dsq_vtime = 999 * MS;
	central_dispatch(0, NULL);
	assert_int_equal(fake.taken_from[1], SHARED_DSQ);
}

/* Kicked too early, or with nobody waiting any more: the task goes on, without a tick. */
static void test_goes_on(void **state _unused_)
{
	struct task_struct a = {.cpus_ptr = &any_cpu, .scx = {.weight = 100}};
	struct task_struct c = {.cpus_ptr = &any_cpu, .scx = {.weight = 100}};

	a.scx.flags = SCX_TASK_QUEUED;
	a.scx.dsq_vtime = 1000 * MS;
	run_on(0, &a);
	fake.now += 10 * MS;
	central_dispatch(0, &a);
	assert_int_equal(a.scx.dsq_vtime, 1000 * MS); /* nobody wanted the CPU */
	assert_true(a.scx.slice == SCX_SLICE_INF);
	a.scx.slice = 0;
	c.scx.dsq_vtime = 1015 * MS;
	fake.shared[0] = &c;
	fake.now += 10 * MS;
	central_dispatch(0, &a);
	assert_int_equal(a.scx.dsq_vtime, 1010 * MS);
	assert_true(a.scx.slice == SCX_SLICE_INF);
	assert_int_equal(fake.nr_taken, 0);
	fake.now += 10 * MS;
	central_dispatch(0, &a);
	assert_int_equal(fake.nr_taken, 1);
}

/* Of a long run alone it pays no more than what others could have waited for. */
static void test_charge(void **state _unused_)
{
	struct task_struct p = {.scx = {.weight = 50, .dsq_vtime = 1000 * MS}};

	run_on(2, &p);
	fake.now += 7 * MS;
	central_stopping(&p, false);
	assert_int_equal(p.scx.dsq_vtime, 1014 * MS);
	assert_int_equal(fake.runs[2].began_at, 0);
	assert_int_equal(fake.nr_reenqueued, 0);
	run_on(2, &p);
	fake.now += 60000 * MS;
	central_stopping(&p, false);
	assert_int_equal(p.scx.dsq_vtime, 1014 * MS + 2 * (10 * MS + LOOK_LATE_NS));
}

static void test_yield(void **state _unused_)
{
	struct task_struct p = {.scx = {.weight = 100, .dsq_vtime = 1000 * MS, .slice = 1}};

	run_on(2, &p);
	fake.now += 1 * MS;
	assert_false(central_yield(&p, &p));
	assert_int_equal(p.scx.slice, 1);
	assert_true(central_yield(&p, NULL));
	assert_int_equal(p.scx.slice, 0);
	central_stopping(&p, true);
	assert_int_equal(p.scx.dsq_vtime, 1020 * MS);
}

/* Driven out by a higher class. */
static void test_preempted(void **state _unused_)
{
	struct task_struct p = {.scx = {.weight = 100, .slice = SCX_SLICE_INF}};

	run_on(2, &p);
	central_stopping(&p, true);
	assert_int_equal(fake.nr_reenqueued, 1);
	central_cpu_release(2, NULL);
	assert_int_equal(fake.nr_reenqueued, 2);
}

/* Two hogs of weights 100 and 33 on one CPU: what they get in 30 s, by looks alone. */
static void test_shares(void **state _unused_)
{
	struct task_struct a = {.cpus_ptr = &any_cpu, .nr_cpus_allowed = 1, .scx.weight = 100};
	struct task_struct b = {.cpus_ptr = &any_cpu, .nr_cpus_allowed = 1, .scx.weight = 33};
	struct task_struct *on = &a, *waits = &b, *other;
	u64 had_a = 0, had_b = 0;

	a.scx.dsq_vtime = b.scx.dsq_vtime = 1000 * MS;
	timer_cpu = CENTRAL;
	run_on(0, on);
	for (int ms = 0; ms < 30000; ms++) {
		fake.now += MS;
		*(on == &a ? &had_a : &had_b) += 1;
		fake.own[0][0] = waits;
		fake.handed[0] = NULL;
		look_now();
		if (!fake.handed[0])
			continue;
		central_stopping(on, true);
		central_enqueue(on, 0);
		other = on;
		on = waits;
		waits = other;
		run_on(0, on);
	}
	assert_in_range(had_a * 100 / had_b, 290, 316);
}

static void test_init(void **state _unused_)
{
	struct task_struct p = {};

	assert_int_equal(central_init(), 0);
	assert_int_equal(fake.nr_dsqs, 1 + scx_bpf_nr_cpu_ids());
	central_enable(&p);
	assert_int_equal(p.scx.dsq_vtime, 1000 * MS);
	assert_string_equal(central_ops.name, "central");
	assert_int_equal(central_ops.flags, SCX_OPS_ENQ_EXITING | SCX_OPS_ENQ_MIGRATION_DISABLED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_select_cpu, reset, no_error),
		cmocka_unit_test_setup_teardown(test_idle_cpu, reset, no_error),
		cmocka_unit_test_setup_teardown(test_urgent, reset, no_error),
		cmocka_unit_test_setup_teardown(test_queues, reset, no_error),
		cmocka_unit_test_setup_teardown(test_idle_since, reset, no_error),
		cmocka_unit_test_setup_teardown(test_call, reset, no_error),
		cmocka_unit_test_setup_teardown(test_call_from_itself, reset, no_error),
		cmocka_unit_test_setup_teardown(test_central_taken, reset, no_error),
		cmocka_unit_test_setup_teardown(test_hand_over, reset, no_error),
		cmocka_unit_test_setup_teardown(test_within_slice, reset, no_error),
		cmocka_unit_test_setup_teardown(test_not_due, reset, no_error),
		cmocka_unit_test_setup_teardown(test_others_cpus, reset, no_error),
		cmocka_unit_test_setup_teardown(test_next_is_there_already, reset, no_error),
		cmocka_unit_test_setup_teardown(test_mismatch, reset, no_error),
		cmocka_unit_test_setup_teardown(test_overflow, reset, no_error),
		cmocka_unit_test_setup_teardown(test_lost, reset, no_error),
		cmocka_unit_test_setup_teardown(test_timer_ends, reset, no_error),
		cmocka_unit_test_setup_teardown(test_dispatch_order, reset, no_error),
		cmocka_unit_test_setup_teardown(test_goes_on, reset, no_error),
		cmocka_unit_test_setup_teardown(test_charge, reset, no_error),
		cmocka_unit_test_setup_teardown(test_yield, reset, no_error),
		cmocka_unit_test_setup_teardown(test_preempted, reset, no_error),
		cmocka_unit_test_setup_teardown(test_shares, reset, no_error),
		cmocka_unit_test_setup_teardown(test_init, reset, no_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
