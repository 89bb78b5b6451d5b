// SPDX-License-Identifier: GPL-2.0-only
/* Groups of senders and receivers; the time until all messages have arrived. */
#include "bench/drivers/driver.h"
#include "bench/drivers/scan.h"

static void read_output(struct scan *s)
{
	scan_begin_whole(s, SCAN_STDOUT);
	scan_find(s, "Time: %");
	scan_metric(s, "time", "s", BETTER_LOWER, s->numbers[0]);
	scan_end(s);
}

static int parse(const struct output *o, struct measurement *ret, char **ret_error)
{
	return scan_output(o, read_output, ret, ret_error);
}

const struct driver driver_hackbench = {
	.name = "hackbench",
	.summary = "groups of tasks that send each other messages",
	.program = "hackbench",
	.package = "rt-tests",
	.fedora_package = "realtime-tests",
	.defaults = DRIVER_ARGS("--loops=1000"),
	.parse = parse,
};
