// SPDX-License-Identifier: GPL-2.0-only
/* The verb list: what can be run here, under which schedulers, and what is missing for the rest. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "lib/catalog.h"
#include "lib/log.h"

#include "bench/json.h"
#include "bench/program.h"
#include "bench/report/output.h"
#include "bench/verbs.h"
#include "bench/workload.h"

#define NAME_COLUMN 22

struct list_conf {
	uint8_t json;
};

struct listing {
	int root_fd;
	struct catalog catalog;
	bool is_fedora; /* packages have Fedora's names */
	struct screen screen;
};

static bool has_program(const struct driver *d)
{
	_cleanup_free_ char *program = program_find(d->program);

	return program;
}

static const char *package_of(const struct listing *l, const struct driver *d)
{
	return l->is_fedora && d->fedora_package ? d->fedora_package : d->package;
}

static bool is_installed(const struct listing *l, const struct sched_entry *e)
{
	return sched_check_program(l->root_fd, e->name.value) == 0;
}

/* --- text */

static void print_row(const struct listing *l, const char *name, const char *format, ...)
	_printf_(3, 4);

static void print_row(const struct listing *l, const char *name, const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, format);
	n = vasprintf(&text, format, ap);
	va_end(ap);
	(void)printf("  %-*s", NAME_COLUMN - 2, name);
	screen_print(stdout, &l->screen, n < 0 ? "" : text, NAME_COLUMN, NAME_COLUMN);
}

static void print_driver(const struct listing *l, const struct driver *d)
{
	const char *package = package_of(l, d);

	if (has_program(d))
		print_row(l, d->name, "%s", d->summary);
	else if (package)
		print_row(l, d->name, "%s; to install: %s", d->summary, package);
	else
		print_row(l, d->name, "%s; not here, and not packaged", d->summary);
}

static enum exit_status print_text(struct listing *l)
{
	output_screen(&l->screen, &(struct output_options){});
	(void)puts("Workloads:");
	for (size_t i = 0; builtin_workloads[i]; i++)
		print_row(l, builtin_workloads[i]->name, "%s", builtin_workloads[i]->summary);
	(void)puts("\nWorkloads that are programs of others, by name or by path:");
	for (size_t i = 0; drivers[i]; i++)
		print_driver(l, drivers[i]);
	(void)puts("\nSchedulers:");
	print_row(l, "kernel", "the kernel's own, which the others are compared with");
	for (size_t i = 0; i < l->catalog.nr_entries; i++) {
		const struct sched_entry *e = &l->catalog.entries[i];

		print_row(l, e->name.value, "%s%s%s", e->description.value ?: "",
			  e->production.value ? "" : "; not for every day",
			  is_installed(l, e) ? "" : "; not installed");
	}
	return stdout_status();
}

/* --- JSON */

static int add_workloads(const struct listing *l, sd_json_variant **to)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && builtin_workloads[i]; i++) {
		const struct builtin_workload *b = builtin_workloads[i];

		r = sd_json_variant_append_arraybo(to, SD_JSON_BUILD_PAIR_STRING("name", b->name),
						   SD_JSON_BUILD_PAIR_STRING("kind", "builtin"),
						   SD_JSON_BUILD_PAIR_STRING("summary", b->summary),
						   SD_JSON_BUILD_PAIR_BOOLEAN("usable", true));
	}
	for (size_t i = 0; r >= 0 && drivers[i]; i++) {
		const struct driver *d = drivers[i];

		r = sd_json_variant_append_arraybo(
			to, SD_JSON_BUILD_PAIR_STRING("name", d->name),
			SD_JSON_BUILD_PAIR_STRING("kind", "driver"),
			SD_JSON_BUILD_PAIR_STRING("summary", d->summary),
			SD_JSON_BUILD_PAIR_BOOLEAN("usable", has_program(d)),
			SD_JSON_BUILD_PAIR_STRING("program", d->program),
			SD_JSON_BUILD_PAIR_STRING("package", package_of(l, d)),
			SD_JSON_BUILD_PAIR_STRING("needs", d->needs));
	}
	return r;
}

static int add_schedulers(const struct listing *l, sd_json_variant **to)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < l->catalog.nr_entries; i++) {
		const struct sched_entry *e = &l->catalog.entries[i];

		r = sd_json_variant_append_arraybo(
			to, SD_JSON_BUILD_PAIR_STRING("name", e->name.value),
			SD_JSON_BUILD_PAIR_STRING("description", e->description.value),
			SD_JSON_BUILD_PAIR_BOOLEAN("production", e->production.value),
			SD_JSON_BUILD_PAIR_BOOLEAN("installed", is_installed(l, e)));
	}
	return r;
}

static enum exit_status print_json(const struct listing *l)
{
	_cleanup_json_ sd_json_variant *workloads = NULL, *schedulers = NULL, *v = NULL;
	int r = sd_json_variant_new_array(&workloads, NULL, 0);

	if (r >= 0)
		r = sd_json_variant_new_array(&schedulers, NULL, 0);
	if (r >= 0)
		r = add_workloads(l, &workloads);
	if (r >= 0)
		r = add_schedulers(l, &schedulers);
	if (r >= 0)
		r = sd_json_buildo(&v, SD_JSON_BUILD_PAIR_VARIANT("workloads", workloads),
				   SD_JSON_BUILD_PAIR_VARIANT("schedulers", schedulers));
	if (r >= 0)
		r = sd_json_variant_dump(v, SD_JSON_FORMAT_PRETTY_AUTO | SD_JSON_FORMAT_NEWLINE,
					 stdout, NULL);
	return output_status(r < 0 ? r : 0, "a list");
}

static void report_catalog(void *userdata _unused_, enum log_level level, const char *text)
{
	log_message(level, "%s", text);
}

/* ID or ID_LIKE of os-release. */
static bool is_fedora(int root_fd)
{
	_cleanup_free_ char *text = NULL;
	size_t size;

	return read_file(root_fd, "etc/os-release", 1 << 16, &text, &size) >= 0 &&
	       (strstr(text, "ID=fedora") || strstr(text, "ID_LIKE=\"fedora") ||
		strstr(text, "ID_LIKE=\"rhel"));
}

static enum exit_status list_run(const void *conf, char **words _unused_)
{
	const struct list_conf *c = conf;
	_cleanup_close_ int root_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct listing l = {.root_fd = root_fd, .is_fedora = is_fedora(root_fd)};
	struct reader reader = {.root_fd = root_fd, .report = report_catalog};
	enum exit_status status;
	int r = catalog_load(&l.catalog, &reader);

	if (r < 0) {
		log_errno(r, "cannot read " CATALOG_DIR ": %m");
		return STATUS_FAILED;
	}
	status = c->json ? print_json(&l) : print_text(&l);
	catalog_finish(&l.catalog);
	return status;
}

// clang-format off
static const struct option_info list_options[] = {
	{"json", 0, OPTION_FLAG, offsetof(struct list_conf, json), NULL, "print JSON"},
};
// clang-format on

const struct verb verb_list = {
	.name = "list",
	.help = "show what can be run, and under which schedulers",
	.arguments = "",
	.options = list_options,
	.nr_options = ARRAY_SIZE(list_options),
	.conf_size = sizeof(struct list_conf),
	.run = list_run,
};
