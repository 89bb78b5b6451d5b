// SPDX-License-Identifier: GPL-2.0-only
/*
 * Threads that wake up often for a little work, as audio, input and network software does, beside
 * programs that take all the CPU they get.
 *
 * Each worker has a timer that expires once in every period, at a time that is displaced by a
 * pseudo-random part of it, the same in each run: without that, a period that is a multiple
 * of the kernel's tick would meet it at the same phase all run long. The latency is from when the
 * timer was to expire until the worker runs. Timers that expired while the worker still waited for
 * the CPU, or worked, are counted as skipped, and it does not make up for them.
 *
 * Who measures from outside, like aios-bench run --wakeup-wait, is not to see how all of them begin
 * at once: workers have the name of the workload in the measured time only.
 */
#include <stdlib.h>
#include <sys/prctl.h>

#include "bench/prng.h"
#include "bench/spin.h"
#include "bench/workloads/builtin.h"
#include "bench/workloads/clock.h"
#include "bench/workloads/crew.h"
#include "bench/workloads/definitions.h"
#include "bench/workloads/hogs.h"
#include "bench/workloads/results.h"

#include "lib/log.h"

#define WORKERS_MAX 1024
#define HOGS_MAX 1024

struct conf {
	struct timing timing;
	uint64_t workers, run_us, period_us, jitter, hogs;
};

// clang-format off
static const struct option_info options[] = {
	{"workers", 'W', OPTION_NUMBER, offsetof(struct conf, workers), "N",
	 "threads that wake up", 1, WORKERS_MAX},
	{"run-us", 'u', OPTION_NUMBER, offsetof(struct conf, run_us), "US",
	 "work each time, in us", 0, 1000000},
	{"period-us", 'p', OPTION_NUMBER, offsetof(struct conf, period_us), "US",
	 "how often each wakes", 100, 4000000},
	{"jitter", 'j', OPTION_NUMBER, offsetof(struct conf, jitter), "PERCENT",
	 "the part of a period by which the timer is displaced at most", 0, 100},
	{"hogs", 'H', OPTION_NUMBER, offsetof(struct conf, hogs), "N",
	 "processes that never sleep", 0, HOGS_MAX},
	TIMING_OPTIONS(struct conf),
};
// clang-format on

static const struct conf defaults = {
	.timing = TIMING_DEFAULTS,
	.workers = 4,
	.run_us = 200,
	.period_us = 4000,
	.jitter = 50,
	.hogs = 4,
};

struct worker {
	uint64_t turns, period_ns, jitter_ns;
	uint64_t phase_ns; /* so that the workers do not all wake together */
	struct prng random;
	uint64_t skipped;
	bool is_named;
	struct histogram latency;
} __attribute__((aligned(128)));

static void name_worker(struct worker *worker, bool is_measured)
{
	if (worker->is_named || !is_measured)
		return;
	worker->is_named = true;
	(void)prctl(PR_SET_NAME, "wakeup");
}

static int worker_main(void *arg, const struct window *w)
{
	struct worker *worker = arg;
	uint64_t period = w->open + worker->phase_ns, due, now;

	(void)prctl(PR_SET_TIMERSLACK, 1);
	for (; period < w->end; period += worker->period_ns) {
		due = period + prng_below(&worker->random, worker->jitter_ns + 1);
		name_worker(worker, window_has(w, due));
		if (clock_ns() > due) {
			worker->skipped += window_has(w, due);
			continue;
		}
		sleep_until_ns(due);
		now = clock_ns();
		if (window_has(w, due))
			histogram_add(&worker->latency, now - due);
		spin(worker->turns);
	}
	return 0;
}

static struct worker *workers_new(const struct conf *conf, double spin_per_us)
{
	struct worker *workers = shared_new(conf->workers * sizeof(*workers));
	uint64_t period_ns = conf->period_us * NS_PER_US;

	for (unsigned i = 0; i < conf->workers && workers; i++) {
		workers[i].turns = (uint64_t)((double)conf->run_us * spin_per_us);
		workers[i].period_ns = period_ns;
		workers[i].jitter_ns = period_ns * conf->jitter / 100;
		workers[i].phase_ns = period_ns * i / conf->workers;
		workers[i].random.state = i;
		histogram_init(&workers[i].latency);
	}
	return workers;
}

static int measure(const struct conf *conf, struct worker *workers, struct hogs *hogs)
{
	_cleanup_crew_ struct crew crew = {};
	int r;

	if (crew_init(&crew, conf->hogs + conf->workers) < 0)
		return log_errno(-ENOMEM, "cannot set up the workers: %m");
	r = hogs_add(hogs, &crew, 0);
	for (unsigned i = 0; i < conf->workers && r >= 0; i++)
		r = crew_add_thread(&crew, "wakeup-warm-up", worker_main, &workers[i]);
	if (r < 0)
		return r;
	(void)crew_open(&crew, &conf->timing);
	return crew_join(&crew);
}

/* Adds up all workers in the first one. */
static int report(const struct conf *conf, struct worker *workers, const struct hogs *hogs,
		  struct measurement *ret)
{
	struct worker *all = &workers[0];
	struct result skipped = {"skipped", "%", BETTER_LOWER};
	double nr;
	int r;

	for (unsigned i = 1; i < conf->workers; i++) {
		histogram_merge(&all->latency, &workers[i].latency);
		all->skipped += workers[i].skipped;
	}
	nr = (double)all->latency.nr;
	r = histogram_report(&all->latency, "wakeup", "us", (double)NS_PER_US, ret);
	if (r < 0)
		return log_errno(r, "nobody woke up in the measured time: %m");
	skipped.value = 100 * (double)all->skipped / (nr + (double)all->skipped);
	r = results_add(ret, &skipped, 1);
	return r < 0 ? r
		     : hogs_report(hogs, (double)conf->timing.runtime_ms * 1e3,
				   nr * (double)conf->run_us, ret);
}

static int run(const void *userdata, double spin_per_us, struct measurement *ret)
{
	const struct conf *conf = userdata;
	_cleanup_hogs_ struct hogs hogs = {};
	struct worker *workers;
	int r = hogs_init(&hogs, (unsigned)conf->hogs, spin_per_us);

	if (r < 0)
		return r;
	workers = workers_new(conf, spin_per_us);
	if (!workers)
		return log_errno(-ENOMEM, "cannot make %u workers: %m", (unsigned)conf->workers);
	r = measure(conf, workers, &hogs);
	if (r >= 0)
		r = report(conf, workers, &hogs, ret);
	shared_free(workers, conf->workers * sizeof(*workers));
	return r;
}

const struct builtin_workload workload_wakeup = {
	.name = "wakeup",
	.summary = "threads that wake up often for a little work, beside programs that never sleep",
	.options = options,
	.nr_options = ARRAY_SIZE(options),
	.defaults = &defaults,
	.conf_size = sizeof(struct conf),
	.run = run,
};
