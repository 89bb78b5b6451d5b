/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages to stderr: "program: message" for people, "<N>message" for the journal.
 * Only the caller that knows the intent logs; leaf functions return an error.
 */
#pragma once

#include <stdarg.h>

#include "util.h"

enum log_level {
	LOG_LEVEL_ERROR,   /* we stop */
	LOG_LEVEL_WARNING, /* we go on differently */
	LOG_LEVEL_INFO,    /* life cycle, one line each */
	LOG_LEVEL_DEBUG,
	NR_LOG_LEVELS,
};

/* Sets the name in front of messages and finds out whether stderr is the journal. */
void log_open(const char *program);

/* Messages above this level are dropped; LOG_LEVEL_INFO at start. */
void log_set_max_level(enum log_level level);

void log_message(enum log_level level, const char *format, ...) _printf_(2, 3);
void log_messagev(enum log_level level, const char *format, va_list ap) _printf_(2, 0);

/* Logs an error whose cause is the negative errno @r (%m in @format) and returns @r. */
int log_errno(int r, const char *format, ...) _printf_(2, 3);

#define log_error(...) log_message(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_message(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...) log_message(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_message(LOG_LEVEL_DEBUG, __VA_ARGS__)

/* The newest error message, without prefix and on one line; "" if there was none. */
const char *log_last_error(void);
