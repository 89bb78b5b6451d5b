// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any test of sysbench: they end with the same statistics. The rate and the mean latency are made
 * of sums here, since the ones sysbench prints have two decimals of a millisecond: "0.00" for
 * short events.
 */
#include <stdio.h>

#include "bench/drivers/driver.h"
#include "bench/drivers/scan.h"

/* The total time has four decimals, of which that leaves three digits. */
#define SHORTEST 0.1

/* What sysbench rounded to nothing is left out. */
static void read_latency(struct scan *s, const char *name, double value)
{
	if (value > 0)
		scan_metric(s, name, "ms", BETTER_LOWER, value);
}

static void read_percentile(struct scan *s)
{
	char name[32];

	if (!scan_next(s) || scan_matches(s, "percentile stats: disabled"))
		return;
	if (!scan_is(s, "%th percentile: %"))
		return;
	(void)snprintf(name, sizeof(name), "latency_p%g", s->numbers[0]);
	read_latency(s, name, s->numbers[1]);
}

static void read_output(struct scan *s)
{
	double seconds, events;

	scan_begin_whole(s, SCAN_STDOUT);
	scan_find(s, "General statistics:");
	scan_expect(s, "total time: %s");
	seconds = s->numbers[0];
	if (seconds < SHORTEST)
		scan_error(s, "%g s are too short to be measured, it takes %g s", seconds,
			   SHORTEST);
	scan_expect(s, "total number of events: %");
	events = s->numbers[0];
	scan_metric(s, "event_rate", "1/s", BETTER_HIGHER, events / seconds);
	scan_expect(s, "Latency (ms):");
	scan_expect(s, "min: %");
	scan_expect(s, "avg: %");
	scan_expect(s, "max: %");
	read_latency(s, "latency_max", s->numbers[0]);
	read_percentile(s);
	scan_expect(s, "sum: %");
	scan_metric(s, "latency_mean", "ms", BETTER_LOWER, s->numbers[0] / events);
	scan_expect(s, "Threads fairness:");
	scan_expect(s, "events (avg/stddev): %/%");
	scan_expect(s, "execution time (avg/stddev): %/%");
	scan_end(s);
}

static int parse(const struct output *o, struct measurement *ret, char **ret_error)
{
	return scan_output(o, read_output, ret, ret_error);
}

const struct driver driver_sysbench = {
	.name = "sysbench",
	.summary = "events per second and their latency: cpu, memory, threads, mutex",
	.program = "sysbench",
	.package = "sysbench",
	.after = DRIVER_ARGS("run"),
	.defaults = DRIVER_ARGS("threads", "--threads=16", "--time=10"),
	.parse = parse,
};
