// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of properties: what type each has and where it goes. Properties that are not in the
 * table are of later loaders; those that do not come are of other ones, and stay empty.
 */
#include <stdio.h>
#include <string.h>

#include "lib/loader_bus.h"
#include "lib/log.h"
#include "lib/strv.h"

#include "view.h"

#define PROPERTIES "org.freedesktop.DBus.Properties"

struct property {
	const char *name;
	const char *type;
	int (*read)(sd_bus_message *m, void *member);
	size_t offset;
};

/* Empty ones become NULL. */
static int read_string(sd_bus_message *m, void *member)
{
	char **target = member;
	const char *s;
	int r = sd_bus_message_read(m, "s", &s);

	if (r < 0 || !*s)
		return r;
	free(*target);
	*target = strdup(s);
	return *target ? 0 : -ENOMEM;
}

static int read_sched(sd_bus_message *m, void *member)
{
	char **target = member;
	int r = read_string(m, member);

	if (r >= 0 && *target && strcmp(*target, LOADER_NO_SCHEDULER) == 0) {
		free(*target);
		*target = NULL;
	}
	return r;
}

static int read_u32(sd_bus_message *m, void *member)
{
	return sd_bus_message_read_basic(m, 'u', member);
}

static int read_u64(sd_bus_message *m, void *member)
{
	return sd_bus_message_read_basic(m, 't', member);
}

static int read_strings(sd_bus_message *m, void *member)
{
	char ***target = member;

	*target = strv_free(*target);
	return sd_bus_message_read_strv(m, target);
}

static int read_exit(sd_bus_message *m, void *member)
{
	struct view_exit *e = member;
	int r = sd_bus_message_enter_container(m, 'r', "ssts");

	if (r >= 0)
		r = read_string(m, &e->kind);
	if (r >= 0)
		r = read_string(m, &e->reason);
	if (r >= 0)
		r = read_u64(m, &e->time_us);
	if (r >= 0)
		r = read_string(m, &e->dump);
	return r < 0 ? r : sd_bus_message_exit_container(m);
}

static void hold_finish(struct view_hold *h)
{
	free(h->sched);
	free(h->reason);
	free(h->app_id);
}

static int read_hold(sd_bus_message *m, struct view_hold *h)
{
	int r = read_u32(m, &h->cookie);

	if (r >= 0)
		r = read_sched(m, &h->sched);
	if (r >= 0)
		r = read_u32(m, &h->mode);
	if (r >= 0)
		r = read_string(m, &h->reason);
	if (r >= 0)
		r = read_string(m, &h->app_id);
	return r < 0 ? r : sd_bus_message_exit_container(m);
}

static int add_hold(struct view *view, sd_bus_message *m)
{
	struct view_hold *grown = reallocarray(view->holds, view->nr_holds + 1, sizeof(*grown));
	struct view_hold hold = {};
	int r;

	if (!grown)
		return -ENOMEM;
	view->holds = grown;
	r = read_hold(m, &hold);
	if (r < 0) {
		hold_finish(&hold);
		return r;
	}
	view->holds[view->nr_holds++] = hold;
	return 0;
}

/* Its offset is 0: the member is the view itself. */
static int read_holds(sd_bus_message *m, void *member)
{
	int r = sd_bus_message_enter_container(m, 'a', "(ususs)");

	while (r >= 0 && (r = sd_bus_message_enter_container(m, 'r', "ususs")) > 0)
		r = add_hold(member, m);
	return r < 0 ? r : sd_bus_message_exit_container(m);
}

// clang-format off
static const struct property common[] = {
	{"CurrentScheduler", "s", read_sched, offsetof(struct view, sched)},
	{"SchedulerMode", "u", read_u32, offsetof(struct view, mode)},
	{"CurrentSchedulerArgs", "as", read_strings, offsetof(struct view, args)},
	{"SupportedSchedulers", "as", read_strings, offsetof(struct view, supported)},
	{"DefaultScheduler", "s", read_sched, offsetof(struct view, default_sched)},
	{"DefaultMode", "u", read_u32, offsetof(struct view, default_mode)},
	{"ActiveHolds", "a(ususs)", read_holds, 0},
	{},
};
static const struct property own[] = {
	{"State", "s", read_string, offsetof(struct view, state)},
	{"Status", "s", read_string, offsetof(struct view, status)},
	{"Source", "s", read_string, offsetof(struct view, source)},
	{"Fallback", "s", read_string, offsetof(struct view, fallback)},
	{"LastExit", "(ssts)", read_exit, offsetof(struct view, last_exit)},
	{"RestartCount", "u", read_u32, offsetof(struct view, nr_restarts)},
	{"NextAttempt", "t", read_u64, offsetof(struct view, next_attempt_us)},
	{"ForeignScheduler", "s", read_string, offsetof(struct view, foreign)},
	{"PowerProfile", "s", read_string, offsetof(struct view, profile)},
	{"Unit", "s", read_string, offsetof(struct view, unit)},
	{"ConfigurationFiles", "as", read_strings, offsetof(struct view, files)},
	{},
};
// clang-format on

static int read_value(struct view *view, sd_bus_message *m, const struct property *p)
{
	int r = sd_bus_message_enter_container(m, 'v', p->type);

	if (r >= 0)
		r = p->read(m, (char *)view + p->offset);
	return r < 0 ? r : sd_bus_message_exit_container(m);
}

static int read_property(struct view *view, sd_bus_message *m, const struct property *p)
{
	const char *name;
	int r = sd_bus_message_read(m, "s", &name);

	if (r < 0)
		return r;
	while (p->name && strcmp(p->name, name) != 0)
		p++;
	r = p->name ? read_value(view, m, p) : sd_bus_message_skip(m, "v");
	return r < 0 ? r : sd_bus_message_exit_container(m);
}

static int read_properties(struct view *view, sd_bus_message *m, const struct property *p)
{
	int r = sd_bus_message_enter_container(m, 'a', "{sv}");

	while (r >= 0 && (r = sd_bus_message_enter_container(m, 'e', "sv")) > 0)
		r = read_property(view, m, p);
	return r;
}

/* What the loader says of one interface. */
static int read_interface(struct view *view, const struct client *c, const char *interface,
			  const struct property *p, sd_bus_error *error)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	int r = client_call(c, PROPERTIES, "GetAll", error, &reply, "s", interface);

	if (r < 0)
		return r;
	r = read_properties(view, reply, p);
	return r < 0 ? sd_bus_error_set_errnof(error, r, "cannot read the properties of %s: %m",
					       interface)
		     : 0;
}

static int read_loader(struct view *view, const struct client *c, sd_bus_error *error)
{
	_cleanup_(sd_bus_error_free) sd_bus_error own_error = SD_BUS_ERROR_NULL;
	int r = read_interface(view, c, LOADER_INTERFACE, common, error);

	if (r < 0)
		return r;
	view->has_loader = true;
	/* another program of this name has no such interface: that is no failure */
	view->is_own_loader =
		read_interface(view, c, LOADER_OWN_INTERFACE, own, &own_error) >= 0 && view->state;
	return 0;
}

enum status view_read_loader(struct view *view, const struct client *c)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	int r = read_loader(view, c, &error);

	return r < 0 ? client_report(r, &error) : SCXCTL_OK;
}

static enum status read_kernel(struct view *view, int root_fd)
{
	int r = kernel_state_read(root_fd, &view->kernel);

	if (r >= 0 || r == -ENOENT)
		return SCXCTL_OK;
	log_errno(r, "cannot read the kernel's sched_ext state: %m");
	return SCXCTL_FAILED;
}

enum status view_look(struct view *view, struct client *c, const struct invocation *v)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	enum status status = read_kernel(view, v->root_fd);
	int r;

	if (status != SCXCTL_OK)
		return status;
	if (client_connect(c, CLIENT_LOOKS) < 0)
		return SCXCTL_OK; /* no bus, no loader */
	r = read_loader(view, c, &error);
	if (client_status(r, &error) == SCXCTL_UNREACHABLE)
		return SCXCTL_OK;
	return r < 0 ? client_report(r, &error) : SCXCTL_OK;
}

void view_finish(struct view *view)
{
	char *const strings[] = {
		view->sched,          view->default_sched,    view->state,
		view->status,         view->source,           view->fallback,
		view->foreign,        view->profile,          view->unit,
		view->last_exit.kind, view->last_exit.reason, view->last_exit.dump,
	};

	for (size_t i = 0; i < ARRAY_SIZE(strings); i++)
		free(strings[i]);
	for (size_t i = 0; i < view->nr_holds; i++)
		hold_finish(&view->holds[i]);
	free(view->holds);
	strv_free(view->args);
	strv_free(view->supported);
	strv_free(view->files);
	kernel_state_finish(&view->kernel);
	*view = (struct view){};
}
