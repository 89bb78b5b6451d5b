/* SPDX-License-Identifier: GPL-2.0-only */
/* A hold ends when the one who has it leaves the bus. */
#pragma once

#include "loader.h"

struct owners;

int owners_new(struct owners **ret, struct loader *l);
struct owners *owners_free(struct owners *o);

/* To be called when there may be holds; while there are none, nobody is watched. */
void owners_watch(struct owners *o);
