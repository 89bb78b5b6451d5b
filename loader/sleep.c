// SPDX-License-Identifier: GPL-2.0-only
/*
 * logind's PrepareForSleep(true) comes before the machine sleeps, (false) after it woke. We
 * take no inhibitor lock: it would delay sleep until we are done, but there is nothing to be
 * done before. The kernel itself keeps schedulers out of the way while devices sleep; what
 * matters is to look afterwards whether ours is still in charge.
 *
 * A logind that vanishes while it said the machine is going to sleep cannot tell that it
 * woke. Since we run and hear of that, it has.
 */
#include <stdbool.h>

#include "lib/peer.h"

#include "sleep.h"

#define LOGIND "org.freedesktop.login1"

struct sleep_watch {
	sd_bus_slot *prepare, *owner;
	const struct sleep_events *events;
	void *userdata;
	bool is_going; /* and did not wake yet */
};

static void set_going(struct sleep_watch *s, bool is_going)
{
	if (s->is_going == is_going)
		return;
	s->is_going = is_going;
	if (is_going)
		s->events->going(s->userdata);
	else
		s->events->woke(s->userdata);
}

static int on_prepare(sd_bus_message *m, void *userdata, sd_bus_error *error _unused_)
{
	int is_going;

	if (sd_bus_message_read(m, "b", &is_going) >= 0)
		set_going(userdata, is_going);
	return 0;
}

static int on_owner(sd_bus_message *m _unused_, void *userdata, sd_bus_error *error _unused_)
{
	set_going(userdata, false);
	return 0;
}

int sleep_watch_new(struct sleep_watch **ret, sd_bus *bus, const struct sleep_events *events,
		    void *userdata)
{
	_cleanup_sleep_watch_ struct sleep_watch *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return -ENOMEM;
	s->events = events;
	s->userdata = userdata;
	r = peer_watch(bus, &s->owner, LOGIND, on_owner, s);
	if (r < 0)
		return r;
	r = sd_bus_match_signal_async(bus, &s->prepare, LOGIND, "/org/freedesktop/login1",
				      LOGIND ".Manager", "PrepareForSleep", on_prepare, NULL, s);
	if (r < 0)
		return r;
	*ret = steal_ptr(s);
	return 0;
}

struct sleep_watch *sleep_watch_free(struct sleep_watch *s)
{
	if (!s)
		return NULL;
	sd_bus_slot_unref(s->prepare);
	sd_bus_slot_unref(s->owner);
	free(s);
	return NULL;
}
