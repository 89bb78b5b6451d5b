/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* How often -v was given: our own messages and, one step later, those of libbpf. */
void set_verbosity(unsigned verbose);
