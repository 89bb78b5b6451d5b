// SPDX-License-Identifier: GPL-2.0-only
/*
 * The manager against a small model of systemd and the kernel, in which everything
 * that can happen happens in any order, from fixed seeds. After each event it is
 * checked what must always hold; in the end the world becomes quiet, and the manager
 * must have come to the last wish.
 *
 * In every other seed the world is gentle: answers come in any order and as late as
 * they like, but nothing fails, so the last wish must come true without another.
 */
#include "lib/catalog.h"
#include "lib/log.h"
#include "loader/manager.h"
#include "test.h"

enum { NR_SEEDS = 200, NR_EVENTS = 400, MAX_DRAIN = 20000, NOBODY = -1, FOREIGN = 2 };

enum unit_state { NONE, LOADING, LOADED, ATTACHING, ATTACHED, STOPPING };

struct unit {
	enum unit_state state;
	const struct sched_spec *spec;
	bool is_told;  /* to attach: it does or did, and can still do */
	bool has_hint; /* the manager is to hear that something is different */
};

struct world {
	struct manager m;
	uint64_t random, now, due; /* due: 0 without a timer */
	struct unit units[NR_SLOTS];
	const char *kernel, *ops;
	int owner; /* of the kernel: a slot, FOREIGN or NOBODY */
	/* what is a long time comes, in a gentle world, only after all else */
	bool is_short;
	bool has_uevent, is_gentle;
	unsigned nr_outcomes; /* since the last wish */
	const struct sched_spec *wish;
	int exit_status; /* -1: has not finished */
	/* as of the last call of changed() */
	enum manager_state shown_state;
	const struct sched_spec *shown_running;
	bool shown_has_kernel;
};

#define SPEC(n, m)                                                                                 \
	{                                                                                          \
		.name = (char[]){"scx_" n},                                                        \
		.mode = m,                                                                         \
		.argv = (char *[]){(char[]){"/usr/bin/scx_" n}, NULL},                             \
	}

static const struct sched_spec specs[] = {
	SPEC("a", MODE_AUTO),
	SPEC("a", MODE_GAMING),
	SPEC("b", MODE_AUTO),
	SPEC("c", MODE_AUTO),
};

static const struct sched_spec fallbacks[] = {SPEC("b", MODE_AUTO), SPEC("f", MODE_AUTO)};

/* xorshift64* */
static unsigned below(struct world *w, unsigned n)
{
	w->random ^= w->random >> 12;
	w->random ^= w->random << 25;
	w->random ^= w->random >> 27;
	return (unsigned)((w->random * UINT64_C(2685821657736338717)) >> 33) % n;
}

static bool one_in(struct world *w, unsigned n)
{
	return below(w, n) == 0;
}

/* Something fails every now and then, unless the world is gentle. */
static bool fails(struct world *w, unsigned n)
{
	return !w->is_gentle && one_in(w, n);
}

static void set_kernel(struct world *w, const char *state, const char *name, int owner)
{
	w->kernel = state;
	w->ops = name;
	w->owner = owner;
}

static void lose_kernel(struct world *w, unsigned slot)
{
	set_kernel(w, "disabled", NULL, NOBODY);
	w->units[slot].is_told = false;
}

/* --- what the manager asks for */

static int check_program(void *userdata, const struct sched_spec *spec _unused_)
{
	return fails(userdata, 30) ? -ENOENT : 0;
}

static int start_unit(void *userdata, unsigned slot, const struct sched_spec *spec)
{
	struct world *w = userdata;

	assert_int_equal(w->units[slot].state, NONE);
	if (fails(w, 20))
		return -ENOBUFS;
	w->units[slot] = (struct unit){.state = LOADING, .spec = spec};
	return 0;
}

static int attach_unit(void *userdata, unsigned slot)
{
	struct world *w = userdata;

	assert_int_equal(w->units[slot].state, LOADED);
	assert_false(w->units[slot == 0].is_told);
	assert_string_equal(w->kernel, "disabled");
	if (fails(w, 20))
		return -ENOBUFS;
	w->units[slot].state = ATTACHING;
	w->units[slot].is_told = true;
	return 0;
}

static int stop_unit(void *userdata, unsigned slot)
{
	struct world *w = userdata;

	assert_int_not_equal(w->units[slot].state, NONE);
	assert_int_not_equal(w->units[slot].state, STOPPING);
	w->units[slot].state = STOPPING;
	/* in the middle of a restart it does not go on with that */
	if (w->owner == (int)slot && strcmp(w->kernel, "disabled") == 0)
		lose_kernel(w, slot);
	return 0;
}

static int read_kernel(void *userdata, struct kernel_state *ret)
{
	struct world *w = userdata;

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

	w->due = w->now + delay_us;
	w->is_short = delay_us <= MANAGER_SETTLE_MS * 1000;
	return 0;
}

static int fallback(void *userdata _unused_, unsigned i, struct sched_spec **ret)
{
	*ret = i < ARRAY_SIZE(fallbacks) ? spec_copy(&fallbacks[i]) : NULL;
	return 0;
}

static void failed(void *userdata, const struct failure *f)
{
	assert_false(((struct world *)userdata)->is_gentle);
	assert_non_null(f->spec);
	assert_true(f->reason && *f->reason);
}

static void stable(void *userdata, const struct sched_spec *spec)
{
	struct world *w = userdata;

	assert_true(spec_equal(spec, w->m.target));
}

static void outcome(void *userdata, enum outcome what, const char *text)
{
	assert_int_equal(text == NULL, what == OUTCOME_REACHED);
	((struct world *)userdata)->nr_outcomes++;
}

static void changed(void *userdata)
{
	struct world *w = userdata;

	w->shown_state = w->m.state;
	w->shown_running = manager_running(&w->m);
	w->shown_has_kernel = manager_has_kernel(&w->m);
}

static void finished(void *userdata, enum exit_status status)
{
	struct world *w = userdata;

	assert_true(w->m.is_leaving);
	assert_int_equal(w->exit_status, -1);
	w->exit_status = (int)status;
}

static const struct manager_ops ops = {
	.check_program = check_program,
	.start_unit = start_unit,
	.attach_unit = attach_unit,
	.stop_unit = stop_unit,
	.read_kernel = read_kernel,
	.now_us = now_us,
	.set_timer = set_timer,
	.fallback = fallback,
	.failed = failed,
	.stable = stable,
	.outcome = outcome,
	.changed = changed,
	.finished = finished,
};

/* --- what happens in the world */

static void end(struct world *w, unsigned slot, const struct unit_exit *e)
{
	/* the kernel may need a moment more than the process */
	if (w->owner == (int)slot)
		set_kernel(w, one_in(w, 2) ? "disabling" : "disabled", NULL, NOBODY);
	w->units[slot] = (struct unit){};
	manager_unit_ended(&w->m, slot, e);
}

static void crash(struct world *w, unsigned slot)
{
	static const struct unit_exit exits[] = {
		{UNIT_EXITED, STATUS_OK, NULL},
		{UNIT_EXITED, STATUS_FAILED, "no memory"},
		{UNIT_EXITED, STATUS_USAGE, "no option"},
		{UNIT_EXITED, STATUS_EJECTED, "stall"},
		{UNIT_KILLED, 9, NULL},
		{UNIT_TIMEOUT, 0, NULL},
		{UNIT_REFUSED, 0, "access denied"},
	};

	if (w->units[slot].state != NONE)
		end(w, slot, &exits[below(w, ARRAY_SIZE(exits))]);
}

/* Towards the kernel in two steps: in between it is neither free nor taken. */
static void take_kernel(struct world *w, unsigned slot)
{
	struct unit *u = &w->units[slot];

	if (strcmp(w->kernel, "disabled") == 0) {
		set_kernel(w, "enabling", NULL, (int)slot);
	} else if (w->owner == (int)slot) {
		set_kernel(w, "enabled", sched_ops_name(u->spec->name), (int)slot);
		u->state = ATTACHED;
		u->has_hint = w->has_uevent = true;
	} else if (w->owner != NOBODY) {
		end(w, slot, &(struct unit_exit){UNIT_EXITED, STATUS_FAILED, "busy"});
	}
}

/* The kernel lets go before the process has ended; the word to attach may come before both. */
static void let_go(struct world *w, unsigned slot)
{
	const struct unit *u = &w->units[slot];

	if (w->owner == (int)slot && strcmp(w->kernel, "enabled") == 0) {
		set_kernel(w, "disabling", NULL, (int)slot);
		w->has_uevent = true;
	} else if (w->owner == (int)slot && strcmp(w->kernel, "disabling") == 0 && one_in(w, 2)) {
		lose_kernel(w, slot);
	} else if (u->is_told && strcmp(w->kernel, "disabled") == 0 && one_in(w, 2)) {
		set_kernel(w, "enabled", sched_ops_name(u->spec->name), (int)slot);
		w->has_uevent = true;
	} else {
		end(w, slot, &(struct unit_exit){UNIT_EXITED, STATUS_OK, NULL});
	}
}

static bool has_kernel(const struct world *w, unsigned slot)
{
	return w->owner == (int)slot && strcmp(w->kernel, "enabled") == 0;
}

static bool can_proceed(const struct world *w, unsigned slot)
{
	const struct unit *u = &w->units[slot];

	return u->state == LOADING || u->state == ATTACHING || u->state == STOPPING ||
	       u->has_hint || (u->state == ATTACHED && !has_kernel(w, slot));
}

static void proceed(struct world *w, unsigned slot)
{
	struct unit *u = &w->units[slot];

	if (u->has_hint && one_in(w, 2)) {
		u->has_hint = false;
		manager_unit_changed(&w->m, slot);
	} else if (u->state == LOADING) {
		u->state = LOADED;
		manager_unit_loaded(&w->m, slot);
	} else if (u->state == ATTACHING || (u->state == ATTACHED && !has_kernel(w, slot))) {
		take_kernel(w, slot);
	} else if (u->state == STOPPING) {
		let_go(w, slot);
	}
}

static void fire_timer(struct world *w)
{
	if (w->now < w->due)
		w->now = w->due;
	w->due = 0;
	manager_timer(&w->m);
}

/* One answer that is on its way comes; false: none is. */
static bool deliver(struct world *w)
{
	unsigned pending[4], n = 0;

	for (unsigned i = 0; i < NR_SLOTS; i++)
		if (can_proceed(w, i))
			pending[n++] = i;
	if (strcmp(w->kernel, "disabling") == 0 && w->owner == NOBODY)
		pending[n++] = 2;
	if (w->has_uevent)
		pending[n++] = 3;
	if (n == 0)
		return false;
	n = pending[below(w, n)];
	if (n < NR_SLOTS) {
		proceed(w, n);
	} else if (n == 2) {
		set_kernel(w, "disabled", NULL, NOBODY);
	} else {
		w->has_uevent = false;
		manager_kernel_changed(&w->m);
	}
	return true;
}

static void wish(struct world *w, const struct sched_spec *spec, bool again)
{
	w->wish = spec;
	w->nr_outcomes = 0;
	manager_want(&w->m, spec, again);
}

static const struct sched_spec *any_spec(struct world *w)
{
	unsigned i = below(w, ARRAY_SIZE(specs) + 1);

	return i < ARRAY_SIZE(specs) ? &specs[i] : NULL;
}

/* An answer that a stop has overtaken, or a signal that means nothing. */
static void be_late(struct world *w)
{
	unsigned slot = below(w, NR_SLOTS);

	if (w->units[slot].state == STOPPING && !w->units[slot].is_told)
		manager_unit_loaded(&w->m, slot);
	else if (w->units[slot].state != NONE)
		manager_unit_changed(&w->m, slot);
	else
		manager_kernel_changed(&w->m);
}

/* A scheduler starts itself again: the kernel is without it for a moment. */
static void restart(struct world *w)
{
	for (unsigned i = 0; i < NR_SLOTS; i++)
		if (w->units[i].state == ATTACHED && has_kernel(w, i)) {
			set_kernel(w, "disabled", NULL, (int)i);
			w->has_uevent = true;
		}
}

static void send_foreign_away(struct world *w)
{
	if (w->owner != FOREIGN)
		return;
	set_kernel(w, "disabling", NULL, NOBODY);
	w->has_uevent = true;
}

static void meddle(struct world *w)
{
	if (w->owner == FOREIGN) {
		send_foreign_away(w);
	} else if (strcmp(w->kernel, "disabled") == 0) {
		set_kernel(w, "enabled", "foreign", FOREIGN);
		w->has_uevent = true;
	}
}

static void misbehave(struct world *w)
{
	switch (below(w, 5)) {
	case 0:
		meddle(w);
		break;
	case 1:
		w->nr_outcomes = 0;
		manager_want_fallback(&w->m, "it is not installed any more");
		break;
	case 2:
		if (w->due)
			fire_timer(w);
		break;
	default:
		crash(w, below(w, NR_SLOTS));
		break;
	}
}

static void live(struct world *w)
{
	if (one_in(w, 8))
		wish(w, any_spec(w), one_in(w, 6));
	else if (fails(w, 12))
		misbehave(w);
	else if (one_in(w, 12))
		be_late(w);
	else if (one_in(w, 20))
		restart(w);
	else if (w->due && w->is_short && one_in(w, 3))
		fire_timer(w);
	else if (!deliver(w) && w->due)
		fire_timer(w);
	else
		w->now += below(w, 2000000);
}

/* --- what must hold */

static void check(const struct world *w)
{
	const struct sched_spec *running = manager_running(&w->m);
	_cleanup_free_ char *status = manager_status(&w->m);

	assert_false(w->units[0].is_told && w->units[1].is_told);
	assert_int_equal(w->shown_state, w->m.state);
	assert_ptr_equal(w->shown_running, running);
	assert_int_equal(w->shown_has_kernel, manager_has_kernel(&w->m));
	assert_non_null(status);
	if (w->m.state == MANAGER_RUNNING && running)
		assert_true(spec_equal(running, w->m.target));
	if (w->m.state == MANAGER_IDLE || w->m.state == MANAGER_FAILED ||
	    w->m.state == MANAGER_STOPPING)
		assert_null(w->m.target);
	else
		assert_non_null(w->m.target);
	if (w->m.state == MANAGER_WAITING)
		assert_int_not_equal(w->due, 0);
}

static void drain(struct world *w)
{
	unsigned n = 0;

	while (deliver(w) || w->due) {
		if (w->due && !deliver(w))
			fire_timer(w);
		check(w);
		assert_true(n++ < MAX_DRAIN);
	}
}

static void check_wish(const struct world *w)
{
	assert_int_equal(w->m.state, w->wish ? MANAGER_RUNNING : MANAGER_IDLE);
	assert_true(w->nr_outcomes > 0);
	if (!w->wish) {
		assert_int_equal(w->owner, NOBODY);
		return;
	}
	assert_true(spec_equal(w->wish, manager_running(&w->m)));
	assert_string_equal(w->ops, sched_ops_name(w->wish->name));
	assert_int_equal(w->m.timer, TIMER_NONE);
}

static void run_seed(unsigned seed)
{
	struct world w = {.random = UINT64_C(0x9e3779b97f4a7c15) * (seed + 1),
			  .now = 1,
			  .is_gentle = seed % 2,
			  .exit_status = -1};

	set_kernel(&w, "disabled", NULL, NOBODY);
	manager_init(&w.m, &ops, &w);
	wish(&w, any_spec(&w), false);
	for (unsigned i = 0; i < NR_EVENTS; i++) {
		live(&w);
		check(&w);
	}
	if (!w.is_gentle) {
		w.is_gentle = true;
		send_foreign_away(&w);
		wish(&w, any_spec(&w), false);
	}
	drain(&w);
	check_wish(&w);
	manager_leave(&w.m);
	drain(&w);
	assert_int_equal(w.exit_status, STATUS_OK);
	assert_int_equal(w.owner, NOBODY);
	manager_finish(&w.m);
}

static void test_random(void **state _unused_)
{
	for (unsigned seed = 0; seed < NR_SEEDS; seed++) {
		print_message("seed %u\n", seed);
		run_seed(seed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_random)};

	/* what it logs is about failures on purpose */
	log_set_max_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
