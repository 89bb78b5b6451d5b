// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "lib/exit_status.h"
#include "lib/kernel.h"
#include "lib/options.h"

#include "daemon.h"

struct arguments {
	uint8_t check;
	uint8_t verbose;
	uint8_t help;
	uint8_t version;
	const char *root;
	const char *file;
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

static void finish(struct loader *l)
{
	loader_finish(l);
	closep(&l->root_fd);
}

/* Errors in the configuration are counted in *ret_errors; they are not a failure here. */
static enum exit_status load(struct loader *l, const struct arguments *a, unsigned *ret_errors)
{
	const char *root = a->root ?: "/";
	struct reader reader = {.report = report};
	int r;

	l->root_fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (l->root_fd < 0) {
		(void)log_errno(-errno, "cannot open %s: %m", root);
		return STATUS_USAGE;
	}
	l->file = a->file;
	reader.root_fd = l->root_fd;
	r = catalog_load(&l->catalog, &reader);
	if (r < 0) {
		(void)log_errno(r, "cannot read " CATALOG_DIR ": %m");
		return STATUS_FAILED;
	}
	r = config_load(&l->config, &l->catalog, &reader, l->file);
	*ret_errors = reader.nr_errors;
	if (r == -EINVAL && a->check)
		return STATUS_USAGE;
	if (r == -EINVAL)
		r = config_load_vendor(&l->config, &l->catalog, l->root_fd);
	return r == -ENOMEM ? STATUS_FAILED : STATUS_OK;
}

static enum exit_status check(const struct loader *l, unsigned nr_errors)
{
	const struct sched_entry *e = config_sched(&l->config, &l->catalog);
	int r = e ? sched_check_program(l->root_fd, e->name.value) : 0;

	if (r < 0)
		log_warning("cannot run " AIOS_BINDIR "/%s: %s", e->name.value, strerror(-r));
	config_print(&l->config, &l->catalog, stdout);
	return nr_errors ? STATUS_USAGE : stdout_status();
}

static enum exit_status run(struct loader *l, const char *root, unsigned nr_errors)
{
	_cleanup_free_ char *absolute = root ? realpath(root, NULL) : strdup("");
	const char *missing = kernel_missing(l->root_fd);

	if (missing) {
		log_error("%s", missing);
		return STATUS_KERNEL;
	}
	if (!absolute) {
		log_error("cannot find %s: %m", root ?: "memory");
		return STATUS_FAILED;
	}
	l->root = absolute;
	if (nr_errors)
		log_error("the configuration has errors; what has them is not in effect");
	return daemon_run(l);
}

int main(int argc, char **argv)
{
	_cleanup_(finish) struct loader loader = {.root_fd = -EBADF};
	struct arguments arguments = {};
	enum exit_status status;
	unsigned nr_errors;

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
	status = load(&loader, &arguments, &nr_errors);
	if (status != STATUS_OK)
		return status;
	return arguments.check ? check(&loader, nr_errors)
			       : run(&loader, arguments.root, nr_errors);
}
