/* SPDX-License-Identifier: GPL-2.0-only */
/* A session while it is made. */
#pragma once

#include "bench/bpf_cost.h"
#include "bench/control.h"
#include "bench/keeper.h"
#include "bench/loader_hold.h"
#include "bench/plan.h"
#include "bench/progress.h"
#include "bench/session.h"
#include "bench/wakeup_wait.h"

/* As the command line has them. */
struct run_options {
	const char *workloads, *schedulers;
	char **metrics;
	uint64_t nr_rounds, nr_warmups;
	uint64_t until; /* in percent; 0: it is not wanted */
	uint64_t time_limit_ms;
	uint64_t timeout_ms; /* of one run */
	uint64_t seed;
	const char *wakeup_wait; /* of tasks with this name; NULL: of none */
	const char *output;
	uint8_t drop_caches;
	uint8_t bpf_cost;
	uint8_t quiet;
};

struct runner {
	const struct run_options *options;
	int root_fd; /* stands for / */
	sd_event *event;
	struct keeper keeper;
	struct loader_hold hold;
	struct control control;
	struct bpf_cost cost;
	struct wakeup_wait *waits; /* NULL: they are not wanted */
	struct progress progress;
	struct session session;
	struct plan plan;
	uint64_t began_us; /* CLOCK_MONOTONIC */
	bool is_interrupted;
	/* has been said */
	bool has_said_counters, has_said_machine, has_said_cost;
};

/*
 * Makes one run and adds it to the session, whatever came of it. 0; -ECANCELED: it was
 * interrupted, and is no run; other negative errnos after logging: there is no point in going on.
 */
int measure(struct runner *r, unsigned round, unsigned workload, unsigned arm);
