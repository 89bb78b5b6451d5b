// SPDX-License-Identifier: GPL-2.0-only
#include <stddef.h>

#include "runtime/arena.h"
#include "runtime/program.h"
#include "scx_sdt.h"
#include "scx_sdt.skel.h"

// clang-format off
static const struct option_info options[] = {
	{.name = "fifo", .letter = 'f', .type = OPTION_FLAG,
	 .offset = offsetof(struct scx_sdt_conf, fifo),
	 .help = "first come, first served instead of weighted vtime"},
	{.name = "max-tasks", .type = OPTION_NUMBER,
	 .offset = offsetof(struct scx_sdt_conf, max_tasks), .metavar = "NR",
	 .min = 1, .max = SDT_TASKS_MAX,
	 .help = "tasks there may be at a time; a fork beyond fails"},
};
// clang-format on

static const struct scx_stat stats[] = {SCX_SDT_STATS(SCX_STAT_INFO)};

/* the sums over all tasks, as they were given out last */
struct sdt_sums {
	uint64_t values[SDT_SELECT_BUSY + 1];
};

static void add_task(const volatile void *record, void *userdata)
{
	const volatile struct sdt_task *t = record;
	struct sdt_sums *sums = userdata;

	if (t->pid == 0)
		return;
	sums->values[SDT_ENQUEUES] += t->nr_enqueues;
	sums->values[SDT_SELECT_IDLE] += t->nr_idle;
	sums->values[SDT_SELECT_BUSY] += t->nr_busy;
}

static int start(struct bpf_object *bpf _unused_, sd_event *event _unused_, void **ret_state)
{
	*ret_state = calloc(1, sizeof(struct sdt_sums));
	return *ret_state ? 0 : -ENOMEM;
}

/*
 * @values has what tasks that are gone have left. A task that goes between that and the walk is in
 * neither, and for once the sum is too small; it must not be seen to shrink.
 */
static int sample(struct bpf_object *bpf, void *state, uint64_t *values)
{
	const volatile struct scx_arena_pool *pool = arena_pool(bpf);
	struct sdt_sums *shown = state, now = {};
	int r = arena_walk(bpf, sizeof(struct sdt_task), add_task, &now);

	if (r < 0)
		return r;
	for (size_t i = 0; i < ARRAY_SIZE(now.values); i++) {
		values[i] += now.values[i];
		if (values[i] < shown->values[i])
			values[i] = shown->values[i];
		shown->values[i] = values[i];
	}
	values[SDT_ALLOC_OPS] = pool->nr_allocs;
	values[SDT_FREE_OPS] = pool->nr_frees;
	values[SDT_DATA_ALLOCS] = pool->nr_cut;
	values[SDT_CHUNK_ALLOCS] = values[SDT_PAGES] = pool->nr_pages;
	values[SDT_ACTIVE] = pool->nr_allocs - pool->nr_frees;
	return 0;
}

static const struct scx_program program = {
	.name = "scx_sdt",
	.summary = "Schedules by weighted virtual time and keeps its data on tasks in a BPF arena.",
	.elf_bytes = scx_sdt_bpf__elf_bytes,
	.options = options,
	.nr_options = ARRAY_SIZE(options),
	.conf_size = sizeof(struct scx_sdt_conf),
	.stats = stats,
	.nr_stats = ARRAY_SIZE(stats),
	.start = start,
	.stop = free,
	.sample = sample,
};

int main(int argc, char **argv)
{
	return scx_main(&program, argc, argv);
}
