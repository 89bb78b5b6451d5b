/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records of one size in a BPF arena: memory that BPF and user space both read and write by
 * ordinary loads and stores, so that user space can walk it while the scheduler runs.
 *
 * Free records form a list, linked through their first four bytes. An allocation takes the first
 * one. If there is none, a page from the kernel is cut into records, which go on the list first.
 * Pages are never given back: the arena stays as large as the most records that were in use at a
 * time, and its pages are its first ones, without a gap.
 *
 * A record is named by the lower half of its address, which is the same for both sides and tells
 * all records of an arena apart, as an arena has at most 4 GiB. 0 is no record's name.
 *
 * arena_init() and arena_alloc() may sleep, so they are for ops.init() and ops.init_task(); the
 * other functions are for everywhere. A scheduler has one arena, and records of one size in it.
 */
#pragma once

#include <scx/arena.h>
#include <scx/kfuncs.bpf.h>

#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARENA);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, SCX_ARENA_PAGES);
} arena SEC(".maps");

struct scx_arena_pool arena_pool SEC(".bss.arena");

/* of the list; apart from them, as user space cannot map a lock */
static struct bpf_spin_lock arena_lock SEC(".bss.arena_lock");

#ifdef __bpf__
/*
 * Where the kernel has the record. The instruction, rX = addr_space_cast(rX, 0, 1), is spelled in
 * bytes because compilers before clang 19 do not know it: a 64-bit move (0xbf) of a register to
 * itself with offset 1 and immediate 1. That the map is an operand ties the arena to the program.
 */
static inline void *arena_record(u32 name)
{
	u64 address = name;

	asm volatile(".irp n, 0,1,2,3,4,5,6,7,8,9\n"
		     ".ifc %[reg], r\\n\n"
		     ".byte 0xbf, \\n * 17\n"
		     ".short 1\n"
		     ".long 1\n"
		     ".endif\n"
		     ".endr\n"
		     : [reg] "+r"(address)
		     : "r"(&arena));
	return (void *)address;
}
#else
void *arena_record(u32 name); /* the test's memory */
#endif

/* Name of a new page, 0 if there is none to be had. */
static inline u32 arena_new_page(void)
{
	return (u64)bpf_arena_alloc_pages(&arena, NULL, 1, NUMA_NO_NODE, 0);
}

/* Cuts @page into records of @size bytes and puts them on the list, but for the first @nr_out. */
static inline void arena_add_page(u32 page, u32 size, u32 nr_out)
{
	u32 nr = arena_pool.page_size / size;
	u32 last = page + (nr - 1) * size;
	u32 *link;
	u32 i;

	/* nobody else knows the page yet */
	bpf_for(i, nr_out, nr - 1) {
		link = arena_record(page + i * size);
		*link = page + (i + 1) * size;
	}
	link = arena_record(last);
	bpf_spin_lock(&arena_lock);
	*link = arena_pool.first_free;
	arena_pool.first_free = page + nr_out * size;
	bpf_spin_unlock(&arena_lock);
	__sync_fetch_and_add(&arena_pool.nr_cut, nr);
	__sync_fetch_and_add(&arena_pool.nr_pages, 1);
}

/*
 * Makes the arena ready for records of @size bytes, from 8 to half a page. The first two pages
 * are neighbours, and their distance tells how large pages are. 0 or a negative errno.
 */
static inline s32 arena_init(u32 size)
{
	u32 first = arena_new_page();
	u32 second = arena_new_page();
	u32 page_size = second - first;

	if (!second)
		return -ENOMEM;
	if (page_size < 4096 || page_size > 65536)
		return -EPROTO;
	arena_pool.page_size = page_size;
	/* the very first record is left out: in some arenas its name would be 0 */
	arena_add_page(first, size, 1);
	arena_add_page(second, size, 0);
	return 0;
}

/* Name of the first free record, which is no longer free then; 0 if there is none. */
static inline u32 arena_take(void)
{
	u32 name, *link;

	bpf_spin_lock(&arena_lock);
	name = arena_pool.first_free;
	if (name) {
		link = arena_record(name);
		arena_pool.first_free = *link;
	}
	bpf_spin_unlock(&arena_lock);
	return name;
}

/* Name of a record of @size bytes, 0 if there is no memory. What is in it is left from others. */
static inline u32 arena_alloc(u32 size)
{
	u32 name = arena_take();

	if (!name) {
		name = arena_new_page();
		if (!name)
			return 0;
		arena_add_page(name, size, 1);
	}
	__sync_fetch_and_add(&arena_pool.nr_allocs, 1);
	return name;
}

/* Takes the record back. */
static inline void arena_free(u32 name)
{
	u32 *link = arena_record(name);

	bpf_spin_lock(&arena_lock);
	*link = arena_pool.first_free;
	arena_pool.first_free = name;
	bpf_spin_unlock(&arena_lock);
	__sync_fetch_and_add(&arena_pool.nr_frees, 1);
}
