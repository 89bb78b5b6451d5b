// SPDX-License-Identifier: GPL-2.0-only
#include "loader/requests.h"
#include "test.h"

/* Copies of all strings, so that nothing of the test's is freed. */
static struct request request(enum source source, const char *sched, enum mode mode,
			      const char *arg)
{
	struct request r = {.source = source, .mode = mode}, copy;
	char *args[] = {(char *)arg, NULL};

	r.sched = (char *)sched;
	r.args = arg ? args : NULL;
	assert_int_equal(request_copy(&r, &copy), 0);
	return copy;
}

static void set_base(struct requests *r, const char *sched, enum mode mode, const char *arg)
{
	_cleanup_request_ struct request base = request(SOURCE_USER, sched, mode, arg);

	assert_int_equal(requests_set_base(r, &base), 0);
}

static uint32_t hold(struct requests *r, const char *sched, const char *owner)
{
	_cleanup_request_ struct request wish = request(SOURCE_USER, sched, MODE_GAMING, NULL);
	uint32_t cookie = 0;

	assert_int_equal(requests_hold(r, &wish, "a game", "org.game", owner, &cookie), 0);
	assert_int_not_equal(cookie, 0);
	return cookie;
}

static void expect_top(const struct requests *r, enum source source, const char *sched,
		       enum mode mode)
{
	const struct request *top = requests_top(r);

	assert_int_equal(top->source, source);
	assert_int_equal(top->mode, mode);
	if (sched)
		assert_string_equal(top->sched, sched);
	else
		assert_null(top->sched);
}

static void test_copy(void **state _unused_)
{
	_cleanup_request_ struct request full = request(SOURCE_USER, "scx_a", MODE_AUTO, "-x");
	_cleanup_request_ struct request none = request(SOURCE_BOOT, NULL, MODE_SERVER, NULL);
	_cleanup_request_ struct request copy = {};

	assert_int_equal(request_copy(&full, &copy), 0);
	assert_true(request_equal(&full, &copy));
	assert_ptr_not_equal(full.sched, copy.sched);
	assert_ptr_not_equal(full.args, copy.args);
	assert_ptr_not_equal(full.args[0], copy.args[0]);
	assert_null(none.sched);
	assert_null(none.args);
	assert_int_equal(none.source, SOURCE_BOOT);
	assert_int_equal(none.mode, MODE_SERVER);
}

static void test_equal(void **state _unused_)
{
	static char scx_a[] = "scx_a", scx_b[] = "scx_b", x[] = "-x", y[] = "-y";
	static char *args_x[] = {x, NULL}, *args_y[] = {y, NULL}, *no_args[] = {NULL};
	static const struct request list[] = {
		{.sched = NULL},
		{.sched = NULL, .mode = MODE_GAMING},
		{.sched = scx_a},
		{.sched = scx_b},
		{.sched = scx_a, .mode = MODE_GAMING},
		{.sched = scx_a, .args = no_args},
		{.sched = scx_a, .args = args_x},
		{.sched = scx_a, .args = args_y},
	};

	for (size_t i = 0; i < ARRAY_SIZE(list); i++)
		for (size_t j = 0; j < ARRAY_SIZE(list); j++) {
			/* who asks makes no difference */
			struct request other = list[j];

			other.source = SOURCE_HOLD;
			assert_int_equal(request_equal(&list[i], &other), i == j);
		}
}

static void test_base(void **state _unused_)
{
	_cleanup_(requests_finish) struct requests r = {};

	expect_top(&r, SOURCE_BOOT, NULL, MODE_AUTO);
	set_base(&r, "scx_a", MODE_GAMING, NULL);
	expect_top(&r, SOURCE_USER, "scx_a", MODE_GAMING);
	/* also to what it is already */
	assert_int_equal(requests_set_base(&r, &r.base), 0);
	expect_top(&r, SOURCE_USER, "scx_a", MODE_GAMING);
	set_base(&r, NULL, MODE_AUTO, NULL);
	expect_top(&r, SOURCE_USER, NULL, MODE_AUTO);
}

static void test_mode(void **state _unused_)
{
	_cleanup_(requests_finish) struct requests r = {};

	assert_false(requests_set_mode(&r, MODE_GAMING)); /* of none */
	expect_top(&r, SOURCE_BOOT, NULL, MODE_AUTO);
	set_base(&r, "scx_a", MODE_AUTO, "-x");
	assert_false(requests_set_mode(&r, MODE_GAMING)); /* arguments are no mode */
	expect_top(&r, SOURCE_USER, "scx_a", MODE_AUTO);
	set_base(&r, "scx_a", MODE_AUTO, NULL);
	assert_false(requests_set_mode(&r, MODE_AUTO)); /* it has that */
	expect_top(&r, SOURCE_USER, "scx_a", MODE_AUTO);
	assert_true(requests_set_mode(&r, MODE_POWERSAVE));
	expect_top(&r, SOURCE_PROFILE, "scx_a", MODE_POWERSAVE);
	/* below a hold it is only remembered */
	(void)hold(&r, "scx_b", ":1.1");
	assert_true(requests_set_mode(&r, MODE_SERVER));
	expect_top(&r, SOURCE_HOLD, "scx_b", MODE_GAMING);
	assert_int_equal(r.base.mode, MODE_SERVER);
}

static void test_holds(void **state _unused_)
{
	_cleanup_(requests_finish) struct requests r = {};
	uint32_t b, c, d;

	set_base(&r, "scx_a", MODE_AUTO, NULL);
	b = hold(&r, "scx_b", ":1.1");
	expect_top(&r, SOURCE_HOLD, "scx_b", MODE_GAMING);
	c = hold(&r, "scx_c", ":1.2");
	d = hold(&r, "scx_d", ":1.1");
	assert_true(b != c && c != d && b != d);
	expect_top(&r, SOURCE_HOLD, "scx_d", MODE_GAMING);
	assert_string_equal(r.holds[1].reason, "a game");
	assert_string_equal(r.holds[1].app_id, "org.game");
	assert_string_equal(r.holds[1].owner, ":1.2");
	/* in any order */
	assert_int_equal(requests_release(&r, c), 0);
	expect_top(&r, SOURCE_HOLD, "scx_d", MODE_GAMING);
	assert_int_equal(requests_release(&r, c), -ENOENT);
	assert_int_equal(requests_release(&r, 0), -ENOENT);
	assert_int_equal(requests_release(&r, d), 0);
	expect_top(&r, SOURCE_HOLD, "scx_b", MODE_GAMING);
	assert_int_equal(requests_release(&r, b), 0);
	expect_top(&r, SOURCE_USER, "scx_a", MODE_AUTO);
	assert_int_equal(r.nr_holds, 0);
}

/* The kernel's own scheduler can be held, too. */
static void test_hold_none(void **state _unused_)
{
	_cleanup_(requests_finish) struct requests r = {};
	uint32_t cookie;

	set_base(&r, "scx_a", MODE_AUTO, NULL);
	cookie = hold(&r, NULL, ":1.1");
	expect_top(&r, SOURCE_HOLD, NULL, MODE_GAMING);
	(void)hold(&r, "scx_b", ":1.2");
	expect_top(&r, SOURCE_HOLD, "scx_b", MODE_GAMING);
	assert_int_equal(requests_release_owner(&r, ":1.2"), 1);
	expect_top(&r, SOURCE_HOLD, NULL, MODE_GAMING);
	assert_int_equal(requests_release(&r, cookie), 0);
	expect_top(&r, SOURCE_USER, "scx_a", MODE_AUTO);
}

static void test_owner_leaves(void **state _unused_)
{
	_cleanup_(requests_finish) struct requests r = {};

	set_base(&r, "scx_a", MODE_AUTO, NULL);
	(void)hold(&r, "scx_b", ":1.1");
	(void)hold(&r, "scx_c", ":1.10");
	(void)hold(&r, "scx_d", ":1.1");
	(void)hold(&r, "scx_e", ":1.1");
	assert_int_equal(requests_release_owner(&r, ":1.2"), 0);
	assert_int_equal(requests_release_owner(&r, ":1.1"), 3);
	expect_top(&r, SOURCE_HOLD, "scx_c", MODE_GAMING);
	assert_int_equal(requests_release_owner(&r, ":1.1"), 0);
	assert_int_equal(requests_release_owner(&r, ":1.10"), 1);
	expect_top(&r, SOURCE_USER, "scx_a", MODE_AUTO);
}

static void test_limit(void **state _unused_)
{
	_cleanup_(requests_finish) struct requests r = {};
	_cleanup_request_ struct request wish = request(SOURCE_USER, "scx_z", MODE_AUTO, NULL);
	uint32_t first = hold(&r, "scx_a", ":1.1"), cookie = 77;

	for (unsigned i = 1; i < REQUESTS_MAX_HOLDS; i++)
		(void)hold(&r, "scx_b", ":1.1");
	assert_int_equal(requests_hold(&r, &wish, "", "", ":1.1", &cookie), -ENOSPC);
	assert_int_equal(cookie, 77);
	expect_top(&r, SOURCE_HOLD, "scx_b", MODE_GAMING);
	assert_int_equal(requests_release(&r, first), 0);
	assert_int_equal(requests_hold(&r, &wish, "", "", ":1.1", &cookie), 0);
	expect_top(&r, SOURCE_HOLD, "scx_z", MODE_AUTO);
}

static void test_cookies_wrap(void **state _unused_)
{
	_cleanup_(requests_finish) struct requests r = {.last_cookie = UINT32_MAX};

	assert_int_equal(hold(&r, "scx_a", ":1.1"), 1);
	assert_int_equal(hold(&r, "scx_a", ":1.1"), 2);
}

static void test_release_newer(void **state _unused_)
{
	struct requests r = {};
	uint32_t first, second;

	set_base(&r, "scx_a", MODE_AUTO, NULL);
	first = hold(&r, "scx_b", ":1.1");
	second = hold(&r, "scx_c", ":1.2");
	(void)hold(&r, "scx_d", ":1.1");
	requests_release_newer(&r, second);
	assert_int_equal(r.nr_holds, 2);
	expect_top(&r, SOURCE_HOLD, "scx_c", MODE_GAMING);
	requests_release_newer(&r, first - 1);
	expect_top(&r, SOURCE_USER, "scx_a", MODE_AUTO);
	requests_release_newer(&r, 0);
	requests_finish(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copy),         cmocka_unit_test(test_release_newer),
		cmocka_unit_test(test_equal),        cmocka_unit_test(test_base),
		cmocka_unit_test(test_mode),         cmocka_unit_test(test_holds),
		cmocka_unit_test(test_owner_leaves), cmocka_unit_test(test_limit),
		cmocka_unit_test(test_cookies_wrap), cmocka_unit_test(test_hold_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
