/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The loader on the bus: org.scx.Loader as its clients know it, and org.aios.Loader1
 * for what that does not say. See org.scx.Loader(5).
 */
#pragma once

#include "lib/loader_bus.h"

#include "loader.h"

struct service;

/* Brings the object to l->bus; the name is requested by service_own_name(). */
int service_new(struct service **ret, struct loader *l);
struct service *service_free(struct service *s);
DEFINE_CLEANUP(struct service *, service_free);

/* Not before there is something to say. Asynchronous: without the name the loader goes on. */
int service_own_name(struct service *s);

/* What became of the latest request: answers those who wait for it. */
void service_outcome(struct service *s, enum outcome outcome, const char *text);

/* Properties may have changed: says so, once for all changes of this turn of the event loop. */
void service_changed(struct service *s);
