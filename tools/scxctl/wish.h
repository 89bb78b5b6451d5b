/* SPDX-License-Identifier: GPL-2.0-only */
/* What the options ask for, as far as they do not say it themselves: see scxctl(1). */
#pragma once

#include "view.h"

struct wish {
	char *sched;
	uint32_t mode;
	char **args; /* instead of the mode's; NULL: none */
};

/*
 * -s, else what runs, else the configured default; -m, else the mode that one has, Auto for
 * one that is neither. Everything else than SCXCTL_OK is logged.
 */
enum status wish_make(struct wish *wish, const struct view *view, const struct arguments *a);
void wish_finish(struct wish *w);
#define _cleanup_wish_ _cleanup_(wish_finish)

/* Prints "WORD Lavd in Gaming mode". */
enum status wish_print(const struct wish *w, const char *word);
