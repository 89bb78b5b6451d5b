/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The cgroups of scx_flatcg: the table they are in, their shares, and their virtual time.
 *
 * The tree changes whenever the last task of a cgroup goes to sleep or the first one wakes, so
 * there is no lock around it. Each cgroup has the sum of the weights that are active in it, and
 * what of itself is counted in its parent's sum; both are changed by atomic operations in such a
 * way that they agree again when the last one of several CPUs is done.
 */
#pragma once

/* a share of the whole machine */
#define WHOLE (1ULL << 24)
/* in the table */
#define NO_PLACE (~0U)
/* levels of the tree that weights are told to; deeper ones count as if they were alone */
#define MAX_DEPTH 64
/* a cgroup that has waited may make up for what it missed in so many slices */
#define CREDIT_SLICES 4
/* no task waits much longer, whatever the weights: the kernel ejects a scheduler after 30 s */
#define MAX_WAIT_NS (5ULL * 1000 * 1000 * 1000)

struct group {
	u64 id;           /* of the cgroup and of its DSQ; 0: the place is free */
	u64 vtime;        /* CPU time its tasks have used, divided by its share */
	u64 task_clock;   /* vtime of the task in it that started last */
	s64 sum;          /* weights of what is active in it: its children, and its tasks as one */
	s64 task_weights; /* of its own tasks that want CPU time */
	u64 share;        /* of its own tasks; the upper half is the generation it was made in */
	u32 parent;       /* place; the root has none */
	u32 weight;       /* among its siblings */
	u32 counted;      /* what of it is in the parent's sum */
	s32 nr_waiting;   /* tasks in its DSQ, and on the way there */
	u8 idle;          /* cpu.idle: as if its weight were 1 */
};

/* user space makes it as large as conf.nr_places says */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, u32);
	__type(value, struct group);
	__uint(max_entries, 1);
} groups SEC(".maps");

/* from a cgroup to its place */
struct {
	__uint(type, BPF_MAP_TYPE_CGRP_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, u32);
} places SEC(".maps");

/* the furthest vtime at which a cgroup has begun to run */
static u64 vtime_now;
/* grows whenever a share changes, so that shares made before are known to be stale */
static u32 generation;
/* no place below the first is free; those that have ever been used are below the second */
static u32 first_free, end_used;

static struct group *group_at(u32 place)
{
	return bpf_map_lookup_elem(&groups, &place);
}

static u32 place_of(struct cgroup *cgrp)
{
	u32 *place = bpf_cgrp_storage_get(&places, cgrp, NULL, 0);

	return place ? *place : NO_PLACE;
}

/* The group of @cgrp itself; NULL if it has to do with its parent's. */
static struct group *own_group(struct cgroup *cgrp)
{
	struct group *g = group_at(place_of(cgrp));

	return g && g->id == cgrp->kn->id ? g : NULL;
}

/* The kernel makes one cgroup at a time. */
static u32 take_place(void)
{
	u32 i;

	bpf_for(i, 0, conf.nr_places) {
		u32 place = (first_free + i) % conf.nr_places;
		struct group *g = group_at(place);

		if (!g || g->id)
			continue;
		first_free = place + 1;
		if (end_used <= place)
			end_used = place + 1;
		return place;
	}
	return NO_PLACE;
}

static u32 weight_of(const struct group *g)
{
	return g->idle ? 1 : g->weight;
}

/*
 * Makes the parent's sum count @g with its weight if something in it is active, else not at all;
 * returns by how much the sum has to change. Whoever changes a group settles it afterwards: the
 * last one to do so sees all that was changed.
 */
static s64 settle(struct group *g)
{
	s64 change = 0;

	bpf_repeat(16) {
		u32 weight = g->sum > 0 ? weight_of(g) : 0;

		change += (s64)weight - __sync_lock_test_and_set(&g->counted, weight);
		if (weight == (g->sum > 0 ? weight_of(g) : 0))
			break;
	}
	return change;
}

/* Adds @change to the weights that are active in @g, and tells the levels above. */
static void change_sum(struct group *g, s64 change)
{
	bpf_repeat(MAX_DEPTH) {
		__sync_fetch_and_add(&g->sum, change);
		change = settle(g);
		if (!change)
			break;
		g = group_at(g->parent);
		if (!g)
			break;
	}
	__sync_fetch_and_add(&generation, 1);
	stat_inc(FLATCG_GENERATION);
}

/* While several CPUs change a sum it may be too small for an instant. */
static u64 part_of(u64 share, u64 weight, s64 sum)
{
	return sum > (s64)weight ? share * weight / sum : share;
}

static u64 make_share(struct group *g)
{
	u64 share = part_of(WHOLE, conf.root_weight, g->sum);

	bpf_repeat(MAX_DEPTH) {
		struct group *parent = group_at(g->parent);

		if (!parent)
			break;
		share = part_of(share, weight_of(g), parent->sum);
		g = parent;
	}
	return share ?: 1;
}

/* The share of the machine that is due to the own tasks of @g. */
static u64 share_of(struct group *g)
{
	/* read first: if it changes meanwhile, the share is stale from the beginning */
	u64 now = generation, share = g->share;

	if (share >> 32 == now) {
		stat_inc(FLATCG_SHARE_CACHED);
		return (u32)share;
	}
	stat_inc(FLATCG_SHARE_COMPUTED);
	share = make_share(g);
	g->share = now << 32 | share;
	return share;
}

/* The price of @used ns of CPU time, in virtual time. */
static s64 cost(u64 used, u64 share)
{
	return used * WHOLE / share;
}

/* The virtual time that passes in @ns: all CPUs together move it on. */
static u64 machine_time(u64 ns)
{
	return ns * conf.nr_cpus;
}

/* Moves a clock that the CPUs share; never back. */
static void advance(u64 *clock, u64 to)
{
	u64 now = *clock;

	/* if another CPU was quicker, the next one will make up for what is missing */
	if (vtime_before(now, to))
		(void)__sync_val_compare_and_swap(clock, now, to);
}

/* As far ahead of the others as a group with @nr_waiting tasks in its queue may be. */
static u64 latest_vtime(u32 nr_waiting)
{
	return vtime_now + machine_time(MAX_WAIT_NS) / (nr_waiting + 1);
}

/*
 * What @vtime counts as: how far a group has fallen behind matters up to a limit only. What seems
 * to be further ahead than any can be has slept for so long that the clock has wrapped around.
 */
static u64 limited(u64 vtime)
{
	u64 earliest = vtime_now - machine_time(CREDIT_SLICES * conf.slice_ns);

	return vtime - earliest > latest_vtime(0) - earliest ? earliest : vtime;
}

/* Takes from @g what it has fallen behind beyond the limit. */
static void limit_claim(struct group *g)
{
	u64 vtime = g->vtime, valid = limited(vtime);

	if (vtime == valid)
		return;
	stat_inc(FLATCG_FORGIVEN);
	(void)__sync_val_compare_and_swap(&g->vtime, vtime, valid);
}

/*
 * Charges @g, or pays back; returns how much it was. Where each of its waiting tasks would have
 * to wait too long, it is less: a weight cannot be followed below a slice in MAX_WAIT_NS.
 */
static s64 charge(struct group *g, s64 amount)
{
	s64 room = latest_vtime(g->nr_waiting) - g->vtime;

	if (amount > 0 && amount > room) {
		stat_inc(FLATCG_CAPPED);
		amount = room > 0 ? room : 0;
	}
	__sync_fetch_and_add(&g->vtime, amount);
	return amount;
}
