/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs of others: where they are, and what they say of themselves. */
#pragma once

/* The path of the program that a shell would run, to be freed; NULL if there is none. */
char *program_find(const char *name);
