/* SPDX-License-Identifier: GPL-2.0-only */
/* Configuration files of scx_loader and scx.service, for who comes from there. */
#pragma once

#include "config.h"

/* The one file that counts of those that may exist. */
struct legacy {
	const char *file; /* NULL: there is none */
	const struct legacy_format *format;
	struct toml_document *doc;
	char *text;
};

/*
 * Opens the first of the files that exists, with a notice, and reads it once for its
 * problems, which go to the reader. l->file is NULL if there is none, or it has errors.
 */
void legacy_open(struct legacy *l, const struct catalog *catalog, struct reader *r);
void legacy_finish(struct legacy *l);

/*
 * Reads it as a layer of @c. @mode is the one whose flags are those of
 * /etc/default/scx, which knows no modes.
 */
void legacy_add_layer(struct config *c, const struct legacy *l, const struct catalog *catalog,
		      enum mode mode, struct reader *r);
