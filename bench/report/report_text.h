/* SPDX-License-Identifier: GPL-2.0-only */
/* A session as text for a terminal: for each workload a table of metrics by arms. */
#pragma once

#include "bench/analysis.h"
#include "bench/report/screen.h"

/* The colour of a verdict. */
enum tone verdict_tone(enum verdict verdict);

/* @name: of the session's file. 0 or -ENOMEM. */
int report_text(FILE *f, const struct screen *s, const struct analysis *a, const char *name);
