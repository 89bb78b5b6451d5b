// SPDX-License-Identifier: GPL-2.0-only
/*
 * scx_central: one CPU decides for all when a task has to give way; the others need no tick.
 *
 * Every task runs with an infinite slice. The kernel then keeps no tick on a CPU that may go
 * without (nohz_full=), and nothing interrupts what runs there, such as the CPU of a virtual
 * machine, until there is a reason. The reasons are the central CPU's business: while some
 * task waits, a timer that is pinned to it goes off whenever the slice of some running task
 * is over. Then the central CPU looks for the first waiting task that may run there, compares
 * the two by weighted virtual time, and either hands the waiting one over, into the local DSQ
 * of that CPU, and kicks the CPU; or counts another slice for the one that runs. That is the
 * one interrupt the CPU sees, and its next task is there already when it takes it.
 *
 * What interrupts nobody is left to the CPU concerned: one that runs out of work takes the
 * first waiting task itself, as it is in the scheduler anyway; asking the central CPU would
 * cost two interrupts and the time until they have arrived. A task that wakes goes straight
 * to an idle CPU; if there is none it is put on the books of the central CPU, so that
 * no other one is interrupted for the wakeup.
 *
 * Tasks wait in one queue for all, or in a queue of their CPU if they may run nowhere else:
 * pinned tasks, and those the kernel does not let migrate now. So nobody has to search past
 * them. Both are ordered by vtime (scx/vtime_clock.bpf.h). A search for a CPU passes over at
 * most 64 tasks that may not run there. Beyond, the central CPU kicks the CPU, and the
 * kernel, which searches to the end, finds its task.
 *
 * Example: two CPUs, the central one is 0, slice 20 ms. The hogs A on CPU 0 and B on CPU 1 have
 * run alone for seconds: no timer, no tick. Now C wakes. No CPU is idle, so it waits, and CPU 0
 * is kicked to arm the timer, which goes off at once: both slices are over long since. C has
 * had less than A, so it is handed over to CPU 0, and A waits. B is compared with A a
 * millisecond later, and is given another slice, as A has had no less. 20 ms after C began the
 * timer goes off again, and A, which has waited meanwhile, replaces C; and so on until nobody
 * waits any more, when the timer is not armed again.
 *
 * A task preempted by a higher class is not left waiting for its CPU, but queued again. Where
 * the central CPU itself has been taken by a higher class, the timer runs wherever the
 * waiting task was noticed, until the central CPU runs one of ours again.
 *
 * Good for: virtual machine hosts, HPC and other long computations on CPUs with nohz_full=.
 * Bad at: some hundred CPUs or more (the timer looks at each), several caches or nodes (one
 * queue for all), latency beside CPU hogs (a task that wakes waits for the end of a slice).
 * Weights hold among tasks that compete for the same CPUs, not across separate sets of CPUs.
 * Assumes: that the central CPU is not one of those that are to be left alone.
 */
#include <scx/common.bpf.h>
#include <scx/vtime_clock.bpf.h>

#include "scx_central.h"

char _license[] SEC("license") = "GPL";

#define SHARED_DSQ (1ULL << 32)   /* the queues of the CPUs have the CPUs' numbers */
#define LOOK_MIN_NS (1000 * 1000) /* from one look to the next */
/* how late a look may be: what a task has run beyond that, nobody else wanted */
#define LOOK_LATE_NS (4 * LOOK_MIN_NS)
#define NO_CPU (~0U)

SCX_CONF(scx_central_conf) = {
	.slice_ns = 20 * 1000 * 1000,
	.central_cpu = CENTRAL_CPU_AUTO,
};

/*
 * The task of ours that a CPU runs. Written by that CPU, and by the central one to count
 * another slice; read by the central one without a lock: if the CPU switches at that moment,
 * a slice becomes too long or too short.
 */
struct run {
	u64 began_at; /* 0: there is none */
	u64 vtime;    /* when it began */
	u64 slice_end;
	u32 weight;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, u32);
	__type(value, struct run);
	__uint(max_entries, 1);
} runs SEC(".maps");

struct central_timer {
	struct bpf_timer timer;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, u32);
	__type(value, struct central_timer);
	__uint(max_entries, 1);
} timers SEC(".maps");

/* volatile, or the verifier would follow every single round of a search */
static volatile u32 search_max = 64;

/*
 * Who lets a task wait writes "wanted" and then reads "timer_cpu"; the timer that is about
 * to end writes "timer_cpu" and then reads "wanted": one of the two sees the other.
 */
static u32 wanted;             /* since the last look a task has begun to wait */
static u32 timer_cpu = NO_CPU; /* where the timer was armed */

/* The task that waits for a CPU and has had least. */
struct first {
	u64 dsq_id;
	u64 vtime;
};

static u64 local_dsq_of(s32 cpu)
{
	return scx_value(scx_dsq_id_flags, SCX_DSQ_LOCAL_ON) | (u32)cpu;
}

static u32 nr_in(u64 dsq_id)
{
	s32 nr = scx_bpf_dsq_nr_queued(dsq_id);

	return nr > 0 ? nr : 0;
}

/* In all queues from which @cpu takes tasks. */
static u32 nr_waiting_for(s32 cpu)
{
	return nr_in(local_dsq_of(cpu)) + nr_in(cpu);
}

static struct run *run_of(s32 cpu)
{
	u32 zero = 0;
	struct run *r = bpf_map_lookup_percpu_elem(&runs, &zero, cpu);

	if (!r)
		scx_bpf_error("no record of what CPU %d runs", cpu);
	return r;
}

static void begin_run(struct run *r, u64 vtime, u64 now)
{
	vtime_advance(vtime);
	r->vtime = vtime;
	r->slice_end = now + vtime_turn(conf.slice_ns, r->weight);
	r->began_at = now ?: 1;
}

/* What the task has had, with the time it has been running now. */
static u64 vtime_after(const struct run *r, u64 now)
{
	u64 wanted_ns = vtime_turn(conf.slice_ns, r->weight) + LOOK_LATE_NS;
	u64 used = now - r->began_at;

	if ((s64)used < 0)
		used = 0;
	return r->vtime + vtime_cost(used < wanted_ns ? used : wanted_ns, r->weight);
}

static void kick(s32 cpu)
{
	scx_bpf_kick_cpu(cpu, scx_value(scx_kick_flags, SCX_KICK_PREEMPT));
}

static bool is_central(void)
{
	return bpf_get_smp_processor_id() == (u32)conf.central_cpu;
}

static bool is_idle(s32 cpu)
{
	const struct task_struct *curr;
	bool idle;

	bpf_rcu_read_lock();
	curr = scx_bpf_cpu_curr(cpu);
	idle = curr && curr->pid == 0;
	bpf_rcu_read_unlock();
	return idle;
}

/* Arms the timer on this CPU. */
static void start_timer(u64 delay_ns)
{
	u32 zero = 0;
	struct central_timer *t = bpf_map_lookup_elem(&timers, &zero);

	if (!t)
		return;
	timer_cpu = bpf_get_smp_processor_id();
	if (bpf_timer_start(&t->timer, delay_ns, is_central() ? BPF_F_TIMER_CPU_PIN : 0))
		scx_bpf_error("cannot arm the timer on CPU %d", timer_cpu);
}

/* On the central CPU: arms the timer if somebody asked for it, or has it armed elsewhere. */
static void answer_call(void)
{
	if (is_central() && timer_cpu != (u32)conf.central_cpu && (wanted || timer_cpu != NO_CPU))
		start_timer(0);
}

/* A task has to wait, and the central CPU must know. */
static void call_central(void)
{
	const struct run *r;

	__sync_lock_test_and_set(&wanted, 1);
	if (timer_cpu != NO_CPU)
		return;
	r = run_of(conf.central_cpu);
	if (!is_central() && r && (r->began_at || is_idle(conf.central_cpu)))
		kick(conf.central_cpu); /* it will answer_call() */
	else
		start_timer(0);
}

/*
 * Who is to run on @cpu next? False: nobody waits for it. The searches are functions of their
 * own to the verifier, not static ones, or it would follow them from every place they are
 * called from, in every round of the loops there. So they do not rely on the callers' RCU lock.
 */
__noinline bool find_first(s32 cpu, struct first *ret)
{
	u32 most = search_max, left = most;
	struct task_struct *p;
	bool found = false;

	if (!ret)
		return false;
	bpf_rcu_read_lock();
	bpf_for_each(scx_dsq, p, cpu, 0) {
		*ret = (struct first){.dsq_id = cpu, .vtime = p->scx.dsq_vtime};
		found = true;
		break;
	}
	bpf_for_each(scx_dsq, p, SHARED_DSQ, 0) {
		bool fits = bpf_cpumask_test_cpu(cpu, p->cpus_ptr);

		if (found && vtime_before(ret->vtime, p->scx.dsq_vtime))
			break;
		if (!fits && --left > 0)
			continue;
		/* not before this one, if the search ends without a result */
		*ret = (struct first){.dsq_id = SHARED_DSQ, .vtime = p->scx.dsq_vtime};
		found = true;
		break;
	}
	bpf_rcu_read_unlock();
	stat_add(CENTRAL_MISMATCH, most - left);
	if (left == 0)
		stat_inc(CENTRAL_OVERFLOW);
	return found;
}

/* Gives @prev, which @cpu has been running, another slice; it pays only if others wait. */
static void go_on(s32 cpu, struct task_struct *prev, bool contested)
{
	struct run *r = run_of(cpu);
	u64 now = scx_bpf_now();

	if (!r)
		return;
	if (contested)
		begin_run(r, vtime_admit(vtime_after(r, now), conf.slice_ns), now);
	else
		begin_run(r, vtime_admit_alone(r->vtime, conf.slice_ns), now);
	scx_bpf_task_set_dsq_vtime(prev, r->vtime);
	scx_bpf_task_set_slice(prev, scx_value(scx_public_consts, SCX_SLICE_INF));
}

/* The turn of @first has come before that of the task @r has been running until @now. */
static bool is_due(const struct first *first, const struct run *r, u64 now)
{
	return vtime_before(first->vtime, vtime_admit(vtime_after(r, now), conf.slice_ns));
}

#include "scx_central_look.bpf.h"

s32 SCX_OP(central_select_cpu, struct task_struct *p, s32 prev_cpu, u64 wake_flags)
{
	/* not to the CPU of a waker that is said to sleep soon: it may as well go on */
	u64 flags = wake_flags & ~scx_value(scx_wake_flags, SCX_WAKE_SYNC);
	bool found = false;
	s32 cpu = scx_bpf_select_cpu_dfl(p, prev_cpu, flags, &found);

	if (found || !bpf_cpumask_test_cpu(conf.central_cpu, p->cpus_ptr))
		return cpu;
	return conf.central_cpu;
}

/* What runs on one CPU only on behalf of it, such as its softirqs, must not wait there. */
static bool is_urgent(const struct task_struct *p, u64 enq_flags)
{
	return (p->flags & PF_KTHREAD) && p->nr_cpus_allowed == 1 &&
	       (enq_flags & scx_value(scx_enq_flags, SCX_ENQ_WAKEUP));
}

static void insert_local(struct task_struct *p, u64 enq_flags)
{
	stat_inc(CENTRAL_LOCAL);
	scx_bpf_task_set_dsq_vtime(p, vtime_admit_alone(p->scx.dsq_vtime, conf.slice_ns));
	scx_bpf_dsq_insert(p, scx_value(scx_dsq_id_flags, SCX_DSQ_LOCAL),
			   scx_value(scx_public_consts, SCX_SLICE_INF), enq_flags);
}

static void insert_queue(struct task_struct *p, u64 dsq_id, u64 enq_flags)
{
	scx_bpf_dsq_insert_vtime(p, dsq_id, scx_value(scx_public_consts, SCX_SLICE_INF),
				 vtime_admit(p->scx.dsq_vtime, conf.slice_ns), enq_flags);
}

void SCX_OP(central_enqueue, struct task_struct *p, u64 enq_flags)
{
	s32 cpu = scx_bpf_task_cpu(p);
	s32 idle_cpu;

	stat_inc(CENTRAL_TOTAL);
	if (is_urgent(p, enq_flags)) {
		insert_local(p, enq_flags | scx_value(scx_enq_flags, SCX_ENQ_PREEMPT));
		return;
	}
	/* the kernel holds the lock of the CPU's queue: what it runs does not change now */
	if (is_idle(cpu) && !nr_in(local_dsq_of(cpu))) {
		insert_local(p, enq_flags);
		return;
	}
	if (p->nr_cpus_allowed == 1 || is_migration_disabled(p)) {
		insert_queue(p, cpu, enq_flags);
		call_central();
		return;
	}
	insert_queue(p, SHARED_DSQ, enq_flags);
	idle_cpu = scx_bpf_pick_idle_cpu(p->cpus_ptr, 0);
	if (idle_cpu >= 0)
		scx_bpf_kick_cpu(idle_cpu, scx_value(scx_kick_flags, SCX_KICK_IDLE));
	else
		call_central();
}

/* Fills the local DSQ of @cpu, from @dsq_id if possible. */
static bool take(s32 cpu, u64 dsq_id)
{
	u64 other = dsq_id == SHARED_DSQ ? (u64)cpu : SHARED_DSQ;

	return scx_bpf_dsq_move_to_local(dsq_id, 0) || scx_bpf_dsq_move_to_local(other, 0);
}

/* The task that @cpu has been running is ahead of what it has had, compared with @first. */
static bool has_had_enough(s32 cpu, const struct first *first)
{
	const struct run *r = run_of(cpu);

	return !r || is_due(first, r, scx_bpf_now());
}

void SCX_OP(central_dispatch, s32 cpu, struct task_struct *prev)
{
	bool runnable = prev && (prev->scx.flags & scx_value(scx_ent_flags, SCX_TASK_QUEUED));
	struct first first = {};
	bool contested;

	answer_call();
	contested = find_first(cpu, &first);
	if (contested && (!runnable || has_had_enough(cpu, &first)) && take(cpu, first.dsq_id))
		return;
	if (runnable)
		go_on(cpu, prev, contested);
}

void SCX_OP(central_running, struct task_struct *p)
{
	s32 cpu = scx_bpf_task_cpu(p);
	struct run *r = run_of(cpu);

	if (!r)
		return;
	r->weight = p->scx.weight;
	begin_run(r, p->scx.dsq_vtime, scx_bpf_now());
	answer_call();
	/* behind it, or missed by the call for them */
	if (timer_cpu == NO_CPU && nr_waiting_for(cpu) + nr_in(SHARED_DSQ) > 0)
		call_central();
}

/*
 * A task that stops with its slice left has been driven out by a higher class. It is queued
 * again rather than left waiting for this CPU; on older kernels from ops.cpu_release().
 */
void SCX_OP(central_stopping, struct task_struct *p, bool runnable)
{
	struct run *r = run_of(scx_bpf_task_cpu(p));

	if (!r || !r->began_at)
		return;
	scx_bpf_task_set_dsq_vtime(p, vtime_after(r, scx_bpf_now()));
	r->began_at = 0;
	if (scx_can_reenqueue_anywhere() && runnable && p->scx.slice)
		scx_bpf_reenqueue_local();
}

/* Pays at least a whole turn, or it would be first in line again at once. */
bool SCX_OP(central_yield, struct task_struct *from, struct task_struct *to)
{
	struct run *r = run_of(scx_bpf_task_cpu(from));
	u64 turn_ns, now = scx_bpf_now();

	/* to give the CPU to somebody in particular is not supported */
	if (to || !r)
		return false;
	turn_ns = vtime_turn(conf.slice_ns, r->weight);
	if (now - r->began_at < turn_ns)
		r->began_at = now - turn_ns;
	scx_bpf_task_set_slice(from, 0);
	return true;
}

void SCX_OP(central_cpu_release, s32 cpu, struct scx_cpu_release_args *args)
{
	scx_bpf_reenqueue_local();
}

void SCX_OP(central_enable, struct task_struct *p)
{
	vtime_enable(p);
}

static s32 init_timer(void)
{
	u32 zero = 0;
	struct central_timer *t = bpf_map_lookup_elem(&timers, &zero);
	s32 r;

	if (!t)
		return -ENOENT;
	r = bpf_timer_init(&t->timer, &timers, CLOCK_MONOTONIC);
	return r ?: bpf_timer_set_callback(&t->timer, look);
}

s32 SCX_OP_SLEEPABLE(central_init)
{
	s32 r = scx_bpf_create_dsq(SHARED_DSQ, NUMA_NO_NODE);
	u32 cpu;

	if (r < 0)
		return r;
	bpf_for(cpu, 0, scx_bpf_nr_cpu_ids()) {
		r = scx_bpf_create_dsq(cpu, NUMA_NO_NODE);
		if (r < 0)
			return r;
	}
	return init_timer();
}

void SCX_OP(central_exit, struct scx_exit_info *info)
{
	scx_report_exit(info);
}

SEC(".struct_ops.link")
struct sched_ext_ops central_ops = {
	.select_cpu = (void *)central_select_cpu,
	.enqueue = (void *)central_enqueue,
	.dispatch = (void *)central_dispatch,
	.running = (void *)central_running,
	.stopping = (void *)central_stopping,
	.yield = (void *)central_yield,
	.cpu_release = (void *)central_cpu_release,
	.enable = (void *)central_enable,
	.init = (void *)central_init,
	.exit = (void *)central_exit,
	/* without these flags the kernel puts such tasks into local DSQs behind our back */
	.flags = SCX_OPS_ENQ_EXITING | SCX_OPS_ENQ_MIGRATION_DISABLED,
	.name = "central",
};
