/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What scx_qmap tells of itself: gauges and the kernel's events as statistics, the state in the
 * kernel's debug dump, CPUs and the shared DSQ on the trace pipe. Nothing here changes anything: a
 * dump can be asked for, by SysRq-D, of a scheduler that goes on.
 */
#pragma once

#define DUMPED_PIDS 32 /* of each queue; the kernel's room for the dump is limited */
#define CPUS_PER_LINE 64

/* One quantity over the online CPUs. */
struct span {
	u32 min;
	u32 max;
	u64 sum;
};

static void widen(struct span *span, u32 value)
{
	if (value < span->min)
		span->min = value;
	if (value > span->max)
		span->max = value;
	span->sum += value;
}

static void sample_perf(void)
{
	struct span current = {.min = ~0U}, target = {.min = ~0U};
	const struct cpumask *online = scx_bpf_get_online_cpumask();
	u32 nr = bpf_cpumask_weight(online);
	s32 cpu;

	bpf_for(cpu, 0, (s32)topo.nr_cpu_ids) {
		const struct cpu_ctx *cpuc = cpu_ctx_of(cpu);

		if (!cpuc || !bpf_cpumask_test_cpu(cpu, online))
			continue;
		widen(&current, scx_bpf_cpuperf_cur(cpu) * scx_bpf_cpuperf_cap(cpu) / PERF_ONE);
		widen(&target, cpuc->perf_target);
	}
	scx_bpf_put_cpumask(online);
	if (!nr)
		return;
	stat_set(QMAP_CUR_MIN, current.min);
	stat_set(QMAP_CUR_AVG, current.sum / nr);
	stat_set(QMAP_CUR_MAX, current.max);
	stat_set(QMAP_TARGET_MIN, target.min);
	stat_set(QMAP_TARGET_AVG, target.sum / nr);
	stat_set(QMAP_TARGET_MAX, target.max);
}

#define SAMPLE_EVENT(name) stat_set(QMAP_EV_##name, scx_event(&events, SCX_EV_##name))

static void sample_events(void)
{
	scx_bpf_events(&events);
	SAMPLE_EVENT(SELECT_CPU_FALLBACK);
	SAMPLE_EVENT(DISPATCH_LOCAL_DSQ_OFFLINE);
	SAMPLE_EVENT(DISPATCH_KEEP_LAST);
	SAMPLE_EVENT(ENQ_SKIP_EXITING);
	SAMPLE_EVENT(ENQ_SKIP_MIGRATION_DISABLED);
	SAMPLE_EVENT(REENQ_REPEAT);
	SAMPLE_EVENT(REFILL_SLICE_DFL);
	SAMPLE_EVENT(BYPASS_DURATION);
	SAMPLE_EVENT(BYPASS_DISPATCH);
	SAMPLE_EVENT(BYPASS_ACTIVATE);
	SAMPLE_EVENT(INSERT_NOT_OWNED);
}

/* From the last to the first. */
static void print_shared(void)
{
	struct task_struct *p;
	u32 place = scx_bpf_dsq_nr_queued(SHARED_DSQ);

	bpf_for_each(scx_dsq, p, SHARED_DSQ, scx_value(scx_dsq_iter_flags, SCX_DSQ_ITER_REV))
		bpf_printk("shared %u: %s[%d]", place--, p->comm, p->pid);
}

/* O is online, x is not or is @leaving; CPUs that are not possible are left blank. */
static void print_cpu_line(s32 first, s32 leaving)
{
	const struct cpumask *possible = scx_bpf_get_possible_cpumask();
	const struct cpumask *online = scx_bpf_get_online_cpumask();
	char line[CPUS_PER_LINE + 1] = {};
	s32 i;

	bpf_for(i, 0, CPUS_PER_LINE) {
		s32 cpu = first + i;

		if (!bpf_cpumask_test_cpu(cpu, possible))
			line[i] = ' ';
		else
			line[i] = bpf_cpumask_test_cpu(cpu, online) && cpu != leaving ? 'O' : 'x';
	}
	scx_bpf_put_cpumask(online);
	scx_bpf_put_cpumask(possible);
	bpf_printk("CPUs from %d: %s", first, line);
}

static void print_cpus(s32 leaving)
{
	u32 i;

	bpf_for(i, 0, (topo.nr_cpu_ids + CPUS_PER_LINE - 1) / CPUS_PER_LINE)
		print_cpu_line(i * CPUS_PER_LINE, leaving);
}

static void dump_queue(u32 level)
{
	const struct queue *q = queue_of(level);
	u64 waiting;
	u32 i;

	if (!q)
		return;
	waiting = q->end - q->first;
	scx_bpf_dump("queue %u: entries %llu to %llu:", level, q->first, q->end);
	bpf_for(i, 0, DUMPED_PIDS) {
		if (i >= waiting)
			break;
		scx_bpf_dump(" %d", q->pids[(q->first + i) % QUEUE_SIZE]);
	}
	scx_bpf_dump("%s\n", waiting > DUMPED_PIDS ? " ..." : "");
}

void SCX_OP(qmap_dump, struct scx_dump_ctx *dump)
{
	u32 level;

	if (conf.suppress_dump)
		return;
	bpf_for(level, 0, NR_LEVELS)
		dump_queue(level);
}

void SCX_OP(qmap_dump_cpu, struct scx_dump_ctx *dump, s32 cpu, bool idle)
{
	struct cpu_ctx *cpuc = cpu_ctx_of(cpu);

	if (conf.suppress_dump || idle || !cpuc)
		return;
	scx_bpf_dump("level=%u left_ns=%lld avg_weight=%u cpuperf_target=%u\n", cpuc->level,
		     *left_of(cpuc, cpuc->level), cpuc->avg_weight, cpuc->perf_target);
}

void SCX_OP(qmap_dump_task, struct scx_dump_ctx *dump, struct task_struct *p)
{
	const struct task_ctx *task = task_ctx_of(p);

	if (conf.suppress_dump || !task)
		return;
	scx_bpf_dump("qmap: level=%u position=%llu waits=%d is_picked=%d\n", task->level,
		     task->position, task->ticket != NO_TICKET, task->is_picked);
}
