// SPDX-License-Identifier: GPL-2.0-only
/*
 * Level, program name and newest error are the only global state of the project.
 * A message is put together first and written with one call, so that lines of
 * several processes on one stream do not mix.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <systemd/sd-daemon.h>

#include "log.h"

static const char *const journal_prefix[NR_LOG_LEVELS] = {
	[LOG_LEVEL_ERROR] = SD_ERR,
	[LOG_LEVEL_WARNING] = SD_WARNING,
	[LOG_LEVEL_INFO] = SD_INFO,
	[LOG_LEVEL_DEBUG] = SD_DEBUG,
};

static const char *program_name = "aios";
static enum log_level max_level = LOG_LEVEL_INFO;
static bool to_journal;
static char last_error[512];

/* systemd sets JOURNAL_STREAM to the device and inode of the stream it connected. */
static bool stderr_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	char own[64];
	struct stat st;

	if (!stream || fstat(STDERR_FILENO, &st) < 0)
		return false;
	(void)snprintf(own, sizeof(own), "%" PRIuMAX ":%" PRIuMAX, (uintmax_t)st.st_dev,
		       (uintmax_t)st.st_ino);
	return strcmp(stream, own) == 0;
}

void log_open(const char *program)
{
	program_name = program;
	to_journal = stderr_is_journal();
}

void log_set_max_level(enum log_level level)
{
	max_level = level < NR_LOG_LEVELS ? level : LOG_LEVEL_DEBUG;
}

const char *log_last_error(void)
{
	return last_error;
}

static void keep_error(const char *text)
{
	(void)snprintf(last_error, sizeof(last_error), "%s", text);
	for (char *c = last_error; (c = strchr(c, '\n'));)
		*c = ' ';
}

void log_messagev(enum log_level level, const char *format, va_list ap)
{
	_cleanup_free_ char *text = NULL;
	int saved = errno;

	if (level > max_level)
		return;
	if (vasprintf(&text, format, ap) < 0) {
		text = NULL;
		return;
	}
	if (level == LOG_LEVEL_ERROR)
		keep_error(text);
	if (to_journal)
		(void)fprintf(stderr, "%s%s\n", journal_prefix[level], text);
	else
		(void)fprintf(stderr, "%s: %s\n", program_name, text);
	errno = saved;
}

void log_message(enum log_level level, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	log_messagev(level, format, ap);
	va_end(ap);
}

int log_errno(int r, const char *format, ...)
{
	va_list ap;

	errno = -r;
	va_start(ap, format);
	log_messagev(LOG_LEVEL_ERROR, format, ap);
	va_end(ap);
	return r;
}
