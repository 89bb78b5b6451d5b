// SPDX-License-Identifier: GPL-2.0-only
/* The arms of a session: which schedulers are compared. */
#include <stdio.h>
#include <string.h>

#include "lib/log.h"
#include "lib/strv.h"

#include "bench/items.h"
#include "bench/plan.h"

static int no_memory(void)
{
	return log_errno(-ENOMEM, "%m");
}

struct arms {
	struct session *session;
	const struct catalog *catalog;
	int root_fd;
};

static const struct arm *find_arm(const struct session *s, const char *label)
{
	for (size_t i = 0; i < s->nr_arms; i++)
		if (strcmp(s->arms[i].label, label) == 0)
			return &s->arms[i];
	return NULL;
}

/* Takes over what @arm owns. */
static int add_arm(struct session *s, struct arm *arm)
{
	struct arm *grown = reallocarray(s->arms, s->nr_arms + 1, sizeof(*grown));

	if (!grown || !arm->label) {
		arm_finish(arm);
		s->arms = grown ?: s->arms;
		return no_memory();
	}
	s->arms = grown;
	s->arms[s->nr_arms++] = *arm;
	return 0;
}

/* "kernel", then "kernel 2": the same again, to see how much two of the same differ. */
static int add_kernel(struct session *s)
{
	struct arm arm = {};
	unsigned nr = 1;

	for (size_t i = 0; i < s->nr_arms; i++)
		nr += !s->arms[i].sched;
	if (nr == 1)
		arm.label = strdup("kernel");
	else if (asprintf(&arm.label, "kernel %u", nr) < 0)
		arm.label = NULL;
	return add_arm(s, &arm);
}

/* Its entry, or NULL. */
static const struct sched_entry *find_installed(const struct arms *a, const char *name)
{
	return sched_check_program(a->root_fd, name) == 0 ? catalog_find(a->catalog, name) : NULL;
}

static int refuse_sched(const struct arms *a, const char *name)
{
	_cleanup_free_ char *names = catalog_names(a->catalog);

	log_error("scheduler '%s' is not installed; installed: %s", name, names ?: "");
	return -EINVAL;
}

/* Without @args it has those of the mode that the loader starts it in if told nothing else. */
static int add_sched(const struct arms *a, const struct sched_entry *e, char *const *args)
{
	const char *name = e->name.value;
	struct arm arm = {.label = strdup(name), .sched = strdup(name)};
	_cleanup_free_ char *words = strv_join(args, " ");

	if (!words || !arm.label || !arm.sched ||
	    strv_copy(args ?: e->flags[MODE_AUTO].words, &arm.args) < 0) {
		arm_finish(&arm);
		return no_memory();
	}
	if (*words) {
		free(arm.label);
		if (asprintf(&arm.label, "%s %s", name, words) < 0)
			arm.label = NULL;
	}
	if (arm.label && find_arm(a->session, arm.label)) {
		log_error("scheduler '%s' is given twice", arm.label);
		arm_finish(&arm);
		return -EINVAL;
	}
	return add_arm(a->session, &arm);
}

static int add_named_arm(void *userdata, char *const *words)
{
	const struct arms *a = userdata;
	_cleanup_free_ char *name = NULL;
	const struct sched_entry *e;

	if (strcmp(words[0], "kernel") == 0 && !words[1])
		return add_kernel(a->session);
	if (asprintf(&name, "scx_%s", sched_ops_name(words[0])) < 0) {
		name = NULL;
		return no_memory();
	}
	e = find_installed(a, name);
	if (!e)
		return refuse_sched(a, words[0]);
	return add_sched(a, e, words[1] ? words + 1 : NULL);
}

static bool is_any(const struct sched_entry *e _unused_)
{
	return true;
}

static bool is_production(const struct sched_entry *e)
{
	return e->production.value;
}

static bool is_nothing(const struct sched_entry *e _unused_)
{
	return false;
}

/* Words for many schedulers; those that are not installed are left out. */
static const struct group {
	const char *name;
	bool (*has)(const struct sched_entry *e);
	const char *if_none; /* what is wrong then; NULL: nothing */
} groups[] = {
	{"all", is_any, "no scheduler is installed"},
	{"production", is_production, "no scheduler that is for production is installed"},
	{"none", is_nothing, NULL},
};

static int add_group(const struct arms *a, const struct group *g)
{
	size_t nr = a->session->nr_arms;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < a->catalog->nr_entries; i++) {
		const struct sched_entry *e = &a->catalog->entries[i];

		if (g->has(e) && find_installed(a, e->name.value))
			r = add_sched(a, e, NULL);
	}
	if (r < 0 || !g->if_none || a->session->nr_arms > nr)
		return r;
	log_error("%s; --schedulers none measures the kernel's own alone", g->if_none);
	return -EINVAL;
}

int plan_arms(struct session *s, const struct catalog *c, int root_fd, const char *text)
{
	struct arms arms = {s, c, root_fd};
	int r = add_kernel(s);

	if (r < 0)
		return r;
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		if (strcmp(text, groups[i].name) == 0)
			return add_group(&arms, &groups[i]);
	return items_for_each(text, "scheduler", add_named_arm, &arms);
}
