// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "bench/last_words.h"

#define SIGNAL_STATUS 128

/* With these a scheduler says why it ends: nothing need be added, and nothing after it counts. */
static const char *const phrases[] = {
	"ejected by the kernel: ",
	"loading again: ",
	"ended: ",
};

static bool has_phrase(const char *line)
{
	for (size_t i = 0; i < ARRAY_SIZE(phrases); i++)
		if (strstr(line, phrases[i]))
			return true;
	return false;
}

/* The last line with a phrase, else the last that is not empty; NULL: there is none. */
static char *find_line(char *text)
{
	char *best = NULL, *rest;
	bool is_best = false;

	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		bool is_better = has_phrase(line);

		if (is_better || !is_best)
			best = line;
		is_best |= is_better;
	}
	return best;
}

/* Of a line: without the name in front, and without what a terminal would act on. */
static const char *clean(char *line, const char *name)
{
	for (char *s = line; *s; s++)
		if ((unsigned char)*s < ' ')
			*s = ' ';
	if (strncmp(line, name, strlen(name)) == 0 && line[strlen(name)] == ':')
		line += strlen(name) + 1;
	return line + strspn(line, " ");
}

char *last_words(const struct child *c, const char *name)
{
	_cleanup_free_ char *tail = child_tail(c);
	char *found = tail ? find_line(tail) : NULL, *words;
	const char *line = found ? clean(found, name) : "";
	int status = child_status(c), n;

	if (has_phrase(line))
		n = asprintf(&words, "%s", line);
	else if (status > SIGNAL_STATUS)
		n = asprintf(&words, "was killed by signal %d (%s)", status - SIGNAL_STATUS,
			     sigdescr_np(status - SIGNAL_STATUS) ?: "unknown");
	else
		n = asprintf(&words, "exit status %d%s%s", status, *line ? ": " : "", line);
	return n < 0 ? NULL : words;
}
