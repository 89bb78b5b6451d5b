// SPDX-License-Identifier: GPL-2.0-only
/* What sessions of tests/data/bench say, beside what they are to say. */
#include <locale.h>
#include <time.h>

#include "bench/report/leaders.h"
#include "bench/report/output.h"
#include "bench/report/pair.h"
#include "bench/report/report_html.h"
#include "bench/report/report_text.h"
#include "bench/report/screen.h"
#include "bench/verbs.h"
#include "lib/file.h"
#include "lib/log.h"
#include "test.h"

static const char *const sessions[] = {
	"two_arms",    /* a difference, none, and a metric that is not judged */
	"nine_arms",   /* more than are wide enough for the screen */
	"ejected",     /* an arm that never ran, and one that lost a run */
	"empty",       /* no workload */
	"interrupted", /* too few runs */
	"zero",        /* a metric that is 0 under the kernel's own scheduler */
	"hostile",     /* markup, control characters, long names */
};

static char *data_path(const char *name, const char *suffix)
{
	char *path;

	assert_true(asprintf(&path, "%s/bench/%s.%s", getenv("AIOS_TEST_DATA"), name, suffix) > 0);
	return path;
}

/* All of them, read once. */
static struct loaded loaded[ARRAY_SIZE(sessions)];
static char *paths[ARRAY_SIZE(sessions)];

static int load_all(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(sessions); i++) {
		paths[i] = data_path(sessions[i], "json");
		assert_int_equal(loaded_read(&loaded[i], paths[i]), 0);
	}
	return 0;
}

static int forget_all(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(sessions); i++) {
		loaded_finish(&loaded[i]);
		free(paths[i]);
	}
	return 0;
}

static const struct loaded *find(const char *name)
{
	size_t i = 0;

	while (strcmp(sessions[i], name) != 0)
		i++;
	return &loaded[i];
}

static void check_golden(const char *text, const char *name)
{
	_cleanup_free_ char *path = data_path(name, "txt"), *expected = NULL;
	size_t size;

	assert_int_equal(read_file(AT_FDCWD, path, 1 << 20, &expected, &size), 0);
	assert_string_equal(text, expected);
}

/* No line is wider than the screen, ends in blanks or has a control character. */
static void check_lines(const char *text, const struct screen *s)
{
	for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
		size_t len = strcspn(line, "\n");

		assert_true(screen_width(line, len) <= s->columns);
		assert_true(len == 0 || line[len - 1] != ' ');
		for (size_t i = 0; i < len; i++) {
			assert_true((unsigned char)line[i] >= ' ' && line[i] != 0x7f);
			assert_true(s->is_utf8 || (unsigned char)line[i] < 0x80);
		}
	}
}

static char *text_of(const char *name, const struct screen *s)
{
	_cleanup_free_ char *file = NULL;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	assert_true(asprintf(&file, "%s.json", name) > 0);
	assert_int_equal(report_text(f, s, &find(name)->analysis, file), 0);
	assert_int_equal(fclose(f), 0);
	return text;
}

static void test_text(void **state _unused_)
{
	const struct screen utf8 = {.columns = 80, .is_utf8 = true};

	for (size_t i = 0; i < ARRAY_SIZE(sessions); i++) {
		_cleanup_free_ char *text = text_of(sessions[i], &utf8);

		check_golden(text, sessions[i]);
		check_lines(text, &utf8);
	}
}

static void test_text_elsewhere(void **state _unused_)
{
	static const struct screen screens[] = {
		{.columns = 80},
		{.columns = 60},
		{.columns = 120, .is_utf8 = true},
		{.columns = 240},
	};

	for (size_t i = 0; i < ARRAY_SIZE(sessions); i++)
		for (size_t j = 0; j < ARRAY_SIZE(screens); j++) {
			_cleanup_free_ char *text = text_of(sessions[i], &screens[j]);

			check_lines(text, &screens[j]);
		}
}

/* Colour adds escape sequences, and that is all. */
static void test_colour(void **state _unused_)
{
	const struct screen plain = {.columns = 80, .is_utf8 = true};
	const struct screen coloured = {.columns = 80, .is_utf8 = true, .has_colour = true};
	_cleanup_free_ char *expected = text_of("two_arms", &plain);
	_cleanup_free_ char *text = text_of("two_arms", &coloured);
	char *end = text;

	assert_non_null(strstr(text, "\033[32m0.791 better\033[0m"));
	for (const char *s = text; *s; s++)
		if (*s == '\033')
			s += strcspn(s, "m");
		else
			*end++ = *s;
	*end = '\0';
	assert_string_equal(text, expected);
}

static char *page_of_all(void)
{
	struct page page;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	page_begin(&page, f, "sessions");
	for (size_t i = 0; i < ARRAY_SIZE(sessions); i++) {
		assert_int_equal(page_add_session(&page, &loaded[i].analysis, sessions[i]), 0);
		assert_true(page.plot_error == 0 || page.plot_error == -ENOENT);
	}
	page_end(&page);
	assert_int_equal(fclose(f), 0);
	return text;
}

/* The path is that of before: the checker needs its interpreter. */
static void check_page(const struct test_root *root, const char *text, const char *path)
{
	_cleanup_free_ char *command = NULL;

	test_write(root->dir, "page.html", text);
	assert_true(asprintf(&command, "PATH='%s' '%s' '%s/page.html'", path,
			     getenv("AIOS_CHECK_PAGE"), root->dir) > 0);
	assert_int_equal(system(command), 0);
}

static size_t count(const char *text, const char *what)
{
	size_t nr = 0;

	for (const char *s = text; (s = strstr(s, what)); s++)
		nr++;
	return nr;
}

/* What holds with and without plots. */
static void check_contents(const char *page)
{
	assert_int_equal(count(page, "<h2>"), ARRAY_SIZE(sessions));
	assert_int_equal(count(page, "Every run, in the order"), 2 * 6); /* caption and label */
	assert_non_null(strstr(page, "runnable task stall (hog[312] failed to run for 5.120s)"));
	assert_non_null(strstr(page, "Nothing was measured."));
	assert_non_null(strstr(page, "The session was interrupted, so it is not complete."));
	assert_non_null(strstr(page, "AMD Ryzen 9 7950X 16-Core Processor"));
	assert_non_null(strstr(page, "&lt;script&gt;alert(1)&lt;/script&gt;"));
	assert_null(strstr(page, "<script"));
	assert_null(strstr(page, "http-equiv=\"refresh"));
}

static void test_page(void **state)
{
	_cleanup_free_ char *path = strdup(getenv("PATH")), *page = NULL;

	page = page_of_all();
	check_contents(page);
	check_page(*state, page, path);
	if (strstr(page, "There are no plots"))
		skip();
	/* ratios, curves and time lines: 3+1+1, 2+1, 3+1, 3+1, 1+1, 2+1+1; ratios to 0 are none */
	assert_int_equal(count(page, "<svg "), 22);
}

static void test_page_without_gnuplot(void **state)
{
	_cleanup_free_ char *path = strdup(getenv("PATH")), *page = NULL;

	assert_int_equal(setenv("PATH", "/nonexistent", 1), 0);
	page = page_of_all();
	assert_int_equal(setenv("PATH", path, 1), 0);
	check_contents(page);
	check_page(*state, page, path);
	assert_int_equal(count(page, "There are no plots, only tables"), 1);
	assert_non_null(strstr(page, "gnuplot-nox"));
	assert_null(strstr(page, "<svg"));
	assert_null(strstr(page, "<figure"));
}

static void test_compare(void **state _unused_)
{
	const struct screen screen = {.columns = 80, .is_utf8 = true};
	struct loaded a = *find("two_arms"), b = *find("ejected");
	_cleanup_free_ char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	a.path = "before.json";
	b.path = "after.json";
	assert_int_equal(compare_text(f, &screen, &a, &b), 0);
	assert_int_equal(fclose(f), 0);
	check_golden(text, "compare");
	check_lines(text, &screen);
}

/* A session beside itself: whatever is judged is no different. */
static void test_compare_same(void **state _unused_)
{
	const struct loaded *l = find("nine_arms");

	for (size_t i = 0; i < l->analysis.nr_rows; i++)
		for (unsigned arm = 0; arm < l->session.nr_arms; arm++) {
			struct pair pair = {.row_a = &l->analysis.rows[i]};

			pair.row_b = pair_row(l, l->session.workloads[0].label, pair.row_a);
			assert_ptr_equal(pair.row_b, pair.row_a);
			assert_int_equal(pair_make(l, l, arm, &pair), 1);
			assert_true(pair.comparison.ratio == 1);
			assert_int_equal(pair.comparison.verdict, VERDICT_SAME);
		}
}

static void test_leaders(void **state _unused_)
{
	static const struct {
		const char *session, *text;
	} cases[] = {
		{"two_arms", "Best for switch: scx_simple"},
		{"zero", "Best for frame_misses: kernel"},
		{"ejected", ""},
		{"interrupted", ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *text = NULL;

		assert_int_equal(leaders_text(&find(cases[i].session)->analysis, 0, &text), 0);
		assert_string_equal(text, cases[i].text);
	}
}

/* Runs a verb as main() does, its output going to root/out, which is returned. */
static char *run_verb(const struct test_root *root, const struct verb *verb, char **argv,
		      enum exit_status expected)
{
	_cleanup_free_ void *conf = calloc(1, verb->conf_size);
	_cleanup_free_ char *path = NULL;
	const struct option_group group = {"Options", verb->options, verb->nr_options, conf};
	const struct command_line cl = {"test", "", "", &group, 1, .ends_at_word = true};
	int argc = 0, first, saved = dup(STDOUT_FILENO);
	enum exit_status status;
	char *text = NULL;
	size_t size;

	assert_true(saved >= 0 && conf && asprintf(&path, "%s/out", root->dir) > 0);
	while (argv[argc])
		argc++;
	assert_int_equal(options_parse(&cl, argc, argv, &first), 0);
	(void)fflush(stdout);
	assert_non_null(freopen(path, "w", stdout));
	status = verb->run(conf, argv + first);
	(void)fflush(stdout);
	assert_true(dup2(saved, STDOUT_FILENO) >= 0);
	assert_int_equal(close(saved), 0);
	assert_int_equal(status, expected);
	assert_int_equal(read_file(AT_FDCWD, path, 1 << 20, &text, &size), 0);
	return text;
}

static void test_verbs(void **state)
{
	_cleanup_free_ char *a = data_path("two_arms", "json"), *b = data_path("zero", "json");
	_cleanup_free_ char *text = NULL, *rows = NULL, *none = NULL, *pairs = NULL;
	char verb[] = "verb", json[] = "--json", absent[] = "/nonexistent/session.json";

	text = run_verb(*state, &verb_report, (char *[]){verb, a, b, NULL}, STATUS_OK);
	assert_int_equal(count(text, "runs that count"), 2);
	assert_null(strstr(text, "\033"));
	rows = run_verb(*state, &verb_report, (char *[]){verb, json, a, NULL}, STATUS_OK);
	assert_int_equal(count(rows, "\"arm\":\"scx_simple\""), 3);
	assert_non_null(strstr(rows, "\"verdict\":\"better\""));
	assert_non_null(strstr(rows, "\"ratio\":null"));
	none = run_verb(*state, &verb_report, (char *[]){verb, absent, NULL}, STATUS_FAILED);
	assert_string_equal(none, "");
	pairs = run_verb(*state, &verb_compare, (char *[]){verb, json, a, b, NULL}, STATUS_OK);
	assert_string_equal(pairs, "[]\n");
}

/* A page replaces a page, never a session. */
static void test_page_target(void **state)
{
	static const struct {
		const char *before;
		enum exit_status status;
		bool is_replaced;
	} cases[] = {
		{"", STATUS_OK, true},
		{"<!DOCTYPE html>\nold", STATUS_OK, true},
		{"{\"format\": \"aios-bench\"}", STATUS_USAGE, false},
	};
	const struct test_root *root = *state;
	_cleanup_free_ char *session = data_path("empty", "json"), *target = NULL;
	char verb[] = "verb", html[] = "--html";

	assert_true(asprintf(&target, "%s/target", root->dir) > 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *out = NULL, *after = NULL;
		size_t size;

		test_write(root->dir, "target", cases[i].before);
		out = run_verb(root, &verb_report, (char *[]){verb, html, target, session, NULL},
			       cases[i].status);
		assert_string_equal(out, "");
		assert_int_equal(read_file(AT_FDCWD, target, 1 << 20, &after, &size), 0);
		if (cases[i].is_replaced)
			assert_non_null(strstr(after, "</html>"));
		else
			assert_string_equal(after, cases[i].before);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_text_elsewhere),
		cmocka_unit_test(test_colour),
		test_with_root(test_page),
		test_with_root(test_page_without_gnuplot),
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_compare_same),
		cmocka_unit_test(test_leaders),
		test_with_root(test_verbs),
		test_with_root(test_page_target),
	};

	log_open("test");
	assert_int_equal(setenv("TZ", "UTC", 1), 0);
	tzset();
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	return cmocka_run_group_tests(tests, load_all, forget_all);
}
