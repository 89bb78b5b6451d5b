// SPDX-License-Identifier: GPL-2.0-only
#include "lib/kernel.h"
#include "test.h"

#define STATE "sys/kernel/sched_ext/state"
#define OPS "sys/kernel/sched_ext/root/ops"
#define BTF "sys/kernel/btf/vmlinux"

static void test_missing(void **state)
{
	struct test_root *root = *state;

	assert_non_null(strstr(kernel_missing(root->fd), "sched_ext"));
	test_write(root->dir, STATE, "disabled\n");
	assert_non_null(strstr(kernel_missing(root->fd), "CONFIG_DEBUG_INFO_BTF"));
	test_write(root->dir, BTF, "");
	assert_null(kernel_missing(root->fd));
}

static void test_no_sched_ext(void **state)
{
	struct test_root *root = *state;
	struct kernel_state s;

	assert_int_equal(kernel_state_read(root->fd, &s), -ENOENT);
}

static void test_none(void **state)
{
	struct test_root *root = *state;
	_cleanup_kernel_state_ struct kernel_state s = {};

	test_write(root->dir, STATE, "disabled\n");
	assert_int_equal(kernel_state_read(root->fd, &s), 0);
	assert_string_equal(s.state, "disabled");
	assert_null(s.ops);
	assert_false(kernel_state_is(&s, NULL));
}

static void test_enabled(void **state)
{
	struct test_root *root = *state;
	_cleanup_kernel_state_ struct kernel_state s = {};

	test_write(root->dir, STATE, "enabled\n");
	test_write(root->dir, OPS, "simple\n");
	assert_int_equal(kernel_state_read(root->fd, &s), 0);
	assert_true(kernel_state_is(&s, NULL));
	assert_true(kernel_state_is(&s, "simple"));
	assert_false(kernel_state_is(&s, "simpl"));
	assert_false(kernel_state_is(&s, "simple2"));
}

/* On its way out, the name is still there: the scheduler does not count any more. */
static void test_disabling(void **state)
{
	struct test_root *root = *state;
	_cleanup_kernel_state_ struct kernel_state s = {};

	test_write(root->dir, STATE, "disabling\n");
	test_write(root->dir, OPS, "simple\n");
	assert_int_equal(kernel_state_read(root->fd, &s), 0);
	assert_false(kernel_state_is(&s, "simple"));
}

static void test_counters(void **state)
{
	struct test_root *root = *state;
	struct kernel_counters c = {.enable_seq = 77};

	assert_int_equal(kernel_counters_read(root->fd, &c), -ENOENT);
	test_write(root->dir, "sys/kernel/sched_ext/enable_seq", "3\n");
	test_write(root->dir, "sys/kernel/sched_ext/nr_rejected", "18446744073709551615\n");
	test_write(root->dir, "sys/kernel/sched_ext/switch_all", "x\n");
	assert_int_equal(kernel_counters_read(root->fd, &c), -EBADMSG);
	assert_int_equal(c.enable_seq, 77);
	test_write(root->dir, "sys/kernel/sched_ext/switch_all", "1\n");
	assert_int_equal(kernel_counters_read(root->fd, &c), 0);
	assert_int_equal(c.enable_seq, 3);
	assert_true(c.nr_rejected == UINT64_MAX);
	assert_false(c.is_partial);
	test_write(root->dir, "sys/kernel/sched_ext/switch_all", "0\n");
	assert_int_equal(kernel_counters_read(root->fd, &c), 0);
	assert_true(c.is_partial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_root(test_missing),   test_with_root(test_no_sched_ext),
		test_with_root(test_none),      test_with_root(test_enabled),
		test_with_root(test_disabling), test_with_root(test_counters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
