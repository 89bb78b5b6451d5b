// SPDX-License-Identifier: GPL-2.0-only
/*
 * How late timers of all threads together were, from the histograms in cyclictest's JSON. In that
 * form empty buckets are left out, so the histogram can be long enough for any scheduler (1 s)
 * and still cost nothing to print.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "bench/drivers/driver.h"
#include "bench/drivers/scan.h"
#include "bench/histogram.h"
#include "bench/json.h"
#include "lib/parse.h"

#define MAX_CYCLES (UINT64_C(1) << 40) /* of a thread: more than any can run */

struct report {
	uint64_t return_code, resolution_ns, nr_threads;
	sd_json_variant *threads;
};

#define REPORT(name, type, dispatch, member)                                                       \
	{name, SD_JSON_VARIANT_##type, dispatch, offsetof(struct report, member), SD_JSON_MANDATORY}
static const sd_json_dispatch_field report_fields[] = {
	REPORT("return_code", UNSIGNED, sd_json_dispatch_uint64, return_code),
	REPORT("resolution_in_ns", UNSIGNED, sd_json_dispatch_uint64, resolution_ns),
	REPORT("num_threads", UNSIGNED, sd_json_dispatch_uint64, nr_threads),
	REPORT("thread", OBJECT, sd_json_dispatch_variant_noref, threads),
	{},
};

struct thread {
	uint64_t nr_cycles, max;
	sd_json_variant *histogram;
};

#define THREAD(name, type, dispatch, member)                                                       \
	{name, SD_JSON_VARIANT_##type, dispatch, offsetof(struct thread, member), SD_JSON_MANDATORY}
static const sd_json_dispatch_field thread_fields[] = {
	THREAD("cycles", UNSIGNED, sd_json_dispatch_uint64, nr_cycles),
	THREAD("max", UNSIGNED, sd_json_dispatch_uint64, max),
	THREAD("histogram", OBJECT, sd_json_dispatch_variant_noref, histogram),
	{},
};

/* One bucket, "LATENCY": COUNT, of a thread with *left cycles not counted yet. 0 or -EBADMSG. */
static int read_bucket(const char *latency, sd_json_variant *v, uint64_t *left,
		       struct histogram *ret, struct json_error *e)
{
	uint64_t value, count;

	if (parse_u64(latency, 0, UINT64_MAX, &value) < 0)
		return json_error_set(e, v, NULL, "is no latency");
	if (!sd_json_variant_is_unsigned(v))
		return json_error_set(e, v, NULL, "must be a count");
	count = sd_json_variant_unsigned(v);
	if (count > *left)
		return json_error_set(e, v, NULL, "must be %" PRIu64 " or less, is %" PRIu64, *left,
				      count);
	*left -= count;
	histogram_add_many(ret, value, count);
	return 0;
}

/*
 * Latencies that were too long for the histogram count as the longest, as one of them is. With
 * more of them than that a quantile up to 99.9 % could be theirs, and would not be known.
 */
static int read_thread(sd_json_variant *v, struct histogram *ret, struct json_error *e)
{
	struct thread t = {};
	uint64_t left;
	int r = json_read_object(v, thread_fields, &t, e);

	if (r < 0)
		return r;
	if (t.nr_cycles == 0 || t.nr_cycles > MAX_CYCLES)
		return json_error_set(e, v, "cycles", "must be from 1 to %" PRIu64 ", is %" PRIu64,
				      MAX_CYCLES, t.nr_cycles);
	left = t.nr_cycles;
	for (size_t i = 0; i + 1 < sd_json_variant_elements(t.histogram); i += 2) {
		const char *name = sd_json_variant_string(sd_json_variant_by_index(t.histogram, i));

		r = read_bucket(name, sd_json_variant_by_index(t.histogram, i + 1), &left, ret, e);
		if (r < 0) {
			(void)json_error_within(e, name);
			return json_error_within(e, "histogram");
		}
	}
	if (left > 1 && left > t.nr_cycles / 1000)
		return json_error_set(e, v, "histogram",
				      "lacks %" PRIu64 " of %" PRIu64
				      " latencies, which were longer than --histogram allows",
				      left, t.nr_cycles);
	histogram_add_many(ret, t.max, left);
	return 0;
}

static int read_threads(const struct report *report, struct histogram *ret, struct json_error *e)
{
	size_t nr = sd_json_variant_elements(report->threads) / 2;
	int r = 0;

	if (nr == 0 || nr != report->nr_threads)
		return json_error_set(e, report->threads, NULL, "must hold all %" PRIu64 " threads",
				      report->nr_threads);
	for (size_t i = 0; i < nr && r >= 0; i++) {
		r = read_thread(sd_json_variant_by_index(report->threads, 2 * i + 1), ret, e);
		if (r == -EBADMSG)
			return json_error_within(e, sd_json_variant_string(sd_json_variant_by_index(
							    report->threads, 2 * i)));
	}
	return r;
}

static int read_report(sd_json_variant *v, struct histogram *h, struct scan *s,
		       struct json_error *e)
{
	struct report report = {};
	int r = json_read_object(v, report_fields, &report, e);

	if (r < 0)
		return r;
	if (report.return_code != 0)
		return json_error_set(e, v, "return_code", "must be 0, is %" PRIu64,
				      report.return_code);
	if (report.resolution_ns > 1)
		return json_error_set(e, v, "resolution_in_ns", "must be 0 or 1, is %" PRIu64,
				      report.resolution_ns);
	r = read_threads(&report, h, e);
	if (r < 0)
		return r == -EBADMSG ? json_error_within(e, "thread") : r;
	return histogram_report(h, "latency", "us", report.resolution_ns ? 1000 : 1,
				&s->measurement);
}

static void read_output(struct scan *s)
{
	_cleanup_json_ sd_json_variant *v = NULL;
	_cleanup_free_ struct histogram *h = malloc(sizeof(*h));
	struct json_error e = {};

	scan_begin_whole(s, SCAN_STDOUT);
	scan_result(s, h ? 0 : -ENOMEM);
	v = scan_json(s, "{");
	if (!v)
		return;
	histogram_init(h);
	scan_json_result(s, read_report(v, h, s, &e), &e);
}

static int parse(const struct output *o, struct measurement *ret, char **ret_error)
{
	return scan_output(o, read_output, ret, ret_error);
}

const struct driver driver_cyclictest = {
	.name = "cyclictest",
	.summary = "how late timers are, from the time they were set to",
	.program = "cyclictest",
	.package = "rt-tests",
	.fedora_package = "realtime-tests",
	.before = DRIVER_ARGS("--quiet", "--json=-", "--histogram=1000000", "--histfile=/dev/null"),
	.defaults = DRIVER_ARGS("--threads", "--duration=10"),
	.parse = parse,
};
