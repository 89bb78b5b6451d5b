// SPDX-License-Identifier: GPL-2.0-only
/*
 * The manager in a world of paper: a kernel, a unit and a clock that do what the
 * test says. Every request of the manager is written down as one word or line.
 */
#include "lib/log.h"
#include "loader/manager.h"
#include "test.h"

struct world {
	struct manager m;
	char *text; /* what was asked for since the last look */
	size_t size;
	FILE *f;
	const char *kernel; /* "disabled", "enabled", ... */
	const char *ops;
	int kernel_error, program_error, clear_error, start_error, stop_error;
	uint64_t now;
};

static int clear_units(void *userdata)
{
	struct world *w = userdata;

	(void)fputs("clear\n", w->f);
	return w->clear_error;
}

static int check_program(void *userdata, const struct sched_spec *spec _unused_)
{
	return ((struct world *)userdata)->program_error;
}

static int start_unit(void *userdata, const struct sched_spec *spec)
{
	struct world *w = userdata;

	(void)fprintf(w->f, "start %s\n", spec->name);
	return w->start_error;
}

static int stop_unit(void *userdata)
{
	struct world *w = userdata;

	(void)fputs("stop\n", w->f);
	return w->stop_error;
}

static int read_kernel(void *userdata, struct kernel_state *ret)
{
	struct world *w = userdata;

	if (w->kernel_error)
		return w->kernel_error;
	ret->state = strdup(w->kernel);
	ret->ops = w->ops ? strdup(w->ops) : NULL;
	return 0;
}

static uint64_t now_us(void *userdata)
{
	return ((struct world *)userdata)->now;
}

static int set_timer(void *userdata, uint64_t delay_us)
{
	struct world *w = userdata;

	(void)fprintf(w->f, "timer %u ms\n", (unsigned)(delay_us / 1000));
	return 0;
}

static void status(void *userdata, const char *line, bool is_ready)
{
	struct world *w = userdata;

	(void)fprintf(w->f, "%s: %s\n", is_ready ? "ready" : "status", line);
}

static void finished(void *userdata, enum exit_status exit_status)
{
	struct world *w = userdata;

	(void)fprintf(w->f, "exit %d\n", exit_status);
}

static const struct manager_ops world_ops = {
	.clear_units = clear_units,
	.check_program = check_program,
	.start_unit = start_unit,
	.stop_unit = stop_unit,
	.read_kernel = read_kernel,
	.now_us = now_us,
	.set_timer = set_timer,
	.status = status,
	.finished = finished,
};

static const struct sched_spec spec = {
	.name = "scx_a",
	.ops = "a",
	.mode = MODE_GAMING,
	.argv = (char *const[]){(char[]){"/usr/bin/scx_a"}, NULL},
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	log_set_max_level(LOG_LEVEL_ERROR);
	w->kernel = "disabled";
	w->f = open_memstream(&w->text, &w->size);
	assert_non_null(w->f);
	manager_init(&w->m, &world_ops, w);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	manager_finish(&w->m);
	assert_int_equal(fclose(w->f), 0);
	free(w->text);
	free(w);
	return 0;
}

/* What was asked for since the last call. */
static void expect(struct world *w, const char *text)
{
	assert_int_equal(fflush(w->f), 0);
	assert_string_equal(w->text, text);
	rewind(w->f);
	memset(w->text, 0, w->size);
}

static void set_kernel(struct world *w, const char *kernel, const char *ops)
{
	w->kernel = kernel;
	w->ops = ops;
}

static void end(struct world *w, enum unit_exit_kind kind, int exit_status, const char *text)
{
	set_kernel(w, "disabled", NULL);
	manager_unit_ended(&w->m, &(struct unit_exit){kind, exit_status, text});
}

/* From nothing to a started unit. */
static void start(struct world *w)
{
	manager_start(&w->m, &spec);
	expect(w, "clear\n");
	manager_units_cleared(&w->m, NULL);
	expect(w, "status: starting scx_a in Gaming mode\nstart scx_a\n");
	assert_int_equal(w->m.state, MANAGER_STARTING);
}

static void run(struct world *w)
{
	start(w);
	set_kernel(w, "enabled", "a");
	manager_unit_ready(&w->m);
	expect(w, "ready: scx_a in Gaming mode is running\n");
	assert_int_equal(w->m.state, MANAGER_RUNNING);
}

/* From the timer of a failure to the next started unit. */
static void try_again(struct world *w)
{
	manager_timer(&w->m);
	expect(w, "clear\n");
	manager_units_cleared(&w->m, NULL);
	expect(w, "status: starting scx_a in Gaming mode\nstart scx_a\n");
}

static void test_nothing_wanted(void **state)
{
	struct world *w = *state;

	manager_start(&w->m, NULL);
	expect(w, "ready: no scheduler is configured, the kernel's own is in use\n");
	manager_stop(&w->m);
	expect(w, "exit 0\n");
}

static void test_run_and_stop(void **state)
{
	struct world *w = *state;

	run(w);
	manager_stop(&w->m);
	expect(w, "stop\n");
	end(w, UNIT_EXITED, 0, NULL);
	expect(w, "exit 0\n");
}

static void test_slow_to_let_go(void **state)
{
	struct world *w = *state;

	run(w);
	manager_stop(&w->m);
	expect(w, "stop\n");
	set_kernel(w, "disabling", "a");
	manager_unit_ended(&w->m, &(struct unit_exit){.kind = UNIT_EXITED});
	expect(w, "timer 50 ms\n");
	manager_stop(&w->m); /* a second SIGTERM changes nothing */
	manager_timer(&w->m);
	expect(w, "timer 50 ms\n");
	set_kernel(w, "disabled", NULL);
	manager_timer(&w->m);
	expect(w, "exit 0\n");
}

static void test_never_lets_go(void **state)
{
	struct world *w = *state;
	unsigned n = 0;

	run(w);
	manager_stop(&w->m);
	manager_unit_ended(&w->m, &(struct unit_exit){.kind = UNIT_EXITED});
	for (; w->m.state == MANAGER_SETTLING && n < 1000; n++)
		manager_timer(&w->m);
	assert_int_equal(n, MANAGER_MAX_SETTLE);
	assert_int_equal(fflush(w->f), 0);
	assert_non_null(strstr(w->text, "\nexit 1\n"));
}

static void test_other_after_stop(void **state)
{
	struct world *w = *state;

	run(w);
	manager_stop(&w->m);
	set_kernel(w, "enabled", "other");
	manager_unit_ended(&w->m, &(struct unit_exit){.kind = UNIT_EXITED});
	expect(w, "stop\nexit 0\n");
}

static void test_foreign(void **state)
{
	struct world *w = *state;

	set_kernel(w, "enabled", "lavd");
	manager_start(&w->m, &spec);
	manager_units_cleared(&w->m, NULL);
	expect(w, "clear\nstatus: another sched_ext scheduler is active: lavd\nexit 1\n");
}

/* Its own name does not make it ours: all units of ours were stopped before. */
static void test_foreign_same_name(void **state)
{
	struct world *w = *state;

	set_kernel(w, "enabled", "a");
	manager_start(&w->m, &spec);
	manager_units_cleared(&w->m, NULL);
	expect(w, "clear\nstatus: another sched_ext scheduler is active: a\nexit 1\n");
}

static void test_foreign_leaving(void **state)
{
	struct world *w = *state;

	set_kernel(w, "disabling", "lavd");
	manager_start(&w->m, &spec);
	manager_units_cleared(&w->m, NULL);
	expect(w, "clear\ntimer 50 ms\n");
	set_kernel(w, "disabled", NULL);
	manager_timer(&w->m);
	expect(w, "status: starting scx_a in Gaming mode\nstart scx_a\n");
}

static void test_foreign_later(void **state)
{
	struct world *w = *state;

	start(w);
	end(w, UNIT_EXITED, 1, "cannot attach");
	expect(w, "timer 1000 ms\nstatus: scx_a failed: cannot attach; next attempt in 1 s\n");
	set_kernel(w, "enabled", "lavd");
	manager_timer(&w->m);
	manager_units_cleared(&w->m, NULL);
	expect(w, "clear\nstatus: another sched_ext scheduler is active: lavd\nexit 1\n");
}

/* Ready, but the kernel knows nothing of it. */
static void test_lies(void **state)
{
	struct world *w = *state;

	start(w);
	set_kernel(w, "enabled", "other");
	manager_unit_ready(&w->m);
	expect(w, "stop\n");
	end(w, UNIT_EXITED, 0, NULL);
	expect(w, "timer 1000 ms\nstatus: scx_a says it is ready, but the kernel says enabled "
		  "other; next attempt in 1 s\n");
	try_again(w);
	w->kernel_error = -EIO;
	manager_unit_ready(&w->m);
	w->kernel_error = 0;
	expect(w, "stop\n");
	end(w, UNIT_EXITED, 0, NULL);
	expect(w, "timer 2000 ms\nstatus: scx_a says it is ready, but the kernel says nothing; "
		  "next attempt in 2 s\n");
}

static void test_give_up(void **state)
{
	static const char *const delays[] = {"1", "2", "4", "8"};
	struct world *w = *state;

	run(w);
	for (size_t i = 0; i < ARRAY_SIZE(delays); i++) {
		_cleanup_free_ char *line = NULL;

		assert_true(asprintf(&line,
				     "timer %s000 ms\nstatus: scx_a was ejected by the kernel: "
				     "runnable task stall; next attempt in %s s\n",
				     delays[i], delays[i]) > 0);
		end(w, UNIT_EXITED, 4, "runnable task stall");
		expect(w, line);
		try_again(w);
	}
	end(w, UNIT_EXITED, 4, "runnable task stall");
	expect(w, "status: gave up on scx_a: it was ejected by the kernel: runnable task stall\n"
		  "exit 4\n");
}

static void fail_after(struct world *w, uint64_t ran_us, const char *line)
{
	set_kernel(w, "enabled", "a");
	manager_unit_ready(&w->m);
	w->now += ran_us;
	end(w, UNIT_KILLED, 9, NULL);
	assert_int_equal(fflush(w->f), 0);
	if (!strstr(w->text, line))
		assert_string_equal(w->text, line);
	expect(w, w->text);
	try_again(w);
}

/* Only having run for long forgives. */
static void test_forgive(void **state)
{
	struct world *w = *state;

	start(w);
	fail_after(w, 0, "timer 1000 ms\nstatus: scx_a was killed by signal 9 (Killed); next");
	fail_after(w, 299999999, "timer 2000 ms\n");
	fail_after(w, 300000000, "timer 1000 ms\n");
	fail_after(w, 0, "timer 2000 ms\n");
}

static void test_no_answer(void **state)
{
	struct world *w = *state;

	start(w);
	w->m.nr_failures = 2;
	end(w, UNIT_TIMEOUT, 0, NULL);
	expect(w, "timer 4000 ms\nstatus: scx_a did not answer in time; next attempt in 4 s\n");
}

static void test_hopeless(void **state)
{
	static const struct {
		enum unit_exit_kind kind;
		int status;
		const char *text, *expected;
	} cases[] = {
		{UNIT_EXITED, 2, "unknown option --foo",
		 "status: scx_a rejected its command line: unknown option --foo\nexit 2\n"},
		{UNIT_EXITED, 3, "no BTF",
		 "status: scx_a cannot run on this kernel: no BTF\nexit 3\n"},
		{UNIT_EXITED, 2, "", "status: scx_a rejected its command line\nexit 2\n"},
		{UNIT_NO_EXEC, 0, NULL,
		 "status: scx_a could not be executed: /usr/bin/scx_a\nexit 1\n"},
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		manager_init(&w->m, &world_ops, w);
		start(w);
		end(w, cases[i].kind, cases[i].status, cases[i].text);
		expect(w, cases[i].expected);
		manager_stop(&w->m);
		manager_timer(&w->m);
		expect(w, "");
	}
}

static void test_no_program(void **state)
{
	struct world *w = *state;

	w->program_error = -ENOENT;
	manager_start(&w->m, &spec);
	manager_units_cleared(&w->m, NULL);
	expect(w, "clear\nstatus: scx_a could not be executed: /usr/bin/scx_a: No such file or "
		  "directory\nexit 1\n");
}

/* SysRq-S or systemctl stop: respected. */
static void test_stopped_from_outside(void **state)
{
	struct world *w = *state;

	run(w);
	end(w, UNIT_EXITED, 0, NULL);
	expect(w, "ready: scx_a was stopped by somebody else\n");
	assert_int_equal(w->m.state, MANAGER_IDLE);
	manager_stop(&w->m);
	expect(w, "exit 0\n");
}

static void test_ends_before_ready(void **state)
{
	struct world *w = *state;

	start(w);
	end(w, UNIT_EXITED, 0, NULL);
	expect(w, "timer 1000 ms\nstatus: scx_a ended before it was ready; next attempt in 1 s\n");
}

static void test_requests_fail(void **state)
{
	struct world *w = *state;

	w->clear_error = -ENOTCONN;
	manager_start(&w->m, &spec);
	expect(w, "clear\ntimer 1000 ms\nstatus: scx_a could not be started: Transport endpoint is "
		  "not connected; next attempt in 1 s\n");
	w->clear_error = 0;
	w->start_error = -ENOBUFS;
	manager_timer(&w->m);
	manager_units_cleared(&w->m, NULL);
	expect(w, "clear\nstatus: starting scx_a in Gaming mode\nstart scx_a\ntimer 2000 ms\n"
		  "status: scx_a could not be started: No buffer space available; next attempt in "
		  "2 s\n");
	manager_timer(&w->m);
	manager_units_cleared(&w->m, "Access denied");
	expect(w, "clear\ntimer 4000 ms\nstatus: scx_a could not be started: Access denied; next "
		  "attempt in 4 s\n");
}

static void test_kernel_unreadable(void **state)
{
	struct world *w = *state;

	w->kernel_error = -EACCES;
	manager_start(&w->m, &spec);
	manager_units_cleared(&w->m, NULL);
	expect(w, "clear\nexit 1\n");
}

/* A stop in every state. */
static void test_stop_while_clearing(void **state)
{
	struct world *w = *state;

	manager_start(&w->m, &spec);
	manager_stop(&w->m);
	expect(w, "clear\n");
	manager_units_cleared(&w->m, NULL);
	expect(w, "exit 0\n");
}

static void test_stop_while_waiting_for_other(void **state)
{
	struct world *w = *state;

	set_kernel(w, "disabling", NULL);
	manager_start(&w->m, &spec);
	manager_units_cleared(&w->m, NULL);
	manager_stop(&w->m);
	expect(w, "clear\ntimer 50 ms\n");
	manager_timer(&w->m);
	expect(w, "exit 0\n");
}

static void test_stop_while_starting(void **state)
{
	struct world *w = *state;

	start(w);
	manager_stop(&w->m);
	expect(w, "stop\n");
	manager_unit_ready(&w->m); /* was on its way */
	expect(w, "");
	end(w, UNIT_EXITED, 0, NULL);
	expect(w, "exit 0\n");
}

static void test_stop_while_backing_off(void **state)
{
	struct world *w = *state;

	start(w);
	end(w, UNIT_KILLED, 11, NULL);
	manager_stop(&w->m);
	expect(w, "timer 1000 ms\nstatus: scx_a was killed by signal 11 (Segmentation fault); next "
		  "attempt in 1 s\nexit 0\n");
}

static void test_stop_fails(void **state)
{
	struct world *w = *state;

	run(w);
	w->stop_error = -ENOTCONN;
	manager_stop(&w->m);
	expect(w, "stop\nexit 1\n");
}

#define with_world(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_world(test_nothing_wanted),
		with_world(test_run_and_stop),
		with_world(test_slow_to_let_go),
		with_world(test_never_lets_go),
		with_world(test_other_after_stop),
		with_world(test_foreign),
		with_world(test_foreign_same_name),
		with_world(test_foreign_leaving),
		with_world(test_foreign_later),
		with_world(test_lies),
		with_world(test_give_up),
		with_world(test_forgive),
		with_world(test_no_answer),
		with_world(test_hopeless),
		with_world(test_no_program),
		with_world(test_stopped_from_outside),
		with_world(test_ends_before_ready),
		with_world(test_requests_fail),
		with_world(test_kernel_unreadable),
		with_world(test_stop_while_clearing),
		with_world(test_stop_while_waiting_for_other),
		with_world(test_stop_while_starting),
		with_world(test_stop_while_backing_off),
		with_world(test_stop_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
