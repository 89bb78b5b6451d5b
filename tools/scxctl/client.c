// SPDX-License-Identifier: GPL-2.0-only
/*
 * One table says what each error of the bus and the loader means for who typed the command.
 * The loader's own sentences are meant for people and are printed as they are.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include "lib/loader_bus.h"
#include "lib/log.h"

#include "client.h"

#define S_US 1000000ULL
#define DBUS_ERROR "org.freedesktop.DBus.Error."
#define NOT_RUNNING "aios-loader is not running"
#define START_IT "; try 'systemctl start aios-loader'"
#define NOT_AUTHORISED "not authorised"
#define ASK_FOR_IT "; try sudo, or a session at the machine itself, or see polkit(8)"

/* The first that fits; a name that ends in "*" stands for all that begin so. */
static const struct meaning {
	const char *name;
	enum status status;
	const char *before, *after; /* the error's own text, NULL: that alone */
	bool is_all;                /* its own text says nothing more */
} meanings[] = {
	{LOADER_ERROR_SCHEDULER_FAILED, SCXCTL_SCHED_FAILED, NULL, ""},
	{DBUS_ERROR "AccessDenied", SCXCTL_NOT_AUTHORISED, NOT_AUTHORISED, ASK_FOR_IT},
	{DBUS_ERROR "AuthFailed", SCXCTL_NOT_AUTHORISED, NOT_AUTHORISED, ASK_FOR_IT},
	{DBUS_ERROR "InteractiveAuthorizationRequired", SCXCTL_NOT_AUTHORISED, NOT_AUTHORISED,
	 ASK_FOR_IT},
	{DBUS_ERROR "ServiceUnknown", SCXCTL_UNREACHABLE, NOT_RUNNING, START_IT, true},
	{DBUS_ERROR "NameHasNoOwner", SCXCTL_UNREACHABLE, NOT_RUNNING, START_IT, true},
	{DBUS_ERROR "Spawn.*", SCXCTL_UNREACHABLE, "aios-loader cannot be started", START_IT},
	{"org.freedesktop.systemd1.*", SCXCTL_UNREACHABLE, "aios-loader cannot be started",
	 START_IT},
	{DBUS_ERROR "TimedOut", SCXCTL_UNREACHABLE, "aios-loader cannot be started", START_IT},
	{DBUS_ERROR "NoReply", SCXCTL_UNREACHABLE, "aios-loader has ended instead of answering",
	 "; see 'journalctl -u aios-loader'"},
	{DBUS_ERROR "Disconnected", SCXCTL_UNREACHABLE, "the bus has closed the connection", ""},
	{DBUS_ERROR "Timeout", SCXCTL_FAILED, "aios-loader does not answer",
	 "; see 'scxctl status'"},
	{DBUS_ERROR "Unknown*", SCXCTL_FAILED, "the service " LOADER_NAME " is not aios-loader",
	 ""},
};

static bool means(const struct meaning *m, const char *name)
{
	size_t len = strcspn(m->name, "*");

	return strncmp(m->name, name, len) == 0 && (m->name[len] || !name[len]);
}

static const struct meaning *find_meaning(const sd_bus_error *error)
{
	for (size_t i = 0; error->name && i < ARRAY_SIZE(meanings); i++)
		if (means(&meanings[i], error->name))
			return &meanings[i];
	return NULL;
}

enum status client_status(int r, const sd_bus_error *error)
{
	const struct meaning *m = find_meaning(error);

	if (r >= 0)
		return SCXCTL_OK;
	return m ? m->status : SCXCTL_FAILED;
}

enum status client_report(int r, const sd_bus_error *error)
{
	const struct meaning *m = find_meaning(error);
	const char *text = error->message ?: strerror(-r);

	if (m && m->is_all)
		log_error("%s%s", m->before, m->after);
	else if (m && m->before)
		log_error("%s: %s%s", m->before, text, m->after);
	else
		log_error("%s", text);
	return client_status(r, error);
}

int client_connect(struct client *c, enum client_kind kind)
{
	int r = sd_bus_open_system(&c->bus);

	c->kind = kind;
	if (r >= 0 && kind != CLIENT_LOOKS)
		r = sd_bus_set_method_call_timeout(c->bus, CLIENT_PATIENCE_S * S_US);
	if (r >= 0)
		r = sd_bus_set_allow_interactive_authorization(c->bus, true);
	return r;
}

enum status client_open(struct client *c, enum client_kind kind)
{
	int r = client_connect(c, kind);

	if (r >= 0)
		return SCXCTL_OK;
	log_errno(r, "cannot connect to the system bus: %m");
	return SCXCTL_UNREACHABLE;
}

void client_close(struct client *c)
{
	c->bus = sd_bus_flush_close_unref(c->bus);
}

int client_new_call(const struct client *c, const char *interface, const char *member,
		    sd_bus_message **ret)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *m = NULL;
	int r = sd_bus_message_new_method_call(c->bus, &m, LOADER_NAME, LOADER_PATH, interface,
					       member);

	if (r >= 0)
		r = sd_bus_message_set_auto_start(m, c->kind == CLIENT_CHANGES);
	if (r < 0)
		return r;
	*ret = steal_ptr(m);
	return 0;
}

int client_send(const struct client *c, sd_bus_message *m, sd_bus_error *error,
		sd_bus_message **ret_reply)
{
	return sd_bus_call(c->bus, m, 0, error, ret_reply);
}

int client_call(const struct client *c, const char *interface, const char *member,
		sd_bus_error *error, sd_bus_message **ret_reply, const char *types, ...)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *m = NULL;
	va_list ap;
	int r = client_new_call(c, interface, member, &m);

	if (r < 0)
		return sd_bus_error_set_errno(error, r);
	va_start(ap, types);
	r = sd_bus_message_appendv(m, types, ap);
	va_end(ap);
	if (r < 0)
		return sd_bus_error_set_errno(error, r);
	return client_send(c, m, error, ret_reply);
}

enum status client_ask(const char *member, char **ret)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	_cleanup_client_ struct client client = {};
	enum status status = client_open(&client, CLIENT_LOOKS);
	const char *text;
	int r;

	if (status != SCXCTL_OK)
		return status;
	r = client_call(&client, LOADER_OWN_INTERFACE, member, &error, &reply, "");
	if (r >= 0)
		r = sd_bus_message_read(reply, "s", &text);
	if (r < 0)
		return client_report(r, &error);
	*ret = strdup(text);
	return *ret ? SCXCTL_OK : client_report(-ENOMEM, &error);
}
