/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * JSON by tables of sd-json. What is wrong with what was read is said in words, with its
 * place; what is written may be any text, as output of programs is.
 */
#pragma once

#include <stddef.h>

#include <systemd/sd-json.h>

#include "lib/json.h"

struct json_error {
	unsigned line, column; /* from 1, of what was parsed with a source; 0: not known */
	char path[128];        /* "runs[3].arm"; "": all of it */
	char what[160];        /* "must be less than 2, is 7" */
};

/*
 * Says what is wrong with the member @name of @v, or with @v itself if @name is NULL; the callers
 * add where @v is. Returns -EBADMSG.
 */
int json_error_set(struct json_error *e, sd_json_variant *v, const char *name, const char *format,
		   ...) _printf_(4, 5);

/* Says that what is wrong is within the member @name. Returns -EBADMSG. */
int json_error_within(struct json_error *e, const char *name);

/*
 * Fills @target from the object @v; members that @fields does not name are left alone. 0,
 * -EBADMSG and *e, or -ENOMEM; then a part of @target may be filled.
 */
int json_read_object(sd_json_variant *v, const sd_json_dispatch_field *fields, void *target,
		     struct json_error *e);

/* For fields: a number of any size and sign becomes a double. */
int json_dispatch_number(const char *name, sd_json_variant *v, sd_json_dispatch_flags_t flags,
			 void *to);

/* Gives each element of the array @v, which is called @name, to @read; stops when that fails. */
int json_read_array(sd_json_variant *v, const char *name,
		    int (*read)(sd_json_variant *element, void *userdata, struct json_error *e),
		    void *userdata, struct json_error *e);

/* An array of what @make makes of each of @nr items of @size bytes. */
int json_make_array(const void *items, size_t nr, size_t size,
		    int (*make)(const void *item, sd_json_variant **ret), sd_json_variant **ret);

/*
 * For sd_json_buildo(): a string or a list of them, in which bytes that are not UTF-8, and DEL,
 * become U+FFFD; the member is left out if it is NULL.
 */
#define JSON_PAIR_TEXT(name, s)                                                                    \
	SD_JSON_BUILD_PAIR_CONDITION((s) != NULL, name,                                            \
				     SD_JSON_BUILD_CALLBACK(json_build_text, (char *)(s)))
#define JSON_PAIR_STRV(name, l)                                                                    \
	SD_JSON_BUILD_PAIR_CONDITION((l) != NULL, name,                                            \
				     SD_JSON_BUILD_CALLBACK(json_build_strv, (char **)(l)))
int json_build_text(sd_json_variant **ret, const char *name, void *s);
int json_build_strv(sd_json_variant **ret, const char *name, void *l);
