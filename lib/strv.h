/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lists of strings that end in NULL, as exec() and D-Bus want them; NULL is the empty list,
 * or none where that makes a difference.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "util.h"

char **strv_free(char **l);
DEFINE_CLEANUP(char **, strv_free);
#define _cleanup_strv_ _cleanup_(strv_freep)

size_t strv_len(char *const *l);

/* Appends a copy of @s. 0 or -ENOMEM; the list is as before on failure. */
int strv_extend(char ***l, const char *s);

/* A copy of @l, which is a list of its own even if it is empty; NULL only for NULL. 0 or -ENOMEM.
 */
int strv_copy(char *const *l, char ***ret);

/* Both NULL, or the same strings. */
bool strv_equal(char *const *a, char *const *b);

/* A new string, or NULL when out of memory; "" for the empty list. */
char *strv_join(char *const *l, const char *separator);

#define strv_foreach(s, l) for (char *const *s = (l); s && *s; s++)
