// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>

#include "runtime/arena.h"

/* Where libbpf has mapped @name; NULL if it is not there. */
static void *mapped(const struct bpf_object *bpf, const char *name)
{
	struct bpf_map *map = bpf_object__find_map_by_name(bpf, name);
	size_t size;

	return map ? bpf_map__initial_value(map, &size) : NULL;
}

const volatile struct scx_arena_pool *arena_pool(const struct bpf_object *bpf)
{
	return mapped(bpf, ".bss.arena");
}

int arena_walk(const struct bpf_object *bpf, size_t size,
	       void (*take)(const volatile void *record, void *userdata), void *userdata)
{
	const volatile struct scx_arena_pool *pool = arena_pool(bpf);
	const char *page = mapped(bpf, "arena");
	size_t nr;

	if (!pool || !page)
		return -ENOENT;
	/* no further: reading a page that is not in use would make it a part of the arena */
	nr = pool->nr_pages;
	for (size_t i = 0; i < nr; i++, page += pool->page_size)
		for (size_t offset = 0; offset + size <= pool->page_size; offset += size)
			take(page + offset, userdata);
	return 0;
}
