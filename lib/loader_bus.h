/* SPDX-License-Identifier: GPL-2.0-only */
/* The names aios-loader goes by on the system bus, for itself and its clients. */
#pragma once

#define LOADER_NAME "org.scx.Loader"
#define LOADER_PATH "/org/scx/Loader"
#define LOADER_INTERFACE "org.scx.Loader"
/* what the interface above, which other programs have as well, does not say */
#define LOADER_OWN_INTERFACE "org.aios.Loader1"

#define LOADER_NO_SCHEDULER "unknown" /* in properties that name a scheduler: there is none */

/* The scheduler that was asked for did not come to schedule; the message says why. */
#define LOADER_ERROR_SCHEDULER_FAILED "org.aios.Loader1.Error.SchedulerFailed"
