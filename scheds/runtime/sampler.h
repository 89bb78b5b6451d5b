/* SPDX-License-Identifier: GPL-2.0-only */
/* Statistics as one reader sees them: what has come since it last looked. */
#pragma once

#include <stdbool.h>

#include "lib/util.h"
#include "runtime/stats.h"

struct sampler;

/* @source must outlive it. NULL when out of memory. */
struct sampler *sampler_new(const struct stats_source *source);
struct sampler *sampler_free(struct sampler *s);
DEFINE_CLEANUP(struct sampler *, sampler_free);

/* Prints one sample, as text or as one line of JSON. 0 or a negative errno. */
int sampler_print(struct sampler *s, FILE *f, bool json);

/* One sample as a JSON object; likewise. */
int sampler_json(struct sampler *s, sd_json_variant **ret);
