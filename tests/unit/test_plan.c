// SPDX-License-Identifier: GPL-2.0-only
/* What the words of the command line become, with workloads and schedulers of the test's own. */
#include <sys/stat.h>

#include "bench/plan.h"
#include "lib/log.h"
#include "lib/strv.h"
#include "test.h"

static int parse_driver(const struct output *o, struct measurement *ret, char **ret_error)
{
	if (strcmp(o->out, "good") == 0)
		return measurement_add(ret, "x", "", BETTER_LOWER, 1);
	*ret_error = strdup("line 1 is not good");
	return *ret_error ? -EBADMSG : -ENOMEM;
}

static const char *const before[] = {"-c", NULL}, *const after[] = {"--last", NULL};
static const char *const driver_defaults[] = {"true", NULL};

static const struct builtin_workload frame = {.name = "frame"}, fair = {.name = "fair"};
static const struct driver shell = {.name = "shell",
				    .program = "sh",
				    .before = before,
				    .after = after,
				    .defaults = driver_defaults,
				    .parse = parse_driver},
			   picky = {.name = "picky", .program = "sh", .needs = "-m MODEL"},
			   absent = {.name = "absent",
				     .program = "/no/such",
				     .package = "absent-tools",
				     .fedora_package = "absent"};

static const struct driver lost = {.name = "lost", .program = "no-such-program"};

const struct builtin_workload *const builtin_workloads[] = {&frame, &fair, NULL};
const struct driver *const drivers[] = {&shell, &picky, &absent, &lost, NULL};

struct world {
	struct test_root *root;
	struct catalog catalog;
	struct sched_entry entries[4];
	struct session session;
	struct plan plan;
};

static void add_entry(struct world *w, const char *name, bool is_production, bool is_installed)
{
	char path[64];

	w->entries[w->catalog.nr_entries++] = (struct sched_entry){
		.name.value = (char *)name,
		.production.value = is_production,
	};
	if (!is_installed)
		return;
	(void)snprintf(path, sizeof(path), "%s/%s", below_root(AIOS_BINDIR), name);
	test_write(w->root->dir, path, "#!/bin/sh\n");
	assert_int_equal(fchmodat(w->root->fd, path, 0755, 0), 0);
}

static char *auto_flags[] = {(char *)"-s", (char *)"3000", NULL};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	assert_int_equal(test_root_setup((void **)&w->root), 0);
	w->catalog.entries = w->entries;
	add_entry(w, "scx_a", true, true);
	add_entry(w, "scx_b", false, true);
	add_entry(w, "scx_c", true, false);
	add_entry(w, "scx_d", true, true);
	w->entries[3].flags[MODE_AUTO].words = auto_flags;
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	session_finish(&w->session);
	plan_finish(&w->plan);
	assert_int_equal(test_root_teardown((void **)&w->root), 0);
	free(w);
	return 0;
}

/* "scx_a -x 'y z'": label, and arguments one by one */
static const struct {
	const char *list;
	const char *labels; /* with "|" between */
	const char *last_args;
} arms[] = {
	{"all", "kernel|scx_a|scx_b|scx_d", "-s|3000"},
	{"production", "kernel|scx_a|scx_d", "-s|3000"},
	{"none", "kernel", ""},
	{"kernel,kernel", "kernel|kernel 2|kernel 3", ""},
	{"b", "kernel|scx_b", ""},
	{"scx_b,a", "kernel|scx_b|scx_a", ""},
	{"d", "kernel|scx_d", "-s|3000"},
	{"d -f", "kernel|scx_d -f", "-f"},
	{"a, a --x 1 ,kernel,a -f 'q,r  s'", "kernel|scx_a|scx_a --x 1|kernel 2|scx_a -f q,r  s",
	 "-f|q,r  s"},
};

static void test_arms(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_SIZE(arms); i++) {
		_cleanup_strv_ char **labels = NULL;
		_cleanup_free_ char *joined = NULL, *args = NULL;

		session_finish(&w->session);
		assert_int_equal(plan_arms(&w->session, &w->catalog, w->root->fd, arms[i].list), 0);
		for (size_t a = 0; a < w->session.nr_arms; a++)
			assert_int_equal(strv_extend(&labels, w->session.arms[a].label), 0);
		joined = strv_join(labels, "|");
		assert_string_equal(joined, arms[i].labels);
		args = strv_join(w->session.arms[w->session.nr_arms - 1].args, "|");
		assert_string_equal(args, arms[i].last_args);
		assert_null(w->session.arms[0].sched);
	}
}

static const struct {
	const char *list, *message;
} bad_arms[] = {
	{"x", "scheduler 'x' is not installed; installed: scx_a, scx_b, scx_c, scx_d"},
	{"scx_c", "scheduler 'scx_c' is not installed; installed: scx_a, scx_b, scx_c, scx_d"},
	{"../a", "scheduler '../a' is not installed; installed: scx_a, scx_b, scx_c, scx_d"},
	{"a,b,a", "scheduler 'scx_a' is given twice"},
	{"a -x,a  '-x'", "scheduler 'scx_a -x' is given twice"},
	{"a,,b", "a scheduler is empty in the list"},
	{"a,", "a scheduler is empty in the list"},
	{"a 'b,c", "scheduler 'a 'b,c' has a quote that is not closed, or ends in a backslash"},
};

static void test_bad_arms(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_SIZE(bad_arms); i++) {
		session_finish(&w->session);
		assert_int_equal(plan_arms(&w->session, &w->catalog, w->root->fd, bad_arms[i].list),
				 -EINVAL);
		assert_string_equal(log_last_error(), bad_arms[i].message);
	}
}

static void test_no_arms(void **state)
{
	struct world *w = *state;

	w->catalog.nr_entries = 0;
	assert_int_equal(plan_arms(&w->session, &w->catalog, w->root->fd, "production"), -EINVAL);
	assert_string_equal(log_last_error(),
			    "no scheduler that is for production is installed; --schedulers none "
			    "measures the kernel's own alone");
}

static void expect_workload(const struct world *w, size_t i, const char *kind, const char *label,
			    const char *command)
{
	const struct bench_workload *b = &w->session.workloads[i];
	_cleanup_free_ char *joined = strv_join(b->command, "|");

	assert_string_equal(b->kind, kind);
	assert_string_equal(b->label, label);
	/* what is in front is a path, which depends on the machine */
	assert_non_null(strstr(joined, command));
	assert_string_equal(strstr(joined, command), command);
}

static void test_workloads(void **state)
{
	static char make[] = "sh", j[] = "-j 4";
	char *const words[] = {make, j, NULL};
	struct world *w = *state;

	w->plan.spin_per_us = 1234.5678;
	assert_int_equal(
		plan_workloads(&w->plan, &w->session, "fair,frame -t 8,shell,/bin/sh 'a  b'"), 0);
	assert_int_equal(plan_command(&w->plan, &w->session, words), 0);
	assert_int_equal(w->session.nr_workloads, 5);
	expect_workload(w, 0, "builtin", "fair", "|workload|fair|--spin-per-us|1234.568");
	expect_workload(w, 1, "builtin", "frame -t 8",
			"|workload|frame|--spin-per-us|1234.568|-t|8");
	expect_workload(w, 2, "driver", "shell", "/sh|-c|true|--last");
	expect_workload(w, 3, "driver", "/bin/sh a  b", "/bin/sh|-c|a  b|--last");
	expect_workload(w, 4, "command", "sh -j 4", "sh|-j 4");
	assert_ptr_equal(w->plan.workloads[1].builtin, &frame);
	assert_ptr_equal(w->plan.workloads[3].driver, &shell);
	assert_true(plan_has_metrics(&w->plan, 0));
	assert_true(plan_has_metrics(&w->plan, 2));
	assert_false(plan_has_metrics(&w->plan, 4));
}

static const struct {
	const char *list, *message;
} bad_workloads[] = {
	{"nosuch",
	 "there is no workload 'nosuch', but frame, fair, shell, picky, absent, lost; a command of "
	 "your own goes behind --"},
	{"picky", "workload picky needs arguments: -m MODEL"},
	{"absent", "workload absent needs /no/such; install absent-tools, or on Fedora absent"},
	{"/none/sh", "workload shell needs the program /none/sh, which is not there"},
	{"lost", "workload lost needs the program no-such-program, which is not there"},
	{"./frame", "the output of './frame' is not known; a command of your own goes behind --"},
	{"frame,frame", "workload 'frame' is given twice"},
	{"frame,", "a workload is empty in the list"},
};

static void test_bad_workloads(void **state)
{
	static char none[] = "/no/such";
	char *const words[] = {none, NULL};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_SIZE(bad_workloads); i++) {
		session_finish(&w->session);
		assert_int_equal(plan_workloads(&w->plan, &w->session, bad_workloads[i].list),
				 -EINVAL);
		assert_string_equal(log_last_error(), bad_workloads[i].message);
	}
	assert_int_equal(plan_command(&w->plan, &w->session, words), -EINVAL);
	assert_string_equal(log_last_error(), "there is no program '/no/such'");
}

static const struct {
	size_t workload;
	const char *out;
	const char *error; /* NULL: there is one metric, x */
} outputs[] = {
	{0, "{\"metrics\":[{\"name\":\"x\",\"unit\":\"\",\"better\":\"lower\",\"value\":1}],"
	    "\"distributions\":[]}"},
	{0, "", "the output is not JSON"},
	{0, "{\"metrics\":[", "the output is not JSON"},
	{1, "good"},
	{1, "bad", "line 1 is not good"},
	{2, "x=1"},
	{2, "y=1", "metric x: nothing in the output matches"},
};

static void test_parse(void **state)
{
	static char sh[] = "sh", metric[] = "x:lower:regex:x=(.)";
	char *const words[] = {sh, NULL}, *const specs[] = {metric, NULL};
	struct world *w = *state;

	assert_int_equal(plan_workloads(&w->plan, &w->session, "fair,shell"), 0);
	assert_int_equal(plan_command(&w->plan, &w->session, words), 0);
	assert_int_equal(plan_extracts(&w->plan, specs), 0);
	assert_true(plan_has_metrics(&w->plan, 2));
	for (size_t i = 0; i < ARRAY_SIZE(outputs); i++) {
		const struct output o = {outputs[i].out, "", strlen(outputs[i].out), 0};
		_cleanup_measurement_ struct measurement m = {};
		_cleanup_free_ char *error = NULL;

		assert_int_equal(plan_parse(&w->plan, outputs[i].workload, &o, &m, &error),
				 outputs[i].error ? -EBADMSG : 0);
		if (outputs[i].error)
			assert_string_equal(error, outputs[i].error);
		else
			assert_non_null(measurement_find(&m, "x"));
	}
}

static void test_bad_metrics(void **state)
{
	static char good[] = "x:lower:regex:x=(.)", again[] = "x:none:json:a";
	char *const specs[] = {good, again, NULL};
	struct world *w = *state;

	assert_int_equal(plan_extracts(&w->plan, specs), -EINVAL);
	assert_string_equal(log_last_error(), "--metric: x is given twice");
}

#define with_world(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_world(test_arms),          with_world(test_bad_arms),
		with_world(test_no_arms),       with_world(test_workloads),
		with_world(test_bad_workloads), with_world(test_parse),
		with_world(test_bad_metrics),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
