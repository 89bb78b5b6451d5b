// SPDX-License-Identifier: GPL-2.0-only
/*
 * scx_qmap: five FIFO queues by weight, served 1 : 2 : 4 : 8 : 16; and faults on purpose.
 *
 * It is the regression scheduler of this project and of the kernels it runs on: it uses as much of
 * sched_ext as one policy can, and fails in every way a scheduler can fail, when it is told to.
 *
 * A task waits in the queue of its level, which follows its weight (level 0: nice 7 and above, 1:
 * nice 4 to 6, 2: nice -3 to 3, 3: nice -4 to -6, 4: nice -7 and below). Each CPU goes through the
 * levels and serves their queues: level 0 until its tasks have run for one slice altogether, level
 * 1 for two, then four, eight and sixteen, and again from level 0. A level whose queue is empty
 * loses its turn; one that has had too much, as a slice is not cut short, has that much less next
 * time. A task whose slice is over stands behind those in its queue, so it runs on by itself if
 * there are none and its level's turn is not over.
 *
 * Example: five CPU hogs on a machine with one CPU, one on each level, slice 20 ms. The one on
 * level 0 runs for 20 ms, the next for 40, 80, 160 and 320 ms: of every 620 ms a hog of nice 0 gets
 * 80 and one of nice -10 gets 320. With a second hog on level 4 the two take turns in the 320 ms.
 *
 * The queues are rings of pids in BPF memory, not DSQs. With DSQs this file would be half as long,
 * but it is what tasks in the hands of a BPF program need that this scheduler tests: ops.dequeue()
 * at any time, insertion from ops.dispatch(), lookup by pid, insertions the kernel has to ignore.
 * scx_qmap_queue.bpf.h says how pids are made safe.
 *
 * A task that is drawn goes to the DSQ shared by all CPUs, because its mask may not allow the CPU
 * that has drawn it; every CPU looks there first, and an idle one that the mask does allow is
 * woken. With -H, tasks of nice -20 wait in no queue at all but in a DSQ of their own. Whichever
 * CPU looks for work next takes one of them, with two slices, and sends those it may not run to
 * CPUs that may, where they preempt; so does a timer each second, should no CPU look for work.
 *
 * Good for: testing the loader, the watchdog, dumps and kernels; learning sched_ext.
 * Bad at: everything a machine is for. All CPUs share five locks and a DSQ; a task may wait for a
 * whole round; and tasks bound to a CPU lose their order when other CPUs draw them.
 */
#include <scx/common.bpf.h>

#include <scx/storage.bpf.h>
#include <scx/topology.bpf.h>

#include "scx_qmap.h"

char _license[] SEC("license") = "GPL";

#define SHARED_DSQ 0
#define HIGHPRI_DSQ 1

#define HIGHPRI_WEIGHT 8668 /* nice -20 */
#define MAX_DRAWS 32        /* in vain, at a level's turn */
#define MAX_DEBT 4          /* rounds a level can have run too long */
#define PERF_ONE 1024       /* the full performance of a CPU */
#define NS_PER_SEC 1000000000ULL

SCX_CONF(scx_qmap_conf) = {
	.slice_ns = 20 * 1000 * 1000,
	.batch = 1,
	.end_after = 1000,
};

#include "scx_qmap_faults.bpf.h"
#include "scx_qmap_queue.bpf.h"

/* a power of two lets the verifier see that an index is good */
#define LEVEL_SLOTS 8

struct cpu_ctx {
	s64 left[LEVEL_SLOTS]; /* ns each level may run, negative if it has run too long */
	u32 level;             /* whose turn it is */
	u32 drawn;             /* tasks put into the shared DSQ since one was last taken */
	u32 avg_weight;
	u32 perf_target;
	bool is_offline; /* or about to be */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, u32);
	__type(value, struct cpu_ctx);
	__uint(max_entries, 1);
} cpus SEC(".maps");

struct wakeup {
	struct bpf_timer timer;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, u32);
	__type(value, struct wakeup);
	__uint(max_entries, 1);
} wakeups SEC(".maps");

/* orders the DSQ of boosted tasks */
static u64 nr_boosted;

/* since the scheduler was loaded */
static s32 nr_gone_offline;

/* too large for the stack */
static struct scx_events events;

static struct cpu_ctx *cpu_ctx_of(s32 cpu)
{
	u32 zero = 0;

	return bpf_map_lookup_percpu_elem(&cpus, &zero, cpu);
}

static u32 level_of(u32 weight)
{
	if (weight <= 25)
		return 0;
	if (weight <= 50)
		return 1;
	if (weight < 200)
		return 2;
	return weight < 400 ? 3 : 4;
}

static bool is_runnable(const struct task_struct *p)
{
	return p && (p->scx.flags & scx_value(scx_ent_flags, SCX_TASK_QUEUED));
}

static bool is_highpri(const struct task_struct *p)
{
	return conf.highpri && p->scx.weight >= HIGHPRI_WEIGHT;
}

static u64 local_dsq_of(s32 cpu)
{
	return scx_value(scx_dsq_id_flags, SCX_DSQ_LOCAL_ON) | (u32)cpu;
}

/* Whether @p may be sent to @cpu at this moment. */
static bool may_use(const struct task_struct *p, s32 cpu)
{
	if (is_migration_disabled(p))
		return cpu == scx_bpf_task_cpu(p);
	return bpf_cpumask_test_cpu(cpu, p->cpus_ptr);
}

/* An idle CPU for @p, which counts as busy from here on; negative if there is none. */
static s32 claim_idle_cpu(const struct task_struct *p)
{
	s32 cpu = scx_bpf_task_cpu(p);

	if (may_use(p, cpu) && scx_bpf_test_and_clear_cpu_idle(cpu))
		return cpu;
	return is_migration_disabled(p) ? -EBUSY : scx_bpf_pick_idle_cpu(p->cpus_ptr, 0);
}

/* Kernel threads of one CPU are part of the kernel's machinery: others wait for them. */
static bool is_cpu_kthread(const struct task_struct *p)
{
	return p->nr_cpus_allowed == 1 && (p->flags & PF_KTHREAD);
}

/* The CPU @p need not wait for; negative if there is none. */
static s32 pick_cpu(const struct task_struct *p)
{
	return is_cpu_kthread(p) ? scx_bpf_task_cpu(p) : claim_idle_cpu(p);
}

/* Where @p stands from here on: behind everyone who waits in the queue of its level. */
static void set_place(const struct task_struct *p, struct task_ctx *task)
{
	u32 level = level_of(p->scx.weight);
	const struct queue *q = queue_of(level);

	task->level = level;
	if (q)
		task->position = q->end;
}

/* Wakes an idle CPU other than @cpu that may run @p. */
static void wake_cpu_for(const struct task_struct *p, s32 cpu)
{
	s32 idle = claim_idle_cpu(p);

	if (idle >= 0 && idle != cpu)
		scx_bpf_kick_cpu(idle, scx_value(scx_kick_flags, SCX_KICK_IDLE));
}

s32 SCX_OP(qmap_select_cpu, struct task_struct *p, s32 prev_cpu, u64 wake_flags)
{
	struct task_ctx *task = task_ctx_of(p);
	s32 cpu = pick_cpu(p);

	if (cpu < 0)
		return prev_cpu;
	if (task)
		task->is_picked = true;
	return cpu;
}

/* Inserts @p where it need not wait, if there is such a place. */
static bool insert_at_once(struct task_struct *p, struct task_ctx *task, u64 enq_flags)
{
	s32 cpu;

	if (task->is_picked) {
		task->is_picked = false;
		scx_bpf_dsq_insert(p, scx_value(scx_dsq_id_flags, SCX_DSQ_LOCAL), conf.slice_ns,
				   enq_flags);
		return true;
	}
	if (scx_is_cpu_selected(p, enq_flags))
		return false;
	cpu = pick_cpu(p);
	if (cpu < 0)
		return false;
	stat_inc(QMAP_ENQ_DDSP);
	scx_bpf_dsq_insert(p, local_dsq_of(cpu), conf.slice_ns, enq_flags);
	return true;
}

/* Any CPU may take @p from here. */
static void insert_shared(struct task_struct *p, u64 enq_flags)
{
	scx_bpf_dsq_insert(p, SHARED_DSQ, conf.slice_ns, enq_flags);
	wake_cpu_for(p, -1);
}

void SCX_OP(qmap_enqueue, struct task_struct *p, u64 enq_flags)
{
	struct task_ctx *task = task_ctx_of(p);

	if (!task) {
		scx_bpf_error("enqueue of task %d, which has not been initialized", p->pid);
		return;
	}
	leave_queue(task);
	if (is_dropped(p) || (is_end_due(p) && end_with(p))) {
		stat_inc(QMAP_DROPPED);
		return;
	}
	set_place(p, task);
	if (enq_flags & scx_value(scx_enq_flags, SCX_ENQ_REENQ))
		stat_inc(QMAP_REENQ);
	if (insert_at_once(p, task, enq_flags))
		return;
	if (is_highpri(p)) {
		scx_bpf_dsq_insert_vtime(p, HIGHPRI_DSQ, conf.slice_ns, count(&nr_boosted),
					 enq_flags);
	} else if (enq_flags & scx_value(scx_enq_flags, SCX_ENQ_REENQ)) {
		/* it has waited for its turn already */
		insert_shared(p, enq_flags);
	} else if (queue_push(task, p)) {
		stat_inc(QMAP_ENQ);
	} else {
		stat_inc(QMAP_FULL);
		insert_shared(p, enq_flags);
	}
}

/* Newer kernels call it for tasks we have dispatched, too; those have given their ticket away. */
void SCX_OP(qmap_dequeue, struct task_struct *p, u64 deq_flags)
{
	struct task_ctx *task = task_ctx_of(p);

	if (!task || !leave_queue(task))
		return;
	stat_inc(QMAP_DEQ);
	if (deq_flags & scx_value(scx_deq_flags, SCX_DEQ_CORE_SCHED_EXEC))
		stat_inc(QMAP_CORE);
}

#include "scx_qmap_serve.bpf.h"

/* The kernel lets @prev run on if it gets no other task. That is as good as a new turn. */
static void go_on(struct task_struct *prev, struct task_ctx *task)
{
	scx_bpf_task_set_slice(prev, conf.slice_ns);
	set_place(prev, task);
}

void SCX_OP(qmap_dispatch, s32 cpu, struct task_struct *prev)
{
	struct task_ctx *task = is_runnable(prev) ? task_ctx_of(prev) : NULL;
	struct cpu_ctx *cpuc = cpu_ctx_of(cpu);

	if (!cpuc) {
		scx_bpf_error("dispatch on CPU %d, which is not possible", cpu);
		return;
	}
	if (task)
		charge(cpuc, prev, task);
	if (conf.highpri && serve_boosted(cpu))
		return;
	if (scx_bpf_dsq_move_to_local(SHARED_DSQ, 0))
		return;
	if (is_looping())
		dispatch_in_vain();
	else if (!serve_queues(cpu, cpuc, prev) && task)
		go_on(prev, task);
}

/* The heavier the tasks have been of late, the faster the CPU shall be. */
void SCX_OP(qmap_tick, struct task_struct *p)
{
	s32 cpu = scx_bpf_task_cpu(p);
	struct cpu_ctx *cpuc = cpu_ctx_of(cpu);

	if (!cpuc)
		return;
	cpuc->avg_weight = cpuc->avg_weight * 3 / 4 + p->scx.weight / 4;
	cpuc->perf_target = level_of(cpuc->avg_weight) * PERF_ONE / (NR_LEVELS - 1);
	scx_bpf_cpuperf_set(cpu, cpuc->perf_target);
}

void SCX_OP(qmap_running, struct task_struct *p)
{
	struct task_ctx *task = task_ctx_of(p);
	struct queue *q = task ? queue_of(task->level) : NULL;

	if (!q)
		return;
	task->paid_until = p->se.sum_exec_runtime;
	/* two CPUs may set it back by some positions, which the next task to run makes up */
	if (vtime_before(q->running, task->position))
		q->running = task->position;
}

/*
 * A task that is stopped with a part of its slice left has been driven out by a higher class, and
 * those behind it on this CPU would have to wait for it. Where they can be enqueued again from
 * here they are; ops.cpu_release() does it on older kernels.
 */
void SCX_OP(qmap_stopping, struct task_struct *p, bool runnable)
{
	struct cpu_ctx *cpuc = cpu_ctx_of(scx_bpf_task_cpu(p));
	struct task_ctx *task = task_ctx_of(p);

	if (cpuc && task)
		charge(cpuc, p, task);
	if (scx_can_reenqueue_anywhere() && runnable && p->scx.slice)
		scx_bpf_reenqueue_local();
}

void SCX_OP(qmap_cpu_release, s32 cpu, struct scx_cpu_release_args *args)
{
	scx_bpf_reenqueue_local();
}

/*
 * Rounds through the levels until a task is due by its place in its queue, times 16; negative if
 * it has been overtaken, by the more the higher its level is.
 */
static s64 rounds_until_due(struct task_struct *p)
{
	const struct task_ctx *task = task_ctx_of(p);
	const struct queue *q = task ? queue_of(task->level) : NULL;
	s64 ahead;

	if (!q)
		return 0;
	ahead = task->position - q->running;
	return ahead >= 0 ? ahead << (NR_LEVELS - 1 - task->level) : ahead * (1 << task->level);
}

bool SCX_OP(qmap_core_sched_before, struct task_struct *a, struct task_struct *b)
{
	return scx_core_sched_answer(rounds_until_due(a) < rounds_until_due(b));
}

s32 SCX_OP_SLEEPABLE(qmap_init_task, struct task_struct *p, struct scx_init_task_args *args)
{
	struct task_ctx *task;

	/* the kernel takes no other answer than yes for a fork */
	if (conf.disallow_tgid && p->tgid == conf.disallow_tgid && !args->fork)
		p->scx.disallow = true;
	task = task_storage_new(&tasks, p, NULL);
	if (!task)
		return -ENOMEM;
	task->ticket = NO_TICKET;
	return 0;
}

#include "scx_qmap_report.bpf.h"

/* With these two a CPU that comes or goes is no reason for the kernel to end the scheduler. */
void SCX_OP(qmap_cpu_online, s32 cpu)
{
	struct cpu_ctx *cpuc = cpu_ctx_of(cpu);

	if (cpuc && cpuc->is_offline) {
		cpuc->is_offline = false;
		nr_gone_offline--;
	}
	print_cpus(-1);
}

void SCX_OP(qmap_cpu_offline, s32 cpu)
{
	struct cpu_ctx *cpuc = cpu_ctx_of(cpu);

	if (cpuc) {
		cpuc->is_offline = true;
		nr_gone_offline++;
	}
	rescue_stranded(SHARED_DSQ);
	rescue_stranded(HIGHPRI_DSQ);
	print_cpus(cpu);
}

/* Those bound to it that are still in the queues have to be drawn by others, who may be idle. */
static void wake_all_cpus(void)
{
	s32 cpu;

	bpf_for(cpu, 0, (s32)topo.nr_cpu_ids)
		scx_bpf_kick_cpu(cpu, scx_value(scx_kick_flags, SCX_KICK_IDLE));
}

static int on_timer(void *map, u32 *key, struct wakeup *wakeup)
{
	/* 6.12 thinks the callback may sleep because qmap_init() may */
	bpf_rcu_read_lock();
	if (conf.highpri)
		serve_boosted(-1);
	/* ops.cpu_offline() cannot see what other CPUs are about to insert */
	if (nr_gone_offline)
		rescue_stranded(SHARED_DSQ);
	if (conf.print_shared)
		print_shared();
	bpf_rcu_read_unlock();
	if (nr_gone_offline)
		wake_all_cpus();
	sample_perf();
	sample_events();
	bpf_timer_start(&wakeup->timer, NS_PER_SEC, 0);
	return 0;
}

static s32 start_timer(void)
{
	u32 zero = 0;
	struct wakeup *wakeup = bpf_map_lookup_elem(&wakeups, &zero);
	s32 r;

	if (!wakeup)
		return -ESRCH;
	r = bpf_timer_init(&wakeup->timer, &wakeups, CLOCK_MONOTONIC);
	if (r < 0)
		return r;
	bpf_timer_set_callback(&wakeup->timer, on_timer);
	return bpf_timer_start(&wakeup->timer, NS_PER_SEC, 0);
}

s32 SCX_OP_SLEEPABLE(qmap_init)
{
	s32 r;

	if (conf.end == QMAP_END_INIT)
		return -ECANCELED;
	print_cpus(-1);
	r = scx_bpf_create_dsq(SHARED_DSQ, NUMA_NO_NODE);
	if (r == 0)
		r = scx_bpf_create_dsq(HIGHPRI_DSQ, NUMA_NO_NODE);
	return r < 0 ? r : start_timer();
}

void SCX_OP(qmap_exit, struct scx_exit_info *info)
{
	scx_report_exit(info);
}

SEC(".struct_ops.link")
struct sched_ext_ops qmap_ops = {
	.select_cpu = (void *)qmap_select_cpu,
	.enqueue = (void *)qmap_enqueue,
	.dequeue = (void *)qmap_dequeue,
	.dispatch = (void *)qmap_dispatch,
	.tick = (void *)qmap_tick,
	.running = (void *)qmap_running,
	.stopping = (void *)qmap_stopping,
	.core_sched_before = (void *)qmap_core_sched_before,
	.cpu_release = (void *)qmap_cpu_release,
	.init_task = (void *)qmap_init_task,
	.dump = (void *)qmap_dump,
	.dump_cpu = (void *)qmap_dump_cpu,
	.dump_task = (void *)qmap_dump_task,
	.cpu_online = (void *)qmap_cpu_online,
	.cpu_offline = (void *)qmap_cpu_offline,
	.init = (void *)qmap_init,
	.exit = (void *)qmap_exit,
	.timeout_ms = 5000,
	.name = "qmap",
};
