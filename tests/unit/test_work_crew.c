// SPDX-License-Identifier: GPL-2.0-only
/*
 * The gate, failures of members, and that nothing outlives the crew. Members say where they
 * are through a pipe; its end is seen when the last who could write to it is gone.
 */
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

#include "bench/spin.h"
#include "bench/workloads/clock.h"
#include "bench/workloads/crew.h"
#include "bench/workloads/hogs.h"
#include "test.h"

static const struct timing at_once = {.runtime_ms = 1};

/* Both ends of a pipe; the crew of one test writes what it does. */
static int pipe_fds[2];

static char letter_p = 'p', letter_t = 't';

static void say(char c)
{
	if (write(pipe_fds[1], &c, 1) != 1)
		abort();
}

static char hear(void)
{
	char c = '\0';

	return read(pipe_fds[0], &c, 1) == 1 ? c : '\0';
}

static bool is_silent(void)
{
	struct pollfd p = {.fd = pipe_fds[0], .events = POLLIN};

	return poll(&p, 1, 0) == 0;
}

static int setup(void **state _unused_)
{
	return pipe(pipe_fds);
}

static int teardown(void **state _unused_)
{
	(void)close(pipe_fds[0]);
	(void)close(pipe_fds[1]);
	return 0;
}

static int speaker(void *arg, const struct window *w)
{
	const char *c = arg;

	/* the window is known to all when the gate opens */
	say(w->open > 0 && w->begin >= w->open && w->end > w->begin ? *c : '!');
	return 0;
}

static int failing(void *arg, const struct window *w _unused_)
{
	return *(int *)arg;
}

static int __attribute__((noreturn)) sleeper(void *arg _unused_, const struct window *w _unused_)
{
	say('z');
	for (;;)
		(void)pause();
}

static int dying(void *arg _unused_, const struct window *w _unused_)
{
	return -raise(SIGKILL);
}

static void test_gate(void **state _unused_)
{
	_cleanup_crew_ struct crew crew = {};
	char heard[3] = "";

	assert_int_equal(crew_init(&crew, 2), 0);
	assert_true(crew_add_process(&crew, "one", speaker, &letter_p) > 0);
	assert_int_equal(crew_add_thread(&crew, "two", speaker, &letter_t), 0);
	assert_true(is_silent());
	(void)crew_open(&crew, &at_once);
	assert_int_equal(crew_join(&crew), 0);
	heard[0] = hear();
	heard[1] = hear();
	assert_true(strcmp(heard, "pt") == 0 || strcmp(heard, "tp") == 0);
	assert_true(is_silent());
}

static void test_window(void **state _unused_)
{
	const struct timing t = {.runtime_ms = 30, .warmup_ms = 20};
	_cleanup_crew_ struct crew crew = {};
	const struct window *w;

	assert_int_equal(crew_init(&crew, 1), 0);
	w = crew_open(&crew, &t);
	assert_int_equal(w->begin - w->open, 20 * NS_PER_MS);
	assert_int_equal(w->end - w->begin, 30 * NS_PER_MS);
	assert_false(window_has(w, w->begin - 1));
	assert_true(window_has(w, w->begin));
	assert_true(window_has(w, w->end - 1));
	assert_false(window_has(w, w->end));
	assert_false(window_is_over(w));
	assert_int_equal(crew_join(&crew), 0);
	assert_true(window_is_over(w));
}

static void test_failures(void **state _unused_)
{
	int errors[] = {-EPERM, 0};

	for (int is_process = 0; is_process < 2; is_process++) {
		_cleanup_crew_ struct crew crew = {};

		assert_int_equal(crew_init(&crew, 2), 0);
		for (int i = 0; i < 2; i++)
			assert_true((is_process ? crew_add_process(&crew, "p", failing, &errors[i])
						: crew_add_thread(&crew, "t", failing,
								  &errors[i])) >= 0);
		(void)crew_open(&crew, &at_once);
		assert_int_equal(crew_join(&crew), -EPERM);
	}
}

static void test_killed(void **state _unused_)
{
	_cleanup_crew_ struct crew crew = {};

	assert_int_equal(crew_init(&crew, 1), 0);
	assert_true(crew_add_process(&crew, "dying", dying, NULL) > 0);
	(void)crew_open(&crew, &at_once);
	assert_int_equal(crew_join(&crew), -ECHILD);
}

static void test_full(void **state _unused_)
{
	_cleanup_crew_ struct crew crew = {};

	assert_int_equal(crew_init(&crew, 0), 0);
	assert_int_equal(crew_add_process(&crew, "p", speaker, &letter_p), -E2BIG);
	assert_int_equal(crew_add_thread(&crew, "t", speaker, &letter_t), -E2BIG);
}

/* Nobody works who was sent away. */
static void test_cancelled(void **state _unused_)
{
	struct crew crew = {};

	assert_int_equal(crew_init(&crew, 2), 0);
	assert_true(crew_add_process(&crew, "p", speaker, &letter_p) > 0);
	assert_int_equal(crew_add_thread(&crew, "t", speaker, &letter_t), 0);
	crew_finish(&crew);
	assert_true(is_silent());
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/* Given up in the middle. */
static void test_finish_kills(void **state _unused_)
{
	struct crew crew = {};

	assert_int_equal(crew_init(&crew, 2), 0);
	assert_true(crew_add_process(&crew, "a", sleeper, NULL) > 0);
	assert_true(crew_add_process(&crew, "b", sleeper, NULL) > 0);
	(void)crew_open(&crew, &at_once);
	assert_int_equal(hear(), 'z');
	assert_int_equal(hear(), 'z');
	crew_finish(&crew);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void __attribute__((noreturn)) lead_and_wait(void)
{
	struct crew crew = {};

	if (crew_init(&crew, 2) < 0 || crew_add_process(&crew, "a", sleeper, NULL) < 0 ||
	    crew_add_process(&crew, "b", sleeper, NULL) < 0)
		_exit(1);
	(void)crew_open(&crew, &at_once);
	_exit(crew_join(&crew) < 0);
}

/* Whoever kills us, and however, kills all of us. */
static void test_die_with_us(void **state _unused_)
{
	static const int numbers[] = {SIGKILL, SIGTERM};

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		pid_t pid = fork();

		if (pid == 0)
			lead_and_wait();
		assert_true(pid > 0);
		assert_int_equal(hear(), 'z');
		assert_int_equal(hear(), 'z');
		assert_int_equal(kill(pid, numbers[i]), 0);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		/* the end of the pipe: nobody is left to write to it */
		(void)close(pipe_fds[1]);
		assert_int_equal(hear(), '\0');
		(void)close(pipe_fds[0]);
		assert_int_equal(pipe(pipe_fds), 0);
	}
}

/* A hog that was never let run in the window had a gap of all of it. */
static void test_hog_gap(void **state _unused_)
{
	const struct timing t = {.runtime_ms = 100};
	_cleanup_hogs_ struct hogs hogs = {};
	_cleanup_crew_ struct crew crew = {};
	pid_t pid;

	assert_int_equal(hogs_init(&hogs, 1, 1), 0);
	assert_int_equal(crew_init(&crew, 1), 0);
	pid = hogs_add_one(&hogs, 0, &crew);
	assert_true(pid > 0);
	assert_int_equal(kill(pid, SIGSTOP), 0);
	assert_int_equal(waitpid(pid, NULL, WUNTRACED), pid);
	sleep_until_ns(crew_open(&crew, &t)->end);
	assert_int_equal(kill(pid, SIGCONT), 0);
	assert_int_equal(crew_join(&crew), 0);
	assert_true(hogs.hogs[0].gap_ns >= 99 * NS_PER_MS);
}

static void test_spin(void **state _unused_)
{
	spin(0);
	spin(1);
	assert_true(spin_calibrate() > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_gate, setup, teardown),
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_killed),
		cmocka_unit_test_setup_teardown(test_full, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cancelled, setup, teardown),
		cmocka_unit_test_setup_teardown(test_finish_kills, setup, teardown),
		cmocka_unit_test_setup_teardown(test_die_with_us, setup, teardown),
		cmocka_unit_test(test_hog_gap),
		cmocka_unit_test(test_spin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
