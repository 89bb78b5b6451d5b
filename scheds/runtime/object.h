/* SPDX-License-Identifier: GPL-2.0-only */
/* One BPF object of a scheduler, from open to detached. */
#pragma once

#include <stdbool.h>

#include <scx/exit.h>

#include "lib/util.h"
#include "runtime/program.h"

struct scx_object;

struct scx_object *object_free(struct scx_object *o);
DEFINE_CLEANUP(struct scx_object *, object_free);

/* The functions that return int return 0 or a negative errno. They are called in this order. */

int object_open(const struct scx_program *program, struct scx_object **ret);

/* The conf structure, program->conf_size bytes: writable until load; before, it holds the defaults.
 */
void *object_conf(struct scx_object *o);

/* Fills in the topology if the object has a place for it. -E2BIG: more CPUs than it can hold. */
int object_set_topology(struct scx_object *o, const struct topology *topology);

/* Room in the exit report for the kernel's debug dump, in bytes. */
int object_set_dump_len(struct scx_object *o, uint32_t len);

/* See runtime/ops.h. */
int object_set_ops(struct scx_object *o, const char *member, uint64_t value);
int object_add_flags(struct scx_object *o, uint64_t flags);

int object_load(struct scx_object *o, const struct topology *topology);

/* Calls the program's start(); object_free() calls its stop(). */
int object_start(struct scx_object *o, sd_event *event);

/* -EBUSY also when a CPU came or went since load: then there is a report that asks for a restart.
 */
int object_attach(struct scx_object *o);
void object_detach(struct scx_object *o);

/* The statistics since load, program->nr_stats of them. */
int object_read_stats(const struct scx_object *o, uint64_t *values);

/* Readable when the kernel has ended the scheduler; owned by the object. */
int object_report_fd(const struct scx_object *o);

/* The report of the end, NULL while there is none. */
const struct scx_exit_report *object_report(struct scx_object *o);
