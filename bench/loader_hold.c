// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "lib/loader_bus.h"
#include "lib/log.h"

#include "bench/loader_hold.h"

#define APP_ID "aios-bench"
#define REASON "schedulers are being compared"
#define DBUS "org.freedesktop.DBus"
#define DBUS_PATH "/org/freedesktop/DBus"
#define PATIENCE_US (120 * UINT64_C(1000000)) /* a scheduler may take its time to let go */

static int new_call(sd_bus *bus, sd_bus_message **ret)
{
	int r = sd_bus_message_new_method_call(bus, ret, LOADER_NAME, LOADER_PATH,
					       LOADER_OWN_INTERFACE, "HoldKernel");

	/* that we measure is no reason to start it */
	if (r >= 0)
		r = sd_bus_message_set_auto_start(*ret, 0);
	return r < 0 ? r : sd_bus_message_append(*ret, "ss", REASON, APP_ID);
}

static bool is_absence(const sd_bus_error *e)
{
	return sd_bus_error_has_names(e, SD_BUS_ERROR_NAME_HAS_NO_OWNER,
				      SD_BUS_ERROR_SERVICE_UNKNOWN);
}

static int report(const sd_bus_error *e, int r)
{
	if (sd_bus_error_has_names(e, SD_BUS_ERROR_UNKNOWN_METHOD, SD_BUS_ERROR_UNKNOWN_INTERFACE))
		log_error("the loader at " LOADER_NAME
			  " cannot be asked to leave the kernel alone: "
			  "stop it first");
	else
		log_error("aios-loader does not leave the kernel alone: %s",
			  e->message ?: strerror(-r));
	return r;
}

static int hold(sd_bus *bus)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	int r = new_call(bus, &call);

	if (r >= 0)
		r = sd_bus_call(bus, call, PATIENCE_US, &error, NULL);
	if (r >= 0 || is_absence(&error))
		return 0;
	if (sd_bus_error_has_name(&error, SD_BUS_ERROR_ACCESS_DENIED)) {
		log_warning(
			"aios-loader is not to leave the kernel alone for this user: runs do not "
			"count if it comes in between");
		return 0;
	}
	return report(&error, r);
}

static int on_late_answer(sd_bus_message *m, void *userdata _unused_, sd_bus_error *error _unused_)
{
	const sd_bus_error *e = sd_bus_message_get_error(m);

	if (e && !is_absence(e))
		(void)report(e, -sd_bus_message_get_errno(m));
	return 0;
}

/* A loader has come, and not been asked yet. */
static int on_owner(sd_bus_message *m, void *userdata _unused_, sd_bus_error *error _unused_)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
	sd_bus *bus = sd_bus_message_get_bus(m);
	const char *name, *before, *now;
	int r = sd_bus_message_read(m, "sss", &name, &before, &now);

	if (r < 0 || !*now)
		return 0;
	r = new_call(bus, &call);
	if (r >= 0)
		r = sd_bus_call_async(bus, NULL, call, on_late_answer, NULL, PATIENCE_US);
	if (r < 0)
		log_errno(r, "cannot ask aios-loader to leave the kernel alone: %m");
	return 0;
}

static int watch(struct loader_hold *h, sd_event *event)
{
	int r = sd_bus_add_match(h->bus, NULL,
				 "type='signal',sender='" DBUS "',path='" DBUS_PATH
				 "',interface='" DBUS
				 "',member='NameOwnerChanged',arg0='" LOADER_NAME "'",
				 on_owner, NULL);

	return r < 0 ? r : sd_bus_attach_event(h->bus, event, SD_EVENT_PRIORITY_NORMAL);
}

int loader_hold_take(struct loader_hold *h, sd_event *event)
{
	int r = sd_bus_open_system(&h->bus);

	/* without a bus there is no loader on it */
	if (r < 0)
		return 0;
	r = watch(h, event);
	if (r < 0)
		return log_errno(r, "cannot watch the system bus: %m");
	return hold(h->bus);
}

void loader_hold_release(struct loader_hold *h)
{
	h->bus = sd_bus_flush_close_unref(h->bus);
}
