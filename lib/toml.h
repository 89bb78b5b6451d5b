/* SPDX-License-Identifier: GPL-2.0-only */
/* TOML 1.0 documents for C: every key and value knows where it stands in the file. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util.h"

#ifdef __cplusplus
extern "C" {
#define TOML_NOEXCEPT noexcept
#else
#define TOML_NOEXCEPT
#endif

enum toml_type {
	TOML_TABLE,
	TOML_ARRAY,
	TOML_STRING,
	TOML_INTEGER,
	TOML_FLOAT,
	TOML_BOOLEAN,
	TOML_DATE, /* date, time or both */
	NR_TOML_TYPES,
};

struct toml_pos {
	unsigned line;
	unsigned column; /* in characters, both from 1 */
};

struct toml_document; /* a document */
struct toml_node;     /* a value in it; lives as long as the document */

/* A member of a table. */
struct toml_entry {
	const char *key;
	struct toml_pos key_pos;
	const struct toml_node *value;
};

/*
 * Parses @size bytes. On -EBADMSG *ret_error is "NAME:LINE:COLUMN: what is
 * wrong", to be freed by the caller; the only other error is -ENOMEM.
 */
int toml_parse(const char *text, size_t size, const char *name, struct toml_document **ret,
	       char **ret_error) TOML_NOEXCEPT;
struct toml_document *toml_free(struct toml_document *t) TOML_NOEXCEPT;

const struct toml_node *toml_root(const struct toml_document *t) TOML_NOEXCEPT;
enum toml_type toml_node_type(const struct toml_node *n) TOML_NOEXCEPT;
/* "a string", "a table", ... for messages */
const char *toml_type_name(const struct toml_node *n) TOML_NOEXCEPT;
struct toml_pos toml_node_pos(const struct toml_node *n) TOML_NOEXCEPT;

/* Number of members or elements; 0 for all other types. */
size_t toml_len(const struct toml_node *n) TOML_NOEXCEPT;
/* Member @i of a table, in the order of the file. */
struct toml_entry toml_member(const struct toml_node *table, size_t i) TOML_NOEXCEPT;
/* Element @i of an array. */
const struct toml_node *toml_at(const struct toml_node *array, size_t i) TOML_NOEXCEPT;
/* The value of @key, NULL if @n is no table or has no such member. */
const struct toml_node *toml_get(const struct toml_node *n, const char *key) TOML_NOEXCEPT;

/*
 * The value, if the node is of that type; else -EINVAL. A string that contains
 * NUL characters, as TOML allows, is -EILSEQ.
 */
int toml_string(const struct toml_node *n, const char **ret) TOML_NOEXCEPT;
int toml_integer(const struct toml_node *n, int64_t *ret) TOML_NOEXCEPT;
int toml_boolean(const struct toml_node *n, bool *ret) TOML_NOEXCEPT;

#ifdef __cplusplus
}
#endif

DEFINE_CLEANUP(struct toml_document *, toml_free);
#define _cleanup_toml_ _cleanup_(toml_freep)
