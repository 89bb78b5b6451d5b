/* SPDX-License-Identifier: GPL-2.0-only */
/* The callbacks of scx_flatcg for what becomes of the cgroups themselves. */
#pragma once

static u32 parent_place(struct cgroup *cgrp)
{
	struct cgroup *parent;
	u32 place;

	if (!cgrp->level)
		return NO_PLACE;
	parent = bpf_cgroup_ancestor(cgrp, cgrp->level - 1);
	if (!parent)
		return NO_PLACE;
	place = place_of(parent);
	bpf_cgroup_release(parent);
	return place;
}

static void set_up(struct group *g, u64 id, u32 parent, const struct scx_cgroup_init_args *args)
{
	__builtin_memset(g, 0, sizeof(*g));
	g->parent = parent;
	g->weight = args->weight;
	if (bpf_core_field_exists(args->sched_idle))
		g->idle = args->sched_idle;
	g->vtime = vtime_now;
	/* from here on it can be found */
	g->id = id;
}

s32 SCX_OP_SLEEPABLE(flatcg_cgroup_init, struct cgroup *cgrp, struct scx_cgroup_init_args *args)
{
	u32 *place = cgroup_storage_new(&places, cgrp);
	u32 parent = parent_place(cgrp);
	struct group *g;
	s32 r;

	if (!place)
		return -ENOMEM;
	*place = take_place();
	g = group_at(*place);
	if (!g) {
		/* until it is loaded again with more room, its tasks count as the parent's */
		*place = parent;
		scx_bpf_exit(scx_value(scx_exit_code, SCX_ECODE_ACT_RESTART),
			     "more than %u cgroups", conf.nr_places);
		return 0;
	}
	r = scx_bpf_create_dsq(cgrp->kn->id, NUMA_NO_NODE);
	if (r)
		return r;
	set_up(g, cgrp->kn->id, parent, args);
	stat_add(FLATCG_CGROUPS, 1);
	return 0;
}

void SCX_OP_SLEEPABLE(flatcg_cgroup_exit, struct cgroup *cgrp)
{
	struct group *g = own_group(cgrp);
	u32 place = place_of(cgrp);

	if (!g)
		return;
	/* no task finds it from here on, and what was active in it is no more */
	g->id = 0;
	g->sum = 0;
	change_sum(g, 0);
	scx_bpf_destroy_dsq(cgrp->kn->id);
	if (place < first_free)
		first_free = place;
	stat_add(FLATCG_CGROUPS, -1);
}

void SCX_OP(flatcg_cgroup_set_weight, struct cgroup *cgrp, u32 weight)
{
	struct group *g = own_group(cgrp);

	if (!g)
		return;
	g->weight = weight;
	change_sum(g, 0);
}

void SCX_OP(flatcg_cgroup_set_idle, struct cgroup *cgrp, bool idle)
{
	struct group *g = own_group(cgrp);

	if (!g)
		return;
	g->idle = idle;
	change_sum(g, 0);
}

void SCX_OP(flatcg_dump, struct scx_dump_ctx *context)
{
	u32 place;

	if (!conf.dump_cgroups)
		return;
	scx_bpf_dump("generation=%u vtime_now=%llu", generation, vtime_now);
	bpf_for(place, 0, end_used) {
		struct group *g = group_at(place);

		if (!g || !g->id)
			continue;
		scx_bpf_dump("cgroup %llu: weight=%u share=%llu/%llu vtime=%lld waiting=%d", g->id,
			     weight_of(g), make_share(g), WHOLE, g->vtime - vtime_now,
			     g->nr_waiting);
	}
}
