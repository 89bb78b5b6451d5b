// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "lib/exit_status.h"
#include "lib/kernel.h"
#include "lib/options.h"
#include "lib/strv.h"

#include "config.h"
#include "daemon.h"

struct arguments {
	uint8_t check;
	uint8_t verbose;
	uint8_t help;
	uint8_t version;
	const char *root;
	const char *file;
};

/* All that is known before anything is started. */
struct setup {
	int root_fd;
	struct catalog catalog;
	struct config config;
	unsigned nr_errors; /* in the configuration, in spite of which it can be used */
};

// clang-format off
static const struct option_info option_table[] = {
	{"check", 0, OPTION_FLAG, offsetof(struct arguments, check), NULL,
	 "check the configuration (with FILE instead of " CONFIG_FILE "), print what is in effect "
	 "and who said so, and exit"},
	{"root", 0, OPTION_STRING, offsetof(struct arguments, root), "DIR",
	 "look up everything below DIR: configuration, catalog, programs and /sys"},
	{"verbose", 'v', OPTION_COUNT, offsetof(struct arguments, verbose), NULL,
	 "say more"},
	{"help", 'h', OPTION_FLAG, offsetof(struct arguments, help), NULL,
	 "print this help and exit"},
	{"version", 0, OPTION_FLAG, offsetof(struct arguments, version), NULL,
	 "print the version and exit"},
};
// clang-format on

static int parse_arguments(struct arguments *a, int argc, char **argv)
{
	const struct option_group group = {"Options", option_table, ARRAY_SIZE(option_table), a};
	const struct command_line cl = {
		.program = "aios-loader",
		.arguments = "[OPTION]...\n       aios-loader --check [FILE]",
		.summary = "Starts the sched_ext scheduler of the configuration, keeps it running "
			   "and stops it when told to stop.",
		.groups = &group,
		.nr_groups = 1,
	};
	int first, r;

	r = options_parse(&cl, argc, argv, &first);
	if (r < 0)
		return r;
	if (a->help)
		options_help(stdout, &cl);
	else if (a->version)
		(void)puts("aios-loader " AIOS_VERSION);
	if (a->check && first < argc)
		a->file = argv[first++];
	if (first < argc) {
		log_error("unexpected argument '%s'", argv[first]);
		return -EINVAL;
	}
	return 0;
}

static void report(void *userdata _unused_, enum log_level level, const char *text)
{
	log_message(level, "%s", text);
}

static void setup_finish(struct setup *s)
{
	config_finish(&s->config);
	catalog_finish(&s->catalog);
	closep(&s->root_fd);
}

static enum exit_status setup_load(struct setup *s, const struct arguments *a)
{
	const char *root = a->root ?: "/";
	struct reader reader = {.report = report};
	int r;

	s->root_fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (s->root_fd < 0) {
		(void)log_errno(-errno, "cannot open %s: %m", root);
		return STATUS_USAGE;
	}
	reader.root_fd = s->root_fd;
	r = catalog_load(&s->catalog, &reader);
	if (r < 0) {
		(void)log_errno(r, "cannot read " CATALOG_DIR ": %m");
		return STATUS_FAILED;
	}
	r = config_load(&s->config, &s->catalog, &reader, a->file);
	s->nr_errors = reader.nr_errors;
	return r < 0 ? STATUS_USAGE : STATUS_OK;
}

static enum exit_status check(const struct setup *s)
{
	const struct sched_entry *e = config_sched(&s->config, &s->catalog);
	_cleanup_free_ char *program = NULL;

	if (e && asprintf(&program, AIOS_BINDIR "/%s", e->name.value) < 0)
		return STATUS_FAILED;
	if (program && faccessat(s->root_fd, below_root(program), X_OK, 0) < 0)
		log_warning("cannot run %s: %m", program);
	config_print(&s->config, &s->catalog, stdout);
	return s->nr_errors ? STATUS_USAGE : stdout_status();
}

static enum exit_status run(const struct setup *s, const char *root)
{
	const struct sched_entry *e = config_sched(&s->config, &s->catalog);
	const char *missing = kernel_missing(s->root_fd);
	_cleanup_free_ char *absolute = root ? realpath(root, NULL) : strdup("");
	_cleanup_strv_ char **argv = NULL;
	struct sched_spec spec = {};

	if (missing) {
		log_error("%s", missing);
		return STATUS_KERNEL;
	}
	if (e) {
		spec.name = e->name.value;
		spec.ops = sched_ops_name(e->name.value);
		spec.mode = config_mode(&s->config);
		if (!absolute || config_command(&s->config, e, spec.mode, absolute, &argv) < 0) {
			log_error("cannot put the command line together: %m");
			return STATUS_FAILED;
		}
		spec.argv = argv;
	}
	return daemon_run(s->root_fd, e ? &spec : NULL);
}

int main(int argc, char **argv)
{
	_cleanup_(setup_finish) struct setup setup = {.root_fd = -EBADF};
	struct arguments arguments = {};
	enum exit_status status;

	log_open("aios-loader");
	if (parse_arguments(&arguments, argc, argv) < 0)
		return STATUS_USAGE;
	if (arguments.help || arguments.version)
		return stdout_status();
	log_set_max_level(LOG_LEVEL_INFO + arguments.verbose);
	if (!arguments.check && geteuid() != 0) {
		log_error("must be run as root");
		return STATUS_FAILED;
	}
	status = setup_load(&setup, &arguments);
	if (status != STATUS_OK)
		return status;
	return arguments.check ? check(&setup) : run(&setup, arguments.root);
}
