// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of a scheduler:
 *
 *	parse -> open -> load -> attach -> READY -> loop -> detach -> report -> end or again
 *
 * The command line is parsed once, into a copy of the object's conf structure;
 * a restart opens a fresh object and copies it in, so nothing is ever half-reset.
 *
 * Whatever makes the program fail is its last error message; it goes to systemd
 * as STATUS= too, where aios-loader reads it.
 */
#include <fcntl.h>
#include <string.h>

#include <systemd/sd-daemon.h>

#include "lib/clock.h"
#include "lib/exit_status.h"
#include "lib/file.h"
#include "lib/kernel.h"
#include "lib/log.h"
#include "lib/parse.h"
#include "runtime/exit.h"
#include "runtime/loop.h"
#include "runtime/object.h"
#include "runtime/program.h"
#include "runtime/verbosity.h"

#define HOTPLUG_SEQ "/sys/kernel/sched_ext/hotplug_seq"
#define NOTIFY_TIMEOUT_US (5 * 1000000ULL)

/* run_once() answers with an enum exit_status or this. */
#define RUN_AGAIN (-1)

struct common_options {
	uint64_t stats_ms;
	uint8_t check;
	uint8_t verbose;
	uint8_t help;
	uint8_t version;
};

struct run {
	const struct scx_program *program;
	struct common_options options;
	void *conf;
	struct restart_budget budget;
};

// clang-format off
static const struct option_info common_options[] = {
	{.name = "stats", .type = OPTION_SECONDS, .offset = offsetof(struct common_options, stats_ms),
	 .metavar = "SEC", .min = 100, .max = 86400000,
	 .help = "print the statistics every SEC seconds"},
	{.name = "check", .type = OPTION_FLAG, .offset = offsetof(struct common_options, check),
	 .help = "load, attach and detach again: does this kernel run it?"},
	{.name = "verbose", .letter = 'v', .type = OPTION_COUNT,
	 .offset = offsetof(struct common_options, verbose),
	 .help = "say more; given twice, libbpf's debugging messages too"},
	{.name = "help", .letter = 'h', .type = OPTION_FLAG,
	 .offset = offsetof(struct common_options, help), .help = "show this help"},
	{.name = "version", .type = OPTION_FLAG, .offset = offsetof(struct common_options, version),
	 .help = "show the version"},
};
// clang-format on

static int print_usage(const struct run *run, const struct command_line *cl)
{
	if (run->options.help)
		options_help(stdout, cl);
	else
		(void)printf("%s %s\n", run->program->name, AIOS_VERSION);
	return stdout_status();
}

/* The kernel compares this with its own count at attach, so that no CPU comes or goes unseen. */
static int set_hotplug_seq(struct scx_object *o)
{
	_cleanup_free_ char *text = NULL;
	uint64_t seq;
	int r;

	r = read_sysfs_line(AT_FDCWD, HOTPLUG_SEQ, &text);
	if (r < 0)
		return r;
	r = parse_u64(text, 0, UINT64_MAX, &seq);
	if (r < 0)
		return r;
	return object_set_ops(o, "hotplug_seq", seq);
}

/* Status for a negative errno of object_load(). */
static int load_status(int r)
{
	if (r == -EPERM || r == -ENOMEM || r == -EACCES)
		return STATUS_FAILED;
	return STATUS_KERNEL;
}

static int load(const struct run *run, struct scx_object *o)
{
	int r;

	memcpy(object_conf(o), run->conf, run->program->conf_size);
	r = set_hotplug_seq(o);
	if (r < 0) {
		log_errno(r, "cannot use %s: %m", HOTPLUG_SEQ);
		return STATUS_FAILED;
	}
	r = object_load(o);
	if (r == 0)
		return STATUS_OK;
	log_errno(r, "the kernel does not accept the BPF programs of %s: %m", run->program->name);
	return load_status(r);
}

/* What the end of the scheduler means for us: an enum exit_status or RUN_AGAIN. */
static int judge(struct run *run, const struct scx_exit_report *report)
{
	_cleanup_free_ char *message = exit_message(report);

	(void)sd_notifyf(0, "STATUS=%s", message ?: report->reason);
	switch (exit_action(report)) {
	case EXIT_ACTION_END:
		log_info("ended: %s", message ?: report->reason);
		return STATUS_OK;
	case EXIT_ACTION_EJECTED:
		exit_print_dump(stderr, report);
		log_error("ejected by the kernel: %s", message ?: report->reason);
		return STATUS_EJECTED;
	case EXIT_ACTION_RESTART:
		break;
	}
	if (restart_budget_take(&run->budget, monotonic_us()) < 0) {
		log_error("the kernel asked for more than %d restarts in a minute: %s",
			  RESTART_LIMIT, message ?: report->reason);
		return STATUS_EJECTED;
	}
	log_info("loading again: %s", message ?: report->reason);
	return RUN_AGAIN;
}

static int refuse_busy(const struct kernel_state *state)
{
	log_error("another scheduler is active: %s; stop it first", state->ops ?: "(unnamed)");
	return STATUS_FAILED;
}

static int attach(struct run *run, struct scx_object *o)
{
	_cleanup_kernel_state_ struct kernel_state state = {};
	const struct scx_exit_report *report;
	int r = object_attach(o);

	if (r == 0)
		return STATUS_OK;
	report = object_report(o);
	if (report && exit_action(report) != EXIT_ACTION_END)
		return judge(run, report);
	if (r == -EBUSY && kernel_state_read(AT_FDCWD, &state) == 0 &&
	    kernel_state_is(&state, NULL))
		return refuse_busy(&state);
	log_errno(r, "cannot attach %s: %m", run->program->name);
	return STATUS_FAILED;
}

/* One life of the scheduler: an enum exit_status or RUN_AGAIN. */
static int run_once(struct run *run)
{
	_cleanup_(object_freep) struct scx_object *o = NULL;
	const struct scx_exit_report *report;
	int r;

	r = object_open(run->program, &o);
	if (r < 0) {
		log_errno(r, "cannot open the BPF object: %m");
		return STATUS_FAILED;
	}
	r = load(run, o);
	if (r != STATUS_OK)
		return r;
	r = attach(run, o);
	if (r != STATUS_OK)
		return r;
	r = run->options.check ? LOOP_ASKED : loop_run(run->program, o, run->options.stats_ms);
	object_detach(o);
	if (r < 0) {
		log_errno(r, "event loop failed: %m");
		return STATUS_FAILED;
	}
	report = object_report(o);
	/* who asks for the end gets it, even if the kernel asks for a restart at the same time */
	if (!report || (r == LOOP_ASKED && exit_action(report) != EXIT_ACTION_EJECTED))
		return STATUS_OK;
	return judge(run, report);
}

/* Everything that can be known to fail before BPF is touched. */
static int check_machine(const struct run *run)
{
	_cleanup_kernel_state_ struct kernel_state state = {};
	const char *missing = kernel_missing(AT_FDCWD);

	if (missing) {
		log_error("%s", missing);
		return STATUS_KERNEL;
	}
	if (geteuid() != 0) {
		log_error("%s must be run as root", run->program->name);
		return STATUS_FAILED;
	}
	if (kernel_state_read(AT_FDCWD, &state) == 0 && kernel_state_is(&state, NULL))
		return refuse_busy(&state);
	return STATUS_OK;
}

static int run_until_end(struct run *run)
{
	int r = check_machine(run);

	if (r != STATUS_OK)
		return r;
	do
		r = run_once(run);
	while (r == RUN_AGAIN);
	if (r == STATUS_OK && run->options.check)
		log_info("this kernel runs %s", run->program->name);
	return r;
}

/* Fills run->conf with the defaults of the object, then with the command line. */
static int parse_and_run(struct run *run, int argc, char **argv)
{
	const struct scx_program *program = run->program;
	struct option_group groups[] = {
		{"Options", program->options, program->nr_options, run->conf},
		{"Common options", common_options, ARRAY_SIZE(common_options), &run->options},
	};
	struct command_line cl = {program->name, "[OPTION]...", program->summary, groups,
				  ARRAY_SIZE(groups)};
	int first;

	if (options_parse(&cl, argc, argv, &first) < 0)
		return STATUS_USAGE;
	if (first < argc) {
		log_error("unexpected argument '%s'; try '%s --help'", argv[first], program->name);
		return STATUS_USAGE;
	}
	if (run->options.help || run->options.version)
		return print_usage(run, &cl);
	set_verbosity(run->options.verbose);
	return run_until_end(run);
}

/* A copy of what the object's conf structure holds. */
static void *default_conf(const struct scx_program *program)
{
	_cleanup_(object_freep) struct scx_object *o = NULL;
	void *conf = malloc(program->conf_size);

	if (!conf || object_open(program, &o) < 0) {
		free(conf);
		return NULL;
	}
	return memcpy(conf, object_conf(o), program->conf_size);
}

int scx_main(const struct scx_program *program, int argc, char **argv)
{
	struct run run = {.program = program};
	int status;

	log_open(program->name);
	set_verbosity(0);
	loop_block_signals();
	run.conf = default_conf(program);
	if (!run.conf) {
		log_error("cannot open the BPF object: %m");
		return STATUS_FAILED;
	}
	status = parse_and_run(&run, argc, argv);
	free(run.conf);
	if (status != STATUS_OK)
		(void)sd_notifyf(0, "STATUS=%s", log_last_error());
	/* systemd forgets what a process said that is gone before it was heard */
	(void)sd_notify_barrier(0, NOTIFY_TIMEOUT_US);
	return status;
}
