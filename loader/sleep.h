/* SPDX-License-Identifier: GPL-2.0-only */
/* Tells when the machine goes to sleep and when it woke, as logind says. */
#pragma once

#include <systemd/sd-bus.h>

#include "lib/util.h"

struct sleep_watch;

/* They alternate, beginning with going(). */
struct sleep_events {
	/* the machine is about to sleep; nothing waits for us to be done */
	void (*going)(void *userdata);
	void (*woke)(void *userdata);
};

int sleep_watch_new(struct sleep_watch **ret, sd_bus *bus, const struct sleep_events *events,
		    void *userdata);
struct sleep_watch *sleep_watch_free(struct sleep_watch *s);
DEFINE_CLEANUP(struct sleep_watch *, sleep_watch_free);
#define _cleanup_sleep_watch_ _cleanup_(sleep_watch_freep)
