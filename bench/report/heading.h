/* SPDX-License-Identifier: GPL-2.0-only */
/* What a text about a session begins with: when, how and on what it was measured. */
#pragma once

#include "bench/report/screen.h"
#include "bench/session.h"

/* @name: of its file. 0 or -ENOMEM. */
int session_heading(FILE *f, const struct screen *s, const struct session *session,
		    const char *name);
