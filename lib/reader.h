/* SPDX-License-Identifier: GPL-2.0-only */
/* Typed reading of TOML files: tables of keys, and messages that name the place. */
#pragma once

#include <dirent.h>

#include "file.h"
#include "log.h"
#include "mode.h"
#include "toml.h"
#include "util.h"

/* Where a setting was made; the name of the file is not copied. NULL: nowhere. */
struct origin {
	const char *file;
	struct toml_pos pos;
};

struct setting_string {
	char *value;
	struct origin origin;
};

/* A number, or what a number stands for: a boolean, a mode. */
struct setting_int {
	int value;
	struct origin origin;
};

/* An array of strings, each with its own place. */
struct setting_strings {
	struct setting_string *items;
	size_t nr_items;
	struct origin origin;
};

struct setting_flags {
	char **words; /* NULL: none */
	struct origin origin;
};

/*
 * Reports go to the caller, level error, warning or info. After the first
 * READER_MAX_REPORTS for a file they are only counted.
 */
struct reader {
	int root_fd; /* directory that stands for / */
	void (*report)(void *userdata, enum log_level level, const char *text);
	void *userdata;
	const char *file; /* being read, as messages name it */
	unsigned nr_errors;
	unsigned nr_reports;
};

enum {
	READER_MAX_FILE = 1024 * 1024,
	READER_MAX_REPORTS = 20,
	READER_MAX_FLAGS = 128, /* strings in an array */
	READER_MAX_FLAG_LEN = 4096,
};

void reader_report(struct reader *r, enum log_level level, struct origin where, const char *format,
		   ...) _printf_(4, 5);

/* A filter for scandirat(): files called *.toml that are not hidden. */
int reader_is_toml(const struct dirent *d);

/* Warns if every user may write to @path, which is below @dir_fd; messages call it @name. */
void reader_warn_writable(struct reader *r, int dir_fd, const char *path, const char *name);

/*
 * Reads @path, which is relative to @dir_fd and becomes r->file, as text that ends
 * in NUL. -ENOENT is silent; every other failure is reported.
 */
int reader_read(struct reader *r, int dir_fd, const char *path, char **ret, size_t *ret_size);
/* The same, and parses it. */
int reader_load(struct reader *r, int dir_fd, const char *path, struct toml_document **ret);

/*
 * Known keys of a table. @read gets its line of the table and the member at @offset
 * of the structure that the table fills, and reports what it does not like; @path is
 * the key's full name ("scheds.scx_simple.auto_mode").
 */
struct reader_key {
	const char *name;
	void (*read)(struct reader *r, const struct reader_key *key, const char *path,
		     const struct toml_node *value, void *member);
	size_t offset;
	int min, max;                  /* what reader_int() allows */
	const struct reader_key *keys; /* what reader_section() knows */
};

/* Whether @value is of @type; if not, an error says that it must be @expected. */
bool reader_has_type(struct reader *r, const char *path, const struct toml_node *value,
		     enum toml_type type, const char *expected);

/* Reads the members of a table into @target; keys that are not known are a warning. */
void reader_table(struct reader *r, const char *path, const struct toml_node *table,
		  const struct reader_key *keys, void *target);

/* Reads a table inside of a table into the structure at its offset. */
void reader_section(struct reader *r, const struct reader_key *key, const char *path,
		    const struct toml_node *value, void *member);

/* The other readers for tables of keys; each fills the kind of setting it is called after. */
void reader_string(struct reader *r, const struct reader_key *key, const char *path,
		   const struct toml_node *value, void *member);
void reader_strings(struct reader *r, const struct reader_key *key, const char *path,
		    const struct toml_node *value, void *member);
void reader_flags(struct reader *r, const struct reader_key *key, const char *path,
		  const struct toml_node *value, void *member);
void reader_int(struct reader *r, const struct reader_key *key, const char *path,
		const struct toml_node *value, void *member);
/* fills a struct setting_int: 0 or 1 */
void reader_boolean(struct reader *r, const struct reader_key *key, const char *path,
		    const struct toml_node *value, void *member);

/* The flag lists of all modes, in the member flags[NR_MODES] of @type. */
#define READER_MODE_KEY(key, type, mode) {key, reader_flags, offsetof(type, flags[mode])}
#define READER_MODE_KEYS(type)                                                                     \
	READER_MODE_KEY("auto_mode", type, MODE_AUTO),                                             \
		READER_MODE_KEY("gaming_mode", type, MODE_GAMING),                                 \
		READER_MODE_KEY("powersave_mode", type, MODE_POWERSAVE),                           \
		READER_MODE_KEY("lowlatency_mode", type, MODE_LOWLATENCY),                         \
		READER_MODE_KEY("server_mode", type, MODE_SERVER)

void setting_string_finish(struct setting_string *s);
void setting_strings_finish(struct setting_strings *s);
void setting_flags_finish(struct setting_flags *f);
