// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command line is parsed once, into a copy of the object's conf structure;
 * a restart opens a fresh object and copies it in, so nothing is ever half-reset.
 *
 * Whatever makes the program fail is its last error message; it goes to systemd
 * as STATUS= too, where aios-loader reads it.
 */
#include <string.h>

#include <systemd/sd-daemon.h>

#include "lib/exit_status.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/options_json.h"
#include "runtime/life.h"
#include "runtime/loop.h"
#include "runtime/monitor.h"
#include "runtime/object.h"
#include "runtime/program.h"
#include "runtime/server.h"
#include "runtime/verbosity.h"

#define NOTIFY_TIMEOUT_US (5 * 1000000ULL)

#define COMMON(member) .offset = offsetof(struct run_options, member)

// clang-format off
static const struct option_info common_options[] = {
	{.name = "stats", .letter = 'i', .type = OPTION_SECONDS, COMMON(stats_ms), .metavar = "SEC",
	 .min = 100, .max = 86400000, .excludes = "monitor check",
	 .help = "print the statistics every SEC seconds"},
	{.name = "monitor", .type = OPTION_SECONDS, COMMON(monitor_ms), .metavar = "SEC",
	 .min = 100, .max = 86400000, .excludes = "check",
	 .help = "schedule nothing; print the statistics of the scheduler that runs"},
	{.name = "json", .type = OPTION_FLAG, COMMON(json), .needs = "stats monitor",
	 .help = "print the statistics as JSON"},
	{.name = "help-stats", .type = OPTION_FLAG, COMMON(help_stats),
	 .help = "show what the statistics mean"},
	{.name = "help-json", .type = OPTION_FLAG, COMMON(help_json),
	 .help = "describe options and statistics to programs, as JSON"},
	{.name = "partial", .letter = 'p', .type = OPTION_FLAG, COMMON(partial),
	 .help = "schedule only tasks of the policy SCHED_EXT"},
	{.name = "dump-len", .letter = 'D', .type = OPTION_NUMBER, COMMON(dump_len), .metavar = "BYTES",
	 .min = 4096, .max = 16777216,
	 .help = "size of the kernel's debug dump after an ejection"},
	{.name = "dump-file", .type = OPTION_STRING, COMMON(dump_file), .metavar = "FILE",
	 .help = "keep the kernel's debug dump in FILE, too"},
	{.name = "check", .type = OPTION_FLAG, COMMON(check),
	 .help = "load, attach and detach again: does this kernel run it?"},
	{.name = "standby", .type = OPTION_FLAG, COMMON(standby), .excludes = "monitor check",
	 .help = "load, tell systemd, and wait for SIGUSR1 to attach"},
	{.name = "verbose", .letter = 'v', .type = OPTION_COUNT, COMMON(verbose),
	 .help = "say more; given twice, libbpf's debugging messages too"},
	{.name = "help", .letter = 'h', .type = OPTION_FLAG, COMMON(help), .help = "show this help"},
	{.name = "version", .letter = 'V', .type = OPTION_FLAG, COMMON(version), .help = "show the version"},
};
// clang-format on

/* letters every program has for its common options; the others are only for who asks for them */
static const char own_letters[] = "vh";

/* The common options with the letters @program has for them. */
static void fill_common(const struct scx_program *program,
			struct option_info to[ARRAY_SIZE(common_options)])
{
	memcpy(to, common_options, sizeof(common_options));
	for (size_t i = 0; i < ARRAY_SIZE(common_options); i++)
		if (!strchr(own_letters, to[i].letter) &&
		    !(program->letters && strchr(program->letters, to[i].letter)))
			to[i].letter = 0;
}

/* What --help, --version and --help-stats say, in one object. */
static int describe(const struct scx_program *program, const struct command_line *cl,
		    sd_json_variant **ret)
{
	_cleanup_json_ sd_json_variant *object = NULL, *stats = NULL;
	int r = options_json(cl, &object);

	if (r >= 0)
		r = json_set_text(&object, "version", AIOS_VERSION);
	if (r >= 0)
		r = stats_help_json(program->stats, program->nr_stats, &stats);
	if (r >= 0)
		r = sd_json_variant_set_field(&object, "statistics", stats);
	if (r >= 0)
		*ret = steal_ptr(object);
	return r;
}

static int print_json(const struct scx_program *program, const struct command_line *cl)
{
	_cleanup_json_ sd_json_variant *object = NULL;
	int r = describe(program, cl, &object);

	if (r >= 0)
		r = sd_json_variant_dump(
			object, SD_JSON_FORMAT_PRETTY_AUTO | SD_JSON_FORMAT_NEWLINE, stdout, NULL);
	if (r >= 0)
		return stdout_status();
	log_errno(r, "cannot describe the options: %m");
	return STATUS_FAILED;
}

static int print_usage(const struct run *run, const struct command_line *cl)
{
	const struct scx_program *program = run->program;

	if (run->options.help_json)
		return print_json(program, cl);
	if (run->options.help)
		options_help(stdout, cl);
	else if (run->options.version)
		(void)printf("%s %s\n", program->name, AIOS_VERSION);
	else
		stats_help(stdout, program->stats, program->nr_stats);
	return stdout_status();
}

static bool asks_for_usage(const struct run_options *o)
{
	return o->help || o->help_json || o->help_stats || o->version;
}

/* Fills run->conf with the defaults of the object, then with the command line. */
static int parse_and_run(struct run *run, int argc, char **argv)
{
	const struct scx_program *program = run->program;
	struct option_info common[ARRAY_SIZE(common_options)];
	struct option_group groups[] = {
		{"Options", program->options, program->nr_options, run->conf},
		{"Common options", common, ARRAY_SIZE(common), &run->options},
	};
	struct command_line cl = {program->name, "[OPTION]...", program->summary, groups,
				  ARRAY_SIZE(groups)};
	int first;

	fill_common(program, common);
	if (options_parse(&cl, argc, argv, &first) < 0)
		return STATUS_USAGE;
	if (first < argc) {
		log_error("unexpected argument '%s'%s%s; try '%s --help'", argv[first],
			  program->word_hint ? " " : "", program->word_hint ?: "", program->name);
		return STATUS_USAGE;
	}
	if (asks_for_usage(&run->options))
		return print_usage(run, &cl);
	set_verbosity(run->options.verbose);
	if (run->options.monitor_ms)
		return monitor_run(SERVER_PATH, run->options.monitor_ms, run->options.json);
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
	struct run run = {
		.program = program,
		.options.dump_len = SCX_EXIT_DUMP_LEN_DFL,
	};
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
	/* why it was thrown out has been said in the kernel's words */
	if (status != STATUS_OK && status != STATUS_EJECTED)
		(void)sd_notifyf(0, "STATUS=%s", log_last_error());
	/* systemd forgets what a process said that is gone before it was heard */
	(void)sd_notify_barrier(0, NOTIFY_TIMEOUT_US);
	return status;
}
