/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "loader.h"

/* Runs until told to stop; @l has its root, its catalog and its configuration. */
enum exit_status daemon_run(struct loader *l);
