/* SPDX-License-Identifier: GPL-2.0-only */
/* Other services on the bus: they may be absent, come late and go again. */
#pragma once

#include <stdbool.h>

#include <systemd/sd-bus.h>

#define DBUS_PROPERTIES "org.freedesktop.DBus.Properties"

/*
 * Calls @changed with each signal that says that @name has got another owner, or none.
 * Does not block; 0 or a negative errno.
 */
int peer_watch(sd_bus *bus, sd_bus_slot **ret, const char *name, sd_bus_message_handler_t changed,
	       void *userdata);

/* What the signal @m of peer_watch() says: the name has an owner now. */
bool peer_has_come(sd_bus_message *m);

/* The error reply @m says that nobody has the name it was sent to. */
bool peer_is_absent(sd_bus_message *m);

/* Of an error reply; belongs to @m. */
const char *peer_error_text(sd_bus_message *m);
