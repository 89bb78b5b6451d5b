/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Command lines as tables: what is parsed, what is checked and what --help
 * prints come from the same lines.
 *
 * A program describes its options in groups. Each group writes into one
 * structure; what the structure holds before parsing is the default, and
 * --help prints it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "util.h"

enum option_type {
	OPTION_FLAG,    /* uint8_t, set to 1 */
	OPTION_COUNT,   /* uint8_t, counted up; may be given again and again */
	OPTION_NUMBER,  /* uint64_t */
	OPTION_INTEGER, /* int64_t; the range is given as uint64_t, too */
	OPTION_SECONDS, /* uint64_t, in ms; the user writes seconds with up to three decimals */
	OPTION_STRING,  /* const char *, points into argv */
	OPTION_STRINGS, /* char **, see strv.h; may be given again and again, the caller frees it */
	OPTION_CHOICE,  /* uint8_t: which of the choices, counted from 1 */
	/* what other versions know; not in --help, whose text says what is the matter */
	OPTION_IGNORED, /* a warning; the metavar, if any, stands for a value */
	OPTION_REFUSED, /* an error */
};

struct option_info {
	const char *name; /* long name without the dashes */
	char letter;      /* 0: none */
	enum option_type type;
	size_t offset;       /* of the member in the group's structure */
	const char *metavar; /* name of the value in --help, with its unit */
	const char *help;
	uint64_t min, max;    /* range of a number, as the user writes it (seconds: in ms) */
	uint64_t scale;       /* the member is what the user wrote times this; 0 means 1 */
	const char *choices;  /* words with blanks between */
	const char *excludes; /* long names, with blanks between, it must not be given with */
	const char *needs;    /* and those of which one must be given with it */
};

struct option_group {
	const char *title; /* heading in --help */
	const struct option_info *options;
	size_t nr_options;
	void *base; /* the structure the offsets refer to */
};

struct command_line {
	const char *program;
	const char *arguments; /* rest of the usage line: "[OPTION]... [FILE]" */
	const char *summary;   /* one or more sentences, wrapped by options_help() */
	const struct option_group *groups;
	size_t nr_groups;
	bool ends_at_word; /* the first word that is no option ends the options, as "--" does */
};

/*
 * Parses the options of @argv. 0 and the index of the first argument that is not
 * an option, or -EINVAL (-ENOMEM) after logging what is wrong and which values are allowed.
 */
int options_parse(const struct command_line *cl, int argc, char **argv, int *ret_first);

/* Of other versions only: for none of those that describe the options. */
bool option_is_hidden(const struct option_info *o);

/* Whether it may be given again and again. */
bool option_is_repeatable(const struct option_info *o);

/* What --help prints: at most 80 columns. */
void options_help(FILE *f, const struct command_line *cl);
