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

/* The functions that return int return 0 or a negative errno. */

int object_open(const struct scx_program *program, struct scx_object **ret);

/* The conf structure, program->conf_size bytes: writable until load; before, it holds the defaults.
 */
void *object_conf(struct scx_object *o);

/*
 * Sets an integer member of the struct sched_ext_ops before load. -ENOENT: the
 * object does not declare it.
 */
int object_set_ops(struct scx_object *o, const char *member, uint64_t value);

int object_load(struct scx_object *o);

/* -EBUSY also when a CPU came or went since load: then there is a report that asks for a restart.
 */
int object_attach(struct scx_object *o);
void object_detach(struct scx_object *o);

int object_read_stats(const struct scx_object *o, uint64_t *values);

/* Readable when the kernel has ended the scheduler; owned by the object. */
int object_report_fd(const struct scx_object *o);

/* The report of the end, NULL while there is none. */
const struct scx_exit_report *object_report(struct scx_object *o);
