/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The groups of scx_pair: one for each cgroup, each with a DSQ of its own, and which is due.
 *
 * A group is known by its key in the map, which is also the ID of its DSQ. The DSQ stays when
 * the cgroup goes, for the next one with that key: a dying task may still be in it.
 */
#pragma once

struct group {
	u64 vtime;      /* what it has paid */
	u64 task_vtime; /* the clock of its tasks, see task_clock() */
	u64 paced_ns;   /* until when the clock has kept pace with real time */
	u32 weight;
	u32 nr_runnable;
	u32 is_used;
	u32 has_dsq;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, u32);
	__type(value, struct group);
	__uint(max_entries, MAX_GROUPS);
} groups SEC(".maps");

/* key of a cgroup's group */
struct {
	__uint(type, BPF_MAP_TYPE_CGRP_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, u32);
} cgroup_groups SEC(".maps");

struct task_ctx {
	u32 group;
	bool is_stray;     /* has become this group's and was not enqueued since */
	u64 paid_until;    /* sum_exec_runtime up to which it has paid */
	u64 neutral_until; /* and to which it is neutral, if it can be */
	u64 queued_ns;     /* when it was put into the DSQ */
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct task_ctx);
} tasks SEC(".maps");

/* a bit for each group with runnable tasks, waiting or not */
static u64 runnable_groups[MAX_GROUPS / 64];

/* No group has a higher key. The kernel makes cgroups one at a time. */
static u32 last_group = ROOT_GROUP;

/* What the group had paid whose batch began last. Racy: a step back is made up for at once. */
static u64 vtime_now;

static struct group *group_ctx(u32 key)
{
	struct group *g = bpf_map_lookup_elem(&groups, &key);

	if (!g)
		scx_bpf_error("there is no group %u", key);
	return g;
}

static struct task_ctx *task_ctx(struct task_struct *p)
{
	struct task_ctx *t = bpf_task_storage_get(&tasks, p, NULL, 0);

	if (!t)
		scx_bpf_error("task %d was never announced", p->pid);
	return t;
}

static u32 key_of_cgroup(struct cgroup *cgrp)
{
	u32 *key = bpf_cgrp_storage_get(&cgroup_groups, cgrp, NULL, 0);

	/* a task that is dying may come from a cgroup that is gone */
	return key ? *key : ROOT_GROUP;
}

/* A group for a new cgroup. NO_GROUP: there are too many. */
static u32 take_group(void)
{
	u32 key;

	bpf_for(key, ROOT_GROUP + 1, MAX_GROUPS) {
		struct group *g = bpf_map_lookup_elem(&groups, &key);

		if (!g || __sync_val_compare_and_swap(&g->is_used, 0, 1))
			continue;
		if (last_group < key)
			last_group = key;
		return key;
	}
	return NO_GROUP;
}

static s32 prepare_group(u32 key, u32 weight)
{
	struct group *g = group_ctx(key);
	s32 r;

	if (!g)
		return -ENOENT;
	g->weight = weight;
	g->vtime = vtime_now;
	g->paced_ns = bpf_ktime_get_ns();
	if (g->has_dsq)
		return 0;
	r = scx_bpf_create_dsq(key, NUMA_NO_NODE);
	g->has_dsq = !r;
	return r;
}

static void set_runnable(u32 group)
{
	u32 word = group / 64;

	if (word < MAX_GROUPS / 64)
		__sync_fetch_and_or(&runnable_groups[word], 1ULL << group % 64);
}

static void clear_runnable(u32 group)
{
	u32 word = group / 64;

	if (word < MAX_GROUPS / 64)
		__sync_fetch_and_and(&runnable_groups[word], ~(1ULL << group % 64));
}

/* What @g has paid, but sleep is worth one batch at most. */
static u64 paid_by(const struct group *g)
{
	u64 earliest = vtime_now - conf.batch_ns;

	return vtime_before(g->vtime, earliest) ? earliest : g->vtime;
}

/*
 * @group had a pair for @used ns. What it had while nobody else wanted it is paid for, too, but not
 * for ever: there is a limit to what a group can be behind with.
 */
static void charge(u32 group, s64 used)
{
	struct group *g = group_ctx(group);
	u64 most;

	/* clocks are read before the lock of a pair is taken */
	if (!g || used <= 0)
		return;
	__sync_fetch_and_add(&g->vtime, vtime_cost(used, g->weight));
	most = vtime_now + vtime_cost(MAX_DEBT * conf.batch_ns, g->weight);
	if (vtime_before(most, g->vtime))
		g->vtime = most;
}

static void advance_clock(u32 group)
{
	struct group *g = group_ctx(group);

	if (!g)
		return;
	g->vtime = paid_by(g);
	if (vtime_before(vtime_now, g->vtime))
		vtime_now = g->vtime;
}

/*
 * The vtime of the task of @g that started last, or more: the clock never runs slower than
 * 1/TASK_PACE of real time. Beside tasks of nice -20, or in a group that has next to nothing of
 * the CPUs, a single turn could keep a task of nice 19 waiting for longer than the kernel's
 * watchdog lets pass. Racy: a step back or forth is made up for at once.
 */
static u64 task_clock(struct group *g)
{
	u64 now = bpf_ktime_get_ns();
	s64 passed = now - g->paced_ns;

	if (passed >= (s64)MS) {
		g->paced_ns = now;
		g->task_vtime += (u64)passed / TASK_PACE;
	}
	return g->task_vtime;
}

/* Where a task of @g and @vtime is let in: sleep is worth one slice at most. */
static u64 admit(struct group *g, u64 vtime)
{
	u64 earliest = task_clock(g) - SLICE_NS;

	return vtime_before(vtime, earliest) ? earliest : vtime;
}

/* A task of @g starts, or goes on, at @vtime. */
static void advance_task_clock(struct group *g, u64 vtime)
{
	if (vtime_before(task_clock(g), vtime))
		g->task_vtime = vtime;
}

static bool may_run_on(struct task_struct *p, s32 cpu)
{
	if (is_migration_disabled(p))
		return scx_bpf_task_cpu(p) == cpu;
	return bpf_cpumask_test_cpu(cpu, p->cpus_ptr);
}

/*
 * The functions that are not static are so for the verifier: it looks at each of them once,
 * not on every way there is to it.
 */

/* The vtime of the first task of @group that may run on @cpu; false if none waits. */
__noinline bool first_vtime(u32 group, s32 cpu, u64 *ret)
{
	struct task_struct *p;

	if (!ret)
		return false;
	bpf_for_each(scx_dsq, p, group, 0) {
		if (may_run_on(p, cpu)) {
			*ret = p->scx.dsq_vtime;
			return true;
		}
	}
	return false;
}

/* Since when the first task of @group waits that @cpu or @sibling may run; 0 if none does. */
__noinline u64 waits_since(u32 group, s32 cpu, s32 sibling)
{
	struct task_struct *p;

	bpf_for_each(scx_dsq, p, group, 0) {
		if (may_run_on(p, cpu) || (sibling >= 0 && may_run_on(p, sibling))) {
			struct task_ctx *t = bpf_task_storage_get(&tasks, p, NULL, 0);

			return t ? t->queued_ns : 1;
		}
	}
	return 0;
}

struct search {
	s32 cpu, sibling; /* who looks for work */
	u32 own;          /* group of a task of theirs that is in no DSQ */
	u32 except;       /* not this group */
	/* the result */
	u32 group;
	u64 due; /* the lowest comes first */
};

/* Makes @group the result if it comes before what was found so far and has work. */
__noinline int consider_group(struct search *s, u32 group)
{
	struct group *g = group_ctx(group);
	u64 due, since;
	s64 waited = 0;

	if (!s || !g || group == s->except)
		return 0;
	since = waits_since(group, s->cpu, s->sibling);
	if (!since && group != s->own)
		return 0;
	due = paid_by(g);
	if (since)
		waited = bpf_ktime_get_ns() - since;
	if (waited > (s64)OVERDUE_NS)
		due = vtime_now - conf.batch_ns - waited;
	if (s->group != NO_GROUP && !vtime_before(due, s->due))
		return 0;
	s->group = group;
	s->due = due;
	return 0;
}

__noinline int consider_word(struct search *s, u32 word)
{
	u64 bits;

	if (!s || word >= MAX_GROUPS / 64)
		return 0;
	bits = runnable_groups[word];
	bpf_repeat(64) {
		if (!bits)
			break;
		consider_group(s, word * 64 + __builtin_ctzll(bits));
		bits &= bits - 1;
	}
	return 0;
}

__noinline int find_group(struct search *s)
{
	u32 word;

	if (!s)
		return 0;
	bpf_for(word, 0, last_group / 64 + 1)
		consider_word(s, word);
	return 0;
}

s32 SCX_OP_SLEEPABLE(pair_cgroup_init, struct cgroup *cgrp, struct scx_cgroup_init_args *args)
{
	u32 *key = cgroup_storage_new(&cgroup_groups, cgrp);

	if (!key)
		return -ENOMEM;
	*key = cgrp->level ? take_group() : ROOT_GROUP;
	return *key == NO_GROUP ? -ENOSPC : prepare_group(*key, args->weight);
}

/* A dying task may still be in the DSQ: it stays, and so does its task there. */
void SCX_OP_SLEEPABLE(pair_cgroup_exit, struct cgroup *cgrp)
{
	u32 key = key_of_cgroup(cgrp);
	struct group *g = group_ctx(key);

	if (g && key != ROOT_GROUP)
		g->is_used = 0;
}

/* It keeps its place: as far behind or ahead of its new group's time as it was of the old one's. */
void SCX_OP(pair_cgroup_move, struct task_struct *p, struct cgroup *from, struct cgroup *to)
{
	struct task_ctx *t = task_ctx(p);
	u32 key = key_of_cgroup(to);
	struct group *old = t ? group_ctx(t->group) : NULL, *new = group_ctx(key);

	if (!old || !new)
		return;
	t->group = key;
	t->is_stray = true;
	scx_bpf_task_set_dsq_vtime(p, p->scx.dsq_vtime - old->task_vtime + new->task_vtime);
}

void SCX_OP(pair_cgroup_set_weight, struct cgroup *cgrp, u32 weight)
{
	struct group *g = group_ctx(key_of_cgroup(cgrp));

	if (g)
		g->weight = weight;
}
