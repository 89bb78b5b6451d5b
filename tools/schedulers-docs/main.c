// SPDX-License-Identifier: GPL-2.0-only
/*
 * Part of the build, never installed: makes documents out of the schedulers' catalog entries and
 * of what their programs say of themselves.
 *
 *	schedulers-docs json {ENTRY.toml HELP.json}...   schedulers.json, to stdout
 *	schedulers-docs page ENTRY.toml HELP.json        a page in Markdown, to stdout
 *
 * HELP.json is the output of the scheduler's --help-json.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "lib/catalog_json.h"
#include "lib/exit_status.h"
#include "lib/json.h"

#include "page.h"

static void report(void *userdata _unused_, enum log_level level, const char *text)
{
	log_message(level, "%s", text);
}

/* Adds the scheduler in @path to @c and gives it in *ret. */
static int read_entry(struct catalog *c, const char *path, const struct sched_entry **ret)
{
	struct reader reader = {.root_fd = AT_FDCWD, .report = report};
	size_t before = c->nr_entries;
	int r = catalog_add_file(c, path, &reader);

	if (r < 0)
		return log_errno(r, "%s: %m", path);
	if (c->nr_entries == before)
		return log_errno(-EBADMSG, "%s: not a catalog entry", path);
	*ret = &c->entries[before];
	return 0;
}

static int read_help(const char *path, sd_json_variant **ret)
{
	unsigned line = 0, column = 0;
	int r = sd_json_parse_file(NULL, path, 0, ret, &line, &column);

	return r < 0 ? log_errno(r, "%s:%u:%u: %m", path, line, column) : 0;
}

static int add_scheduler(sd_json_variant **all, const char *entry_path, const char *help_path)
{
	_cleanup_catalog_ struct catalog catalog = {};
	_cleanup_json_ sd_json_variant *help = NULL, *scheduler = NULL;
	const struct sched_entry *entry = NULL;
	int r = read_entry(&catalog, entry_path, &entry);

	if (r == 0)
		r = read_help(help_path, &help);
	if (r < 0)
		return r;
	r = catalog_entry_json(entry, help, &scheduler);
	if (r >= 0)
		r = sd_json_variant_append_array(all, scheduler);
	return r < 0 ? log_errno(r, "cannot put together %s and %s: %m", entry_path, help_path) : 0;
}

static int print_json(char **paths, size_t nr)
{
	_cleanup_json_ sd_json_variant *all = NULL, *object = NULL;
	int r = 0;

	for (size_t i = 0; r == 0 && i < nr; i += 2)
		r = add_scheduler(&all, paths[i], paths[i + 1]);
	if (r < 0)
		return r;
	r = sd_json_buildo(&object, SD_JSON_BUILD_PAIR_VARIANT("schedulers", all));
	if (r >= 0)
		r = sd_json_variant_dump(object, SD_JSON_FORMAT_PRETTY | SD_JSON_FORMAT_NEWLINE,
					 stdout, NULL);
	return r < 0 ? log_errno(r, "cannot print JSON: %m") : 0;
}

static int print_page(char **paths, size_t nr _unused_)
{
	_cleanup_catalog_ struct catalog catalog = {};
	_cleanup_json_ sd_json_variant *help = NULL;
	const struct sched_entry *entry = NULL;
	int r = read_entry(&catalog, paths[0], &entry);

	if (r == 0)
		r = read_help(paths[1], &help);
	if (r == 0 && page_print(stdout, entry, help) < 0)
		r = log_errno(-EBADMSG, "%s: not the output of --help-json", paths[1]);
	return r;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*print)(char **paths, size_t nr);
		size_t max;
	} verbs[] = {
		{"json", print_json, SIZE_MAX},
		{"page", print_page, 2},
	};
	size_t nr = (size_t)argc - 2;

	log_open("schedulers-docs");
	for (size_t i = 0; argc >= 4 && i < ARRAY_SIZE(verbs); i++) {
		if (strcmp(verbs[i].name, argv[1]) != 0 || nr % 2 != 0 || nr > verbs[i].max)
			continue;
		return verbs[i].print(argv + 2, nr) < 0 ? STATUS_FAILED : (int)stdout_status();
	}
	log_error("usage: schedulers-docs json|page {ENTRY.toml HELP.json}...");
	return STATUS_USAGE;
}
