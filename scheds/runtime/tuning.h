/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What several schedulers let the user choose of the machine: the primary domain of CPUs, which
 * with "auto" follows the power profile while the scheduler runs; the speed CPUs are asked for; and
 * how long they may take to leave an idle state. For objects that have scx/domain.bpf.h.
 */
#pragma once

#include "runtime/energy.h"
#include "runtime/program.h"

struct tuning_options {
	const char *primary_domain;
	enum energy saves_at;   /* "auto" saves power if the energy is this or less, but known */
	int64_t idle_resume_us; /* < 0: any time */
	bool perf_by_load;
};

struct tuning;

/* Between load and attach; 0 or a negative errno after logging. */
int tuning_new(struct tuning **ret, struct bpf_object *bpf, sd_event *event,
	       const struct tuning_options *options);
struct tuning *tuning_free(struct tuning *t);
DEFINE_CLEANUP(struct tuning *, tuning_free);

/* Limits idle states, and no longer limits them. */
void tuning_attached(struct tuning *t);
void tuning_leaving(struct tuning *t);

/* How many CPUs are online, and how many of them are in the primary domain. */
unsigned tuning_nr_cpus(const struct tuning *t);
unsigned tuning_nr_primary(const struct tuning *t);

/* Resizes the maps of scx/cpu_state.bpf.h and scx/domain.bpf.h, before load. */
int tuning_resize(struct bpf_object *bpf, const struct topology *topology);

/* How many CPUs run a task of the scheduler. 0 or a negative errno. */
int tuning_count_busy(struct bpf_object *bpf, uint64_t *ret);
