// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every driver against what its program really prints (tests/data/drivers), and against every
 * way in which that can be incomplete or garbled: then there is a message, and never a number.
 */
#include <dirent.h>

#include "bench/workload.h"
#include "lib/file.h"
#include "test.h"

enum { OUT, ERR, NR_STREAMS };
enum { MAX_CASES = 100, MAX_FILE = 64 * 1024, SHORT = 2048 };

struct text {
	char *text; /* NULL: empty */
	size_t size;
};

/* A recorded run, and what comes of it: one of the last two is NULL. */
struct recorded {
	const struct driver *driver;
	char *name; /* "sysbench/cpu" */
	struct text streams[NR_STREAMS];
	char *metrics, *error;
};

static struct recorded cases[MAX_CASES];
static size_t nr_cases;

static struct text read_optional(int dir_fd, const char *name)
{
	struct text text = {};
	int r = read_file(dir_fd, name, MAX_FILE, &text.text, &text.size);

	assert_true(r >= 0 || r == -ENOENT);
	return text;
}

static void load_case(const struct driver *driver, int dir_fd, const char *name)
{
	_cleanup_close_ int fd = openat(dir_fd, name, O_DIRECTORY | O_CLOEXEC);
	struct recorded *c = &cases[nr_cases++];

	assert_true(fd >= 0 && nr_cases <= MAX_CASES);
	c->driver = driver;
	assert_true(asprintf(&c->name, "%s/%s", driver->name, name) > 0);
	c->streams[OUT] = read_optional(fd, "out");
	c->streams[ERR] = read_optional(fd, "err");
	c->metrics = read_optional(fd, "metrics").text;
	c->error = read_optional(fd, "error").text;
}

static int is_visible(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static void load_driver(const struct driver *driver, int data_fd)
{
	struct dirent **entries;
	_cleanup_close_ int fd = openat(data_fd, driver->name, O_DIRECTORY | O_CLOEXEC);
	int nr = scandirat(data_fd, driver->name, &entries, is_visible, alphasort);

	assert_true(nr > 0);
	for (int i = 0; i < nr; i++) {
		load_case(driver, fd, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
}

static int load(void **state _unused_)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_close_ int fd = -1;

	assert_true(asprintf(&path, "%s/drivers", getenv("AIOS_TEST_DATA")) > 0);
	fd = open(path, O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0);
	for (size_t i = 0; drivers[i]; i++)
		load_driver(drivers[i], fd);
	return 0;
}

static int unload(void **state _unused_)
{
	for (size_t i = 0; i < nr_cases; i++) {
		free(cases[i].name);
		free(cases[i].streams[OUT].text);
		free(cases[i].streams[ERR].text);
		free(cases[i].metrics);
		free(cases[i].error);
	}
	return 0;
}

/* As the file "metrics" of a case. */
static char *describe(const struct measurement *m)
{
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	for (size_t i = 0; i < m->nr_metrics; i++)
		(void)fprintf(f, "%s %s %s %.9g\n", m->metrics[i].name, m->metrics[i].unit,
			      better_names[m->metrics[i].better], m->metrics[i].value);
	for (size_t i = 0; i < m->nr_distributions; i++) {
		const struct distribution *d = &m->distributions[i];

		(void)fprintf(f, "%s %s curve", d->name, d->unit);
		for (size_t j = 0; j < d->nr_points; j++)
			(void)fprintf(f, " %.4g:%.9g", d->points[j].quantile, d->points[j].value);
		(void)fputc('\n', f);
	}
	assert_int_equal(fclose(f), 0);
	return text;
}

static void check_message(const struct recorded *c, const char *message)
{
	unsigned line;
	char stream[8], end;

	assert_non_null(message);
	/* only of what is nowhere there is no line */
	if (sscanf(message, "standard %7[a-z], line %u%c", stream, &line, &end) != 3 &&
	    (sscanf(message, "standard %7[a-z]%c", stream, &end) != 2 || end != ':'))
		fail_msg("%s: no place in '%s'", c->name, message);
}

/* What the driver of @c makes of @streams: as "metrics", or NULL and as "error". Whoever looks
 * behind the end of a text is caught by ASan. */
static char *parse(const struct recorded *c, const struct text *streams, char **ret_error)
{
	_cleanup_free_ char *out = malloc(streams[OUT].size + 1);
	_cleanup_free_ char *err = malloc(streams[ERR].size + 1);
	_cleanup_free_ char *message = NULL;
	_cleanup_measurement_ struct measurement m = {};
	struct output o = {out, err, streams[OUT].size, streams[ERR].size};
	int r;

	*(char *)mempcpy(out, streams[OUT].text ?: "", o.out_size) = '\0';
	*(char *)mempcpy(err, streams[ERR].text ?: "", o.err_size) = '\0';
	r = c->driver->parse(&o, &m, &message);
	if (r == 0) {
		assert_null(message);
		return describe(&m);
	}
	assert_int_equal(r, -EBADMSG);
	assert_int_equal(m.nr_metrics + m.nr_distributions, 0);
	check_message(c, message);
	assert_true(asprintf(ret_error, "%s\n", message) > 0);
	return NULL;
}

/*
 * With @text for one of its streams a case gives what it gave, since nothing that matters has
 * changed, or nothing. Returns whether it was nothing.
 */
static bool is_refused(const struct recorded *c, int stream, struct text text, const char *change)
{
	struct text streams[NR_STREAMS] = {c->streams[OUT], c->streams[ERR]};
	_cleanup_free_ char *error = NULL, *result = NULL;

	streams[stream] = text;
	result = parse(c, streams, &error);
	if (result && (!c->metrics || strcmp(result, c->metrics) != 0))
		fail_msg("%s, %s, of\n%.*s\ngives\n%s", c->name, change, (int)text.size, text.text,
			 result);
	return !result;
}

/* Only its exit status says that `make` failed: of that, less output is not worse. */
static bool is_of_make(const struct recorded *c)
{
	return strcmp(c->driver->name, "make") == 0;
}

static void test_table(void **state _unused_)
{
	for (size_t i = 0; drivers[i]; i++) {
		const struct driver *d = drivers[i];

		assert_true(i == 0 || strcmp(drivers[i - 1]->name, d->name) < 0);
		assert_true(d->summary && d->program && d->parse);
		assert_true(!d->defaults == !!d->needs);
		assert_true(!d->fedora_package || d->package);
	}
}

static void test_recorded(void **state _unused_)
{
	for (size_t i = 0; i < nr_cases; i++) {
		const struct recorded *c = &cases[i];
		_cleanup_free_ char *error = NULL, *metrics = parse(c, c->streams, &error);

		if (!c->metrics == !c->error || !c->metrics != !metrics ||
		    strcmp(metrics ?: error, c->metrics ?: c->error) != 0)
			fail_msg("%s gives\n%s", c->name, metrics ?: error);
	}
}

/* After each byte of a short text; else after each line, and before its end. */
static bool is_cut(struct text t, size_t at)
{
	return t.size <= SHORT || t.text[at] == '\n' || (at > 0 && t.text[at - 1] == '\n');
}

static void test_cut_off(void **state _unused_)
{
	for (size_t i = 0; i < nr_cases; i++) {
		const struct recorded *c = &cases[i];
		size_t nr_cut = 0, nr_refused = 0;

		if (is_of_make(c))
			continue;
		for (int s = 0; s < NR_STREAMS; s++)
			for (size_t at = 0; at < c->streams[s].size; at++) {
				if (!is_cut(c->streams[s], at))
					continue;
				nr_cut++;
				nr_refused += is_refused(
					c, s, (struct text){c->streams[s].text, at}, "cut off");
			}
		/* what is behind the numbers is never that much */
		if (nr_refused * 10 < nr_cut * 6)
			fail_msg("%s: %zu of %zu are refused", c->name, nr_refused, nr_cut);
	}
}

/* Where the next number is in @t from @at on; false if there is none. */
static bool find_number(struct text t, size_t at, size_t *ret_begin, size_t *ret_end)
{
	static const char digits[] = "0123456789.";

	while (at < t.size && !(t.text[at] >= '0' && t.text[at] <= '9'))
		at++;
	*ret_begin = at;
	while (at < t.size && memchr(digits, t.text[at], sizeof(digits) - 1))
		at++;
	*ret_end = at;
	return *ret_begin < t.size;
}

/* @t with @put in place of what is from @begin to @end. */
static struct text replaced(struct text t, size_t begin, size_t end, const char *put)
{
	struct text new = {malloc(t.size + strlen(put) + 1), t.size - (end - begin) + strlen(put)};
	char *at = new.text;

	assert_non_null(at);
	at = mempcpy(at, t.text, begin);
	at = mempcpy(at, put, strlen(put));
	at = mempcpy(at, t.text + end, t.size - end);
	*at = '\0';
	return new;
}

static void test_garbled_numbers(void **state _unused_)
{
	static const char *const garbage[] = {"nan",   "inf",   "-1",    "-0.5",  "1e999",
					      "",      "some",  "1,234", "1,5",   "0x10",
					      "1.5.2", "1 234", "1\n2",  "\"1\"", "[1]"};

	for (size_t i = 0; i < nr_cases; i++) {
		const struct recorded *c = &cases[i];
		size_t nr_refused = 0, begin, end, nr = 0;

		if (is_of_make(c) && !c->metrics)
			continue;
		for (int s = 0; s < NR_STREAMS; s++)
			for (size_t at = 0; find_number(c->streams[s], at, &begin, &end); at = end)
				for (size_t g = 0; g < ARRAY_SIZE(garbage); g++) {
					struct text t =
						replaced(c->streams[s], begin, end, garbage[g]);

					if (c->streams[s].size <= SHORT || nr++ % 7 == 0)
						nr_refused += is_refused(c, s, t, garbage[g]);
					free(t.text);
				}
		if (!is_of_make(c) && c->metrics && nr_refused < ARRAY_SIZE(garbage))
			fail_msg("%s: only %zu are refused", c->name, nr_refused);
	}
}

/* Of each driver some case has each of these, and gives nothing if it is another. */
static void test_other_units(void **state _unused_)
{
	static const struct {
		const char *driver, *from, *to;
	} changes[] = {
		{"cyclictest", "\"resolution_in_ns\": 0", "\"resolution_in_ns\": 1000"},
		{"cyclictest", "\"return_code\": 0", "\"return_code\": 1"},
		{"cyclictest", "\"num_threads\": 2", "\"num_threads\": 3"},
		{"hackbench", "Time: ", "Time (ms): "},
		{"perf-sched", "[sec]", "[msec]"},
		{"perf-sched", "usecs/op", "nsecs/op"},
		{"perf-sched", "sched/pipe", "sched/unknown/pipe"},
		{"schbench", "Wakeup Latencies percentiles (usec)",
		 "Wakeup Latencies percentiles (nsec)"},
		{"schbench", "Request Latencies percentiles (usec)",
		 "Request Latencies percentiles (msec)"},
		{"schbench", "* 99.0th", "* 95.0th"},
		{"schbench", "ops/sec", "ops/min"},
		{"stress-ng", "(secs)", "(msec)"},
		{"stress-ng", "metrics untrustworthy: 0", "metrics untrustworthy: 1: cpu (1)"},
		{"stress-ng", "failed: 0", "failed: 1: cpu (1)"},
		{"stress-ng", "bogo ops/s ", "bogo ops/m "},
		{"sysbench", "Latency (ms):", "Latency (us):"},
		{"sysbench", "s\n    total number", "ms\n    total number"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		size_t nr_refused = 0, nr = 0;

		for (size_t j = 0; j < nr_cases; j++) {
			const struct recorded *c = &cases[j];
			int s = strcmp(c->driver->name, "schbench") == 0 ? ERR : OUT;
			const char *begin = c->streams[s].text;
			struct text t = c->streams[s];

			if (strcmp(c->driver->name, changes[i].driver) != 0 || !c->metrics)
				continue;
			/* the last one is that of the result where there are several */
			for (const char *at = begin; (at = strstr(at, changes[i].from)); at++)
				begin = at;
			if (begin == c->streams[s].text)
				continue;
			t = replaced(t, (size_t)(begin - t.text),
				     (size_t)(begin - t.text) + strlen(changes[i].from),
				     changes[i].to);
			nr++;
			nr_refused += is_refused(c, s, t, changes[i].to);
			free(t.text);
		}
		if (nr == 0 || nr_refused != nr)
			fail_msg("%s: %zu of %zu are refused", changes[i].to, nr_refused, nr);
	}
}

static void test_binary(void **state _unused_)
{
	for (size_t i = 0; i < nr_cases; i++) {
		const struct recorded *c = &cases[i];
		int s = c->streams[OUT].size > 0 ? OUT : ERR;

		if (is_of_make(c))
			continue;
		for (size_t at = 0; at < c->streams[s].size; at += 97) {
			struct text t = replaced(c->streams[s], at, at + 1, "?");

			t.text[at] = '\0';
			assert_true(is_refused(c, s, t, "a NUL in it"));
			free(t.text);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),       cmocka_unit_test(test_recorded),
		cmocka_unit_test(test_cut_off),     cmocka_unit_test(test_garbled_numbers),
		cmocka_unit_test(test_other_units), cmocka_unit_test(test_binary),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
