// SPDX-License-Identifier: GPL-2.0-only
/* What is told on the way: to a file, to a terminal, and to nobody. */
#include <pty.h>

#include "bench/progress.h"
#include "test.h"

static const struct {
	uint64_t us;
	const char *text;
} times[] = {
	{0, "0 s"},
	{1499999, "1 s"},
	{1500000, "2 s"},
	{59499999, "59 s"},
	{59500000, "1 min 0 s"},
	{200000000, "3 min 20 s"},
	{7500000000, "2 h 5 min"},
};

static void test_time(void **state _unused_)
{
	char buffer[PROGRESS_TIME_LEN];

	for (size_t i = 0; i < ARRAY_SIZE(times); i++)
		assert_string_equal(progress_time(times[i].us, buffer), times[i].text);
}

/* Two runs, with stderr at @fd. */
static void make_progress(int fd, bool is_quiet)
{
	int saved = dup(STDERR_FILENO);
	struct progress p = {};
	sd_event *event;

	assert_true(saved >= 0 && dup2(fd, STDERR_FILENO) == STDERR_FILENO);
	assert_int_equal(sd_event_new(&event), 0);
	assert_int_equal(progress_begin(&p, event, is_quiet), 0);
	p.nr_total = 2;
	progress_show(&p, "round 1: x under kernel");
	progress_done(&p, "1.000 s");
	progress_show(&p, "round 1: x under scx_simple");
	progress_done(&p, "ejected: stall");
	progress_end(&p);
	sd_event_unref(event);
	assert_true(dup2(saved, STDERR_FILENO) == STDERR_FILENO);
	(void)close(saved);
}

static size_t read_all(int fd, char *buffer, size_t size)
{
	size_t len = 0;
	ssize_t n;

	while (len < size - 1 && (n = read(fd, buffer + len, size - 1 - len)) > 0)
		len += (size_t)n;
	buffer[len] = '\0';
	return len;
}

static void test_lines(void **state _unused_)
{
	char text[1024];
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	make_progress(fds[1], true);
	make_progress(fds[1], false);
	(void)close(fds[1]);
	(void)read_all(fds[0], text, sizeof(text));
	(void)close(fds[0]);
	assert_string_equal(text, "round 1: x under kernel: 1.000 s\n"
				  "round 1: x under scx_simple: ejected: stall\n");
}

/* Nothing is as wide as the terminal, where it would wrap, and nothing is left at the end. */
static void test_bar(void **state _unused_)
{
	const struct winsize size = {.ws_row = 24, .ws_col = 50};
	char text[2048];
	int master, terminal;
	size_t len;

	assert_int_equal(openpty(&master, &terminal, NULL, NULL, &size), 0);
	make_progress(terminal, false);
	(void)close(terminal);
	len = read_all(master, text, sizeof(text));
	(void)close(master);
	assert_non_null(strstr(text, "[....................] ? left; round 1: x under k"));
	assert_null(strstr(text, "under kernel"));
	assert_non_null(strstr(text, "[##########..........] "));
	assert_true(len >= 4);
	assert_string_equal(text + len - 4, "\r\033[K");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_bar),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
