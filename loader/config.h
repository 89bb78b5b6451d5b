/* SPDX-License-Identifier: GPL-2.0-only */
/* The configuration: what to start, in which mode, with which flags, and who said so. */
#pragma once

#include <stdio.h>

#include "lib/catalog.h"

#define CONFIG_VENDOR_FILE AIOS_DATADIR "/default.toml"
#define CONFIG_FILE AIOS_SYSCONFDIR "/default.toml"
#define CONFIG_RUN_DIR "/run/aios"

/* Of a power profile that does not change the mode. */
enum { CONFIG_NO_MODE = -1 };

/* One section [scheds.NAME]. */
struct config_sched {
	char *name;
	struct origin origin;
	struct setting_flags flags[NR_MODES];
};

/* Section [failures]: when to try again, and when to stop trying. */
struct config_failures {
	struct setting_int budget;      /* failures in an hour until a scheduler is given up */
	struct setting_int first_delay; /* seconds before the first new attempt */
	struct setting_int max_delay;   /* seconds that it may double to, >= first_delay */
	struct setting_int boots;       /* failed boots in a row until it is skipped, 0: never */
};

/* Section [profiles]: the enum mode while a power profile is active, or CONFIG_NO_MODE. */
struct config_profiles {
	struct setting_int enabled;
	struct setting_int power_saver, balanced, performance; /* of power-profiles-daemon */
	struct setting_int ac, battery;                        /* where there is none */
};

/*
 * The layers put together. An origin without a file means that nobody set it; the
 * value is the built-in one then.
 */
struct config {
	struct setting_string default_sched; /* "" or NULL: none */
	struct setting_int default_mode;     /* enum mode */
	struct setting_strings fallback;     /* see config_fallback() */
	struct config_failures failures;
	struct config_profiles profiles;
	struct config_sched *scheds;
	size_t nr_scheds;
	char **files; /* in effect, a later one goes before those in front of it */
};

/*
 * Reads all layers, with @file in place of the administrator's if it is not NULL.
 * All problems go to the reader, which counts those that are errors. A drop-in or a
 * legacy file that has errors is left out, and the rest is used. -EINVAL: the
 * vendor's or the administrator's file has errors; -ENOMEM. *c is replaced on success
 * and stays as it was on failure.
 */
int config_load(struct config *c, const struct catalog *catalog, struct reader *r,
		const char *file);

/*
 * What there is to go on with if config_load() failed, and said why: the vendor's
 * file or, if that is the broken one, what is built in. Silent; fails with -ENOMEM only.
 */
int config_load_vendor(struct config *c, const struct catalog *catalog, int root_fd);

/* What is built in. */
void config_init(struct config *c);
void config_finish(struct config *c);
#define _cleanup_config_ _cleanup_(config_finish)

/* The steps of config_load(): the keys of r->file, which go before those already there ... */
void config_add_layer(struct config *c, const struct toml_document *doc, struct reader *r);
/* ... and the check of them all: -EINVAL if something does not fit this machine or the rest. */
int config_check(const struct config *c, const struct catalog *catalog, struct reader *r);

/* The scheduler to start, NULL for none; only after a successful check. */
const struct sched_entry *config_sched(const struct config *c, const struct catalog *catalog);
enum mode config_mode(const struct config *c);

/* Names of the installed schedulers to try when that one is given up, in order. */
int config_fallback(const struct config *c, const struct catalog *catalog, char ***ret);

/* The administrator's flags, else the vendor's, else those of the catalog. */
const struct setting_flags *config_flags(const struct config *c, const struct sched_entry *e,
					 enum mode mode);

/* The program of @e below @root and @words behind it, ready to be executed. */
int config_command(const struct sched_entry *e, char *const *words, const char *root,
		   char ***ret_argv);

/* Everything in effect as a TOML file, with the origin of each line. */
void config_print(const struct config *c, const struct catalog *catalog, FILE *f);
