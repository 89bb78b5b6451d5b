// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "bench/report/facts.h"
#include "bench/report/heading.h"
#include "bench/report/numbers.h"
#include "lib/strv.h"

#define INDENT 2
#define FACT_COLUMN 12

/* "name:     text", wrapped; nothing without a text. */
static int print_fact(FILE *f, const struct screen *s, const char *name, const char *text)
{
	_cleanup_free_ char *clean = text ? screen_text(s, text) : NULL;

	if (!text || !*text)
		return 0;
	if (!clean)
		return -ENOMEM;
	(void)fprintf(f, "%*s%s:%*s", INDENT, "", name,
		      FACT_COLUMN - INDENT - 1 - (int)strlen(name), "");
	screen_print(f, s, clean, FACT_COLUMN, FACT_COLUMN);
	return 0;
}

static int print_joined(FILE *f, const struct screen *s, const char *name, char *const *words)
{
	_cleanup_free_ char *text = strv_join(words, " ");

	return text ? print_fact(f, s, name, text) : -ENOMEM;
}

/* What a reader asks first of a machine; the page has all of it. See machine.h for the names. */
static const struct headline {
	const char *title; /* of a line; NULL: goes on with the one before */
	const char *name;
	const char *before, *one, *more; /* what stands behind it if it is 1, and else */
	const char *dull;                /* a value that needs no words */
} headlines[] = {
	{"machine", "cpu_model", "", "", ""},
	{NULL, "cpus", "", " CPU", " CPUs"},
	{NULL, "nodes", "", "", " nodes", .dull = "1"},
	{NULL, "governor", "governor ", "", ""},
	{NULL, "virtualisation", "", "", "", .dull = "none"},
	{"kernel", "kernel", "", "", ""},
	{NULL, "preemption", "preemption ", "", ""},
	{NULL, "hz", "", " Hz", " Hz"},
};

static void print_headline(FILE *f, const struct headline *h, const char *value)
{
	if (strcmp(value, FACT_UNKNOWN) == 0 || (h->dull && strcmp(value, h->dull) == 0))
		return;
	(void)fprintf(f, "%s%s%s%s", ftell(f) > 0 ? ", " : "", h->before, value,
		      strcmp(value, "1") == 0 ? h->one : h->more);
}

static int print_machine(FILE *f, const struct screen *s, const struct session *session)
{
	_cleanup_facts_ struct facts facts = {};
	int r = facts_read(session->machine, &facts);

	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(headlines);) {
		_cleanup_free_ char *text = NULL;
		size_t size, title = i;
		FILE *m = open_memstream(&text, &size);

		if (!m)
			return -ENOMEM;
		do {
			const char *value = facts_find(&facts, headlines[i].name);

			if (value)
				print_headline(m, &headlines[i], value);
		} while (++i < ARRAY_SIZE(headlines) && !headlines[i].title);
		r = fclose(m) == 0 ? print_fact(f, s, headlines[title].title, text) : -ENOMEM;
	}
	return r;
}

static int print_versions(FILE *f, const struct screen *s, const struct session *session)
{
	_cleanup_free_ char *text = NULL;
	size_t size;
	FILE *m = open_memstream(&text, &size);

	if (!m)
		return -ENOMEM;
	for (size_t i = 0; i < session->nr_arms; i++) {
		const struct arm *arm = &session->arms[i];

		(void)fprintf(m, "%s%s%s%s%s", i ? ", " : "", arm->label, arm->version ? " (" : "",
			      arm->version ?: "", arm->version ? ")" : "");
	}
	return fclose(m) == 0 ? print_fact(f, s, "arms", text) : -ENOMEM;
}

static int print_times(FILE *f, const struct screen *s, const struct session *session)
{
	_cleanup_free_ char *text = NULL;
	int r;

	if (session->ended_us)
		r = asprintf(&text, "%s, for %s%s", NUMBER_DATE(session->began_us),
			     NUMBER_DURATION((double)(session->ended_us - session->began_us) / 1e6),
			     session->interrupted ? "; interrupted, so it is not complete" : "");
	else
		r = asprintf(&text, "%s; cut off, so it is not complete",
			     NUMBER_DATE(session->began_us));
	if (r < 0) {
		text = NULL;
		return -ENOMEM;
	}
	return print_fact(f, s, "measured", text);
}

int session_heading(FILE *f, const struct screen *s, const struct session *session,
		    const char *name)
{
	_cleanup_free_ char *clean = screen_text(s, name);
	int r;

	if (!clean)
		return -ENOMEM;
	(void)fputs(screen_tone(s, TONE_STRONG), f);
	screen_print(f, s, clean, 0, INDENT);
	(void)fputs(screen_tone(s, TONE_PLAIN), f);
	r = print_times(f, s, session);
	if (r >= 0)
		r = print_joined(f, s, "command", session->command);
	if (r >= 0)
		r = print_machine(f, s, session);
	return r >= 0 ? print_versions(f, s, session) : r;
}
