// SPDX-License-Identifier: GPL-2.0-only
/*
 * The manager in a world of paper. A test is a table of steps: what happens, and
 * what the manager asks for because of it, word by word. What can happen:
 *
 *	want SPEC | want none | again SPEC     a wish; SPEC is one of the table below
 *	want_fallback REASON | leave
 *	adopt SLOT SPEC
 *	loaded SLOT | changed SLOT             an answer of a unit
 *	exit SLOT STATUS [TEXT]                the end of a unit, by itself ...
 *	kill SLOT SIGNAL | timeout SLOT | refused SLOT TEXT      ... and otherwise
 *	kernel STATE [OPS]                     what the kernel says from now on
 *	uevent                                 the kernel says that it is another
 *	timer                                  the clock comes to the timer, which fires
 *	pass SECONDS                           the clock goes on, and no timer fires
 *	error REQUEST ERRNO                    such requests fail from now on
 *	state                                  answers with the state and the status line
 */
#include "lib/log.h"
#include "loader/manager.h"
#include "test.h"

enum request { PROGRAM, START, ATTACH, STOP, KERNEL, TIMER, FALLBACK, NR_REQUESTS };

static const char *const request_names[NR_REQUESTS] = {
	[PROGRAM] = "program", [START] = "start", [ATTACH] = "attach",     [STOP] = "stop",
	[KERNEL] = "kernel",   [TIMER] = "timer", [FALLBACK] = "fallback",
};

static const struct named_spec {
	const char *key;
	struct sched_spec spec;
} specs[] = {
	{"a", {.name = (char[]){"scx_a"}, .argv = (char *[]){(char[]){"/bin/scx_a"}, NULL}}},
	{"a+gaming",
	 {.name = (char[]){"scx_a"},
	  .mode = MODE_GAMING,
	  .argv = (char *[]){(char[]){"/bin/scx_a"}, (char[]){"-g"}, NULL}}},
	{"a+args",
	 {.name = (char[]){"scx_a"},
	  .args = (char *[]){(char[]){"-x"}, NULL},
	  .argv = (char *[]){(char[]){"/bin/scx_a"}, (char[]){"-x"}, NULL}}},
	{"b", {.name = (char[]){"scx_b"}, .argv = (char *[]){(char[]){"/bin/scx_b"}, NULL}}},
	{"c", {.name = (char[]){"scx_c"}, .argv = (char *[]){(char[]){"/bin/scx_c"}, NULL}}},
	{"f", {.name = (char[]){"scx_f"}, .argv = (char *[]){(char[]){"/bin/scx_f"}, NULL}}},
	{"g", {.name = (char[]){"scx_g"}, .argv = (char *[]){(char[]){"/bin/scx_g"}, NULL}}},
};

struct world {
	struct manager m;
	char *text; /* what was asked for in this step */
	size_t size;
	FILE *f;
	char kernel[16], ops[16];
	int errors[NR_REQUESTS];
	const char *chain; /* keys of the fallback chain */
	uint64_t now, due;
	/* as of the last call of changed() */
	enum manager_state shown_state;
	const struct sched_spec *shown_running;
	bool shown_has_kernel;
};

struct step {
	const char *event, *expected;
};

/* --- what the manager asks for */

static void note(struct world *w, const char *format, ...) _printf_(2, 3);

static void note(struct world *w, const char *format, ...)
{
	va_list ap;

	assert_int_equal(fflush(w->f), 0);
	if (w->size)
		(void)fputs(" | ", w->f);
	va_start(ap, format);
	(void)vfprintf(w->f, format, ap);
	va_end(ap);
}

static const char *key_of(const struct sched_spec *spec)
{
	for (size_t i = 0; i < ARRAY_SIZE(specs); i++)
		if (spec_equal(&specs[i].spec, spec))
			return specs[i].key;
	return "?";
}

static const struct sched_spec *spec_of(const char *key)
{
	for (size_t i = 0; i < ARRAY_SIZE(specs); i++)
		if (strcmp(specs[i].key, key) == 0)
			return &specs[i].spec;
	return NULL;
}

static int check_program(void *userdata, const struct sched_spec *spec _unused_)
{
	return ((struct world *)userdata)->errors[PROGRAM];
}

static int start_unit(void *userdata, unsigned slot, const struct sched_spec *spec)
{
	struct world *w = userdata;

	note(w, "start %u %s", slot, key_of(spec));
	return w->errors[START];
}

static int attach_unit(void *userdata, unsigned slot)
{
	struct world *w = userdata;

	note(w, "attach %u", slot);
	return w->errors[ATTACH];
}

static int stop_unit(void *userdata, unsigned slot)
{
	struct world *w = userdata;

	note(w, "stop %u", slot);
	return w->errors[STOP];
}

static int read_kernel(void *userdata, struct kernel_state *ret)
{
	struct world *w = userdata;

	if (w->errors[KERNEL])
		return w->errors[KERNEL];
	ret->state = strdup(w->kernel);
	ret->ops = *w->ops ? strdup(w->ops) : NULL;
	return 0;
}

static uint64_t now_us(void *userdata)
{
	return ((struct world *)userdata)->now;
}

static int set_timer(void *userdata, uint64_t delay_us)
{
	struct world *w = userdata;

	note(w, "timer %g s", (double)delay_us / 1e6);
	w->due = w->now + delay_us;
	return w->errors[TIMER];
}

static int fallback(void *userdata, unsigned i, struct sched_spec **ret)
{
	struct world *w = userdata;
	char key[] = {0, 0};

	if (w->errors[FALLBACK])
		return w->errors[FALLBACK];
	key[0] = i < strlen(w->chain) ? w->chain[i] : '\0';
	*ret = key[0] ? spec_copy(spec_of(key)) : NULL;
	return 0;
}

static void failed(void *userdata, const struct failure *f)
{
	note(userdata, "record %u %s %s", f->slot, key_of(f->spec), f->reason);
}

static void stable(void *userdata, const struct sched_spec *spec)
{
	note(userdata, "stable %s", key_of(spec));
}

static void outcome(void *userdata, enum outcome what, const char *text)
{
	static const char *const names[] = {
		[OUTCOME_REACHED] = "reached",
		[OUTCOME_KEPT] = "kept",
		[OUTCOME_FAILED] = "failed",
		[OUTCOME_RELEASED] = "released",
	};

	note(userdata, "%s%s%s", names[what], text ? ": " : "", text ?: "");
}

static void changed(void *userdata)
{
	struct world *w = userdata;

	w->shown_state = w->m.state;
	w->shown_running = manager_running(&w->m);
	w->shown_has_kernel = manager_has_kernel(&w->m);
}

static void finished(void *userdata, enum exit_status exit_status)
{
	note(userdata, "finish %d", exit_status);
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

/* --- what happens; @arg is what follows the first word */

static unsigned slot_of(const char *arg)
{
	assert_true(*arg == '0' || *arg == '1');
	return (unsigned)(*arg - '0');
}

/* What follows the next word of @arg. */
static const char *after(const char *arg)
{
	arg += strcspn(arg, " ");
	return *arg ? arg + 1 : arg;
}

static void do_want(struct world *w, const char *arg)
{
	assert_true(spec_of(arg) || strcmp(arg, "none") == 0);
	manager_want(&w->m, spec_of(arg), false);
}

static void do_again(struct world *w, const char *arg)
{
	manager_want(&w->m, spec_of(arg), true);
}

static void do_want_fallback(struct world *w, const char *arg)
{
	manager_want_fallback(&w->m, arg);
}

static void do_leave(struct world *w, const char *arg _unused_)
{
	manager_leave(&w->m);
}

static void do_adopt(struct world *w, const char *arg)
{
	manager_adopt(&w->m, slot_of(arg), spec_of(after(arg)));
}

static void do_loaded(struct world *w, const char *arg)
{
	manager_unit_loaded(&w->m, slot_of(arg));
}

static void do_changed(struct world *w, const char *arg)
{
	manager_unit_changed(&w->m, slot_of(arg));
}

static void do_exit(struct world *w, const char *arg)
{
	manager_unit_ended(&w->m, slot_of(arg),
			   &(struct unit_exit){UNIT_EXITED, atoi(after(arg)), after(after(arg))});
}

static void do_kill(struct world *w, const char *arg)
{
	manager_unit_ended(&w->m, slot_of(arg),
			   &(struct unit_exit){UNIT_KILLED, atoi(after(arg)), NULL});
}

static void do_timeout(struct world *w, const char *arg)
{
	manager_unit_ended(&w->m, slot_of(arg), &(struct unit_exit){.kind = UNIT_TIMEOUT});
}

static void do_refused(struct world *w, const char *arg)
{
	manager_unit_ended(&w->m, slot_of(arg), &(struct unit_exit){UNIT_REFUSED, 0, after(arg)});
}

static void do_kernel(struct world *w, const char *arg)
{
	*w->ops = '\0';
	assert_true(sscanf(arg, "%15s %15s", w->kernel, w->ops) >= 1);
}

static void do_uevent(struct world *w, const char *arg _unused_)
{
	manager_kernel_changed(&w->m);
}

static void do_timer(struct world *w, const char *arg _unused_)
{
	if (w->now < w->due)
		w->now = w->due;
	manager_timer(&w->m);
}

static void do_pass(struct world *w, const char *arg)
{
	w->now += (uint64_t)atoi(arg) * 1000000;
}

static void do_error(struct world *w, const char *arg)
{
	for (int i = 0; i < NR_REQUESTS; i++)
		if (strncmp(arg, request_names[i], strlen(request_names[i])) == 0) {
			w->errors[i] = -atoi(after(arg));
			return;
		}
	fail_msg("no request %s", arg);
}

static void do_state(struct world *w, const char *arg _unused_)
{
	_cleanup_free_ char *status = manager_status(&w->m);

	note(w, "%s: %s", manager_state_names[manager_shown_state(&w->m)], status);
}

static const struct {
	const char *name;
	void (*run)(struct world *w, const char *arg);
} events[] = {
	{"want", do_want},       {"again", do_again},     {"want_fallback", do_want_fallback},
	{"leave", do_leave},     {"adopt", do_adopt},     {"loaded", do_loaded},
	{"changed", do_changed}, {"exit", do_exit},       {"kill", do_kill},
	{"timeout", do_timeout}, {"refused", do_refused}, {"kernel", do_kernel},
	{"uevent", do_uevent},   {"timer", do_timer},     {"pass", do_pass},
	{"error", do_error},     {"state", do_state},
};

static void run_event(struct world *w, const char *event)
{
	size_t len = strcspn(event, " ");

	for (size_t i = 0; i < ARRAY_SIZE(events); i++)
		if (strlen(events[i].name) == len && strncmp(events[i].name, event, len) == 0) {
			events[i].run(w, after(event));
			return;
		}
	fail_msg("no event %s", event);
}

static void check_shown(const struct world *w)
{
	assert_int_equal(w->shown_state, w->m.state);
	assert_ptr_equal(w->shown_running, manager_running(&w->m));
	assert_int_equal(w->shown_has_kernel, manager_has_kernel(&w->m));
}

static void play(struct world *w, const struct step *steps, size_t nr_steps)
{
	for (size_t i = 0; i < nr_steps; i++) {
		run_event(w, steps[i].event);
		assert_int_equal(fflush(w->f), 0);
		if (strcmp(w->text, steps[i].expected) != 0)
			print_error("step %zu: %s\n", i, steps[i].event);
		assert_string_equal(w->text, steps[i].expected);
		check_shown(w);
		rewind(w->f);
		memset(w->text, 0, w->size);
		assert_int_equal(fflush(w->f), 0);
	}
}

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	/* what it logs is about failures on purpose */
	log_set_max_level(LOG_LEVEL_ERROR);
	w->chain = "";
	w->now = 1000000;
	w->f = open_memstream(&w->text, &w->size);
	assert_non_null(w->f);
	assert_int_equal(fflush(w->f), 0);
	do_kernel(w, "disabled");
	manager_init(&w->m, &ops, w);
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

#define PLAY(w, steps) play(w, steps, ARRAY_SIZE(steps))

/* The way of a scheduler from the wish to the kernel, in an empty world. */
#define LOAD(slot, key) {"want " key, "start " slot " " key}
// clang-format off
#define ATTACH_IT(slot, name)                                                                      \
	{"loaded " slot, "attach " slot " | timer 10 s"},                                          \
	{"kernel enabled " name, ""},                                                              \
	{"changed " slot, "reached | timer 300 s"}
#define RUN_A LOAD("0", "a"), ATTACH_IT("0", "a")
/* From running a in slot 0 to b standing by in slot 1. */
#define STAND_BY_B LOAD("1", "b"), {"loaded 1", "stop 0"}
// clang-format on
#define A_RUNS {"state", "running: scx_a in Auto mode is running"}
#define B_RUNS {"state", "running: scx_b in Auto mode is running"}
#define IDLE {"state", "idle: the kernel's own scheduler is in use"}

/* --- from nothing to something and back */

static void test_cold_start(void **state)
{
	static const struct step steps[] = {
		IDLE,
		LOAD("0", "a"),
		{"state", "starting: starting scx_a in Auto mode"},
		{"loaded 0", "attach 0 | timer 10 s"},
		{"state", "starting: starting scx_a in Auto mode"},
		{"changed 0", ""}, /* says something, but the kernel has it not */
		{"kernel enabling a", ""},
		{"changed 0", ""},
		{"kernel enabled a", ""},
		{"uevent", "reached | timer 300 s"}, /* before the unit says so */
		{"changed 0", ""},
		A_RUNS,
		{"timer", "stable a"},
		{"timer", ""},
	};

	PLAY(*state, steps);
}

static void test_stop(void **state)
{
	static const struct step steps[] = {
		RUN_A,
		{"want none", "stop 0"},
		{"state", "stopping: stopping"},
		{"kernel disabled", ""},
		{"exit 0 0", "reached"},
		IDLE,
		{"timer", ""},
	};

	PLAY(*state, steps);
}

static void test_nothing_wanted(void **state)
{
	static const struct step steps[] = {
		{"want none", "reached"},
		IDLE,
		{"want none", "reached"},
		{"kernel enabled foreign", ""},
		{"uevent", ""},
		{"want none", "reached"},
		IDLE,
	};

	PLAY(*state, steps);
}

static void test_stop_in_each_state(void **state)
{
	static const struct step steps[] = {
		/* loading */
		LOAD("0", "a"),
		{"want none", "stop 0"},
		{"loaded 0", ""}, /* was on its way */
		{"exit 0 0", "reached"},
		IDLE,
		/* attaching */
		LOAD("0", "a"),
		{"loaded 0", "attach 0 | timer 10 s"},
		{"want none", "stop 0"},
		{"kernel enabled a", ""},
		{"changed 0", ""},
		{"timer", ""},
		{"kernel disabled", ""},
		{"exit 0 0", "reached"},
		IDLE,
		/* the old is being stopped, the new stands by */
		RUN_A,
		STAND_BY_B,
		{"want none", "stop 1"},
		{"exit 1 0", ""},
		{"kernel disabled", ""},
		{"exit 0 0", "reached"},
		IDLE,
		/* the old runs, the new is being loaded */
		RUN_A,
		LOAD("1", "b"),
		{"want none", "stop 0 | stop 1"},
		{"want none", ""},
		{"kernel disabled", ""},
		{"exit 0 0", ""},
		{"exit 1 1 no memory", "reached"},
		IDLE,
		/* waiting for the next attempt */
		LOAD("0", "a"),
		{"kill 0 9", "record 0 a was killed by signal 9 (Killed) | timer 1 s | "
			     "failed: scx_a was killed by signal 9 (Killed)"},
		{"want none", "reached"},
		IDLE,
		{"timer", ""},
	};

	PLAY(*state, steps);
}

/* --- from one to another */

static void test_switch(void **state)
{
	static const struct step steps[] = {
		RUN_A,
		LOAD("1", "b"),
		{"state", "starting: starting scx_b in Auto mode"},
		{"loaded 1", "stop 0"},
		{"kernel disabled", ""},
		{"exit 0 0", "attach 1 | timer 10 s"},
		{"kernel enabled b", ""},
		{"changed 1", "reached | timer 300 s"},
		B_RUNS,
		/* the slots take turns */
		LOAD("0", "c"),
		{"loaded 0", "stop 1"},
		{"kernel disabled", ""},
		{"exit 1 0", "attach 0 | timer 10 s"},
		{"kernel enabled c", ""},
		{"changed 0", "reached | timer 300 s"},
	};

	PLAY(*state, steps);
}

/* The kernel lets go before the process of the old one has ended. */
static void test_switch_early(void **state)
{
	static const struct step steps[] = {
		RUN_A,
		STAND_BY_B,
		{"uevent", ""},
		{"kernel disabling", ""},
		{"uevent", "timer 0.01 s"},
		{"error kernel 5", ""},
		{"timer", ""}, /* not knowing is no reason */
		{"error kernel 0", ""},
		{"uevent", "timer 0.01 s"},
		{"kernel disabled", ""},
		{"timer", "attach 1 | timer 10 s"},
		{"uevent", ""},
		{"kernel enabled b", ""},
		{"changed 1", "reached | timer 300 s"},
		{"exit 0 0", ""},
		B_RUNS,
		/* somebody else comes in between */
		LOAD("0", "a"),
		{"loaded 0", "stop 1"},
		{"kernel enabled lavd", ""},
		{"uevent", ""},
		{"exit 1 0", "stop 0 | failed: another sched_ext scheduler is active: lavd; "
			     "it is left alone"},
	};

	PLAY(*state, steps);
}

static void test_mode(void **state)
{
	static const struct step steps[] = {
		RUN_A,
		LOAD("1", "a+gaming"),
		{"state", "starting: starting scx_a in Gaming mode"},
		{"loaded 1", "stop 0"},
		{"kernel disabling a", ""},
		{"exit 0 0", "timer 0.01 s"}, /* that it has the same name makes no difference */
		{"timer", "timer 0.01 s"},
		{"kernel disabled", ""},
		{"timer", "attach 1 | timer 10 s"},
		{"kernel enabled a", ""},
		{"changed 1", "reached | timer 300 s"},
		{"state", "running: scx_a in Gaming mode is running"},
		LOAD("0", "a+args"),
		{"state", "starting: starting scx_a with arguments \"-x\""},
	};

	PLAY(*state, steps);
}

static void test_same(void **state)
{
	static const struct step steps[] = {
		RUN_A,
		{"want a", "reached"},
		{"again a", "start 1 a"},
		{"loaded 1", "stop 0"},
		{"kernel disabled", ""},
		{"exit 0 0", "attach 1 | timer 10 s"},
		{"kernel enabled a", ""},
		{"changed 1", "reached | timer 300 s"},
		A_RUNS,
		/* wanted once more while it is on its way */
		LOAD("0", "b"),
		{"want b", ""},
		{"loaded 0", "stop 1"},
		{"want b", ""},
		{"kernel disabled", ""},
		{"exit 1 0", "attach 0 | timer 10 s"},
		{"want b", ""},
		{"kernel enabled b", ""},
		{"changed 0", "reached | timer 300 s"},
		B_RUNS,
	};

	PLAY(*state, steps);
}

static void test_overtaken_while_loading(void **state)
{
	static const struct step steps[] = {
		/* nothing runs: the new one is loaded at once, the old one goes in time */
		LOAD("0", "a"),
		LOAD("1", "b"),
		{"loaded 0", ""},
		{"loaded 1", "stop 0 | attach 1 | timer 10 s"},
		{"exit 0 0", ""},
		{"kernel enabled b", ""},
		{"changed 1", "reached | timer 300 s"},
		/* one runs: its slot is needed, so that of the overtaken one becomes free */
		LOAD("0", "a"),
		{"want c", "stop 0"},
		{"loaded 0", ""},
		{"exit 0 0", "start 0 c"},
		/* back to what runs */
		{"want b", "stop 0 | reached | timer 300 s"},
		B_RUNS,
		{"exit 0 1", ""},
		B_RUNS,
		/* and back while that ends */
		LOAD("0", "a"),
		{"want b", "stop 0 | reached | timer 300 s"},
		{"want a", ""},
		{"state", "starting: starting scx_a in Auto mode"},
		{"exit 0 0", "start 0 a"},
	};

	PLAY(*state, steps);
}

static void test_overtaken_by_first(void **state)
{
	static const struct step steps[] = {
		LOAD("0", "a"),
		LOAD("1", "b"),
		{"want a", ""}, /* is being loaded already */
		{"exit 1 1 no memory", ""},
		{"loaded 0", "attach 0 | timer 10 s"},
		{"kernel enabled a", ""},
		{"changed 0", "reached | timer 300 s"},
		A_RUNS,
	};

	PLAY(*state, steps);
}

static void test_overtaken_while_standing_by(void **state)
{
	static const struct step steps[] = {
		/* another: there is a slot once one of both has gone */
		RUN_A,
		STAND_BY_B,
		{"want c", "stop 1"},
		{"kernel disabled", ""},
		{"exit 0 0", "start 0 c"},
		{"exit 1 0", ""},
		{"loaded 0", "attach 0 | timer 10 s"},
		{"kernel enabled c", ""},
		{"changed 0", "reached | timer 300 s"},
		/* the old one: it is on its way out, and starts anew */
		LOAD("1", "b"),
		{"loaded 1", "stop 0"},
		{"want c", "stop 1"},
		{"exit 1 0", "start 1 c"},
		{"loaded 1", ""},
		{"kernel disabled", ""},
		{"exit 0 0", "attach 1 | timer 10 s"},
	};

	PLAY(*state, steps);
}

static void test_overtaken_while_attaching(void **state)
{
	static const struct step steps[] = {
		LOAD("0", "a"),
		{"loaded 0", "attach 0 | timer 10 s"},
		LOAD("1", "b"),
		{"timer", ""}, /* nobody cares any more whether it is in time */
		{"kernel enabled a", ""},
		{"changed 0", ""},
		{"state", "starting: starting scx_b in Auto mode"},
		{"loaded 1", "stop 0"},
		{"kernel disabled", ""},
		{"exit 0 0", "attach 1 | timer 10 s"},
		/* and before the kernel has it */
		{"want a", "start 0 a"},
		{"loaded 0", "stop 1"},
		{"uevent", ""}, /* it has the word, and may attach as long as it is there */
		{"exit 1 0", "attach 0 | timer 10 s"},
		/* back to what is attaching */
		LOAD("1", "b"),
		{"want a", ""},
		{"kernel enabled a", ""},
		{"changed 0", "stop 1 | reached | timer 300 s"},
		A_RUNS,
	};

	PLAY(*state, steps);
}

/* The old one ends by itself while it is being replaced. */
static void test_old_ends(void **state)
{
	static const struct step steps[] = {
		RUN_A,
		LOAD("1", "b"),
		{"kernel disabled", ""},
		{"exit 0 4 runnable task stall", ""},
		{"loaded 1", "attach 1 | timer 10 s"},
		{"kernel enabled b", ""},
		{"changed 1", "reached | timer 300 s"},
	};

	PLAY(*state, steps);
}

/* --- what fails */

static void test_kept(void **state)
{
	static const struct step steps[] = {
		RUN_A,
		{"pass 100", ""},
		LOAD("1", "b"),
		{"exit 1 3 no BTF",
		 "record 1 b cannot run on this kernel: no BTF | "
		 "kept: scx_b cannot run on this kernel: no BTF; scx_a goes on | timer 200 s"},
		A_RUNS,
		{"timer", "stable a"},
		{"want a", "reached"},
		/* again, when it has been stable for long */
		{"again a", "start 1 a"},
		{"timeout 1", "record 1 a did not answer in time | "
			      "kept: scx_a did not answer in time; scx_a goes on | timer 0 s"},
		{"error program 2", ""},
		{"want b", "record 2 b could not be executed: /bin/scx_b: No such file or directory"
			   " | kept: scx_b could not be executed: /bin/scx_b: No such file or "
			   "directory; scx_a goes on | timer 0 s"},
		A_RUNS,
		/* what is kept is what is wanted */
		{"error program 0", ""},
		{"kernel disabled", ""},
		{"kill 0 6", "record 0 a was killed by signal 6 (Aborted) | timer 1 s | "
			     "failed: scx_a was killed by signal 6 (Aborted)"},
		{"timer", "start 0 a"},
	};

	PLAY(*state, steps);
}

/* It dies after the old one was told to go: that cannot be kept. */
static void test_not_kept(void **state)
{
	static const struct step steps[] = {
		RUN_A,
		STAND_BY_B,
		{"kill 1 11", "record 1 b was killed by signal 11 (Segmentation fault) | timer 1 s"
			      " | failed: scx_b was killed by signal 11 (Segmentation fault)"},
		{"state", "waiting: scx_b was killed by signal 11 (Segmentation fault); "
			  "next attempt in 1 s"},
		{"kernel disabled", ""},
		{"exit 0 0", ""},
		{"timer", "start 0 b"},
		{"loaded 0", "attach 0 | timer 10 s"},
	};

	PLAY(*state, steps);
}

#define EJECTED "was ejected by the kernel: stall"
#define EJECT(slot, key, delay)                                                                    \
	{"exit " slot " 4 stall",                                                                  \
	 "record " slot " " key " " EJECTED " | timer " delay " s | failed: scx_" key " " EJECTED}
#define GIVE_UP(slot, key)                                                                         \
	{"exit " slot " 4 stall",                                                                  \
	 "record " slot " " key " " EJECTED " | failed: scx_" key " " EJECTED}

static void test_budget(void **state)
{
	static const struct step steps[] = {
		LOAD("0", "a"),
		EJECT("0", "a", "1"),
		{"state", "waiting: scx_a " EJECTED "; next attempt in 1 s"},
		{"loaded 0", ""},
		{"uevent", ""},
		{"timer", "start 0 a"},
		{"state", "starting: starting scx_a in Auto mode"},
		EJECT("0", "a", "2"),
		{"timer", "start 0 a"},
		EJECT("0", "a", "4"),
		{"pass 1", ""},
		{"state", "waiting: scx_a " EJECTED "; next attempt in 3 s"},
		{"pass 10", ""}, /* the timer is late */
		{"state", "waiting: scx_a " EJECTED "; next attempt in 0 s"},
		{"timer", "start 0 a"},
		EJECT("0", "a", "8"),
		{"timer", "start 0 a"},
		GIVE_UP("0", "a"),
		{"state",
		 "failed: gave up: scx_a " EJECTED "; the kernel's own scheduler is in use"},
		{"timer", ""},
		{"uevent", ""},
		/* a new wish begins from the start */
		LOAD("0", "a"),
		{"state", "starting: starting scx_a in Auto mode"},
		EJECT("0", "a", "1"),
	};

	PLAY(*state, steps);
}

static void test_longest_delay(void **state)
{
	static const struct step steps[] = {
		LOAD("0", "a"),         EJECT("0", "a", "3"),   {"timer", "start 0 a"},
		EJECT("0", "a", "6"),   {"timer", "start 0 a"}, EJECT("0", "a", "10"),
		{"timer", "start 0 a"}, EJECT("0", "a", "10"),
	};
	static const struct step last[] = {{"timer", "start 0 a"}, GIVE_UP("0", "a")};
	struct world *w = *state;

	w->m.patience = (struct manager_patience){MANAGER_MAX_BUDGET, 3, 10};
	PLAY(w, steps);
	for (unsigned i = 4; i < MANAGER_MAX_BUDGET - 1; i++)
		play(w, &steps[6], 2);
	PLAY(w, last);
}

/* Failures of more than an hour ago do not count; the delays go on all the same. */
static void test_hour(void **state)
{
	static const struct step steps[] = {
		LOAD("0", "a"),
		EJECT("0", "a", "1"), /* at 0 s */
		{"pass 1800", ""},
		{"timer", "start 0 a"},
		EJECT("0", "a", "2"), /* at 1800 s */
		{"pass 1799", ""},
		{"timer", "start 0 a"},
		{"pass 1", ""},
		EJECT("0", "a", "4"), /* at 3600 s: the first one is forgotten */
		{"timer", "start 0 a"},
		GIVE_UP("0", "a"),
		{"state",
		 "failed: gave up: scx_a " EJECTED "; the kernel's own scheduler is in use"},
	};
	struct world *w = *state;

	w->m.patience.budget = 3;
	PLAY(w, steps);
}

/* Only having run for long forgives. */
static void test_stable_run(void **state)
{
	// clang-format off
	static const struct step steps[] = {
		RUN_A,
		{"pass 299", ""},
		{"kernel disabled", ""},
		EJECT("0", "a", "1"),
		{"timer", "start 0 a"}, ATTACH_IT("0", "a"),
		{"pass 299", ""},
		{"kernel disabled", ""},
		EJECT("0", "a", "2"),
		{"timer", "start 0 a"}, ATTACH_IT("0", "a"),
		{"timer", "stable a"},
		{"kernel disabled", ""},
		EJECT("0", "a", "1"),
		{"timer", "start 0 a"}, ATTACH_IT("0", "a"),
		{"kernel disabled", ""},
		EJECT("0", "a", "2"),
	};
	// clang-format on

	PLAY(*state, steps);
}

static void test_hopeless(void **state)
{
	static const struct step steps[] = {
		LOAD("0", "a"),
		{"exit 0 2 unknown option --foo",
		 "record 0 a rejected its command line: unknown option --foo | "
		 "failed: scx_a rejected its command line: unknown option --foo"},
		{"state", "failed: gave up: scx_a rejected its command line: unknown option --foo; "
			  "the kernel's own scheduler is in use"},
		LOAD("0", "a"),
		{"exit 0 3", "record 0 a cannot run on this kernel | "
			     "failed: scx_a cannot run on this kernel"},
		{"state", "failed: gave up: scx_a cannot run on this kernel; "
			  "the kernel's own scheduler is in use"},
		{"error program 13", ""},
		{"want a", "record 2 a could not be executed: /bin/scx_a: Permission denied | "
			   "failed: scx_a could not be executed: /bin/scx_a: Permission denied"},
		{"state", "failed: gave up: scx_a could not be executed: /bin/scx_a: Permission "
			  "denied; the kernel's own scheduler is in use"},
		{"want none", "reached"},
		IDLE,
	};

	PLAY(*state, steps);
}

static void test_other_ends(void **state)
{
	static const struct step steps[] = {
		LOAD("0", "a"),
		{"exit 0 0", "record 0 a ended before it was ready | timer 1 s | "
			     "failed: scx_a ended before it was ready"},
		{"timer", "start 0 a"},
		{"loaded 0", "attach 0 | timer 10 s"},
		{"exit 0 0", "record 0 a ended before it was ready | timer 2 s | "
			     "failed: scx_a ended before it was ready"},
		{"timer", "start 0 a"},
		{"exit 0 1", "record 0 a failed: exit status 1 | timer 4 s | "
			     "failed: scx_a failed: exit status 1"},
		{"timer", "start 0 a"},
		{"refused 0 Access denied",
		 "record 0 a could not be started: Access denied | timer 8 s | "
		 "failed: scx_a could not be started: Access denied"},
	};

	PLAY(*state, steps);
}

static void test_attach_timeout(void **state)
{
	static const struct step steps[] = {
		LOAD("0", "a"),
		{"loaded 0", "attach 0 | timer 10 s"},
		{"timer", "stop 0"},
		{"changed 0", ""},
		{"exit 0 0", "record 0 a did not attach in time | timer 1 s | "
			     "failed: scx_a did not attach in time"},
		{"timer", "start 0 a"},
		{"loaded 0", "attach 0 | timer 10 s"},
		{"timer", "stop 0"},
		/* a new wish does not inherit the failure of the last */
		{"want b", "start 1 b"},
		{"exit 0 0", ""},
		{"loaded 1", "attach 1 | timer 10 s"},
	};

	PLAY(*state, steps);
}

/* --- the fallback chain */

static void test_chain(void **state)
{
	// clang-format off
	static const struct step steps[] = {
		LOAD("0", "a"),
		{"exit 0 3", "record 0 a cannot run on this kernel | "
			     "failed: scx_a cannot run on this kernel | start 0 f"},
		{"state", "starting: starting scx_f in Auto mode"},
		ATTACH_IT("0", "f"),
		{"state", "running: scx_f in Auto mode is running; "
			  "scx_a cannot run on this kernel"},
		/* it has failures of its own */
		{"kernel disabled", ""},
		EJECT("0", "f", "1"),
		{"timer", "start 0 f"},
		{"exit 0 4 stall", "record 0 f " EJECTED " | failed: scx_f " EJECTED " | start 0 g"},
		EJECT("0", "g", "1"),
		{"timer", "start 0 g"},
		GIVE_UP("0", "g"),
		{"state", "failed: gave up: scx_g " EJECTED "; the kernel's own scheduler is in use"},
		/* a new wish begins with the first of the chain */
		LOAD("0", "b"),
		{"exit 0 2", "record 0 b rejected its command line | "
			     "failed: scx_b rejected its command line | start 0 f"},
		/* what was fallen back to is what is wanted now */
		ATTACH_IT("0", "f"),
		{"want f", "reached"},
		{"state", "running: scx_f in Auto mode is running"},
	};
	// clang-format on
	struct world *w = *state;

	w->chain = "fg";
	w->m.patience.budget = 2;
	PLAY(w, steps);
}

static void test_hopeless_chain(void **state)
{
#define MISSING(key)                                                                               \
	"scx_" key " could not be executed: /bin/scx_" key ": No such file or directory"
#define NO_PROGRAM(key)                                                                            \
	"record 2 " key " could not be executed: /bin/scx_" key ": No such file or directory | "   \
	"failed: " MISSING(key)
	static const struct step steps[] = {
		{"error program 2", ""},
		{"want a", NO_PROGRAM("a") " | " NO_PROGRAM("f") " | " NO_PROGRAM("g")},
		{"state",
		 "failed: gave up: " MISSING("g") "; the kernel's own scheduler is in use"},
		{"error fallback 12", ""}, /* as if there were none */
		{"want a", NO_PROGRAM("a")},
		{"state",
		 "failed: gave up: " MISSING("a") "; the kernel's own scheduler is in use"},
	};
	struct world *w = *state;

	w->chain = "fg";
	PLAY(w, steps);
}

static void test_want_fallback(void **state)
{
	// clang-format off
	static const struct step steps[] = {
		{"want_fallback bad at boot", "failed: bad at boot | start 0 f"},
		{"state", "starting: starting scx_f in Auto mode"},
		ATTACH_IT("0", "f"),
		{"state", "running: scx_f in Auto mode is running; bad at boot"},
		/* runs already */
		{"want_fallback gone", "failed: gone | reached | timer 300 s"},
		{"state", "running: scx_f in Auto mode is running; gone"},
		/* another runs: it is replaced */
		LOAD("1", "a"),
		{"loaded 1", "stop 0"},
		{"kernel disabled", ""},
		{"exit 0 0", "attach 1 | timer 10 s"},
		{"kernel enabled a", ""},
		{"changed 1", "reached | timer 300 s"},
		{"want_fallback gone", "failed: gone | start 0 f"},
		{"loaded 0", "stop 1"},
		{"kernel disabled", ""},
		{"exit 1 0", "attach 0 | timer 10 s"},
		{"kernel enabled f", ""},
		{"changed 0", "reached | timer 300 s"},
		/* the chain goes on behind it */
		{"kernel disabled", ""},
		{"exit 0 3", "record 0 f cannot run on this kernel | "
			     "failed: scx_f cannot run on this kernel | start 0 g"},
	};
	// clang-format on
	struct world *w = *state;

	w->chain = "fg";
	PLAY(w, steps);
}

static void test_want_no_fallback(void **state)
{
	static const struct step steps[] = {
		{"want_fallback bad at boot", "failed: bad at boot"},
		{"state", "failed: gave up: bad at boot; the kernel's own scheduler is in use"},
		RUN_A,
		{"error fallback 12", ""},
		{"want_fallback gone", "failed: gone | stop 0"},
		{"kernel disabled", ""},
		{"exit 0 0", ""},
		{"state", "failed: gave up: gone; the kernel's own scheduler is in use"},
		{"leave", "finish 0"},
		{"want_fallback gone", ""},
		{"want a", ""},
	};

	PLAY(*state, steps);
}

/* --- what others do */

static void test_released(void **state)
{
	static const struct step steps[] = {
		RUN_A,
		{"kernel disabling", ""},
		{"exit 0 0 SysRq-S",
		 "released: scx_a was ended by somebody else: SysRq-S | timer 0.01 s"},
		{"state", "stopping: stopping"},
		{"kernel disabled", ""},
		{"timer", "reached"},
		{"state", "idle: scx_a was ended by somebody else: SysRq-S; "
			  "the kernel's own scheduler is in use"},
		RUN_A,
		{"kernel disabled", ""},
		{"exit 0 0", "released: scx_a was ended by somebody else | reached"},
		{"want none", "reached"},
		IDLE,
	};

	PLAY(*state, steps);
}

#define FOREIGN_LAVD "another sched_ext scheduler is active: lavd; it is left alone"

static void test_foreign(void **state)
{
	static const struct step steps[] = {
		{"kernel enabled lavd", ""},
		{"want a", "failed: " FOREIGN_LAVD},
		{"state", "blocked: " FOREIGN_LAVD},
		{"timer", ""},
		{"uevent", "failed: " FOREIGN_LAVD},
		/* it goes */
		{"kernel disabling", ""},
		{"uevent", "timer 0.01 s"},
		{"state", "blocked: " FOREIGN_LAVD},
		{"timer", "timer 0.01 s"},
		{"kernel disabled", ""},
		{"timer", "start 0 a"},
		{"state", "starting: starting scx_a in Auto mode"},
		/* its own name does not make it ours */
		{"kernel enabled a", ""},
		{"loaded 0", "stop 0 | failed: another sched_ext scheduler is active: a; "
			     "it is left alone"},
		{"exit 0 0", ""},
		{"kernel disabled", ""},
		{"uevent", "start 0 a"},
		/* it comes while ours stands by, and goes before ours has gone */
		{"kernel enabled lavd", ""},
		{"loaded 0", "stop 0 | failed: " FOREIGN_LAVD},
		{"kernel disabled", ""},
		{"uevent", "start 1 a"},
		{"exit 0 0", ""},
		{"loaded 1", "attach 1 | timer 10 s"},
	};

	PLAY(*state, steps);
}

static void test_foreign_and_wishes(void **state)
{
	static const struct step steps[] = {
		{"kernel enabled lavd", ""},
		{"want a", "failed: " FOREIGN_LAVD},
		{"want b", "failed: " FOREIGN_LAVD},
		{"want none", "reached"},
		IDLE,
		{"want b", "failed: " FOREIGN_LAVD},
		{"kernel disabled", ""},
		{"want b", "start 0 b"},
		/* it comes between two attempts, and after a stop */
		{"kill 0 9", "record 0 b was killed by signal 9 (Killed) | timer 1 s | "
			     "failed: scx_b was killed by signal 9 (Killed)"},
		{"kernel enabled lavd", ""},
		{"timer", "failed: " FOREIGN_LAVD},
		{"kernel disabled", ""},
		{"uevent", "start 0 b"},
		{"want none", "stop 0"},
		{"kernel enabled lavd", ""},
		{"exit 0 0", "reached"},
		IDLE,
	};

	PLAY(*state, steps);
}

/*
 * Somebody else puts schedulers in charge while nothing is wanted, is killed, and what was wanted
 * before is wanted again while the last of them is still on its way out: no failure of ours.
 */
static void test_foreign_killed(void **state)
{
	static const struct step steps[] = {
		{"want a", "start 0 a"},
		{"loaded 0", "attach 0 | timer 10 s"},
		{"kernel enabled a", ""},
		{"changed 0", "reached | timer 300 s"},
		{"want none", "stop 0"},
		{"kernel disabled", ""},
		{"exit 0 0", "reached"},
		{"kernel enabled lavd", ""},
		{"uevent", ""},
		IDLE,
		{"kernel disabled", ""},
		{"uevent", ""},
		{"kernel enabled lavd", ""},
		{"uevent", ""},
		{"want a", "failed: " FOREIGN_LAVD},
		{"kernel disabling", ""},
		{"uevent", "timer 0.01 s"},
		{"kernel disabled", ""},
		{"timer", "start 0 a"},
	};

	PLAY(*state, steps);
}

static void test_foreign_leaving(void **state)
{
	static const struct step steps[] = {
		{"kernel disabling lavd", ""},
		{"want a", "timer 0.01 s"},
		{"state", "starting: starting scx_a in Auto mode"},
		{"kernel disabled", ""},
		{"timer", "start 0 a"},
	};

	PLAY(*state, steps);
}

/* Looks until the manager loses patience. */
static void settle(struct world *w, const char *last)
{
	static const struct step look[] = {{"timer", "timer 0.01 s"}};

	for (unsigned i = 1; i < MANAGER_MAX_SETTLE; i++)
		PLAY(w, look);
	play(w, &(struct step){"timer", last}, 1);
}

static void test_never_settles(void **state)
{
	static const struct step begin[] = {
		{"kernel disabling", ""},
		{"want a", "timer 0.01 s"},
	};
	static const struct step end[] = {
		{"timer", ""},
		{"uevent", "timer 0.01 s"}, /* another chance, with all of the patience */
	};
	static const char *const blocked =
		"failed: another sched_ext scheduler is active: disabling; it is left alone";
	struct world *w = *state;

	PLAY(w, begin);
	settle(w, blocked);
	PLAY(w, end);
	settle(w, blocked);
	PLAY(w, end);
}

/* Ours has gone, but the kernel does not come to rest: that is reported, and the end. */
static void test_never_lets_go(void **state)
{
	static const struct step steps[] = {
		RUN_A,
		{"want none", "stop 0"},
		{"kernel disabling a", ""},
		{"exit 0 0", "timer 0.01 s"},
		{"state", "stopping: stopping"},
	};
	static const struct step end[] = {IDLE};

	PLAY(*state, steps);
	settle(*state, "reached");
	PLAY(*state, end);
}

/* --- kernel and unit disagree */

static void test_restart(void **state)
{
	static const struct step steps[] = {
		RUN_A,
		{"pass 100", ""},
		/* the kernel announces the end and, a bit too early, the beginning */
		{"kernel disabled", ""},
		{"uevent", "timer 10 s"},
		{"state", "starting: the kernel has let go of scx_a in Auto mode"},
		{"kernel enabling", ""},
		{"pass 5", ""},
		{"uevent", ""},
		{"state", "starting: the kernel has let go of scx_a in Auto mode"},
		{"kernel enabled a", ""},
		{"timer", "timer 190 s"},
		{"kernel disabled", ""},
		{"uevent", "timer 10 s"},
		{"kernel enabled a", ""},
		{"uevent", "timer 190 s"},
		{"uevent", ""},
		{"timer", "stable a"},
		A_RUNS,
	};

	PLAY(*state, steps);
}

static void test_disagree(void **state)
{
	static const struct step steps[] = {
		RUN_A,
		{"kernel enabled lavd", ""},
		{"uevent", "timer 10 s"},
		{"timer", "stop 0"},
		{"timer", ""},
		{"exit 0 0", "record 0 a says it schedules, but the kernel says enabled lavd | "
			     "timer 1 s | "
			     "failed: scx_a says it schedules, but the kernel says enabled lavd"},
		{"kernel disabled", ""},
		{"timer", "start 0 a"},
		{"loaded 0", "attach 0 | timer 10 s"},
		{"kernel enabled a", ""},
		{"changed 0", "reached | timer 300 s"},
		{"kernel disabled", ""},
		{"uevent", "timer 10 s"},
		{"timer", "stop 0"},
		/* wanted again while it is being stopped: not before it has gone, and anew */
		{"want a", "start 1 a"},
		{"exit 0 0", ""},
		{"loaded 1", "attach 1 | timer 10 s"},
	};

	PLAY(*state, steps);
}

/* That another wish came to nothing does not make them agree. */
static void test_disagree_and_kept(void **state)
{
	static const struct step steps[] = {
		RUN_A,
		{"kernel disabled", ""},
		{"uevent", "timer 10 s"},
		LOAD("1", "b"),
		{"timer", ""},
		{"exit 1 2", "record 1 b rejected its command line | "
			     "kept: scx_b rejected its command line; scx_a goes on | timer 10 s"},
		LOAD("1", "b"),
		{"want a", "stop 1 | reached | timer 10 s"},
		{"timer", "stop 0"},
		/* its end says what comes next, not that of the other */
		{"exit 1 0", ""},
		{"exit 0 0",
		 "record 0 a says it schedules, but the kernel says disabled | timer 1 s | "
		 "failed: scx_a says it schedules, but the kernel says disabled"},
		{"timer", "start 0 a"},
	};

	PLAY(*state, steps);
}

/* A kernel that cannot be read says nothing: it is looked at again. */
static void test_disagree_unreadable(void **state)
{
	static const struct step steps[] = {
		RUN_A,
		{"error kernel 5", ""},
		{"uevent", "timer 10 s"},
		{"timer", "timer 10 s"},
		A_RUNS,
		{"error kernel 0", ""},
		{"timer", "timer 280 s"},
		/* nor does it say that it has what is attaching */
		LOAD("1", "b"),
		{"loaded 1", "stop 0"},
		{"kernel disabled", ""},
		{"exit 0 0", "attach 1 | timer 10 s"},
		{"kernel enabled b", ""},
		{"error kernel 5", ""},
		{"changed 1", ""},
		{"error kernel 0", ""},
		{"changed 1", "reached | timer 300 s"},
	};

	PLAY(*state, steps);
}

/* --- adoption */

static void test_adopt(void **state)
{
	static const struct step steps[] = {
		{"kernel enabled a", ""},
		{"adopt 0 a", ""},
		{"pass 10", ""},
		{"want a", "reached | timer 290 s"},
		A_RUNS,
		{"timer", "stable a"},
	};

	PLAY(*state, steps);
}

static void test_adopt_and_switch(void **state)
{
	static const struct step steps[] = {
		{"kernel enabled a", ""},
		{"adopt 0 a", ""},
		{"want a+gaming", "start 1 a+gaming"},
		{"loaded 1", "stop 0"},
		{"kernel disabled", ""},
		{"exit 0 0", "attach 1 | timer 10 s"},
	};

	PLAY(*state, steps);
}

static void test_adopt_and_stop(void **state)
{
	static const struct step steps[] = {
		{"kernel enabled a", ""}, {"adopt 1 a", ""},       {"want none", "stop 1"},
		{"kernel disabled", ""},  {"exit 1 0", "reached"}, IDLE,
	};

	PLAY(*state, steps);
}

static void test_adopt_disagreeing(void **state)
{
	static const struct step steps[] = {
		{"kernel disabled", ""},
		{"adopt 0 a", "stop 0"},
		{"want a", "start 1 a"},
		{"exit 0 0", ""},
		{"loaded 1", "attach 1 | timer 10 s"},
		{"want none", "stop 1"},
		{"exit 1 0", "reached"},
		{"error kernel 5", ""},
		{"adopt 0 b", "stop 0"},
		{"exit 0 0", ""},
		IDLE,
	};

	PLAY(*state, steps);
}

/* --- leaving */

static void test_leave(void **state)
{
	static const struct step steps[] = {
		RUN_A,
		{"leave", "stop 0"},
		{"leave", ""}, /* a second SIGTERM changes nothing */
		{"want b", ""},
		{"want none", ""},
		{"state", "stopping: stopping"},
		{"kernel disabling", ""},
		{"exit 0 0", "timer 0.01 s"},
		{"kernel disabled", ""},
		{"timer", "finish 0"},
	};

	PLAY(*state, steps);
}

/* Each begins in an empty world. */
static void test_leave_in_each_state(void **state)
{
	static const struct {
		const char *what;
		struct step steps[10];
	} cases[] = {
		{"idle", {{"leave", "finish 0"}}},
		{"idle, foreign", {{"kernel enabled lavd", ""}, {"leave", "finish 0"}}},
		{"loading",
		 {LOAD("0", "a"), {"leave", "stop 0"}, {"loaded 0", ""}, {"exit 0 1", "finish 0"}}},
		{"attaching",
		 {LOAD("0", "a"),
		  {"loaded 0", "attach 0 | timer 10 s"},
		  {"leave", "stop 0"},
		  {"kernel enabled a", ""},
		  {"changed 0", ""},
		  {"timer", ""},
		  {"kernel disabled", ""},
		  {"exit 0 0", "finish 0"}}},
		{"switching",
		 {RUN_A,
		  LOAD("1", "b"),
		  {"leave", "stop 0 | stop 1"},
		  {"exit 1 1", ""},
		  {"kernel disabled", ""},
		  {"exit 0 0", "finish 0"}}},
		{"standing by",
		 {RUN_A,
		  STAND_BY_B,
		  {"leave", "stop 1"},
		  {"kill 1 9", ""},
		  {"kernel disabled", ""},
		  {"exit 0 0", "finish 0"}}},
		{"stopping",
		 {RUN_A,
		  {"want none", "stop 0"},
		  {"leave", ""},
		  {"kernel disabled", ""},
		  {"exit 0 0", "finish 0"}}},
		{"waiting", {LOAD("0", "a"), EJECT("0", "a", "1"), {"leave", "finish 0"}}},
		{"failed",
		 {LOAD("0", "a"),
		  {"exit 0 2", "record 0 a rejected its command line | "
			       "failed: scx_a rejected its command line"},
		  {"leave", "finish 0"}}},
		{"blocked",
		 {{"kernel enabled lavd", ""},
		  {"want a", "failed: " FOREIGN_LAVD},
		  {"leave", "finish 0"}}},
		{"blocked by one that goes, and another comes",
		 {{"kernel enabled lavd", ""},
		  {"want a", "failed: " FOREIGN_LAVD},
		  {"kernel disabling", ""},
		  {"leave", "timer 0.01 s"},
		  {"kernel enabled rusty", ""},
		  {"timer", "finish 0"}}},
		{"attach timeout",
		 {LOAD("0", "a"),
		  {"loaded 0", "attach 0 | timer 10 s"},
		  {"timer", "stop 0"},
		  {"leave", ""},
		  {"exit 0 0", "finish 0"}}},
	};
	size_t n;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		print_message("%s\n", cases[i].what);
		for (n = 0; n < ARRAY_SIZE(cases[i].steps) && cases[i].steps[n].event; n++)
			;
		play(*state, cases[i].steps, n);
		assert_int_equal(teardown(state), 0);
		assert_int_equal(setup(state), 0);
	}
}

/* --- requests that cannot be sent */

static void test_start_refused(void **state)
{
#define NO_BUFFERS "could not be started: No buffer space available"
	static const struct step steps[] = {
		{"error start 105", ""},
		{"want a", "start 0 a | record 0 a " NO_BUFFERS " | timer 1 s | "
			   "failed: scx_a " NO_BUFFERS},
		{"error start 0", ""},
		{"timer", "start 0 a"},
		{"loaded 0", "attach 0 | timer 10 s"},
		{"kernel enabled a", ""},
		{"changed 0", "reached | timer 300 s"},
		{"error start 105", ""},
		{"want b", "start 1 b | record 1 b " NO_BUFFERS " | kept: scx_b " NO_BUFFERS
			   "; scx_a goes on | timer 300 s"},
		A_RUNS,
	};

	PLAY(*state, steps);
}

static void test_attach_refused(void **state)
{
	static const struct step steps[] = {
		LOAD("0", "a"),
		{"error attach 105", ""},
		{"loaded 0", "attach 0 | stop 0"},
		{"exit 0 0", "record 0 a could not be told to attach | timer 1 s | "
			     "failed: scx_a could not be told to attach"},
	};

	PLAY(*state, steps);
}

/* Without systemd nothing can be done: the loader ends, and is started again. */
static void test_stop_refused(void **state)
{
	static const struct step steps[] = {
		RUN_A,
		{"error stop 107", ""},
		{"want none", "stop 0 | finish 75"},
	};

	PLAY(*state, steps);
}

static void test_no_timer(void **state)
{
	static const struct step steps[] = {
		{"error timer 12", ""},
		LOAD("0", "a"),
		{"kill 0 9", "record 0 a was killed by signal 9 (Killed) | timer 1 s | finish 75 | "
			     "failed: scx_a was killed by signal 9 (Killed)"},
		{"want a", "start 0 a"},
		{"loaded 0", "attach 0 | timer 10 s | finish 75"},
	};

	PLAY(*state, steps);
}

static void test_kernel_unreadable(void **state)
{
	static const struct step steps[] = {
		{"error kernel 13", ""}, {"want a", "finish 1"},   {"error kernel 0", ""},
		{"want a", "start 0 a"}, {"error kernel 13", ""},  {"loaded 0", "finish 1"},
		{"want none", "stop 0"}, {"exit 0 0", "finish 1"},
	};

	PLAY(*state, steps);
}

/* --- answers for nothing */

static void test_late_answers(void **state)
{
	static const struct step steps[] = {
		{"loaded 0", ""},
		{"changed 1", ""},
		{"exit 0 4 stall", ""},
		{"timer", ""},
		IDLE,
		RUN_A,
		{"loaded 0", ""},
		{"loaded 1", ""},
		{"changed 0", ""},
		{"exit 1 0", ""},
		A_RUNS,
		{"want none", "stop 0"},
		{"loaded 0", ""},
		{"changed 0", ""},
		{"kernel disabled", ""},
		{"exit 0 0", "reached"},
		{"exit 0 0", ""},
		IDLE,
	};

	PLAY(*state, steps);
}

static void test_changed(void **state)
{
	struct world *w = *state;

	w->shown_state = NR_MANAGER_STATES;
	manager_changed(&w->m);
	check_shown(w);
}

#define with_world(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_world(test_cold_start),
		with_world(test_stop),
		with_world(test_nothing_wanted),
		with_world(test_stop_in_each_state),
		with_world(test_switch),
		with_world(test_switch_early),
		with_world(test_mode),
		with_world(test_same),
		with_world(test_overtaken_while_loading),
		with_world(test_overtaken_by_first),
		with_world(test_overtaken_while_standing_by),
		with_world(test_overtaken_while_attaching),
		with_world(test_old_ends),
		with_world(test_kept),
		with_world(test_not_kept),
		with_world(test_budget),
		with_world(test_longest_delay),
		with_world(test_hour),
		with_world(test_stable_run),
		with_world(test_hopeless),
		with_world(test_other_ends),
		with_world(test_attach_timeout),
		with_world(test_chain),
		with_world(test_hopeless_chain),
		with_world(test_want_fallback),
		with_world(test_want_no_fallback),
		with_world(test_released),
		with_world(test_foreign),
		with_world(test_foreign_and_wishes),
		with_world(test_foreign_leaving),
		with_world(test_foreign_killed),
		with_world(test_never_settles),
		with_world(test_never_lets_go),
		with_world(test_restart),
		with_world(test_disagree),
		with_world(test_disagree_and_kept),
		with_world(test_disagree_unreadable),
		with_world(test_adopt),
		with_world(test_adopt_and_switch),
		with_world(test_adopt_and_stop),
		with_world(test_adopt_disagreeing),
		with_world(test_leave),
		with_world(test_leave_in_each_state),
		with_world(test_start_refused),
		with_world(test_attach_refused),
		with_world(test_stop_refused),
		with_world(test_no_timer),
		with_world(test_kernel_unreadable),
		with_world(test_late_answers),
		with_world(test_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
