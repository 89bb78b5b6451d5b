// SPDX-License-Identifier: GPL-2.0-only
#include "lib/cpu_time.h"
#include "test.h"

static int read_text(const struct test_root *root, const char *text, struct cpu_time *ret)
{
	test_write(root->dir, "stat", text);
	return cpu_time_read(root->fd, "stat", ret);
}

/* Waiting for I/O is not work, and guests are counted once. */
static void test_read(void **state)
{
	struct cpu_time t;

	assert_int_equal(read_text(*state,
				   "cpu  1 20 300 4000 50000 600000 7000000 80000000 9 9\n"
				   "cpu0 1 1 1 1 1 1 1 1 1 1\n",
				   &t),
			 0);
	assert_int_equal(t.busy, 87600321);
	assert_int_equal(t.total, 87654321);
	assert_int_equal(read_text(*state, "cpu 0 0 0 0 0 0 0 18446744073709551615\n", &t), 0);
	assert_true(t.busy == UINT64_MAX && t.total == UINT64_MAX);
}

static void test_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"cpu",
		"cpu 1 2 3 4 5 6 7\n",
		"cpu0 1 2 3 4 5 6 7 8\n",
		"cpu 1 2 3 4 5 6 7 x\n",
		"cpu 1 2 3 4 5 6 7 18446744073709551616\n",
		"intr 1 2 3 4 5 6 7 8\n",
	};
	struct test_root *root = *state;
	struct cpu_time t = {.busy = 1, .total = 2};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_int_equal(read_text(root, texts[i], &t), -EPROTO);
	assert_int_equal(cpu_time_read(root->fd, "absent", &t), -ENOENT);
	assert_int_equal(cpu_time_read(root->fd, ".", &t), -EISDIR);
	assert_true(t.busy == 1 && t.total == 2);
}

static void test_percent(void **state _unused_)
{
	const struct cpu_time before = {.busy = 100, .total = 1000};

	assert_int_equal(cpu_time_percent(&before, &(struct cpu_time){150, 1200}), 25);
	assert_int_equal(cpu_time_percent(&before, &(struct cpu_time){300, 1200}), 100);
	assert_int_equal(cpu_time_percent(&before, &(struct cpu_time){400, 1200}), 100);
	assert_int_equal(cpu_time_percent(&before, &(struct cpu_time){100, 1200}), 0);
	assert_int_equal(cpu_time_percent(&before, &(struct cpu_time){90, 1200}), 0);
	assert_int_equal(cpu_time_percent(&before, &(struct cpu_time){150, 1000}), 0);
	assert_int_equal(cpu_time_percent(&before, &before), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_root(test_read),
		test_with_root(test_refused),
		cmocka_unit_test(test_percent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
