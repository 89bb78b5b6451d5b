/* SPDX-License-Identifier: GPL-2.0-only */
/* The records in a scheduler's BPF arena, as user space sees them; see scx/arena.bpf.h. */
#pragma once

#include <stddef.h>

#include <bpf/libbpf.h>
#include <scx/arena.h>

/* The counters of the allocator, which go on changing; NULL if the object has no arena. */
const volatile struct scx_arena_pool *arena_pool(const struct bpf_object *bpf);

/*
 * Calls @take for every record of @size bytes, in use or free; BPF may change it at the same time.
 * 0, or -ENOENT if the object has no arena.
 */
int arena_walk(const struct bpf_object *bpf, size_t size,
	       void (*take)(const volatile void *record, void *userdata), void *userdata);
