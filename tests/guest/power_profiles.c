// SPDX-License-Identifier: GPL-2.0-only
/*
 * As much of power-profiles-daemon as its clients see: the name, and the property ActiveProfile,
 * which busctl set-property changes. The daemon itself has profiles on few machines only.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#define NAME "org.freedesktop.UPower.PowerProfiles"
#define PATH "/org/freedesktop/UPower/PowerProfiles"

static char *profile;

static int set_profile(sd_bus *bus, const char *path, const char *interface, const char *property,
		       sd_bus_message *value, void *userdata __attribute__((unused)),
		       sd_bus_error *error __attribute__((unused)))
{
	const char *text;
	int r = sd_bus_message_read(value, "s", &text);

	if (r < 0)
		return r;
	free(profile);
	profile = strdup(text);
	if (!profile)
		return -1;
	return sd_bus_emit_properties_changed(bus, path, interface, property, NULL);
}

static const sd_bus_vtable vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_WRITABLE_PROPERTY("ActiveProfile", "s", NULL, set_profile, 0,
				 SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_VTABLE_END,
};

int main(void)
{
	sd_event *event = NULL;
	sd_bus *bus = NULL;

	profile = strdup("balanced");
	if (!profile || sd_event_new(&event) < 0 || sd_bus_open_system(&bus) < 0 ||
	    sd_bus_attach_event(bus, event, 0) < 0 ||
	    sd_bus_add_object_vtable(bus, NULL, PATH, NAME, vtable, &profile) < 0 ||
	    sd_bus_request_name(bus, NAME, 0) < 0) {
		perror("power_profiles");
		return EXIT_FAILURE;
	}
	return sd_event_loop(event) < 0;
}
