/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pairs of scx_pair and the batches they go through.
 *
 * A CPU is active from the moment it is given a group to take a task from until it asks again.
 * While one is, the batch belongs to the group; every change is made under the pair's lock.
 */
#pragma once

struct cpu_ctx {
	s32 cpu;
	s32 sibling; /* -1: none */
	u32 pair;    /* key in pairs: the lower CPU number */
	u32 side;    /* 1 for the lower one, 2 for the other */
	bool idle;   /* found nothing when it asked last */
};

struct batch {
	u32 group;    /* NO_GROUP: nobody's */
	bool drains;  /* others wait: no CPU takes one more task of the group */
	u64 begin_ns; /* paid for until here */
	u64 end_ns;
};

struct pair {
	struct bpf_spin_lock lock;
	u32 active;  /* sides with a task of the batch's group */
	u32 foreign; /* sides with a real-time task */
	struct batch batch;
};

/* user space makes the two as large as the CPU numbers need */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, u32);
	__type(value, struct cpu_ctx);
	__uint(max_entries, 1);
} cpus SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, u32);
	__type(value, struct pair);
	__uint(max_entries, 1);
} pairs SEC(".maps");

static struct cpu_ctx *cpu_ctx(s32 cpu)
{
	u32 key = cpu;
	struct cpu_ctx *c = bpf_map_lookup_elem(&cpus, &key);

	if (!c)
		scx_bpf_error("CPU %d is none of this machine's", cpu);
	return c;
}

static struct pair *pair_of(const struct cpu_ctx *c)
{
	u32 key = c->pair;
	struct pair *pair = bpf_map_lookup_elem(&pairs, &key);

	if (!pair)
		scx_bpf_error("there is no pair %u", key);
	return pair;
}

static u32 next_thread(u32 cpu)
{
	const volatile struct scx_cpu *info = topo_cpu(cpu);

	return info ? info->next_thread : cpu;
}

/*
 * Threads of a core pair in ascending order: first and second, third and fourth. They form a
 * ring in that order, so the last one seen before @cpu comes again is the one below it.
 */
__noinline s32 thread_sibling(u32 cpu)
{
	u32 next = next_thread(cpu), thread = next, below = cpu;
	bool is_second = false;

	bpf_repeat(MAX_THREADS) {
		if (thread == cpu)
			break;
		if (thread < cpu)
			is_second = !is_second;
		below = thread;
		thread = next_thread(thread);
	}
	if (is_second)
		return (s32)below;
	return next > cpu ? (s32)next : -1;
}

/* -1: there is none, or it is offline; when it comes, the kernel asks for a restart. */
__noinline s32 find_sibling(s32 cpu)
{
	s32 sibling = conf.stride ? (s32)stride_partner(cpu, conf.stride) : thread_sibling(cpu);
	const volatile struct scx_cpu *info = topo_cpu(sibling);

	return info && info->online ? sibling : -1;
}

static void kick_sibling(const struct cpu_ctx *c, u64 flags)
{
	if (c->sibling < 0)
		return;
	stat_inc(PAIR_KICKS);
	scx_bpf_kick_cpu(c->sibling, flags);
}

/*
 * @p may run for a turn, but not longer than its batch lasts; not for 0, which asks the kernel for
 * the default.
 */
static void give_slice(const struct pair *pair, struct task_struct *p)
{
	s64 turn = vtime_turn(SLICE_NS, p->scx.weight);
	s64 left = pair->batch.end_ns - bpf_ktime_get_ns();

	if (left < 1)
		left = 1;
	scx_bpf_task_set_slice(p, left < turn ? left : turn);
}

/* The CPU is active for @group, so the batch cannot end under it. */
static bool is_active_for(const struct pair *pair, const struct cpu_ctx *c, u32 group)
{
	return pair->batch.group == group && (pair->active & c->side);
}

/*
 * Gives the pair to @group, or to nobody; also once more to the one that has it. False if the
 * sibling is active for another one.
 */
static bool begin_batch(struct pair *pair, const struct cpu_ctx *c, u32 group)
{
	u64 now = bpf_ktime_get_ns();
	struct batch before;

	bpf_spin_lock(&pair->lock);
	before = pair->batch;
	if (pair->active && before.group != group) {
		bpf_spin_unlock(&pair->lock);
		return false;
	}
	pair->batch.group = group;
	pair->batch.drains = false;
	pair->batch.begin_ns = now;
	pair->batch.end_ns = now + conf.batch_ns;
	if (group != NO_GROUP)
		pair->active |= c->side;
	bpf_spin_unlock(&pair->lock);

	if (before.group != NO_GROUP)
		charge(before.group, now - before.begin_ns);
	return true;
}

enum answer {
	JOIN,       /* the batch goes on, and the CPU is active again */
	STAND_BACK, /* nothing but to stay idle beside the sibling */
	HELD,       /* the batch is over, but the sibling is still active */
	FREE,       /* nobody is active */
};

/*
 * What the CPU of @c, which has no task, can do. *@ret is the batch of the pair. @in_vain: it
 * has no task for this CPU.
 */
static enum answer ask(struct pair *pair, const struct cpu_ctx *c, bool in_vain, struct batch *ret)
{
	u64 now = bpf_ktime_get_ns();
	enum answer answer;
	bool is_over;

	bpf_spin_lock(&pair->lock);
	pair->active &= ~c->side;
	pair->foreign &= ~c->side;
	*ret = pair->batch;
	is_over = ret->drains || !vtime_before(now, ret->end_ns);
	if (pair->foreign || (in_vain && pair->active))
		answer = STAND_BACK;
	else if (ret->group != NO_GROUP && !is_over && !in_vain)
		answer = JOIN;
	else
		answer = pair->active ? HELD : FREE;
	if (answer == JOIN)
		pair->active |= c->side;
	bpf_spin_unlock(&pair->lock);

	if (ret->group != NO_GROUP && is_over && !in_vain)
		stat_inc(PAIR_EXP);
	return answer;
}

static void leave(struct pair *pair, const struct cpu_ctx *c)
{
	bpf_spin_lock(&pair->lock);
	pair->active &= ~c->side;
	bpf_spin_unlock(&pair->lock);
}

static void drain(struct pair *pair, const struct cpu_ctx *c)
{
	bool is_new;

	bpf_spin_lock(&pair->lock);
	is_new = pair->active && !pair->batch.drains;
	pair->batch.drains |= is_new;
	bpf_spin_unlock(&pair->lock);

	/* should the kick get lost: the sibling's slice is about to end, too */
	if (is_new)
		kick_sibling(c, scx_value(scx_kick_flags, SCX_KICK_PREEMPT));
}

/* Something is not any more as it was found: look at everything again. */
static u32 ask_again(const struct cpu_ctx *c)
{
	stat_inc(PAIR_CGCOLL);
	scx_bpf_kick_cpu(c->cpu, 0);
	return NO_GROUP;
}

/* Whether what was found comes before the group of @batch, which has yet to pay for it. */
static bool is_before_holder(const struct search *s, const struct batch *batch)
{
	struct group *g = group_ctx(batch->group);
	u64 used = bpf_ktime_get_ns() - batch->begin_ns;

	if (!g || s->group == NO_GROUP)
		return false;
	return vtime_before(s->due, paid_by(g) + vtime_cost(used, g->weight));
}

/* The batch is over, and the sibling is still active in it. */
static u32 drain_or_go_on(struct pair *pair, const struct cpu_ctx *c, const struct batch *batch,
			  u32 own)
{
	struct search next = {
		.cpu = c->cpu,
		.sibling = c->sibling,
		.own = own,
		.except = batch->group,
	};

	find_group(&next);
	if (is_before_holder(&next, batch)) {
		stat_inc(PAIR_EXP_WAIT);
		drain(pair, c);
		return NO_GROUP;
	}
	if (!begin_batch(pair, c, batch->group))
		return ask_again(c);
	stat_inc(PAIR_EXP_EMPTY);
	return batch->group;
}

/* Nobody is active: the batch ends and is paid for, and the group that is due begins one. */
static u32 take_next(struct pair *pair, const struct cpu_ctx *c, const struct batch *batch, u32 own)
{
	struct search next = {.cpu = c->cpu, .sibling = c->sibling, .own = own};

	if (!begin_batch(pair, c, NO_GROUP))
		return ask_again(c);
	find_group(&next);
	if (next.group == NO_GROUP)
		return NO_GROUP;
	if (!begin_batch(pair, c, next.group))
		return ask_again(c);
	if (next.group == batch->group) {
		stat_inc(PAIR_EXP_EMPTY);
		return next.group;
	}
	stat_inc(PAIR_CGNEXT);
	advance_clock(next.group);
	return next.group;
}

/*
 * The group @cpu, which has no task, may take one of, and which it is active for then. NO_GROUP:
 * it has to stay idle. @own and @in_vain: see struct search and ask().
 */
__noinline u32 claim_group(s32 cpu, u32 own, bool in_vain)
{
	const struct cpu_ctx *c = cpu_ctx(cpu);
	struct pair *pair = c ? pair_of(c) : NULL;
	struct batch batch;

	if (!pair)
		return NO_GROUP;
	switch (ask(pair, c, in_vain, &batch)) {
	case JOIN:
		return batch.group;
	case HELD:
		return drain_or_go_on(pair, c, &batch, own);
	case FREE:
		return take_next(pair, c, &batch, own);
	default:
		stat_inc(PAIR_FORCED_IDLE);
		return NO_GROUP;
	}
}

/* A task of @group could start on @cpu now if the CPU is idle. */
__noinline bool has_room(s32 cpu, u32 group)
{
	const struct cpu_ctx *c = cpu_ctx(cpu);
	const struct pair *pair = c ? pair_of(c) : NULL;

	if (!pair || (pair->foreign & ~c->side))
		return false;
	return !pair->active || (pair->batch.group == group && !pair->batch.drains);
}

static void mark_foreign(struct pair *pair, u32 side)
{
	bpf_spin_lock(&pair->lock);
	pair->foreign |= side;
	bpf_spin_unlock(&pair->lock);
}

/*
 * Looks whether the sibling runs a real-time task nobody told us of. What is seen may be just
 * over, with the mark about to stay for no reason: a kick makes an idle sibling ask, which takes
 * it away.
 */
static bool notice_foreign(struct pair *pair, const struct cpu_ctx *c)
{
	struct task_struct *curr;

	if (c->sibling < 0)
		return false;
	curr = scx_bpf_cpu_curr(c->sibling);
	if (!curr || (curr->flags & PF_KTHREAD) ||
	    (curr->policy != SCHED_FIFO && curr->policy != SCHED_RR &&
	     curr->policy != SCHED_DEADLINE))
		return false;
	if (!(pair->foreign & ~c->side)) {
		mark_foreign(pair, 3 ^ c->side);
		kick_sibling(c, scx_value(scx_kick_flags, SCX_KICK_IDLE));
	}
	return true;
}
