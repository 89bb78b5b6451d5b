// SPDX-License-Identifier: GPL-2.0-only
/*
 * Both sides of scx_userland: its BPF side callback by callback, and then together with its real
 * process side on a machine of two CPUs, in which the test is the kernel.
 */
#include "scx_userland/scx_userland.bpf.c"

#include "scx_userland/policy.h"
#include "unit/test.h"

#define MS 1000000ULL
#define NR_CPUS 2
#define NR_TASKS 64
#define NR_DSQS 3
#define NR_SLOTS 32
#define RING 2048
#define SCHEDULER 0 /* pid of the scheduler process */

static const struct cpumask any_cpu = {~0ULL}, online_cpus = {3}, cpu_0_only = {1};

/* a task as the kernel has it */
struct sim_task {
	struct task_struct p;
	struct userland_task t;
	bool gone;     /* there is no task of this pid */
	bool runnable; /* it waits or runs */
	bool custody;  /* it waits, and is in no DSQ */
};

struct insertion {
	struct task_struct *p;
	u64 dsq_id, slice, vtime;
};

static struct {
	struct sim_task tasks[NR_TASKS];
	s32 nr_tasks;
	struct insertion dsqs[NR_DSQS][NR_TASKS];
	u32 nr_queued[NR_DSQS];
	struct sim_task *curr[NR_CPUS], *local[NR_CPUS];
	s32 cpu; /* where we are */
	u64 now; /* real time */
	/* the buffer of ops.dispatch() */
	bool in_dispatch;
	struct insertion buffer[NR_SLOTS];
	u32 nr_buffered;
	u32 claimed, kicked; /* idle CPUs, as bits */
	/* the rings */
	struct userland_waiting to_user[RING];
	struct userland_ready to_kernel[RING];
	u32 nr_to_user, nr_to_kernel;
	u32 ring_size;
	long drain_error;
	u64 emptied; /* the DSQ another CPU empties before this one, if it has one */
	bool short_record;
	u64 counters[USERLAND_FAULTS + 1];
	unsigned nr_errors, nr_refs;
} sim;

static struct policy policy;

static struct sim_task *sim_of(const struct task_struct *p)
{
	assert_in_range(p->pid, 0, NR_TASKS - 1);
	return &sim.tasks[p->pid];
}

/* What the BPF side asks of the kernel. */

s32 scx_bpf_create_dsq(u64 dsq_id, s32 node)
{
	assert_true(dsq_id < NR_DSQS);
	assert_int_equal(node, NUMA_NO_NODE);
	return 0;
}

const struct cpumask *scx_bpf_get_online_cpumask(void)
{
	sim.nr_refs++;
	return &online_cpus;
}

void scx_bpf_put_cpumask(const struct cpumask *cpumask)
{
	assert_ptr_equal(cpumask, &online_cpus);
	sim.nr_refs--;
}

bool bpf_cpumask_subset(const struct cpumask *a, const struct cpumask *b)
{
	return (a->bits & ~b->bits) == 0;
}

bool bpf_cpumask_test_cpu(u32 cpu, const struct cpumask *cpumask)
{
	return cpumask->bits >> cpu & 1;
}

bool is_migration_disabled(const struct task_struct *p)
{
	return p->migration_disabled > 0;
}

void *bpf_task_storage_get(void *map, struct task_struct *p, void *value _unused_, u64 flags)
{
	assert_ptr_equal(map, &tasks);
	assert_true(flags == 0 || flags == BPF_LOCAL_STORAGE_GET_F_CREATE);
	return &sim_of(p)->t;
}

struct task_struct *bpf_task_from_pid(s32 pid)
{
	if (sim.tasks[pid].gone)
		return NULL;
	sim.nr_refs++;
	return &sim.tasks[pid].p;
}

void bpf_task_release(struct task_struct *p _unused_)
{
	sim.nr_refs--;
}

u64 scx_bpf_now(void)
{
	return sim.now;
}

void scx_bpf_task_set_slice(struct task_struct *p, u64 slice)
{
	p->scx.slice = slice;
}

static void queue(const struct insertion *i)
{
	struct insertion *dsq = sim.dsqs[i->dsq_id];
	u32 place = sim.nr_queued[i->dsq_id]++;

	i->p->scx.slice = i->slice;
	i->p->scx.dsq_vtime = i->vtime;
	sim_of(i->p)->custody = false;
	for (; place > 0 && vtime_before(i->vtime, dsq[place - 1].vtime); place--)
		dsq[place] = dsq[place - 1];
	dsq[place] = *i;
}

static void flush(void)
{
	for (u32 i = 0; i < sim.nr_buffered; i++)
		if (sim_of(sim.buffer[i].p)->custody)
			queue(&sim.buffer[i]);
	sim.nr_buffered = 0;
}

static bool insert(struct insertion i)
{
	if (i.dsq_id == SCX_DSQ_LOCAL) {
		i.p->scx.slice = i.slice;
		assert_null(sim.local[sim.cpu]);
		sim.local[sim.cpu] = sim_of(i.p);
		return true;
	}
	if (!sim.in_dispatch) {
		queue(&i);
		return true;
	}
	assert_true(sim.nr_buffered < NR_SLOTS);
	sim.buffer[sim.nr_buffered++] = i;
	return true;
}

u32 scx_bpf_dispatch_nr_slots(void)
{
	assert_true(sim.in_dispatch);
	return NR_SLOTS - sim.nr_buffered;
}

bool scx_bpf_dsq_insert(struct task_struct *p, u64 dsq_id, u64 slice, u64 enq_flags _unused_)
{
	return insert((struct insertion){p, dsq_id, slice, 0});
}

bool scx_bpf_dsq_insert_vtime(struct task_struct *p, u64 dsq_id, u64 slice, u64 vtime,
			      u64 enq_flags _unused_)
{
	return insert((struct insertion){p, dsq_id, slice, vtime});
}

bool scx_bpf_dsq_move_to_local(u64 dsq_id, u64 enq_flags)
{
	struct insertion *dsq = sim.dsqs[dsq_id];

	assert_int_equal(enq_flags, 0);
	flush();
	if (sim.emptied && sim.emptied == dsq_id)
		return false;
	for (u32 i = 0; i < sim.nr_queued[dsq_id]; i++) {
		if (!bpf_cpumask_test_cpu((u32)sim.cpu, dsq[i].p->cpus_ptr))
			continue;
		assert_null(sim.local[sim.cpu]);
		sim.local[sim.cpu] = sim_of(dsq[i].p);
		sim.nr_queued[dsq_id]--;
		memmove(&dsq[i], &dsq[i + 1], (sim.nr_queued[dsq_id] - i) * sizeof(dsq[0]));
		return true;
	}
	return false;
}

s32 scx_bpf_dsq_nr_queued(u64 dsq_id)
{
	return (s32)sim.nr_queued[dsq_id];
}

struct task_struct *fake_queued(u64 dsq_id, unsigned n)
{
	return n < sim.nr_queued[dsq_id] ? sim.dsqs[dsq_id][n].p : NULL;
}

/* An idle CPU nobody has claimed yet, or -EBUSY. */
s32 scx_bpf_pick_idle_cpu(const struct cpumask *cpus_allowed, u64 flags)
{
	assert_int_equal(flags, 0);
	for (s32 cpu = 0; cpu < NR_CPUS; cpu++)
		if (!sim.curr[cpu] && !(sim.claimed >> cpu & 1) &&
		    bpf_cpumask_test_cpu((u32)cpu, cpus_allowed)) {
			sim.claimed |= 1U << cpu;
			return cpu;
		}
	return -EBUSY;
}

s32 scx_bpf_select_cpu_dfl(struct task_struct *p, s32 prev_cpu, u64 wake_flags _unused_,
			   bool *is_idle)
{
	s32 cpu = scx_bpf_pick_idle_cpu(p->cpus_ptr, 0);

	*is_idle = cpu >= 0;
	if (*is_idle)
		sim.cpu = cpu;
	return *is_idle ? cpu : prev_cpu;
}

void scx_bpf_kick_cpu(s32 cpu, u64 flags)
{
	assert_int_equal(flags, SCX_KICK_IDLE);
	assert_null(sim.curr[cpu]);
	sim.kicked |= 1U << cpu;
}

long bpf_ringbuf_output(void *map, void *data, u64 size, u64 flags)
{
	assert_ptr_equal(map, &to_user);
	assert_int_equal(size, sizeof(sim.to_user[0]));
	assert_int_equal(flags, 0);
	if (sim.nr_to_user == sim.ring_size)
		return -EAGAIN;
	memcpy(&sim.to_user[sim.nr_to_user++], data, size);
	return 0;
}

struct bpf_dynptr {
	struct userland_ready ready;
};

long bpf_dynptr_read(void *to, u32 len, const struct bpf_dynptr *from, u32 offset, u64 flags)
{
	assert_int_equal(offset + flags, 0);
	if (sim.short_record)
		return -E2BIG;
	memcpy(to, &from->ready, len);
	return 0;
}

long bpf_user_ringbuf_drain(void *map, void *callback, void *context, u64 flags)
{
	long (*take_one)(struct bpf_dynptr *, void *) = callback;
	struct bpf_dynptr record;
	u32 n = 0;
	long last = 0;

	assert_ptr_equal(map, &to_kernel);
	assert_int_equal(flags, BPF_RB_NO_WAKEUP);
	if (sim.drain_error)
		return sim.drain_error;
	while (n < sim.nr_to_kernel && !last) {
		record.ready = sim.to_kernel[n++];
		last = take_one(&record, context);
	}
	sim.nr_to_kernel -= n;
	memmove(sim.to_kernel, &sim.to_kernel[n], sim.nr_to_kernel * sizeof(sim.to_kernel[0]));
	return n;
}

void stat_inc(u32 id)
{
	sim.counters[id]++;
}

void scx_bpf_error(const char *format _unused_, ...)
{
	sim.nr_errors++;
}

void scx_report_exit(const struct scx_exit_info *info _unused_)
{
}

/* What its process side asks of the transport. */
int transport_send(struct transport *t _unused_, const void *record, size_t size)
{
	assert_int_equal(size, sizeof(sim.to_kernel[0]));
	assert_true(sim.nr_to_kernel < policy.batch);
	memcpy(&sim.to_kernel[sim.nr_to_kernel++], record, size);
	return 0;
}

/* The machine. */

static struct sim_task *add_task(u32 weight, const struct cpumask *cpus)
{
	struct sim_task *s = &sim.tasks[sim.nr_tasks];

	s->p = (struct task_struct){
		.pid = sim.nr_tasks++,
		.cpus_ptr = cpus,
		.scx.weight = weight,
		/* a life before the scheduler */
		.se.sum_exec_runtime = 5000 * MS,
	};
	if (s->p.pid == SCHEDULER)
		s->t.is_scheduler = 1;
	assert_int_equal(userland_init_task(&s->p, NULL), 0);
	userland_enable(&s->p);
	return s;
}

static void enqueue(struct sim_task *s)
{
	s->custody = true;
	userland_enqueue(&s->p, 0);
}

static void dispatch(s32 cpu, struct task_struct *prev)
{
	sim.cpu = cpu;
	sim.in_dispatch = true;
	userland_dispatch(cpu, prev);
	flush();
	sim.in_dispatch = false;
	assert_int_equal(sim.nr_refs, 0);
	assert_int_equal(sim.nr_errors, 0);
}

static void put_prev(struct sim_task *prev)
{
	userland_stopping(&prev->p, true);
	if (prev->p.scx.slice == 0)
		enqueue(prev);
}

/* What the kernel does when @cpu has to choose. */
static void schedule(s32 cpu)
{
	struct sim_task *prev = sim.curr[cpu], *next;

	sim.claimed &= ~(1U << cpu);
	if (prev && prev->p.scx.slice)
		return;
	if (!sim.local[cpu])
		dispatch(cpu, prev ? &prev->p : NULL);
	next = sim.local[cpu];
	sim.local[cpu] = NULL;
	/* not replaced, it goes on */
	if (!next && prev && prev->p.scx.slice)
		return;
	if (prev)
		put_prev(prev);
	sim.curr[cpu] = next;
	if (!next)
		return;
	next->p.scx.flags = SCX_TASK_QUEUED;
	userland_running(&next->p);
}

static void wake(struct sim_task *s)
{
	s32 cpu;

	s->runnable = true;
	cpu = userland_select_cpu(&s->p, 0, 0);
	if (sim.local[cpu] == s)
		schedule(cpu);
	else
		enqueue(s);
}

/* The process has a CPU: it does all it has to do and sleeps. */
static void run_scheduler(s32 cpu)
{
	struct sim_task *s = sim.curr[cpu];

	for (u32 i = 0; i < sim.nr_to_user; i++)
		assert_int_equal(policy_take(&policy, &sim.to_user[i]), 0);
	sim.nr_to_user = 0;
	policy_act(&policy);
	s->p.se.sum_exec_runtime += MS / 20;
	s->runnable = false;
	s->p.scx.flags = 0;
	userland_stopping(&s->p, false);
	sim.curr[cpu] = NULL;
	schedule(cpu);
}

/* Until nothing happens by itself any more. false: that was so from the beginning. */
static bool react_once(void)
{
	for (s32 cpu = 0; cpu < NR_CPUS; cpu++) {
		if (sim.curr[cpu] == &sim.tasks[SCHEDULER]) {
			run_scheduler(cpu);
			return true;
		}
		if (sim.kicked >> cpu & 1) {
			sim.kicked &= ~(1U << cpu);
			schedule(cpu);
			return true;
		}
	}
	if (sim.nr_to_user == 0 || sim.tasks[SCHEDULER].runnable)
		return false;
	wake(&sim.tasks[SCHEDULER]);
	return true;
}

static void react(void)
{
	unsigned n = 0;

	while (react_once())
		assert_true(++n < 1000);
}

/* Every CPU runs what it has for a slice, then the next one does. No CPU is idle meanwhile. */
static void run_slices(unsigned nr)
{
	for (unsigned i = 0; i < nr; i++)
		for (s32 cpu = 0; cpu < NR_CPUS; cpu++) {
			struct sim_task *s = sim.curr[cpu];

			assert_non_null(s);
			sim.now += s->p.scx.slice / NR_CPUS;
			s->p.se.sum_exec_runtime += s->p.scx.slice;
			s->p.scx.slice = 0;
			schedule(cpu);
			react();
		}
}

static u64 has_run_ms(const struct sim_task *s)
{
	return s->p.se.sum_exec_runtime / MS - 5000;
}

static void check_share(const struct sim_task *s, u64 expected_ms)
{
	u64 run = has_run_ms(s);

	/* within three slices, or 2 % */
	if (run + 60 + expected_ms / 50 < expected_ms || run > expected_ms + 60 + expected_ms / 50)
		fail_msg("task %d has run %llu ms, not %llu", s->p.pid, (unsigned long long)run,
			 (unsigned long long)expected_ms);
}

static int setup(void **state _unused_)
{
	memset(&sim, 0, sizeof(sim));
	memset(&shared, 0, sizeof(shared));
	vtime_now = vtime_paced_at = 0;
	sim.ring_size = RING;
	nr_in_user = 0;
	can_hand_over = false;
	conf.batch = 8;
	policy = (struct policy){.batch = conf.batch, .shared = &shared};
	assert_int_equal(task_queue_new(USERLAND_WAITING_MAX, &policy.queue), 0);
	assert_int_equal(userland_init(), 0);
	add_task(100, &any_cpu);
	return 0;
}

static int teardown(void **state _unused_)
{
	task_queue_free(policy.queue);
	return sim.nr_refs ? -1 : 0;
}

static void set_batch(u64 batch)
{
	conf.batch = policy.batch = batch;
}

static void test_idle_cpu(void **state _unused_)
{
	struct sim_task *s = add_task(100, &any_cpu);

	wake(s);
	assert_ptr_equal(sim.curr[0], s);
	assert_int_equal(s->p.scx.slice, USERLAND_SLICE_NS);
	assert_int_equal(sim.counters[USERLAND_IDLE], 1);
	assert_int_equal(sim.nr_to_user, 0);
}

/* Both CPUs are taken by hogs from here on. */
static void occupy_cpus(void)
{
	wake(add_task(100, &any_cpu));
	wake(add_task(100, &any_cpu));
}

static void test_goes_to_user(void **state _unused_)
{
	struct sim_task *s;

	occupy_cpus();
	s = add_task(50, &any_cpu);
	s->t.vtime = 7;
	s->t.owes = 3 * MS;
	wake(s);
	assert_int_equal(sim.nr_to_user, 1);
	assert_int_equal(sim.to_user[0].pid, s->p.pid);
	assert_int_equal(sim.to_user[0].weight, 50);
	assert_int_equal(sim.to_user[0].vtime, 7);
	assert_int_equal(sim.to_user[0].used, 3 * MS);
	assert_int_equal(sim.to_user[0].seq, s->t.seq);
	assert_int_equal(sim.counters[USERLAND_USER], 1);
	assert_int_equal(nr_in_user, 1);
}

static void test_stays_in_kernel(void **state _unused_)
{
	struct sim_task *kthread, *pinned, *held;

	occupy_cpus();
	kthread = add_task(100, &any_cpu);
	kthread->p.flags = PF_KTHREAD;
	pinned = add_task(100, &cpu_0_only);
	held = add_task(100, &any_cpu);
	held->p.migration_disabled = 1;
	wake(kthread);
	wake(pinned);
	wake(held);
	assert_int_equal(sim.nr_queued[KERNEL_DSQ], 3);
	assert_int_equal(sim.counters[USERLAND_KERNEL], 3);
	assert_int_equal(sim.nr_to_user, 0);
}

/* If the process is scheduled by somebody else, no task waits for it. */
static void test_scheduler_elsewhere(void **state _unused_)
{
	occupy_cpus();
	userland_disable(&sim.tasks[SCHEDULER].p);
	wake(add_task(100, &any_cpu));
	assert_int_equal(sim.nr_to_user, 0);
	assert_int_equal(sim.nr_queued[KERNEL_DSQ], 1);
	userland_enable(&sim.tasks[SCHEDULER].p);
	wake(add_task(100, &any_cpu));
	assert_int_equal(sim.nr_to_user, 1);
}

static void test_scheduler_comes_first(void **state _unused_)
{
	struct sim_task *pinned, *scheduler = &sim.tasks[SCHEDULER];

	occupy_cpus();
	pinned = add_task(100, &cpu_0_only);
	wake(pinned);
	scheduler->t.vtime = 1000 * MS; /* of no importance */
	wake(scheduler);
	assert_int_equal(sim.nr_queued[SCHEDULER_DSQ], 1);
	sim.curr[0]->p.scx.slice = 0;
	schedule(0);
	assert_ptr_equal(sim.curr[0], scheduler);
	assert_int_equal(sim.nr_queued[KERNEL_DSQ], 1);
}

/* A higher class takes its CPU: another one that is idle takes the process. */
static void test_scheduler_preempted(void **state _unused_)
{
	struct sim_task *scheduler = &sim.tasks[SCHEDULER];

	wake(scheduler);
	assert_ptr_equal(sim.curr[0], scheduler);
	put_prev(scheduler);
	sim.curr[0] = &sim.tasks[NR_TASKS - 1]; /* not one of ours */
	assert_int_equal(sim.kicked, 1U << 1);
	schedule(1);
	assert_ptr_equal(sim.curr[1], scheduler);
}

static void test_too_many_in_user(void **state _unused_)
{
	occupy_cpus();
	nr_in_user = USERLAND_WAITING_MAX;
	wake(add_task(100, &any_cpu));
	nr_in_user = 0;
	sim.ring_size = 0;
	wake(add_task(100, &any_cpu));
	assert_int_equal(sim.counters[USERLAND_FAILED], 2);
	assert_int_equal(sim.nr_queued[KERNEL_DSQ], 2);
	assert_int_equal(nr_in_user, 0);
}

/* The process sends @s, as it came. */
static void send_back(const struct sim_task *s, u64 vtime, u64 seq)
{
	const struct userland_ready r = {.vtime = vtime, .seq = seq, .pid = (u32)s->p.pid};

	assert_int_equal(transport_send(NULL, &r, sizeof(r)), 0);
}

static void test_comes_back(void **state _unused_)
{
	struct sim_task *s;

	occupy_cpus();
	s = add_task(100, &any_cpu);
	s->t.owes = 10 * MS;
	wake(s);
	send_back(s, 10 * MS, s->t.seq);
	/* whose slice goes on stays; the others are taken from the ring anyway */
	dispatch(0, &sim.curr[0]->p);
	assert_int_equal(sim.nr_queued[READY_DSQ], 1);
	assert_int_equal(s->p.scx.dsq_vtime, 10 * MS);
	assert_int_equal(s->t.owes, 0);
	assert_int_equal(shared.taken, 1);
	assert_int_equal(shared.ready, 1);
	assert_int_equal(nr_in_user, 0);
	assert_int_equal(sim.counters[USERLAND_STALE], 0);
}

static void test_stale(void **state _unused_)
{
	struct sim_task *again, *gone;

	occupy_cpus();
	again = add_task(100, &any_cpu);
	gone = add_task(100, &any_cpu);
	wake(again);
	wake(gone);
	send_back(again, 0, again->t.seq);
	send_back(gone, 0, gone->t.seq);
	/* its nice value has changed meanwhile, for example */
	enqueue(again);
	gone->gone = true;
	dispatch(0, &sim.curr[0]->p);
	assert_int_equal(sim.nr_queued[READY_DSQ], 0);
	assert_int_equal(sim.counters[USERLAND_STALE], 2);
	assert_int_equal(shared.taken, 2);
	assert_int_equal(nr_in_user, 1);
	/* a task that has run since is no other case */
	send_back(again, 0, again->t.seq);
	userland_running(&again->p);
	dispatch(0, &sim.curr[0]->p);
	assert_int_equal(sim.counters[USERLAND_STALE], 3);
}

/* No more at a time than the kernel has slots; the rest comes with the next call. */
static void test_slots(void **state _unused_)
{
	struct sim_task *s;

	set_batch(40);
	occupy_cpus();
	for (u32 i = 0; i < 40; i++) {
		s = add_task(100, &any_cpu);
		wake(s);
		send_back(s, MS, s->t.seq);
	}
	dispatch(0, &sim.curr[0]->p);
	assert_int_equal(sim.nr_queued[READY_DSQ], NR_SLOTS);
	dispatch(0, &sim.curr[0]->p);
	assert_int_equal(sim.nr_queued[READY_DSQ], 40);
}

static void test_broken_ring(void **state _unused_)
{
	sim.cpu = 0;
	sim.in_dispatch = true;
	sim.drain_error = -EBUSY;
	userland_dispatch(0, NULL);
	assert_int_equal(sim.nr_errors, 0);
	sim.drain_error = -EINVAL;
	userland_dispatch(0, NULL);
	assert_int_equal(sim.nr_errors, 1);
	sim.drain_error = 0;
	sim.nr_to_kernel = 1;
	sim.short_record = true;
	userland_dispatch(0, NULL);
	assert_int_equal(sim.nr_errors, 2);
}

static void test_asks(void **state _unused_)
{
	occupy_cpus();
	sim.nr_to_user = 0;
	dispatch(0, &sim.curr[0]->p);
	assert_int_equal(sim.nr_to_user, 0);
	shared.held = 1;
	dispatch(0, &sim.curr[0]->p);
	assert_int_equal(sim.nr_to_user, 1);
	assert_int_equal(sim.to_user[0].pid, 0);
	assert_int_equal(shared.asked, 1);
	dispatch(0, &sim.curr[0]->p);
	assert_int_equal(sim.nr_to_user, 1);
}

/* @n are ready and user space has another one when a CPU looks for work. */
static void dispatch_with_ready(u32 n)
{
	struct sim_task *s;

	occupy_cpus();
	while (n--) {
		s = add_task(100, &any_cpu);
		wake(s);
		send_back(s, MS, s->t.seq);
	}
	shared.held = 1;
	sim.nr_to_user = 0;
	dispatch(0, &sim.curr[0]->p);
}

static void test_enough_is_ready(void **state _unused_)
{
	dispatch_with_ready(5);
	assert_int_equal(shared.ready, 5);
	assert_int_equal(sim.nr_to_user, 0);
	assert_int_equal(shared.asked, 0);
}

static void test_half_is_ready(void **state _unused_)
{
	dispatch_with_ready(4);
	assert_int_equal(shared.ready, 4);
	assert_int_equal(sim.nr_to_user, 1);
}

/* Who is ready does not wait while a CPU is idle. */
static void test_shares_with_idle_cpu(void **state _unused_)
{
	struct sim_task *hog = add_task(100, &any_cpu), *s[2];

	wake(hog);
	for (u32 i = 0; i < 2; i++) {
		s[i] = add_task(100, &any_cpu);
		s[i]->runnable = true;
		enqueue(s[i]);
		send_back(s[i], 0, s[i]->t.seq);
	}
	hog->t.vtime = 100 * MS;
	hog->p.scx.slice = 0;
	schedule(0);
	assert_ptr_equal(sim.curr[0], s[0]);
	assert_int_equal(sim.kicked, 1U << 1);
	react();
	assert_ptr_equal(sim.curr[1], s[1]);
}

static void test_goes_on(void **state _unused_)
{
	struct sim_task *hog, *pinned;

	occupy_cpus();
	hog = sim.curr[0];
	pinned = add_task(100, &cpu_0_only);
	pinned->t.vtime = 30 * MS;
	wake(pinned);
	hog->p.se.sum_exec_runtime += 20 * MS;
	hog->p.scx.slice = 0;
	schedule(0);
	assert_ptr_equal(sim.curr[0], hog);
	assert_int_equal(hog->t.vtime, 20 * MS);
	hog->p.se.sum_exec_runtime += 20 * MS;
	hog->p.scx.slice = 0;
	schedule(0);
	assert_ptr_equal(sim.curr[0], pinned);
	assert_int_equal(hog->t.vtime, 20 * MS);
	assert_int_equal(hog->t.owes, 20 * MS);
	/* on the other CPU it may not run */
	sim.curr[1]->p.scx.slice = 0;
	schedule(1);
	assert_true(sim.curr[1] != pinned);
}

/* The earlier of the two queues goes first; one that is empty by then is no reason to idle. */
static void test_two_queues(void **state _unused_)
{
	struct sim_task *pinned = add_task(100, &cpu_0_only), *s;

	occupy_cpus();
	s = add_task(100, &any_cpu);
	wake(s);
	pinned->t.vtime = 5 * MS;
	wake(pinned);
	send_back(s, 4 * MS, s->t.seq);
	sim.curr[0]->t.vtime = 100 * MS;
	sim.curr[0]->p.scx.slice = 0;
	schedule(0);
	assert_ptr_equal(sim.curr[0], s);
	s->p.se.sum_exec_runtime += 20 * MS;
	s->p.scx.slice = 0;
	schedule(0);
	assert_ptr_equal(sim.curr[0], pinned);
}

static void test_quicker_cpu(void **state _unused_)
{
	struct sim_task *pinned = add_task(100, &cpu_0_only), *s;

	occupy_cpus();
	s = add_task(100, &any_cpu);
	wake(s);
	wake(pinned);
	send_back(s, 0, s->t.seq);
	sim.emptied = READY_DSQ;
	sim.curr[0]->t.vtime = 100 * MS;
	sim.curr[0]->p.scx.slice = 0;
	schedule(0);
	assert_ptr_equal(sim.curr[0], pinned);
}

static void test_yield_pays_slice(void **state _unused_)
{
	struct sim_task *s = add_task(100, &any_cpu);

	wake(s);
	s->p.se.sum_exec_runtime += MS;
	s->p.scx.slice = 0;
	userland_stopping(&s->p, true);
	assert_int_equal(s->t.owes, USERLAND_SLICE_NS);
}

/* It does not wait for the higher class that has taken its CPU, and pays only what it had. */
static void test_preempted(void **state _unused_)
{
	struct sim_task *s = add_task(100, &any_cpu);

	wake(s);
	s->p.se.sum_exec_runtime += 3 * MS;
	s->p.scx.slice -= 3 * MS;
	put_prev(s);
	assert_int_equal(s->t.owes, 3 * MS);
	assert_int_equal(sim.nr_to_user, 1);
}

/* A task restarted with what was left of its slice pays no more than that. */
static void test_rest_of_slice(void **state _unused_)
{
	struct sim_task *s = add_task(100, &any_cpu);

	s->p.scx.slice = 5 * MS;
	userland_running(&s->p);
	s->p.se.sum_exec_runtime += 5 * MS;
	s->p.scx.slice = 0;
	userland_stopping(&s->p, true);
	assert_int_equal(s->t.owes, 5 * MS);
}

/* A task made light during a turn that it was given before does not pay for it as a light one. */
static void test_made_light(void **state _unused_)
{
	struct sim_task *s = add_task(100, &any_cpu);

	wake(s);
	s->p.se.sum_exec_runtime += 20 * MS;
	s->p.scx.slice = 0;
	s->p.scx.weight = 1;
	userland_stopping(&s->p, true);
	assert_int_equal(s->t.owes, vtime_turn(USERLAND_SLICE_NS, 1) + VTIME_LATE_NS);
}

static void test_first_run_is_not_its_life(void **state _unused_)
{
	struct sim_task *s = add_task(100, &any_cpu);

	vtime_now = 70 * MS;
	userland_enable(&s->p);
	wake(s);
	assert_int_equal(s->t.vtime, 70 * MS);
	assert_int_equal(s->t.owes, 0);
}

static void test_sleeper(void **state _unused_)
{
	struct sim_task *s = add_task(100, &any_cpu);

	vtime_now = 1000 * MS;
	wake(s);
	assert_int_equal(s->t.vtime, 980 * MS);
	assert_int_equal(vtime_now, 1000 * MS);
	assert_int_equal(shared.vtime_now, 1000 * MS);
}

static void test_equal_shares(void **state _unused_)
{
	struct sim_task *hogs[7];

	for (size_t i = 0; i < ARRAY_SIZE(hogs); i++) {
		hogs[i] = add_task(100, &any_cpu);
		wake(hogs[i]);
		react();
	}
	run_slices(700);
	for (size_t i = 0; i < ARRAY_SIZE(hogs); i++)
		check_share(hogs[i], 4000);
	assert_true(sim.counters[USERLAND_USER] > 100);
}

/* Runs them for @nr turns: of what they have run together each has a part as its weight is. */
static void check_parts(struct sim_task *const *hogs, size_t nr_hogs, unsigned nr)
{
	u64 run = 0, weights = 0;

	run_slices(nr);
	for (size_t i = 0; i < nr_hogs; i++) {
		run += has_run_ms(hogs[i]);
		weights += hogs[i]->p.scx.weight;
	}
	for (size_t i = 0; i < nr_hogs; i++)
		check_share(hogs[i], run * hogs[i]->p.scx.weight / weights);
}

static void check_weights(void)
{
	static const u32 weights[] = {100, 33, 100, 33};
	struct sim_task *hogs[4];

	for (size_t i = 0; i < ARRAY_SIZE(hogs); i++) {
		hogs[i] = add_task(weights[i], &any_cpu);
		wake(hogs[i]);
		react();
	}
	check_parts(hogs, ARRAY_SIZE(hogs), 2000);
}

/* What nobody else wanted costs nothing, and does not drive the clock on for the others. */
static void test_alone(void **state _unused_)
{
	struct sim_task *s = add_task(1, &any_cpu);

	s->t.vtime = 500 * MS;
	wake(s);
	assert_int_equal(s->t.vtime, 0);
	for (unsigned i = 0; i < 10; i++) {
		s->p.se.sum_exec_runtime += s->p.scx.slice;
		s->p.scx.slice = 0;
		schedule(0);
		assert_ptr_equal(sim.curr[0], s);
	}
	assert_int_equal(s->t.vtime, 0);
	assert_int_equal(vtime_now, 0);
}

/* Beside tasks of nice -20 those of nice 19 have a turn before the watchdog asks where they are. */
static void test_light_tasks(void **state _unused_)
{
	struct sim_task *light[] = {add_task(1, &any_cpu), add_task(1, &cpu_0_only)};
	u64 last[ARRAY_SIZE(light)] = {}, ran[ARRAY_SIZE(light)] = {};

	for (size_t i = 0; i < ARRAY_SIZE(light); i++) {
		wake(light[i]);
		react();
	}
	for (size_t i = 0; i < 3; i++) {
		wake(add_task(8668, &any_cpu));
		react();
	}
	while (sim.now < 100 * 1000 * MS) {
		run_slices(1);
		for (size_t i = 0; i < ARRAY_SIZE(light); i++) {
			if (light[i]->p.se.sum_exec_runtime == ran[i]) {
				assert_true(sim.now - last[i] < 10 * 1000 * MS);
				continue;
			}
			ran[i] = light[i]->p.se.sum_exec_runtime;
			last[i] = sim.now;
		}
	}
}

static void test_weights(void **state _unused_)
{
	check_weights();
}

static void test_weights_batch_1(void **state _unused_)
{
	set_batch(1);
	check_weights();
}

/* Three that go to user space and one that does not: the CPUs are shared all the same. */
static void test_pinned_among_others(void **state _unused_)
{
	struct sim_task *pinned = add_task(100, &cpu_0_only), *hogs[3];

	wake(pinned);
	for (size_t i = 0; i < ARRAY_SIZE(hogs); i++) {
		hogs[i] = add_task(100, &any_cpu);
		wake(hogs[i]);
		react();
	}
	run_slices(1000);
	check_share(pinned, 10000);
	for (size_t i = 0; i < ARRAY_SIZE(hogs); i++)
		check_share(hogs[i], 10000);
}

/* Pinned tasks take no turn from the one in user space, and the other way round. */
static void test_nobody_starves(void **state _unused_)
{
	static const struct cpumask cpu_1_only = {2};
	struct sim_task *hogs[5];

	for (size_t i = 0; i < 4; i++) {
		hogs[i] = add_task(100, i % 2 ? &cpu_1_only : &cpu_0_only);
		wake(hogs[i]);
		react();
	}
	hogs[4] = add_task(100, &any_cpu);
	wake(hogs[4]);
	react();
	run_slices(1000);
	for (size_t i = 0; i < ARRAY_SIZE(hogs); i++)
		check_share(hogs[i], 8000);
}

static void test_many(void **state _unused_)
{
	for (u32 i = 0; i < NR_TASKS - 1; i++) {
		wake(add_task(100, &any_cpu));
		react();
	}
	run_slices(NR_TASKS * 10);
	for (s32 i = 1; i < NR_TASKS; i++)
		check_share(&sim.tasks[i], 2 * 20 * NR_TASKS * 10 / (NR_TASKS - 1));
}

/* After it has been told of nothing the process does nothing. */
static void test_quiet(void **state _unused_)
{
	wake(add_task(100, &any_cpu));
	react();
	assert_int_equal(policy.nr_rounds, 0);
	for (u32 i = 0; i < 10; i++) {
		sim.curr[0]->p.scx.slice = 0;
		schedule(0);
		react();
	}
	assert_int_equal(policy.nr_rounds, 0);
}

#define on_machine(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_machine(test_idle_cpu),
		on_machine(test_goes_to_user),
		on_machine(test_stays_in_kernel),
		on_machine(test_scheduler_elsewhere),
		on_machine(test_scheduler_comes_first),
		on_machine(test_scheduler_preempted),
		on_machine(test_too_many_in_user),
		on_machine(test_comes_back),
		on_machine(test_stale),
		on_machine(test_slots),
		on_machine(test_broken_ring),
		on_machine(test_asks),
		on_machine(test_enough_is_ready),
		on_machine(test_half_is_ready),
		on_machine(test_shares_with_idle_cpu),
		on_machine(test_goes_on),
		on_machine(test_two_queues),
		on_machine(test_quicker_cpu),
		on_machine(test_yield_pays_slice),
		on_machine(test_preempted),
		on_machine(test_rest_of_slice),
		on_machine(test_made_light),
		on_machine(test_first_run_is_not_its_life),
		on_machine(test_sleeper),
		on_machine(test_equal_shares),
		on_machine(test_alone),
		on_machine(test_light_tasks),
		on_machine(test_weights),
		on_machine(test_weights_batch_1),
		on_machine(test_pinned_among_others),
		on_machine(test_nobody_starves),
		on_machine(test_many),
		on_machine(test_quiet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
