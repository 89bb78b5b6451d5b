/* SPDX-License-Identifier: GPL-2.0-only */
/* Files of assignments, as systemd's EnvironmentFile= reads them, and words as a shell does. */
#pragma once

#include <stdbool.h>

#include "toml.h"

/* Starts as {TEXT, {1, 1}}; the text is changed on the way. */
struct env_file {
	char *at;
	struct toml_pos pos;
};

/* Both strings are parts of the text. */
struct env_assignment {
	const char *key, *value;
	struct toml_pos key_pos, value_pos;
};

/*
 * The next assignment, false if there is none. Quotes and backslashes are taken
 * away, nothing is expanded; comments and lines without "=" are skipped.
 */
bool env_file_next(struct env_file *f, struct env_assignment *ret);

/*
 * Takes @text apart at blanks outside of quotes ('', "", \), at most @max words.
 * -EINVAL: a quote is not closed; -E2BIG: more words; -ENOMEM.
 */
int env_split_words(const char *text, size_t max, char ***ret);
