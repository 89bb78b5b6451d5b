// SPDX-License-Identifier: GPL-2.0-only
#include "scx_userland/task_queue.h"

#include "test.h"

static void check_first(struct task_queue *q, uint32_t pid)
{
	const struct queued_task *first = task_queue_first(q);

	assert_non_null(first);
	assert_int_equal(first->pid, pid);
	task_queue_pop(q);
}

static void test_empty(void **state _unused_)
{
	_cleanup_(task_queue_freep) struct task_queue *q = NULL;

	assert_int_equal(task_queue_new(0, &q), 0);
	assert_null(task_queue_first(q));
	task_queue_pop(q);
	assert_int_equal(task_queue_len(q), 0);
	assert_int_equal(task_queue_push(q, 1, 1, 1), -ENOBUFS);
	assert_null(task_queue_free(NULL));
}

static void test_order(void **state _unused_)
{
	static const uint64_t keys[] = {50, 10, 40, 20, 30, 60, 0};
	_cleanup_(task_queue_freep) struct task_queue *q = NULL;

	assert_int_equal(task_queue_new(ARRAY_SIZE(keys), &q), 0);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		assert_int_equal(task_queue_push(q, keys[i], (uint32_t)keys[i], 7), 0);
	assert_int_equal(task_queue_push(q, 70, 70, 7), -ENOBUFS);
	assert_int_equal(task_queue_len(q), ARRAY_SIZE(keys));
	assert_int_equal(task_queue_first(q)->key, 0);
	assert_int_equal(task_queue_first(q)->seq, 7);
	for (uint32_t i = 0; i < ARRAY_SIZE(keys); i++)
		check_first(q, i * 10);
	assert_null(task_queue_first(q));
}

static void test_equal_keys(void **state _unused_)
{
	_cleanup_(task_queue_freep) struct task_queue *q = NULL;

	assert_int_equal(task_queue_new(100, &q), 0);
	for (uint32_t pid = 0; pid < 100; pid++)
		assert_int_equal(task_queue_push(q, 5, pid, 0), 0);
	for (uint32_t pid = 0; pid < 100; pid++)
		check_first(q, pid);
}

static void test_wrap(void **state _unused_)
{
	_cleanup_(task_queue_freep) struct task_queue *q = NULL;

	assert_int_equal(task_queue_new(3, &q), 0);
	assert_int_equal(task_queue_push(q, 2, 3, 0), 0);
	assert_int_equal(task_queue_push(q, UINT64_MAX - 9, 1, 0), 0);
	assert_int_equal(task_queue_push(q, UINT64_MAX, 2, 0), 0);
	check_first(q, 1);
	check_first(q, 2);
	check_first(q, 3);
}

/* Against a plain list: 20000 random steps. */
static void test_random(void **state _unused_)
{
	enum { CAPACITY = 64 };
	_cleanup_(task_queue_freep) struct task_queue *q = NULL;
	struct queued_task list[CAPACITY];
	size_t len = 0, first;
	uint64_t seed = 1;

	assert_int_equal(task_queue_new(CAPACITY, &q), 0);
	for (uint32_t step = 0; step < 20000; step++) {
		seed = seed * 6364136223846793005 + 1442695040888963407;
		if (len < CAPACITY && seed >> 63) {
			/* few different keys, so that many are equal */
			list[len++] = (struct queued_task){.key = seed >> 40 & 15, .pid = step};
			assert_int_equal(task_queue_push(q, list[len - 1].key, step, 0), 0);
		} else if (len > 0) {
			first = 0;
			for (size_t i = 1; i < len; i++)
				if (list[i].key < list[first].key)
					first = i;
			check_first(q, list[first].pid);
			/* the list stays in the order of arrival */
			memmove(&list[first], &list[first + 1], (--len - first) * sizeof(list[0]));
		}
		assert_int_equal(task_queue_len(q), len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),      cmocka_unit_test(test_order),
		cmocka_unit_test(test_equal_keys), cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
