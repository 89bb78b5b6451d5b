/* SPDX-License-Identifier: GPL-2.0-only */
/* Statistics for other programs, by the line protocol of scx. */
#pragma once

#include <systemd/sd-event.h>

#include "lib/util.h"
#include "runtime/stats.h"

#define SERVER_PATH "/run/scx/root/stats"

struct server;

/*
 * Serves @source on the UNIX socket @path, whose directories it makes, until it is freed. A socket
 * left behind by somebody else is replaced; -EEXIST if @path is something else, or another negative
 * errno.
 */
int server_new(sd_event *event, const char *path, const struct stats_source *source,
	       struct server **ret);
struct server *server_free(struct server *s);
DEFINE_CLEANUP(struct server *, server_free);
