/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Asks aios-loader, if it runs, to keep its hands off: the kernel's own scheduler is in charge
 * then, and schedulers that we start are left alone. It ends with our connection to the bus, so
 * what was wanted before comes back whatever becomes of us.
 */
#pragma once

#include <systemd/sd-bus.h>

#include "lib/util.h"

struct loader_hold {
	sd_bus *bus; /* NULL: there is none */
};

/*
 * 0: held, or there is no loader (one that comes later is asked as well), or it is not for this
 * user. Logs what is wrong and returns a negative errno: the loader cannot do it.
 */
int loader_hold_take(struct loader_hold *h, sd_event *event);
void loader_hold_release(struct loader_hold *h);
#define _cleanup_loader_hold_ _cleanup_(loader_hold_release)
