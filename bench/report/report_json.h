/* SPDX-License-Identifier: GPL-2.0-only */
/* What sessions say as rows for other programs: one for each workload, metric and arm. */
#pragma once

#include <systemd/sd-json.h>

#include "bench/analysis.h"
#include "bench/json.h"

/* Appends the rows of a session, under the name of its file. 0 or a negative errno. */
int report_json(const struct analysis *a, const char *name, sd_json_variant **rows);

/* A member of a row; null for what is not finite. */
#define JSON_PAIR_NUMBER(name, x)                                                                  \
	SD_JSON_BUILD_PAIR(name, SD_JSON_BUILD_CALLBACK(json_build_number, &(double){x}))
int json_build_number(sd_json_variant **ret, const char *name, void *x);

/* Prints an array, [] if @v is NULL: readable on a terminal, on one line elsewhere. */
int json_print(sd_json_variant *v);
