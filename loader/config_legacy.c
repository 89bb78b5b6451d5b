// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files written for scx_loader and scx.service name schedulers of a collection that
 * need not be installed here. A name we do not know is therefore a warning and sets
 * nothing; otherwise the rules are those of scx_loader. Only one file is read, the
 * first of the table: these programs did not merge theirs either.
 */
#include <string.h>

#include "lib/env_file.h"
#include "lib/strv.h"

#include "config_keys.h"
#include "config_legacy.h"

struct legacy_format {
	const char *file;
	int (*open)(struct legacy *l, struct reader *r);
	void (*read)(struct config *c, const struct legacy *l, const struct catalog *catalog,
		     enum mode mode, struct reader *r);
};

static const struct reader_key legacy_keys[] = {
	{"default_sched", reader_string, offsetof(struct config, default_sched)},
	{"default_mode", config_read_mode, offsetof(struct config, default_mode)},
	{"power_profiles", reader_section, offsetof(struct config, profiles),
	 .keys = config_profile_keys},
	{"scheds", config_read_scheds, 0},
	{},
};

static void warn_not_installed(struct reader *r, const struct catalog *catalog, struct origin where,
			       const char *name)
{
	_cleanup_free_ char *names = catalog_names(catalog);

	reader_report(r, LOG_LEVEL_WARNING, where,
		      "scheduler '%s' ignored: it is not installed; installed: %s", name,
		      names ? names : "?");
}

static int open_toml(struct legacy *l, struct reader *r)
{
	return reader_load(r, r->root_fd, l->format->file, &l->doc);
}

static void read_toml(struct config *c, const struct legacy *l, const struct catalog *catalog,
		      enum mode mode _unused_, struct reader *r)
{
	struct setting_string before = c->default_sched, *now = &c->default_sched;

	*now = (struct setting_string){};
	reader_table(r, "", toml_root(l->doc), legacy_keys, c);
	if (now->value && *now->value && !catalog_find(catalog, now->value)) {
		warn_not_installed(r, catalog, now->origin, now->value);
		setting_string_finish(now);
	}
	if (now->value)
		setting_string_finish(&before);
	else
		*now = before;
}

/* Printed configurations are UTF-8, and so is all that is said over D-Bus. */
static bool is_plain_text(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (text[i] == '\0' || (unsigned char)text[i] > 0x7f)
			return false;
	return true;
}

static int open_environment(struct legacy *l, struct reader *r)
{
	size_t size;
	int k = reader_read(r, r->root_fd, l->format->file, &l->text, &size);

	if (k < 0 || is_plain_text(l->text, size))
		return k;
	reader_report(r, LOG_LEVEL_ERROR, (struct origin){},
		      "cannot read %s: it contains characters other than ASCII", l->format->file);
	return -EINVAL;
}

/* What /etc/default/scx says; each once, the last one counts. */
struct environment {
	struct env_assignment sched, flags;
};

static const struct {
	const char *key;
	size_t offset;
} environment_keys[] = {
	{"SCX_SCHEDULER", offsetof(struct environment, sched)},
	{"SCX_FLAGS", offsetof(struct environment, flags)},
};

static void read_assignment(struct environment *e, const struct env_assignment *a, struct reader *r)
{
	for (size_t i = 0; i < ARRAY_SIZE(environment_keys); i++)
		if (strcmp(environment_keys[i].key, a->key) == 0) {
			memcpy((char *)e + environment_keys[i].offset, a, sizeof(*a));
			return;
		}
	reader_report(r, LOG_LEVEL_WARNING, (struct origin){r->file, a->key_pos},
		      "unknown key '%s' ignored; known here: SCX_SCHEDULER, SCX_FLAGS", a->key);
}

static bool has_long_word(char **words)
{
	strv_foreach(word, words)
		if (strlen(*word) > READER_MAX_FLAG_LEN)
			return true;
	return false;
}

static void read_words(struct setting_flags *f, const struct env_assignment *a, struct reader *r)
{
	struct origin where = {r->file, a->value_pos};
	_cleanup_strv_ char **words = NULL;
	int k = env_split_words(a->value, READER_MAX_FLAGS, &words);

	if (k == -ENOMEM)
		reader_report(r, LOG_LEVEL_ERROR, where, "out of memory");
	else if (k == -EINVAL)
		reader_report(r, LOG_LEVEL_ERROR, where,
			      "SCX_FLAGS has a quote that is not closed");
	else if (k == -E2BIG)
		reader_report(r, LOG_LEVEL_ERROR, where, "SCX_FLAGS has more than %d words",
			      READER_MAX_FLAGS);
	else if (has_long_word(words))
		reader_report(r, LOG_LEVEL_ERROR, where,
			      "SCX_FLAGS has a word of more than %d bytes", READER_MAX_FLAG_LEN);
	else {
		setting_flags_finish(f);
		*f = (struct setting_flags){steal_ptr(words), where};
	}
}

static void set_sched(struct config *c, const struct environment *e, enum mode mode,
		      struct reader *r)
{
	struct config_sched *s = config_get_sched(c, e->sched.value);
	char *name = strdup(e->sched.value);

	if (!s || !name) {
		free(name);
		reader_report(r, LOG_LEVEL_ERROR, (struct origin){}, "out of memory");
		return;
	}
	setting_string_finish(&c->default_sched);
	c->default_sched = (struct setting_string){name, {r->file, e->sched.value_pos}};
	if (e->flags.value)
		read_words(&s->flags[mode], &e->flags, r);
}

static void read_environment(struct config *c, const struct legacy *l,
			     const struct catalog *catalog, enum mode mode, struct reader *r)
{
	_cleanup_free_ char *text = strdup(l->text);
	struct env_file f = {text, {1, 1}};
	struct environment e = {};
	struct env_assignment a;

	if (!text) {
		reader_report(r, LOG_LEVEL_ERROR, (struct origin){}, "out of memory");
		return;
	}
	while (env_file_next(&f, &a))
		read_assignment(&e, &a, r);
	if (!e.sched.value || !*e.sched.value)
		return;
	if (catalog_find(catalog, e.sched.value))
		set_sched(c, &e, mode, r);
	else
		warn_not_installed(r, catalog, (struct origin){r->file, e.sched.value_pos},
				   e.sched.value);
}

static const struct legacy_format formats[] = {
	{"/etc/scx_loader/config.toml", open_toml, read_toml},
	{"/etc/scx_loader.toml", open_toml, read_toml},
	{"/etc/default/scx", open_environment, read_environment},
};

void legacy_add_layer(struct config *c, const struct legacy *l, const struct catalog *catalog,
		      enum mode mode, struct reader *r)
{
	r->file = config_add_file(c, l->file);
	if (r->file)
		l->format->read(c, l, catalog, mode, r);
	else
		reader_report(r, LOG_LEVEL_ERROR, (struct origin){}, "out of memory");
	r->file = l->file;
}

/* Reads it by itself, for what is to be said of it. */
static bool is_sound(const struct legacy *l, const struct catalog *catalog, struct reader *r)
{
	_cleanup_config_ struct config alone;
	unsigned before = r->nr_errors;

	config_init(&alone);
	legacy_add_layer(&alone, l, catalog, MODE_AUTO, r);
	return r->nr_errors == before;
}

void legacy_open(struct legacy *l, const struct catalog *catalog, struct reader *r)
{
	int k = -ENOENT;

	for (size_t i = 0; k == -ENOENT && i < ARRAY_SIZE(formats); i++) {
		*l = (struct legacy){.file = formats[i].file, .format = &formats[i]};
		k = l->format->open(l, r);
	}
	if (k != -ENOENT)
		reader_report(r, LOG_LEVEL_INFO, (struct origin){},
			      "%s is read, as no configuration file of aios sets default_sched",
			      l->file);
	if (k >= 0 && is_sound(l, catalog, r))
		return;
	if (k != -ENOENT)
		reader_report(r, LOG_LEVEL_WARNING, (struct origin){}, "%s is left out", l->file);
	legacy_finish(l);
}

void legacy_finish(struct legacy *l)
{
	(void)toml_free(l->doc);
	free(l->text);
	*l = (struct legacy){};
}
