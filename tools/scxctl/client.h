/* SPDX-License-Identifier: GPL-2.0-only */
/* Talking to aios-loader: calls, what it says of itself, and errors in plain words. */
#pragma once

#include <systemd/sd-bus.h>

#include "lib/util.h"

#include "verbs.h"

enum client_kind {
	CLIENT_LOOKS,   /* never the reason why the loader is started */
	CLIENT_STOPS,   /* neither, as nothing runs without it; but waits long for its answers */
	CLIENT_CHANGES, /* starts the loader if need be, and waits long */
};

struct client {
	sd_bus *bus;
	enum client_kind kind;
};

enum { CLIENT_PATIENCE_S = 120 }; /* a scheduler may take its time to attach */

/* Errors of sd_bus_open_system(). */
int client_connect(struct client *c, enum client_kind kind);
/* The same; logs the error and returns SCXCTL_UNREACHABLE. */
enum status client_open(struct client *c, enum client_kind kind);
void client_close(struct client *c);
#define _cleanup_client_ _cleanup_(client_close)

/* A call of the loader without its arguments; those are appended, then it is sent. */
int client_new_call(const struct client *c, const char *interface, const char *member,
		    sd_bus_message **ret);
/* -errno with @error set. @ret_reply may be NULL. */
int client_send(const struct client *c, sd_bus_message *m, sd_bus_error *error,
		sd_bus_message **ret_reply);
/* Both; @types and what follows as for sd_bus_message_append(). */
int client_call(const struct client *c, const char *interface, const char *member,
		sd_bus_error *error, sd_bus_message **ret_reply, const char *types, ...);

/* The string that the method @member of LOADER_OWN_INTERFACE answers with, to be freed; whatever
 * is wrong has been logged. Asking does not start the loader. */
enum status client_ask(const char *member, char **ret);

/* What kind of failure it is; @r as of client_send(). */
enum status client_status(int r, const sd_bus_error *error);
/* Logs it with what can be done about it, and returns client_status(). */
enum status client_report(int r, const sd_bus_error *error);
