/* SPDX-License-Identifier: GPL-2.0-only */
/* What sd-json leaves to its users. */
#pragma once

#include <systemd/sd-json.h>

#include "util.h"

#define _cleanup_json_ _cleanup_(sd_json_variant_unrefp)

/* Adds the member @name to *object, if there is a text. 0 or a negative errno. */
static inline int json_set_text(sd_json_variant **object, const char *name, const char *text)
{
	return text ? sd_json_variant_set_field_string(object, name, text) : 0;
}
