/* SPDX-License-Identifier: GPL-2.0-only */
/* Output of more than one verb: JSON, times of day, and being out of memory. */
#pragma once

#include <stdint.h>

#include "lib/json.h"

#include "verbs.h"

/* Prints @v, readable on a terminal and on one line elsewhere. */
enum status print_json(sd_json_variant *v);

/* "2026-10-01 12:00:00", local time; @us since 1970. To be freed, NULL when out of memory. */
char *time_text(uint64_t us);

/* There was no memory for what was to be done. */
enum status report_no_memory(void);
