/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The user side of the schedulers of scx/deadline_ops.bpf.h: the options they have in common, and
 * the hooks of struct scx_program. Their conf begins with the members of SCX_DEADLINE_CONF.
 */
#pragma once

#include <stddef.h>

#include <scx/deadline_conf.h>

#include "runtime/program.h"

// clang-format off
/* Lines of option tables, of a member of @conf; @scale is what one the user writes is there. */
#define OPTION(long_name, short_name, kind, conf, member)                                          \
	.name = (long_name), .letter = (short_name), .type = OPTION_##kind,                        \
	.offset = offsetof(struct conf, member)
#define OPTION_US(long_name, short_name, conf, member, from, to)                                   \
	OPTION(long_name, short_name, NUMBER, conf, member), .metavar = "US", .min = (from),       \
	.max = (to), .scale = 1000
/* of other versions; @value stands for one that is taken with it, or is NULL */
#define OPTION_GONE(long_name, short_name, kind, value)                                            \
	.name = (long_name), .letter = (short_name), .type = OPTION_##kind, .metavar = (value)

#define DEADLINE_OPTIONS_TIME                                                                      \
	{OPTION_US("preempt-us", 'e', scx_deadline_conf, preempt_ns, 0, 1000000),                  \
	 .help = "a task that has run for this long yields to one that wakes; 0: never"},          \
	{OPTION_US("throttle-us", 't', scx_deadline_conf, throttle_ns, 0, 1000000),                \
	 .help = "let all CPUs rest for this long after each slice"},                              \
	{OPTION("idle-resume-us", 'I', INTEGER, scx_deadline_conf, idle_resume_us),                \
	 .metavar = "US", .min = (uint64_t)-1, .max = 1000000,                                     \
	 .help = "longest time CPUs may take to leave an idle state; -1: as it is"}
#define DEADLINE_OPTIONS_LOCAL                                                                     \
	{OPTION("local-pcpu", 'p', FLAG, scx_deadline_conf, local_pcpu),                           \
	 .help = "tasks that may use one CPU only wait for nobody"},                               \
	{OPTION("local-kthreads", 'k', FLAG, scx_deadline_conf, local_kthreads),                   \
	 .help = "threads of the kernel that may use one CPU only wait for nobody"},               \
	{OPTION("no-wake-sync", 'w', FLAG, scx_deadline_conf, no_wake_sync),                       \
	 .help = "do not put a task where its waker says it is about to sleep"}
#define DEADLINE_OPTION_DOMAIN                                                                     \
	{OPTION("primary-domain", 'm', STRING, scx_deadline_conf, primary_domain),                 \
	 .metavar = "SET",                                                                         \
	 .help = "CPUs that get tasks first: auto (the default: by power profile), performance, "  \
		 "powersave, turbo, all, none, or a mask in hexadecimal"}
#define DEADLINE_OPTIONS_MACHINE                                                                   \
	{OPTION("disable-smt", 0, FLAG, scx_deadline_conf, disable_smt),                           \
	 .help = "do not care which CPUs share a core"},                                           \
	{OPTION("disable-numa", 0, FLAG, scx_deadline_conf, disable_numa),                         \
	 .help = "look for idle CPUs in all nodes at once"},                                       \
	{OPTION("cpufreq", 'f', FLAG, scx_deadline_conf, cpufreq),                                 \
	 .help = "ask for the speed that the load of a CPU needs (governor schedutil)"}
#define DEADLINE_OPTIONS_GONE                                                                      \
	{OPTION_GONE("exit-dump-len", 0, REFUSED, "N"), .help = "use --dump-len"},                 \
	{OPTION_GONE("debug", 'd', IGNORED, NULL), .help = "use --verbose"},                       \
	{OPTION_GONE("disable-l2", 0, IGNORED, NULL),                                              \
	 .help = "caches decide nothing here that the kernel does not know"},                      \
	{OPTION_GONE("disable-l3", 0, IGNORED, NULL),                                              \
	 .help = "caches decide nothing here that the kernel does not know"}

/* All hooks of struct scx_program; a scheduler with checks of its own ends them with this one's. */
#define DEADLINE_HOOKS                                                                             \
	.old_callback = "cpu_release",                                                             \
	.better_function = "scx_bpf_reenqueue_local___v2",                                         \
	.check = deadline_check,                                                                   \
	.flags = deadline_flags,                                                                   \
	.prepare = deadline_prepare,                                                               \
	.start = deadline_start,                                                                   \
	.attached = deadline_attached,                                                             \
	.leaving = deadline_leaving,                                                               \
	.stop = deadline_stop,                                                                     \
	.sample = deadline_sample
// clang-format on

int deadline_check(const void *conf, const struct topology *topology);
int deadline_configure(void *conf, const struct topology *topology);
uint64_t deadline_flags(const void *conf);
int deadline_prepare(struct bpf_object *bpf, const void *conf, const struct topology *topology);
int deadline_start(struct bpf_object *bpf, sd_event *event, void **ret_state);
void deadline_attached(void *state);
void deadline_leaving(void *state);
void deadline_stop(void *state);
int deadline_sample(struct bpf_object *bpf, void *state, uint64_t *values);
