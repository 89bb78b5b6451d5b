// SPDX-License-Identifier: GPL-2.0-only
/*
 * One table of the methods that change something: what they take, what polkit is
 * asked for, what is done. A call goes
 *
 *	parse -> auth_check() -> loader_...() -> wait for service_outcome() -> reply
 *
 * and none of that blocks: other calls, and the properties, are answered in between.
 * A call that waits is answered with what really happened. There is one wish at a
 * time, so a later one takes the place of an earlier one, whose callers are told.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/log.h"
#include "lib/strv.h"

#include "answers.h"
#include "auth.h"
#include "owners.h"
#include "service.h"

struct method;

/* A method call on its way. */
struct call {
	struct service *service;
	const struct method *method;
	sd_bus_message *message;
	struct request request;
	char *reason, *app_id;
	uint32_t cookie;
	struct call *next; /* that waits for the same */
};

struct service {
	struct loader *loader;
	struct auth *auth;
	struct owners *owners; /* of holds */
	sd_bus_slot *object, *own_object;
	sd_event_source *changed;
	struct call *waiting; /* for the outcome; NULL: none */
};

static struct call *call_free(struct call *c)
{
	if (!c)
		return NULL;
	sd_bus_message_unref(c->message);
	request_finish(&c->request);
	free(c->reason);
	free(c->app_id);
	free(c);
	return NULL;
}
DEFINE_CLEANUP(struct call *, call_free);

/* --- what methods take */

static int read_sched(struct call *c)
{
	const char *name;
	int r = sd_bus_message_read(c->message, "s", &name);

	if (r < 0)
		return r;
	c->request.source = SOURCE_USER;
	c->request.sched = strdup(name);
	return c->request.sched ? 0 : -ENOMEM;
}

static int parse_nothing(struct call *c _unused_, sd_bus_error *error _unused_)
{
	return 0;
}

static int parse_mode(struct call *c, sd_bus_error *error)
{
	uint32_t mode;
	int r = read_sched(c);

	if (r >= 0)
		r = sd_bus_message_read(c->message, "u", &mode);
	if (r < 0)
		return r;
	if (mode >= NR_MODES)
		return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
					 "mode %u is not one from 0 to %d", mode, NR_MODES - 1);
	c->request.mode = (enum mode)mode;
	return 0;
}

static int parse_args(struct call *c, sd_bus_error *error)
{
	_cleanup_strv_ char **args = NULL;
	int r = read_sched(c);

	if (r >= 0)
		r = sd_bus_message_read_strv(c->message, &args);
	if (r < 0)
		return r;
	if (strv_len(args) > READER_MAX_FLAGS)
		return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
					 "%zu arguments are more than %d", strv_len(args),
					 READER_MAX_FLAGS);
	strv_foreach(word, args)
		if (strlen(*word) > READER_MAX_FLAG_LEN)
			return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
						 "an argument of %zu bytes is longer than %d",
						 strlen(*word), READER_MAX_FLAG_LEN);
	return strv_copy(args ?: (char *[]){NULL}, &c->request.args);
}

/* The request of the call is to hold the kernel's own scheduler, if nothing else has been read. */
static int parse_hold_kernel(struct call *c, sd_bus_error *error _unused_)
{
	const char *reason, *app_id;
	int r = sd_bus_message_read(c->message, "ss", &reason, &app_id);

	if (r < 0)
		return r;
	c->reason = strdup(reason);
	c->app_id = strdup(app_id);
	return c->reason && c->app_id ? 0 : -ENOMEM;
}

static int parse_hold(struct call *c, sd_bus_error *error)
{
	int r = parse_mode(c, error);

	return r < 0 ? r : parse_hold_kernel(c, error);
}

static int parse_cookie(struct call *c, sd_bus_error *error _unused_)
{
	return sd_bus_message_read(c->message, "u", &c->cookie);
}

/* --- what they do */

static int do_start(struct call *c, sd_bus_error *error)
{
	return loader_start(c->service->loader, &c->request, error);
}

static int do_switch(struct call *c, sd_bus_error *error)
{
	return loader_switch(c->service->loader, &c->request, error);
}

static int do_stop(struct call *c, sd_bus_error *error)
{
	return loader_stop(c->service->loader, error);
}

static int do_restart(struct call *c, sd_bus_error *error)
{
	return loader_restart(c->service->loader, error);
}

static int do_restore(struct call *c, sd_bus_error *error)
{
	return loader_restore(c->service->loader, error);
}

static int do_hold(struct call *c, sd_bus_error *error)
{
	return loader_hold(c->service->loader, &c->request, c->reason, c->app_id,
			   sd_bus_message_get_sender(c->message), &c->cookie, error);
}

static int do_release(struct call *c, sd_bus_error *error)
{
	return loader_release(c->service->loader, c->cookie, error);
}

static int do_reload(struct call *c, sd_bus_error *error)
{
	int r = loader_reload(c->service->loader);

	if (r == -EINVAL)
		return sd_bus_error_set(error, SD_BUS_ERROR_FAILED,
					"the configuration has errors, the old one stays; see "
					"\"aios-loader --check\"");
	return r;
}

static const struct method {
	const char *name;
	int (*parse)(struct call *c, sd_bus_error *error);
	enum auth_action action;
	int (*run)(struct call *c, sd_bus_error *error);
	const char *reply; /* "u": the cookie */
} methods[] = {
	{"StartScheduler", parse_mode, AUTH_SWITCH_MODE, do_start, ""},
	{"StartSchedulerWithArgs", parse_args, AUTH_MANAGE_SCHEDULERS, do_start, ""},
	{"SwitchScheduler", parse_mode, AUTH_SWITCH_MODE, do_switch, ""},
	{"SwitchSchedulerWithArgs", parse_args, AUTH_MANAGE_SCHEDULERS, do_switch, ""},
	{"StopScheduler", parse_nothing, AUTH_MANAGE_SCHEDULERS, do_stop, ""},
	{"RestartScheduler", parse_nothing, AUTH_SWITCH_MODE, do_restart, ""},
	{"RestoreDefault", parse_nothing, AUTH_SWITCH_MODE, do_restore, ""},
	{"HoldScheduler", parse_hold, AUTH_SWITCH_MODE, do_hold, "u"},
	{"HoldKernel", parse_hold_kernel, AUTH_SWITCH_MODE, do_hold, "u"},
	{"ReleaseScheduler", parse_cookie, AUTH_SWITCH_MODE, do_release, ""},
	{"Reload", parse_nothing, AUTH_MANAGE_SCHEDULERS, do_reload, ""},
};

static const struct method *find_method(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(methods); i++)
		if (strcmp(methods[i].name, name) == 0)
			return &methods[i];
	return NULL;
}

/* --- a call */

static void reply(const struct call *c)
{
	if (*c->method->reply)
		(void)sd_bus_reply_method_return(c->message, c->method->reply, c->cookie);
	else
		(void)sd_bus_reply_method_return(c->message, "");
}

/* Ends @c and all that wait with it; @text NULL: what was asked for has happened, else why not. */
static void answer(struct call *c, const char *error, const char *text)
{
	struct call *next;

	for (; c; c = next) {
		next = c->next;
		if (text)
			(void)sd_bus_reply_method_errorf(c->message, error, "%s", text);
		else
			reply(c);
		call_free(c);
	}
}

void service_outcome(struct service *s, enum outcome outcome, const char *text)
{
	answer(steal_ptr(s->waiting), LOADER_ERROR_SCHEDULER_FAILED,
	       outcome == OUTCOME_REACHED ? NULL : text);
}

/* Something else is wanted now: they did not get what they asked for, and hold nothing. */
static void overtake(struct service *s, struct call *earlier)
{
	for (const struct call *c = earlier; c; c = c->next)
		if (c->method->run == do_hold)
			(void)requests_release(&s->loader->requests, c->cookie);
	answer(earlier, SD_BUS_ERROR_FAILED, "another request has taken the place of this one");
}

/* The journal keeps who changed what. */
static void log_call(const struct call *c, uid_t uid, const char *effect)
{
	_cleanup_free_ char *words = c->request.args ? strv_join(c->request.args, " ") : NULL;
	const char *detail = words ?: c->request.sched ? mode_table[c->request.mode].name : "";

	log_info("%s(%s%s%s) by %s, uid %u: %s", c->method->name, c->request.sched ?: "",
		 *detail ? ", " : "", detail, sd_bus_message_get_sender(c->message), (unsigned)uid,
		 effect);
}

/* The call @c has been made while @earlier ones wait, who wanted what @before is. */
static void join(struct service *s, const struct call *c, struct call *earlier,
		 const struct request *before)
{
	struct call **end = &s->waiting;

	if (!request_equal(before, requests_top(&s->loader->requests))) {
		overtake(s, earlier);
	} else if (s->waiting != c) {
		answer(earlier, NULL, NULL); /* it is there already */
	} else {
		while (*end)
			end = &(*end)->next;
		*end = earlier;
	}
}

static void perform(struct call *c)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	_cleanup_request_ struct request before = {};
	struct service *s = c->service;
	struct call *earlier = s->waiting;
	int r = request_copy(requests_top(&s->loader->requests), &before);

	/* run() may reach what is asked for at once, and then the call is answered in it */
	s->waiting = c;
	if (r >= 0)
		r = c->method->run(c, &error);
	if (r >= 0) {
		join(s, c, earlier, &before);
		owners_watch(s->owners);
		return;
	}
	s->waiting = earlier;
	if (!sd_bus_error_is_set(&error))
		(void)sd_bus_error_set_errno(&error, r);
	(void)sd_bus_reply_method_error(c->message, &error);
	call_free(c);
}

static void on_authorised(void *userdata, sd_bus_message *m, const struct auth_answer *a)
{
	struct call *c = userdata;

	if (a->r == -ECANCELED) {
		log_call(c, a->uid, "its caller has left");
		call_free(c);
	} else if (a->r < 0) {
		log_call(c, a->uid, "refused");
		(void)sd_bus_reply_method_errorf(m, SD_BUS_ERROR_ACCESS_DENIED, "%s",
						 a->reason ?: "not authorised");
		call_free(c);
	} else {
		log_call(c, a->uid, "granted");
		perform(c);
	}
}

static int on_call(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
	_cleanup_(call_freep) struct call *c = calloc(1, sizeof(*c));
	struct service *s = userdata;
	int r;

	if (!c)
		return -ENOMEM;
	c->service = s;
	c->message = sd_bus_message_ref(m);
	c->method = find_method(sd_bus_message_get_member(m));
	r = c->method->parse(c, error);
	if (r < 0)
		return r;
	r = auth_check(s->auth, m, c->method->action, on_authorised, c);
	if (r < 0)
		return r;
	c = NULL;
	return 1;
}

/* --- what can be asked without polkit */

static int on_question(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
	const struct service *s = userdata;

	return answer_question(s->loader, m, error);
}

static int on_get(sd_bus *bus _unused_, const char *path _unused_, const char *interface _unused_,
		  const char *name, sd_bus_message *m, void *userdata, sd_bus_error *error _unused_)
{
	const struct service *s = userdata;

	return put_property(s->loader, name, m);
}

/* --- the object */

#define CALL(name, in, in_names, out, out_names)                                                   \
	SD_BUS_METHOD_WITH_NAMES(name, in, in_names, out, out_names, on_call,                      \
				 SD_BUS_VTABLE_UNPRIVILEGED)
#define BARE_CALL(name) SD_BUS_METHOD(name, "", "", on_call, SD_BUS_VTABLE_UNPRIVILEGED)
#define QUESTION(name, in, in_names, out, out_names)                                               \
	SD_BUS_METHOD_WITH_NAMES(name, in, in_names, out, out_names, on_question,                  \
				 SD_BUS_VTABLE_UNPRIVILEGED)
#define CHANGING(name, signature)                                                                  \
	SD_BUS_PROPERTY(name, signature, on_get, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE)
#define ASKED_FOR(name, signature) SD_BUS_PROPERTY(name, signature, on_get, 0, 0)
#define CONSTANT(name, signature)                                                                  \
	SD_BUS_PROPERTY(name, signature, on_get, 0, SD_BUS_VTABLE_PROPERTY_CONST)

// clang-format off
static const sd_bus_vtable vtable[] = {
	SD_BUS_VTABLE_START(0),
	CALL("StartScheduler", "su", SD_BUS_PARAM(scx_name) SD_BUS_PARAM(sched_mode), "", ),
	CALL("StartSchedulerWithArgs", "sas", SD_BUS_PARAM(scx_name) SD_BUS_PARAM(scx_args), "", ),
	CALL("SwitchScheduler", "su", SD_BUS_PARAM(scx_name) SD_BUS_PARAM(sched_mode), "", ),
	CALL("SwitchSchedulerWithArgs", "sas", SD_BUS_PARAM(scx_name) SD_BUS_PARAM(scx_args), "", ),
	BARE_CALL("StopScheduler"),
	BARE_CALL("RestartScheduler"),
	BARE_CALL("RestoreDefault"),
	CALL("HoldScheduler", "suss",
	     SD_BUS_PARAM(scx_name) SD_BUS_PARAM(sched_mode) SD_BUS_PARAM(reason) SD_BUS_PARAM(app_id),
	     "u", SD_BUS_PARAM(cookie)),
	CALL("ReleaseScheduler", "u", SD_BUS_PARAM(cookie), "", ),
	QUESTION("SchedulerModes", "s", SD_BUS_PARAM(scx_name), "au", SD_BUS_PARAM(modes)),
	QUESTION("SchedulerModeArgs", "s", SD_BUS_PARAM(scx_name), "a(uas)", SD_BUS_PARAM(modes)),
	CHANGING("CurrentScheduler", "s"),
	CHANGING("SchedulerMode", "u"),
	CHANGING("CurrentSchedulerArgs", "as"),
	CHANGING("ActiveHolds", "a(ususs)"),
	ASKED_FOR("SupportedSchedulers", "as"),
	CHANGING("DefaultScheduler", "s"),
	CHANGING("DefaultMode", "u"),
	CONSTANT("DaemonGeneration", "s"),
	SD_BUS_VTABLE_END
};

static const sd_bus_vtable own_vtable[] = {
	SD_BUS_VTABLE_START(0),
	CALL("HoldKernel", "ss", SD_BUS_PARAM(reason) SD_BUS_PARAM(app_id), "u",
	     SD_BUS_PARAM(cookie)),
	BARE_CALL("Reload"),
	QUESTION("Catalog", "", , "a(ssb)", SD_BUS_PARAM(schedulers)),
	QUESTION("Configuration", "", , "s", SD_BUS_PARAM(toml)),
	QUESTION("Failures", "", , "s", SD_BUS_PARAM(json)),
	CHANGING("State", "s"),
	CHANGING("Status", "s"),
	CHANGING("Source", "s"),
	CHANGING("Fallback", "s"),
	CHANGING("LastExit", "(ssts)"),
	CHANGING("RestartCount", "u"),
	CHANGING("NextAttempt", "t"),
	CHANGING("ForeignScheduler", "s"),
	CHANGING("PowerProfile", "s"),
	CHANGING("Unit", "s"),
	CHANGING("ConfigurationFiles", "as"),
	ASKED_FOR("KernelState", "s"),
	ASKED_FOR("KernelScheduler", "s"),
	SD_BUS_VTABLE_END
};
// clang-format on

static int say_changed(sd_event_source *source _unused_, void *userdata)
{
	struct service *s = userdata;
	sd_bus *bus = s->loader->bus;

	s->changed = sd_event_source_disable_unref(s->changed);
	(void)sd_bus_emit_properties_changed_strv(bus, LOADER_PATH, LOADER_INTERFACE, NULL);
	(void)sd_bus_emit_properties_changed_strv(bus, LOADER_PATH, LOADER_OWN_INTERFACE, NULL);
	return 0;
}

void service_changed(struct service *s)
{
	if (!s->changed)
		(void)sd_event_add_defer(s->loader->event, &s->changed, say_changed, s);
}

static int on_name(sd_bus_message *m, void *userdata _unused_, sd_bus_error *error _unused_)
{
	const sd_bus_error *e = sd_bus_message_get_error(m);

	if (e)
		log_warning("cannot be reached on the bus as %s: %s", LOADER_NAME,
			    e->message ?: e->name);
	return 1;
}

int service_own_name(struct service *s)
{
	return sd_bus_request_name_async(s->loader->bus, NULL, LOADER_NAME,
					 SD_BUS_NAME_REPLACE_EXISTING, on_name, NULL);
}

int service_new(struct service **ret, struct loader *l)
{
	_cleanup_(service_freep) struct service *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return -ENOMEM;
	s->loader = l;
	r = auth_new(&s->auth, l->bus);
	if (r >= 0)
		r = owners_new(&s->owners, l);
	if (r >= 0)
		r = sd_bus_add_object_vtable(l->bus, &s->object, LOADER_PATH, LOADER_INTERFACE,
					     vtable, s);
	if (r >= 0)
		r = sd_bus_add_object_vtable(l->bus, &s->own_object, LOADER_PATH,
					     LOADER_OWN_INTERFACE, own_vtable, s);
	if (r < 0)
		return r;
	*ret = steal_ptr(s);
	return 0;
}

struct service *service_free(struct service *s)
{
	if (!s)
		return NULL;
	answer(s->waiting, SD_BUS_ERROR_FAILED, "aios-loader is ending");
	auth_free(s->auth);
	sd_bus_slot_unref(s->object);
	sd_bus_slot_unref(s->own_object);
	owners_free(s->owners);
	sd_event_source_disable_unref(s->changed);
	free(s);
	return NULL;
}
