// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that is near and memory that is far: for each NUMA node, how long one access takes, and
 * how much a number of threads can read and write at the same time. Memory behind CXL is a
 * node without CPUs; its link carries as much in each direction, so a mix can get more
 * through than reading alone.
 *
 * Latency: one thread follows pointers that visit each cache line of the memory once, in random
 * order. Bandwidth: each thread copies blocks of 4 KiB between its part of the memory and a small
 * buffer of its own; of all threads the share --read copies out of the memory, the rest into it.
 * Parts are apart, so that no thread reads what another has brought into a cache.
 *
 * The measured time is divided evenly among these phases.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/prng.h"
#include "bench/workloads/builtin.h"
#include "bench/workloads/clock.h"
#include "bench/workloads/crew.h"
#include "bench/workloads/nodes.h"
#include "bench/workloads/number_list.h"
#include "bench/workloads/results.h"

#include "lib/log.h"

#define THREADS_MAX 1024
#define COUNTS_MAX 16
#define BLOCK 4096
#define LINE 64
#define BLOCKS_BETWEEN_STAMPS 64
#define STEPS_BETWEEN_STAMPS 1000
#define BYTES_PER_MB 1e6

struct conf {
	struct timing timing;
	uint64_t size_mb, read;
	const char *nodes, *threads;
};

// clang-format off
static const struct option_info options[] = {
	{"nodes", 'N', OPTION_STRING, offsetof(struct conf, nodes), "LIST",
	 "NUMA nodes to measure, as in 0,2; by default all with memory"},
	{"threads", 't', OPTION_STRING, offsetof(struct conf, threads), "LIST",
	 "numbers of threads (1 to 1024) to measure with; by default one for each CPU"},
	{"size-mb", 's', OPTION_NUMBER, offsetof(struct conf, size_mb), "MB",
	 "memory on each node in MiB, best several times as much as the caches", 1, 1048576},
	{"read", 'R', OPTION_NUMBER, offsetof(struct conf, read), "PERCENT",
	 "share of the threads that read", 0, 100},
	TIMING_OPTIONS(struct conf),
};
// clang-format on

static const struct conf defaults = {
	.timing = TIMING_DEFAULTS,
	.size_mb = 256,
	.read = 50,
};

struct plan {
	int64_t nodes[NODES_MAX], counts[COUNTS_MAX];
	int nr_nodes, nr_counts;
	size_t size;          /* bytes on each node */
	struct timing timing; /* of a phase */
	unsigned read;        /* percent */
};

/* One thread, and what it found. */
struct copier {
	char *part;
	size_t nr_blocks;
	bool is_reader;
	uint64_t nr_copied; /* blocks, in the window */
	char buffer[BLOCK] __attribute__((aligned(BLOCK)));
};

struct chaser {
	void **start;
	uint64_t nr_steps, ns; /* in the window */
	void **end;            /* so that no step can be left out */
};

static int copier_main(void *arg, const struct window *w)
{
	struct copier *c = arg;
	size_t at = 0;

	while (clock_ns() < w->end) {
		bool counts = clock_ns() >= w->begin;

		for (unsigned i = 0; i < BLOCKS_BETWEEN_STAMPS; i++) {
			char *block = c->part + at * BLOCK;

			(void)memcpy(c->is_reader ? c->buffer : block,
				     c->is_reader ? block : c->buffer, BLOCK);
			/* nobody looks at the copies, and they are to be made all the same */
			__asm__ volatile("" ::: "memory");
			at = at + 1 < c->nr_blocks ? at + 1 : 0;
		}
		c->nr_copied += counts ? BLOCKS_BETWEEN_STAMPS : 0;
	}
	return 0;
}

static int chaser_main(void *arg, const struct window *w)
{
	struct chaser *c = arg;
	void **p = c->start;
	uint64_t last = clock_ns(), now;

	for (; last < w->end; last = now) {
		for (unsigned i = 0; i < STEPS_BETWEEN_STAMPS; i++)
			p = *p;
		now = clock_ns();
		if (window_has(w, last)) {
			c->nr_steps += STEPS_BETWEEN_STAMPS;
			c->ns += now - last;
		}
	}
	c->end = p;
	return 0;
}

/* One ring of pointers through all lines, in random order (Sattolo). */
static void make_ring(char *memory, size_t size)
{
	size_t nr = size / LINE;
	struct prng random = {};

	for (size_t i = 0; i < nr; i++)
		*(void **)(memory + i * LINE) = memory + i * LINE;
	for (size_t i = nr - 1; i > 0; i--) {
		void **a = (void **)(memory + i * LINE);
		void **b = (void **)(memory + prng_below(&random, i) * LINE);
		void *next = *a;

		*a = *b;
		*b = next;
	}
}

static int measure_latency(const struct plan *p, int64_t node, char *memory, struct measurement *m)
{
	_cleanup_crew_ struct crew crew = {};
	struct chaser chaser = {.start = (void **)memory};
	char name[64];
	int r;

	make_ring(memory, p->size);
	if (crew_init(&crew, 1) < 0)
		return log_errno(-ENOMEM, "cannot set up a thread: %m");
	r = crew_add_thread(&crew, "chase", chaser_main, &chaser);
	if (r < 0)
		return r;
	(void)crew_open(&crew, &p->timing);
	r = crew_join(&crew);
	if (r < 0)
		return r;
	if (chaser.nr_steps == 0)
		return log_errno(-ENODATA, "nothing was read in the measured time: %m");
	(void)snprintf(name, sizeof(name), "node%d_latency", (int)node);
	return results_add(m,
			   &(struct result){name, "ns", BETTER_LOWER,
					    (double)chaser.ns / (double)chaser.nr_steps},
			   1);
}

static int run_copiers(const struct plan *p, struct copier *copiers, size_t nr)
{
	_cleanup_crew_ struct crew crew = {};
	int r = 0;

	if (crew_init(&crew, nr) < 0)
		return log_errno(-ENOMEM, "cannot set up %zu threads: %m", nr);
	for (size_t i = 0; i < nr && r >= 0; i++)
		r = crew_add_thread(&crew, "copy", copier_main, &copiers[i]);
	if (r < 0)
		return r;
	(void)crew_open(&crew, &p->timing);
	return crew_join(&crew);
}

static int report_copiers(const struct plan *p, int64_t node, const struct copier *copiers,
			  size_t nr, struct measurement *m)
{
	static const char *const names[] = {"read", "write", "bandwidth"};
	double rate[3] = {};
	char name[64];
	int r = 0;

	for (size_t i = 0; i < nr; i++)
		rate[copiers[i].is_reader ? 0 : 1] += (double)copiers[i].nr_copied * BLOCK /
						      BYTES_PER_MB * 1e3 /
						      (double)p->timing.runtime_ms;
	rate[2] = rate[0] + rate[1];
	for (size_t i = 0; i < ARRAY_SIZE(names) && r >= 0; i++) {
		(void)snprintf(name, sizeof(name), "node%d_x%zu_%s", (int)node, nr, names[i]);
		r = results_add(m, &(struct result){name, "MB/s", BETTER_HIGHER, rate[i]}, 1);
	}
	return r;
}

static int measure_bandwidth(const struct plan *p, int64_t node, char *memory, size_t nr,
			     struct measurement *m)
{
	size_t nr_readers = (nr * p->read + 50) / 100, part = p->size / nr / BLOCK;
	struct copier *copiers = shared_new(nr * sizeof(*copiers));
	int r;

	if (!copiers)
		return log_errno(-ENOMEM, "cannot set up %zu threads: %m", nr);
	for (size_t i = 0; i < nr; i++) {
		copiers[i].part = memory + i * part * BLOCK;
		copiers[i].nr_blocks = part;
		copiers[i].is_reader = i < nr_readers;
	}
	r = run_copiers(p, copiers, nr);
	if (r >= 0)
		r = report_copiers(p, node, copiers, nr, m);
	shared_free(copiers, nr * sizeof(*copiers));
	return r;
}

static int measure_node(const struct plan *p, int64_t node, struct measurement *m)
{
	char *memory;
	int r = node_memory_new((unsigned)node, p->size, &memory);

	if (r < 0)
		return r;
	r = measure_latency(p, node, memory, m);
	for (int i = 0; i < p->nr_counts && r >= 0; i++)
		r = measure_bandwidth(p, node, memory, (size_t)p->counts[i], m);
	shared_free(memory, p->size);
	return r;
}

static int make_plan(const struct conf *conf, struct plan *p)
{
	uint64_t nr_phases;

	p->nr_nodes = conf->nodes ? number_list_parse("nodes", conf->nodes, 0, NODES_MAX - 1,
						      p->nodes, NODES_MAX)
				  : nodes_with_memory(p->nodes);
	if (p->nr_nodes < 0)
		return p->nr_nodes;
	p->counts[0] = usable_cpus();
	p->nr_counts = conf->threads ? number_list_parse("threads", conf->threads, 1, THREADS_MAX,
							 p->counts, COUNTS_MAX)
				     : 1;
	if (p->nr_counts < 0)
		return p->nr_counts;
	p->size = conf->size_mb << 20;
	p->read = (unsigned)conf->read;
	for (int i = 0; i < p->nr_counts; i++)
		if ((uint64_t)p->counts[i] * BLOCK > p->size) {
			log_error("--size-mb: %llu is too little for %d threads",
				  (unsigned long long)conf->size_mb, (int)p->counts[i]);
			return -EINVAL;
		}
	nr_phases = (uint64_t)p->nr_nodes * (1 + (uint64_t)p->nr_counts);
	p->timing.runtime_ms = conf->timing.runtime_ms / nr_phases ?: 1;
	p->timing.warmup_ms = conf->timing.warmup_ms / nr_phases;
	return 0;
}

static int run(const void *conf, double spin_per_us _unused_, struct measurement *ret)
{
	_cleanup_free_ struct plan *p = calloc(1, sizeof(*p));
	int r;

	if (!p)
		return log_errno(-ENOMEM, "cannot set up: %m");
	r = make_plan(conf, p);
	for (int i = 0; i < p->nr_nodes && r >= 0; i++)
		r = measure_node(p, p->nodes[i], ret);
	return r;
}

const struct builtin_workload workload_cxl = {
	.name = "cxl",
	.summary = "latency and read/write bandwidth of the memory of each NUMA node",
	.options = options,
	.nr_options = ARRAY_SIZE(options),
	.defaults = &defaults,
	.conf_size = sizeof(struct conf),
	.run = run,
};
