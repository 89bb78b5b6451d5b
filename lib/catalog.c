// SPDX-License-Identifier: GPL-2.0-only
/*
 * The catalog is data: a scheduler becomes known by installing its description
 * and unknown by removing it; no program has a list of names compiled in. What is
 * wrong with one description must not keep the others from being used, so here
 * every error of the reader is turned into a warning.
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "catalog.h"
#include "strv.h"

#define KEY(name, read) {#name, read, offsetof(struct sched_entry, name)}

static const struct reader_key entry_keys[] = {
	KEY(name, reader_string),
	KEY(description, reader_string),
	KEY(production, reader_boolean),
	KEY(use_cases, reader_strings),
	KEY(algorithm, reader_string),
	KEY(characteristics, reader_string),
	KEY(requirements, reader_string),
	KEY(limitations, reader_string),
	KEY(performance_profile, reader_string),
	READER_MODE_KEYS(struct sched_entry),
	{},
};

static void sched_entry_finish(struct sched_entry *e)
{
	free(e->file);
	setting_string_finish(&e->name);
	setting_string_finish(&e->description);
	setting_strings_finish(&e->use_cases);
	setting_string_finish(&e->algorithm);
	setting_string_finish(&e->characteristics);
	setting_string_finish(&e->requirements);
	setting_string_finish(&e->limitations);
	setting_string_finish(&e->performance_profile);
	for (int mode = 0; mode < NR_MODES; mode++)
		setting_flags_finish(&e->flags[mode]);
}

static void report_as_warning(void *userdata, enum log_level level, const char *text)
{
	struct reader *outer = userdata;

	(void)level;
	reader_report(outer, LOG_LEVEL_WARNING, (struct origin){}, "%s", text);
}

bool catalog_is_name(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789_";

	return strncmp(name, "scx_", 4) == 0 && name[4] && strlen(name) < 64 &&
	       name[strspn(name, allowed)] == '\0';
}

static void check_name(struct reader *r, const struct sched_entry *e)
{
	const char *slash = strrchr(e->file, '/'), *base = slash ? slash + 1 : e->file;
	const char *name = e->name.value;

	if (r->nr_errors)
		return;
	if (!name)
		reader_report(r, LOG_LEVEL_ERROR, (struct origin){e->file, {1, 1}},
			      "the key 'name' is missing");
	else if (!catalog_is_name(name) || strncmp(base, name, strlen(name)) != 0 ||
		 strcmp(base + strlen(name), ".toml") != 0)
		reader_report(r, LOG_LEVEL_ERROR, e->name.origin,
			      "name must be 'scx_' with small letters, digits and '_', "
			      "and that of the file");
}

/* 1: filled; 0: broken, reported and to be left out. */
static int read_entry(struct sched_entry *e, struct reader *outer)
{
	struct reader r = {
		.root_fd = outer->root_fd,
		.report = report_as_warning,
		.userdata = outer,
	};
	_cleanup_toml_ struct toml_document *doc = NULL;

	if (reader_load(&r, r.root_fd, e->file, &doc) < 0)
		return 0;
	reader_table(&r, "", toml_root(doc), entry_keys, e);
	check_name(&r, e);
	return r.nr_errors == 0;
}

int catalog_add_file(struct catalog *c, const char *path, struct reader *r)
{
	struct sched_entry e = {.file = strdup(path)};
	struct sched_entry *grown;

	if (!e.file)
		return -ENOMEM;
	if (!read_entry(&e, r)) {
		sched_entry_finish(&e);
		return 0;
	}
	grown = reallocarray(c->entries, c->nr_entries + 1, sizeof(e));
	if (!grown) {
		sched_entry_finish(&e);
		return -ENOMEM;
	}
	c->entries = grown;
	c->entries[c->nr_entries++] = e;
	return 0;
}

static int add_installed(struct catalog *c, const char *base, struct reader *r)
{
	_cleanup_free_ char *path = NULL;

	if (asprintf(&path, "%s/%s", CATALOG_DIR, base) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	return catalog_add_file(c, path, r);
}

int catalog_load(struct catalog *c, struct reader *r)
{
	struct dirent **files;
	int n, k = 0;

	n = scandirat(r->root_fd, below_root(CATALOG_DIR), &files, reader_is_toml, alphasort);
	if (n < 0)
		return errno == ENOENT ? 0 : -errno;
	for (int i = 0; i < n; i++) {
		if (k >= 0)
			k = add_installed(c, files[i]->d_name, r);
		free(files[i]);
	}
	free(files);
	return k;
}

void catalog_finish(struct catalog *c)
{
	for (size_t i = 0; i < c->nr_entries; i++)
		sched_entry_finish(&c->entries[i]);
	free(c->entries);
	*c = (struct catalog){};
}

const struct sched_entry *catalog_find(const struct catalog *c, const char *name)
{
	for (size_t i = 0; i < c->nr_entries; i++)
		if (strcmp(c->entries[i].name.value, name) == 0)
			return &c->entries[i];
	return NULL;
}

char *catalog_names(const struct catalog *c)
{
	_cleanup_strv_ char **names = NULL;

	if (c->nr_entries == 0)
		return strdup("none");
	for (size_t i = 0; i < c->nr_entries; i++)
		if (strv_extend(&names, c->entries[i].name.value) < 0)
			return NULL;
	return strv_join(names, ", ");
}

int sched_check_program(int root_fd, const char *name)
{
	_cleanup_free_ char *program = NULL;

	if (asprintf(&program, AIOS_BINDIR "/%s", name) < 0) {
		program = NULL;
		return -ENOMEM;
	}
	return faccessat(root_fd, below_root(program), X_OK, 0) < 0 ? -errno : 0;
}

const char *sched_ops_name(const char *name)
{
	return strncmp(name, "scx_", 4) == 0 ? name + 4 : name;
}
