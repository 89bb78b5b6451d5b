// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include <systemd/sd-login.h>

#include "lib/peer.h"

#include "systemd.h"

int systemd_take_job(sd_bus_message *m, char **job)
{
	const char *path;
	char *copy;
	int r;

	r = sd_bus_message_read(m, "o", &path);
	if (r < 0)
		return r;
	copy = strdup(path);
	if (!copy)
		return -ENOMEM;
	free(*job);
	*job = copy;
	return 0;
}

bool systemd_is_job(char **job, const char *ended)
{
	if (!*job || strcmp(*job, ended) != 0)
		return false;
	free(*job);
	*job = NULL;
	return true;
}

struct own_job {
	sd_bus *bus;
	sd_bus_slot *request;
	void (*answer)(void *userdata, const char *type);
	void *userdata;
};

static int on_job_type(sd_bus_message *m, void *userdata, sd_bus_error *error _unused_)
{
	const char *type = "";
	struct own_job *j = userdata;

	if (!sd_bus_message_is_method_error(m, NULL))
		(void)sd_bus_message_read(m, "v", "s", &type);
	j->answer(j->userdata, type);
	return 0;
}

static int on_job(sd_bus_message *m, void *userdata, sd_bus_error *error _unused_)
{
	const char *path = NULL;
	struct own_job *j = userdata;
	uint32_t id = 0;

	j->request = sd_bus_slot_unref(j->request);
	if (!sd_bus_message_is_method_error(m, NULL) &&
	    sd_bus_message_read(m, "v", "(uo)", &id, &path) >= 0 && id &&
	    sd_bus_call_method_async(j->bus, &j->request, SYSTEMD, path, DBUS_PROPERTIES, "Get",
				     on_job_type, j, "ss", SYSTEMD ".Job", "JobType") >= 0)
		return 0;
	j->answer(j->userdata, "");
	return 0;
}

int own_job_ask(struct own_job **ret, sd_bus *bus, void (*answer)(void *userdata, const char *type),
		void *userdata)
{
	_cleanup_(own_job_freep) struct own_job *j = calloc(1, sizeof(*j));
	_cleanup_free_ char *name = NULL, *path = NULL;
	int r;

	if (!j)
		return -ENOMEM;
	*j = (struct own_job){.bus = bus, .answer = answer, .userdata = userdata};
	r = sd_pid_get_unit(0, &name);
	if (r >= 0)
		r = sd_bus_path_encode(SYSTEMD_PATH "/unit", name, &path);
	if (r >= 0)
		r = sd_bus_call_method_async(bus, &j->request, SYSTEMD, path, DBUS_PROPERTIES,
					     "Get", on_job, j, "ss", SYSTEMD_UNIT, "Job");
	if (r < 0)
		return r;
	*ret = steal_ptr(j);
	return 0;
}

struct own_job *own_job_free(struct own_job *j)
{
	if (!j)
		return NULL;
	sd_bus_slot_unref(j->request);
	free(j);
	return NULL;
}
