/* SPDX-License-Identifier: GPL-2.0-only */
/* The running loader: event loop, signals, systemd's notifications. */
#pragma once

#include "lib/exit_status.h"

#include "scheduler.h"

/* Runs the scheduler (NULL: none) until told to stop; the exit status of the program. */
enum exit_status daemon_run(int root_fd, const struct sched_spec *spec);
