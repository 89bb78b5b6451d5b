// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command line: one table of verbs, each with a table of its options. --help, the
 * completions and the test of the man page read what is printed from these tables.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/exit_status.h"
#include "lib/log.h"
#include "lib/options.h"

#include "verbs.h"

#define VERB_COLUMN 26
#define MODES "auto gaming powersave lowlatency server" /* as enum mode counts them */
#define MAX_RECORDS 100                                 /* the loader keeps fewer */

// clang-format off
#define OPTION(name, letter, type, member, ...)                                                    \
	{name, letter, type, offsetof(struct arguments, member), __VA_ARGS__}
#define SCHED_OPTION(help) OPTION("sched", 's', OPTION_STRING, sched, "NAME", help)
#define MODE_OPTION(help, ...)                                                                     \
	OPTION("mode", 'm', OPTION_CHOICE, mode, "MODE", help, .choices = MODES, __VA_ARGS__)
#define ARGS_OPTION(...)                                                                           \
	OPTION("args", 'a', OPTION_STRING, args, "LIST",                                           \
	       "arguments of the scheduler in place of those of a mode, with commas between, or "  \
	       "quoted as for a shell", __VA_ARGS__)
#define JSON_OPTION OPTION("json", 0, OPTION_FLAG, json, NULL, "print JSON")

static const struct option_info common_options[] = {
	OPTION("quiet", 'q', OPTION_FLAG, quiet, NULL, "print nothing but errors"),
	OPTION("root", 0, OPTION_STRING, root, "DIR",
	       "look up the catalog, programs and /sys below DIR"),
	OPTION("help", 'h', OPTION_FLAG, help, NULL, "show this help"),
	OPTION("version", 'V', OPTION_FLAG, version, NULL, "show the version"),
};
static const struct option_info get_options[] = {
	OPTION("exit-code", 0, OPTION_FLAG, exit_code, NULL, "exit with status 3 if none runs"),
	JSON_OPTION,
};
static const struct option_info json_options[] = {
	JSON_OPTION,
};
static const struct option_info modes_options[] = {
	SCHED_OPTION("the scheduler, with or without scx_"),
	OPTION("show-args", 0, OPTION_FLAG, show_args, NULL,
	       "show all modes and the arguments they stand for"),
	JSON_OPTION,
};
static const struct option_info start_options[] = {
	SCHED_OPTION("scheduler to start, with or without scx_"),
	MODE_OPTION("mode to start it in; auto if not given", .excludes = "args"),
	ARGS_OPTION(.excludes = "mode"),
};
static const struct option_info switch_options[] = {
	SCHED_OPTION("scheduler to switch to; if not given, the one that runs"),
	MODE_OPTION("mode to switch to; if not given, the same, but auto for another scheduler",
		    .excludes = "args"),
	ARGS_OPTION(.excludes = "mode", .needs = "sched"),
};
static const struct option_info run_options[] = {
	SCHED_OPTION("scheduler to hold; if not given, the one that runs, else the default"),
	MODE_OPTION("mode to hold it in; if not given, the one it has", .excludes = NULL),
};
static const struct option_info hold_options[] = {
	SCHED_OPTION("scheduler to hold; if not given, the one that runs, else the default"),
	MODE_OPTION("mode to hold it in; if not given, the one it has", .excludes = NULL),
	OPTION("reason", 0, OPTION_STRING, reason, "TEXT", "why, for others to read"),
};
static const struct option_info log_options[] = {
	OPTION("lines", 'n', OPTION_NUMBER, nr_records, "NR", "show the newest NR failures",
	       .min = 1, .max = MAX_RECORDS),
	JSON_OPTION,
};
// clang-format on

#define OPTIONS(table) (table), ARRAY_SIZE(table)
#define NO_OPTIONS NULL, 0

static const struct verb {
	const char *name;
	enum status (*run)(const struct invocation *v);
	const char *help;
	const struct option_info *options;
	size_t nr_options;
	const char *arguments; /* of the usage line, behind the options */
	size_t min_words, max_words;
} verbs[] = {
	{"get", verb_get, "show which scheduler runs", OPTIONS(get_options), ""},
	{"list", verb_list, "show the schedulers that are installed", OPTIONS(json_options), ""},
	{"modes", verb_modes, "show the modes of a scheduler", OPTIONS(modes_options), ""},
	{"status", verb_status, "show what runs, why, and what went wrong", OPTIONS(json_options),
	 ""},
	{"start", verb_start, "start a scheduler where none runs", OPTIONS(start_options), ""},
	{"switch", verb_switch, "switch to another scheduler or mode", OPTIONS(switch_options), ""},
	{"stop", verb_stop, "go back to the kernel's own scheduler", NO_OPTIONS, ""},
	{"restart", verb_restart, "start the scheduler that runs anew", NO_OPTIONS, ""},
	{"restore", verb_restore, "go back to the configured default", NO_OPTIONS, ""},
	{"run", verb_run, "hold a scheduler while a command runs", OPTIONS(run_options),
	 " [--] COMMAND [ARGUMENT]...", 1, SIZE_MAX},
	{"hold", verb_hold, "hold a scheduler until interrupted", OPTIONS(hold_options), ""},
	{"log", verb_log, "show recorded failures, the newest last", OPTIONS(log_options), ""},
	{"config", verb_config, "show the configuration in effect", OPTIONS(json_options), ""},
	{"check", verb_check, "check the configuration, or a file in its place", NO_OPTIONS,
	 " [FILE]", 0, 1},
};

static enum status print_help(const struct command_line *cl)
{
	options_help(stdout, cl);
	(void)puts("\nVerbs:");
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		(void)printf("  %-*s%s\n", VERB_COLUMN - 2, verbs[i].name, verbs[i].help);
	(void)puts("\n'scxctl VERB --help' shows the options of a verb.");
	return (enum status)stdout_status();
}

static enum status print_version(void)
{
	(void)puts("scxctl " AIOS_VERSION);
	return (enum status)stdout_status();
}

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

static enum status check_words(const struct verb *verb, int nr_words, char **words)
{
	if ((size_t)nr_words < verb->min_words) {
		log_error("no command given; try 'scxctl %s --help'", verb->name);
		return SCXCTL_USAGE;
	}
	if ((size_t)nr_words > verb->max_words) {
		log_error("unexpected argument '%s'; try 'scxctl %s --help'",
			  words[verb->max_words], verb->name);
		return SCXCTL_USAGE;
	}
	return SCXCTL_OK;
}

/* Quiet: what would be printed goes nowhere. A command that is run has its own output. */
static enum status silence(void)
{
	FILE *nowhere = fopen("/dev/null", "we");

	if (!nowhere) {
		log_errno(-errno, "cannot open /dev/null: %m");
		return SCXCTL_FAILED;
	}
	stdout = nowhere;
	log_set_max_level(LOG_LEVEL_ERROR);
	return SCXCTL_OK;
}

static enum status run_verb(const struct verb *verb, const struct arguments *a, char **words)
{
	const char *root = a->root ?: "/";
	_cleanup_close_ int root_fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	const struct invocation invocation = {a, root_fd, words};

	if (root_fd < 0) {
		log_errno(-errno, "cannot open %s: %m", root);
		return SCXCTL_USAGE;
	}
	if (a->quiet && silence() != SCXCTL_OK)
		return SCXCTL_FAILED;
	return verb->run(&invocation);
}

/* @argv begins with the verb. */
static enum status parse_verb(const struct verb *verb, struct arguments *a, int argc, char **argv)
{
	const struct option_group groups[] = {
		{"Options", verb->options, verb->nr_options, a},
		{"Common options", OPTIONS(common_options), a},
	};
	char program[32], usage[64], summary[80];
	const struct command_line cl = {
		.program = program,
		.arguments = usage,
		.summary = summary,
		.groups = groups,
		.nr_groups = ARRAY_SIZE(groups),
		.ends_at_word = true,
	};
	enum status status;
	int first;

	(void)snprintf(program, sizeof(program), "scxctl %s", verb->name);
	(void)snprintf(usage, sizeof(usage), "[OPTION]...%s", verb->arguments);
	(void)snprintf(summary, sizeof(summary), "scxctl %s: %s.", verb->name, verb->help);
	if (options_parse(&cl, argc, argv, &first) < 0)
		return SCXCTL_USAGE;
	if (a->version)
		return print_version();
	if (a->help) {
		options_help(stdout, &cl);
		return (enum status)stdout_status();
	}
	status = check_words(verb, argc - first, argv + first);
	return status == SCXCTL_OK ? run_verb(verb, a, argv + first) : status;
}

int main(int argc, char **argv)
{
	struct arguments arguments = {.nr_records = MAX_RECORDS};
	const struct option_group group = {"Options", OPTIONS(common_options), &arguments};
	const struct command_line cl = {
		.program = "scxctl",
		.arguments = "[OPTION]... VERB [OPTION]... [ARGUMENT]...",
		.summary = "Shows and changes the sched_ext scheduler of this machine.",
		.groups = &group,
		.nr_groups = 1,
		.ends_at_word = true,
	};
	const struct verb *verb;
	int first;

	log_open("scxctl");
	if (options_parse(&cl, argc, argv, &first) < 0)
		return SCXCTL_USAGE;
	if (arguments.help)
		return print_help(&cl);
	if (arguments.version)
		return print_version();
	if (first == argc) {
		log_error("no verb given; try 'scxctl --help'");
		return SCXCTL_USAGE;
	}
	verb = find_verb(argv[first]);
	if (!verb) {
		log_error("unknown verb '%s'; try 'scxctl --help'", argv[first]);
		return SCXCTL_USAGE;
	}
	return parse_verb(verb, &arguments, argc - first, argv + first);
}
