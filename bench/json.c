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

int json_error_set(struct json_error *e, sd_json_variant *v, const char *format, ...)
{
	va_list ap;

	*e = (struct json_error){};
	if (v)
		(void)sd_json_variant_get_source(v, NULL, &e->line, &e->column);
	va_start(ap, format);
	(void)vsnprintf(e->what, sizeof(e->what), format, ap);
	va_end(ap);
	return -EBADMSG;
}

/* Puts @name, and the index in it, before the path; a path that gets too long loses its end. */
static int within(struct json_error *e, const char *name, const char *index)
{
	char inner[sizeof(e->path)];

	memcpy(inner, e->path, sizeof(inner));
	if (snprintf(e->path, sizeof(e->path), "%s%s%s%s", name, index, *inner ? "." : "", inner) >=
	    (int)sizeof(e->path))
		memcpy(e->path + sizeof(e->path) - 4, "...", 4);
	return -EBADMSG;
}

static int wrong_type(struct json_error *e, sd_json_variant *v, sd_json_variant_type_t expected)
{
	return json_error_set(e, v, "must be %s, is %s", type_names[expected],
			      type_names[sd_json_variant_type(v)]);
}

/* Why sd-json refused the value @v of the member @field with @r. */
static int bad_field(struct json_error *e, sd_json_variant *v, const sd_json_dispatch_field *field,
		     int r)
{
	if (r == -ENOTUNIQ)
		return json_error_set(e, v, "is there more than once");
	if (!sd_json_variant_has_type(v, field->type))
		return wrong_type(e, v, field->type);
	return json_error_set(e, v,
			      field->type == SD_JSON_VARIANT_ARRAY ? "must hold strings only"
								   : "is out of range");
}

int json_read_object(sd_json_variant *v, const sd_json_dispatch_field *fields, void *target,
		     struct json_error *e)
{
	const char *bad = NULL;
	int r;

	if (!sd_json_variant_is_object(v))
		return wrong_type(e, v, SD_JSON_VARIANT_OBJECT);
	r = sd_json_dispatch_full(v, fields, NULL, SD_JSON_ALLOW_EXTENSIONS, target, &bad);
	if (r >= 0 || r == -ENOMEM)
		return r < 0 ? r : 0;
	for (; bad && fields->name && strcmp(fields->name, bad) != 0; fields++)
		;
	if (!bad || !fields->name)
		return json_error_set(e, v, "is not understood");
	(void)(r == -ENXIO ? json_error_set(e, v, "is missing")
			   : bad_field(e, sd_json_variant_by_key(v, bad), fields, r));
	return within(e, bad, "");
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
	char index[32];
	int r;

	for (size_t i = 0; i < sd_json_variant_elements(v); i++) {
		r = read(sd_json_variant_by_index(v, i), userdata, e);
		if (r == -EBADMSG) {
			(void)snprintf(index, sizeof(index), "[%zu]", i);
			return within(e, name, index);
		}
		if (r < 0)
			return r;
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

/* Bytes of the character that @s begins with, 0 if it is none that sd-json would take. */
static size_t character_len(const char *s)
{
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
	int r = sd_json_variant_new_string(ret, s);

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
