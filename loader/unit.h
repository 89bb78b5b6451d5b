/* SPDX-License-Identifier: GPL-2.0-only */
/* One scheduler in a transient systemd unit of its own, reached over D-Bus without ever blocking.
 */
#pragma once

#include <systemd/sd-event.h>

#include "lib/util.h"

#include "scheduler.h"

struct unit;

/* Answers; each of them comes out of the event loop, never out of the request. */
struct unit_events {
	/* left-over units are stopped, or why they could not be */
	void (*cleared)(void *userdata, const char *error);
	/* systemd says that the scheduler is ready */
	void (*ready)(void *userdata);
	/* it is gone; comes once for each unit_start() */
	void (*ended)(void *userdata, const struct unit_exit *e);
	/* no connection to systemd any more */
	void (*lost)(void *userdata);
};

int unit_new(struct unit **ret, sd_event *event, const struct unit_events *events, void *userdata);
struct unit *unit_free(struct unit *u);
DEFINE_CLEANUP(struct unit *, unit_free);
#define _cleanup_unit_ _cleanup_(unit_freep)

/* Stops all units that an earlier loader left behind. */
int unit_clear(struct unit *u);
int unit_start(struct unit *u, const struct sched_spec *spec);
int unit_stop(struct unit *u);
