/* SPDX-License-Identifier: GPL-2.0-only */
/* Parts of the configuration's tables of keys that its other files read, check and print by. */
#pragma once

#include "config.h"

extern const struct reader_key config_failure_keys[];
extern const struct reader_key config_profile_keys[];

/* A reader for the name of a mode, into a struct setting_int. */
void config_read_mode(struct reader *r, const struct reader_key *key, const char *path,
		      const struct toml_node *value, void *member);
/* A reader for the table "scheds", into a struct config. */
void config_read_scheds(struct reader *r, const struct reader_key *key, const char *path,
			const struct toml_node *value, void *member);

/* The section of @name, an empty one if there was none; NULL when out of memory. */
struct config_sched *config_get_sched(struct config *c, const char *name);
/* A copy of @file in c->files, for origins to point to; NULL when out of memory. */
const char *config_add_file(struct config *c, const char *file);

/* What only the outcome of all layers shows. */
struct config_fault {
	struct origin where; /* the newest of the settings that do not fit */
	char *text;          /* NULL when out of memory */
};

/* The first fault from check *@check on, which is set to it; false if there is none. */
bool config_next_fault(const struct config *c, const struct catalog *catalog, unsigned *check,
		       struct config_fault *ret);
