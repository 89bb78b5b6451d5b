// SPDX-License-Identifier: GPL-2.0-only
/* Real commands: what they print, how they end, and that nothing of them is left. */
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "bench/command.h"
#include "bench/keeper.h"
#include "test.h"

#define MIB (1024 * 1024)

struct world {
	sd_event *event;
	struct command_result result;
	char *tail;
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	assert_int_equal(sd_event_new(&w->event), 0);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	command_result_finish(&w->result);
	free(w->tail);
	sd_event_unref(w->event);
	free(w);
	/* every child has been reaped */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	return 0;
}

static void run(struct world *w, struct command c, const char *script)
{
	char *argv[] = {(char[]){"sh"}, (char[]){"-c"}, (char *)script, NULL};

	command_result_finish(&w->result);
	free(w->tail);
	w->tail = NULL;
	if (!c.spec.argv)
		c.spec.argv = argv;
	if (!c.timeout_us)
		c.timeout_us = 60000000;
	assert_int_equal(command_run(w->event, &c, &w->result), 0);
	w->tail = child_tail(w->result.child);
	assert_non_null(w->tail);
}

/* Whether a process with this number, which the command has printed, is there. */
static bool is_alive(const char *number)
{
	return kill((pid_t)atoi(number), 0) == 0;
}

static const struct {
	const char *script;
	int status;
	const char *tail;
} scripts[] = {
	{"true", 0, ""},
	{"exit 7", 7, ""},
	{"kill -SEGV $$", 128 + SIGSEGV, ""},
	{"echo out; echo err >&2", 0, "out\nerr\n"},
	{"cat", 0, ""}, /* nothing to read */
	{"trap '' INT; kill -INT -$$; echo on", 0, "on\n"},
	{"printf '\\0a\\377b\\0'", 0, "?a\377b?"},
	{"trap", 0, ""}, /* signals are as always */
	{"[ $(ps -o sid= -p $$ | tr -d ' ') = $$ ]", 0, ""},
};

static void test_scripts(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++) {
		run(w, (struct command){}, scripts[i].script);
		assert_int_equal(w->result.end, COMMAND_ENDED);
		assert_int_equal(w->result.status, scripts[i].status);
		assert_string_equal(w->tail, scripts[i].tail);
		assert_true(w->result.end_us > w->result.begin_us);
	}
}

static void test_no_program(void **state)
{
	char *none[] = {(char[]){"/no/such/program"}, NULL};
	char *directory[] = {(char[]){"/"}, NULL};
	struct world *w = *state;

	run(w, (struct command){.spec.argv = none}, NULL);
	assert_int_equal(w->result.end, COMMAND_NO_EXEC);
	assert_int_equal(w->result.error, -ENOENT);
	run(w, (struct command){.spec.argv = directory}, NULL);
	assert_int_equal(w->result.end, COMMAND_NO_EXEC);
	assert_int_equal(w->result.error, -EACCES);
}

/* Both pipes at once, each far more than it can hold. */
static void test_flood(void **state)
{
	struct world *w = *state;
	struct child_output out, err;

	run(w, (struct command){.spec.max_output = MIB},
	    "yes out | head -c 2000000 & yes err | head -c 500000 >&2; wait; echo end");
	assert_int_equal(w->result.status, 0);
	out = child_stdout(w->result.child);
	err = child_stderr(w->result.child);
	assert_int_equal(out.size, MIB);
	assert_true(out.is_cut);
	assert_memory_equal(out.text, "out\nout\n", 8);
	assert_int_equal(out.text[out.size], '\0');
	assert_int_equal(err.size, 500000);
	assert_false(err.is_cut);
	assert_int_equal(strlen(err.text), 500000);
	/* the end is there, and it begins with a line */
	assert_in_range(strlen(w->tail), CHILD_TAIL - 8, CHILD_TAIL);
	assert_string_equal(w->tail + strlen(w->tail) - 4, "end\n");
	assert_true(memcmp(w->tail, "out\n", 4) == 0 || memcmp(w->tail, "err\n", 4) == 0);
}

static void test_nothing_kept(void **state)
{
	struct world *w = *state;

	run(w, (struct command){}, "echo out");
	assert_int_equal(child_stdout(w->result.child).size, 0);
	assert_string_equal(child_stdout(w->result.child).text, "");
}

/* The group dies with its leader, and so does who has left the group, with the pipes in hand. */
static void test_left_over(void **state)
{
	static const char *const leavers[] = {
		"sleep 1000 & echo $!",
		"(trap '' TERM HUP; sleep 1000) & echo $!",
		"trap 'exit 0' USR1; setsid sh -c 'echo $$; kill -USR1 '$$'; exec sleep 1000' & wait",
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_SIZE(leavers); i++) {
		run(w, (struct command){}, leavers[i]);
		assert_int_equal(w->result.end, COMMAND_ENDED);
		assert_int_equal(w->result.status, 0);
		assert_true(atoi(w->tail) > 1);
		assert_false(is_alive(w->tail));
	}
}

/* Others of our children stay. */
static void test_others(void **state)
{
	struct world *w = *state;
	pid_t other = fork();

	if (other == 0) {
		for (;;)
			pause();
	}
	run(w, (struct command){.others = &other, .nr_others = 1}, "true");
	assert_int_equal(waitpid(other, NULL, WNOHANG), 0);
	assert_int_equal(kill(other, SIGKILL), 0);
	assert_int_equal(waitpid(other, NULL, 0), other);
}

static const struct {
	const char *script;
	int status;
} stubborn[] = {
	{"sleep 1000", 128 + SIGTERM},
	{"trap 'exit 3' TERM; sleep 1000 & wait", 3},
	{"trap '' TERM; echo $$; while :; do sleep 1000; done", 128 + SIGKILL},
	{"kill -STOP $$", 128 + SIGTERM},
};

static void test_timeout(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_SIZE(stubborn); i++) {
		uint64_t timeout_us = 100000;

		/* a shell that has not come to its trap yet needs more time */
		do {
			timeout_us *= 2;
			run(w, (struct command){.timeout_us = timeout_us}, stubborn[i].script);
			assert_int_equal(w->result.end, COMMAND_TIMEOUT);
			assert_true(w->result.end_us - w->result.begin_us >= timeout_us);
		} while (w->result.status != stubborn[i].status && timeout_us < 10000000);
		assert_int_equal(w->result.status, stubborn[i].status);
	}
}

static bool stop(void *userdata)
{
	return *(bool *)userdata;
}

static int on_time(sd_event_source *source _unused_, uint64_t usec _unused_, void *userdata)
{
	*(bool *)userdata = true;
	return 0;
}

static void test_stop(void **state)
{
	struct world *w = *state;
	bool is_over = false;

	assert_true(sd_event_add_time_relative(w->event, NULL, CLOCK_MONOTONIC, 100000, 0, on_time,
					       &is_over) >= 0);
	run(w, (struct command){.should_stop = stop, .userdata = &is_over}, "sleep 1000");
	assert_int_equal(w->result.end, COMMAND_STOPPED);
	assert_int_equal(w->result.status, 128 + SIGTERM);
}

static void test_usage(void **state)
{
	struct world *w = *state;

	run(w, (struct command){},
	    "(i=0; while [ $i -lt 100000 ]; do i=$((i + 1)); done) & sleep 0.05; sleep 0.05; wait");
	assert_true(w->result.cpu_seconds > 0.001);
	if (!w->result.has_counters) {
		print_message("performance counters are not permitted here\n");
		return;
	}
	/* each sleep gives up its CPU at least once */
	assert_in_range(w->result.counters[COUNTER_SWITCHES], 2, 1000000);
	assert_in_range(w->result.counters[COUNTER_MIGRATIONS], 0, 1000000);
}

/* Will be killed in the middle of a command, whose grandchild holds @fd open. */
static _Noreturn void die_running(int fd)
{
	struct keeper keeper;
	char *argv[] = {(char[]){"sh"}, (char[]){"-c"}, (char[]){"sleep 1000 & echo $! >&9; wait"},
			NULL};
	const struct command c = {.spec.argv = argv, .timeout_us = 60000000, .keeper = &keeper};
	struct command_result result;
	sd_event *event;

	if (keeper_start(&keeper) < 0 || dup2(fd, 9) != 9 || sd_event_new(&event) < 0)
		_exit(1);
	(void)command_run(event, &c, &result);
	_exit(1);
}

static void test_our_death(void **state _unused_)
{
	char number[16] = {};
	int fds[2];
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (pid == 0)
		die_running(fds[1]);
	(void)close(fds[1]);
	assert_true(read(fds[0], number, sizeof(number) - 1) > 0);
	assert_true(is_alive(number));
	assert_int_equal(kill(pid, SIGKILL), 0);
	/* the write end is open as long as one of them is */
	assert_int_equal(read(fds[0], number, sizeof(number) - 1), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	/* it is an orphan, and ours since the subreaper above is we */
	while (waitpid(-1, NULL, 0) > 0)
		;
	(void)close(fds[0]);
}

#define with_world(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_world(test_scripts),   with_world(test_no_program),
		with_world(test_flood),     with_world(test_nothing_kept),
		with_world(test_left_over), with_world(test_others),
		with_world(test_timeout),   with_world(test_stop),
		with_world(test_usage),     cmocka_unit_test(test_our_death),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
