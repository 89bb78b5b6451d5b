/* SPDX-License-Identifier: GPL-2.0-only */
/* A session as text for a terminal: for each workload a table of metrics by arms. */
#pragma once

#include "bench/analysis.h"
#include "bench/screen.h"

/* What heads the report of a session, or of one side of two: @name is its file's. 0 or -ENOMEM. */
int report_heading(FILE *f, const struct screen *s, const struct session *session,
		   const char *name);

/* The explanation of marks; @base is what ratios are relative to, as in "of BASE". */
void report_legend(FILE *f, const struct screen *s, const char *base);

/* The verdict as it stands behind a ratio, and its colour. */
const char *verdict_mark(enum verdict verdict, enum better better);
enum tone verdict_tone(enum verdict verdict);

/* 0 or -ENOMEM */
int report_text(FILE *f, const struct screen *s, const struct analysis *a, const char *name);
