// SPDX-License-Identifier: GPL-2.0-only
/*
 * Threads that can only get on together, as those of a language model do, which meet some
 * thousand times for a token: all work on a segment, then all wait for the last one at a
 * barrier. If one of them loses its CPU to a hog, the others wait for it.
 *
 *	warm-up | alone | warm-up, with hogs | beside the hogs
 *
 * How they wait: `spin` never sleeps, `yield` calls sched_yield() from turn 2048 on, `futex`
 * sleeps at once. The first thread counts iterations and looks at the clock.
 */
#include <sched.h>

#include "bench/spin.h"
#include "bench/workloads/builtin.h"
#include "bench/workloads/clock.h"
#include "bench/workloads/crew.h"
#include "bench/workloads/definitions.h"
#include "bench/workloads/futex.h"
#include "bench/workloads/hogs.h"
#include "bench/workloads/results.h"

#include "lib/log.h"

#define THREADS_MAX 1024
#define HOGS_MAX 1024
#define TURNS_BEFORE_YIELD 2048

enum wait { WAIT_SPIN = 1, WAIT_YIELD, WAIT_FUTEX };

struct conf {
	struct timing timing;
	uint64_t alone_ms, threads, segment_us, hogs;
	uint8_t barrier;
};

// clang-format off
static const struct option_info options[] = {
	{"threads", 't', OPTION_NUMBER, offsetof(struct conf, threads), "N",
	 "threads that work together; 0: one for each CPU", 0, THREADS_MAX},
	{"segment-us", 'u', OPTION_NUMBER, offsetof(struct conf, segment_us), "US",
	 "work of each between two barriers, in us", 1, 1000000},
	{"barrier", 'b', OPTION_CHOICE, offsetof(struct conf, barrier), "HOW",
	 "how they wait, by default spin", .choices = "spin yield futex"},
	{"hogs", 'H', OPTION_NUMBER, offsetof(struct conf, hogs), "N",
	 "processes that never sleep; 0: one for each CPU", 0, HOGS_MAX},
	{"alone", 'a', OPTION_SECONDS, offsetof(struct conf, alone_ms), "S",
	 "measure the threads alone for S seconds first (0.1 to 3600, default 2)", 100, 3600000},
	TIMING_OPTIONS(struct conf),
};
// clang-format on

static const struct conf defaults = {
	.timing = TIMING_DEFAULTS,
	.alone_ms = 2000,
	.segment_us = 50,
	.barrier = WAIT_SPIN,
};

struct gang {
	uint32_t arrived __attribute__((aligned(128)));
	uint32_t generation __attribute__((aligned(128)));
	/*
	 * After that many rounds all end; 0: not known yet. A number, because a thread that is slow
	 * to leave one barrier may see it when the first thread already waits at the next.
	 */
	uint32_t last_round;
	uint32_t nr_threads;
	enum wait wait;
	uint64_t turns;
	uint64_t alone_ns, settle_ns;
	uint64_t nr_alone, nr_beside; /* iterations */
};

static void wait_for_others(struct gang *g, uint32_t generation)
{
	unsigned turns = 0;

	while (__atomic_load_n(&g->generation, __ATOMIC_ACQUIRE) == generation) {
		if (g->wait == WAIT_FUTEX)
			futex_wait(&g->generation, generation);
		else if (g->wait == WAIT_YIELD && ++turns >= TURNS_BEFORE_YIELD)
			(void)sched_yield();
		else
			cpu_relax();
	}
}

static void meet(struct gang *g)
{
	uint32_t generation = __atomic_load_n(&g->generation, __ATOMIC_ACQUIRE);

	if (__atomic_add_fetch(&g->arrived, 1, __ATOMIC_ACQ_REL) < g->nr_threads) {
		wait_for_others(g, generation);
		return;
	}
	__atomic_store_n(&g->arrived, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&g->generation, generation + 1, __ATOMIC_RELEASE);
	if (g->wait == WAIT_FUTEX)
		futex_wake(&g->generation, g->nr_threads);
}

static int follower_main(void *arg, const struct window *w _unused_)
{
	struct gang *g = arg;
	uint32_t round = 0;

	do {
		spin(g->turns);
		meet(g);
	} while (++round != __atomic_load_n(&g->last_round, __ATOMIC_RELAXED));
	return 0;
}

static int leader_main(void *arg, const struct window *w)
{
	struct gang *g = arg;
	uint64_t alone_end = w->begin + g->alone_ns, beside = alone_end + g->settle_ns, now;
	uint32_t round = 0;

	do {
		spin(g->turns);
		round++;
		now = clock_ns();
		/* before the others can be through with this round */
		if (now >= w->end)
			__atomic_store_n(&g->last_round, round, __ATOMIC_RELAXED);
		meet(g);
		now = clock_ns();
		g->nr_alone += now >= w->begin && now < alone_end;
		g->nr_beside += now >= beside && now < w->end;
	} while (round != g->last_round);
	return 0;
}

static int measure(const struct conf *conf, struct gang *g, struct hogs *hogs)
{
	const struct timing whole = {
		.warmup_ms = conf->timing.warmup_ms,
		.runtime_ms = conf->alone_ms + conf->timing.warmup_ms + conf->timing.runtime_ms,
	};
	_cleanup_crew_ struct crew crew = {};
	int r;

	if (crew_init(&crew, hogs->nr + g->nr_threads) < 0)
		return log_errno(-ENOMEM, "cannot set up the threads: %m");
	r = hogs_add(hogs, &crew, g->alone_ns);
	for (unsigned i = 0; i < g->nr_threads && r >= 0; i++)
		r = crew_add_thread(&crew, "gang", i == 0 ? leader_main : follower_main, g);
	if (r < 0)
		return r;
	(void)crew_open(&crew, &whole);
	return crew_join(&crew);
}

static int report(const struct conf *conf, const struct gang *g, const struct hogs *hogs,
		  struct measurement *m)
{
	double beside = (double)g->nr_beside * 1e3 / (double)conf->timing.runtime_ms;
	double alone = (double)g->nr_alone * 1e3 / (double)conf->alone_ms;
	double fair = gang_fair_share(g->nr_threads, hogs->nr, usable_cpus());
	double hogs_us = (double)(conf->timing.warmup_ms + conf->timing.runtime_ms) * 1e3;
	const struct result results[] = {
		{"iterations", "1/s", BETTER_HIGHER, beside},
		{"alone", "1/s", BETTER_HIGHER, alone},
		{"of_alone", "%", BETTER_HIGHER, 100 * beside / alone},
		{"of_fair", "%", BETTER_HIGHER, 100 * beside / alone / fair},
	};
	int r;

	if (g->nr_alone == 0)
		return log_errno(-ENODATA, "alone, the threads did not meet once: %m");
	r = results_add(m, results, ARRAY_SIZE(results));
	return r < 0 ? r : hogs_report(hogs, hogs_us, 0, m);
}

static int run(const void *userdata, double spin_per_us, struct measurement *ret)
{
	const struct conf *conf = userdata;
	struct gang g = {
		.nr_threads = (uint32_t)conf->threads ?: usable_cpus(),
		.wait = (enum wait)conf->barrier,
		.turns = (uint64_t)((double)conf->segment_us * spin_per_us),
		.alone_ns = conf->alone_ms * NS_PER_MS,
		.settle_ns = conf->timing.warmup_ms * NS_PER_MS,
	};
	_cleanup_hogs_ struct hogs hogs = {};
	int r;

	r = hogs_init(&hogs, (unsigned)conf->hogs ?: usable_cpus(), spin_per_us);
	if (r >= 0)
		r = measure(conf, &g, &hogs);
	return r < 0 ? r : report(conf, &g, &hogs, ret);
}

const struct builtin_workload workload_gang = {
	.name = "gang",
	.summary = "threads that meet at barriers, alone and beside programs that never sleep",
	.options = options,
	.nr_options = ARRAY_SIZE(options),
	.defaults = &defaults,
	.conf_size = sizeof(struct conf),
	.run = run,
};
