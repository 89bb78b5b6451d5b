// SPDX-License-Identifier: GPL-2.0-only
#include "bench/counters.h"
#include "test.h"

#define SCHEDSTAT "proc/schedstat"
#define STAT "proc/stat"

static void test_machine(void **state)
{
	struct test_root *root = *state;
	struct machine_counts m = {.switches = 5};

	assert_int_equal(machine_counts_read(root->fd, &m), -ENOENT);
	test_write(root->dir, SCHEDSTAT,
		   "version 17\ntimestamp 4295073410\n"
		   "cpu0 0 0 10 20 30 40 500 6000 70\ndomain0 MC 3 1 2 3 4 5 6 7 8 9\n"
		   "cpu1 1 0 11 21 31 41 501 6001 71\n");
	assert_int_equal(machine_counts_read(root->fd, &m), -ENOENT);
	test_write(root->dir, STAT, "cpu  1 2 3\nintr 5 6\nctxt 1234567890123\nbtime 7\n");
	assert_int_equal(machine_counts_read(root->fd, &m), 0);
	assert_int_equal(m.wait_ns, 12001);
	assert_true(m.switches == UINT64_C(1234567890123));
}

static const char *const bad[] = {"", "version 17\n", "cpu0 1 2 3\n", "cpu0 0 0 0 0 0 0 0 x 0\n"};

static void test_bad(void **state)
{
	struct test_root *root = *state;
	struct machine_counts m = {.switches = 5};

	test_write(root->dir, STAT, "ctxt 1\n");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		test_write(root->dir, SCHEDSTAT, bad[i]);
		assert_int_equal(machine_counts_read(root->fd, &m), -EPROTO);
		assert_int_equal(m.switches, 5);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_root(test_machine),
		test_with_root(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
