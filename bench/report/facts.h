/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The machine of a session as a list of facts: every value of the JSON object, under the names
 * that lead to it ("cpu.model"), whichever the writer of the file knew.
 */
#pragma once

#include <stddef.h>

#include <systemd/sd-json.h>

#include "lib/util.h"

/* The value of what the file says is not known. */
#define FACT_UNKNOWN "unknown"

struct fact {
	char *name, *value;
};

struct facts {
	struct fact *list; /* as they stand in the file */
	size_t nr;
};

/* 0 or -ENOMEM; @v may be NULL, of any type. */
int facts_read(sd_json_variant *v, struct facts *ret);
void facts_finish(struct facts *f);
#define _cleanup_facts_ _cleanup_(facts_finish)

/* NULL if there is none. */
const char *facts_find(const struct facts *f, const char *name);
