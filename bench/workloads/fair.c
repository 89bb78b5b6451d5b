// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes that always want to run: does each get what its weight entitles it to, and how long
 * does one go without the CPU?
 *
 * Weights come from nice values, or from cpu.weight of cgroups, of which each process then has
 * one of its own (cgroups.h). What is due to each is in definitions.h.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "bench/workloads/builtin.h"
#include "bench/workloads/cgroups.h"
#include "bench/workloads/clock.h"
#include "bench/workloads/crew.h"
#include "bench/workloads/definitions.h"
#include "bench/workloads/hogs.h"
#include "bench/workloads/number_list.h"
#include "bench/workloads/results.h"

#include "lib/log.h"

#define HOGS_MAX 1024

struct conf {
	struct timing timing;
	uint64_t hogs;
	const char *nice, *weights;
};

// clang-format off
static const struct option_info options[] = {
	{"hogs", 'H', OPTION_NUMBER, offsetof(struct conf, hogs), "N",
	 "processes, all of the same weight", 1, HOGS_MAX, .excludes = "nice weights"},
	{"nice", 'n', OPTION_STRING, offsetof(struct conf, nice), "LIST",
	 "one process for each of these nice values (-20 to 19), as in 0,0,5", .excludes = "weights"},
	{"weights", 'c', OPTION_STRING, offsetof(struct conf, weights), "LIST",
	 "one process, in a cgroup of its own, for each of these values of cpu.weight (1 to 10000)"},
	TIMING_OPTIONS(struct conf),
};
// clang-format on

static const struct conf defaults = {.timing = TIMING_DEFAULTS, .hogs = 16};

/* Who takes part. */
struct party {
	struct hogs hogs;
	struct cgroups cgroups;
	int64_t numbers[HOGS_MAX]; /* as the user gave them */
	double weights[HOGS_MAX], shares[HOGS_MAX], work[HOGS_MAX];
};

/* How many; -EINVAL after logging. */
static int read_weights(const struct conf *conf, struct party *p)
{
	int nr = (int)conf->hogs;

	if (conf->nice)
		nr = number_list_parse("nice", conf->nice, -20, 19, p->numbers, HOGS_MAX);
	else if (conf->weights)
		nr = number_list_parse("weights", conf->weights, 1, 10000, p->numbers, HOGS_MAX);
	for (int i = 0; i < nr; i++)
		p->weights[i] =
			conf->weights ? (double)p->numbers[i] : nice_weight((int)p->numbers[i]);
	return nr;
}

static int weigh(const struct conf *conf, struct party *p, unsigned i, pid_t pid)
{
	if (conf->nice && setpriority(PRIO_PROCESS, (id_t)pid, (int)p->numbers[i]) < 0)
		return log_errno(-errno, "cannot set nice value %d: %m", (int)p->numbers[i]);
	if (conf->weights)
		return cgroups_add(&p->cgroups, pid, (unsigned)p->numbers[i]);
	return 0;
}

static int measure(const struct conf *conf, struct party *p)
{
	_cleanup_crew_ struct crew crew = {};
	const struct window *w;
	pid_t pid;
	int r;

	if (crew_init(&crew, p->hogs.nr) < 0)
		return log_errno(-ENOMEM, "cannot set up the processes: %m");
	for (unsigned i = 0; i < p->hogs.nr; i++) {
		pid = hogs_add_one(&p->hogs, i, &crew);
		if (pid < 0)
			return pid;
		r = weigh(conf, p, i, pid);
		if (r < 0)
			return r;
	}
	w = crew_open(&crew, &conf->timing);
	r = conf->weights ? cgroups_wait(w->end) : 0;
	return r < 0 ? r : crew_join(&crew);
}

/* Of hogs with the weight @weight, what one did on average. */
static double mean_work(const struct party *p, double weight)
{
	double sum = 0;
	unsigned nr = 0;

	for (unsigned i = 0; i < p->hogs.nr; i++)
		if (p->weights[i] == weight) {
			sum += p->work[i];
			nr++;
		}
	return sum / nr;
}

/* Heaviest over lightest; only if there are different ones, and it is a number. */
static int report_ratio(const struct party *p, struct measurement *m)
{
	double low = p->weights[0], high = p->weights[0];
	struct result ratio = {"ratio", "", BETTER_NONE};

	for (unsigned i = 1; i < p->hogs.nr; i++) {
		low = p->weights[i] < low ? p->weights[i] : low;
		high = p->weights[i] > high ? p->weights[i] : high;
	}
	if (low == high || mean_work(p, low) <= 0)
		return 0;
	ratio.value = mean_work(p, high) / mean_work(p, low);
	return results_add(m, &ratio, 1);
}

static int report(const struct conf *conf, struct party *p, struct measurement *m)
{
	struct result results[] = {{"deviation", "%", BETTER_LOWER}, {"gap", "ms", BETTER_LOWER}};
	uint64_t gap_ns = 0;
	int r;

	fair_shares(p->weights, p->hogs.nr, usable_cpus(), p->shares);
	for (unsigned i = 0; i < p->hogs.nr; i++) {
		const struct hog *h = &p->hogs.hogs[i];

		p->work[i] = (double)h->turns;
		gap_ns = h->gap_ns > gap_ns ? h->gap_ns : gap_ns;
	}
	if (hogs_work_us(&p->hogs) <= 0)
		return log_errno(-ENODATA, "nobody ran in the measured time: %m");
	results[0].value = 100 * fair_deviation(p->work, p->shares, p->hogs.nr);
	results[1].value = (double)gap_ns / (double)NS_PER_MS;
	r = results_add(m, results, ARRAY_SIZE(results));
	if (r >= 0)
		r = report_ratio(p, m);
	return r < 0 ? r : hogs_report(&p->hogs, (double)conf->timing.runtime_ms * 1e3, 0, m);
}

static int run_party(const struct conf *conf, struct party *p, double spin_per_us,
		     struct measurement *ret)
{
	int r = read_weights(conf, p);

	if (r < 0)
		return r;
	r = hogs_init(&p->hogs, (unsigned)r, spin_per_us);
	if (r >= 0 && conf->weights)
		r = cgroups_init(&p->cgroups);
	if (r >= 0)
		r = measure(conf, p);
	return r < 0 ? r : report(conf, p, ret);
}

static int run(const void *conf, double spin_per_us, struct measurement *ret)
{
	_cleanup_free_ struct party *p = calloc(1, sizeof(*p));
	int r;

	if (!p)
		return log_errno(-ENOMEM, "cannot set up the processes: %m");
	r = run_party(conf, p, spin_per_us, ret);
	cgroups_finish(&p->cgroups);
	hogs_finish(&p->hogs);
	return r;
}

const struct builtin_workload workload_fair = {
	.name = "fair",
	.summary = "processes that never sleep: shares against weights, and the longest wait",
	.options = options,
	.nr_options = ARRAY_SIZE(options),
	.defaults = &defaults,
	.conf_size = sizeof(struct conf),
	.run = run,
};
