// SPDX-License-Identifier: GPL-2.0-only
/* On files of our own in the place of sysfs, and with a process that really is killed. */
#include <signal.h>
#include <sys/wait.h>

#include "lib/file.h"
#include "runtime/idle_resume.h"
#include "test.h"

#define NR 3
#define RECORD "run/scx/root/idle_resume"

static void path_of(unsigned cpu, char path[96])
{
	(void)snprintf(path, 96, "sys/devices/system/cpu/cpu%u/power/pm_qos_resume_latency_us",
		       cpu);
}

static struct topology *set_up(const struct test_root *root)
{
	static const char *const values[NR] = {"0\n", "n/a\n", "17\n"};
	struct topology *t;
	char path[96];

	assert_int_equal(topology_new_uniform(NR, &t), 0);
	for (unsigned cpu = 0; cpu < NR; cpu++) {
		path_of(cpu, path);
		test_write(root->dir, path, values[cpu]);
	}
	assert_int_equal(mkdirat(root->fd, "run", 0755), 0);
	return t;
}

static void assert_values(const struct test_root *root, const char *a, const char *b, const char *c)
{
	const char *const values[NR] = {a, b, c};
	char path[96];

	for (unsigned cpu = 0; cpu < NR; cpu++) {
		_cleanup_free_ char *text = NULL;

		path_of(cpu, path);
		assert_int_equal(read_sysfs_line(root->fd, path, &text), 0);
		assert_string_equal(text, values[cpu]);
	}
}

static void test_limit(void **state)
{
	const struct test_root *root = *state;
	_cleanup_topology_ struct topology *t = set_up(root);
	struct idle_resume *i;

	t->cpus[2].online = false;
	assert_int_equal(idle_resume_recover(root->fd), 0);
	assert_int_equal(idle_resume_limit(root->fd, t, 32, &i), 0);
	assert_values(root, "32", "32", "17");
	/* nobody else while that lasts */
	assert_int_equal(idle_resume_recover(root->fd), -EWOULDBLOCK);
	idle_resume_free(i);
	assert_values(root, "0", "n/a", "17");
	assert_int_equal(idle_resume_recover(root->fd), 0);
	idle_resume_free(NULL);
}

static void kill_a_limiter(const struct test_root *root, const struct topology *t)
{
	struct idle_resume *i;
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		if (idle_resume_limit(root->fd, t, 5, &i) == 0)
			(void)raise(SIGKILL);
		_exit(1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
}

static void test_killed(void **state)
{
	const struct test_root *root = *state;
	_cleanup_topology_ struct topology *t = set_up(root);
	struct idle_resume *i;

	kill_a_limiter(root, t);
	assert_values(root, "5", "5", "5");
	assert_int_equal(idle_resume_recover(root->fd), NR);
	assert_values(root, "0", "n/a", "17");
	assert_int_equal(idle_resume_recover(root->fd), 0);

	/* whoever limits them next has not taken the limit for what was there before */
	kill_a_limiter(root, t);
	assert_int_equal(idle_resume_limit(root->fd, t, 9, &i), 0);
	assert_values(root, "9", "9", "9");
	idle_resume_free(i);
	assert_values(root, "0", "n/a", "17");
}

/* Lines that make no sense, and a last one that was not complete, are left out. */
static void test_broken_record(void **state)
{
	const struct test_root *root = *state;
	_cleanup_topology_ struct topology *t = set_up(root);

	test_write(root->dir, RECORD, "x\n1 40\n\n-1 3\n999999999 3\n7 3\n2 1");
	assert_int_equal(idle_resume_recover(root->fd), 1);
	assert_values(root, "0", "40", "17");
}

/* A kernel without these files: nothing is limited, and nothing fails. */
static void test_no_files(void **state)
{
	const struct test_root *root = *state;
	_cleanup_topology_ struct topology *t = NULL;
	struct idle_resume *i;

	assert_int_equal(topology_new_uniform(NR, &t), 0);
	assert_int_equal(mkdirat(root->fd, "run", 0755), 0);
	assert_int_equal(idle_resume_limit(root->fd, t, 32, &i), 0);
	idle_resume_free(i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_root(test_limit),
		test_with_root(test_killed),
		test_with_root(test_broken_record),
		test_with_root(test_no_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
