/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Calls @add for each item of a list of command lines with commas between; it gets at least one
 * word. @what: how messages call an item. 0, what @add returns if that is negative, or -EINVAL or
 * -ENOMEM after logging.
 */
int items_for_each(const char *list, const char *what,
		   int (*add)(void *userdata, char *const *words), void *userdata);
