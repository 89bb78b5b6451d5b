// SPDX-License-Identifier: GPL-2.0-only
/*
 * scx_flatcg: CPU time for cgroups by cpu.weight, with the tree of cgroups flattened.
 *
 * The share of the machine that is due to a cgroup is the product, over the levels above it, of
 * its weight divided by the weights of all siblings in which some task wants CPU time. With these
 * products all cgroups that have tasks compete at one level: each has a virtual time, which is
 * the CPU time its tasks have used divided by its share, and a CPU runs the one that is furthest
 * behind of those that have a task for it. However deep the tree is, a decision costs the same.
 * Inside a cgroup, tasks wait in a DSQ ordered by their own weighted vtime.
 *
 * Example: the root has A (weight 100) and D (200), A has B (100) and C (100), and each of B, C
 * and D has more hogs than there are CPUs. D gets 200/300 of the machine, B and C 100/300 * 100/200
 * = 1/6 each: 3 ms of CPU cost D 4.5 ms of virtual time, B and C 18 ms. When C sleeps, B is
 * alone in A and due to 1/3 from that moment on. A changed weight also counts at once: shares
 * are made anew when a generation number has changed.
 *
 * A run is paid for in advance with a whole slice, so that other CPUs see that the cgroup is being
 * served, and settled with the time that was measured, wherever and however the task was
 * placed: straight on an idle CPU, pinned, or with less than a slice. The tasks a cgroup has
 * beside child cgroups, as the root has, count as one more child.
 *
 * The clock is the furthest virtual time at which any cgroup has begun to run. One that slept can
 * make up for what it missed in the last few slices, no more. A task that wakes takes the CPU it
 * was on from a cgroup that is more than a slice of virtual time ahead of its own; without
 * that it waits for the end of a slice, which comes at a tick of the kernel.
 *
 * Good for: hosts of containers and services, where weights are to mean something whatever is
 * inside. Bad at: hundreds of cgroups that wait at the same time (each decision looks at all of
 * them); many caches or nodes (a task runs wherever there is room). What flattening costs: of
 * many cgroups that wake at once below a parent of little weight, each gets its first slice,
 * which may be more than the parent is due to. Cgroups confined to CPUs that are more crowded
 * than the others share these by turns, not by weight: their claims grow beyond any limit.
 *
 * It assumes nothing of the machine. Weights are followed down to a slice in five seconds, since
 * the kernel takes a task that waits for thirty as a fault of the scheduler.
 */
#include <scx/common.bpf.h>

#include <scx/storage.bpf.h>

#include "scx_flatcg.h"

char _license[] SEC("license") = "GPL";

SCX_CONF(scx_flatcg_conf) = {
	.slice_ns = 3 * 1000 * 1000,
	.root_weight = SCX_WEIGHT_DFL,
	/* what is not zero here is no special case for the verifier */
	.nr_places = 64,
	.nr_cpus = 1,
};

#include "scx_flatcg_group.bpf.h"

#include "scx_flatcg_cgroup.bpf.h"
#include "scx_flatcg_queue.bpf.h"

struct task_ctx {
	u64 group_id;  /* the place may have a new tenant already */
	u64 run_start; /* sum_exec_runtime up to which it has paid */
	s64 prepaid;   /* virtual time its cgroup has paid for the run it is in */
	u32 place;     /* of its cgroup */
	u32 weight;    /* what of it is in the cgroup's task_weights */
	u8 waiting;    /* counted in nr_waiting */
	u8 running;
	u8 yielded;
};

/* What runs on a CPU. */
struct cpu_ctx {
	u64 share; /* of the cgroup when the run began; 0: no task of ours runs */
	u64 vtime; /* of the cgroup then */
	u64 since; /* when that was */
	u32 place; /* of the cgroup */
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct task_ctx);
} tasks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, u32);
	__type(value, struct cpu_ctx);
	__uint(max_entries, 1);
} cpus SEC(".maps");

/*
 * The cgroup of @p, and its context in *ret; NULL if it is gone, which before 7.3 can happen while
 * the last of its tasks is dying.
 */
static struct group *group_of(struct task_struct *p, struct task_ctx **ret)
{
	struct task_ctx *t = bpf_task_storage_get(&tasks, p, NULL, 0);
	struct group *g = t ? group_at(t->place) : NULL;

	*ret = t;
	return g && g->id == t->group_id ? g : NULL;
}

/* The slot of any CPU: callbacks may run on another one than the task. */
static struct cpu_ctx *cpu_at(s32 cpu)
{
	u32 zero = 0;

	return bpf_map_lookup_percpu_elem(&cpus, &zero, cpu);
}

/*
 * @p of @g runs from here on. The group pays for the whole slice, so that other CPUs see at once
 * that it has got one; what was not used is given back at the end.
 */
static void begin_run(struct task_struct *p, struct task_ctx *t, struct group *g)
{
	struct cpu_ctx *c = cpu_at(scx_bpf_task_cpu(p));
	u64 share = share_of(g);

	limit_claim(g);
	advance(&vtime_now, g->vtime);
	if (c) {
		c->place = t->place;
		c->since = scx_bpf_now();
		c->vtime = g->vtime;
		c->share = share;
	}
	t->running = true;
	t->run_start = p->se.sum_exec_runtime;
	t->prepaid = charge(g, cost(conf.slice_ns, share));
	if (!conf.fifo)
		advance(&g->task_clock, p->scx.dsq_vtime);
}

/* What is still to be paid if the run of @p ends here; negative: what is given back. */
static s64 rest_to_pay(const struct task_struct *p, const struct task_ctx *t, struct group *g)
{
	return cost(p->se.sum_exec_runtime - t->run_start, share_of(g)) - t->prepaid;
}

/* The vtime of @p inside its group if the run it is in ends here. */
static u64 task_vtime(const struct task_struct *p, const struct task_ctx *t)
{
	u64 used = p->se.sum_exec_runtime - t->run_start;

	/* or it would be first in line again at once */
	if (t->yielded && used < conf.slice_ns)
		used = conf.slice_ns;
	return p->scx.dsq_vtime + vtime_cost(used, p->scx.weight);
}

static void end_run(struct task_struct *p, struct task_ctx *t, struct group *g)
{
	charge(g, rest_to_pay(p, t, g));
	if (!conf.fifo)
		scx_bpf_task_set_dsq_vtime(p, task_vtime(p, t));
	t->running = false;
	t->yielded = false;
}

/* @p is put into the queue of its group, from where it is taken when it runs. */
static void begin_wait(struct task_ctx *t, struct group *g)
{
	/* the kernel has moved it to another CPU while it waited */
	if (t->waiting)
		return;
	t->waiting = true;
	add_waiting(g, t->place);
}

static void end_wait(struct task_ctx *t, struct group *g)
{
	if (!t->waiting)
		return;
	t->waiting = false;
	remove_waiting(g, t->place);
}

/* A task of @g waits that may run on @cpu, and its turn comes before @vtime's. */
static bool is_due_before(s32 cpu, const struct group *g, u64 vtime)
{
	struct task_struct *p;

	bpf_for_each(scx_dsq, p, g->id, 0)
		if (may_run_on(cpu, p))
			return conf.fifo || !vtime_before(vtime, p->scx.dsq_vtime);
	return false;
}

/*
 * The group of @prev, whose slice is over, goes on. @prev is not in the queue: without the
 * comparison, two tasks would take turns whatever their weights.
 */
static void go_on(s32 cpu, struct task_struct *prev, struct task_ctx *t, struct group *g)
{
	if (is_due_before(cpu, g, task_vtime(prev, t)) && scx_bpf_dsq_move_to_local(g->id, 0)) {
		stat_inc(FLATCG_SAME);
		return;
	}
	stat_inc(FLATCG_KEPT);
	end_run(prev, t, g);
	scx_bpf_task_set_slice(prev, conf.slice_ns);
	begin_run(prev, t, g);
}

/* Whether the group on @cpu has got further than @g by more than a slice. */
static bool should_preempt(s32 cpu, const struct task_ctx *t, const struct group *g)
{
	struct cpu_ctx *c = cpu_at(cpu);
	u64 reached;
	s64 ran;

	if (!c || !c->share || c->place == t->place)
		return false;
	/* another CPU's clock may be a bit behind */
	ran = scx_bpf_now() - c->since;
	reached = c->vtime + cost(ran > 0 ? ran : 0, c->share);
	return vtime_before(limited(g->vtime) + conf.slice_ns, reached);
}

/* Lets an idle CPU look for work, if there is one that @p may run on. */
static bool wake_idle_cpu(const struct task_struct *p)
{
	s32 cpu = scx_bpf_pick_idle_cpu(p->cpus_ptr, 0);

	if (cpu < 0)
		return false;
	scx_bpf_kick_cpu(cpu, scx_value(scx_kick_flags, SCX_KICK_IDLE));
	return true;
}

/*
 * How far ahead of the clock of its group a task may be: where that would mean a wait of more
 * than MAX_WAIT_NS, weights cannot be followed.
 */
static u64 task_lead_max(struct group *g)
{
	s64 weights = g->task_weights;
	/* CPU time the group gets in MAX_WAIT_NS; in two steps, or it would not fit into 64 bits */
	u64 due = machine_time(MAX_WAIT_NS) / 4096 * share_of(g) / (WHOLE / 4096);

	return vtime_cost(conf.slice_ns + due, weights > 0 ? weights : 1);
}

/* The vtime @p waits with: near enough to that of the others in its group. */
static u64 queue_vtime(const struct task_struct *p, struct group *g)
{
	s64 lead = p->scx.dsq_vtime - g->task_clock, max;

	if (lead < -(s64)conf.slice_ns)
		return g->task_clock - conf.slice_ns;
	if (lead <= 0)
		return p->scx.dsq_vtime;
	max = task_lead_max(g);
	return lead > max ? g->task_clock + max : p->scx.dsq_vtime;
}

s32 SCX_OP(flatcg_select_cpu, struct task_struct *p, s32 prev_cpu, u64 wake_flags)
{
	bool is_idle = false;
	s32 cpu = scx_bpf_select_cpu_dfl(p, prev_cpu, wake_flags, &is_idle);

	if (is_idle) {
		stat_inc(FLATCG_LOCAL);
		scx_bpf_dsq_insert(p, scx_value(scx_dsq_id_flags, SCX_DSQ_LOCAL), conf.slice_ns, 0);
	}
	return cpu;
}

void SCX_OP(flatcg_enqueue, struct task_struct *p, u64 enq_flags)
{
	struct task_ctx *t;
	struct group *g = group_of(p, &t);

	if (!g) {
		scx_bpf_error("task %d has no cgroup", p->pid);
		return;
	}
	stat_inc(FLATCG_QUEUED);
	begin_wait(t, g);
	if (conf.fifo)
		scx_bpf_dsq_insert(p, g->id, conf.slice_ns, enq_flags);
	else
		scx_bpf_dsq_insert_vtime(p, g->id, conf.slice_ns, queue_vtime(p, g), enq_flags);
	if (wake_idle_cpu(p) || !(enq_flags & scx_value(scx_enq_flags, SCX_ENQ_WAKEUP)))
		return;
	if (should_preempt(scx_bpf_task_cpu(p), t, g)) {
		stat_inc(FLATCG_PREEMPTED);
		scx_bpf_kick_cpu(scx_bpf_task_cpu(p), scx_value(scx_kick_flags, SCX_KICK_PREEMPT));
	}
}

void SCX_OP(flatcg_dispatch, s32 cpu, struct task_struct *prev)
{
	struct group *own = NULL, *g;
	struct task_ctx *t = NULL;
	u32 failed = NO_PLACE, place;

	if (prev && (prev->scx.flags & scx_value(scx_ent_flags, SCX_TASK_QUEUED)))
		own = group_of(prev, &t);
	if (own && !t->running)
		own = NULL;
	bpf_repeat(4) {
		struct choice best = {.place = NO_PLACE};

		if (own) {
			best.place = t->place;
			best.vtime = own->vtime + rest_to_pay(prev, t, own);
		}
		place = choose(cpu, &best, failed);
		if (own && place == t->place) {
			go_on(cpu, prev, t, own);
			return;
		}
		g = group_at(place);
		if (!g) {
			stat_inc(FLATCG_NONE);
			return;
		}
		if (scx_bpf_dsq_move_to_local(g->id, 0)) {
			stat_inc(FLATCG_NEXT);
			return;
		}
		stat_inc(FLATCG_LOST);
		failed = place;
	}
}

void SCX_OP(flatcg_runnable, struct task_struct *p, u64 enq_flags)
{
	struct task_ctx *t;
	struct group *g = group_of(p, &t);

	if (!g)
		return;
	t->weight = p->scx.weight;
	if (__sync_fetch_and_add(&g->task_weights, t->weight) == 0) {
		stat_inc(FLATCG_ACTIVE);
		limit_claim(g);
		change_sum(g, conf.root_weight);
	}
}

void SCX_OP(flatcg_running, struct task_struct *p)
{
	struct task_ctx *t;
	struct group *g = group_of(p, &t);

	if (!g)
		return;
	end_wait(t, g);
	begin_run(p, t, g);
}

void SCX_OP(flatcg_stopping, struct task_struct *p, bool runnable)
{
	struct task_ctx *t;
	struct group *g = group_of(p, &t);
	struct cpu_ctx *c = cpu_at(scx_bpf_task_cpu(p));

	if (c)
		c->share = 0;
	if (g && t->running)
		end_run(p, t, g);
}

void SCX_OP(flatcg_quiescent, struct task_struct *p, u64 deq_flags)
{
	struct task_ctx *t;
	struct group *g = group_of(p, &t);

	if (!g)
		return;
	end_wait(t, g);
	if (__sync_fetch_and_sub(&g->task_weights, t->weight) == t->weight) {
		stat_inc(FLATCG_INACTIVE);
		change_sum(g, -conf.root_weight);
	}
}

bool SCX_OP(flatcg_yield, struct task_struct *from, struct task_struct *to)
{
	struct task_ctx *t;

	if (to || !group_of(from, &t))
		return false;
	t->yielded = true;
	scx_bpf_task_set_slice(from, 0);
	return true;
}

void SCX_OP(flatcg_enable, struct task_struct *p)
{
	struct task_ctx *t;
	struct group *g = group_of(p, &t);

	if (g)
		scx_bpf_task_set_dsq_vtime(p, g->task_clock);
}

static s32 join(struct task_ctx *t, struct cgroup *cgrp)
{
	u32 place = place_of(cgrp);
	struct group *g = group_at(place);

	if (!g)
		return -ENOENT;
	t->place = place;
	t->group_id = g->id;
	return 0;
}

s32 SCX_OP_SLEEPABLE(flatcg_init_task, struct task_struct *p, struct scx_init_task_args *args)
{
	struct task_ctx *t = task_storage_new(&tasks, p, NULL);
	s32 r;

	if (!t)
		return -ENOMEM;
	/* for the verifier: the kernel keeps the cgroup anyhow */
	bpf_rcu_read_lock();
	r = join(t, args->cgroup);
	bpf_rcu_read_unlock();
	return r;
}

/* The task is neither running nor waiting in the meantime. */
void SCX_OP(flatcg_cgroup_move, struct task_struct *p, struct cgroup *from, struct cgroup *to)
{
	struct task_ctx *t;
	struct group *g = group_of(p, &t);
	s64 lead = g ? p->scx.dsq_vtime - g->task_clock : 0;

	if (!t || join(t, to)) {
		scx_bpf_error("no place for task %d in cgroup %llu", p->pid, to->kn->id);
		return;
	}
	stat_inc(FLATCG_MOVED);
	g = group_of(p, &t);
	/* it is as far ahead of the others as before, or behind */
	if (g)
		scx_bpf_task_set_dsq_vtime(p, g->task_clock + lead);
}

void SCX_OP(flatcg_exit, struct scx_exit_info *info)
{
	scx_report_exit(info);
}

SEC(".struct_ops.link")
struct sched_ext_ops flatcg_ops = {
	.select_cpu = (void *)flatcg_select_cpu,
	.enqueue = (void *)flatcg_enqueue,
	.dispatch = (void *)flatcg_dispatch,
	.runnable = (void *)flatcg_runnable,
	.running = (void *)flatcg_running,
	.stopping = (void *)flatcg_stopping,
	.quiescent = (void *)flatcg_quiescent,
	.yield = (void *)flatcg_yield,
	.enable = (void *)flatcg_enable,
	.init_task = (void *)flatcg_init_task,
	.cgroup_init = (void *)flatcg_cgroup_init,
	.cgroup_exit = (void *)flatcg_cgroup_exit,
	.cgroup_move = (void *)flatcg_cgroup_move,
	.cgroup_set_weight = (void *)flatcg_cgroup_set_weight,
	.cgroup_set_idle = (void *)flatcg_cgroup_set_idle,
	.dump = (void *)flatcg_dump,
	.exit = (void *)flatcg_exit,
	.flags = SCX_OPS_ENQ_MIGRATION_DISABLED | SCX_OPS_HAS_CGROUP_WEIGHT,
	.name = "flatcg",
};
