/* SPDX-License-Identifier: GPL-2.0-only */
/* Names and jobs of systemd on the bus. */
#pragma once

#include <stdbool.h>

#include <systemd/sd-bus.h>

#include "lib/util.h"

#define SYSTEMD "org.freedesktop.systemd1"
#define SYSTEMD_PATH "/org/freedesktop/systemd1"
#define SYSTEMD_MANAGER SYSTEMD ".Manager"
#define SYSTEMD_UNIT SYSTEMD ".Unit"

/* aios-NAME.service, or aios-NAME-2.service beside another of the same NAME */
#define UNIT_PREFIX "aios-"
#define UNIT_SUFFIX ".service"
#define SECOND_SUFFIX "-2.service"

/* Keeps the path of the job that the reply @m carries in *@job. 0 or a negative errno. */
int systemd_take_job(sd_bus_message *m, char **job);

/* Whether the job that has @ended is the one in *@job; then it is no more there. */
bool systemd_is_job(char **job, const char *ended);

struct own_job;

/*
 * Asks what systemd is doing to the unit this process is the main process of; @answer comes
 * once, out of the event loop, with "restart", "stop", ... or "" for nothing.
 */
int own_job_ask(struct own_job **ret, sd_bus *bus, void (*answer)(void *userdata, const char *type),
		void *userdata);
struct own_job *own_job_free(struct own_job *j);
DEFINE_CLEANUP(struct own_job *, own_job_free);
