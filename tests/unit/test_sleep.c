// SPDX-License-Identifier: GPL-2.0-only
#include "bus.h"
#include "loader/sleep.h"

#define LOGIND "org.freedesktop.login1"

struct world {
	struct test_bus bus;
	struct sleep_watch *sleep;
	char text[256]; /* what was told since the last look */
};

static void going(void *userdata)
{
	(void)strcat(((struct world *)userdata)->text, "going ");
}

static void woke(void *userdata)
{
	(void)strcat(((struct world *)userdata)->text, "woke ");
}

static const struct sleep_events events = {.going = going, .woke = woke};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	test_bus_start(&w->bus);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	sleep_watch_free(w->sleep);
	test_bus_stop(&w->bus);
	free(w);
	return 0;
}

static void start(struct world *w)
{
	assert_int_equal(sleep_watch_new(&w->sleep, w->bus.loader, &events, w), 0);
	test_bus_settle(&w->bus);
}

static void emit_from(struct world *w, sd_bus *sender, const char *member, bool is_going)
{
	assert_true(sd_bus_emit_signal(sender, "/org/freedesktop/login1", LOGIND ".Manager", member,
				       "b", is_going) >= 0);
	test_bus_settle(&w->bus);
}

static void emit(struct world *w, bool is_going)
{
	emit_from(w, w->bus.services, "PrepareForSleep", is_going);
}

static void expect(struct world *w, const char *text)
{
	test_bus_settle(&w->bus);
	assert_string_equal(w->text, text);
	w->text[0] = '\0';
}

static void test_sleep_and_wake(void **state)
{
	struct world *w = *state;

	test_bus_own(&w->bus, LOGIND);
	start(w);
	expect(w, "");
	emit(w, true);
	expect(w, "going ");
	emit(w, false);
	expect(w, "woke ");
	emit(w, true);
	emit(w, false);
	expect(w, "going woke ");
}

static void test_comes_later(void **state)
{
	struct world *w = *state;

	start(w);
	test_bus_own(&w->bus, LOGIND);
	emit(w, true);
	expect(w, "going ");
}

/* Each of them at most once, and going() first. */
static void test_alternates(void **state)
{
	struct world *w = *state;

	test_bus_own(&w->bus, LOGIND);
	start(w);
	emit(w, false);
	expect(w, "");
	emit(w, true);
	emit(w, true);
	expect(w, "going ");
	emit(w, false);
	emit(w, false);
	expect(w, "woke ");
}

static void test_vanishes(void **state)
{
	struct world *w = *state;

	test_bus_own(&w->bus, LOGIND);
	start(w);
	test_bus_disown(&w->bus, LOGIND);
	expect(w, "");
	test_bus_own(&w->bus, LOGIND);
	emit(w, true);
	expect(w, "going ");
	test_bus_disown(&w->bus, LOGIND);
	expect(w, "woke ");
	test_bus_own(&w->bus, LOGIND);
	emit(w, true);
	expect(w, "going ");
}

static void test_others_do_not_count(void **state)
{
	struct world *w = *state;

	test_bus_own(&w->bus, LOGIND);
	start(w);
	emit_from(w, w->bus.services, "PrepareForShutdown", true);
	/* anybody can send the signal, but only logind has the name */
	emit_from(w, w->bus.loader, "PrepareForSleep", true);
	expect(w, "");
	emit(w, true);
	expect(w, "going ");
}

#define with_world(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_world(test_sleep_and_wake),      with_world(test_comes_later),
		with_world(test_alternates),          with_world(test_vanishes),
		with_world(test_others_do_not_count),
	};

	if (test_bus_is_missing())
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
