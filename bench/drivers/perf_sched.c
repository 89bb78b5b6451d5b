// SPDX-License-Identifier: GPL-2.0-only
/*
 * One benchmark of `perf bench sched`. They print their time for as many operations as they were
 * told to do, or that time for one; "all" would be several workloads in one run.
 */
#include <string.h>

#include "bench/drivers/driver.h"
#include "bench/drivers/scan.h"

static void read_output(struct scan *s)
{
	bool is_messaging;

	scan_begin_whole(s, SCAN_STDOUT);
	scan_find(s, "# Running 'sched/$' benchmark:");
	is_messaging = strcmp(s->name, "messaging") == 0;
	scan_find(s, "Total time: % [sec]");
	if (is_messaging) {
		scan_metric(s, "time", "s", BETTER_LOWER, s->numbers[0]);
	} else {
		scan_expect(s, "% usecs/op");
		scan_metric(s, "op_time", "us", BETTER_LOWER, s->numbers[0]);
		scan_expect(s, "% ops/sec");
	}
	scan_end(s);
}

static int parse(const struct output *o, struct measurement *ret, char **ret_error)
{
	return scan_output(o, read_output, ret, ret_error);
}

const struct driver driver_perf_sched = {
	.name = "perf-sched",
	.summary = "one of perf's scheduler benchmarks: messaging, pipe, seccomp-notify",
	.program = "perf",
	.package = "linux-perf",
	.fedora_package = "perf",
	.before = DRIVER_ARGS("bench", "sched"),
	.defaults = DRIVER_ARGS("pipe"),
	.parse = parse,
};
