// SPDX-License-Identifier: GPL-2.0-only
/*
 * What could run: list, from the loader or without one from the catalog that it would read,
 * and modes. Scripts match 'supported schedulers: ["..."]'.
 */
#include <fcntl.h>
#include <stdio.h>

#include "lib/catalog.h"
#include "lib/exit_status.h"
#include "lib/file.h"
#include "lib/loader_bus.h"
#include "lib/log.h"

#include "print.h"
#include "wish.h"
#include "words.h"

static void report(void *userdata _unused_, enum log_level level, const char *text)
{
	log_message(level, "%s", text);
}

static int add_entry(sd_json_variant **all, const char *name, const char *description,
		     bool is_installed)
{
	return sd_json_variant_append_arraybo(all, SD_JSON_BUILD_PAIR_STRING("name", name),
					      SD_JSON_BUILD_PAIR_STRING("description", description),
					      SD_JSON_BUILD_PAIR_BOOLEAN("installed",
									 is_installed));
}

/* An array of {name, description, installed}; the loader's own words are the same. */
static enum status read_catalog(int root_fd, sd_json_variant **all)
{
	_cleanup_catalog_ struct catalog catalog = {};
	struct reader reader = {.root_fd = root_fd, .report = report};
	int r = catalog_load(&catalog, &reader);

	for (size_t i = 0; r >= 0 && i < catalog.nr_entries; i++) {
		const struct sched_entry *e = &catalog.entries[i];

		r = add_entry(all, e->name.value, e->description.value ?: "",
			      sched_check_program(root_fd, e->name.value) == 0);
	}
	if (r >= 0)
		return SCXCTL_OK;
	log_errno(r, "cannot read %s: %m", CATALOG_DIR);
	return SCXCTL_FAILED;
}

static int read_entries(sd_bus_message *m, sd_json_variant **all)
{
	const char *name, *description;
	int r = sd_bus_message_enter_container(m, 'a', "(ssb)"), is_installed;

	while (r >= 0 &&
	       (r = sd_bus_message_read(m, "(ssb)", &name, &description, &is_installed)) > 0)
		r = add_entry(all, name, description, is_installed);
	return r;
}

static enum status ask_catalog(const struct client *c, sd_json_variant **all)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	int r = client_call(c, LOADER_OWN_INTERFACE, "Catalog", &error, &reply, "");

	if (r >= 0)
		r = read_entries(reply, all);
	return r < 0 ? client_report(r, &error) : SCXCTL_OK;
}

/* Another program of the loader's name says what it supports, and that is all. */
static enum status take_supported(const struct view *view, sd_json_variant **all)
{
	int r = 0;

	strv_foreach(name, view->supported)
		if (r >= 0)
			r = add_entry(all, *name, "", true);
	return r < 0 ? report_no_memory() : SCXCTL_OK;
}

static enum status print_installed(sd_json_variant *all)
{
	_cleanup_strv_ char **names = NULL;
	_cleanup_free_ char *list = NULL;

	for (size_t i = 0; i < sd_json_variant_elements(all); i++) {
		sd_json_variant *entry = sd_json_variant_by_index(all, i);

		if (!sd_json_variant_boolean(sd_json_variant_by_key(entry, "installed")))
			continue;
		if (strv_extend(&names,
				sd_json_variant_string(sd_json_variant_by_key(entry, "name"))) < 0)
			return report_no_memory();
	}
	list = sched_list(names);
	if (!list)
		return report_no_memory();
	(void)puts(list);
	return (enum status)stdout_status();
}

enum status verb_list(const struct invocation *v)
{
	_cleanup_client_ struct client client = {};
	_cleanup_view_ struct view view = {};
	_cleanup_json_ sd_json_variant *all = NULL;
	enum status status = view_look(&view, &client, v);

	if (status == SCXCTL_OK && sd_json_variant_new_array(&all, NULL, 0) < 0)
		status = report_no_memory();
	if (status != SCXCTL_OK)
		return status;
	if (!view.has_loader)
		status = read_catalog(v->root_fd, &all);
	else if (view.is_own_loader)
		status = ask_catalog(&client, &all);
	else
		status = take_supported(&view, &all);
	if (status != SCXCTL_OK)
		return status;
	return v->arguments->json ? print_json(all) : print_installed(all);
}

static enum status print_modes(const struct client *c, const char *sched)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	_cleanup_free_ char *title = sched_title(sched);
	const uint32_t *modes;
	size_t size;
	int r = client_call(c, LOADER_INTERFACE, "SchedulerModes", &error, &reply, "s", sched);

	if (r >= 0)
		r = sd_bus_message_read_array(reply, 'u', (const void **)&modes, &size);
	if (r < 0)
		return client_report(r, &error);
	(void)printf("modes configured for %s: [", title ?: sched);
	for (size_t i = 0; i < size / sizeof(*modes); i++)
		(void)printf("%s%s", i ? ", " : "", mode_title(modes[i]));
	(void)printf("]\n(unlisted modes run with %s's own defaults; use --show-args to see them "
		     "all)\n",
		     title ?: sched);
	return (enum status)stdout_status();
}

static void print_mode_args(const char *title, uint32_t mode, char *const *args)
{
	_cleanup_free_ char *words = strv_join(args, " ");

	if (strv_len(args) > 0)
		(void)printf("  %s: %s\n", mode_title(mode), words ?: "");
	else
		(void)printf("  %s: (%suses %s's own defaults)\n", mode_title(mode),
			     mode == MODE_AUTO ? "" : "not configured, ", title);
}

/* Prints a mode, or appends it to @object if there is one; > 0 until there are no more. */
static int take_mode(sd_bus_message *m, const char *title, sd_json_variant **object)
{
	_cleanup_strv_ char **args = NULL;
	_cleanup_json_ sd_json_variant *list = NULL;
	uint32_t mode;
	int r = sd_bus_message_enter_container(m, 'r', "uas");

	if (r <= 0)
		return r;
	r = sd_bus_message_read_basic(m, 'u', &mode);
	if (r >= 0)
		r = sd_bus_message_read_strv(m, &args);
	if (r >= 0 && object)
		r = sd_json_variant_new_array_strv(&list, args);
	if (r >= 0 && object)
		r = sd_json_variant_set_field(object, mode_title(mode), list);
	if (r < 0)
		return r;
	if (!object)
		print_mode_args(title, mode, args);
	return sd_bus_message_exit_container(m);
}

/* All modes, as text, or in @object if there is one. */
static enum status take_modes(const struct client *c, const char *sched, sd_json_variant **object)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	_cleanup_free_ char *title = sched_title(sched);
	int r = client_call(c, LOADER_INTERFACE, "SchedulerModeArgs", &error, &reply, "s", sched);

	if (r >= 0)
		r = sd_bus_message_enter_container(reply, 'a', "(uas)");
	if (r >= 0 && !object)
		(void)printf("configuration for %s:\n", title ?: sched);
	while (r > 0)
		r = take_mode(reply, title ?: sched, object);
	if (r < 0)
		return client_report(r, &error);
	return (enum status)stdout_status();
}

static enum status print_modes_json(const struct client *c, const char *sched)
{
	_cleanup_json_ sd_json_variant *object = NULL;
	enum status status = take_modes(c, sched, &object);

	return status == SCXCTL_OK ? print_json(object) : status;
}

enum status verb_modes(const struct invocation *v)
{
	_cleanup_client_ struct client client = {};
	_cleanup_view_ struct view view = {};
	_cleanup_wish_ struct wish wish = {};
	const struct arguments *a = v->arguments;
	enum status status;

	if (!a->sched) {
		log_error("no scheduler given; try 'scxctl modes --help'");
		return SCXCTL_USAGE;
	}
	status = client_open(&client, CLIENT_LOOKS);
	if (status == SCXCTL_OK)
		status = view_read_loader(&view, &client);
	if (status == SCXCTL_OK)
		status = wish_make(&wish, &view, a);
	if (status != SCXCTL_OK)
		return status;
	if (a->json)
		return print_modes_json(&client, wish.sched);
	if (a->show_args)
		return take_modes(&client, wish.sched, NULL);
	return print_modes(&client, wish.sched);
}
