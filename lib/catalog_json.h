/* SPDX-License-Identifier: GPL-2.0-only */
/* A scheduler as programs are told of it: in the form of schedulers.json, see its schema. */
#pragma once

#include <systemd/sd-json.h>

#include "catalog.h"

/*
 * What @e says, with the parameters out of @help, which is what the scheduler's program prints
 * when it is asked for --help-json (see options_json.h). Texts that @e does not have are left out.
 * 0, -EBADMSG if @help does not look like that, -ENOMEM.
 */
int catalog_entry_json(const struct sched_entry *e, sd_json_variant *help, sd_json_variant **ret);
