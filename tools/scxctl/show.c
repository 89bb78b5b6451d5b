// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who schedules comes from the kernel, in which mode from the unit that aios-loader
 * runs the scheduler in; nothing is remembered anywhere else. Scripts match the
 * sentences printed here: "no scx scheduler running", "running ...", "supported
 * schedulers: [...]".
 */
#include <ctype.h>
#include <string.h>

#include <systemd/sd-bus.h>

#include "lib/catalog.h"
#include "lib/exit_status.h"
#include "lib/kernel.h"
#include "lib/strv.h"

#include "show.h"

#define SYSTEMD "org.freedesktop.systemd1"
#define MODE_VARIABLE "AIOS_MODE="

/* The environment of a unit as configured; empty for a unit that is not there. */
static int unit_environment(const char *unit, char ***ret)
{
	_cleanup_(sd_bus_flush_close_unrefp) sd_bus *bus = NULL;
	_cleanup_free_ char *path = NULL;
	int r;

	r = sd_bus_open_system(&bus);
	if (r < 0)
		return r;
	r = sd_bus_path_encode("/org/freedesktop/systemd1/unit", unit, &path);
	if (r < 0)
		return r;
	return sd_bus_get_property_strv(bus, SYSTEMD, path, SYSTEMD ".Service", "Environment", NULL,
					ret);
}

/* The mode the loader gave the scheduler the kernel calls @ops; NULL if it did not start it. */
static char *mode_of(const char *ops)
{
	_cleanup_strv_ char **environment = NULL;
	_cleanup_free_ char *unit = NULL;

	if (asprintf(&unit, "aios-scx_%s.service", ops) < 0) {
		unit = NULL;
		return NULL;
	}
	if (unit_environment(unit, &environment) < 0)
		return NULL;
	strv_foreach(variable, environment)
		if (strncmp(*variable, MODE_VARIABLE, strlen(MODE_VARIABLE)) == 0)
			return strdup(*variable + strlen(MODE_VARIABLE));
	return NULL;
}

int show_current(int root_fd)
{
	_cleanup_kernel_state_ struct kernel_state state = {};
	_cleanup_free_ char *mode = NULL;
	int r = kernel_state_read(root_fd, &state);

	if (r < 0 && r != -ENOENT) {
		log_errno(r, "cannot read the kernel's sched_ext state: %m");
		return STATUS_FAILED;
	}
	if (r < 0 || !kernel_state_is(&state, NULL)) {
		(void)puts("no scx scheduler running");
		return stdout_status();
	}
	mode = mode_of(state.ops);
	state.ops[0] = (char)toupper((unsigned char)state.ops[0]);
	if (mode)
		(void)printf("running %s in %s mode\n", state.ops, mode);
	else
		(void)printf("running %s\n", state.ops);
	return stdout_status();
}

static void report(void *userdata _unused_, enum log_level level, const char *text)
{
	log_message(level, "%s", text);
}

static bool is_executable(int root_fd, const char *name)
{
	_cleanup_free_ char *path = NULL;

	if (asprintf(&path, "%s/%s", below_root(AIOS_BINDIR), name) < 0) {
		path = NULL;
		return false;
	}
	return faccessat(root_fd, path, X_OK, 0) == 0;
}

int show_schedulers(int root_fd)
{
	_cleanup_catalog_ struct catalog catalog = {};
	struct reader reader = {.root_fd = root_fd, .report = report};
	const char *separator = "";
	int r = catalog_load(&catalog, &reader);

	if (r < 0) {
		log_errno(r, "cannot read %s: %m", CATALOG_DIR);
		return STATUS_FAILED;
	}
	(void)printf("supported schedulers: [");
	for (size_t i = 0; i < catalog.nr_entries; i++) {
		const char *name = catalog.entries[i].name.value;

		if (!is_executable(root_fd, name))
			continue;
		(void)printf("%s\"%s\"", separator, sched_ops_name(name));
		separator = ", ";
	}
	(void)puts("]");
	return stdout_status();
}
