/* SPDX-License-Identifier: GPL-2.0-only */
/* How a CPU that looks for work gets it: boosted tasks first, then the queues in turn. */
#pragma once

/* A CPU for a boosted task that cannot run where it was found. */
static s32 other_cpu_for(const struct task_struct *p)
{
	s32 cpu = -EBUSY;

	if (!is_migration_disabled(p))
		cpu = scx_bpf_pick_any_cpu(p->cpus_ptr, 0);
	return cpu < 0 ? scx_bpf_task_cpu(p) : cpu;
}

/*
 * Gives the boosted tasks to CPUs, the first that may run here to @cpu, which is negative for
 * nowhere: true if it did. Each is looked at once.
 */
static bool serve_boosted(s32 cpu)
{
	struct task_struct *p;

	bpf_for_each(scx_dsq, p, HIGHPRI_DSQ, 0) {
		bool is_here = cpu >= 0 && may_use(p, cpu);
		u64 enq_flags = is_here ? 0 : scx_value(scx_enq_flags, SCX_ENQ_PREEMPT);
		s32 target = is_here ? cpu : other_cpu_for(p);

		scx_bpf_dsq_move_set_slice(SCX_DSQ_ITER, 2 * conf.slice_ns);
		if (!scx_bpf_dsq_move(SCX_DSQ_ITER, p, local_dsq_of(target), enq_flags)) {
			stat_inc(QMAP_EXP_LOST);
			continue;
		}
		if (is_here) {
			stat_inc(QMAP_EXP_LOCAL);
			return true;
		}
		stat_inc(cpu < 0 ? QMAP_EXP_TIMER : QMAP_EXP_REMOTE);
	}
	return false;
}

/*
 * A CPU on its way offline looks into none of our DSQs any more, but it waits for the tasks that
 * are bound to it: they have to go where the kernel itself looks.
 */
static bool is_stranded(const struct task_struct *p)
{
	const struct cpu_ctx *cpuc = cpu_ctx_of(scx_bpf_task_cpu(p));

	return cpuc && cpuc->is_offline;
}

/* Draws one task of the level whose turn it is into the shared DSQ. */
static bool draw(s32 cpu, struct cpu_ctx *cpuc)
{
	struct task_struct *p = queue_draw(cpuc->level);

	if (!p)
		return false;
	stat_inc(QMAP_DSP);
	if (is_stranded(p)) {
		scx_bpf_dsq_insert(p, scx_value(scx_dsq_id_flags, SCX_DSQ_GLOBAL), conf.slice_ns,
				   0);
		scx_bpf_kick_cpu(scx_bpf_task_cpu(p), 0);
	} else {
		scx_bpf_dsq_insert(p, SHARED_DSQ, conf.slice_ns, 0);
		/* the first that is drawn is taken by this CPU if it may */
		if (cpuc->drawn || !may_use(p, cpu))
			wake_cpu_for(p, cpu);
	}
	bpf_task_release(p);
	cpuc->drawn++;
	return true;
}

static void rescue_stranded(u64 dsq_id)
{
	struct task_struct *p;

	bpf_for_each(scx_dsq, p, dsq_id, 0) {
		if (!is_stranded(p))
			continue;
		scx_bpf_dsq_move(SCX_DSQ_ITER, p, scx_value(scx_dsq_id_flags, SCX_DSQ_GLOBAL), 0);
		scx_bpf_kick_cpu(scx_bpf_task_cpu(p), 0);
	}
}

static bool take_drawn(struct cpu_ctx *cpuc)
{
	if (!cpuc->drawn)
		return false;
	cpuc->drawn = 0;
	return scx_bpf_dsq_move_to_local(SHARED_DSQ, 0);
}

enum outcome {
	NOT_SERVED,
	SERVED,
	PREV_GOES_ON,
};

/* Draws from the queue of the level whose turn it is, until there is a task for this CPU. */
static enum outcome serve_level(s32 cpu, struct cpu_ctx *cpuc, const struct task_struct *prev)
{
	bpf_repeat(MAX_DRAWS) {
		if (!draw(cpu, cpuc))
			break;
		if (cpuc->drawn < conf.batch && scx_bpf_dispatch_nr_slots())
			continue;
		if (take_drawn(cpuc))
			return SERVED;
	}
	if (is_runnable(prev) && level_of(prev->scx.weight) == cpuc->level)
		return take_drawn(cpuc) ? SERVED : PREV_GOES_ON;
	return NOT_SERVED;
}

static s64 budget_of(u32 level)
{
	return conf.slice_ns << level;
}

static s64 *left_of(struct cpu_ctx *cpuc, u32 level)
{
	return &cpuc->left[level % LEVEL_SLOTS];
}

static void next_level(struct cpu_ctx *cpuc)
{
	u32 level = cpuc->level + 1;

	/* not by the remainder, of which 6.12 knows no bounds */
	if (level >= NR_LEVELS)
		level = 0;
	cpuc->level = level;
	*left_of(cpuc, level) += budget_of(level);
}

/* One task for @cpu out of the queues; false if @prev goes on, or there is nothing to do. */
static bool serve_queues(s32 cpu, struct cpu_ctx *cpuc, const struct task_struct *prev)
{
	u32 nr_empty = 0;
	s32 i;

	cpuc->drawn = 0;
	/* a level that has run too long is passed until that is paid, even if it is alone */
	bpf_for(i, 0, (MAX_DEBT + 1) * NR_LEVELS + 1) {
		s64 *left = left_of(cpuc, cpuc->level);
		enum outcome outcome;

		if (*left <= 0) {
			nr_empty = 0;
			next_level(cpuc);
			continue;
		}
		outcome = serve_level(cpu, cpuc, prev);
		if (outcome == SERVED)
			return true;
		if (outcome == PREV_GOES_ON || ++nr_empty == NR_LEVELS)
			break;
		*left = 0;
		next_level(cpuc);
	}
	return take_drawn(cpuc);
}

/* Charges the level of @p, which runs or has just run on the CPU of @cpuc, up to this moment. */
static void charge(struct cpu_ctx *cpuc, const struct task_struct *p, struct task_ctx *task)
{
	s64 *left = left_of(cpuc, task->level);

	*left -= p->se.sum_exec_runtime - task->paid_until;
	task->paid_until = p->se.sum_exec_runtime;
	if (*left < -MAX_DEBT * budget_of(task->level))
		*left = -MAX_DEBT * budget_of(task->level);
}
