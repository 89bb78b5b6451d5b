// SPDX-License-Identifier: GPL-2.0-only
/* Two tables, of the methods that answer and change nothing, and of the properties. */
#include <stdio.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/loader_bus.h"
#include "lib/strv.h"

#include "answers.h"
#include "state.h"

/* --- methods */

static int read_entry(const struct loader *l, sd_bus_message *m, const struct sched_entry **ret,
		      sd_bus_error *error)
{
	const char *name;
	int r = sd_bus_message_read(m, "s", &name);

	if (r < 0)
		return r;
	*ret = catalog_find(&l->catalog, name);
	if (*ret)
		return 0;
	return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
				 "scheduler '%s' is not installed", name);
}

static char **mode_flags(const struct loader *l, const struct sched_entry *e, int mode)
{
	return config_flags(&l->config, e, (enum mode)mode)->words;
}

/* Those that differ from the scheduler's own defaults, and always Auto. */
static int append_modes(const struct loader *l, sd_bus_message *m, const struct sched_entry *e)
{
	int r = sd_bus_message_open_container(m, 'a', "u");

	for (int mode = 0; r >= 0 && mode < NR_MODES; mode++)
		if (mode == MODE_AUTO || strv_len(mode_flags(l, e, mode)) > 0)
			r = sd_bus_message_append(m, "u", (uint32_t)mode);
	return r < 0 ? r : sd_bus_message_close_container(m);
}

static int append_mode_args(const struct loader *l, sd_bus_message *m, const struct sched_entry *e)
{
	int r = sd_bus_message_open_container(m, 'a', "(uas)");

	for (int mode = 0; r >= 0 && mode < NR_MODES; mode++) {
		r = sd_bus_message_open_container(m, 'r', "uas");
		if (r >= 0)
			r = sd_bus_message_append(m, "u", (uint32_t)mode);
		if (r >= 0)
			r = sd_bus_message_append_strv(m, mode_flags(l, e, mode));
		if (r >= 0)
			r = sd_bus_message_close_container(m);
	}
	return r < 0 ? r : sd_bus_message_close_container(m);
}

/* All there is to know of the schedulers: name, description, whether its program is there. */
static int append_catalog(const struct loader *l, sd_bus_message *m,
			  const struct sched_entry *e _unused_)
{
	const struct catalog *c = &l->catalog;
	int r = sd_bus_message_open_container(m, 'a', "(ssb)");

	for (size_t i = 0; r >= 0 && i < c->nr_entries; i++)
		r = sd_bus_message_append(m, "(ssb)", c->entries[i].name.value,
					  c->entries[i].description.value ?: "",
					  (int)loader_is_installed(l, c->entries[i].name.value));
	return r < 0 ? r : sd_bus_message_close_container(m);
}

static int append_configuration(const struct loader *l, sd_bus_message *m,
				const struct sched_entry *e _unused_)
{
	_cleanup_free_ char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return -errno;
	config_print(&l->config, &l->catalog, f);
	if (fclose(f) != 0)
		return -errno;
	return sd_bus_message_append(m, "s", text);
}

static int append_failures(const struct loader *l, sd_bus_message *m,
			   const struct sched_entry *e _unused_)
{
	_cleanup_(sd_json_variant_unrefp) sd_json_variant *v = NULL;
	_cleanup_free_ char *text = NULL;
	int r = state_read_failures(l->root_fd, &v);

	if (r >= 0)
		r = sd_json_variant_format(v, 0, &text);
	return r < 0 ? r : sd_bus_message_append(m, "s", text);
}

static const struct question {
	const char *name;
	bool takes_sched;
	int (*append)(const struct loader *l, sd_bus_message *m, const struct sched_entry *e);
} questions[] = {
	{"SchedulerModes", true, append_modes}, {"SchedulerModeArgs", true, append_mode_args},
	{"Catalog", false, append_catalog},     {"Configuration", false, append_configuration},
	{"Failures", false, append_failures},
};

int answer_question(const struct loader *l, sd_bus_message *m, sd_bus_error *error)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *answer = NULL;
	const char *name = sd_bus_message_get_member(m);
	const struct sched_entry *e = NULL;
	const struct question *q = questions;
	int r;

	while (strcmp(q->name, name) != 0)
		q++;
	r = q->takes_sched ? read_entry(l, m, &e, error) : 0;
	if (r >= 0)
		r = sd_bus_message_new_method_return(m, &answer);
	if (r >= 0)
		r = q->append(l, answer, e);
	return r < 0 ? r : sd_bus_send(NULL, answer, NULL);
}

/* --- properties */

static const char *text_of(const char *s)
{
	return s ?: "";
}

static int append_strings(sd_bus_message *m, char *const *l)
{
	return sd_bus_message_append_strv(m, (char **)l);
}

static int put_current(const struct loader *l, sd_bus_message *m)
{
	const struct sched_spec *spec = manager_running(&l->manager);

	return sd_bus_message_append(m, "s", spec ? spec->name : LOADER_NO_SCHEDULER);
}

static int put_mode(const struct loader *l, sd_bus_message *m)
{
	const struct sched_spec *spec = manager_running(&l->manager);

	return sd_bus_message_append(m, "u", (uint32_t)(spec ? spec->mode : MODE_AUTO));
}

static int put_args(const struct loader *l, sd_bus_message *m)
{
	const struct sched_spec *spec = manager_running(&l->manager);

	return append_strings(m, spec ? spec->args : NULL);
}

static int put_supported(const struct loader *l, sd_bus_message *m)
{
	int r = sd_bus_message_open_container(m, 'a', "s");

	for (size_t i = 0; r >= 0 && i < l->catalog.nr_entries; i++)
		if (loader_is_installed(l, l->catalog.entries[i].name.value))
			r = sd_bus_message_append(m, "s", l->catalog.entries[i].name.value);
	return r < 0 ? r : sd_bus_message_close_container(m);
}

static int put_default(const struct loader *l, sd_bus_message *m)
{
	const struct sched_entry *e = config_sched(&l->config, &l->catalog);

	return sd_bus_message_append(m, "s", e ? e->name.value : LOADER_NO_SCHEDULER);
}

static int put_default_mode(const struct loader *l, sd_bus_message *m)
{
	return sd_bus_message_append(m, "u", (uint32_t)config_mode(&l->config));
}

static int put_generation(const struct loader *l, sd_bus_message *m)
{
	const char *name = "";

	(void)sd_bus_get_unique_name(l->bus, &name);
	return sd_bus_message_append(m, "s", name);
}

static int put_holds(const struct loader *l, sd_bus_message *m)
{
	int r = sd_bus_message_open_container(m, 'a', "(ususs)");

	for (size_t i = 0; r >= 0 && i < l->requests.nr_holds; i++) {
		const struct hold *h = &l->requests.holds[i];

		r = sd_bus_message_append(m, "(ususs)", h->cookie,
					  h->request.sched ?: LOADER_NO_SCHEDULER,
					  (uint32_t)h->request.mode, h->reason, h->app_id);
	}
	return r < 0 ? r : sd_bus_message_close_container(m);
}

static int put_state(const struct loader *l, sd_bus_message *m)
{
	return sd_bus_message_append(m, "s", manager_state_names[manager_shown_state(&l->manager)]);
}

static int put_status(const struct loader *l, sd_bus_message *m)
{
	_cleanup_free_ char *status = manager_status(&l->manager);

	return sd_bus_message_append(m, "s", text_of(status));
}

static int put_source(const struct loader *l, sd_bus_message *m)
{
	return sd_bus_message_append(m, "s", source_names[requests_top(&l->requests)->source]);
}

static int put_fallback(const struct loader *l, sd_bus_message *m)
{
	const struct manager *g = &l->manager;

	return sd_bus_message_append(m, "s", g->nr_fallback && g->target ? g->target->name : "");
}

static int put_kernel_state(const struct loader *l, sd_bus_message *m)
{
	_cleanup_kernel_state_ struct kernel_state kernel = {};

	(void)kernel_state_read(l->root_fd, &kernel);
	return sd_bus_message_append(m, "s", kernel.state ?: "none");
}

static int put_kernel_sched(const struct loader *l, sd_bus_message *m)
{
	_cleanup_kernel_state_ struct kernel_state kernel = {};

	(void)kernel_state_read(l->root_fd, &kernel);
	return sd_bus_message_append(m, "s",
				     kernel_state_is(&kernel, NULL) ? text_of(kernel.ops) : "");
}

static int put_foreign(const struct loader *l, sd_bus_message *m)
{
	_cleanup_free_ char *foreign = loader_foreign(l);

	return sd_bus_message_append(m, "s", text_of(foreign));
}

static int put_last_exit(const struct loader *l, sd_bus_message *m)
{
	const struct last_exit *e = &l->last_exit;

	return sd_bus_message_append(m, "(ssts)", text_of(e->kind), text_of(e->reason), e->time_us,
				     text_of(e->dump));
}

static int put_restarts(const struct loader *l, sd_bus_message *m)
{
	return sd_bus_message_append(m, "u", l->nr_starts ? l->nr_starts - 1 : 0);
}

/* As a time of day: monotonic times mean nothing to other machines' people. */
static int put_next_attempt(const struct loader *l, sd_bus_message *m)
{
	uint64_t next = l->manager.next_attempt_us, now = monotonic_us();

	return sd_bus_message_append(m, "t", next > now ? realtime_us() + (next - now) : 0);
}

static int put_files(const struct loader *l, sd_bus_message *m)
{
	return append_strings(m, l->config.files);
}

static int put_profile(const struct loader *l, sd_bus_message *m)
{
	return sd_bus_message_append(m, "s", power_profile_names[l->profile]);
}

static int put_unit(const struct loader *l, sd_bus_message *m)
{
	for (unsigned i = 0; i < NR_SLOTS; i++)
		if (l->manager.slots[i].state == SLOT_ATTACHED)
			return sd_bus_message_append(m, "s", text_of(unit_name(l->units, i)));
	return sd_bus_message_append(m, "s", "");
}

static const struct property {
	const char *name;
	int (*put)(const struct loader *l, sd_bus_message *m);
} properties[] = {
	{"CurrentScheduler", put_current},
	{"SchedulerMode", put_mode},
	{"CurrentSchedulerArgs", put_args},
	{"SupportedSchedulers", put_supported},
	{"DefaultScheduler", put_default},
	{"DefaultMode", put_default_mode},
	{"DaemonGeneration", put_generation},
	{"ActiveHolds", put_holds},
	{"State", put_state},
	{"Status", put_status},
	{"Source", put_source},
	{"Fallback", put_fallback},
	{"KernelState", put_kernel_state},
	{"KernelScheduler", put_kernel_sched},
	{"ForeignScheduler", put_foreign},
	{"LastExit", put_last_exit},
	{"RestartCount", put_restarts},
	{"NextAttempt", put_next_attempt},
	{"ConfigurationFiles", put_files},
	{"PowerProfile", put_profile},
	{"Unit", put_unit},
};

int put_property(const struct loader *l, const char *name, sd_bus_message *m)
{
	const struct property *p = properties;

	while (strcmp(p->name, name) != 0)
		p++;
	return p->put(l, m);
}
