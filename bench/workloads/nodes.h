/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory of chosen NUMA nodes. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { NODES_MAX = 1024 };

/*
 * Fills @ret, of NODES_MAX, with the numbers of the nodes that have memory; how many, or a
 * negative errno after logging. A kernel without NUMA has node 0.
 */
int nodes_with_memory(int64_t *ret);

/*
 * @size bytes on @node, touched, in huge pages where the kernel gives them; for shared_free(). 0 or
 * a negative errno after logging; -ENOMEM if the node does not have so much.
 */
int node_memory_new(unsigned node, size_t size, char **ret);
