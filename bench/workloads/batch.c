// SPDX-License-Identifier: GPL-2.0-only
/*
 * Short jobs and one long one, all there at once, the long one last: a test suite, a folder to be
 * compressed. Each is a process that has a fixed amount of work. Who gives all the same share ends
 * when the long one ends, which has the machine for itself at the end and can use but one CPU
 * of it; best is to begin with the long one.
 *
 * Defaults make five jobs for each CPU, and the long one as long as leaves the most to win.
 */
#include <stdlib.h>

#include "bench/spin.h"
#include "bench/workloads/builtin.h"
#include "bench/workloads/clock.h"
#include "bench/workloads/crew.h"
#include "bench/workloads/definitions.h"
#include "bench/workloads/results.h"

#include "lib/log.h"

#define JOBS_MAX 4096
#define JOBS_PER_CPU 5

struct conf {
	uint64_t short_jobs, short_ms, long_ms;
};

// clang-format off
static const struct option_info options[] = {
	{"short-jobs", 'k', OPTION_NUMBER, offsetof(struct conf, short_jobs), "N",
	 "short jobs; 0: with the long one, five for each CPU", 0, JOBS_MAX},
	{"short-ms", 's', OPTION_NUMBER, offsetof(struct conf, short_ms), "MS",
	 "work of a short job, in ms", 1, 3600000},
	{"long-ms", 'l', OPTION_NUMBER, offsetof(struct conf, long_ms), "MS",
	 "work of the long one; 0: what the other CPUs need for the short ones", 0, 3600000},
};
// clang-format on

static const struct conf defaults = {.short_ms = 300};

/* In memory the job shares with us. */
struct job {
	uint64_t turns;
	uint64_t begun, ended; /* the gate opened; it was done */
};

static int job_main(void *arg, const struct window *w)
{
	struct job *job = arg;

	spin(job->turns);
	job->begun = w->open;
	job->ended = clock_ns();
	return 0;
}

/* The long one is the last. */
static int measure(struct job *jobs, unsigned nr)
{
	_cleanup_crew_ struct crew crew = {};
	pid_t pid = 0;

	if (crew_init(&crew, nr) < 0)
		return log_errno(-ENOMEM, "cannot set up %u jobs: %m", nr);
	for (unsigned i = 0; i < nr && pid >= 0; i++)
		pid = crew_add_process(&crew, i + 1 < nr ? "short" : "long", job_main, &jobs[i]);
	if (pid < 0)
		return pid;
	(void)crew_open(&crew, &(struct timing){});
	return crew_join(&crew);
}

static int report(const struct job *jobs, const struct batch *b, struct measurement *m)
{
	double makespan = 0, sum = 0, sum_short = 0;
	unsigned nr = b->nr_short + 1;

	for (unsigned i = 0; i < nr; i++) {
		double time = (double)(jobs[i].ended - jobs[i].begun) / (double)NS_PER_S;

		sum += time;
		sum_short += i < b->nr_short ? time : 0;
		makespan = time > makespan ? time : makespan;
	}
	const struct result results[] = {
		{"makespan", "s", BETTER_LOWER, makespan},
		{"completion", "s", BETTER_LOWER, sum / nr},
		{"short_completion", "s", BETTER_LOWER, sum_short / b->nr_short},
		{"of_best", "%", BETTER_LOWER, 100 * makespan / batch_best_makespan(b)},
		{"of_fair", "%", BETTER_LOWER, 100 * makespan / batch_fair_makespan(b)},
		{"completion_of_fair", "%", BETTER_LOWER,
		 100 * sum / nr / batch_fair_mean_completion(b)},
	};

	return results_add(m, results, ARRAY_SIZE(results));
}

static int run(const void *userdata, double spin_per_us, struct measurement *ret)
{
	const struct conf *conf = userdata;
	unsigned cpus = usable_cpus();
	unsigned nr_short = (unsigned)conf->short_jobs ?: JOBS_PER_CPU * cpus - 1;
	uint64_t others = cpus > 1 ? cpus - 1 : 1;
	uint64_t long_ms = conf->long_ms ?: (nr_short * conf->short_ms + others - 1) / others;
	struct batch b = {nr_short, cpus, (double)conf->short_ms / 1e3, (double)long_ms / 1e3};
	struct job *jobs;
	int r;

	if (long_ms < conf->short_ms) {
		log_error("the long job has %llu ms, less than the %llu ms of a short one; see "
			  "--long-ms and --short-ms",
			  (unsigned long long)long_ms, (unsigned long long)conf->short_ms);
		return -EINVAL;
	}
	jobs = shared_new((nr_short + 1) * sizeof(*jobs));
	if (!jobs)
		return log_errno(-ENOMEM, "cannot set up %u jobs: %m", nr_short + 1);
	for (unsigned i = 0; i <= nr_short; i++)
		jobs[i].turns = (uint64_t)((double)(i < nr_short ? conf->short_ms : long_ms) * 1e3 *
					   spin_per_us);
	r = measure(jobs, nr_short + 1);
	if (r >= 0)
		r = report(jobs, &b, ret);
	shared_free(jobs, (nr_short + 1) * sizeof(*jobs));
	return r;
}

const struct builtin_workload workload_batch = {
	.name = "batch",
	.summary = "short jobs and a long one, started last: when all are done",
	.options = options,
	.nr_options = ARRAY_SIZE(options),
	.defaults = &defaults,
	.conf_size = sizeof(struct conf),
	.run = run,
};
