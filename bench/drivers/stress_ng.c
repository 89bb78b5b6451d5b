// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations of each stressor per second of time. Of the forms stress-ng has for its metrics the
 * table in its log is read, and not the YAML file: only the log says which stressors failed,
 * were skipped or are not to be trusted, and that it came to its end.
 */
#include <stdio.h>

#include "bench/drivers/driver.h"
#include "bench/drivers/scan.h"

#define INFO "stress-ng: info: [@] "
#define METRIC "stress-ng: metrc: "

enum { OPERATIONS, SECONDS, RATE = 4 };

/* The time and the rate have two decimals each, so the smaller one has lost more to rounding. */
static double rate_of(const double *numbers)
{
	return numbers[SECONDS] > numbers[RATE] ? numbers[OPERATIONS] / numbers[SECONDS]
						: numbers[RATE];
}

static void read_row(struct scan *s)
{
	char name[SCAN_NAME + sizeof("_rate")];

	(void)snprintf(name, sizeof(name), "%s_rate", s->name);
	scan_metric(s, name, "1/s", BETTER_HIGHER, rate_of(s->numbers));
}

/* The log says how many were so, and their names if there are any. */
static void read_none(struct scan *s, const char *line, const char *line_of_none)
{
	if (scan_find(s, line) && !scan_matches(s, line_of_none))
		scan_error(s, "'%.*s' means that not all was measured", (int)s->line_size, s->line);
}

static void read_output(struct scan *s)
{
	scan_begin_whole(s, SCAN_STDOUT);
	scan_find(s,
		  METRIC "[@] stressor bogo ops real time usr time sys time bogo ops/s bogo ops/s");
	scan_expect(s, METRIC "[@] (secs) (secs) (secs) (real time) (usr+sys time)");
	while (scan_next(s) && !scan_matches(s, INFO "skipped: *"))
		if (scan_matches(s, METRIC "*") && scan_is(s, METRIC "[@] $ % % % % % %"))
			read_row(s);
	scan_again(s);
	read_none(s, INFO "skipped: *", INFO "skipped: 0");
	if (s->r >= 0 && s->measurement.nr_metrics == 0)
		scan_error(s, "the table of metrics has no row");
	read_none(s, INFO "failed: *", INFO "failed: 0");
	read_none(s, INFO "metrics untrustworthy: *", INFO "metrics untrustworthy: 0");
	scan_find(s, INFO "successful run completed in *");
	scan_end(s);
}

static int parse(const struct output *o, struct measurement *ret, char **ret_error)
{
	return scan_output(o, read_output, ret, ret_error);
}

const struct driver driver_stress_ng = {
	.name = "stress-ng",
	.summary = "operations per second of any of stress-ng's stressors",
	.program = "stress-ng",
	.package = "stress-ng",
	.before = DRIVER_ARGS("--metrics-brief"),
	.needs = "stressors and a time, such as --switch 2 --timeout 10s",
	.parse = parse,
};
