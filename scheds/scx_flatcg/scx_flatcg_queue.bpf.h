/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which cgroups of scx_flatcg have tasks waiting, and whose turn it is.
 *
 * One bit for each place in the table says that tasks wait there. The kernel puts a task into its
 * DSQ only after ops.enqueue(), so what is on the way counts as waiting; or else a group whose
 * DSQ looks empty just then would be crossed out, and the task forgotten.
 */
#pragma once

/* user space makes it as large as conf.nr_places says */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, u32);
	__type(value, u64);
	__uint(max_entries, 1);
} waiting SEC(".maps");

static u64 waiting_bit(u32 place)
{
	return 1ULL << place % 64;
}

/* The 64 bits that are together with that of @place; NULL if there is no such place. */
static u64 *waiting_word(u32 place)
{
	u32 key = place / 64;

	return bpf_map_lookup_elem(&waiting, &key);
}

static void add_waiting(struct group *g, u32 place)
{
	u64 *word = waiting_word(place);

	if (word && __sync_fetch_and_add(&g->nr_waiting, 1) == 0)
		__sync_fetch_and_or(word, waiting_bit(place));
}

static void remove_waiting(struct group *g, u32 place)
{
	u64 *word = waiting_word(place);

	if (!word || __sync_fetch_and_sub(&g->nr_waiting, 1) != 1)
		return;
	__sync_fetch_and_and(word, ~waiting_bit(place));
	/* somebody may have come in between */
	if (*(volatile s32 *)&g->nr_waiting > 0)
		__sync_fetch_and_or(word, waiting_bit(place));
}

static bool may_run_on(s32 cpu, const struct task_struct *p)
{
	return bpf_cpumask_test_cpu(cpu, p->cpus_ptr) &&
	       (!is_migration_disabled(p) || scx_bpf_task_cpu(p) == cpu);
}

static bool has_task_for(s32 cpu, const struct group *g)
{
	struct task_struct *p;

	bpf_for_each(scx_dsq, p, g->id, 0)
		if (may_run_on(cpu, p))
			return true;
	stat_inc(FLATCG_ELSEWHERE);
	return false;
}

/* A place and what it has to beat. */
struct choice {
	u32 place;
	u64 vtime;
};

static void consider(struct choice *best, u32 place, s32 cpu)
{
	struct group *g = group_at(place);

	if (!g || !(best->place == NO_PLACE || vtime_before(g->vtime, best->vtime)))
		return;
	if (!has_task_for(cpu, g))
		return;
	best->place = place;
	best->vtime = g->vtime;
}

/*
 * The place whose turn it is on @cpu: that of @best, unless another one with a task for @cpu
 * is further behind. Places @best->place and @failed are not looked at.
 */
static u32 choose(s32 cpu, struct choice *best, u32 failed)
{
	u32 own = best->place, i;

	bpf_for(i, 0, (end_used + 63) / 64) {
		u64 *word = waiting_word(i * 64);
		u64 bits = word ? *word : 0;

		bpf_repeat(64) {
			u32 place;

			if (!bits)
				break;
			place = i * 64 + __builtin_ctzll(bits);
			bits &= bits - 1;
			if (place != own && place != failed)
				consider(best, place, cpu);
		}
	}
	return best->place;
}
