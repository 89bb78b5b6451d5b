/* SPDX-License-Identifier: GPL-2.0-only */
/* The other end of runtime/server.h: shows the statistics of a scheduler in another process. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * Asks whoever listens on the UNIX socket @path every @interval_ms, and prints the answers to
 * stdout, until a signal comes. Without an answer it waits for a scheduler. An enum exit_status.
 */
int monitor_run(const char *path, uint64_t interval_ms, bool json);
