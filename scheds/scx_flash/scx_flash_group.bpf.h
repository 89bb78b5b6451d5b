/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cpu.weight of cgroups, on kernels that tell: it makes each of their tasks count for more or less.
 * To ask the cgroup each time would cost as much as all other decisions, so a task keeps the answer
 * until it moves or some weight changes.
 */
#pragma once

#include <scx/deadline_task.bpf.h>

struct group_ctx {
	u32 weight;
};

struct {
	__uint(type, BPF_MAP_TYPE_CGRP_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct group_ctx);
} groups SEC(".maps");

static u32 groups_changed; /* how often a weight has */

static void forget_group(struct task_ctx *t)
{
	t->group_seen = groups_changed - 1;
}

static void ask_group(struct task_struct *p, struct task_ctx *t)
{
	struct group_ctx *g;
	struct cgroup *cgrp;

	/* what changes from here on is seen the next time */
	t->group_seen = groups_changed;
	if (!scx_has_cgroups())
		return;
	cgrp = scx_bpf_task_cgroup(p);
	if (!cgrp)
		return;
	stat_inc(FLASH_GROUP);
	g = bpf_cgrp_storage_get(&groups, cgrp, NULL, 0);
	t->group_weight = g ? g->weight : SCX_WEIGHT_DFL;
	bpf_cgroup_release(cgrp);
}

s32 SCX_OP_SLEEPABLE(flash_cgroup_init, struct cgroup *cgrp, struct scx_cgroup_init_args *args)
{
	struct group_ctx *g = cgroup_storage_new(&groups, cgrp);

	if (!g)
		return -ENOMEM;
	g->weight = args->weight;
	return 0;
}

void SCX_OP(flash_cgroup_set_weight, struct cgroup *cgrp, u32 weight)
{
	struct group_ctx *g = bpf_cgrp_storage_get(&groups, cgrp, NULL, 0);

	if (!g)
		return;
	g->weight = weight;
	__sync_fetch_and_add(&groups_changed, 1);
}

void SCX_OP(flash_cgroup_move, struct task_struct *p, struct cgroup *from, struct cgroup *to)
{
	struct task_ctx *t = find_task(p);

	if (t)
		forget_group(t);
}
