// SPDX-License-Identifier: GPL-2.0-only
/* One table: how it ended, in a word and a phrase, and what that means for another attempt. */
#include <stdio.h>
#include <string.h>

#include "lib/exit_status.h"

#include "unit_exit.h"

#define ANY_STATUS (-1)

static const struct ending {
	enum unit_exit_kind kind;
	int status;
	const char *word, *phrase;
	bool is_hopeless;
	bool has_number; /* which the phrase does not say */
} endings[] = {
	{UNIT_EXITED, STATUS_OK, "ended", "ended before it was ready"},
	{UNIT_EXITED, STATUS_USAGE, "usage", "rejected its command line", .is_hopeless = true},
	{UNIT_EXITED, STATUS_KERNEL, "kernel", "cannot run on this kernel", .is_hopeless = true},
	{UNIT_EXITED, STATUS_EJECTED, "ejected", "was ejected by the kernel"},
	{UNIT_EXITED, ANY_STATUS, "failed", "failed", .has_number = true},
	{UNIT_KILLED, ANY_STATUS, "killed", "was killed", .has_number = true},
	{UNIT_TIMEOUT, ANY_STATUS, "timeout", "did not answer in time"},
	{UNIT_NO_EXEC, ANY_STATUS, "missing", "could not be executed", .is_hopeless = true},
	{UNIT_REFUSED, ANY_STATUS, "refused", "could not be started"},
};

static const struct ending *find_ending(const struct unit_exit *e)
{
	size_t i = 0;

	while (endings[i].kind != e->kind ||
	       (endings[i].status != ANY_STATUS && endings[i].status != e->status))
		i++;
	return &endings[i];
}

bool unit_exit_is_hopeless(const struct unit_exit *e)
{
	return find_ending(e)->is_hopeless;
}

const char *unit_exit_word(const struct unit_exit *e)
{
	return find_ending(e)->word;
}

char *unit_exit_describe(const struct unit_exit *e)
{
	const struct ending *end = find_ending(e);
	char *text;
	int n;

	if (e->text && *e->text)
		n = asprintf(&text, "%s: %s", end->phrase, e->text);
	else if (!end->has_number)
		n = asprintf(&text, "%s", end->phrase);
	else if (e->kind == UNIT_KILLED)
		n = asprintf(&text, "%s by signal %d (%s)", end->phrase, e->status,
			     sigdescr_np(e->status) ?: "unknown");
	else
		n = asprintf(&text, "%s: exit status %d", end->phrase, e->status);
	return n < 0 ? NULL : text;
}
