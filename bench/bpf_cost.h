/* SPDX-License-Identifier: GPL-2.0-only */
/* What a scheduler costs: the time its callbacks take, as the kernel counts it for BPF programs. */
#pragma once

#include <stdint.h>

#include "bench/metric.h"

struct btf;

struct bpf_cost {
	struct btf *btf; /* of the kernel */
	int stats_fd;    /* as long as it is open, the kernel counts; -1: it does not */
	struct bpf_callback {
		char *name; /* "enqueue" */
		int prog_fd;
		uint64_t calls, ns; /* up to the beginning */
	} *callbacks;
	size_t nr_callbacks;
};

/* Makes the kernel count, which costs some time itself. 0 or a negative errno. */
int bpf_cost_open(struct bpf_cost *c);
void bpf_cost_close(struct bpf_cost *c);

/* Notes what the callbacks of the scheduler that the kernel calls @ops have used so far.
 * -ENOENT: there is no such scheduler. */
int bpf_cost_begin(struct bpf_cost *c, const char *ops);

/*
 * Adds what they have used since: bpf_CALLBACK (ns a call) and bpf_CALLBACK_calls for each that
 * was called, and bpf_per_switch, of all together for each of the machine's @switches.
 */
int bpf_cost_end(struct bpf_cost *c, uint64_t switches, struct measurement *m);
