// SPDX-License-Identifier: GPL-2.0-only
/* The command line of scxctl: one table of verbs. */
#include <fcntl.h>
#include <stddef.h>
#include <string.h>

#include "lib/exit_status.h"
#include "lib/log.h"
#include "lib/options.h"

#include "show.h"

#define VERB_COLUMN 26

static const struct verb {
	const char *name;
	const char *help;
	int (*run)(int root_fd);
} verbs[] = {
	{"get", "show which scheduler runs, and in which mode", show_current},
	{"list", "show the schedulers that are installed", show_schedulers},
};

struct arguments {
	uint8_t help;
	uint8_t version;
};

// clang-format off
static const struct option_info options[] = {
	{.name = "help", .letter = 'h', .type = OPTION_FLAG,
	 .offset = offsetof(struct arguments, help), .help = "show this help"},
	{.name = "version", .letter = 'V', .type = OPTION_FLAG,
	 .offset = offsetof(struct arguments, version), .help = "show the version"},
};
// clang-format on

static int print_help(const struct command_line *cl)
{
	options_help(stdout, cl);
	(void)puts("\nVerbs:");
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		(void)printf("  %-*s%s\n", VERB_COLUMN - 2, verbs[i].name, verbs[i].help);
	return stdout_status();
}

static int print_version(void)
{
	(void)puts("scxctl " AIOS_VERSION);
	return stdout_status();
}

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

static int run_verb(int nr_words, char **words)
{
	_cleanup_close_ int root_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	const struct verb *verb;

	if (nr_words == 0) {
		log_error("no verb given; try 'scxctl --help'");
		return STATUS_USAGE;
	}
	verb = find_verb(words[0]);
	if (!verb) {
		log_error("unknown verb '%s'; try 'scxctl --help'", words[0]);
		return STATUS_USAGE;
	}
	if (nr_words > 1) {
		log_error("unexpected argument '%s'; try 'scxctl --help'", words[1]);
		return STATUS_USAGE;
	}
	return verb->run(root_fd);
}

int main(int argc, char **argv)
{
	struct arguments arguments = {};
	const struct option_group group = {"Options", options, ARRAY_SIZE(options), &arguments};
	const struct command_line cl = {
		.program = "scxctl",
		.arguments = "[OPTION]... VERB",
		.summary = "Shows the sched_ext scheduler of this machine.",
		.groups = &group,
		.nr_groups = 1,
	};
	int first;

	log_open("scxctl");
	if (options_parse(&cl, argc, argv, &first) < 0)
		return STATUS_USAGE;
	if (arguments.help)
		return print_help(&cl);
	if (arguments.version)
		return print_version();
	return run_verb(argc - first, argv + first);
}
