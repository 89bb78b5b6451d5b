// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "lib/strv.h"

#include "owners.h"

#define DBUS "org.freedesktop.DBus"
#define DBUS_PATH "/org/freedesktop/DBus"

struct owners {
	struct loader *loader;
	sd_bus_slot *left; /* the signal that somebody has */
};

static int on_left(sd_bus_message *m, void *userdata, sd_bus_error *error _unused_)
{
	const char *name, *new_owner;
	struct owners *o = userdata;

	if (sd_bus_message_read(m, "sss", &name, NULL, &new_owner) >= 0 && !*new_owner)
		loader_release_owner(o->loader, name);
	if (o->loader->requests.nr_holds == 0)
		o->left = sd_bus_slot_unref(o->left);
	return 0;
}

/* The owner of a hold that is not among @names; NULL: all are. */
static const char *find_missing(const struct requests *r, char *const *names)
{
	for (size_t i = 0; i < r->nr_holds; i++) {
		bool is_there = false;

		strv_foreach(name, names)
			is_there = is_there || strcmp(*name, r->holds[i].owner) == 0;
		if (!is_there)
			return r->holds[i].owner;
	}
	return NULL;
}

static int on_names(sd_bus_message *m, void *userdata, sd_bus_error *error _unused_)
{
	_cleanup_strv_ char **names = NULL;
	struct owners *o = userdata;
	const char *missing;

	if (sd_bus_message_is_method_error(m, NULL) || sd_bus_message_read_strv(m, &names) < 0)
		return 0;
	while ((missing = find_missing(&o->loader->requests, names))) {
		_cleanup_free_ char *owner = strdup(missing);

		if (!owner)
			return -ENOMEM;
		loader_release_owner(o->loader, owner);
	}
	return 0;
}

/* Signals come from here on, so whoever left before is seen now. */
static int on_watching(sd_bus_message *m _unused_, void *userdata, sd_bus_error *error _unused_)
{
	struct owners *o = userdata;

	return sd_bus_call_method_async(o->loader->bus, NULL, DBUS, DBUS_PATH, DBUS, "ListNames",
					on_names, o, NULL);
}

/* While there are holds, their owners are watched. */
void owners_watch(struct owners *o)
{
	if (o->left || o->loader->requests.nr_holds == 0)
		return;
	(void)sd_bus_match_signal_async(o->loader->bus, &o->left, DBUS, DBUS_PATH, DBUS,
					"NameOwnerChanged", on_left, on_watching, o);
}

int owners_new(struct owners **ret, struct loader *l)
{
	struct owners *o = calloc(1, sizeof(*o));

	if (!o)
		return -ENOMEM;
	o->loader = l;
	*ret = o;
	return 0;
}

struct owners *owners_free(struct owners *o)
{
	if (!o)
		return NULL;
	sd_bus_slot_unref(o->left);
	free(o);
	return NULL;
}
