// SPDX-License-Identifier: GPL-2.0-only
/* The command line of aios-bench: a table of verbs, each of which brings its own options. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/log.h"

#include "bench/verbs.h"

#define PROGRAM "aios-bench"
#define VERB_COLUMN 26

static const struct verb *const verbs[] = {
	&verb_compare, &verb_list, &verb_report, &verb_run, &verb_workload,
};

struct common {
	uint8_t help;
	uint8_t version;
};

// clang-format off
static const struct option_info common_options[] = {
	{"help", 'h', OPTION_FLAG, offsetof(struct common, help), NULL, "show this help"},
	{"version", 'V', OPTION_FLAG, offsetof(struct common, version), NULL, "show the version"},
};
// clang-format on

static enum exit_status print_help(const struct command_line *cl)
{
	options_help(stdout, cl);
	(void)puts("\nVerbs:");
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		(void)printf("  %-*s%s\n", VERB_COLUMN - 2, verbs[i]->name, verbs[i]->help);
	(void)puts("\n'" PROGRAM " VERB --help' shows the options of a verb.");
	return stdout_status();
}

static enum exit_status print_version(void)
{
	(void)puts(PROGRAM " " AIOS_VERSION);
	return stdout_status();
}

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (strcmp(verbs[i]->name, name) == 0)
			return verbs[i];
	return NULL;
}

static bool has_right_words(const struct verb *verb, int nr_words, char **words)
{
	if ((size_t)nr_words < verb->min_words)
		log_error("%s: too few arguments; try '" PROGRAM " %s --help'", verb->name,
			  verb->name);
	else if ((size_t)nr_words > verb->max_words)
		log_error("%s: unexpected argument '%s'; try '" PROGRAM " %s --help'", verb->name,
			  words[verb->max_words], verb->name);
	else
		return true;
	return false;
}

/* @argv begins with the verb. */
static enum exit_status parse_and_run(const struct verb *verb, void *conf, int argc, char **argv)
{
	struct common common = {};
	const struct option_group groups[] = {
		{"Options", verb->options, verb->nr_options, conf},
		{"Common options", common_options, ARRAY_SIZE(common_options), &common},
	};
	char program[64], usage[128], summary[128];
	const struct command_line cl = {
		program, usage, summary, groups, ARRAY_SIZE(groups), .ends_at_word = true};
	int first;

	(void)snprintf(program, sizeof(program), PROGRAM " %s", verb->name);
	(void)snprintf(usage, sizeof(usage), "[OPTION]...%s", verb->arguments);
	(void)snprintf(summary, sizeof(summary), PROGRAM " %s: %s.", verb->name, verb->help);
	if (options_parse(&cl, argc, argv, &first) < 0)
		return STATUS_USAGE;
	if (common.version)
		return print_version();
	if (common.help) {
		options_help(stdout, &cl);
		return stdout_status();
	}
	if (!has_right_words(verb, argc - first, argv + first))
		return STATUS_USAGE;
	return verb->run(conf, argv + first);
}

static enum exit_status run_verb(const struct verb *verb, int argc, char **argv)
{
	_cleanup_free_ void *conf = calloc(1, verb->conf_size ?: 1);
	enum exit_status status;

	if (!conf) {
		log_error("out of memory");
		return STATUS_FAILED;
	}
	if (verb->defaults)
		memcpy(conf, verb->defaults, verb->conf_size);
	status = parse_and_run(verb, conf, argc, argv);
	if (verb->finish)
		verb->finish(conf);
	return status;
}

int main(int argc, char **argv)
{
	struct common common = {};
	const struct option_group group = {"Options", common_options, ARRAY_SIZE(common_options),
					   &common};
	const struct command_line cl = {
		.program = PROGRAM,
		.arguments = "[OPTION]... VERB [OPTION]... [ARGUMENT]...",
		.summary = "Finds out which scheduler is best for a workload: runs it under each, "
			   "again and again in turn, and says what that shows.",
		.groups = &group,
		.nr_groups = 1,
		.ends_at_word = true,
	};
	const struct verb *verb;
	int first;

	log_open(PROGRAM);
	if (options_parse(&cl, argc, argv, &first) < 0)
		return STATUS_USAGE;
	if (common.help)
		return print_help(&cl);
	if (common.version)
		return print_version();
	if (first == argc) {
		log_error("no verb given; try '" PROGRAM " --help'");
		return STATUS_USAGE;
	}
	verb = find_verb(argv[first]);
	if (!verb) {
		log_error("unknown verb '%s'; try '" PROGRAM " --help'", argv[first]);
		return STATUS_USAGE;
	}
	return run_verb(verb, argc - first, argv + first);
}
