/* SPDX-License-Identifier: GPL-2.0-only */
/* The configuration: what to start, in which mode, with which flags, and who said so. */
#pragma once

#include <stdio.h>

#include "lib/catalog.h"

#define CONFIG_VENDOR_FILE AIOS_DATADIR "/default.toml"
#define CONFIG_FILE AIOS_SYSCONFDIR "/default.toml"

/* One section [scheds.NAME]. */
struct config_sched {
	char *name;
	struct origin origin;
	struct setting_flags flags[NR_MODES];
};

/* The layers put together; an origin without a file means that nobody set it. */
struct config {
	struct setting_string default_sched; /* "": none */
	struct setting_string default_mode;
	struct config_sched *scheds;
	size_t nr_scheds;
};

/*
 * Reads the vendor's file, then @file or, if NULL, the administrator's; then
 * checks the outcome against the catalog. Problems go to the reader. -EINVAL if
 * one of them is an error.
 */
int config_load(struct config *c, const struct catalog *catalog, struct reader *r,
		const char *file);
void config_finish(struct config *c);
#define _cleanup_config_ _cleanup_(config_finish)

/* The steps of config_load(): one layer, whose keys go before those already there ... */
void config_add_layer(struct config *c, const struct toml_document *doc, struct reader *r);
/* ... and the check of them all. */
int config_check(const struct config *c, const struct catalog *catalog, struct reader *r);

/* The scheduler to start, NULL for none; only after a successful check. */
const struct sched_entry *config_sched(const struct config *c, const struct catalog *catalog);
enum mode config_mode(const struct config *c);

/* The administrator's flags, else the vendor's, else those of the catalog. */
const struct setting_flags *config_flags(const struct config *c, const struct sched_entry *e,
					 enum mode mode);

/* Program below @root and flags of a scheduler, ready to be executed. */
int config_command(const struct config *c, const struct sched_entry *e, enum mode mode,
		   const char *root, char ***ret_argv);

/* Everything in effect as a TOML file, with the origin of each line. */
void config_print(const struct config *c, const struct catalog *catalog, FILE *f);
