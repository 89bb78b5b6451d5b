/* SPDX-License-Identifier: GPL-2.0-only */
/* The page on one scheduler, in Markdown with GitHub's tables. */
#pragma once

#include <stdio.h>

#include "lib/catalog_json.h"

/* @help is what --help-json says; -EBADMSG if it does not look like that. */
int page_print(FILE *f, const struct sched_entry *e, sd_json_variant *help);
