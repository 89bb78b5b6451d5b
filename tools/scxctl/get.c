// SPDX-License-Identifier: GPL-2.0-only
/*
 * What runs. The loader knows of its own schedulers how it started them, the kernel has the
 * last word on all others. Scripts match "no scx scheduler running" and lines that begin with
 * "running".
 */
#include <stdio.h>
#include <string.h>

#include "lib/exit_status.h"
#include "lib/log.h"
#include "lib/strv.h"

#include "print.h"
#include "view.h"
#include "words.h"

#define SYSTEMD "org.freedesktop.systemd1"
#define MODE_VARIABLE "AIOS_MODE="

/* The environment of a unit as configured; empty for a unit that is not there. */
static int unit_environment(sd_bus *bus, const char *unit, char ***ret)
{
	_cleanup_free_ char *path = NULL;
	int r = sd_bus_path_encode("/org/freedesktop/systemd1/unit", unit, &path);

	if (r < 0)
		return r;
	return sd_bus_get_property_strv(bus, SYSTEMD, path, SYSTEMD ".Service", "Environment", NULL,
					ret);
}

/* The mode a loader that is gone gave the scheduler it left running; NULL if there is none. */
static char *mode_of(sd_bus *bus, const char *ops)
{
	_cleanup_strv_ char **environment = NULL;
	_cleanup_free_ char *unit = NULL;

	if (!bus || asprintf(&unit, "aios-scx_%s.service", ops) < 0) {
		unit = NULL;
		return NULL;
	}
	if (unit_environment(bus, unit, &environment) < 0)
		return NULL;
	strv_foreach(variable, environment)
		if (strncmp(*variable, MODE_VARIABLE, strlen(MODE_VARIABLE)) == 0)
			return strdup(*variable + strlen(MODE_VARIABLE));
	return NULL;
}

static enum status print_known(const struct view *view)
{
	_cleanup_free_ char *text = sched_describe(view->sched, view->mode, view->args);

	(void)printf("running %s\n", text ?: view->sched);
	return (enum status)stdout_status();
}

/* One that the kernel has and the loader, if there is one, has not started. */
static enum status print_other(const struct view *view, sd_bus *bus)
{
	_cleanup_free_ char *title = sched_title(view->kernel.ops);
	_cleanup_free_ char *mode = view->has_loader ? NULL : mode_of(bus, view->kernel.ops);

	if (mode) {
		(void)printf("running %s in %s mode\n", title ?: view->kernel.ops, mode);
		log_info("aios-loader, which started it, is not running");
	} else {
		(void)printf("running %s\n", title ?: view->kernel.ops);
		log_info("it was not started by aios-loader");
	}
	return (enum status)stdout_status();
}

static enum status print_get_json(const struct view *view)
{
	_cleanup_json_ sd_json_variant *v = NULL;
	bool is_enabled = kernel_state_is(&view->kernel, NULL);
	bool has_mode = view->sched && strv_len(view->args) == 0;

	int r = sd_json_buildo(
		&v, SD_JSON_BUILD_PAIR_STRING("scheduler", view->sched),
		SD_JSON_BUILD_PAIR_STRING("mode", has_mode ? mode_title(view->mode) : NULL),
		SD_JSON_BUILD_PAIR_STRV("arguments", view->args),
		SD_JSON_BUILD_PAIR_STRING("kernel_scheduler", is_enabled ? view->kernel.ops : NULL),
		SD_JSON_BUILD_PAIR_BOOLEAN("loader", view->has_loader));

	return r < 0 ? report_no_memory() : print_json(v);
}

enum status verb_get(const struct invocation *v)
{
	_cleanup_client_ struct client client = {};
	_cleanup_view_ struct view view = {};
	enum status status = view_look(&view, &client, v);
	bool is_running = view.sched || kernel_state_is(&view.kernel, NULL);

	if (status != SCXCTL_OK)
		return status;
	if (v->arguments->json) {
		status = print_get_json(&view);
	} else if (view.sched) {
		status = print_known(&view);
	} else if (is_running) {
		status = print_other(&view, client.bus);
	} else {
		(void)puts("no scx scheduler running");
		status = (enum status)stdout_status();
	}
	return status == SCXCTL_OK && !is_running && v->arguments->exit_code ? SCXCTL_NOTHING_RUNS
									     : status;
}
