/* SPDX-License-Identifier: GPL-2.0-only */
/* CPUs as the kernel lists them: the reverse of parse_cpu_list(). */
#pragma once

#include "topology.h"

/* The online CPUs of @t, "0-3,8"; to be freed. NULL if memory runs out. */
char *cpu_list_online(const struct topology *t);
