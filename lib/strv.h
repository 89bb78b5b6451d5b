/* SPDX-License-Identifier: GPL-2.0-only */
/* Lists of strings that end in NULL, as exec() and D-Bus want them; NULL is the empty list. */
#pragma once

#include <stddef.h>

#include "util.h"

char **strv_free(char **l);
DEFINE_CLEANUP(char **, strv_free);
#define _cleanup_strv_ _cleanup_(strv_freep)

size_t strv_len(char *const *l);

/* Appends a copy of @s. 0 or -ENOMEM; the list is as before on failure. */
int strv_extend(char ***l, const char *s);

/* A new string, or NULL when out of memory; "" for the empty list. */
char *strv_join(char *const *l, const char *separator);

#define strv_foreach(s, l) for (char *const *s = (l); s && *s; s++)
