/* SPDX-License-Identifier: GPL-2.0-only */
/* Typed reading of TOML files: tables of keys, and messages that name the place. */
#pragma once

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

struct setting_flags {
	char **words; /* NULL: none */
	struct origin origin;
};

/*
 * Reports go to the caller, level error or warning. After the first
 * READER_MAX_REPORTS they are only counted.
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
	READER_MAX_FLAGS = 128,
	READER_MAX_FLAG_LEN = 4096,
};

/* Where @root_fd is looked at: the absolute @path without its slash. */
static inline const char *below_root(const char *path)
{
	return path[0] == '/' ? path + 1 : path;
}

void reader_report(struct reader *r, enum log_level level, struct origin where, const char *format,
		   ...) _printf_(4, 5);

/*
 * Reads and parses @path, which is relative to @dir_fd and becomes r->file.
 * -ENOENT is silent; every other failure is reported.
 */
int reader_load(struct reader *r, int dir_fd, const char *path, struct toml_document **ret);

/*
 * Known keys of a table. @read gets the member at @offset of the structure that
 * the table fills and reports what it does not like; @path is the key's full
 * name ("scheds.scx_simple.auto_mode").
 */
struct reader_key {
	const char *name;
	void (*read)(struct reader *r, const char *path, const struct toml_node *value,
		     void *member);
	size_t offset;
};

/* Reads the members of a table into @target; keys that are not known are a warning. */
void reader_table(struct reader *r, const char *path, const struct toml_node *table,
		  const struct reader_key *keys, void *target);

/* Readers for tables of keys: struct setting_string and struct setting_flags. */
void reader_string(struct reader *r, const char *path, const struct toml_node *value, void *member);
void reader_flags(struct reader *r, const char *path, const struct toml_node *value, void *member);

/* The flag lists of all modes, in the member flags[NR_MODES] of @type. */
#define READER_MODE_KEY(key, type, mode) {key, reader_flags, offsetof(type, flags[mode])}
#define READER_MODE_KEYS(type)                                                                     \
	READER_MODE_KEY("auto_mode", type, MODE_AUTO),                                             \
		READER_MODE_KEY("gaming_mode", type, MODE_GAMING),                                 \
		READER_MODE_KEY("powersave_mode", type, MODE_POWERSAVE),                           \
		READER_MODE_KEY("lowlatency_mode", type, MODE_LOWLATENCY),                         \
		READER_MODE_KEY("server_mode", type, MODE_SERVER)

void setting_string_finish(struct setting_string *s);
void setting_flags_finish(struct setting_flags *f);
