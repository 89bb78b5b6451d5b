// SPDX-License-Identifier: GPL-2.0-only
/*
 * The real scxctl on a private bus, with an object of this test in the loader's place: what
 * each verb calls, prints and exits with.
 */
#include <sys/ioctl.h>

#include "bus.h"
#include "lib/file.h"
#include "lib/loader_bus.h"
#include "lib/strv.h"

#define SYSTEMD "org.freedesktop.systemd1"
#define UNIT_PATH "/org/freedesktop/systemd1/unit/aios_2dscx_5flavd_2eservice"
#define MAX_WORDS 12
#define TIME_US 1767323045000000ULL /* 2026-01-02 03:04:05 UTC */

struct stream {
	int fd;
	char text[8192];
	size_t len;
	sd_event_source *source;
};

struct world {
	struct test_bus bus;
	struct test_root *root;
	/* what the loader says */
	const char *sched, *default_sched;
	uint32_t mode, default_mode;
	const char *arg;             /* the only one; NULL: none */
	bool is_in_trouble;          /* every line of status has something to say */
	const char *error, *message; /* of the next call that changes something */
	sd_bus_slot *own_object;
	/* what it was asked */
	char calls[256];
	unsigned nr_calls;
	int auto_start, interactive; /* of the last message */
	/* scxctl */
	const char *terminal; /* its controlling one; NULL: ours */
	pid_t pid;
	struct stream out, err;
	unsigned nr_open; /* streams, and the process itself */
	int status;
};

/* --- the loader's side */

static void look_at(struct world *w, sd_bus_message *m)
{
	w->auto_start = sd_bus_message_get_auto_start(m);
	w->interactive = sd_bus_message_get_allow_interactive_authorization(m);
}

static void _printf_(2, 3) note(struct world *w, const char *format, ...)
{
	size_t len = strlen(w->calls);
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(w->calls + len, sizeof(w->calls) - len, format, ap);
	va_end(ap);
	w->nr_calls++;
}

static int answer(struct world *w, sd_bus_message *m, sd_bus_error *error)
{
	look_at(w, m);
	if (w->error)
		return sd_bus_error_set(error, w->error, w->message);
	return sd_bus_reply_method_return(m, "");
}

static int on_bare(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
	note(userdata, "%s() ", sd_bus_message_get_member(m));
	return answer(userdata, m, error);
}

static int on_mode(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
	const char *sched;
	uint32_t mode;

	assert_true(sd_bus_message_read(m, "su", &sched, &mode) >= 0);
	note(userdata, "%s(%s, %u) ", sd_bus_message_get_member(m), sched, mode);
	return answer(userdata, m, error);
}

static int on_args(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
	_cleanup_strv_ char **args = NULL;
	_cleanup_free_ char *words = NULL;
	const char *sched;

	assert_true(sd_bus_message_read(m, "s", &sched) >= 0);
	assert_true(sd_bus_message_read_strv(m, &args) >= 0);
	words = strv_join(args, "|");
	note(userdata, "%s(%s, %s) ", sd_bus_message_get_member(m), sched, words);
	return answer(userdata, m, error);
}

static int on_hold(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
	const char *sched, *reason, *app_id;
	struct world *w = userdata;
	uint32_t mode;

	assert_true(sd_bus_message_read(m, "suss", &sched, &mode, &reason, &app_id) >= 0);
	note(w, "Hold(%s, %u, %s, %s) ", sched, mode, reason, app_id);
	if (w->error)
		return sd_bus_error_set(error, w->error, w->message);
	return sd_bus_reply_method_return(m, "u", 7);
}

static int on_release(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
	uint32_t cookie;

	assert_true(sd_bus_message_read(m, "u", &cookie) >= 0);
	note(userdata, "Release(%u) ", cookie);
	return answer(userdata, m, error);
}

static int on_modes(sd_bus_message *m, void *userdata _unused_, sd_bus_error *error _unused_)
{
	return sd_bus_reply_method_return(m, "au", 2, 0, 1);
}

static int on_mode_args(sd_bus_message *m, void *userdata _unused_, sd_bus_error *error _unused_)
{
	return sd_bus_reply_method_return(m, "a(uas)", 3, 0, 0, 1, 2, "-m", "performance", 3, 0);
}

static int on_catalog(sd_bus_message *m, void *userdata _unused_, sd_bus_error *error _unused_)
{
	return sd_bus_reply_method_return(m, "a(ssb)", 3, "scx_lavd", "latency", 1, "scx_nest",
					  "warm cores", 0, "scx_p2dq", "two choices", 1);
}

static int on_configuration(sd_bus_message *m, void *userdata _unused_,
			    sd_bus_error *error _unused_)
{
	return sd_bus_reply_method_return(m, "s",
					  "default_sched = \"scx_lavd\"  # somewhere\n"
					  "fallback = [\"scx_p2dq\"]\n\n[failures]\nbudget = 5\n"
					  "boots = false\n");
}

static int on_failures(sd_bus_message *m, void *userdata, sd_bus_error *error _unused_)
{
	const struct world *w = userdata;

	return sd_bus_reply_method_return(
		m, "s",
		w->is_in_trouble
			? "[{\"time\":1767323045,\"what\":\"scx_lavd in Auto mode\","
			  "\"reason\":\"failed: exit status 1\"},"
			  "{\"time\":1767323046,\"what\":\"scx_p2dq in Auto mode\",\"reason\":"
			  "\"was ejected\",\"dump\":\"/var/lib/aios/failures/2.dump\"}]"
			: "[]");
}

static int get_common(sd_bus *bus, const char *path _unused_, const char *interface _unused_,
		      const char *name, sd_bus_message *m, void *userdata,
		      sd_bus_error *error _unused_)
{
	struct world *w = userdata;

	look_at(w, sd_bus_get_current_message(bus));
	if (strcmp(name, "CurrentScheduler") == 0)
		return sd_bus_message_append(m, "s", w->sched ?: "unknown");
	if (strcmp(name, "SchedulerMode") == 0)
		return sd_bus_message_append(m, "u", w->mode);
	if (strcmp(name, "CurrentSchedulerArgs") == 0)
		return sd_bus_message_append(m, "as", w->arg ? 1 : 0, w->arg);
	if (strcmp(name, "SupportedSchedulers") == 0)
		return sd_bus_message_append(m, "as", 2, "scx_lavd", "scx_p2dq");
	if (strcmp(name, "DefaultScheduler") == 0)
		return sd_bus_message_append(m, "s", w->default_sched ?: "unknown");
	if (strcmp(name, "DefaultMode") == 0)
		return sd_bus_message_append(m, "u", w->default_mode);
	if (w->is_in_trouble)
		return sd_bus_message_append(m, "a(ususs)", 3, 1, "scx_lavd", 1, "a game", "steam",
					     2, "scx_p2dq", 0, "", "", 3, "unknown", 0, "tests",
					     "aios-bench");
	return sd_bus_message_append(m, "a(ususs)", 0);
}

static const struct {
	const char *name;
	const char *calm, *troubled;
} own_strings[] = {
	{"State", "running", "waiting"},
	{"Status", "all is well", "nothing is well"},
	{"Source", "user", "hold"},
	{"Fallback", "", "scx_p2dq"},
	{"ForeignScheduler", "", "prev"},
	{"PowerProfile", "none", "balanced"},
	{"Unit", "", "aios-scx_lavd.service"},
};

static int get_own(sd_bus *bus _unused_, const char *path _unused_, const char *interface _unused_,
		   const char *name, sd_bus_message *m, void *userdata,
		   sd_bus_error *error _unused_)
{
	const struct world *w = userdata;
	bool is_in_trouble = w->is_in_trouble;

	for (size_t i = 0; i < ARRAY_SIZE(own_strings); i++)
		if (strcmp(own_strings[i].name, name) == 0)
			return sd_bus_message_append(m, "s",
						     is_in_trouble ? own_strings[i].troubled
								   : own_strings[i].calm);
	if (strcmp(name, "LastExit") == 0 && is_in_trouble)
		return sd_bus_message_append(m, "(ssts)", "ejected", "was ejected", TIME_US,
					     "/dump");
	if (strcmp(name, "LastExit") == 0)
		return sd_bus_message_append(m, "(ssts)", "", "", (uint64_t)0, "");
	if (strcmp(name, "RestartCount") == 0)
		return sd_bus_message_append(m, "u", is_in_trouble ? 3 : 0);
	if (strcmp(name, "NextAttempt") == 0)
		return sd_bus_message_append(m, "t", is_in_trouble ? TIME_US + 5000000 : 0);
	return sd_bus_message_append(m, "as", 1, "/etc/aios/default.toml");
}

static int get_since(sd_bus *bus _unused_, const char *path _unused_,
		     const char *interface _unused_, const char *name _unused_, sd_bus_message *m,
		     void *userdata _unused_, sd_bus_error *error _unused_)
{
	return sd_bus_message_append(m, "t", TIME_US);
}

static int get_environment(sd_bus *bus _unused_, const char *path _unused_,
			   const char *interface _unused_, const char *name _unused_,
			   sd_bus_message *m, void *userdata _unused_, sd_bus_error *error _unused_)
{
	return sd_bus_message_append(m, "as", 2, "A=B", "AIOS_MODE=Server");
}

// clang-format off
static const sd_bus_vtable common_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("StartScheduler", "su", "", on_mode, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("StartSchedulerWithArgs", "sas", "", on_args, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("SwitchScheduler", "su", "", on_mode, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("SwitchSchedulerWithArgs", "sas", "", on_args, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("StopScheduler", "", "", on_bare, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("RestartScheduler", "", "", on_bare, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("RestoreDefault", "", "", on_bare, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("HoldScheduler", "suss", "u", on_hold, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("ReleaseScheduler", "u", "", on_release, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("SchedulerModes", "s", "au", on_modes, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("SchedulerModeArgs", "s", "a(uas)", on_mode_args, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_PROPERTY("CurrentScheduler", "s", get_common, 0, 0),
	SD_BUS_PROPERTY("SchedulerMode", "u", get_common, 0, 0),
	SD_BUS_PROPERTY("CurrentSchedulerArgs", "as", get_common, 0, 0),
	SD_BUS_PROPERTY("ActiveHolds", "a(ususs)", get_common, 0, 0),
	SD_BUS_PROPERTY("SupportedSchedulers", "as", get_common, 0, 0),
	SD_BUS_PROPERTY("DefaultScheduler", "s", get_common, 0, 0),
	SD_BUS_PROPERTY("DefaultMode", "u", get_common, 0, 0),
	SD_BUS_VTABLE_END
};
static const sd_bus_vtable own_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("Catalog", "", "a(ssb)", on_catalog, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("Configuration", "", "s", on_configuration, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("Failures", "", "s", on_failures, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_PROPERTY("State", "s", get_own, 0, 0),
	SD_BUS_PROPERTY("Status", "s", get_own, 0, 0),
	SD_BUS_PROPERTY("Source", "s", get_own, 0, 0),
	SD_BUS_PROPERTY("Fallback", "s", get_own, 0, 0),
	SD_BUS_PROPERTY("LastExit", "(ssts)", get_own, 0, 0),
	SD_BUS_PROPERTY("RestartCount", "u", get_own, 0, 0),
	SD_BUS_PROPERTY("NextAttempt", "t", get_own, 0, 0),
	SD_BUS_PROPERTY("ForeignScheduler", "s", get_own, 0, 0),
	SD_BUS_PROPERTY("PowerProfile", "s", get_own, 0, 0),
	SD_BUS_PROPERTY("Unit", "s", get_own, 0, 0),
	SD_BUS_PROPERTY("ConfigurationFiles", "as", get_own, 0, 0),
	SD_BUS_VTABLE_END
};
static const sd_bus_vtable unit_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_PROPERTY("ActiveEnterTimestamp", "t", get_since, 0, 0),
	SD_BUS_VTABLE_END
};
static const sd_bus_vtable service_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_PROPERTY("Environment", "as", get_environment, 0, 0),
	SD_BUS_VTABLE_END
};
// clang-format on

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	void *root;
	sd_bus *bus;

	assert_non_null(w);
	assert_int_equal(test_root_setup(&root), 0);
	w->root = root;
	test_bus_start(&w->bus);
	assert_int_equal(setenv("DBUS_SYSTEM_BUS_ADDRESS", w->bus.address, 1), 0);
	bus = w->bus.services;
	assert_true(sd_bus_add_object_vtable(bus, NULL, LOADER_PATH, LOADER_INTERFACE,
					     common_vtable, w) >= 0);
	assert_true(sd_bus_add_object_vtable(bus, &w->own_object, LOADER_PATH, LOADER_OWN_INTERFACE,
					     own_vtable, w) >= 0);
	assert_true(sd_bus_add_object_vtable(bus, NULL, UNIT_PATH, SYSTEMD ".Unit", unit_vtable,
					     w) >= 0);
	assert_true(sd_bus_add_object_vtable(bus, NULL, UNIT_PATH, SYSTEMD ".Service",
					     service_vtable, w) >= 0);
	test_bus_own(&w->bus, LOADER_NAME);
	test_bus_own(&w->bus, SYSTEMD);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	void *root = w->root;

	sd_bus_slot_unref(w->own_object);
	test_bus_stop(&w->bus);
	free(w);
	return test_root_teardown(&root);
}

/* --- scxctl's side */

static int on_output(sd_event_source *source _unused_, int fd, uint32_t events _unused_,
		     void *userdata)
{
	struct stream *s = userdata;
	ssize_t n = read(fd, s->text + s->len, sizeof(s->text) - 1 - s->len);

	assert_true(n >= 0);
	s->len += (size_t)n;
	s->text[s->len] = '\0';
	if (n == 0) {
		s->source = sd_event_source_disable_unref(s->source);
		closep(&s->fd);
	}
	return 0;
}

static int on_exit_status(sd_event_source *source _unused_, const siginfo_t *info, void *userdata)
{
	struct world *w = userdata;

	w->status = info->si_code == CLD_EXITED ? info->si_status : -info->si_status;
	w->pid = 0;
	return 0;
}

static void stream_open(struct world *w, struct stream *s, int *ret_write_end)
{
	int fds[2];

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	*s = (struct stream){.fd = fds[0]};
	*ret_write_end = fds[1];
	assert_true(sd_event_add_io(w->bus.event, &s->source, s->fd, EPOLLIN, on_output, s) >= 0);
}

/* In the child: a session with that terminal, whose keys go to all in it. */
static bool take_terminal(const char *path)
{
	int fd = setsid() < 0 ? -1 : open(path, O_RDWR);

	return fd >= 0 && ioctl(fd, TIOCSCTTY, 0) == 0 && dup2(fd, STDIN_FILENO) == 0;
}

/* "scxctl --root ROOT WORD..." */
static void start(struct world *w, const char *const *words)
{
	const char *argv[MAX_WORDS + 4] = {"scxctl", "--root", w->root->dir};
	sigset_t mask, old;
	int out, err;

	for (size_t i = 0; i < MAX_WORDS && words[i]; i++)
		argv[3 + i] = words[i];
	w->calls[0] = '\0';
	w->nr_calls = 0;
	stream_open(w, &w->out, &out);
	stream_open(w, &w->err, &err);
	(void)sigemptyset(&mask);
	(void)sigaddset(&mask, SIGCHLD);
	assert_int_equal(sigprocmask(SIG_BLOCK, &mask, &old), 0);
	w->pid = fork();
	assert_true(w->pid >= 0);
	if (w->pid == 0) {
		/* a shell cannot trap what it was started to ignore, as by nohup */
		if (signal(SIGHUP, SIG_DFL) == SIG_ERR || signal(SIGINT, SIG_DFL) == SIG_ERR)
			_exit(203);
		if (w->terminal && !take_terminal(w->terminal))
			_exit(202);
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
		    dup2(err, STDERR_FILENO) < 0 || sigprocmask(SIG_SETMASK, &old, NULL) < 0)
			_exit(200);
		(void)execv(getenv("AIOS_SCXCTL"), (char **)argv);
		_exit(201);
	}
	closep(&out);
	closep(&err);
	assert_true(sd_event_add_child(w->bus.event, NULL, w->pid, WEXITED, on_exit_status, w) >=
		    0);
}

static void finish(struct world *w)
{
	while (w->pid || w->out.source || w->err.source)
		assert_true(sd_event_run(w->bus.event, UINT64_MAX) >= 0);
}

static void wait_for_output(struct world *w, const char *text)
{
	while (!strstr(w->out.text, text))
		assert_true(sd_event_run(w->bus.event, UINT64_MAX) >= 0);
}

struct expectation {
	const char *words[MAX_WORDS];
	int status;
	const char *calls, *out, *err;
};

static void check(struct world *w, const struct expectation *e)
{
	_cleanup_free_ char *words = strv_join((char *const *)e->words, " ");

	print_message("scxctl %s\n", words);
	start(w, e->words);
	finish(w);
	assert_string_equal(w->err.text, e->err ?: "");
	assert_string_equal(w->out.text, e->out ?: "");
	assert_string_equal(w->calls, e->calls ?: "");
	assert_int_equal(w->status, e->status);
}

static void check_all(struct world *w, const struct expectation *e, size_t n)
{
	for (size_t i = 0; i < n; i++)
		check(w, &e[i]);
}

/* --- tests */

#define SUPPORTED "supported schedulers: [\"lavd\", \"p2dq\"]"
#define LIST SUPPORTED "\n"

static void test_nothing_runs(void **state)
{
	static const struct expectation cases[] = {
		{{"get"}, .out = "no scx scheduler running\n"},
		{{"get", "--exit-code"}, 3, .out = "no scx scheduler running\n"},
		{{"-q", "get", "--exit-code"}, 3},
		{{"list"}, .out = LIST},
		{{"start", "-s", "lavd"},
		 .calls = "StartScheduler(scx_lavd, 0) ",
		 .out = "started Lavd in Auto mode\n"},
		{{"start", "-s", "scx_p2dq", "-m", "gaming"},
		 .calls = "StartScheduler(scx_p2dq, 1) ",
		 .out = "started P2DQ in Gaming mode\n"},
		{{"start", "--sched=lavd", "--mode=server"},
		 .calls = "StartScheduler(scx_lavd, 4) ",
		 .out = "started Lavd in Server mode\n",
		 .err = "scxctl: Lavd has no configured arguments for Server mode; it runs with its own "
			"defaults\n"},
		{{"start", "-s=lavd", "-a=-v,--performance"},
		 .calls = "StartSchedulerWithArgs(scx_lavd, -v|--performance) ",
		 .out = "started Lavd with arguments \"-v --performance\"\n"},
		{{"start", "-s", "lavd", "-a", "--name 'a b',x\\ y \"\""},
		 .calls = "StartSchedulerWithArgs(scx_lavd, --name|a b|x y|) ",
		 .out = "started Lavd with arguments \"--name a b x y \"\n"},
		{{"start", "-q", "-s", "lavd"}, .calls = "StartScheduler(scx_lavd, 0) "},
		{{"start", "-s", "nest"},
		 1,
		 .err = "scxctl: error: invalid value 'nest' for '--sched <SCHED>'; " SUPPORTED
			"\n"},
		{{"start", "-s", "lavd", "-a", "'a,b'"},
		 2,
		 .err = "scxctl: error: invalid value for '--args <ARGS>': no closing quote in "
			"''a'; quotes cannot span a comma\n"},
		{{"start", "-s", "lavd", "-a", " , "},
		 2,
		 .err = "scxctl: error: '--args <ARGS>' expanded to no arguments; leave it out to run a "
			"scheduler with its own defaults\n"},
		{{"switch", "-s", "lavd"},
		 1,
		 .err = "scxctl: error: no scx scheduler running, use 'start' instead of "
			"'switch'\n"},
		{{"stop"}, .calls = "StopScheduler() ", .out = "stopped\n"},
		{{"restore"},
		 1,
		 .err = "scxctl: error: no default scheduler configured; set 'default_sched' in " AIOS_SYSCONFDIR
			"/default.toml\n"},
		{{"hold"},
		 1,
		 .err = "scxctl: no scheduler runs and none is configured; name one with --sched\n"},
		{{"log"}},
	};

	check_all(*state, cases, ARRAY_SIZE(cases));
}

static void test_one_runs(void **state)
{
	static const struct expectation cases[] = {
		{{"get"}, .out = "running Lavd in Gaming mode\n"},
		{{"get", "--exit-code"}, .out = "running Lavd in Gaming mode\n"},
		{{"get", "--json"},
		 .out = "{\"scheduler\":\"scx_lavd\",\"mode\":\"Gaming\",\"arguments\":[],"
			"\"kernel_scheduler\":null,\"loader\":true}\n"},
		{{"start", "-s", "lavd"},
		 1,
		 .err = "scxctl: error: scx scheduler already running, use 'switch' instead of "
			"'start'\n"},
		{{"switch", "-m", "auto"},
		 .calls = "SwitchScheduler(scx_lavd, 0) ",
		 .out = "switched to Lavd in Auto mode\n"},
		{{"switch", "-s", "lavd"},
		 .calls = "SwitchScheduler(scx_lavd, 1) ",
		 .out = "switched to Lavd in Gaming mode\n"},
		{{"switch", "-s", "p2dq"},
		 .calls = "SwitchScheduler(scx_p2dq, 0) ",
		 .out = "switched to P2DQ in Auto mode\n"},
		{{"switch", "-s", "p2dq", "-a", "-k"},
		 .calls = "SwitchSchedulerWithArgs(scx_p2dq, -k) ",
		 .out = "switched to P2DQ with arguments \"-k\"\n"},
		{{"restart"}, .calls = "RestartScheduler() ", .out = "restarted\n"},
		{{"restore"},
		 .calls = "RestoreDefault() ",
		 .out = "restored default scheduler P2DQ in PowerSave mode\n"},
		{{"modes", "-s", "lavd"},
		 .out = "modes configured for Lavd: [Auto, Gaming]\n"
			"(unlisted modes run with Lavd's own defaults; use --show-args to see "
			"them all)\n"},
		{{"modes", "-s", "lavd", "--show-args"},
		 .out = "configuration for Lavd:\n"
			"  Auto: (uses Lavd's own defaults)\n"
			"  Gaming: -m performance\n"
			"  LowLatency: (not configured, uses Lavd's own defaults)\n"},
		{{"modes", "-s", "lavd", "--json"},
		 .out = "{\"Auto\":[],\"Gaming\":[\"-m\",\"performance\"],\"LowLatency\":[]}\n"},
		{{"list", "--json"},
		 .out = "[{\"name\":\"scx_lavd\",\"description\":\"latency\",\"installed\":true},"
			"{\"name\":\"scx_nest\",\"description\":\"warm cores\",\"installed\":false},"
			"{\"name\":\"scx_p2dq\",\"description\":\"two choices\","
			"\"installed\":true}]\n"},
		{{"config"},
		 .out = "default_sched = \"scx_lavd\"  # somewhere\nfallback = [\"scx_p2dq\"]\n\n"
			"[failures]\nbudget = 5\nboots = false\n"},
	};
	struct world *w = *state;

	w->sched = "scx_lavd";
	w->mode = 1;
	w->default_sched = "scx_p2dq";
	w->default_mode = 2;
	check_all(w, cases, ARRAY_SIZE(cases));
	w->arg = "-v";
	check(w, &(struct expectation){{"get"}, .out = "running Lavd with arguments \"-v\"\n"});
	check(w, &(struct expectation){{"get", "--json"},
				       .out = "{\"scheduler\":\"scx_lavd\",\"mode\":null,"
					      "\"arguments\":[\"-v\"],\"kernel_scheduler\":null,"
					      "\"loader\":true}\n"});
}

static void test_usage(void **state)
{
	static const struct expectation cases[] = {
		{{"start"}, 2, .err = "scxctl: no scheduler given; try 'scxctl start --help'\n"},
		{{"modes"}, 2, .err = "scxctl: no scheduler given; try 'scxctl modes --help'\n"},
		{{"switch"},
		 2,
		 .err = "scxctl: neither scheduler nor mode given; try 'scxctl switch --help'\n"},
		{{"switch", "-a", "-v"}, 2, .err = "scxctl: --args needs --sched\n"},
		{{"start", "-s", "lavd", "-m", "auto", "-a", "-v"},
		 2,
		 .err = "scxctl: --mode cannot be given together with --args\n"},
		{{"start", "-s", "lavd", "-m", "Gaming"},
		 2,
		 .err = "scxctl: --mode: 'Gaming' is not one of auto, gaming, powersave, "
			"lowlatency, server\n"},
		{{"stop", "now"},
		 2,
		 .err = "scxctl: unexpected argument 'now'; try 'scxctl stop --help'\n"},
		{{"get", "--sched"},
		 2,
		 .err = "scxctl: unknown option '--sched'; try 'scxctl get --help'\n"},
		{{"run", "-m", "gaming"},
		 2,
		 .err = "scxctl: no command given; try 'scxctl run --help'\n"},
		{{"log", "-n", "0"},
		 2,
		 .err = "scxctl: --lines: '0' is not a number from 1 to 100\n"},
		{{"fly"}, 2, .err = "scxctl: unknown verb 'fly'; try 'scxctl --help'\n"},
		{{NULL}, 2, .err = "scxctl: no verb given; try 'scxctl --help'\n"},
	};

	check_all(*state, cases, ARRAY_SIZE(cases));
}

/* What the loader or the bus answers, what is made of it, and that nothing is said to be done. */
static void test_errors(void **state)
{
#define FREEDESKTOP "org.freedesktop.DBus.Error."
	static const struct {
		const char *name, *message;
		int status;
		const char *err;
	} cases[] = {
		{FREEDESKTOP "Failed", "scx_lavd is held", 1, "scx_lavd is held"},
		{FREEDESKTOP "InvalidArgs", "mode 9 is too much", 1, "mode 9 is too much"},
		{FREEDESKTOP "AccessDenied", "polkit says no", 4,
		 "not authorised: polkit says no; try sudo, or a session at the machine itself, or "
		 "see polkit(8)"},
		{FREEDESKTOP "InteractiveAuthorizationRequired", "no", 4,
		 "not authorised: no; try sudo, or a session at the machine itself, or see "
		 "polkit(8)"},
		{FREEDESKTOP "ServiceUnknown", "whatever", 5,
		 "aios-loader is not running; try 'systemctl start aios-loader'"},
		{FREEDESKTOP "NameHasNoOwner", "whatever", 5,
		 "aios-loader is not running; try 'systemctl start aios-loader'"},
		{FREEDESKTOP "Spawn.ChildExited", "exit 1", 5,
		 "aios-loader cannot be started: exit 1; try 'systemctl start aios-loader'"},
		{"org.freedesktop.systemd1.NoSuchUnit", "no unit", 5,
		 "aios-loader cannot be started: no unit; try 'systemctl start aios-loader'"},
		{FREEDESKTOP "NoReply", "gone", 5,
		 "aios-loader has ended instead of answering: gone; see 'journalctl -u "
		 "aios-loader'"},
		{FREEDESKTOP "Timeout", "too long", 1,
		 "aios-loader does not answer: too long; see 'scxctl status'"},
		{FREEDESKTOP "UnknownMethod", "what?", 1,
		 "the service org.scx.Loader is not aios-loader: what?"},
		{LOADER_ERROR_SCHEDULER_FAILED, "scx_lavd rejected its command line", 6,
		 "scx_lavd rejected its command line"},
	};
	struct world *w = *state;

	w->sched = "scx_lavd";
	w->default_sched = "scx_lavd";
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		static const char *const verbs[][3] = {
			{"stop"}, {"restart"},     {"restore"}, {"switch", "-mauto"},
			{"hold"}, {"run", "true"},
		};

		w->error = cases[i].name;
		w->message = cases[i].message;
		for (size_t k = 0; k < ARRAY_SIZE(verbs); k++) {
			_cleanup_free_ char *err = NULL;

			assert_true(asprintf(&err, "scxctl: %s\n", cases[i].err) > 0);
			start(w, verbs[k]);
			finish(w);
			assert_string_equal(w->err.text, err);
			assert_string_equal(w->out.text, "");
			assert_int_equal(w->status, cases[i].status);
			assert_int_equal(w->nr_calls, 1);
		}
	}
}

/* Reading must not start the loader, changing may; and a password may be asked for. */
static void test_flags(void **state)
{
	static const struct {
		const char *words[3];
		int auto_start, interactive;
	} cases[] = {
		{{"get"}, 0, 1},  {{"list"}, 0, 1},    {{"status"}, 0, 1},
		{{"stop"}, 0, 1}, {{"restart"}, 0, 1}, {{"restore"}, 1, 1},
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		w->auto_start = w->interactive = -1;
		start(w, cases[i].words);
		finish(w);
		assert_int_equal(w->auto_start, cases[i].auto_start);
		assert_int_equal(w->interactive, cases[i].interactive);
	}
}

static void put_scheduler(struct world *w, const char *name)
{
	test_write(w->root->dir, "sys/kernel/sched_ext/state", "enabled\n");
	test_write(w->root->dir, "sys/kernel/sched_ext/root/ops", name);
}

static void test_without_loader(void **state)
{
#define NOT_RUNNING "scxctl: aios-loader is not running; try 'systemctl start aios-loader'\n"
	static const struct expectation cases[] = {
		{{"list"}, .out = "supported schedulers: [\"here\"]\n"},
		{{"list", "--json"},
		 .out = "[{\"name\":\"scx_gone\",\"description\":\"b\",\"installed\":false},"
			"{\"name\":\"scx_here\",\"description\":\"a\",\"installed\":true}]\n"},
		{{"status"},
		 3,
		 .out = "    scheduler: none: the kernel's own is in use\n"
			"       loader: not running\n"},
		{{"modes", "-s", "here"}, 5, .err = NOT_RUNNING},
		{{"config"}, 5, .err = NOT_RUNNING},
		{{"log"}, 5, .err = NOT_RUNNING},
		{{"start", "-s", "here"}, 5, .err = NOT_RUNNING},
		{{"switch", "-m", "auto"}, 5, .err = NOT_RUNNING},
		{{"stop"}, 5, .err = NOT_RUNNING},
		{{"run", "echo", "not run"}, 5, .err = NOT_RUNNING},
	};
	struct world *w = *state;
	const char *dir = w->root->dir;

	test_bus_disown(&w->bus, LOADER_NAME);
	test_write(dir, "sys/kernel/sched_ext/state", "disabled\n");
	test_write(dir, AIOS_DATADIR "/scheds/scx_here.toml",
		   "name = \"scx_here\"\ndescription = \"a\"\n");
	test_write(dir, AIOS_DATADIR "/scheds/scx_gone.toml",
		   "name = \"scx_gone\"\ndescription = \"b\"\n");
	test_write(dir, AIOS_BINDIR "/scx_here", "");
	assert_int_equal(fchmodat(w->root->fd, below_root(AIOS_BINDIR "/scx_here"), 0755, 0), 0);
	check_all(w, cases, ARRAY_SIZE(cases));
	put_scheduler(w, "lavd\n");
	check(w, &(struct expectation){{"get"},
				       .out = "running Lavd in Server mode\n",
				       .err = "scxctl: aios-loader, which started it, is not "
					      "running\n"});
	put_scheduler(w, "prev\n");
	check(w, &(struct expectation){{"get"},
				       .out = "running Prev\n",
				       .err = "scxctl: it was not started by aios-loader\n"});
	/* nor is a bus needed */
	assert_int_equal(setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent", 1), 0);
	check(w, &(struct expectation){{"get"},
				       .out = "running Prev\n",
				       .err = "scxctl: it was not started by aios-loader\n"});
	check(w, &(struct expectation){{"stop"},
				       5,
				       .err = "scxctl: cannot connect to the system bus: No such "
					      "file or directory\n"});
}

static void test_foreign(void **state)
{
	struct world *w = *state;

	put_scheduler(w, "prev\n");
	check(w, &(struct expectation){{"get"},
				       .out = "running Prev\n",
				       .err = "scxctl: it was not started by aios-loader\n"});
	check(w, &(struct expectation){{"status"},
				       .out = "    scheduler: Prev, not started by aios-loader\n"
					      "       loader: all is well\n"
					      "configuration: /etc/aios/default.toml\n"});
}

/* A program of the loader's name that has nothing of org.aios.Loader1. */
static void test_other_loader(void **state)
{
	static const struct expectation cases[] = {
		{{"get"}, .out = "running Lavd in Auto mode\n"},
		{{"list"}, .out = LIST},
		{{"status"},
		 .out = "    scheduler: Lavd in Auto mode\n"
			"       loader: another program, which says no more\n"},
		{{"switch", "-s", "p2dq"},
		 .calls = "SwitchScheduler(scx_p2dq, 0) ",
		 .out = "switched to P2DQ in Auto mode\n"},
	};
	struct world *w = *state;

	w->own_object = sd_bus_slot_unref(w->own_object);
	w->sched = "scx_lavd";
	put_scheduler(w, "lavd\n");
	check_all(w, cases, ARRAY_SIZE(cases));
}

static void test_status(void **state)
{
	static const struct expectation cases[] = {
		{{"status"},
		 .out = "    scheduler: Lavd in Gaming mode\n"
			"        since: 2026-01-02 03:04:05\n"
			"         unit: aios-scx_lavd.service\n"
			" asked for by: a hold\n"
			"      held as: Lavd in Gaming mode by steam: a game; P2DQ in Auto mode by "
			"unknown: no reason given; the kernel's own scheduler by aios-bench: tests\n"
			"       loader: nothing is well\n"
			"     restarts: 3\n"
			" next attempt: 2026-01-02 03:04:10\n"
			" last failure: 2026-01-02 03:04:05: was ejected\n"
			"     its dump: /dump\n"
			"     fallback: P2DQ, in place of what was asked for\n"
			"power profile: balanced\n"
			"configuration: /etc/aios/default.toml\n"},
		{{"status", "--json"},
		 .out = "{\"kernel_state\":\"enabled\",\"kernel_scheduler\":\"lavd\","
			"\"loader\":true,\"scheduler\":\"scx_lavd\",\"mode\":\"Gaming\","
			"\"arguments\":[],\"since_us\":1767323045000000,"
			"\"unit\":\"aios-scx_lavd.service\",\"source\":\"hold\","
			"\"state\":\"waiting\",\"status\":\"nothing is well\",\"restarts\":3,"
			"\"next_attempt_us\":1767323050000000,\"last_failure\":{"
			"\"kind\":\"ejected\",\"reason\":\"was ejected\","
			"\"time_us\":1767323045000000,\"dump\":\"/dump\"},"
			"\"fallback\":\"scx_p2dq\",\"foreign\":\"prev\","
			"\"power_profile\":\"balanced\",\"holds\":[{\"cookie\":1,"
			"\"scheduler\":\"scx_lavd\",\"mode\":\"Gaming\",\"reason\":\"a game\","
			"\"application\":\"steam\"},{\"cookie\":2,\"scheduler\":\"scx_p2dq\","
			"\"mode\":\"Auto\",\"reason\":null,\"application\":null},{\"cookie\":3,"
			"\"scheduler\":null,\"mode\":\"Auto\",\"reason\":\"tests\","
			"\"application\":\"aios-bench\"}],"
			"\"default_scheduler\":null,\"default_mode\":\"Auto\","
			"\"configuration_files\":[\"/etc/aios/default.toml\"]}\n"},
		{{"log"},
		 .out = "2026-01-02 03:04:05  scx_lavd in Auto mode failed: exit status 1\n"
			"2026-01-02 03:04:06  scx_p2dq in Auto mode was ejected\n"
			"                     dump: /var/lib/aios/failures/2.dump\n"},
		{{"log", "-n1", "--json"},
		 .out = "[{\"time\":1767323046,\"what\":\"scx_p2dq in Auto mode\",\"reason\":"
			"\"was ejected\",\"dump\":\"/var/lib/aios/failures/2.dump\"}]\n"},
		{{"config", "--json"},
		 .out = "{\"default_sched\":\"scx_lavd\",\"fallback\":[\"scx_p2dq\"],"
			"\"failures\":{\"budget\":5,\"boots\":false}}\n"},
	};
	struct world *w = *state;

	assert_int_equal(setenv("TZ", "UTC", 1), 0);
	w->is_in_trouble = true;
	w->sched = "scx_lavd";
	w->mode = 1;
	put_scheduler(w, "lavd\n");
	check_all(w, cases, ARRAY_SIZE(cases));
}

static void test_check(void **state)
{
	struct world *w = *state;
	_cleanup_free_ char *out = NULL;

	test_write(w->root->dir, AIOS_BINDIR "/aios-loader", "#!/bin/sh\necho \"$*\"\nexit 2\n");
	assert_int_equal(fchmodat(w->root->fd, below_root(AIOS_BINDIR "/aios-loader"), 0755, 0), 0);
	assert_true(asprintf(&out, "--check --root %s my.toml\n", w->root->dir) > 0);
	check(w, &(struct expectation){{"check", "my.toml"}, 2, .out = out});
	check(w, &(struct expectation){{"check", "-q", "my.toml"}, 2});
}

static void test_hold(void **state)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		start(w, (const char *[]){"hold", "-s", "lavd", "-m", "gaming", "--reason", "me",
					  NULL});
		wait_for_output(w, "holding Lavd in Gaming mode\n");
		assert_string_equal(w->calls, "Hold(scx_lavd, 1, me, scxctl) ");
		assert_int_equal(kill(w->pid, signals[i]), 0);
		finish(w);
		assert_string_equal(w->err.text, "");
		assert_string_equal(w->out.text, "holding Lavd in Gaming mode\n"
						 "released Lavd in Gaming mode\n");
		assert_string_equal(w->calls, "Hold(scx_lavd, 1, me, scxctl) Release(7) ");
		assert_int_equal(w->status, 0);
	}
	start(w, (const char *[]){"hold", "-s", "lavd", NULL});
	wait_for_output(w, "holding Lavd in Auto mode\n");
	test_bus_disown(&w->bus, LOADER_NAME);
	finish(w);
	assert_string_equal(
		w->err.text,
		"scxctl: aios-loader has left the bus; scx_lavd is not held any more\n");
	assert_int_equal(w->status, 5);
	assert_string_equal(w->calls, "Hold(scx_lavd, 0, scxctl hold, scxctl) ");
}

/* Without -s what runs, else the default, each in its mode. */
static void test_run(void **state)
{
#define RUN(mode) "Hold(scx_lavd, " mode ", scxctl run: sh, scxctl) Release(7) "
	static const struct expectation cases[] = {
		{{"run", "sh", "-c", "echo word; exit 7"}, 7, .calls = RUN("2"), .out = "word\n"},
		{{"run", "-q", "--", "sh", "-c", "echo word"}, .calls = RUN("2"), .out = "word\n"},
		{{"run", "-m", "gaming", "sh", "-c", "kill -TERM $$"}, 143, .calls = RUN("1")},
		{{"run", "-s", "p2dq", "sh", "-c", "kill -KILL $$"},
		 137,
		 .calls = "Hold(scx_p2dq, 0, scxctl run: sh, scxctl) Release(7) "},
		{{"run", "/nonexistent/x"},
		 127,
		 .calls = "Hold(scx_lavd, 2, scxctl run: /nonexistent/x, scxctl) Release(7) ",
		 .err = "scxctl: cannot run /nonexistent/x: No such file or directory\n"},
		{{"run", "/"},
		 126,
		 .calls = "Hold(scx_lavd, 2, scxctl run: /, scxctl) Release(7) ",
		 .err = "scxctl: cannot run /: Permission denied\n"},
	};
	struct world *w = *state;

	w->sched = "scx_lavd";
	w->mode = 2;
	check_all(w, cases, ARRAY_SIZE(cases));
	w->sched = NULL;
	w->default_sched = "scx_lavd";
	w->default_mode = 3;
	check(w, &(struct expectation){{"run", "sh", "-c", ":"}, .calls = RUN("3")});
}

/* What others send goes to the command, which decides what becomes of it. */
static void test_run_signals(void **state)
{
	static const int signals[] = {SIGTERM, SIGHUP, SIGINT};
	struct world *w = *state;

	w->sched = "scx_lavd";
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		start(w, (const char *[]){"run", "sh", "-c",
					  "trap 'kill $!; exit 9' TERM HUP INT\n"
					  "sleep 1000 >/dev/null 2>&1 &\necho ready\nwait",
					  NULL});
		wait_for_output(w, "ready\n");
		assert_int_equal(kill(w->pid, signals[i]), 0);
		finish(w);
		assert_string_equal(w->err.text, "");
		assert_int_equal(w->status, 9);
		assert_string_equal(w->calls, RUN("0"));
	}
	/* the loader leaves: the command does not notice */
	start(w, (const char *[]){"run", "sh", "-c", "echo ready; read -r line; exit 4", NULL});
	wait_for_output(w, "ready\n");
	test_bus_disown(&w->bus, LOADER_NAME);
	finish(w);
	assert_int_equal(w->status, 4);
}

/* Ctrl-C reaches the command from the terminal, and scxctl lives to release the hold. */
static void test_run_keyboard(void **state)
{
	int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct world *w = *state;

	assert_true(terminal >= 0);
	assert_int_equal(grantpt(terminal), 0);
	assert_int_equal(unlockpt(terminal), 0);
	w->terminal = ptsname(terminal);
	w->sched = "scx_lavd";
	start(w, (const char *[]){"run", "sh", "-c",
				  "trap 'kill $!; exit 9' INT\n"
				  "sleep 1000 >/dev/null 2>&1 &\necho ready\nwait",
				  NULL});
	wait_for_output(w, "ready\n");
	assert_int_equal(write(terminal, "\003", 1), 1);
	finish(w);
	assert_string_equal(w->err.text, "");
	assert_int_equal(w->status, 9);
	assert_string_equal(w->calls, RUN("0"));
	closep(&terminal);
}

/* What comes out of --args. */
static void test_args(void **state)
{
	static const struct {
		const char *list, *words; /* NULL: a quote is not closed in ... */
		const char *bad;          /* ... this part */
	} cases[] = {
		{"-v", "-v"},
		{"-v,-x", "-v|-x"},
		{",-v,,", "-v"},
		{"-v -x\t-y", "-v|-x|-y"},
		{"'a b'c", "a bc"},
		{"\"a 'b\" 'c \"d'", "a 'b|c \"d"},
		{"''", ""},
		{"a\\ b", "a b"},
		{"'a\\b'", "a\\b"},
		{"\"a\\b\\\"\\$\"", "a\\b\"$"},
		{"a\\", NULL, "a\\"},
		{"-v,\"b", NULL, "\"b"},
		{"'a,b'", NULL, "'a"},
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *text = NULL;
		bool is_good = cases[i].words;

		start(w, (const char *[]){"start", "-s", "lavd", "-a", cases[i].list, NULL});
		finish(w);
		assert_true(asprintf(&text,
				     is_good ? "StartSchedulerWithArgs(scx_lavd, %s) "
					     : "scxctl: error: invalid value for '--args <ARGS>': "
					       "no closing quote in '%s'; quotes cannot span a "
					       "comma\n",
				     is_good ? cases[i].words : cases[i].bad) > 0);
		assert_string_equal(is_good ? w->calls : w->err.text, text);
		assert_int_equal(w->status, is_good ? 0 : 2);
	}
}

#define test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(test_nothing_runs), test(test_one_runs),     test(test_usage),
		test(test_errors),       test(test_flags),        test(test_without_loader),
		test(test_foreign),      test(test_other_loader), test(test_status),
		test(test_check),        test(test_hold),         test(test_run),
		test(test_run_signals),  test(test_run_keyboard), test(test_args),
	};

	if (test_bus_is_missing())
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
