// SPDX-License-Identifier: GPL-2.0-only
/*
 * Layers are read one after the other into the same structure: a key that is
 * given again replaces what was there, and the origin goes with it. Whether a
 * value makes sense on this machine (is the scheduler installed?) is asked once,
 * of the outcome, so that a file can correct the one before it.
 */
#include <fcntl.h>
#include <string.h>

#include "lib/strv.h"

#include "config.h"

static const struct reader_key sched_keys[] = {
	READER_MODE_KEYS(struct config_sched),
	{},
};

static struct config_sched *find_sched(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->nr_scheds; i++)
		if (strcmp(c->scheds[i].name, name) == 0)
			return &c->scheds[i];
	return NULL;
}

/* The section of @name, an empty one if there was none; NULL when out of memory. */
static struct config_sched *get_sched(struct config *c, const char *name)
{
	struct config_sched *s = find_sched(c, name), *grown;
	char *copy;

	if (s)
		return s;
	copy = strdup(name);
	if (!copy)
		return NULL;
	grown = reallocarray(c->scheds, c->nr_scheds + 1, sizeof(*grown));
	if (!grown) {
		free(copy);
		return NULL;
	}
	c->scheds = grown;
	s = &grown[c->nr_scheds++];
	*s = (struct config_sched){.name = copy};
	return s;
}

static void read_sched(struct config *c, struct reader *r, const struct toml_entry *e)
{
	struct config_sched *s = get_sched(c, e->key);
	_cleanup_free_ char *path = NULL;

	if (!s || asprintf(&path, "scheds.%s", e->key) < 0) {
		path = NULL;
		reader_report(r, LOG_LEVEL_ERROR, (struct origin){}, "out of memory");
		return;
	}
	s->origin = (struct origin){r->file, e->key_pos};
	reader_table(r, path, e->value, sched_keys, s);
}

static void read_scheds(struct reader *r, const char *path, const struct toml_node *value,
			void *member)
{
	struct config *c = member;

	if (toml_node_type(value) != TOML_TABLE) {
		reader_report(r, LOG_LEVEL_ERROR, (struct origin){r->file, toml_node_pos(value)},
			      "%s must be a table, not %s", path, toml_type_name(value));
		return;
	}
	for (size_t i = 0; i < toml_len(value); i++) {
		struct toml_entry e = toml_member(value, i);

		read_sched(c, r, &e);
	}
}

static void read_mode(struct reader *r, const char *path, const struct toml_node *value,
		      void *member)
{
	struct setting_string *s = member;
	unsigned before = r->nr_errors;

	reader_string(r, path, value, s);
	if (r->nr_errors == before && mode_from_name(s->value) < 0)
		reader_report(r, LOG_LEVEL_ERROR, s->origin,
			      "unknown mode '%s'; the modes are Auto, Gaming, PowerSave, "
			      "LowLatency, Server",
			      s->value);
}

static const struct reader_key config_keys[] = {
	{"default_sched", reader_string, offsetof(struct config, default_sched)},
	{"default_mode", read_mode, offsetof(struct config, default_mode)},
	{"scheds", read_scheds, 0},
	{},
};

void config_add_layer(struct config *c, const struct toml_document *doc, struct reader *r)
{
	reader_table(r, "", toml_root(doc), config_keys, c);
}

int config_check(const struct config *c, const struct catalog *catalog, struct reader *r)
{
	_cleanup_free_ char *names = catalog_names(catalog);
	const char *sched = c->default_sched.value;

	if (!names)
		return -ENOMEM;
	for (size_t i = 0; i < c->nr_scheds; i++)
		if (!catalog_find(catalog, c->scheds[i].name))
			reader_report(r, LOG_LEVEL_WARNING, c->scheds[i].origin,
				      "section for scheduler '%s' ignored: it is not installed; "
				      "installed: %s",
				      c->scheds[i].name, names);
	if (sched && *sched && !catalog_find(catalog, sched))
		reader_report(r, LOG_LEVEL_ERROR, c->default_sched.origin,
			      "scheduler '%s' is not installed; installed: %s", sched, names);
	return r->nr_errors ? -EINVAL : 0;
}

/* A file that is not there is an empty one, unless the user named it. */
static void read_layer(struct config *c, struct reader *r, int dir_fd, const char *file)
{
	_cleanup_toml_ struct toml_document *doc = NULL;
	int k = reader_load(r, dir_fd, file, &doc);

	if (k == -ENOENT && dir_fd == AT_FDCWD)
		reader_report(r, LOG_LEVEL_ERROR, (struct origin){}, "cannot read %s: %s", file,
			      strerror(ENOENT));
	if (k >= 0)
		config_add_layer(c, doc, r);
}

int config_load(struct config *c, const struct catalog *catalog, struct reader *r, const char *file)
{
	read_layer(c, r, r->root_fd, CONFIG_VENDOR_FILE);
	if (file)
		read_layer(c, r, AT_FDCWD, file);
	else
		read_layer(c, r, r->root_fd, CONFIG_FILE);
	return config_check(c, catalog, r);
}

void config_finish(struct config *c)
{
	setting_string_finish(&c->default_sched);
	setting_string_finish(&c->default_mode);
	for (size_t i = 0; i < c->nr_scheds; i++) {
		free(c->scheds[i].name);
		for (int mode = 0; mode < NR_MODES; mode++)
			setting_flags_finish(&c->scheds[i].flags[mode]);
	}
	free(c->scheds);
	*c = (struct config){};
}

const struct sched_entry *config_sched(const struct config *c, const struct catalog *catalog)
{
	const char *name = c->default_sched.value;

	return name && *name ? catalog_find(catalog, name) : NULL;
}

enum mode config_mode(const struct config *c)
{
	int mode = c->default_mode.value ? mode_from_name(c->default_mode.value) : MODE_AUTO;

	return mode < 0 ? MODE_AUTO : (enum mode)mode;
}

const struct setting_flags *config_flags(const struct config *c, const struct sched_entry *e,
					 enum mode mode)
{
	const struct config_sched *s = find_sched(c, e->name.value);

	return s && s->flags[mode].origin.file ? &s->flags[mode] : &e->flags[mode];
}

int config_command(const struct config *c, const struct sched_entry *e, enum mode mode,
		   const char *root, char ***ret_argv)
{
	_cleanup_strv_ char **argv = NULL;
	_cleanup_free_ char *program = NULL;
	int r;

	if (asprintf(&program, "%s" AIOS_BINDIR "/%s", root, e->name.value) < 0) {
		program = NULL;
		return -ENOMEM;
	}
	r = strv_extend(&argv, program);
	if (r < 0)
		return r;
	strv_foreach(word, config_flags(c, e, mode)->words) {
		r = strv_extend(&argv, *word);
		if (r < 0)
			return r;
	}
	*ret_argv = steal_ptr(argv);
	return 0;
}
