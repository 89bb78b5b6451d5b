// SPDX-License-Identifier: GPL-2.0-only
/*
 * scx_layer: calls every function of the common BPF layer, and fails where one gives nonsense.
 *
 * A scheduler only for tests: that compat.bpf.h picks a form of each function that the running
 * kernel has, and that it means the same everywhere. Tasks go through three DSQs, so that every
 * kind of insertion and move is made: FIFO_DSQ, from there ordered to PRIO_DSQ, from there to the
 * local DSQ of a CPU. What a statistic counts has been found sensible that often.
 */
#include <scx/common.bpf.h>
#include <scx/topology.bpf.h>

#include "scx_layer.h"

char _license[] SEC("license") = "GPL";

#define FIFO_DSQ 1
#define PRIO_DSQ 2
#define SPARE_DSQ 3

#define MOVED_SLICE 7000000 /* ns; of all tasks in PRIO_DSQ */
#define SET_SLICE 3000000
#define SET_VTIME 123456789

/* a premise the kernel or the layer must keep */
#define require(premise)                                                                           \
	({                                                                                         \
		if (!(premise))                                                                    \
			scx_bpf_error("not so: " #premise);                                        \
	})

SCX_CONF(scx_layer_conf) = {
	.slice_ns = 5 * 1000 * 1000,
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, u32);
	__type(value, u64);
	__uint(max_entries, 1);
} clocks SEC(".maps");

static struct scx_events events;
static u64 nr_moves, nr_selections;

static bool is_cpu(s32 cpu)
{
	return cpu >= 0 && cpu < (s32)topo.nr_cpu_ids;
}

static void check_nodes(s32 cpu)
{
	s32 node = scx_bpf_cpu_node(cpu);

	require(scx_bpf_nr_node_ids() >= 1);
	require(node >= 0 && node < (s32)scx_bpf_nr_node_ids());
	stat_inc(LAYER_NODES);
}

static void check_idle_masks(s32 node)
{
	const struct cpumask *idle = scx_bpf_get_idle_cpumask_node(node);
	const struct cpumask *cores = scx_bpf_get_idle_smtmask_node(node);

	require(bpf_cpumask_weight(idle) <= topo.nr_cpu_ids);
	require(bpf_cpumask_weight(cores) <= topo.nr_cpu_ids);
	scx_bpf_put_idle_cpumask(cores);
	scx_bpf_put_idle_cpumask(idle);
	stat_inc(LAYER_IDLE_NODE);
}

static void check_picks(const struct task_struct *p, s32 node)
{
	s32 cpu = scx_bpf_pick_any_cpu_node(p->cpus_ptr, node, 0);

	require(is_cpu(cpu) && bpf_cpumask_test_cpu(cpu, p->cpus_ptr));
	stat_inc(LAYER_PICK_ANY_NODE);
	cpu = scx_bpf_pick_idle_cpu_node(p->cpus_ptr, node, 0);
	if (cpu < 0)
		return;
	require(is_cpu(cpu) && bpf_cpumask_test_cpu(cpu, p->cpus_ptr));
	stat_inc(LAYER_PICK_IDLE_NODE);
	/* it has been claimed for nothing */
	scx_bpf_kick_cpu(cpu, scx_value(scx_kick_flags, SCX_KICK_IDLE));
}

s32 SCX_OP(layer_select_cpu, struct task_struct *p, s32 prev_cpu, u64 wake_flags)
{
	s32 node = scx_bpf_cpu_node(prev_cpu), cpu;

	check_nodes(prev_cpu);
	check_idle_masks(node);
	/* in turn: both claim an idle CPU, and there may be one */
	if (__sync_fetch_and_add(&nr_selections, 1) & 1) {
		check_picks(p, node);
		return prev_cpu;
	}
	cpu = scx_bpf_select_cpu_and(p, prev_cpu, wake_flags, p->cpus_ptr, 0);
	if (cpu < 0)
		return prev_cpu;
	require(is_cpu(cpu) && bpf_cpumask_test_cpu(cpu, p->cpus_ptr));
	stat_inc(LAYER_SELECT_AND);
	return cpu;
}

static void check_masks(const struct cpumask *from)
{
	struct bpf_cpumask *mask = bpf_cpumask_create();
	const struct cpumask *copy;

	if (!mask)
		return;
	copy = (const struct cpumask *)mask;
	require(bpf_cpumask_empty(copy));
	bpf_cpumask_copy(mask, from);
	require(bpf_cpumask_subset(copy, from) && bpf_cpumask_intersects(copy, from));
	require(bpf_cpumask_weight(copy) == bpf_cpumask_weight(from));
	require(bpf_cpumask_first(copy) == bpf_cpumask_first_and(copy, from));
	require(bpf_cpumask_and(mask, copy, from));
	bpf_cpumask_clear(mask);
	bpf_cpumask_set_cpu(0, mask);
	require(bpf_cpumask_test_and_clear_cpu(0, mask) && !bpf_cpumask_test_and_set_cpu(0, mask));
	require(bpf_cpumask_any_distribute(copy) == 0);
	bpf_cpumask_clear_cpu(0, mask);
	require(!bpf_cpumask_test_cpu(0, copy));
	bpf_cpumask_release(mask);
	stat_inc(LAYER_MASKS);
}

static void check_tasks(const struct task_struct *p)
{
	struct task_struct *found = bpf_task_from_pid(p->pid), *again;

	if (!found)
		return;
	require(found->pid == p->pid);
	again = bpf_task_acquire(found);
	if (again)
		bpf_task_release(again);
	bpf_task_release(found);
	stat_inc(LAYER_TASKS);
}

void SCX_OP(layer_enqueue, struct task_struct *p, u64 enq_flags)
{
	if (scx_is_cpu_selected(p, enq_flags))
		stat_inc(LAYER_SELECTED);
	check_masks(p->cpus_ptr);
	check_tasks(p);
	/* both kinds, whatever is_migration_disabled() says of it */
	if ((p->pid & 1) && !is_migration_disabled(p)) {
		require(scx_bpf_dsq_insert_vtime(p, PRIO_DSQ, MOVED_SLICE, p->pid, enq_flags));
		stat_inc(LAYER_INSERT_VTIME);
		return;
	}
	require(scx_bpf_dsq_insert(p, FIFO_DSQ, conf.slice_ns, enq_flags));
	stat_inc(LAYER_INSERT);
}

/* Everything in FIFO_DSQ goes to PRIO_DSQ, in the opposite order. */
static void move_to_prio(void)
{
	struct task_struct *p;

	bpf_for_each(scx_dsq, p, FIFO_DSQ, scx_value(scx_dsq_iter_flags, SCX_DSQ_ITER_REV)) {
		scx_bpf_dsq_move_set_slice(SCX_DSQ_ITER, MOVED_SLICE);
		scx_bpf_dsq_move_set_vtime(SCX_DSQ_ITER, p->pid);
		if (scx_bpf_dsq_move_vtime(SCX_DSQ_ITER, p, PRIO_DSQ, 0))
			stat_inc(LAYER_MOVE_VTIME);
	}
}

/* One task of PRIO_DSQ that may run here goes to this CPU by a move of its own. */
static bool move_to_cpu(s32 cpu)
{
	u64 local = scx_value(scx_dsq_id_flags, SCX_DSQ_LOCAL_ON) | (u32)cpu;
	struct task_struct *p;

	bpf_for_each(scx_dsq, p, PRIO_DSQ, 0) {
		u64 slice = p->scx.slice, vtime = p->scx.dsq_vtime;

		if (!bpf_cpumask_test_cpu(cpu, p->cpus_ptr) || is_migration_disabled(p))
			continue;
		scx_bpf_dsq_move_set_slice(SCX_DSQ_ITER, conf.slice_ns);
		if (!scx_bpf_dsq_move(SCX_DSQ_ITER, p, local, 0))
			continue;
		/* only now is it certain that no other CPU had run it before it was read */
		require(slice == MOVED_SLICE);
		require(vtime == (u64)p->pid);
		stat_inc(LAYER_MOVE);
		return true;
	}
	return false;
}

static void check_peek(void)
{
	struct task_struct *p = scx_bpf_dsq_peek(PRIO_DSQ);

	require(!scx_bpf_dsq_peek(SPARE_DSQ));
	if (!p)
		return;
	require(p->pid > 0);
	stat_inc(LAYER_PEEK);
}

/* An insertion that is taken back leaves its slot free. */
static void check_cancel(void)
{
	u32 nr_slots = scx_bpf_dispatch_nr_slots();
	struct task_struct *p = bpf_task_from_pid(1);

	if (!p)
		return;
	/* 0: @p keeps its slice, or it would have the new one though it is not inserted */
	scx_bpf_dsq_insert(p, SPARE_DSQ, 0, 0);
	require(scx_bpf_dispatch_nr_slots() == nr_slots - 1);
	scx_bpf_dispatch_cancel();
	require(scx_bpf_dispatch_nr_slots() == nr_slots);
	bpf_task_release(p);
	stat_inc(LAYER_CANCEL);
}

void SCX_OP(layer_dispatch, s32 cpu, struct task_struct *prev)
{
	check_cancel();
	move_to_prio();
	check_peek();
	/* in turn, and by the second whatever the first may not move */
	if ((__sync_fetch_and_add(&nr_moves, 1) & 1) && move_to_cpu(cpu))
		return;
	if (scx_bpf_dsq_move_to_local(PRIO_DSQ, 0))
		stat_inc(LAYER_MOVE_TO_LOCAL);
}

void SCX_OP(layer_running, struct task_struct *p)
{
	scx_bpf_task_set_dsq_vtime(p, SET_VTIME);
	require(p->scx.dsq_vtime == SET_VTIME);
	stat_inc(LAYER_SET_VTIME);
}

static void check_clock(void)
{
	u32 zero = 0;
	u64 *before = bpf_map_lookup_elem(&clocks, &zero);
	u64 now = scx_bpf_now();

	if (!before)
		return;
	require(now >= *before && now > 0);
	*before = now;
	stat_inc(LAYER_NOW);
}

static void check_events(void)
{
	scx_bpf_events(&events);
	require(scx_event(&events, SCX_EV_SELECT_CPU_FALLBACK) >= 0);
	require(scx_event(&events, SCX_EV_BYPASS_DISPATCH) >= 0);
	require(scx_event(&events, SCX_EV_DISPATCH_KEEP_LAST) < 1LL << 40);
	stat_inc(LAYER_EVENTS);
}

static void check_perf(s32 cpu)
{
	u32 cap = scx_bpf_cpuperf_cap(cpu), current = scx_bpf_cpuperf_cur(cpu);

	require(cap >= 1 && cap <= 1024);
	require(current >= 1);
	scx_bpf_cpuperf_set(cpu, 1024);
	stat_inc(LAYER_CPUPERF);
}

void SCX_OP(layer_tick, struct task_struct *p)
{
	s32 cpu = scx_bpf_task_cpu(p);
	const struct task_struct *current = scx_bpf_cpu_curr(cpu);

	require(scx_bpf_task_running(p));
	if (current) {
		require(current->pid == p->pid);
		stat_inc(LAYER_CURR);
	}
	check_clock();
	check_events();
	check_perf(cpu);
	if (p->scx.slice > SET_SLICE) {
		scx_bpf_task_set_slice(p, SET_SLICE);
		require(p->scx.slice == SET_SLICE);
		stat_inc(LAYER_SET_SLICE);
	}
}

s32 SCX_OP_SLEEPABLE(layer_init)
{
	s32 r = scx_bpf_create_dsq(FIFO_DSQ, NUMA_NO_NODE);

	require(scx_value(scx_dsq_id_flags, SCX_DSQ_LOCAL) >> 63);
	require(scx_value(scx_enq_flags, SCX_ENQ_PREEMPT) == 1ULL << 32);
	require(scx_core_sched_answer(true) != scx_core_sched_answer(false));
	if (r == 0)
		r = scx_bpf_create_dsq(PRIO_DSQ, NUMA_NO_NODE);
	if (r == 0)
		r = scx_bpf_create_dsq(SPARE_DSQ, 0);
	scx_bpf_destroy_dsq(SPARE_DSQ);
	return r < 0 ? r : scx_bpf_create_dsq(SPARE_DSQ, NUMA_NO_NODE);
}

void SCX_OP(layer_exit, struct scx_exit_info *info)
{
	scx_report_exit(info);
}

SEC(".struct_ops.link")
struct sched_ext_ops layer_ops = {
	.select_cpu = (void *)layer_select_cpu,
	.enqueue = (void *)layer_enqueue,
	.dispatch = (void *)layer_dispatch,
	.running = (void *)layer_running,
	.tick = (void *)layer_tick,
	.init = (void *)layer_init,
	.exit = (void *)layer_exit,
	.flags = SCX_OPS_BUILTIN_IDLE_PER_NODE,
	.timeout_ms = 10000,
	.name = "layer",
};
