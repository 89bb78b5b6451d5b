// SPDX-License-Identifier: GPL-2.0-only
/*
 * Steps, each of which needs those before. What costs nothing and depends on the user comes first,
 * so that a mistake is told before anything has been changed.
 */
#include <fcntl.h>
#include <signal.h>
#include <string.h>

#include "lib/file.h"
#include "lib/log.h"
#include "lib/strv.h"

#include "bench/command.h"
#include "bench/last_words.h"
#include "bench/machine.h"
#include "bench/setup.h"
#include "bench/spin.h"

#define ANSWER_TIMEOUT_US (20 * UINT64_C(1000000))
#define ANSWER_MAX (64 * 1024)
#define MAX_COMMAND (4 << 20)

static enum exit_status plan_status(int r)
{
	if (r >= 0)
		return STATUS_OK;
	return r == -EINVAL ? STATUS_USAGE : STATUS_FAILED;
}

/* --- what is wanted */

static void report_catalog(void *userdata _unused_, enum log_level level, const char *text)
{
	log_message(level, "%s", text);
}

static int make_arms(struct runner *r)
{
	_cleanup_catalog_ struct catalog catalog = {};
	struct reader reader = {.root_fd = r->root_fd, .report = report_catalog};
	int k = catalog_load(&catalog, &reader);

	if (k < 0)
		return log_errno(k, "cannot read " CATALOG_DIR ": %m");
	return plan_arms(&r->session, &catalog, r->root_fd, r->options->schedulers);
}

static enum exit_status make_plan(struct runner *r, char *const *words)
{
	const struct run_options *o = r->options;
	int k = 0;

	if (!o->workloads && !*words)
		log_error("nothing to run: give workloads with --workload, or a command behind --");
	else if (o->metrics && !*words)
		log_error("--metric is for the output of a command: give one behind --");
	else if (o->wakeup_wait && strlen(o->wakeup_wait) >= WAKEUP_WAIT_NAME)
		log_error("--wakeup-wait: '%s' is no task's name: it has more than %d bytes",
			  o->wakeup_wait, WAKEUP_WAIT_NAME - 1);
	else
		k = 1;
	if (k == 0)
		return STATUS_USAGE;
	k = plan_extracts(&r->plan, o->metrics);
	if (k >= 0 && o->workloads)
		r->plan.spin_per_us = spin_calibrate();
	if (k >= 0 && o->workloads)
		k = plan_workloads(&r->plan, &r->session, o->workloads);
	if (k >= 0 && *words)
		k = plan_command(&r->plan, &r->session, words);
	return plan_status(k >= 0 ? make_arms(r) : k);
}

static bool needs_sched(const struct runner *r)
{
	for (size_t i = 0; i < r->session.nr_arms; i++)
		if (r->session.arms[i].sched)
			return true;
	return false;
}

/* --- what is possible */

static enum exit_status check_machine(struct runner *r, char *const *words _unused_)
{
	const char *missing = needs_sched(r) ? kernel_missing(r->root_fd) : NULL;
	const struct {
		const char *what;
		bool is_wanted;
	} for_root[] = {
		{"--drop-caches", r->options->drop_caches},
		{"--bpf-cost", r->options->bpf_cost},
		{"--wakeup-wait", r->options->wakeup_wait},
	};

	if (missing) {
		log_error("%s", missing);
		return STATUS_KERNEL;
	}
	if (geteuid() == 0)
		return STATUS_OK;
	if (needs_sched(r)) {
		log_error("only root can put a scheduler in charge; --schedulers none measures the "
			  "kernel's own");
		return STATUS_FAILED;
	}
	for (size_t i = 0; i < ARRAY_SIZE(for_root); i++)
		if (for_root[i].is_wanted) {
			log_error("%s: only root can do that", for_root[i].what);
			return STATUS_FAILED;
		}
	return STATUS_OK;
}

/* --- an event loop, and who watches over us */

static int on_signal(sd_event_source *source _unused_, const struct signalfd_siginfo *info _unused_,
		     void *userdata)
{
	struct runner *r = userdata;

	r->is_interrupted = true;
	return 0;
}

static bool is_interrupted(void *userdata)
{
	const struct runner *r = userdata;

	return r->is_interrupted;
}

static int add_signals(struct runner *r)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	sigset_t mask;
	int k = 0;

	(void)sigemptyset(&mask);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		(void)sigaddset(&mask, signals[i]);
	/* whoever started us may have ignored these; without the first nobody can be reaped */
	(void)signal(SIGCHLD, SIG_DFL);
	(void)signal(SIGPIPE, SIG_IGN);
	if (sigprocmask(SIG_BLOCK, &mask, NULL) < 0)
		return -errno;
	for (size_t i = 0; k >= 0 && i < ARRAY_SIZE(signals); i++)
		k = sd_event_add_signal(r->event, NULL, signals[i], on_signal, r);
	return k;
}

static enum exit_status start_loop(struct runner *r, char *const *words _unused_)
{
	int k = keeper_start(&r->keeper);

	if (k >= 0)
		k = sd_event_new(&r->event);
	if (k >= 0)
		k = add_signals(r);
	r->control = (struct control){
		.event = r->event,
		.root_fd = r->root_fd,
		.should_stop = is_interrupted,
		.userdata = r,
	};
	if (k >= 0)
		return STATUS_OK;
	log_errno(k, "cannot watch over runs: %m");
	return STATUS_FAILED;
}

/* --- programs */

/* A short question to a program, @argv and @last: 0, or a negative errno. */
static int ask(struct runner *r, char *const *argv, const char *last, struct command_result *ret)
{
	_cleanup_strv_ char **words = NULL;
	int k = strv_copy(argv, &words);

	if (k >= 0)
		k = strv_extend(&words, last);
	if (k < 0)
		return k;
	return command_run(r->event,
			   &(struct command){
				   .spec = {words, ANSWER_MAX},
				   .timeout_us = ANSWER_TIMEOUT_US,
				   .should_stop = is_interrupted,
				   .userdata = r,
				   .keeper = &r->keeper,
				   .others = &r->keeper.pid,
				   .nr_others = 1,
			   },
			   ret);
}

/* With --help a workload that is built in checks its options, and does nothing. */
static enum exit_status check_workloads(struct runner *r, char *const *words _unused_)
{
	for (size_t i = 0; i < r->session.nr_workloads && !r->is_interrupted; i++) {
		const struct bench_workload *w = &r->session.workloads[i];
		_cleanup_command_result_ struct command_result result = {};
		_cleanup_free_ char *why = NULL;
		int k;

		if (!r->plan.workloads[i].builtin)
			continue;
		k = ask(r, w->command, "--help", &result);
		if (k < 0) {
			log_errno(k, "cannot run workload '%s': %m", w->label);
			return STATUS_FAILED;
		}
		if (result.status == 0)
			continue;
		why = last_words(result.child, "aios-bench");
		log_error("workload '%s': %s", w->label, why ?: "it failed");
		return STATUS_USAGE;
	}
	return STATUS_OK;
}

/* --- the kernel */

static enum exit_status take_kernel(struct runner *r, char *const *words _unused_)
{
	_cleanup_kernel_state_ struct kernel_state kernel = {};

	if (loader_hold_take(&r->hold, r->event) < 0)
		return STATUS_FAILED;
	if (kernel_state_read(r->root_fd, &kernel) < 0 || strcmp(kernel.state, "disabled") == 0)
		return STATUS_OK;
	log_error("another sched_ext scheduler is in charge: %s; stop it first",
		  kernel.ops ?: kernel.state);
	return STATUS_FAILED;
}

static enum exit_status open_cost(struct runner *r, char *const *words _unused_)
{
	int k = r->options->bpf_cost ? bpf_cost_open(&r->cost) : 0;

	if (k >= 0)
		return STATUS_OK;
	log_errno(k, "--bpf-cost: the kernel does not count the time of BPF programs: %m");
	return STATUS_FAILED;
}

static enum exit_status open_waits(struct runner *r, char *const *words _unused_)
{
	const char *name = r->options->wakeup_wait;
	int k = name ? wakeup_wait_new(&r->waits, strcmp(name, "all") == 0 ? NULL : name) : 0;

	if (k >= 0)
		return STATUS_OK;
	log_errno(k, "--wakeup-wait: the kernel cannot be made to look at wakeups: %m");
	return STATUS_FAILED;
}

/* --- what is told of the session */

/* "0.1.0" of "scx_simple 0.1.0\n"; nothing of a program that does not say it. */
static int read_version(struct runner *r, struct arm *arm)
{
	_cleanup_command_result_ struct command_result result = {};
	_cleanup_free_ char *program = NULL;
	const char *text;
	size_t len;
	int k;

	if (asprintf(&program, AIOS_BINDIR "/%s", arm->sched) < 0) {
		program = NULL;
		return -ENOMEM;
	}
	k = ask(r, (char *[]){program, NULL}, "--version", &result);
	if (k < 0 || result.end != COMMAND_ENDED || result.status != 0)
		return k;
	text = child_stdout(result.child).text;
	len = strlen(arm->sched);
	if (strncmp(text, arm->sched, len) == 0)
		text += len + strspn(text + len, " ");
	arm->version = strndup(text, strcspn(text, "\n"));
	return arm->version ? 0 : -ENOMEM;
}

/* Our own command line, as it was written. */
static int read_command(char ***ret)
{
	_cleanup_free_ char *text = NULL;
	size_t size = 0;
	int k = read_file(AT_FDCWD, "/proc/self/cmdline", MAX_COMMAND, &text, &size);

	for (size_t i = 0; k >= 0 && i < size; i += strlen(text + i) + 1)
		k = strv_extend(ret, text + i);
	return k;
}

static enum exit_status describe(struct runner *r, char *const *words _unused_)
{
	struct session *s = &r->session;
	int k = read_command(&s->command);

	s->seed = r->options->seed;
	for (size_t i = 0; k >= 0 && i < s->nr_arms; i++)
		if (s->arms[i].sched)
			k = read_version(r, &s->arms[i]);
	if (k >= 0)
		k = machine_describe(r->root_fd, &s->machine);
	if (k >= 0)
		return STATUS_OK;
	log_errno(k, "cannot find out what is measured: %m");
	return STATUS_FAILED;
}

static enum exit_status (*const steps[])(struct runner *r, char *const *words) = {
	make_plan,   check_machine, start_loop, check_workloads,
	take_kernel, open_cost,     open_waits, describe,
};

enum exit_status setup(struct runner *r, char *const *words)
{
	enum exit_status status = STATUS_OK;

	r->keeper.fd = r->cost.stats_fd = -1;
	r->root_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (r->root_fd < 0) {
		log_errno(-errno, "cannot open /: %m");
		return STATUS_FAILED;
	}
	for (size_t i = 0; status == STATUS_OK && i < ARRAY_SIZE(steps); i++)
		status = steps[i](r, words);
	return status;
}

void setup_undo(struct runner *r)
{
	r->control.child = child_free(r->control.child);
	bpf_cost_close(&r->cost);
	r->waits = wakeup_wait_free(r->waits);
	loader_hold_release(&r->hold);
	progress_end(&r->progress);
	session_finish(&r->session);
	plan_finish(&r->plan);
	keeper_stop(&r->keeper);
	sd_event_unref(r->event);
	closep(&r->root_fd);
}
