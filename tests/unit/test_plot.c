// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>

#include "bench/report/figures.h"
#include "bench/report/plot.h"
#include "lib/log.h"
#include "test.h"

/* A plot of two points with @label; what comes of it in *ret. */
static int draw(const char *label, char **ret)
{
	_cleanup_plot_ struct plot plot;
	size_t size;
	FILE *page = open_memstream(ret, &size);
	int r;

	assert_non_null(page);
	assert_int_equal(plot_begin(&plot, 300, 200), 0);
	(void)fputs("$data << EOD\n1 1\n2 2\nEOD\nset xlabel ", plot.script);
	assert_int_equal(plot_label(&plot, label, 12), 0);
	(void)fprintf(plot.script, "\nplot $data with linespoints lc rgb " PLOT_RGB " notitle\n",
		      PLOT_ARMS + 3);
	r = plot_draw(&plot, page, 7, "a <title>");
	assert_int_equal(fclose(page), 0);
	return r;
}

static char *original_path;

static int teardown(void **state)
{
	assert_int_equal(setenv("PATH", original_path, 1), 0);
	return test_root_teardown(state);
}

#define test_with_path(f) cmocka_unit_test_setup_teardown(f, test_root_setup, teardown)

/* A directory for programs, which is all of PATH. */
static void set_path(const struct test_root *root)
{
	_cleanup_free_ char *bin = NULL;

	assert_true(asprintf(&bin, "%s/bin", root->dir) > 0);
	assert_int_equal(setenv("PATH", bin, 1), 0);
}

static void write_gnuplot(const struct test_root *root, const char *text)
{
	_cleanup_free_ char *path = NULL;

	test_write(root->dir, "bin/gnuplot", text);
	assert_true(asprintf(&path, "%s/bin/gnuplot", root->dir) > 0);
	assert_int_equal(chmod(path, 0755), 0);
	set_path(root);
}

/* gnuplot itself: the only test here that needs it. */
static void test_drawing(void **state _unused_)
{
	_cleanup_free_ char *svg = NULL;

	if (plot_check() == -ENOENT)
		skip();
	assert_int_equal(plot_check(), 0);
	assert_int_equal(draw("<b>'\\\"`id`&~0~#", &svg), 0);
	assert_int_equal(strncmp(svg, "<svg ", 5), 0);
	assert_string_equal(svg + strlen(svg) - 7, "</svg>\n");
	assert_non_null(strstr(svg, "viewBox=\"0 0 300 200\""));
	assert_non_null(strstr(svg, "<title id=\"p7\">a &lt;title&gt;</title>"));
	/* the text as it is, but no longer than was asked for */
	assert_non_null(strstr(svg, "<text>&lt;b&gt;&#39;\\&quot;`id`&amp;…</text>"));
	assert_non_null(strstr(svg, "var(--c13)"));
	assert_non_null(strstr(svg, "id='p7-gpDot'"));
	assert_non_null(strstr(svg, "href='#p7-gpPt"));
	assert_null(strstr(svg, "'#gpPt"));
	assert_null(strstr(svg, "gnuplot_plot_1</title>"));
	assert_null(strstr(svg, "<filter"));
}

/* A baseline that is 0 in some rounds makes ratios, their intervals and the noise infinite. */
static void test_infinite(void **state _unused_)
{
	struct arm arms[] = {
		{.label = (char *)"kernel"}, {.label = (char *)"a"}, {.label = (char *)"b"}};
	struct session session = {.arms = arms, .nr_arms = ARRAY_SIZE(arms)};
	struct analysis analysis = {.session = &session};
	struct cell cells[] = {
		{.nr = 5, .median = 0.5},
		{.nr = 5, .comparison = {.ratio = 30, .interval = {0, INFINITY}}},
		{.nr = 5, .comparison = {.ratio = INFINITY, .interval = {INFINITY, INFINITY}}},
	};
	struct row row = {.metric = "missed", .unit = "%", .noise = INFINITY, .cells = cells};
	_cleanup_free_ char *svg = NULL;
	_cleanup_plot_ struct plot plot;
	size_t size;
	FILE *page;

	if (plot_check() == -ENOENT)
		skip();
	assert_int_equal(figure_ratios(&analysis, &row, &plot), 1);
	page = open_memstream(&svg, &size);
	assert_non_null(page);
	assert_int_equal(plot_draw(&plot, page, 1, "missed"), 0);
	assert_int_equal(fclose(page), 0);
	assert_non_null(strstr(svg, "30.00"));
}

static void test_missing(void **state)
{
	_cleanup_free_ char *svg = NULL;

	set_path(*state);
	assert_int_equal(plot_check(), -ENOENT);
	assert_int_equal(draw("x", &svg), -ENOENT);
	assert_string_equal(svg, "");
}

static void test_failing(void **state)
{
	_cleanup_free_ char *svg = NULL;

	write_gnuplot(*state, "#!/bin/sh\necho >&2; echo 'line 3: no such thing' >&2; exit 1\n");
	assert_int_equal(plot_check(), -EIO);
	assert_int_equal(draw("x", &svg), -EIO);
	assert_string_equal(svg, "");
}

/* Says that all is well and draws nothing, or half a picture. */
static void test_useless(void **state)
{
	_cleanup_free_ char *none = NULL, *half = NULL;

	write_gnuplot(*state, "#!/bin/sh\n");
	assert_int_equal(plot_check(), 0);
	assert_int_equal(draw("x", &none), -EIO);
	write_gnuplot(*state, "#!/bin/sh\necho '<svg><g id=\"gnuplot_canvas\"><path/>'\n");
	assert_int_equal(draw("x", &half), -EIO);
	assert_string_equal(half, "");
}

/* Much output, and a script that nobody reads, do not make anybody wait. */
static void test_flood(void **state)
{
	_cleanup_free_ char *svg = NULL;

	write_gnuplot(*state,
		      "#!/bin/sh\n"
		      "echo '<g id=\"gnuplot_canvas\">'\n"
		      "i=0; while [ $i -lt 3000 ]; do i=$((i + 1))\n"
		      "echo \"<path id='$i' d='0123456789012345678901234567890123456789'/>\"\n"
		      "done\n"
		      "echo '</g></svg>'\n");
	assert_int_equal(draw("x", &svg), 0);
	assert_true(strlen(svg) > 150000);
	assert_non_null(strstr(svg, "id='p7-3000'"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_drawing), cmocka_unit_test(test_infinite),
		test_with_path(test_missing),   test_with_path(test_failing),
		test_with_path(test_useless),   test_with_path(test_flood),
	};
	int r;

	log_open("test");
	original_path = strdup(getenv("PATH") ?: "");
	assert_non_null(original_path);
	r = cmocka_run_group_tests(tests, NULL, NULL);
	free(original_path);
	return r;
}
