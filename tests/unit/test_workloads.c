// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each workload, for a moment, through the verb, as aios-bench itself runs it: what must hold
 * whatever the times are. And the man page has each option, default, range and metric.
 */
#include <inttypes.h>
#include <math.h>
#include <sys/stat.h>

#include "bench/verbs.h"
#include "bench/workloads/builtin.h"
#include "lib/exit_status.h"
#include "lib/file.h"
#include "test.h"

#define PERCENTILES(name) name "_p50", name "_p90", name "_p99", name "_p999", name "_max"
#define WORDS_MAX 16
#define METRICS_MAX 24
#define MAN_MAX 1000000

static const struct case_ {
	const char *words[WORDS_MAX]; /* without -r, which is for us */
	const char *metrics[METRICS_MAX];
} cases[] = {
	{{"schbench", "-t", "2", "-F", "4", "-s", "10"},
	 {"rps", "rps_p20", "rps_p50", "rps_p90", PERCENTILES("request"), PERCENTILES("wakeup")}},
	{{"schbench", "-m", "2", "-t", "2", "-F", "1", "-n", "1", "-L", "-s", "0"},
	 {"rps", "rps_p20", "rps_p50", "rps_p90", PERCENTILES("request"), PERCENTILES("wakeup")}},
	{{"schbench", "-m", "2", "-t", "3", "-F", "1", "-R", "3000", "-C"},
	 {"rps", "rps_p20", "rps_p50", "rps_p90", PERCENTILES("request"), PERCENTILES("wakeup")}},
	{{"frame", "-H", "2", "-f", "500", "-u", "50"},
	 {PERCENTILES("frame"), "missed", PERCENTILES("start"), "late", "hog_work"}},
	{{"frame", "-H", "0", "-s", "1", "-f", "1000", "-u", "1"},
	 {PERCENTILES("frame"), "missed", PERCENTILES("start"), "late"}},
	{{"wakeup", "-H", "2", "-p", "1000", "-u", "10"},
	 {PERCENTILES("wakeup"), "skipped", "hog_work"}},
	{{"wakeup", "-H", "0", "-j", "0", "-p", "500", "-u", "0", "-W", "16"},
	 {PERCENTILES("wakeup"), "skipped"}},
	{{"gang", "-a", "0.1", "-u", "10", "-t", "2", "-H", "1", "-b", "yield"},
	 {"iterations", "alone", "of_alone", "of_fair", "hog_work"}},
	/* more threads than CPUs: one that is slow to leave a barrier is there at the end, too */
	{{"gang", "-a", "0.1", "-u", "1", "-t", "32", "-H", "1", "-b", "futex"},
	 {"iterations", "alone", "of_alone", "of_fair", "hog_work"}},
	{{"gang", "-a", "0.1", "-u", "10", "-t", "1", "-b", "spin"},
	 {"iterations", "alone", "of_alone", "of_fair", "hog_work"}},
	{{"forks", "-j", "3", "-u", "100"}, {"jobs", PERCENTILES("job")}},
	{{"fair", "-H", "3"}, {"deviation", "gap", "hog_work"}},
	{{"fair", "-n", "0,0,5,5"}, {"deviation", "gap", "ratio", "hog_work"}},
	{{"pipe"}, {PERCENTILES("round")}},
	{{"cxl", "-s", "1", "-N", "0", "-t", "1,3"},
	 {"node0_latency", "node0_x1_read", "node0_x1_write", "node0_x1_bandwidth", "node0_x3_read",
	  "node0_x3_write", "node0_x3_bandwidth"}},
	/* has no time it is told to measure */
	{{"batch", "-k", "3", "-s", "5", "-l", "20"},
	 {"makespan", "completion", "short_completion", "of_best", "of_fair",
	  "completion_of_fair"}},
};

static double value_of(const struct measurement *m, const char *name)
{
	const struct metric *metric = measurement_find(m, name);

	assert_non_null(metric);
	return metric->value;
}

/* Runs the verb with standard output to a file, whose text is returned. */
static enum exit_status run_verb(const char **words, char **ret_output)
{
	FILE *f = tmpfile();
	int saved = dup(STDOUT_FILENO);
	enum exit_status status;
	size_t size;

	assert_non_null(f);
	assert_true(saved >= 0 && fflush(stdout) == 0);
	assert_true(dup2(fileno(f), STDOUT_FILENO) >= 0);
	status = verb_workload.run(NULL, (char **)words);
	assert_int_equal(fflush(stdout), 0);
	assert_true(dup2(saved, STDOUT_FILENO) >= 0);
	(void)close(saved);
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	size = (size_t)ftell(f);
	rewind(f);
	*ret_output = calloc(1, size + 1);
	assert_non_null(*ret_output);
	assert_int_equal(fread(*ret_output, 1, size, f), size);
	(void)fclose(f);
	return status;
}

/*
 * On a machine that is so busy that nothing happened in the time that was measured, that fails as
 * it should; then longer is tried.
 */
static void run_case(const struct case_ *c, struct measurement *ret)
{
	static const char *const times[] = {"0.1", "1", "10", "100"};
	bool is_timed = strcmp(c->words[0], "batch") != 0;

	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		_cleanup_free_ char *output = NULL;
		const char *words[WORDS_MAX + 8] = {};
		sd_json_variant *v = NULL;
		size_t nr = 0;

		for (; c->words[nr]; nr++)
			words[nr] = c->words[nr];
		words[nr++] = "--spin-per-us";
		words[nr++] = "100.5";
		if (is_timed) {
			words[nr++] = "-w0.01";
			words[nr++] = "-r";
			words[nr++] = times[i];
		}
		if (run_verb(words, &output) != STATUS_OK)
			continue;
		assert_int_equal(sd_json_parse(output, 0, &v, NULL, NULL), 0);
		assert_int_equal(measurement_from_json(v, ret, NULL), 0);
		sd_json_variant_unref(v);
		return;
	}
	fail_msg("%s: no result", c->words[0]);
}

static void check_percentiles(const struct measurement *m)
{
	static const char *const steps[] = {"p50", "p90", "p99", "p999", "max"};

	for (size_t i = 0; i < m->nr_distributions; i++) {
		const struct distribution *d = &m->distributions[i];
		double last = 0;
		char name[64];

		for (size_t k = 0; k < ARRAY_SIZE(steps); k++) {
			(void)snprintf(name, sizeof(name), "%s_%s", d->name, steps[k]);
			assert_true(value_of(m, name) >= last);
			last = value_of(m, name);
		}
		assert_true(d->nr_points > 0);
		for (size_t k = 1; k < d->nr_points; k++) {
			assert_true(d->points[k].quantile >= d->points[k - 1].quantile);
			assert_true(d->points[k].value >= d->points[k - 1].value);
		}
	}
}

static void check_sums(const struct measurement *m)
{
	if (measurement_find(m, "missed"))
		assert_true(value_of(m, "missed") <= 100 && value_of(m, "late") <= 100);
	if (measurement_find(m, "skipped"))
		assert_true(value_of(m, "skipped") < 100);
	if (measurement_find(m, "alone")) {
		double of_alone = 100 * value_of(m, "iterations") / value_of(m, "alone");

		assert_true(fabs(value_of(m, "of_alone") - of_alone) < 1e-6);
		assert_true(value_of(m, "of_fair") >= of_alone * (1 - 1e-9));
	}
	if (measurement_find(m, "makespan")) {
		assert_true(value_of(m, "makespan") >= value_of(m, "completion"));
		assert_true(value_of(m, "of_best") >= value_of(m, "of_fair"));
	}
	if (measurement_find(m, "node0_x3_read"))
		assert_true(fabs(value_of(m, "node0_x3_read") + value_of(m, "node0_x3_write") -
				 value_of(m, "node0_x3_bandwidth")) < 1e-3);
}

static void test_runs(void **state _unused_)
{
	for (const struct case_ *c = cases; c < cases + ARRAY_SIZE(cases); c++) {
		_cleanup_measurement_ struct measurement m = {};
		size_t nr = 0;

		run_case(c, &m);
		for (; c->metrics[nr]; nr++) {
			assert_true(nr < m.nr_metrics);
			assert_string_equal(m.metrics[nr].name, c->metrics[nr]);
			assert_true(m.metrics[nr].value >= 0);
		}
		assert_int_equal(m.nr_metrics, nr);
		check_percentiles(&m);
		check_sums(&m);
	}
}

static void test_usage(void **state _unused_)
{
	static const char *const lines[][4] = {
		{NULL},
		{"nothing"},
		{"frame", "too", NULL},
		{"frame", "--hz", "0"},
		{"frame", "--spin-per-us", "0"},
		{"frame", "--spin-per-us", "1e3"},
		{"frame", "--no-such"},
		{"schbench", "-m3", "-R2"},
		{"gang", "--barrier", "sleep"},
		{"batch", "--short-ms=10", "--long-ms=9"},
		{"fair", "--nice=20"},
		{"fair", "--nice=0,", NULL},
		{"fair", "--weights=0"},
		{"fair", "--nice=0", "--weights=1"},
		{"cxl", "--threads=0"},
		{"cxl", "--threads=1024", "--size-mb=1"},
		{"cxl", "--nodes=x"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		_cleanup_free_ char *output = NULL;
		const char *words[5] = {};

		for (size_t k = 0; k < 4; k++)
			words[k] = lines[i][k];
		assert_int_equal(run_verb(words, &output), STATUS_USAGE);
		assert_string_equal(output, "");
	}
}

/* A node that is not there: the machine's, not the user's command line. */
static void test_no_node(void **state _unused_)
{
	_cleanup_free_ char *output = NULL;
	const char *words[] = {"cxl", "-N1023", "-s1", NULL};

	assert_true(run_verb(words, &output) != STATUS_OK);
	assert_string_equal(output, "");
}

static void test_help(void **state _unused_)
{
	for (const struct builtin_workload *const *w = builtin_workloads; *w; w++) {
		_cleanup_free_ char *output = NULL;
		const char *words[] = {(*w)->name, "--help", NULL};

		assert_int_equal(run_verb(words, &output), STATUS_OK);
		for (char *line = strtok(output, "\n"); line; line = strtok(NULL, "\n"))
			assert_true(strlen(line) <= 80);
	}
}

/* The section of the man page's source with this title, in small letters; to be freed. */
static char *man_section(const char *man, const char *name)
{
	char title[64] = "\n# ", *start;
	const char *end;

	for (size_t i = 0; i <= strlen(name); i++)
		title[3 + i] = (char)(name[i] >= 'a' ? name[i] - 'a' + 'A' : name[i]);
	(void)strcat(title, "\n");
	start = strstr(man, title);
	if (!start)
		fail_msg("the man page has no section on %s", name);
	end = strstr(start + 1, "\n# ");
	return end ? strndup(start, (size_t)(end - start)) : strdup(start);
}

/* One blank for each line's end with what indents the next one. */
static void join_lines(char *text)
{
	char *to = text;

	for (const char *from = text; *from; from++) {
		if (*from == '\n' || *from == '\t') {
			if (to > text && to[-1] != ' ')
				*to++ = ' ';
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
}

/* The paragraph of the option, and in it what a number may be. */
static void check_man_option(const char *section, const struct builtin_workload *w,
			     const struct option_info *o)
{
	_cleanup_free_ char *head = NULL, *range = NULL, *paragraph = NULL;
	const char *start, *end;

	/* a paragraph may begin with two options of the same kind */
	assert_true(asprintf(&head, "*-%c*, *--%s*", o->letter, o->name) > 0);
	start = strstr(section, head);
	if (!start)
		fail_msg("%s: the man page lacks -%c, --%s", w->name, o->letter, o->name);
	end = strstr(start, "\n\n");
	paragraph = end ? strndup(start, (size_t)(end - start)) : strdup(start);
	join_lines(paragraph);
	if (o->type != OPTION_NUMBER)
		return;
	assert_true(asprintf(&range, "(%" PRIu64 " to %" PRIu64 ", default %" PRIu64 ")", o->min,
			     o->max,
			     *(const uint64_t *)((const char *)w->defaults + o->offset)) > 0);
	if (!strstr(paragraph, range))
		fail_msg("%s: the man page does not give --%s as %s", w->name, o->name, range);
}

static void check_man_metric(const char *section, const struct case_ *c, const char *metric)
{
	_cleanup_free_ char *bold = NULL, *rest = NULL;

	if (sscanf(metric, "node0_x%*d_%ms", &rest) == 1)
		assert_true(asprintf(&bold, "*node*_N_*_x*_T_*_%s*", rest) > 0);
	else if (sscanf(metric, "node0_%ms", &rest) == 1)
		assert_true(asprintf(&bold, "*node*_N_*_%s*", rest) > 0);
	else
		assert_true(asprintf(&bold, "*%s*", metric) > 0);
	if (!strstr(section, bold))
		fail_msg("%s: the man page lacks the metric %s", c->words[0], metric);
}

static void test_man_page(void **state _unused_)
{
	_cleanup_free_ char *man = NULL;
	size_t size;

	assert_int_equal(read_file(AT_FDCWD, getenv("AIOS_WORKLOADS_MAN"), MAN_MAX, &man, &size),
			 0);
	for (const struct builtin_workload *const *w = builtin_workloads; *w; w++) {
		_cleanup_free_ char *section = man_section(man, (*w)->name);

		for (size_t i = 0; i < (*w)->nr_options; i++)
			check_man_option(section, *w, &(*w)->options[i]);
	}
	for (const struct case_ *c = cases; c < cases + ARRAY_SIZE(cases); c++) {
		_cleanup_free_ char *section = man_section(man, c->words[0]);

		for (size_t i = 0; c->metrics[i]; i++)
			check_man_metric(section, c, c->metrics[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_runs),     cmocka_unit_test(test_usage),
		cmocka_unit_test(test_no_node),  cmocka_unit_test(test_help),
		cmocka_unit_test(test_man_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
