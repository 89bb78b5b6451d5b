/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers, times and verdicts as people read them, the same on the terminal and on the page. */
#pragma once

#include <stdint.h>

#include "bench/analysis.h"

enum { NUMBER_MAX = 48 };

/*
 * Each writes to @buffer, of NUMBER_MAX bytes, and returns it; a macro of the same name in capitals
 * brings a buffer that lives as long as the block.
 */

/* Four digits that matter, all of a whole number: "12.35", "0.001235", "123456", "12.35M". */
const char *number_value(char *buffer, double value);
/* "0.873", "12.35", "140": a ratio needs the more decimals the closer it is to 1. */
const char *number_ratio(char *buffer, double ratio);
/* A share as "0.4 %", "3.1 %", "28 %". */
const char *number_percent(char *buffer, double share);
/* "0.8 s", "48 s", "12 min 3 s", "2 h 5 min" */
const char *number_duration(char *buffer, double seconds);
/* "2026-10-01 12:00:00 UTC", in local time; @us since 1970. */
const char *number_date(char *buffer, uint64_t us);

#define NUMBER_VALUE(x) number_value((char[NUMBER_MAX]){0}, x)
#define NUMBER_RATIO(x) number_ratio((char[NUMBER_MAX]){0}, x)
#define NUMBER_PERCENT(x) number_percent((char[NUMBER_MAX]){0}, x)
#define NUMBER_DURATION(x) number_duration((char[NUMBER_MAX]){0}, x)
#define NUMBER_DATE(x) number_date((char[NUMBER_MAX]){0}, x)

/* "lower is better", "higher is better", "not judged" */
const char *better_text(enum better better);

/* "better", "worse", "no difference shown", "too few runs"; "" for what is not judged. */
const char *verdict_text(enum verdict verdict, enum better better);

/* The same behind a ratio, after a blank: " better", " worse", " ~", " ?"; "". */
const char *verdict_mark(enum verdict verdict, enum better better);

/* Why an arm has no number: "ejected" and the like, of its newest run that does not count. */
const char *absence_text(const struct session *s, unsigned workload, unsigned arm);
