/* SPDX-License-Identifier: GPL-2.0-only */
/* What anybody may ask the loader on the bus. */
#pragma once

#include "loader.h"

/* Answers the call @m of a method that changes nothing. 0 or a negative errno. */
int answer_question(const struct loader *l, sd_bus_message *m, sd_bus_error *error);

/* Appends the value of the property @name of either interface to @m. */
int put_property(const struct loader *l, const char *name, sd_bus_message *m);
