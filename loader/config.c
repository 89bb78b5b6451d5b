// SPDX-License-Identifier: GPL-2.0-only
/*
 * Layers are read one after the other into the same structure: a key that is
 * given again replaces what was there, and the origin goes with it. Whether a
 * value makes sense on this machine (is the scheduler installed?) or beside the
 * others is asked of the outcome, so that a file can correct the one before it.
 */
#include <string.h>

#include "lib/strv.h"

#include "config_keys.h"

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

struct config_sched *config_get_sched(struct config *c, const char *name)
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

const char *config_add_file(struct config *c, const char *file)
{
	if (strv_extend(&c->files, file) < 0)
		return NULL;
	return c->files[strv_len(c->files) - 1];
}

static void read_sched(struct config *c, struct reader *r, const struct toml_entry *e)
{
	_cleanup_free_ char *path = NULL;
	struct config_sched *s;

	s = config_get_sched(c, e->key);
	if (!s || asprintf(&path, "scheds.%s", e->key) < 0) {
		path = NULL;
		reader_report(r, LOG_LEVEL_ERROR, (struct origin){}, "out of memory");
		return;
	}
	s->origin = (struct origin){r->file, e->key_pos};
	reader_table(r, path, e->value, sched_keys, s);
}

/* Like any key we do not know, a name of nothing is a warning: see warn_of_absent(). */
void config_read_scheds(struct reader *r, const struct reader_key *key _unused_, const char *path,
			const struct toml_node *value, void *member)
{
	if (!reader_has_type(r, path, value, TOML_TABLE, "a table"))
		return;
	for (size_t i = 0; i < toml_len(value); i++) {
		struct toml_entry e = toml_member(value, i);

		read_sched(member, r, &e);
	}
}

static void report_bad_name(struct reader *r, struct origin where, const char *name)
{
	reader_report(r, LOG_LEVEL_ERROR, where,
		      "'%s' is not the name of a scheduler, which is 'scx_' with small letters, "
		      "digits and '_'",
		      name);
}

static void read_default_sched(struct reader *r, const struct reader_key *key, const char *path,
			       const struct toml_node *value, void *member)
{
	struct setting_string *s = member;
	unsigned before = r->nr_errors;

	reader_string(r, key, path, value, s);
	if (r->nr_errors == before && *s->value && !catalog_is_name(s->value))
		report_bad_name(r, s->origin, s->value);
}

static bool is_repeated(const struct setting_strings *s, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(s->items[k].value, s->items[i].value) == 0)
			return true;
	return false;
}

static void read_fallback(struct reader *r, const struct reader_key *key, const char *path,
			  const struct toml_node *value, void *member)
{
	struct setting_strings *s = member;
	unsigned before = r->nr_errors;

	reader_strings(r, key, path, value, s);
	if (r->nr_errors != before)
		return;
	for (size_t i = 0; i < s->nr_items; i++) {
		const struct setting_string *item = &s->items[i];

		if (!catalog_is_name(item->value))
			report_bad_name(r, item->origin, item->value);
		else if (is_repeated(s, i))
			reader_report(r, LOG_LEVEL_WARNING, item->origin,
				      "'%s' stands in %s already; ignored here", item->value, path);
	}
}

void config_read_mode(struct reader *r, const struct reader_key *key, const char *path,
		      const struct toml_node *value, void *member)
{
	struct setting_string name = {};
	struct setting_int *s = member;
	int mode;

	reader_string(r, key, path, value, &name);
	if (!name.value)
		return;
	mode = mode_from_name(name.value);
	if (mode >= 0)
		*s = (struct setting_int){mode, name.origin};
	else
		reader_report(r, LOG_LEVEL_ERROR, name.origin,
			      "unknown mode '%s'; the modes are Auto, Gaming, PowerSave, "
			      "LowLatency, Server",
			      name.value);
	setting_string_finish(&name);
}

/* "" takes back what an earlier file said. */
static void read_profile(struct reader *r, const struct reader_key *key, const char *path,
			 const struct toml_node *value, void *member)
{
	const char *text;

	if (toml_string(value, &text) == 0 && !*text)
		*(struct setting_int *)member =
			(struct setting_int){CONFIG_NO_MODE, {r->file, toml_node_pos(value)}};
	else
		config_read_mode(r, key, path, value, member);
}

const struct reader_key config_failure_keys[] = {
	{"budget", reader_int, offsetof(struct config_failures, budget), 1, 100},
	{"first_delay", reader_int, offsetof(struct config_failures, first_delay), 1, 3600},
	{"max_delay", reader_int, offsetof(struct config_failures, max_delay), 1, 3600},
	{"boots", reader_int, offsetof(struct config_failures, boots), 0, 100},
	{},
};

const struct reader_key config_profile_keys[] = {
	{"enabled", reader_boolean, offsetof(struct config_profiles, enabled)},
	{"power_saver", read_profile, offsetof(struct config_profiles, power_saver)},
	{"balanced", read_profile, offsetof(struct config_profiles, balanced)},
	{"performance", read_profile, offsetof(struct config_profiles, performance)},
	{"ac", read_profile, offsetof(struct config_profiles, ac)},
	{"battery", read_profile, offsetof(struct config_profiles, battery)},
	{},
};

static const struct reader_key config_keys[] = {
	{"default_sched", read_default_sched, offsetof(struct config, default_sched)},
	{"default_mode", config_read_mode, offsetof(struct config, default_mode)},
	{"fallback", read_fallback, offsetof(struct config, fallback)},
	{"failures", reader_section, offsetof(struct config, failures),
	 .keys = config_failure_keys},
	{"profiles", reader_section, offsetof(struct config, profiles),
	 .keys = config_profile_keys},
	{"scheds", config_read_scheds, 0},
	{},
};

void config_init(struct config *c)
{
	*c = (struct config){
		.default_mode = {MODE_AUTO},
		.failures.budget = {5},
		.failures.first_delay = {1},
		.failures.max_delay = {60},
		.failures.boots = {3},
		.profiles.power_saver = {CONFIG_NO_MODE},
		.profiles.balanced = {CONFIG_NO_MODE},
		.profiles.performance = {CONFIG_NO_MODE},
		.profiles.ac = {CONFIG_NO_MODE},
		.profiles.battery = {CONFIG_NO_MODE},
	};
}

void config_add_layer(struct config *c, const struct toml_document *doc, struct reader *r)
{
	const char *file = r->file;

	r->file = config_add_file(c, file);
	if (r->file)
		reader_table(r, "", toml_root(doc), config_keys, c);
	else
		reader_report(r, LOG_LEVEL_ERROR, (struct origin){}, "out of memory");
	r->file = file;
}

static bool has_sched_fault(const struct config *c, const struct catalog *catalog,
			    struct config_fault *f)
{
	_cleanup_free_ char *names = NULL;
	const char *sched = c->default_sched.value;

	if (!sched || !*sched || catalog_find(catalog, sched))
		return false;
	names = catalog_names(catalog);
	f->where = c->default_sched.origin;
	if (asprintf(&f->text, "scheduler '%s' is not installed; installed: %s", sched,
		     names ? names : "?") < 0)
		f->text = NULL;
	return true;
}

/* How late a file was read; what is built in was there before all. */
static size_t rank_of(const struct config *c, const char *file)
{
	size_t n = 0;

	if (!file)
		return 0;
	strv_foreach(f, c->files) {
		n++;
		if (*f == file)
			break;
	}
	return n;
}

static bool has_delay_fault(const struct config *c, const struct catalog *catalog _unused_,
			    struct config_fault *f)
{
	const struct setting_int *first = &c->failures.first_delay, *max = &c->failures.max_delay;
	bool is_first = rank_of(c, first->origin.file) > rank_of(c, max->origin.file);
	const struct setting_int *newer = is_first ? first : max, *older = is_first ? max : first;

	if (first->value <= max->value)
		return false;
	f->where = newer->origin;
	if (asprintf(&f->text, "failures.%s must be at %s failures.%s (%d, %s), not %d",
		     is_first ? "first_delay" : "max_delay", is_first ? "most" : "least",
		     is_first ? "max_delay" : "first_delay", older->value,
		     older->origin.file ? older->origin.file : "built in", newer->value) < 0)
		f->text = NULL;
	return true;
}

bool config_next_fault(const struct config *c, const struct catalog *catalog, unsigned *check,
		       struct config_fault *ret)
{
	static bool (*const checks[])(const struct config *, const struct catalog *,
				      struct config_fault *) = {
		has_sched_fault,
		has_delay_fault,
	};

	for (; *check < ARRAY_SIZE(checks); ++*check)
		if (checks[*check](c, catalog, ret))
			return true;
	return false;
}

static void warn_of_absent(const struct config *c, const struct catalog *catalog, struct reader *r,
			   const char *names)
{
	for (size_t i = 0; i < c->nr_scheds; i++)
		if (!catalog_find(catalog, c->scheds[i].name))
			reader_report(r, LOG_LEVEL_WARNING, c->scheds[i].origin,
				      "section for scheduler '%s' ignored: it is not installed; "
				      "installed: %s",
				      c->scheds[i].name, names);
	for (size_t i = 0; i < c->fallback.nr_items; i++)
		if (!catalog_find(catalog, c->fallback.items[i].value))
			reader_report(r, LOG_LEVEL_WARNING, c->fallback.items[i].origin,
				      "scheduler '%s' in fallback skipped: it is not installed; "
				      "installed: %s",
				      c->fallback.items[i].value, names);
}

int config_check(const struct config *c, const struct catalog *catalog, struct reader *r)
{
	_cleanup_free_ char *names = catalog_names(catalog);
	struct config_fault fault;
	unsigned check = 0;
	int k = 0;

	if (!names)
		return -ENOMEM;
	warn_of_absent(c, catalog, r, names);
	for (; config_next_fault(c, catalog, &check, &fault); check++) {
		reader_report(r, LOG_LEVEL_ERROR, fault.where, "%s",
			      fault.text ? fault.text : "out of memory");
		free(fault.text);
		k = -EINVAL;
	}
	return k;
}

static void finish_sched(struct config_sched *s)
{
	free(s->name);
	for (int mode = 0; mode < NR_MODES; mode++)
		setting_flags_finish(&s->flags[mode]);
}

void config_finish(struct config *c)
{
	setting_string_finish(&c->default_sched);
	setting_strings_finish(&c->fallback);
	for (size_t i = 0; i < c->nr_scheds; i++)
		finish_sched(&c->scheds[i]);
	free(c->scheds);
	strv_free(c->files);
	*c = (struct config){};
}

const struct sched_entry *config_sched(const struct config *c, const struct catalog *catalog)
{
	const char *name = c->default_sched.value;

	return name && *name ? catalog_find(catalog, name) : NULL;
}

enum mode config_mode(const struct config *c)
{
	return (enum mode)c->default_mode.value;
}

int config_fallback(const struct config *c, const struct catalog *catalog, char ***ret)
{
	_cleanup_strv_ char **names = NULL;

	for (size_t i = 0; i < c->fallback.nr_items; i++) {
		const char *name = c->fallback.items[i].value;

		if (is_repeated(&c->fallback, i) || !catalog_find(catalog, name))
			continue;
		if (strv_extend(&names, name) < 0)
			return -ENOMEM;
	}
	*ret = steal_ptr(names);
	return 0;
}

const struct setting_flags *config_flags(const struct config *c, const struct sched_entry *e,
					 enum mode mode)
{
	const struct config_sched *s = find_sched(c, e->name.value);

	return s && s->flags[mode].origin.file ? &s->flags[mode] : &e->flags[mode];
}

int config_command(const struct sched_entry *e, char *const *words, const char *root,
		   char ***ret_argv)
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
	strv_foreach(word, words) {
		r = strv_extend(&argv, *word);
		if (r < 0)
			return r;
	}
	*ret_argv = steal_ptr(argv);
	return 0;
}
