// SPDX-License-Identifier: GPL-2.0-only
/*
 * What schbench prints on standard error at its end: two tables of latencies and the rate, or
 * with --pipe one table and another rate. Its tables also come in between, each round of them
 * closed by "current rps": what counts is behind the last of those. The JSON it can write instead
 * has no average rate, and not all versions have it.
 */
#include <stdio.h>

#include "bench/drivers/driver.h"
#include "bench/drivers/scan.h"

static const struct {
	double quantile;
	const char *row, *suffix;
} rows[] = {
	{0.5, "50.0th: % (% samples)", "p50"},
	{0.9, "90.0th: % (% samples)", "p90"},
	{0.99, "* 99.0th: % (% samples)", "p99"},
	{0.999, "99.9th: % (% samples)", "p999"},
};

static void add_latency(struct scan *s, const char *name, const char *suffix)
{
	char metric[32];

	(void)snprintf(metric, sizeof(metric), "%s_%s", name, suffix);
	scan_metric(s, metric, "us", BETTER_LOWER, s->numbers[0]);
}

/* The table after its head, which says how many samples there are. */
static void read_latencies(struct scan *s, const char *name)
{
	struct quantile points[ARRAY_SIZE(rows)];

	if (scan_next(s) && !scan_matches(s, "20.0th: % (% samples)"))
		scan_again(s);
	for (size_t i = 0; i < ARRAY_SIZE(rows) && scan_expect(s, rows[i].row); i++) {
		add_latency(s, name, rows[i].suffix);
		points[i] = (struct quantile){rows[i].quantile, s->numbers[0]};
	}
	scan_expect(s, "min=@, max=%");
	add_latency(s, name, "max");
	scan_distribution(s, name, "us", points, ARRAY_SIZE(points));
}

static void read_rate(struct scan *s)
{
	scan_expect(s, "Request Latencies percentiles (usec) runtime @ (s) (@ total samples)");
	read_latencies(s, "request");
	scan_expect(s, "RPS percentiles (requests) runtime @ (s) (@ total samples)");
	scan_find(s, "min=@, max=%");
	if (scan_next(s) && scan_matches(s, "final rps goal was %"))
		scan_metric(s, "rps_goal", "1/s", BETTER_HIGHER, s->numbers[0]);
	else if (scan_is(s, "average rps: %"))
		scan_metric(s, "rps", "1/s", BETTER_HIGHER, s->numbers[0]);
}

static void read_output(struct scan *s)
{
	scan_begin_whole(s, SCAN_STDERR);
	scan_find_last(s, "current rps: %");
	scan_find(s, "Wakeup Latencies percentiles (usec) runtime @ (s) (@ total samples)");
	read_latencies(s, "wakeup");
	if (scan_next(s) && scan_matches(s, "avg worker transfer: % ops/sec %$/s")) {
		scan_metric(s, "transfers", "1/s", BETTER_HIGHER, s->numbers[0]);
	} else {
		scan_again(s);
		read_rate(s);
	}
	if (scan_next(s))
		scan_is(s, "sched delay: message @ (usec) worker @ (usec)");
	scan_end(s);
}

static int parse(const struct output *o, struct measurement *ret, char **ret_error)
{
	return scan_output(o, read_output, ret, ret_error);
}

const struct driver driver_schbench = {
	.name = "schbench",
	.summary = "Chris Mason's model of a web server: wakeup and request latency, rate",
	.program = "schbench",
	.defaults = DRIVER_ARGS("-r", "30"),
	.parse = parse,
};
