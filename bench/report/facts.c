// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/report/facts.h"
#include "bench/report/numbers.h"

void facts_finish(struct facts *f)
{
	for (size_t i = 0; i < f->nr; i++) {
		free(f->list[i].name);
		free(f->list[i].value);
	}
	free(f->list);
}

/* A string as it is, a number as people write it, anything else as JSON. */
static int value_text(sd_json_variant *v, char **ret)
{
	int r;

	if (sd_json_variant_is_string(v))
		*ret = strdup(sd_json_variant_string(v));
	else if (sd_json_variant_is_null(v))
		*ret = strdup(FACT_UNKNOWN);
	else if (sd_json_variant_is_boolean(v))
		*ret = strdup(sd_json_variant_boolean(v) ? "yes" : "no");
	else if (sd_json_variant_is_real(v) && !sd_json_variant_is_integer(v))
		*ret = strdup(NUMBER_VALUE(sd_json_variant_real(v)));
	else if ((r = sd_json_variant_format(v, 0, ret)) < 0)
		return r;
	return *ret ? 0 : -ENOMEM;
}

/* "a, b, c" */
static int list_text(sd_json_variant *v, char **ret)
{
	_cleanup_free_ char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	int r = 0;

	if (!f)
		return -ENOMEM;
	for (size_t i = 0; r >= 0 && i < sd_json_variant_elements(v); i++) {
		_cleanup_free_ char *item = NULL;

		r = value_text(sd_json_variant_by_index(v, i), &item);
		if (r >= 0)
			(void)fprintf(f, "%s%s", i ? ", " : "", item);
	}
	if (fclose(f) != 0)
		r = -ENOMEM;
	if (r >= 0)
		*ret = steal_ptr(text);
	return r;
}

static int add(struct facts *f, const char *name, sd_json_variant *v)
{
	struct fact *list = reallocarray(f->list, f->nr + 1, sizeof(*list));
	_cleanup_free_ char *copy = strdup(name), *value = NULL;
	int r;

	if (list)
		f->list = list;
	if (!list || !copy)
		return -ENOMEM;
	r = sd_json_variant_is_array(v) ? list_text(v, &value) : value_text(v, &value);
	if (r >= 0)
		f->list[f->nr++] = (struct fact){steal_ptr(copy), steal_ptr(value)};
	return r;
}

/* Objects are as deep as the JSON parser lets them be. */
static int collect(struct facts *f, const char *name, sd_json_variant *v)
{
	int r = 0;

	if (!sd_json_variant_is_object(v))
		return add(f, name, v);
	for (size_t i = 0; r >= 0 && i + 1 < sd_json_variant_elements(v); i += 2) {
		const char *key = sd_json_variant_string(sd_json_variant_by_index(v, i));
		_cleanup_free_ char *path = NULL;

		if (asprintf(&path, "%s%s%s", name, *name ? "." : "", key) < 0) {
			path = NULL;
			return -ENOMEM;
		}
		r = collect(f, path, sd_json_variant_by_index(v, i + 1));
	}
	return r;
}

int facts_read(sd_json_variant *v, struct facts *ret)
{
	struct facts f = {};
	int r = sd_json_variant_is_object(v) ? collect(&f, "", v) : 0;

	if (r < 0) {
		facts_finish(&f);
		return r;
	}
	*ret = f;
	return 0;
}

const char *facts_find(const struct facts *f, const char *name)
{
	for (size_t i = 0; i < f->nr; i++)
		if (strcmp(f->list[i].name, name) == 0)
			return f->list[i].value;
	return NULL;
}
