/* SPDX-License-Identifier: GPL-2.0-only */
/* May the sender of a message do this? Root may; of all others polkit is asked. */
#pragma once

#include <sys/types.h>

#include <systemd/sd-bus.h>

#include "lib/util.h"

/* Each is an action of polkit, see org.scx.Loader.policy. */
enum auth_action {
	/* anything: a scheduler with arguments, stopping it */
	AUTH_MANAGE_SCHEDULERS,
	/* an installed scheduler in one of its modes, the default one, a restart;
	 * who may manage schedulers may do this, too */
	AUTH_SWITCH_MODE,
};

/* Of one user that may wait for polkit at a time; more are refused. */
#define AUTH_MAX_QUESTIONS 8

struct auth_answer {
	int r;              /* 0: it may; -EACCES: it may not; -ECANCELED: it left the bus */
	uid_t uid;          /* of the sender; (uid_t)-1 if it left before that was known */
	const char *reason; /* why not, for the sender to read; NULL if it may */
};

/* @m is the message that was asked about. */
typedef void (*auth_answer_t)(void *userdata, sd_bus_message *m, const struct auth_answer *answer);

struct auth;

int auth_new(struct auth **ret, sd_bus *bus);
/* Questions that are not answered yet are withdrawn; their answers do not come any more. */
struct auth *auth_free(struct auth *a);
DEFINE_CLEANUP(struct auth *, auth_free);
#define _cleanup_auth_ _cleanup_(auth_freep)

/*
 * Asks whether the sender of @m may do @action. Exactly one answer comes for each question,
 * out of the event loop and never out of this call. That may take as long as the user takes
 * to type a password.
 *
 * 0, or a negative errno if nothing was asked: -EINVAL if @m has no sender.
 */
int auth_check(struct auth *a, sd_bus_message *m, enum auth_action action, auth_answer_t answer,
	       void *userdata);
