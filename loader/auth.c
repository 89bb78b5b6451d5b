// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sender is known by the unique name that the bus put into its message, so the bus is
 * asked for its user, and polkit for what its session may do. Nothing is asked of the message
 * itself, and nothing of /proc, where another process could have taken the sender's place:
 *
 *	GetConnectionUnixUser -> 0: yes
 *	                      -> CheckAuthorization -> yes, no, or a password would do
 *
 * Several of polkit's actions may be good enough. The first of them that says yes decides,
 * and at most one password is asked for: each action is asked about without, only the last
 * one at once with a password. If an earlier one would have done with a password it is asked
 * about a second time instead, because it is the one that permits less.
 *
 *	switch-mode, no password -> manage-schedulers, with password
 *	     or a password would do -> manage-schedulers, no password -> switch-mode, with password
 *
 * Whether the message allows interactive authorisation does not matter: existing clients of
 * org.scx.Loader do not say so and yet rely on being asked for a password.
 *
 * A sender that leaves the bus takes its questions along: polkit is told to close the dialog.
 * How many questions may wait is limited by user, so that nobody can use up our share of the
 * bus's match rules. Without polkit only root may do anything; all that goes wrong on the way
 * is a no.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/peer.h"

#include "auth.h"

#define POLKIT "org.freedesktop.PolicyKit1"
#define POLKIT_PATH "/org/freedesktop/PolicyKit1/Authority"
#define POLKIT_AUTHORITY POLKIT ".Authority"
#define POLKIT_ERROR POLKIT ".Error."

#define MANAGE_SCHEDULERS "org.scx.loader.manage-schedulers"
#define SWITCH_MODE "org.scx.loader.switch-mode"

enum {
	/* AllowUserInteraction of CheckAuthorization() */
	ALLOW_PASSWORD = 1,
};

/* Polkit's actions that are good enough, beginning with the one that permits least. */
static const char *const sufficient[][3] = {
	[AUTH_MANAGE_SCHEDULERS] = {MANAGE_SCHEDULERS},
	[AUTH_SWITCH_MODE] = {SWITCH_MODE, MANAGE_SCHEDULERS},
};

struct question {
	struct question *next;
	struct auth *auth;
	sd_bus_message *m;
	enum auth_action action;
	auth_answer_t answer;
	void *userdata;
	uid_t uid;
	sd_bus_slot *left;         /* the sender did */
	sd_bus_slot *request;      /* the one whose answer is waited for */
	const char *const *rest;   /* of sufficient[], not asked about yet */
	const char *asked;         /* polkit's action that is asked about; NULL: none yet */
	const char *with_password; /* polkit's action that would do with a password */
	bool allows_password;      /* the request under way does */
	char cancel_id[24];
};

struct auth {
	sd_bus *bus;
	struct question *questions;
	uint64_t nr_requests; /* of polkit, ever */
};

/* What CheckAuthorization() returns. */
struct verdict {
	int is_authorized;
	int is_challenge;
	bool is_dismissed;
};

static void question_free(struct question *q)
{
	sd_bus_slot_unref(q->left);
	sd_bus_slot_unref(q->request);
	sd_bus_message_unref(q->m);
	free(q);
}
DEFINE_CLEANUP(struct question *, question_free);

static void finish(struct question *q, int r, const char *reason)
{
	const struct auth_answer answer = {r, q->uid, reason};
	struct question **p = &q->auth->questions;

	while (*p != q)
		p = &(*p)->next;
	*p = q->next;
	/* may ask again, or be the end of us */
	q->answer(q->userdata, q->m, &answer);
	question_free(q);
}

static void _printf_(2, 3) refuse(struct question *q, const char *format, ...)
{
	char reason[256];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(reason, sizeof(reason), format, ap);
	va_end(ap);
	finish(q, -EACCES, reason);
}

static int read_details(sd_bus_message *m, struct verdict *v)
{
	const char *key, *value;
	int r;

	r = sd_bus_message_enter_container(m, 'a', "{ss}");
	if (r < 0)
		return r;
	while ((r = sd_bus_message_read(m, "{ss}", &key, &value)) > 0)
		if (strcmp(key, "polkit.dismissed") == 0)
			v->is_dismissed = true;
	return r;
}

static int read_verdict(sd_bus_message *m, struct verdict *v)
{
	int r;

	*v = (struct verdict){};
	r = sd_bus_message_enter_container(m, 'r', "bba{ss}");
	if (r < 0)
		return r;
	r = sd_bus_message_read(m, "bb", &v->is_authorized, &v->is_challenge);
	if (r < 0)
		return r;
	return read_details(m, v);
}

static int request_verdict(struct question *q);

static bool is_more_to_ask(const struct question *q)
{
	return *q->rest || (q->with_password && !q->allows_password);
}

static void ask_next(struct question *q)
{
	int r;

	if (*q->rest) {
		q->asked = *q->rest++;
		q->allows_password = !*q->rest && !q->with_password;
	} else {
		q->asked = q->with_password;
		q->allows_password = true;
	}
	r = request_verdict(q);
	if (r < 0)
		refuse(q, "cannot ask polkit: %s", strerror(-r));
}

static void take_verdict(struct question *q, const struct verdict *v)
{
	const char *id = sufficient[q->action][0];

	if (v->is_authorized) {
		finish(q, 0, NULL);
		return;
	}
	if (v->is_challenge && !q->with_password)
		q->with_password = q->asked;
	if (is_more_to_ask(q))
		ask_next(q);
	else if (v->is_dismissed)
		refuse(q, "the password dialog for %s was dismissed", id);
	else if (v->is_challenge)
		refuse(q,
		       "polkit wants a password for %s, but nothing in your session can ask "
		       "for it (pkttyagent can)",
		       id);
	else
		refuse(q, "polkit does not allow you %s", id);
}

static void take_error(struct question *q, sd_bus_message *m)
{
	const char *name = sd_bus_message_get_error(m)->name;

	/* polkit's own: it does not know this action, but may know the next */
	if (strncmp(name, POLKIT_ERROR, strlen(POLKIT_ERROR)) == 0 && is_more_to_ask(q))
		ask_next(q);
	else if (peer_is_absent(m))
		refuse(q, "polkit is not running, so only root may do this");
	else
		refuse(q, "cannot ask polkit: %s", peer_error_text(m));
}

static int on_verdict(sd_bus_message *m, void *userdata, sd_bus_error *error _unused_)
{
	struct question *q = userdata;
	struct verdict v;
	int r;

	q->request = sd_bus_slot_unref(q->request);
	if (sd_bus_message_is_method_error(m, NULL)) {
		take_error(q, m);
		return 0;
	}
	r = read_verdict(m, &v);
	if (r < 0)
		refuse(q, "cannot read polkit's answer: %s", strerror(-r));
	else
		take_verdict(q, &v);
	return 0;
}

static int request_verdict(struct question *q)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *m = NULL;
	int r;

	(void)snprintf(q->cancel_id, sizeof(q->cancel_id), "%" PRIu64, q->auth->nr_requests++);
	r = sd_bus_message_new_method_call(q->auth->bus, &m, POLKIT, POLKIT_PATH, POLKIT_AUTHORITY,
					   "CheckAuthorization");
	if (r < 0)
		return r;
	r = sd_bus_message_append(m, "(sa{sv})sa{ss}us", "system-bus-name", 1, "name", "s",
				  sd_bus_message_get_sender(q->m), q->asked, 0,
				  q->allows_password ? ALLOW_PASSWORD : 0, q->cancel_id);
	if (r < 0)
		return r;
	/* people type slowly */
	return sd_bus_call_async(q->auth->bus, &q->request, m, on_verdict, q, UINT64_MAX);
}

static void withdraw(struct question *q)
{
	if (!q->asked)
		return;
	(void)sd_bus_call_method_async(q->auth->bus, NULL, POLKIT, POLKIT_PATH, POLKIT_AUTHORITY,
				       "CancelCheckAuthorization", NULL, NULL, "s", q->cancel_id);
}

/* A unique name is never given to anybody else: its owner changes once, to none. */
static int on_left(sd_bus_message *m _unused_, void *userdata, sd_bus_error *error _unused_)
{
	struct question *q = userdata;

	withdraw(q);
	finish(q, -ECANCELED, "the caller has left the bus");
	return 0;
}

static unsigned nr_asked_for(const struct auth *a, uid_t uid)
{
	unsigned n = 0;

	for (const struct question *q = a->questions; q; q = q->next)
		n += q->asked && q->uid == uid;
	return n;
}

/*
 * If the sender leaves before we watch for that, polkit will not find it, since the bus gets
 * our requests in this order.
 */
static void begin(struct question *q)
{
	int r;

	if (nr_asked_for(q->auth, q->uid) >= AUTH_MAX_QUESTIONS) {
		refuse(q, "%d requests of yours are waiting for polkit already",
		       AUTH_MAX_QUESTIONS);
		return;
	}
	r = peer_watch(q->auth->bus, &q->left, sd_bus_message_get_sender(q->m), on_left, q);
	if (r < 0)
		refuse(q, "cannot watch the caller: %s", strerror(-r));
	else
		ask_next(q);
}

static int on_uid(sd_bus_message *m, void *userdata, sd_bus_error *error _unused_)
{
	struct question *q = userdata;
	uint32_t uid;
	int r;

	q->request = sd_bus_slot_unref(q->request);
	if (peer_is_absent(m)) {
		finish(q, -ECANCELED, "the caller has left the bus");
		return 0;
	}
	r = sd_bus_message_is_method_error(m, NULL) ? -sd_bus_message_get_errno(m)
						    : sd_bus_message_read(m, "u", &uid);
	if (r < 0) {
		refuse(q, "cannot find out who the caller is: %s", strerror(-r));
		return 0;
	}
	q->uid = uid;
	if (uid == 0)
		finish(q, 0, NULL);
	else
		begin(q);
	return 0;
}

int auth_check(struct auth *a, sd_bus_message *m, enum auth_action action, auth_answer_t answer,
	       void *userdata)
{
	_cleanup_(question_freep) struct question *q = NULL;
	const char *sender = sd_bus_message_get_sender(m);
	int r;

	if (!sender)
		return -EINVAL;
	q = malloc(sizeof(*q));
	if (!q)
		return -ENOMEM;
	*q = (struct question){
		.next = a->questions,
		.auth = a,
		.m = sd_bus_message_ref(m),
		.action = action,
		.answer = answer,
		.userdata = userdata,
		.uid = (uid_t)-1,
		.rest = sufficient[action],
	};
	r = sd_bus_call_method_async(a->bus, &q->request, "org.freedesktop.DBus",
				     "/org/freedesktop/DBus", "org.freedesktop.DBus",
				     "GetConnectionUnixUser", on_uid, q, "s", sender);
	if (r < 0)
		return r;
	a->questions = steal_ptr(q);
	return 0;
}

int auth_new(struct auth **ret, sd_bus *bus)
{
	struct auth *a = calloc(1, sizeof(*a));

	if (!a)
		return -ENOMEM;
	a->bus = sd_bus_ref(bus);
	*ret = a;
	return 0;
}

struct auth *auth_free(struct auth *a)
{
	if (!a)
		return NULL;
	while (a->questions) {
		struct question *q = a->questions;

		a->questions = q->next;
		withdraw(q);
		question_free(q);
	}
	sd_bus_unref(a->bus);
	free(a);
	return NULL;
}
