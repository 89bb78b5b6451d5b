/* SPDX-License-Identifier: GPL-2.0-only */
/* The primary domain: CPUs that get tasks before others, as the user names them. */
#pragma once

#include <stdbool.h>

#include "lib/topology.h"

/*
 * Checks @text, the value of --primary-domain, for @t: a word, or a mask in hexadecimal that names
 * CPUs of this machine, some of them online. 0, or -EINVAL after logging.
 */
int domain_check(const char *text, const struct topology *t);

/*
 * Sets set[cpu], of t->nr_cpu_ids elements, for each online CPU of the domain, and returns how many
 * there are. @is_saving is for "auto". Where the domain would be empty, which a CPU that went
 * offline can do, all online CPUs are in it.
 */
unsigned domain_resolve(const char *text, bool is_saving, const struct topology *t, bool *set);

/* Is the domain meant to save power? */
bool domain_is_saving(const char *text, bool is_saving);
