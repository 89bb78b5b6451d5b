// SPDX-License-Identifier: GPL-2.0-only
#include <assert.h>
#include <string.h>

#include "json.h"
#include "options_json.h"
#include "strv.h"
#include "words.h"

static const char *type_name(enum option_type type)
{
	switch (type) {
	case OPTION_FLAG:
	case OPTION_COUNT:
		return "boolean";
	case OPTION_NUMBER:
	case OPTION_INTEGER:
		return "integer";
	case OPTION_SECONDS:
		return "float";
	case OPTION_STRING:
	case OPTION_STRINGS:
	case OPTION_CHOICE:
	case OPTION_IGNORED:
	case OPTION_REFUSED:
		break;
	}
	return "string";
}

static bool is_number(const struct option_info *o)
{
	return o->type == OPTION_NUMBER || o->type == OPTION_INTEGER || o->type == OPTION_SECONDS;
}

/* The unit that the name of a value stands for; NULL: it is a count, or no quantity at all. */
static const char *unit_of(const struct option_info *o)
{
	static const struct {
		const char *metavar, *unit;
	} units[] = {
		{"US", "us"},
		{"MS", "ms"},
		{"SEC", "s"},
		{"BYTES", "bytes"},
	};

	for (size_t i = 0; o->metavar && i < ARRAY_SIZE(units); i++)
		if (strcmp(units[i].metavar, o->metavar) == 0)
			return units[i].unit;
	return NULL;
}

/* As the user would write @value, which is in the unit of the table. */
static int number_json(const struct option_info *o, uint64_t value, sd_json_variant **ret)
{
	if (o->type == OPTION_SECONDS)
		return sd_json_variant_new_real(ret, (double)value / 1000);
	if (o->type == OPTION_INTEGER)
		return sd_json_variant_new_integer(ret, (int64_t)value);
	return sd_json_variant_new_unsigned(ret, value);
}

static bool is_in_range(const struct option_info *o, uint64_t value)
{
	if (o->type == OPTION_INTEGER)
		return (int64_t)value >= (int64_t)o->min && (int64_t)value <= (int64_t)o->max;
	return value >= o->min && value <= o->max;
}

/* A number nobody could have asked for says that there is no default. */
static int number_default(const struct option_info *o, const void *target, sd_json_variant **ret)
{
	uint64_t value = *(const uint64_t *)target / (o->scale ?: 1);

	return is_in_range(o, value) ? number_json(o, value, ret) : sd_json_variant_new_null(ret);
}

/* The word that @target names, or null. */
static int choice_default(const struct option_info *o, const void *target, sd_json_variant **ret)
{
	_cleanup_strv_ char **words = NULL;
	size_t place = *(const uint8_t *)target;
	int r = words_split(o->choices, strlen(o->choices), &words);

	if (r < 0)
		return r;
	assert(place <= strv_len(words));
	return place ? sd_json_variant_new_string(ret, words[place - 1])
		     : sd_json_variant_new_null(ret);
}

static int default_json(const struct option_info *o, const void *target, sd_json_variant **ret)
{
	switch (o->type) {
	case OPTION_FLAG:
	case OPTION_COUNT:
		/* what cannot be taken back is never there from the start */
		return sd_json_variant_new_boolean(ret, false);
	case OPTION_CHOICE:
		return choice_default(o, target, ret);
	case OPTION_STRING:
		if (*(const char *const *)target)
			return sd_json_variant_new_string(ret, *(const char *const *)target);
		break;
	case OPTION_STRINGS:
	case OPTION_IGNORED:
	case OPTION_REFUSED:
		break;
	case OPTION_NUMBER:
	case OPTION_INTEGER:
	case OPTION_SECONDS:
		return number_default(o, target, ret);
	}
	return sd_json_variant_new_null(ret);
}

static int set_range(sd_json_variant **object, const struct option_info *o)
{
	_cleanup_json_ sd_json_variant *min = NULL, *max = NULL, *range = NULL;
	int r = number_json(o, o->min, &min);

	if (r >= 0)
		r = number_json(o, o->max, &max);
	if (r >= 0)
		r = sd_json_variant_new_array(&range, (sd_json_variant *[]){min, max}, 2);
	return r < 0 ? r : sd_json_variant_set_field(object, "range", range);
}

/* An array of the words in @list, if there are any. */
static int set_words(sd_json_variant **object, const char *name, const char *list)
{
	_cleanup_strv_ char **words = NULL;
	int r;

	if (!list)
		return 0;
	r = words_split(list, strlen(list), &words);
	return r < 0 ? r : sd_json_variant_set_field_strv(object, name, words);
}

/* What the option is called and what it takes. */
static int set_form(sd_json_variant **object, const struct option_info *o)
{
	int r = sd_json_variant_set_field_string(object, "name", o->name);

	if (r >= 0 && o->letter)
		r = json_set_text(object, "letter", (char[]){o->letter, '\0'});
	if (r >= 0)
		r = json_set_text(object, "type", type_name(o->type));
	if (r >= 0)
		r = json_set_text(object, "metavar", o->metavar);
	if (r >= 0)
		r = json_set_text(object, "unit", unit_of(o));
	if (r >= 0 && option_is_repeatable(o))
		r = sd_json_variant_set_field_boolean(object, "repeatable", true);
	return r;
}

static int option_json(const struct option_info *o, const void *target, sd_json_variant **ret)
{
	_cleanup_json_ sd_json_variant *object = NULL, *value = NULL;
	int r = set_form(&object, o);

	if (r >= 0)
		r = default_json(o, target, &value);
	if (r >= 0)
		r = sd_json_variant_set_field(&object, "default", value);
	if (r >= 0 && is_number(o))
		r = set_range(&object, o);
	if (r >= 0)
		r = set_words(&object, "choices", o->choices);
	if (r >= 0)
		r = set_words(&object, "excludes", o->excludes);
	if (r >= 0)
		r = set_words(&object, "needs", o->needs);
	if (r >= 0)
		r = json_set_text(&object, "help", o->help);
	if (r >= 0)
		*ret = steal_ptr(object);
	return r;
}

static int add_group(sd_json_variant **groups, const struct option_group *g)
{
	_cleanup_json_ sd_json_variant *options = NULL;
	int r = sd_json_variant_new_array(&options, NULL, 0);

	for (size_t i = 0; r >= 0 && i < g->nr_options; i++) {
		const struct option_info *o = &g->options[i];
		_cleanup_json_ sd_json_variant *option = NULL;

		if (option_is_hidden(o))
			continue;
		r = option_json(o, (const char *)g->base + o->offset, &option);
		if (r >= 0)
			r = sd_json_variant_append_array(&options, option);
	}
	if (r < 0)
		return r;
	return sd_json_variant_append_arraybo(groups, SD_JSON_BUILD_PAIR_STRING("title", g->title),
					      SD_JSON_BUILD_PAIR_VARIANT("options", options));
}

int options_json(const struct command_line *cl, sd_json_variant **ret)
{
	_cleanup_json_ sd_json_variant *groups = NULL;
	int r = sd_json_variant_new_array(&groups, NULL, 0);

	for (size_t g = 0; r >= 0 && g < cl->nr_groups; g++)
		r = add_group(&groups, &cl->groups[g]);
	if (r < 0)
		return r;
	r = sd_json_buildo(ret, SD_JSON_BUILD_PAIR_STRING("program", cl->program),
			   SD_JSON_BUILD_PAIR_STRING("summary", cl->summary),
			   SD_JSON_BUILD_PAIR_VARIANT("groups", groups));
	return r < 0 ? r : 0;
}
