// SPDX-License-Identifier: GPL-2.0-only
/*
 * Callers are child processes of another user, as root would not be asked anything. Run by
 * another user than root, they are of the user who runs the test.
 */
#include "bus.h"
#include "loader/auth.h"

#define LOADER "org.scx.Loader"
#define LOADER_PATH "/org/scx/Loader"
#define POLKIT "org.freedesktop.PolicyKit1"
#define POLKIT_PATH "/org/freedesktop/PolicyKit1/Authority"
#define POLKIT_ERROR POLKIT ".Error.Failed"
#define MANAGE "org.scx.loader.manage-schedulers"
#define SWITCH "org.scx.loader.switch-mode"

enum { NOBODY = 65534, MAX_CALLERS = 4, MAX_ASKED = 32 };

/* What polkit answers; WAIT: nothing until the test says so. */
enum verdict { WAIT, YES, NO, CHALLENGE, DISMISSED, NOT_REGISTERED, GARBAGE };

/* One CheckAuthorization(). */
struct asked {
	sd_bus_message *m;
	const char *subject, *id, *cancel_id;
	uint32_t flags;
};

struct answer {
	int r;
	uid_t uid;
	char *reason, *sender;
};

struct world {
	struct test_bus bus;
	struct auth *auth;
	/* of polkit: without interaction, with */
	enum verdict manage[2], switch_mode[2];
	struct asked asked[MAX_ASKED];
	unsigned nr_asked;
	char cancelled[24];
	unsigned nr_cancelled;
	struct answer answers[MAX_ASKED];
	unsigned nr_answers;
	pid_t callers[MAX_CALLERS];
	unsigned nr_callers;
};

static int reply(sd_bus_message *m, enum verdict v)
{
	switch (v) {
	case WAIT:
		return 1;
	case YES:
		return sd_bus_reply_method_return(m, "(bba{ss})", true, false, 0);
	case NO:
		return sd_bus_reply_method_return(m, "(bba{ss})", false, false, 0);
	case CHALLENGE:
		return sd_bus_reply_method_return(m, "(bba{ss})", false, true, 1,
						  "polkit.retains_authorization_after_challenge",
						  "1");
	case DISMISSED:
		return sd_bus_reply_method_return(m, "(bba{ss})", false, false, 2, "other", "1",
						  "polkit.dismissed", "true");
	case NOT_REGISTERED:
		return sd_bus_reply_method_errorf(m, POLKIT_ERROR, "Action is not registered");
	case GARBAGE:
		return sd_bus_reply_method_return(m, "s", "yes");
	}
	return -EINVAL;
}

static int on_check(sd_bus_message *m, void *userdata, sd_bus_error *error _unused_)
{
	const char *kind, *key;
	struct world *w = userdata;
	struct asked *a = &w->asked[w->nr_asked++];
	const enum verdict *verdicts;

	assert_true(w->nr_asked <= MAX_ASKED);
	a->m = sd_bus_message_ref(m);
	assert_true(sd_bus_message_read(m, "(sa{sv})sa{ss}us", &kind, 1, &key, "s", &a->subject,
					&a->id, 0, &a->flags, &a->cancel_id) > 0);
	assert_string_equal(kind, "system-bus-name");
	assert_string_equal(key, "name");
	assert_true(strlen(a->cancel_id) > 0);
	for (struct asked *other = w->asked; other < a; other++)
		assert_string_not_equal(other->cancel_id, a->cancel_id);
	verdicts = strcmp(a->id, MANAGE) == 0 ? w->manage : w->switch_mode;
	return reply(m, verdicts[a->flags & 1]);
}

static int on_cancel(sd_bus_message *m, void *userdata, sd_bus_error *error _unused_)
{
	struct world *w = userdata;
	const char *id;

	assert_true(sd_bus_message_read(m, "s", &id) > 0);
	(void)snprintf(w->cancelled, sizeof(w->cancelled), "%s", id);
	w->nr_cancelled++;
	return sd_bus_reply_method_return(m, NULL);
}

/* Not a vtable, which would not let us reply with garbage. */
static int on_polkit(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
	if (sd_bus_message_is_method_call(m, POLKIT ".Authority", "CheckAuthorization"))
		return on_check(m, userdata, error);
	if (sd_bus_message_is_method_call(m, POLKIT ".Authority", "CancelCheckAuthorization"))
		return on_cancel(m, userdata, error);
	return 0;
}

static void on_answer(void *userdata, sd_bus_message *m, const struct auth_answer *answer)
{
	struct world *w = userdata;
	struct answer *a = &w->answers[w->nr_answers++];

	assert_true(w->nr_answers <= MAX_ASKED);
	assert_true((answer->r == 0) == (answer->reason == NULL));
	a->r = answer->r;
	a->uid = answer->uid;
	a->reason = strdup(answer->reason ?: "");
	a->sender = strdup(sd_bus_message_get_sender(m));
	(void)sd_bus_reply_method_return(m, NULL);
}

static int on_ask(sd_bus_message *m, void *userdata, sd_bus_error *error _unused_)
{
	struct world *w = userdata;
	unsigned nr_answers = w->nr_answers;
	uint32_t action;

	assert_true(sd_bus_message_read(m, "u", &action) > 0);
	assert_int_equal(auth_check(w->auth, m, action, on_answer, w), 0);
	assert_int_equal(w->nr_answers, nr_answers);
	return 1;
}

static const sd_bus_vtable loader_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("Ask", "u", NULL, on_ask, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_VTABLE_END,
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	test_bus_start(&w->bus);
	assert_true(sd_bus_add_object(w->bus.services, NULL, POLKIT_PATH, on_polkit, w) >= 0);
	assert_true(sd_bus_add_object_vtable(w->bus.loader, NULL, LOADER_PATH, LOADER,
					     loader_vtable, w) >= 0);
	assert_true(sd_bus_request_name(w->bus.loader, LOADER, 0) >= 0);
	assert_int_equal(auth_new(&w->auth, w->bus.loader), 0);
	*state = w;
	return 0;
}

static int setup_with_polkit(void **state)
{
	(void)setup(state);
	test_bus_own(&((struct world *)*state)->bus, POLKIT);
	return 0;
}

static void leave(pid_t pid)
{
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static int teardown(void **state)
{
	struct world *w = *state;

	for (unsigned i = 0; i < w->nr_callers; i++)
		if (w->callers[i])
			leave(w->callers[i]);
	for (unsigned i = 0; i < w->nr_asked; i++)
		sd_bus_message_unref(w->asked[i].m);
	for (unsigned i = 0; i < w->nr_answers; i++) {
		free(w->answers[i].reason);
		free(w->answers[i].sender);
	}
	auth_free(w->auth);
	test_bus_stop(&w->bus);
	free(w);
	return 0;
}

/* Sends @n calls and stays on the bus until it is ended. */
static void call(const char *address, enum auth_action action, unsigned n)
{
	sd_bus *bus;

	/* changing the user forgets PDEATHSIG; connections of the parent must end with it */
	if (getuid() == 0 && (setgid(NOBODY) < 0 || setuid(NOBODY) < 0))
		return;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || close_range(STDERR_FILENO + 1, ~0U, 0) < 0)
		return;
	bus = test_bus_connect(address);
	for (unsigned i = 0; i < n; i++)
		(void)sd_bus_call_method_async(bus, NULL, LOADER, LOADER_PATH, LOADER, "Ask", NULL,
					       NULL, "u", action);
	while (sd_bus_process(bus, NULL) >= 0)
		if (sd_bus_wait(bus, UINT64_MAX) < 0)
			break;
}

/* A caller that sends @n calls at once; its number. */
static unsigned start_callers(struct world *w, enum auth_action action, unsigned n)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		call(w->bus.address, action, n);
		_exit(1);
	}
	assert_true(w->nr_callers < MAX_CALLERS);
	w->callers[w->nr_callers] = pid;
	return w->nr_callers++;
}

static unsigned start_caller(struct world *w, enum auth_action action)
{
	return start_callers(w, action, 1);
}

static void leave_bus(struct world *w, unsigned caller)
{
	leave(w->callers[caller]);
	w->callers[caller] = 0;
}

static uid_t caller_uid(void)
{
	return getuid() == 0 ? NOBODY : getuid();
}

static void expect_answer(struct world *w, unsigned i, int r, const char *reason)
{
	test_bus_wait(&w->bus, &w->nr_answers, i + 1);
	assert_int_equal(w->answers[i].r, r);
	assert_string_equal(w->answers[i].reason, reason);
	assert_int_equal(w->answers[i].uid, caller_uid());
}

static void expect_asked(struct world *w, unsigned i, const char *id, uint32_t flags)
{
	if (w->nr_asked <= i)
		test_bus_wait(&w->bus, &w->nr_asked, i + 1);
	assert_string_equal(w->asked[i].id, id);
	assert_int_equal(w->asked[i].flags, flags);
}

struct step {
	const char *id;
	uint32_t flags;
};

#define NOT_ALLOWED(id) "polkit does not allow you " id
#define NO_AGENT(id)                                                                               \
	"polkit wants a password for " id ", but nothing in your session can ask for it "          \
	"(pkttyagent can)"
#define WAS_DISMISSED(id) "the password dialog for " id " was dismissed"

// clang-format off
static const struct {
	enum auth_action action;
	/* without interaction, with */
	enum verdict switch_mode[2], manage[2];
	struct step steps[4]; /* what polkit is asked, in this order */
	int r;
	const char *reason;
} cases[] = {
	/* to manage is asked at once with interaction */
	{AUTH_MANAGE_SCHEDULERS, {YES, YES}, {GARBAGE, YES}, {{MANAGE, 1}}, 0, ""},
	{AUTH_MANAGE_SCHEDULERS, {YES, YES}, {GARBAGE, NO}, {{MANAGE, 1}},
	 -EACCES, NOT_ALLOWED(MANAGE)},
	{AUTH_MANAGE_SCHEDULERS, {YES, YES}, {GARBAGE, CHALLENGE}, {{MANAGE, 1}},
	 -EACCES, NO_AGENT(MANAGE)},
	{AUTH_MANAGE_SCHEDULERS, {YES, YES}, {GARBAGE, DISMISSED}, {{MANAGE, 1}},
	 -EACCES, WAS_DISMISSED(MANAGE)},
	{AUTH_MANAGE_SCHEDULERS, {YES, YES}, {GARBAGE, NOT_REGISTERED}, {{MANAGE, 1}},
	 -EACCES, "cannot ask polkit: Action is not registered"},
	{AUTH_MANAGE_SCHEDULERS, {YES, YES}, {YES, GARBAGE}, {{MANAGE, 1}},
	 -EACCES, "cannot read polkit's answer: No such device or address"},

	/* an active user */
	{AUTH_SWITCH_MODE, {YES, GARBAGE}, {NO, NO}, {{SWITCH, 0}}, 0, ""},
	/* a rule for the action of upstream */
	{AUTH_SWITCH_MODE, {NO, GARBAGE}, {GARBAGE, YES}, {{SWITCH, 0}, {MANAGE, 1}}, 0, ""},
	{AUTH_SWITCH_MODE, {NO, GARBAGE}, {GARBAGE, NO}, {{SWITCH, 0}, {MANAGE, 1}},
	 -EACCES, NOT_ALLOWED(SWITCH)},
	{AUTH_SWITCH_MODE, {NO, GARBAGE}, {GARBAGE, CHALLENGE}, {{SWITCH, 0}, {MANAGE, 1}},
	 -EACCES, NO_AGENT(SWITCH)},
	{AUTH_SWITCH_MODE, {NO, GARBAGE}, {GARBAGE, DISMISSED}, {{SWITCH, 0}, {MANAGE, 1}},
	 -EACCES, WAS_DISMISSED(SWITCH)},
	/* a rule that wants a password for the lesser action: no password for the greater one */
	{AUTH_SWITCH_MODE, {CHALLENGE, YES}, {NO, GARBAGE},
	 {{SWITCH, 0}, {MANAGE, 0}, {SWITCH, 1}}, 0, ""},
	{AUTH_SWITCH_MODE, {CHALLENGE, DISMISSED}, {CHALLENGE, GARBAGE},
	 {{SWITCH, 0}, {MANAGE, 0}, {SWITCH, 1}}, -EACCES, WAS_DISMISSED(SWITCH)},
	{AUTH_SWITCH_MODE, {CHALLENGE, GARBAGE}, {YES, GARBAGE},
	 {{SWITCH, 0}, {MANAGE, 0}}, 0, ""},
	/* another package's policy file, which lacks the lesser action, or the greater one */
	{AUTH_SWITCH_MODE, {NOT_REGISTERED, GARBAGE}, {GARBAGE, YES},
	 {{SWITCH, 0}, {MANAGE, 1}}, 0, ""},
	{AUTH_SWITCH_MODE, {CHALLENGE, YES}, {NOT_REGISTERED, GARBAGE},
	 {{SWITCH, 0}, {MANAGE, 0}, {SWITCH, 1}}, 0, ""},
	{AUTH_SWITCH_MODE, {NOT_REGISTERED, GARBAGE}, {GARBAGE, NOT_REGISTERED},
	 {{SWITCH, 0}, {MANAGE, 1}}, -EACCES, "cannot ask polkit: Action is not registered"},
	{AUTH_SWITCH_MODE, {GARBAGE, YES}, {YES, YES}, {{SWITCH, 0}},
	 -EACCES, "cannot read polkit's answer: No such device or address"},
};
// clang-format on

static void test_verdicts(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		unsigned n = 0;
		struct world *w;
		void *s;

		(void)setup_with_polkit(&s);
		w = s;
		memcpy(w->manage, cases[i].manage, sizeof(w->manage));
		memcpy(w->switch_mode, cases[i].switch_mode, sizeof(w->switch_mode));
		(void)start_caller(w, cases[i].action);
		expect_answer(w, 0, cases[i].r, cases[i].reason);
		for (; cases[i].steps[n].id; n++) {
			expect_asked(w, n, cases[i].steps[n].id, cases[i].steps[n].flags);
			assert_string_equal(w->asked[n].subject, w->answers[0].sender);
		}
		assert_int_equal(w->nr_asked, n);
		test_bus_settle(&w->bus);
		assert_int_equal(w->nr_cancelled, 0);
		(void)teardown(&s);
	}
}

static void test_no_polkit(void **state)
{
	struct world *w = *state;

	(void)start_caller(w, AUTH_MANAGE_SCHEDULERS);
	expect_answer(w, 0, -EACCES, "polkit is not running, so only root may do this");
	(void)start_caller(w, AUTH_SWITCH_MODE);
	expect_answer(w, 1, -EACCES, "polkit is not running, so only root may do this");
	/* and when it comes */
	test_bus_own(&w->bus, POLKIT);
	w->switch_mode[0] = YES;
	(void)start_caller(w, AUTH_SWITCH_MODE);
	expect_answer(w, 2, 0, "");
}

static void test_polkit_dies(void **state)
{
	struct world *w = *state;

	(void)start_caller(w, AUTH_MANAGE_SCHEDULERS);
	expect_asked(w, 0, MANAGE, 1);
	w->asked[0].m = sd_bus_message_unref(w->asked[0].m);
	w->bus.services = sd_bus_flush_close_unref(w->bus.services);
	test_bus_wait(&w->bus, &w->nr_answers, 1);
	assert_int_equal(w->answers[0].r, -EACCES);
	assert_non_null(strstr(w->answers[0].reason, "cannot ask polkit: "));
}

/* The one that left is withdrawn, and no other. */
static void test_caller_leaves(void **state)
{
	struct world *w = *state;
	unsigned first;

	first = start_caller(w, AUTH_MANAGE_SCHEDULERS);
	expect_asked(w, 0, MANAGE, 1);
	(void)start_caller(w, AUTH_MANAGE_SCHEDULERS);
	expect_asked(w, 1, MANAGE, 1);
	leave_bus(w, first);
	expect_answer(w, 0, -ECANCELED, "the caller has left the bus");
	test_bus_wait(&w->bus, &w->nr_cancelled, 1);
	assert_string_equal(w->answers[0].sender, w->asked[0].subject);
	assert_string_equal(w->cancelled, w->asked[0].cancel_id);
	/* an answer that comes too late changes nothing */
	assert_true(reply(w->asked[0].m, YES) >= 0);
	assert_true(reply(w->asked[1].m, YES) >= 0);
	expect_answer(w, 1, 0, "");
	assert_string_equal(w->answers[1].sender, w->asked[1].subject);
	test_bus_settle(&w->bus);
	assert_int_equal(w->nr_answers, 2);
	assert_int_equal(w->nr_cancelled, 1);
}

/* In the second step, too. */
static void test_caller_leaves_later(void **state)
{
	struct world *w = *state;
	unsigned caller;

	w->switch_mode[0] = NO;
	caller = start_caller(w, AUTH_SWITCH_MODE);
	expect_asked(w, 1, MANAGE, 1);
	leave_bus(w, caller);
	expect_answer(w, 0, -ECANCELED, "the caller has left the bus");
	test_bus_wait(&w->bus, &w->nr_cancelled, 1);
	assert_string_equal(w->cancelled, w->asked[1].cancel_id);
}

/* A message as if @sender had sent it; NULL: nobody, it did not come over a bus. */
static sd_bus_message *message_from(struct world *w, const char *sender)
{
	sd_bus_message *m;

	assert_true(sd_bus_message_new_method_call(w->bus.loader, &m, LOADER, LOADER_PATH, LOADER,
						   "Ask") >= 0);
	if (sender)
		assert_true(sd_bus_message_set_sender(m, sender) >= 0);
	assert_true(sd_bus_message_set_expect_reply(m, false) >= 0);
	assert_true(sd_bus_message_seal(m, 1, 0) >= 0);
	return m;
}

/* Before anything could be found out about it. */
static void test_caller_has_left(void **state)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *m = NULL;
	struct world *w = *state;

	m = message_from(w, ":1.4711");
	assert_int_equal(auth_check(w->auth, m, AUTH_SWITCH_MODE, on_answer, w), 0);
	test_bus_wait(&w->bus, &w->nr_answers, 1);
	assert_int_equal(w->answers[0].r, -ECANCELED);
	assert_int_equal(w->answers[0].uid, (uid_t)-1);
	test_bus_settle(&w->bus);
	assert_int_equal(w->nr_asked, 0);
	assert_int_equal(w->nr_cancelled, 0);
}

static void test_no_sender(void **state)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *m = NULL;
	struct world *w = *state;

	m = message_from(w, NULL);
	assert_int_equal(auth_check(w->auth, m, AUTH_SWITCH_MODE, on_answer, w), -EINVAL);
	test_bus_settle(&w->bus);
	assert_int_equal(w->nr_answers, 0);
}

/* Each gets its own answer, in whatever order polkit gives them. */
static void test_two_at_once(void **state)
{
	struct world *w = *state;

	(void)start_caller(w, AUTH_MANAGE_SCHEDULERS);
	expect_asked(w, 0, MANAGE, 1);
	(void)start_caller(w, AUTH_MANAGE_SCHEDULERS);
	expect_asked(w, 1, MANAGE, 1);
	assert_string_not_equal(w->asked[0].subject, w->asked[1].subject);
	assert_true(reply(w->asked[1].m, YES) >= 0);
	expect_answer(w, 0, 0, "");
	assert_string_equal(w->answers[0].sender, w->asked[1].subject);
	assert_true(reply(w->asked[0].m, NO) >= 0);
	expect_answer(w, 1, -EACCES, NOT_ALLOWED(MANAGE));
	assert_string_equal(w->answers[1].sender, w->asked[0].subject);
}

/* Other connections of the same user do not help; answered ones do. */
static void test_too_many(void **state)
{
	struct world *w = *state;

	(void)start_callers(w, AUTH_MANAGE_SCHEDULERS, AUTH_MAX_QUESTIONS - 1);
	test_bus_wait(&w->bus, &w->nr_asked, AUTH_MAX_QUESTIONS - 1);
	(void)start_callers(w, AUTH_MANAGE_SCHEDULERS, 2);
	expect_answer(w, 0, -EACCES, "8 requests of yours are waiting for polkit already");
	test_bus_wait(&w->bus, &w->nr_asked, AUTH_MAX_QUESTIONS);
	assert_true(reply(w->asked[3].m, YES) >= 0);
	expect_answer(w, 1, 0, "");
	(void)start_caller(w, AUTH_MANAGE_SCHEDULERS);
	test_bus_wait(&w->bus, &w->nr_asked, AUTH_MAX_QUESTIONS + 1);
}

static int on_reply(sd_bus_message *m, void *userdata, sd_bus_error *error _unused_)
{
	assert_false(sd_bus_message_is_method_error(m, NULL));
	++*(unsigned *)userdata;
	return 0;
}

/* Also what the daemon itself calls over the bus; polkit has no say. */
static void test_root(void **state)
{
	struct world *w = *state;
	unsigned nr_replies = 0;

	if (getuid() != 0)
		skip();
	w->manage[1] = w->switch_mode[0] = NO;
	assert_true(sd_bus_call_method_async(w->bus.services, NULL, LOADER, LOADER_PATH, LOADER,
					     "Ask", on_reply, &nr_replies, "u",
					     AUTH_MANAGE_SCHEDULERS) >= 0);
	assert_true(sd_bus_call_method_async(w->bus.loader, NULL, LOADER, LOADER_PATH, LOADER,
					     "Ask", on_reply, &nr_replies, "u",
					     AUTH_SWITCH_MODE) >= 0);
	test_bus_wait(&w->bus, &nr_replies, 2);
	assert_int_equal(w->nr_answers, 2);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(w->answers[i].r, 0);
		assert_int_equal(w->answers[i].uid, 0);
	}
	assert_int_equal(w->nr_asked, 0);
}

static void test_free_withdraws(void **state)
{
	struct world *w = *state;

	(void)start_caller(w, AUTH_MANAGE_SCHEDULERS);
	expect_asked(w, 0, MANAGE, 1);
	w->auth = auth_free(w->auth);
	test_bus_wait(&w->bus, &w->nr_cancelled, 1);
	assert_string_equal(w->cancelled, w->asked[0].cancel_id);
	assert_true(reply(w->asked[0].m, YES) >= 0);
	test_bus_settle(&w->bus);
	assert_int_equal(w->nr_answers, 0);
}

/* Polkit has nothing to withdraw while we do not even know who asks. */
static void test_free_early(void **state)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *m = NULL;
	struct world *w = *state;
	const char *name;

	assert_true(sd_bus_get_unique_name(w->bus.services, &name) >= 0);
	m = message_from(w, name);
	assert_int_equal(auth_check(w->auth, m, AUTH_SWITCH_MODE, on_answer, w), 0);
	w->auth = auth_free(w->auth);
	test_bus_settle(&w->bus);
	assert_int_equal(w->nr_cancelled, 0);
	assert_int_equal(w->nr_asked, 0);
	assert_int_equal(w->nr_answers, 0);
}

/* What we ask about is what the installed file defines. */
static void test_policy_file(void **state _unused_)
{
	static const struct {
		const char *id, *active;
	} actions[] = {
		{"<action id=\"" MANAGE "\">", "<allow_active>auth_admin_keep</allow_active>"},
		{"<action id=\"" SWITCH "\">", "<allow_active>yes</allow_active>"},
	};
	_cleanup_free_ char *path = NULL, *text = NULL;
	size_t size = 0;
	FILE *f;

	assert_true(asprintf(&path, "%s/../../loader/org.scx.Loader.policy",
			     getenv("AIOS_TEST_DATA")) > 0);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_true(getdelim(&text, &size, '\0', f) > 0);
	assert_int_equal(fclose(f), 0);
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		char *action = strstr(text, actions[i].id), *end;

		assert_non_null(action);
		end = strstr(action, "</action>");
		assert_non_null(end);
		*end = '\0';
		assert_non_null(strstr(action, "<allow_any>no</allow_any>"));
		assert_non_null(strstr(action, "<allow_inactive>no</allow_inactive>"));
		assert_non_null(strstr(action, actions[i].active));
		*end = '<';
	}
}

#define with_bus(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
#define with_polkit(f) cmocka_unit_test_setup_teardown(f, setup_with_polkit, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_policy_file),
		cmocka_unit_test(test_verdicts),
		with_bus(test_no_polkit),
		with_polkit(test_polkit_dies),
		with_polkit(test_caller_leaves),
		with_polkit(test_caller_leaves_later),
		with_polkit(test_caller_has_left),
		with_polkit(test_no_sender),
		with_polkit(test_two_at_once),
		with_polkit(test_too_many),
		with_polkit(test_root),
		with_polkit(test_free_withdraws),
		with_polkit(test_free_early),
	};

	if (test_bus_is_missing())
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
