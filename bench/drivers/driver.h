/* SPDX-License-Identifier: GPL-2.0-only */
/* The drivers, each of which is a file of its own; drivers.c is the list of them. */
#pragma once

#include "bench/workload.h"

extern const struct driver driver_cyclictest;
extern const struct driver driver_hackbench;
extern const struct driver driver_llama_bench;
extern const struct driver driver_make;
extern const struct driver driver_perf_sched;
extern const struct driver driver_schbench;
extern const struct driver driver_stress_ng;
extern const struct driver driver_sysbench;

/* A list as in struct driver: DRIVER_ARGS("-o", "json") */
#define DRIVER_ARGS(...) ((const char *const[]){__VA_ARGS__, NULL})
