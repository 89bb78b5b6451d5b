// SPDX-License-Identifier: GPL-2.0-only
/*
 * sd-json checks types and members; here its answer becomes a sentence. The innermost reader
 * says what is wrong, and each one around it puts its own name before the path.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bench/json.h"
#include "lib/strv.h"

static const char *const type_names[_SD_JSON_VARIANT_TYPE_MAX] = {
	[SD_JSON_VARIANT_STRING] = "a string",
	[SD_JSON_VARIANT_INTEGER] = "an integer",
	[SD_JSON_VARIANT_UNSIGNED] = "an unsigned integer",
	[SD_JSON_VARIANT_REAL] = "a number",
	[SD_JSON_VARIANT_NUMBER] = "a number",
	[SD_JSON_VARIANT_BOOLEAN] = "a boolean",
	[SD_JSON_VARIANT_ARRAY] = "an array",
	[SD_JSON_VARIANT_OBJECT] = "an object",
	[SD_JSON_VARIANT_NULL] = "null",
};

int json_error_set(struct json_error *e, sd_json_variant *v, const char *name, const char *format,
		   ...)
{
	sd_json_variant *member = name ? sd_json_variant_by_key(v, name) : NULL;
	va_list ap;

	*e = (struct json_error){};
	(void)sd_json_variant_get_source(member ?: v, NULL, &e->line, &e->column);
	(void)snprintf(e->path, sizeof(e->path), "%s", name ?: "");
	va_start(ap, format);
	(void)vsnprintf(e->what, sizeof(e->what), format, ap);
	va_end(ap);
	return -EBADMSG;
}

/* A path that gets too long loses its end. */
int json_error_within(struct json_error *e, const char *name)
{
	char inner[sizeof(e->path)];

	memcpy(inner, e->path, sizeof(inner));
	if (snprintf(e->path, sizeof(e->path), "%s%s%s", name, *inner ? "." : "", inner) >=
	    (int)sizeof(e->path))
		memcpy(e->path + sizeof(e->path) - 4, "...", 4);
	return -EBADMSG;
}

static int within_element(struct json_error *e, const char *array, size_t index)
{
	char name[sizeof(e->path)];

	(void)snprintf(name, sizeof(name), "%s[%zu]", array, index);
	return json_error_within(e, name);
}

/* Why sd-json refused the member @name of @v with @r. */
static int bad_member(struct json_error *e, sd_json_variant *v, const char *name,
		      const sd_json_dispatch_field *field, int r)
{
	sd_json_variant *member = sd_json_variant_by_key(v, name);

	if (r == -ENXIO)
		return json_error_set(e, v, name, "is missing");
	if (r == -ENOTUNIQ)
		return json_error_set(e, v, name, "is there more than once");
	if (!sd_json_variant_has_type(member, field->type))
		return json_error_set(e, v, name, "must be %s, is %s", type_names[field->type],
				      type_names[sd_json_variant_type(member)]);
	return json_error_set(e, v, name,
			      field->type == SD_JSON_VARIANT_ARRAY ? "must hold strings only"
								   : "is out of range");
}

int json_read_object(sd_json_variant *v, const sd_json_dispatch_field *fields, void *target,
		     struct json_error *e)
{
	const char *bad = NULL;
	int r;

	if (!sd_json_variant_is_object(v))
		return json_error_set(e, v, NULL, "must be an object, is %s",
				      type_names[sd_json_variant_type(v)]);
	r = sd_json_dispatch_full(v, fields, NULL, SD_JSON_ALLOW_EXTENSIONS, target, &bad);
	if (r >= 0 || r == -ENOMEM)
		return r < 0 ? r : 0;
	while (bad && fields->name && strcmp(fields->name, bad) != 0)
		fields++;
	return bad && fields->name ? bad_member(e, v, bad, fields, r)
				   : json_error_set(e, v, NULL, "is not understood");
}

int json_dispatch_number(const char *name _unused_, sd_json_variant *v,
			 sd_json_dispatch_flags_t flags _unused_, void *to)
{
	double *number = to;

	/* sd_json_variant_real() makes 0 of an integer that no double is equal to */
	switch (sd_json_variant_type(v)) {
	case SD_JSON_VARIANT_UNSIGNED:
		*number = (double)sd_json_variant_unsigned(v);
		return 0;
	case SD_JSON_VARIANT_INTEGER:
		*number = (double)sd_json_variant_integer(v);
		return 0;
	case SD_JSON_VARIANT_REAL:
		*number = sd_json_variant_real(v);
		return 0;
	default:
		return -EINVAL;
	}
}

int json_read_array(sd_json_variant *v, const char *name,
		    int (*read)(sd_json_variant *, void *, struct json_error *), void *userdata,
		    struct json_error *e)
{
	int r;

	for (size_t i = 0; i < sd_json_variant_elements(v); i++) {
		r = read(sd_json_variant_by_index(v, i), userdata, e);
		if (r < 0)
			return r == -EBADMSG ? within_element(e, name, i) : r;
	}
	return 0;
}

int json_make_array(const void *items, size_t nr, size_t size,
		    int (*make)(const void *, sd_json_variant **), sd_json_variant **ret)
{
	_cleanup_free_ sd_json_variant **elements = calloc(nr + 1, sizeof(*elements));
	int r = 0;
	size_t i;

	if (!elements)
		return -ENOMEM;
	for (i = 0; i < nr && r >= 0; i++)
		r = make((const char *)items + i * size, &elements[i]);
	if (r >= 0)
		r = sd_json_variant_new_array(ret, elements, nr);
	for (i = 0; i < nr; i++)
		sd_json_variant_unref(elements[i]);
	return r < 0 ? r : 0;
}

/* sd-json writes this one as it is, and then does not read it */
#define DELETE '\x7f'

/* Bytes of the character that @s begins with, 0 if it is none that sd-json would take. */
static size_t character_len(const char *s)
{
	if (*s == DELETE)
		return 0;
	if ((unsigned char)*s < 0x80)
		return 1;
	for (size_t len = 2; len <= 4 && s[len - 1]; len++) {
		_cleanup_json_ sd_json_variant *v = NULL;

		if (sd_json_variant_new_stringn(&v, s, len) >= 0)
			return len;
	}
	return 0;
}

static int new_repaired(sd_json_variant **ret, const char *s)
{
	static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */
	_cleanup_free_ char *text = malloc(strlen(s) * strlen(replacement) + 1);
	char *end = text;

	if (!text)
		return -ENOMEM;
	while (*s) {
		size_t len = character_len(s);

		end = mempcpy(end, len ? s : replacement, len ?: strlen(replacement));
		s += len ?: 1;
	}
	*end = '\0';
	return sd_json_variant_new_string(ret, text);
}

int json_build_text(sd_json_variant **ret, const char *name _unused_, void *s)
{
	int r = strchr(s, DELETE) ? -EUCLEAN : sd_json_variant_new_string(ret, s);

	return r >= 0 || r == -ENOMEM ? r : new_repaired(ret, s);
}

static int make_text(const void *item, sd_json_variant **ret)
{
	return json_build_text(ret, NULL, *(char *const *)item);
}

int json_build_strv(sd_json_variant **ret, const char *name _unused_, void *l)
{
	return json_make_array(l, strv_len(l), sizeof(char *), make_text, ret);
}
