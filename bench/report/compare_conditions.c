// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "bench/report/facts.h"
#include "bench/report/pair.h"
#include "lib/log.h"
#include "lib/strv.h"

/* How busy the machine was when the session began: it is never the same. */
#define FLEETING_FACT "load"

/* Warns that what is called @name is not the same in both. 0 or -ENOMEM. */
static int warn_difference(const struct screen *s, const char *name, const char *a, const char *b)
{
	_cleanup_free_ char *clean_name = screen_text(s, name), *clean_a = screen_text(s, a),
			    *clean_b = screen_text(s, b);

	if (!clean_name || !clean_a || !clean_b)
		return -ENOMEM;
	if (strcmp(a, b) != 0)
		log_warning("%s differs: '%s' in A, '%s' in B", clean_name, clean_a, clean_b);
	return 0;
}

/* Whatever A knows, and then what only B knows. */
static int warn_facts(const struct screen *s, const struct facts *a, const struct facts *b)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < a->nr; i++) {
		const struct fact *f = &a->list[i];

		if (strcmp(f->name, FLEETING_FACT) != 0)
			r = warn_difference(s, f->name, f->value,
					    facts_find(b, f->name) ?: FACT_UNKNOWN);
	}
	for (size_t i = 0; r >= 0 && i < b->nr; i++) {
		const struct fact *f = &b->list[i];

		if (!facts_find(a, f->name) && strcmp(f->name, FLEETING_FACT) != 0)
			r = warn_difference(s, f->name, FACT_UNKNOWN, f->value);
	}
	return r;
}

static int warn_machines(const struct screen *s, const struct loaded *a, const struct loaded *b)
{
	_cleanup_facts_ struct facts facts_a = {}, facts_b = {};
	int r = facts_read(a->session.machine, &facts_a);

	if (r >= 0)
		r = facts_read(b->session.machine, &facts_b);
	return r >= 0 ? warn_facts(s, &facts_a, &facts_b) : r;
}

/* The same label may stand for another command. */
static int warn_commands(const struct screen *s, const struct loaded *a, const struct loaded *b)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < a->session.nr_workloads; i++) {
		const struct bench_workload *w = &a->session.workloads[i];
		size_t j = pair_workload(&b->session, w->label);
		_cleanup_free_ char *command_a = NULL, *command_b = NULL, *name = NULL;

		if (j == b->session.nr_workloads)
			continue;
		command_a = strv_join(w->command, " ");
		command_b = strv_join(b->session.workloads[j].command, " ");
		if (!command_a || !command_b)
			return -ENOMEM;
		if (asprintf(&name, "the command of %s", w->label) < 0) {
			name = NULL;
			return -ENOMEM;
		}
		r = warn_difference(s, name, command_a, command_b);
	}
	return r;
}

int compare_conditions(const struct screen *s, const struct loaded *a, const struct loaded *b)
{
	int r = warn_machines(s, a, b);

	return r >= 0 ? warn_commands(s, a, b) : r;
}
