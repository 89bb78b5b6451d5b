/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a session was measured on, as a JSON object. What cannot be found out is null, or left out:
 *
 *	cpu_model        as the processor calls itself
 *	architecture     "x86_64"
 *	cpus, cores, llcs, nodes   how many are online
 *	smt, hybrid      whether cores have several threads, and CPUs are of several speeds
 *	memory_bytes
 *	kernel           release; kernel_build: what `uname -v` says
 *	hz, preemption   of the kernel: 250, "full"
 *	governor         of the frequency: "performance"; "mixed"
 *	virtualisation   "kvm", "none", as systemd calls it
 *	load             of the last minute, when the session began
 */
#pragma once

#include <systemd/sd-json.h>

/* Below @root_fd, which stands for /. 0 or -ENOMEM. */
int machine_describe(int root_fd, sd_json_variant **ret);
