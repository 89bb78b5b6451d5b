/* SPDX-License-Identifier: GPL-2.0-only */
/* What has to be there before the first run, and is put back after the last. */
#pragma once

#include "bench/runner.h"
#include "lib/exit_status.h"

/*
 * Fills @r->session but for its runs, and everything else. @words: a command, may be empty. What
 * is wrong has been logged. setup_undo() has to be called in any case.
 */
enum exit_status setup(struct runner *r, char *const *words);

/* The kernel's own scheduler is in charge, and aios-loader goes on. */
void setup_undo(struct runner *r);
