// SPDX-License-Identifier: GPL-2.0-only
/* The workloads of a session, and how their output becomes a measurement. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "lib/log.h"
#include "lib/strv.h"

#include "bench/items.h"
#include "bench/json.h"
#include "bench/plan.h"
#include "bench/program.h"

void plan_finish(struct plan *p)
{
	for (size_t i = 0; i < p->nr_extracts; i++)
		extract_finish(&p->extracts[i]);
	free(p->extracts);
	free(p->workloads);
	*p = (struct plan){};
}

static int no_memory(void)
{
	return log_errno(-ENOMEM, "%m");
}

struct workloads {
	struct plan *plan;
	struct session *session;
};

/* Takes over what @w owns. */
static int add_workload(struct workloads *to, struct bench_workload *w, struct planned planned)
{
	struct session *s = to->session;
	struct bench_workload *grown = reallocarray(s->workloads, s->nr_workloads + 1, sizeof(*w));
	struct planned *p = reallocarray(to->plan->workloads, s->nr_workloads + 1, sizeof(*p));
	int r = 0;

	s->workloads = grown ?: s->workloads;
	to->plan->workloads = p ?: to->plan->workloads;
	if (!grown || !p || !w->label || !w->kind)
		r = no_memory();
	for (size_t i = 0; r >= 0 && i < s->nr_workloads; i++)
		if (strcmp(s->workloads[i].label, w->label) == 0) {
			log_error("workload '%s' is given twice", w->label);
			r = -EINVAL;
		}
	if (r < 0) {
		bench_workload_finish(w);
		return r;
	}
	to->plan->workloads[s->nr_workloads] = planned;
	s->workloads[s->nr_workloads++] = *w;
	return 0;
}

static int extend_all(char ***list, char *const *words)
{
	int r = 0;

	strv_foreach(word, words)
		if (r >= 0)
			r = strv_extend(list, *word);
	return r;
}

/* Its command is @program and the @lists, one after the other. */
static int make_workload(const char *kind, char *const *words, const char *program,
			 char *const *const lists[3], struct bench_workload *ret)
{
	struct bench_workload w = {.label = strv_join(words, " "), .kind = strdup(kind)};
	int r = w.label && w.kind ? strv_extend(&w.command, program) : -ENOMEM;

	for (unsigned i = 0; r >= 0 && i < 3; i++)
		r = extend_all(&w.command, lists[i]);
	if (r < 0) {
		bench_workload_finish(&w);
		return no_memory();
	}
	*ret = w;
	return 0;
}

/* All runs do the same work, so how much that is does not depend on how they find the CPU. */
static int add_builtin(struct workloads *to, const struct builtin_workload *b, char *const *words)
{
	char verb[] = "workload", option[] = "--spin-per-us", spin[32], self[PATH_MAX];
	char *const verbs[] = {verb, words[0], option, spin, NULL};
	struct bench_workload w;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	int r;

	if (n < 0)
		return log_errno(-errno, "cannot find out where this program is: %m");
	self[n] = '\0';
	(void)snprintf(spin, sizeof(spin), "%.3f", to->plan->spin_per_us);
	r = make_workload("builtin", words, self, (char *const *const[]){verbs, words + 1, NULL},
			  &w);
	return r < 0 ? r : add_workload(to, &w, (struct planned){.builtin = b});
}

static int refuse_driver(const struct driver *d, const char *program)
{
	if (d->package && program == d->program)
		log_error("workload %s needs %s; install %s%s%s", d->name, program, d->package,
			  d->fedora_package ? ", or on Fedora " : "", d->fedora_package ?: "");
	else
		log_error("workload %s needs the program %s, which is not there", d->name, program);
	return -EINVAL;
}

static int add_driver(struct workloads *to, const struct driver *d, const char *name,
		      char *const *words)
{
	char *const *args = words[1] ? words + 1 : (char *const *)d->defaults;
	_cleanup_free_ char *program = program_find(name);
	struct bench_workload w;
	int r;

	if (!program)
		return refuse_driver(d, name);
	if (!args) {
		log_error("workload %s needs arguments: %s", d->name, d->needs ?: "");
		return -EINVAL;
	}
	r = make_workload("driver", words, program,
			  (char *const *const[]){(char *const *)d->before, args,
						 (char *const *)d->after},
			  &w);
	return r < 0 ? r : add_workload(to, &w, (struct planned){.driver = d});
}

/* "./schbench": the program itself, also where its name is that of a workload that is built in. */
static int add_program(struct workloads *to, char *const *words)
{
	const char *base = strrchr(words[0], '/') + 1;

	for (size_t i = 0; drivers[i]; i++)
		if (strcmp(drivers[i]->program, base) == 0)
			return add_driver(to, drivers[i], words[0], words);
	log_error("the output of '%s' is not known; a command of your own goes behind --",
		  words[0]);
	return -EINVAL;
}

static char *workload_names(void)
{
	_cleanup_strv_ char **names = NULL;
	int r = 0;

	for (size_t i = 0; r >= 0 && builtin_workloads[i]; i++)
		r = strv_extend(&names, builtin_workloads[i]->name);
	for (size_t i = 0; r >= 0 && drivers[i]; i++)
		r = strv_extend(&names, drivers[i]->name);
	return r < 0 ? NULL : strv_join(names, ", ");
}

static int add_named_workload(void *userdata, char *const *words)
{
	_cleanup_free_ char *names = NULL;

	if (strchr(words[0], '/'))
		return add_program(userdata, words);
	for (size_t i = 0; builtin_workloads[i]; i++)
		if (strcmp(builtin_workloads[i]->name, words[0]) == 0)
			return add_builtin(userdata, builtin_workloads[i], words);
	for (size_t i = 0; drivers[i]; i++)
		if (strcmp(drivers[i]->name, words[0]) == 0)
			return add_driver(userdata, drivers[i], drivers[i]->program, words);
	names = workload_names();
	log_error("there is no workload '%s', but %s; a command of your own goes behind --",
		  words[0], names ?: "");
	return -EINVAL;
}

int plan_workloads(struct plan *p, struct session *s, const char *list)
{
	return items_for_each(list, "workload", add_named_workload, &(struct workloads){p, s});
}

int plan_command(struct plan *p, struct session *s, char *const *words)
{
	_cleanup_free_ char *program = program_find(words[0]);
	struct bench_workload w;
	int r;

	if (!program) {
		log_error("there is no program '%s'", words[0]);
		return -EINVAL;
	}
	r = make_workload("command", words, words[0], (char *const *const[]){words + 1, NULL, NULL},
			  &w);
	return r < 0 ? r : add_workload(&(struct workloads){p, s}, &w, (struct planned){});
}

int plan_extracts(struct plan *p, char *const *specs)
{
	p->extracts = calloc(strv_len(specs) ?: 1, sizeof(*p->extracts));
	if (!p->extracts)
		return no_memory();
	strv_foreach(spec, specs) {
		int r = extract_parse(*spec, &p->extracts[p->nr_extracts]);

		if (r < 0)
			return r == -ENOMEM ? no_memory() : r;
		for (size_t i = 0; i < p->nr_extracts; i++)
			if (strcmp(p->extracts[i].name, p->extracts[p->nr_extracts].name) == 0) {
				log_error("--metric: %s is given twice", p->extracts[i].name);
				r = -EINVAL;
			}
		p->nr_extracts++;
		if (r < 0)
			return r;
	}
	return 0;
}

bool plan_has_metrics(const struct plan *p, size_t i)
{
	return p->workloads[i].builtin || p->workloads[i].driver || p->nr_extracts;
}

/* A workload of our own prints a measurement as JSON. */
static int parse_builtin(const struct output *o, struct measurement *ret, char **ret_error)
{
	_cleanup_json_ sd_json_variant *v = NULL;
	struct json_error error = {};
	int r = sd_json_parse(o->out, 0, &v, NULL, NULL);

	if (r >= 0)
		r = measurement_from_json(v, ret, &error);
	if (r >= 0 || r == -ENOMEM)
		return r;
	*ret_error = strdup(*error.what ? error.what : "the output is not JSON");
	return *ret_error ? -EBADMSG : -ENOMEM;
}

int plan_parse(const struct plan *p, size_t i, const struct output *o, struct measurement *ret,
	       char **ret_error)
{
	const struct planned *w = &p->workloads[i];

	if (w->builtin)
		return parse_builtin(o, ret, ret_error);
	if (w->driver)
		return w->driver->parse(o, ret, ret_error);
	return extract_measure(p->extracts, p->nr_extracts, o, ret, ret_error);
}
