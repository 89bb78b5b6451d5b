// SPDX-License-Identifier: GPL-2.0-only
/*
 * Half of what schedulers.json has is written by hand, in the catalog; the other half, the
 * parameters, is asked of the program, so that nobody can write down what is not so.
 */
#include <string.h>

#include "catalog_json.h"
#include "json.h"

/* The options that are the scheduler's own. */
static int own_options(sd_json_variant *help, sd_json_variant **ret)
{
	sd_json_variant *groups = sd_json_variant_by_key(help, "groups"), *options;

	if (!groups || !sd_json_variant_is_array(groups) || sd_json_variant_elements(groups) == 0)
		return -EBADMSG;
	/* a program's own options are its first group, those all programs have follow */
	options = sd_json_variant_by_key(sd_json_variant_by_index(groups, 0), "options");
	if (!options || !sd_json_variant_is_array(options))
		return -EBADMSG;
	*ret = options;
	return 0;
}

static const char *text_of(sd_json_variant *v)
{
	return v && sd_json_variant_is_string(v) ? sd_json_variant_string(v) : NULL;
}

/* "slice_us" for "slice-us", as a new string. */
static char *parameter_name(const char *option)
{
	char *name = strdup(option);

	for (char *c = name; c && *c; c++)
		if (*c == '-')
			*c = '_';
	return name;
}

/* "--slice-us" for "slice-us". */
static int option_word(sd_json_variant *name, sd_json_variant **ret)
{
	const char *option = text_of(name);
	_cleanup_free_ char *word = NULL;

	if (!option)
		return -EBADMSG;
	if (asprintf(&word, "--%s", option) < 0) {
		word = NULL;
		return -ENOMEM;
	}
	return sd_json_variant_new_string(ret, word);
}

/* Copies the names of options in the member @key, as they are written on a command line. */
static int copy_words(sd_json_variant **to, sd_json_variant *from, const char *key)
{
	_cleanup_json_ sd_json_variant *words = NULL;
	sd_json_variant *names = sd_json_variant_by_key(from, key);
	int r = 0;

	if (!names)
		return 0;
	for (size_t i = 0; r >= 0 && i < sd_json_variant_elements(names); i++) {
		_cleanup_json_ sd_json_variant *word = NULL;

		r = option_word(sd_json_variant_by_index(names, i), &word);
		if (r >= 0)
			r = sd_json_variant_append_array(&words, word);
	}
	return r < 0 ? r : sd_json_variant_set_field(to, key, words);
}

/* Copies the member @key, under the name @as, if there is one. */
static int copy(sd_json_variant **to, const char *as, sd_json_variant *from, const char *key)
{
	sd_json_variant *value = sd_json_variant_by_key(from, key);

	return value ? sd_json_variant_set_field(to, as, value) : 0;
}

static int parameter_json(sd_json_variant *option, sd_json_variant **ret)
{
	static const struct {
		const char *as, *key;
	} members[] = {
		{"type", "type"},   {"unit", "unit"},       {"default", "default"},
		{"range", "range"}, {"options", "choices"}, {"description", "help"},
	};
	_cleanup_json_ sd_json_variant *object = NULL, *word = NULL;
	int r = option_word(sd_json_variant_by_key(option, "name"), &word);

	if (r >= 0)
		r = sd_json_variant_set_field(&object, "option", word);
	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(members); i++)
		r = copy(&object, members[i].as, option, members[i].key);
	if (r >= 0)
		r = copy_words(&object, option, "excludes");
	if (r >= 0)
		r = copy_words(&object, option, "needs");
	if (r >= 0)
		*ret = steal_ptr(object);
	return r;
}

static int set_parameter(sd_json_variant **parameters, sd_json_variant *option)
{
	const char *option_name = text_of(sd_json_variant_by_key(option, "name"));
	_cleanup_json_ sd_json_variant *parameter = NULL;
	_cleanup_free_ char *name = NULL;
	int r;

	if (!option_name)
		return -EBADMSG;
	name = parameter_name(option_name);
	if (!name)
		return -ENOMEM;
	r = parameter_json(option, &parameter);
	return r < 0 ? r : sd_json_variant_set_field(parameters, name, parameter);
}

static int set_parameters(sd_json_variant **object, sd_json_variant *help)
{
	_cleanup_json_ sd_json_variant *parameters = NULL;
	sd_json_variant *options;
	int r = own_options(help, &options);

	if (r >= 0)
		r = sd_json_variant_new_object(&parameters, NULL, 0);
	for (size_t i = 0; r >= 0 && i < sd_json_variant_elements(options); i++)
		r = set_parameter(&parameters, sd_json_variant_by_index(options, i));
	return r < 0 ? r : sd_json_variant_set_field(object, "tuning_parameters", parameters);
}

static int set_use_cases(sd_json_variant **object, const struct setting_strings *use_cases)
{
	_cleanup_json_ sd_json_variant *array = NULL;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < use_cases->nr_items; i++)
		r = sd_json_variant_append_arrayb(&array,
						  SD_JSON_BUILD_STRING(use_cases->items[i].value));
	return r < 0 || !array ? r : sd_json_variant_set_field(object, "use_cases", array);
}

/* The flags of the modes that have some. */
static int set_modes(sd_json_variant **object, const struct sched_entry *e)
{
	_cleanup_json_ sd_json_variant *modes = NULL;
	int r = 0;

	for (int mode = 0; r >= 0 && mode < NR_MODES; mode++)
		if (e->flags[mode].words)
			r = sd_json_variant_set_field_strv(&modes, mode_table[mode].cli_name,
							   e->flags[mode].words);
	return r < 0 || !modes ? r : sd_json_variant_set_field(object, "modes", modes);
}

static int set_texts(sd_json_variant **object, const struct sched_entry *e)
{
	const struct {
		const char *name, *text;
	} texts[] = {
		{"algorithm", e->algorithm.value},
		{"characteristics", e->characteristics.value},
		{"requirements", e->requirements.value},
		{"limitations", e->limitations.value},
		{"performance_profile", e->performance_profile.value},
	};
	int r = 0;

	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(texts); i++)
		r = json_set_text(object, texts[i].name, texts[i].text);
	return r;
}

int catalog_entry_json(const struct sched_entry *e, sd_json_variant *help, sd_json_variant **ret)
{
	_cleanup_json_ sd_json_variant *object = NULL;
	int r = json_set_text(&object, "name", e->name.value);

	if (r >= 0)
		r = sd_json_variant_set_field_boolean(&object, "production_ready",
						      e->production.value);
	if (r >= 0)
		r = json_set_text(&object, "description", e->description.value);
	if (r >= 0)
		r = set_use_cases(&object, &e->use_cases);
	if (r >= 0)
		r = set_texts(&object, e);
	if (r >= 0)
		r = set_modes(&object, e);
	if (r >= 0)
		r = set_parameters(&object, help);
	if (r < 0)
		return r;
	*ret = steal_ptr(object);
	return 0;
}
