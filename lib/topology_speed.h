/* SPDX-License-Identifier: GPL-2.0-only */
/* The part of topology_read() that tells how fast CPUs are. */
#pragma once

#include "topology.h"

/*
 * Fills in capacity and type of the online CPUs, and is_hybrid, from what is below
 * the directory @root_fd. 0 or -ENOMEM: CPUs that nothing tells apart are equal.
 */
int topology_rate(int root_fd, struct topology *t);
