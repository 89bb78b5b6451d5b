// SPDX-License-Identifier: GPL-2.0-only
/*
 * scx_userland: an ordinary process decides who runs next.
 *
 * A task that wants a CPU while none is idle is handed to the scheduler process through a
 * ring buffer. The process gives it a vtime, the CPU time it has had divided by its weight,
 * keeps all such tasks in that order, and sends back the first few through a second ring.
 * Here they wait for a CPU in a queue ordered by vtime. What is here is a window on the
 * order in user space: at most "batch" tasks, so that a CPU need not wait for the process
 * every time, and few, so that what is decided is decided late.
 *
 * Example, batch 2, one CPU: A runs, C and D (vtimes 40 and 50 ms) wait here, E and F (60,
 * 70) in user space. A's slice of 20 ms ends at vtime 45: C, who is first here, is before
 * it, so C runs, and A goes to user space. One task is left here, half a batch, and
 * user space has some, so it is asked for more; it wakes up for A anyway. The process gets a
 * CPU before anybody else, finds that A (45) comes before E, and sends it: A and D wait here.
 * Had A ended at 35 it would have gone on, as it was before all others.
 *
 * The danger of the thing is to wait for the process while the process waits:
 * - The process itself is known by a mark in its task storage, made before the start. It never
 *   goes to user space; it has a queue of its own, which every CPU looks at first.
 * - What it may wait for does not go to user space either: no kernel thread does, so its page
 *   faults and its I/O come to an end. It locks its memory nevertheless, allocates nothing
 *   while it schedules, and never writes to who might wait for it (see process.c).
 * - Nothing is lost between the two. The process says how many tasks it has kept, then looks
 *   how many wait here; a CPU says how many wait here, then looks how many the process has
 *   kept. Whoever comes second sees what the other has said, and acts.
 * - A task may be gone, or wait for another reason, when it is sent back: "seq" tells.
 * - If a task still gets no CPU for too long, the kernel's watchdog ends the scheduler.
 *
 * The clock, and why light tasks have short turns, is explained in scx/vtime_clock.bpf.h.
 *
 * Tasks that may not run everywhere stay in the kernel, too: user space would fill the
 * window with tasks for one CPU, and the others would find nothing. They and kernel
 * threads wait in a second queue here, ordered by the same vtime; a CPU takes from the two
 * queues whoever is first, so shares follow weights across both.
 *
 * Good for: trying out policies in an ordinary program; a pattern to copy.
 * Bad at: speed (each decision costs two switches to the process and back), latency beside CPU
 * hogs (nothing is preempted, not even for the process), many CPUs (one thread, one queue).
 */
#include <scx/common.bpf.h>

#include <scx/dsq.bpf.h>
#include <scx/storage.bpf.h>
#include <scx/vtime_clock.bpf.h>

#include "scx_userland.h"

char _license[] SEC("license") = "GPL";

enum userland_dsq {
	SCHEDULER_DSQ, /* the scheduler process */
	KERNEL_DSQ,    /* who never goes to user space, by vtime */
	READY_DSQ,     /* whom user space has sent, by vtime */
};

SCX_CONF(scx_userland_conf) = {
	.batch = 8,
};

struct userland_shared shared SEC(".bss.shared");

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct userland_task);
} tasks SEC(".maps");

/* of struct userland_waiting; with room for requests besides all the tasks */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 32768);
} to_user SEC(".maps");

/* of struct userland_ready; user space makes it fit a batch */
struct {
	__uint(type, BPF_MAP_TYPE_USER_RINGBUF);
	__uint(max_entries, 65536);
} to_kernel SEC(".maps");

static u64 nr_in_user;     /* tasks handed over and not taken back */
static bool can_hand_over; /* the scheduler process is one of our tasks */

static struct userland_task *state_of(struct task_struct *p)
{
	struct userland_task *t = bpf_task_storage_get(&tasks, p, NULL, 0);

	if (!t)
		scx_bpf_error("nothing is known of task %d", p->pid);
	return t;
}

static u64 turn_of(const struct task_struct *p)
{
	return vtime_turn(USERLAND_SLICE_NS, p->scx.weight);
}

/* ns of CPU @p, which runs, has to pay for besides what it owes. */
static u64 unbooked(const struct task_struct *p, const struct userland_task *t)
{
	u64 turn = turn_of(p);

	/* a task restarted with a rest of its slice had less; one made light since, more */
	if (t->granted < turn)
		turn = t->granted;
	return vtime_charge(p->se.sum_exec_runtime - t->started_at, turn, p->scx.slice);
}

/* From now on @p runs, at its present vtime, and CPU time is counted for it. */
static void begin_run(const struct task_struct *p, struct userland_task *t)
{
	t->started_at = p->se.sum_exec_runtime;
	t->granted = p->scx.slice;
	vtime_advance(t->vtime);
	shared.vtime_now = vtime_now;
}

/* The vtime of @p once it has paid for @owes ns. */
static u64 vtime_after(const struct task_struct *p, const struct userland_task *t, u64 owes)
{
	return t->vtime + vtime_cost(owes, p->scx.weight);
}

/* @p owes nothing any more, and is at @vtime. */
static void settle(struct userland_task *t, u64 vtime)
{
	t->vtime = vtime;
	t->owes = 0;
}

/* Lets @p pay, who is at most one slice behind the clock then. */
static void pay(const struct task_struct *p, struct userland_task *t)
{
	settle(t, vtime_admit(vtime_after(p, t, t->owes), USERLAND_SLICE_NS));
}

static bool may_run_everywhere(const struct task_struct *p)
{
	const struct cpumask *online = scx_bpf_get_online_cpumask();
	bool r = bpf_cpumask_subset(online, p->cpus_ptr);

	scx_bpf_put_cpumask(online);
	return r && !is_migration_disabled(p);
}

static bool goes_to_user(const struct task_struct *p)
{
	return can_hand_over && !(p->flags & PF_KTHREAD) && may_run_everywhere(p);
}

/* Wakes the scheduler process unless it is awake. */
static bool tell_user(struct userland_waiting *w)
{
	return bpf_ringbuf_output(&to_user, w, sizeof(*w), 0) == 0;
}

/* false: there are too many in user space already */
static bool hand_over(const struct task_struct *p, const struct userland_task *t)
{
	struct userland_waiting w = {
		.vtime = t->vtime,
		.used = t->owes,
		.seq = t->seq,
		.pid = p->pid,
		.weight = p->scx.weight,
	};

	if (__sync_fetch_and_add(&nr_in_user, 1) < USERLAND_WAITING_MAX && tell_user(&w))
		return true;
	__sync_fetch_and_sub(&nr_in_user, 1);
	return false;
}

static void wake_idle_cpu(struct task_struct *p)
{
	s32 cpu = scx_bpf_pick_idle_cpu(p->cpus_ptr, 0);

	if (cpu >= 0)
		scx_bpf_kick_cpu(cpu, scx_value(scx_kick_flags, SCX_KICK_IDLE));
}

/* Puts @p into the queue of those user space has sent. false: it no longer waits for that. */
static bool make_ready(struct task_struct *p, const struct userland_ready *r)
{
	struct userland_task *t = bpf_task_storage_get(&tasks, p, NULL, 0);

	if (!t || t->seq != r->seq)
		return false;
	settle(t, r->vtime);
	return scx_bpf_dsq_insert_vtime(p, READY_DSQ, turn_of(p), t->vtime, 0);
}

/* Takes one task from user space; 1 if that must be the last for now. */
static long take(struct bpf_dynptr *record, void *unused)
{
	struct userland_ready r;
	struct task_struct *p;

	if (bpf_dynptr_read(&r, sizeof(r), record, 0, 0)) {
		scx_bpf_error("a record from user space is too short");
		return 1;
	}
	shared.taken++; /* one CPU at a time is here */
	__sync_fetch_and_sub(&nr_in_user, 1);
	p = bpf_task_from_pid(r.pid);
	if (!p || !make_ready(p, &r))
		stat_inc(USERLAND_STALE);
	if (p)
		bpf_task_release(p);
	return scx_bpf_dispatch_nr_slots() == 0;
}

/* Somebody in queue @dsq_id who may run on @cpu comes before one of @vtime. */
static bool has_earlier(u64 dsq_id, s32 cpu, u64 vtime)
{
	u64 first;

	return dsq_first_vtime(dsq_id, cpu, &first) && !vtime_before(vtime, first);
}

static bool is_alone(s32 cpu)
{
	u64 first;

	return !nr_in_user && !dsq_first_vtime(READY_DSQ, cpu, &first) &&
	       !dsq_first_vtime(KERNEL_DSQ, cpu, &first);
}

/* The vtime at which @p, running on @cpu, may go on; false if another one's turn has come. */
static bool next_turn(s32 cpu, const struct task_struct *p, const struct userland_task *t, u64 *ret)
{
	if (is_alone(cpu)) {
		*ret = vtime_admit_alone(vtime_after(p, t, t->owes), USERLAND_SLICE_NS);
		return true;
	}
	*ret = vtime_admit(vtime_after(p, t, t->owes + unbooked(p, t)), USERLAND_SLICE_NS);
	return !has_earlier(READY_DSQ, cpu, *ret) && !has_earlier(KERNEL_DSQ, cpu, *ret);
}

/* Gives @prev, whose slice is over, another one if it comes before all who could run here. */
static bool goes_on(s32 cpu, struct task_struct *prev)
{
	struct userland_task *t;
	u64 vtime;

	if (!prev || !(prev->scx.flags & scx_value(scx_ent_flags, SCX_TASK_QUEUED)))
		return false;
	t = state_of(prev);
	if (!t || !next_turn(cpu, prev, t, &vtime))
		return false;
	settle(t, vtime);
	scx_bpf_task_set_slice(prev, turn_of(prev));
	begin_run(prev, t);
	return true;
}

/* Moves whoever is first in either queue to @cpu. */
static void take_first(s32 cpu)
{
	u64 ready, kernel;
	bool is_ready = dsq_first_vtime(READY_DSQ, cpu, &ready);
	bool is_kernel = dsq_first_vtime(KERNEL_DSQ, cpu, &kernel);
	u64 first =
		is_ready && !(is_kernel && vtime_before(kernel, ready)) ? READY_DSQ : KERNEL_DSQ;

	/* another CPU may have been quicker; what the other queue has is better than nothing */
	if (!scx_bpf_dsq_move_to_local(first, 0))
		scx_bpf_dsq_move_to_local(first == READY_DSQ ? KERNEL_DSQ : READY_DSQ, 0);
}

/* Tells user space how many wait here: that many. */
static u64 publish_ready(void)
{
	u64 ready = scx_bpf_dsq_nr_queued(READY_DSQ);

	/* a full barrier between this and a look at shared.held; user space has one the other way
	 */
	(void)__sync_lock_test_and_set(&shared.ready, ready);
	return ready;
}

/* Asks user space for more if there is little left, and shares what there is with idle CPUs. */
static void look_ahead(void)
{
	struct userland_waiting request = {};
	struct task_struct *p;

	if (publish_ready() <= conf.batch / 2 && shared.held && !shared.asked) {
		shared.asked = 1;
		tell_user(&request);
	}
	bpf_for_each(scx_dsq, p, READY_DSQ, 0) {
		wake_idle_cpu(p);
		break;
	}
}

/* An idle CPU takes @p: there is nothing to decide. */
static void pass(struct task_struct *p)
{
	struct userland_task *t = state_of(p);

	if (!t)
		return;
	stat_inc(USERLAND_IDLE);
	settle(t, vtime_admit_alone(vtime_after(p, t, t->owes), USERLAND_SLICE_NS));
	scx_bpf_dsq_insert(p, scx_value(scx_dsq_id_flags, SCX_DSQ_LOCAL), turn_of(p), 0);
}

s32 SCX_OP(userland_select_cpu, struct task_struct *p, s32 prev_cpu, u64 wake_flags)
{
	bool is_idle = false;
	s32 cpu = scx_bpf_select_cpu_dfl(p, prev_cpu, wake_flags, &is_idle);

	if (is_idle)
		pass(p);
	return cpu;
}

void SCX_OP(userland_enqueue, struct task_struct *p, u64 enq_flags)
{
	struct userland_task *t = state_of(p);

	if (!t)
		return;
	t->seq++;
	if (t->is_scheduler) {
		scx_bpf_dsq_insert(p, SCHEDULER_DSQ, USERLAND_SLICE_NS, enq_flags);
		wake_idle_cpu(p);
		return;
	}
	if (!goes_to_user(p)) {
		stat_inc(USERLAND_KERNEL);
	} else if (hand_over(p, t)) {
		stat_inc(USERLAND_USER);
		return;
	} else {
		stat_inc(USERLAND_FAILED);
	}
	pay(p, t);
	scx_bpf_dsq_insert_vtime(p, KERNEL_DSQ, turn_of(p), t->vtime, enq_flags);
	wake_idle_cpu(p);
}

void SCX_OP(userland_dispatch, s32 cpu, struct task_struct *prev)
{
	long r = bpf_user_ringbuf_drain(&to_kernel, take, NULL, BPF_RB_NO_WAKEUP);

	/* busy is the ring if another CPU does the same */
	if (r < 0 && r != -EBUSY)
		scx_bpf_error("the ring from user space is broken: %ld", r);
	/* this also puts whom we took into their queue */
	if (scx_bpf_dsq_move_to_local(SCHEDULER_DSQ, 0)) {
		(void)publish_ready();
		return;
	}
	/* if nothing is moved, the kernel lets @prev run on */
	if (!goes_on(cpu, prev))
		take_first(cpu);
	look_ahead();
}

void SCX_OP(userland_running, struct task_struct *p)
{
	struct userland_task *t = state_of(p);

	if (!t)
		return;
	t->seq++;
	pay(p, t);
	begin_run(p, t);
}

void SCX_OP(userland_stopping, struct task_struct *p, bool runnable)
{
	struct userland_task *t = state_of(p);

	if (!t)
		return;
	t->owes += unbooked(p, t);
	/*
	 * A task that loses its CPU to a higher class does not wait for that one: without a slice
	 * it goes through ops.enqueue(). The scheduler process must not wait at all.
	 */
	if (runnable && p->scx.slice)
		scx_bpf_task_set_slice(p, 0);
}

void SCX_OP(userland_enable, struct task_struct *p)
{
	struct userland_task *t = state_of(p);

	if (!t)
		return;
	settle(t, vtime_now);
	if (t->is_scheduler)
		can_hand_over = true;
}

void SCX_OP(userland_disable, struct task_struct *p)
{
	struct userland_task *t = state_of(p);

	if (!t)
		return;
	t->seq++;
	/* who schedules the process now may let it wait for one of our tasks */
	if (t->is_scheduler)
		can_hand_over = false;
}

s32 SCX_OP_SLEEPABLE(userland_init_task, struct task_struct *p, struct scx_init_task_args *args)
{
	/* that of the scheduler process is there already */
	return task_storage_new(&tasks, p, NULL) ? 0 : -ENOMEM;
}

s32 SCX_OP_SLEEPABLE(userland_init)
{
	s32 r = scx_bpf_create_dsq(SCHEDULER_DSQ, NUMA_NO_NODE);

	if (r == 0)
		r = scx_bpf_create_dsq(KERNEL_DSQ, NUMA_NO_NODE);
	if (r == 0)
		r = scx_bpf_create_dsq(READY_DSQ, NUMA_NO_NODE);
	return r;
}

void SCX_OP(userland_exit, struct scx_exit_info *info)
{
	scx_report_exit(info);
}

SEC(".struct_ops.link")
struct sched_ext_ops userland_ops = {
	.select_cpu = (void *)userland_select_cpu,
	.enqueue = (void *)userland_enqueue,
	.dispatch = (void *)userland_dispatch,
	.running = (void *)userland_running,
	.stopping = (void *)userland_stopping,
	.enable = (void *)userland_enable,
	.disable = (void *)userland_disable,
	.init_task = (void *)userland_init_task,
	.init = (void *)userland_init,
	.exit = (void *)userland_exit,
	.name = "userland",
};
