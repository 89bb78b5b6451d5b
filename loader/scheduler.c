// SPDX-License-Identifier: GPL-2.0-only
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/strv.h"

#include "scheduler.h"

struct sched_spec *spec_new(const char *name, enum mode mode, char *const *args, char *const *argv)
{
	_cleanup_spec_ struct sched_spec *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->name = strdup(name);
	s->mode = mode;
	if (!s->name || strv_copy(args, &s->args) < 0 || strv_copy(argv, &s->argv) < 0)
		return NULL;
	return steal_ptr(s);
}

struct sched_spec *spec_copy(const struct sched_spec *s)
{
	_cleanup_spec_ struct sched_spec *copy = spec_new(s->name, s->mode, s->args, s->argv);

	if (!copy || !s->program)
		return steal_ptr(copy);
	copy->program = strdup(s->program);
	return copy->program ? steal_ptr(copy) : NULL;
}

struct sched_spec *spec_free(struct sched_spec *s)
{
	if (!s)
		return NULL;
	free(s->name);
	strv_free(s->args);
	strv_free(s->argv);
	free(s->program);
	free(s);
	return NULL;
}

void spec_identify(struct sched_spec *s)
{
	struct stat st;

	free(s->program);
	if (stat(s->argv[0], &st) < 0 ||
	    asprintf(&s->program, "%ju:%jd:%jd.%09ld", (uintmax_t)st.st_ino, (intmax_t)st.st_size,
		     (intmax_t)st.st_mtim.tv_sec, st.st_mtim.tv_nsec) < 0)
		s->program = NULL;
}

static bool same_program(const char *a, const char *b)
{
	return !a == !b && (!a || strcmp(a, b) == 0);
}

bool spec_equal(const struct sched_spec *a, const struct sched_spec *b)
{
	return strcmp(a->name, b->name) == 0 && a->mode == b->mode &&
	       strv_equal(a->args, b->args) && strv_equal(a->argv, b->argv) &&
	       same_program(a->program, b->program);
}

char *spec_describe(const struct sched_spec *s)
{
	_cleanup_free_ char *words = NULL;
	char *text;
	int n;

	if (!s->args) {
		n = asprintf(&text, "%s in %s mode", s->name, mode_table[s->mode].name);
		return n < 0 ? NULL : text;
	}
	words = strv_join(s->args, " ");
	if (!words)
		return NULL;
	n = asprintf(&text, "%s with arguments \"%s\"", s->name, words);
	return n < 0 ? NULL : text;
}
