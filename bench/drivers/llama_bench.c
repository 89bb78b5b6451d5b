// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tokens per second of each test, as llama-bench shows them itself: the mean of the rates of its
 * repetitions. One that was held up counts little in that, but in the mean of the times, which are
 * those of whole tests and not of tokens. Tests are named as llama-bench names them: pp512, tg128,
 * pp512+tg128, tg128@d4096.
 */
#include <inttypes.h>
#include <stdio.h>

#include "bench/drivers/driver.h"
#include "bench/drivers/scan.h"
#include "bench/json.h"

struct test {
	uint64_t nr_prompt, nr_generated, depth, mean_ns;
	double rate;
};

#define FIELD(name, type, dispatch, member, flags)                                                 \
	{name, SD_JSON_VARIANT_##type, dispatch, offsetof(struct test, member), flags}
static const sd_json_dispatch_field fields[] = {
	FIELD("n_prompt", UNSIGNED, sd_json_dispatch_uint64, nr_prompt, SD_JSON_MANDATORY),
	FIELD("n_gen", UNSIGNED, sd_json_dispatch_uint64, nr_generated, SD_JSON_MANDATORY),
	FIELD("n_depth", UNSIGNED, sd_json_dispatch_uint64, depth, 0), /* since 2025 */
	FIELD("avg_ns", UNSIGNED, sd_json_dispatch_uint64, mean_ns, SD_JSON_MANDATORY),
	FIELD("avg_ts", NUMBER, json_dispatch_number, rate, SD_JSON_MANDATORY),
	{},
};

enum { TEST_NAME = 100 }; /* three numbers and what is between them */

static void name_test(const struct test *t, char ret[TEST_NAME])
{
	char prompt[32] = "", generated[32] = "", depth[32] = "";

	if (t->nr_prompt > 0)
		(void)snprintf(prompt, sizeof(prompt), "pp%" PRIu64, t->nr_prompt);
	if (t->nr_generated > 0)
		(void)snprintf(generated, sizeof(generated), "tg%" PRIu64, t->nr_generated);
	if (t->depth > 0)
		(void)snprintf(depth, sizeof(depth), "@d%" PRIu64, t->depth);
	(void)snprintf(ret, TEST_NAME, "%s%s%s%s", prompt, *prompt && *generated ? "+" : "",
		       generated, depth);
}

static int add_test(const struct test *t, struct measurement *m)
{
	char name[TEST_NAME], time_name[TEST_NAME + sizeof("_time")];
	int r;

	name_test(t, name);
	(void)snprintf(time_name, sizeof(time_name), "%s_time", name);
	r = measurement_add(m, name, "tokens/s", BETTER_HIGHER, t->rate);
	return r < 0 ? r
		     : measurement_add(m, time_name, "s", BETTER_LOWER, (double)t->mean_ns / 1e9);
}

static int read_test(sd_json_variant *v, void *userdata, struct json_error *e)
{
	struct measurement *m = userdata;
	struct test t = {};
	int r = json_read_object(v, fields, &t, e);

	if (r < 0)
		return r;
	if (t.nr_prompt == 0 && t.nr_generated == 0)
		return json_error_set(e, v, NULL, "has neither a prompt nor generated tokens");
	if (!(t.rate > 0))
		return json_error_set(e, v, "avg_ts", "must be more than 0, is %g", t.rate);
	if (t.mean_ns == 0)
		return json_error_set(e, v, "avg_ns", "must be more than 0");
	r = add_test(&t, m);
	if (r == -EEXIST)
		return json_error_set(e, v, NULL,
				      "is the second of its kind: options may have one value each");
	return r == -EDOM ? json_error_set(e, v, "avg_ts", "is too large") : r;
}

static void read_output(struct scan *s)
{
	_cleanup_json_ sd_json_variant *v = NULL;
	struct json_error e = {};

	scan_begin_whole(s, SCAN_STDOUT);
	v = scan_json(s, "[");
	if (!v)
		return;
	if (sd_json_variant_elements(v) == 0)
		scan_error(s, "no test was made");
	scan_json_result(s, json_read_array(v, "tests", read_test, &s->measurement, &e), &e);
}

static int parse(const struct output *o, struct measurement *ret, char **ret_error)
{
	return scan_output(o, read_output, ret, ret_error);
}

const struct driver driver_llama_bench = {
	.name = "llama-bench",
	.summary = "a language model on the CPU: prompt and generated tokens per second",
	.program = "llama-bench",
	.package = "llama.cpp-tools",
	.fedora_package = "llama-cpp",
	.after = DRIVER_ARGS("-o", "json"),
	.needs = "a model, -m MODEL.gguf",
	.parse = parse,
};
