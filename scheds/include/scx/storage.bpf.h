/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records of tasks and cgroups in local storage, made when the kernel introduces the owner.
 *
 * The kernel keeps all records of one owner on a list, which goes when the last of them goes. Who
 * adds one to a list that is just going gets -EAGAIN, which a program sees as NULL. That happens:
 * the maps of a scheduler are taken apart while the next one is loaded, and a restart because a CPU
 * has come or gone loads it at once. The next attempt finds no list and makes one.
 */
#pragma once

#include <bpf/bpf_helpers.h>

#define STORAGE_ATTEMPTS 3

/*
 * The record of @p in @map, made of @init if there is none yet (of zeros if @init is NULL). NULL if
 * memory is short. For ops.init_task(), where it may sleep.
 */
static __always_inline void *task_storage_new(void *map, struct task_struct *p, void *init)
{
	void *record = NULL;

	for (int i = 0; i < STORAGE_ATTEMPTS && !record; i++)
		record = bpf_task_storage_get(map, p, init, BPF_LOCAL_STORAGE_GET_F_CREATE);
	return record;
}

/* The same of a cgroup, filled with zeros. For ops.cgroup_init(). */
static __always_inline void *cgroup_storage_new(void *map, struct cgroup *cgrp)
{
	void *record = NULL;

	for (int i = 0; i < STORAGE_ATTEMPTS && !record; i++)
		record = bpf_cgrp_storage_get(map, cgrp, NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);
	return record;
}
