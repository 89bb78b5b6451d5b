// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "lib/util.h"

#include "peer.h"

int peer_watch(sd_bus *bus, sd_bus_slot **ret, const char *name, sd_bus_message_handler_t changed,
	       void *userdata)
{
	_cleanup_free_ char *rule = NULL;

	if (asprintf(&rule,
		     "type='signal',sender='org.freedesktop.DBus',path='/org/freedesktop/DBus',"
		     "interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='%s'",
		     name) < 0) {
		rule = NULL;
		return -ENOMEM;
	}
	return sd_bus_add_match_async(bus, ret, rule, changed, NULL, userdata);
}

bool peer_has_come(sd_bus_message *m)
{
	const char *owner;

	return sd_bus_message_read(m, "sss", NULL, NULL, &owner) >= 0 && *owner;
}

bool peer_is_absent(sd_bus_message *m)
{
	return sd_bus_message_is_method_error(m, SD_BUS_ERROR_SERVICE_UNKNOWN) ||
	       sd_bus_message_is_method_error(m, SD_BUS_ERROR_NAME_HAS_NO_OWNER);
}

const char *peer_error_text(sd_bus_message *m)
{
	const sd_bus_error *e = sd_bus_message_get_error(m);

	return e->message ?: e->name;
}
