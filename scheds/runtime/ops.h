/* SPDX-License-Identifier: GPL-2.0-only */
/* The struct sched_ext_ops of an object between open and load, by names of members. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>

/* The one struct_ops map, or NULL. */
struct bpf_map *ops_find(struct bpf_object *bpf);

/* Sets an integer member. 0, or -ENOENT if the object does not declare it. */
int ops_set(struct bpf_object *bpf, const char *member, uint64_t value);

/* Adds flags of enum scx_ops_flags to ops.flags; likewise. */
int ops_add_flags(struct bpf_object *bpf, uint64_t added);

/*
 * Fits what the object asks for to the running kernel, whose types are @kernel: flags are
 * translated by name, and flags and callbacks it does not know are left out. -EOPNOTSUPP after
 * logging if that would be @vital, the callback that the scheduler is nothing without (or NULL).
 */
int ops_adapt(struct bpf_object *bpf, const struct btf *kernel, const char *vital);
