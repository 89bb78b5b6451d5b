// SPDX-License-Identifier: GPL-2.0-only
#include <stddef.h>

#include "bpfland.h"
#include "runtime/program.h"
#include "scx_bpfland.h"
#include "scx_bpfland.skel.h"

#define OPTION(long_name, short_name, kind, member)                                                \
	.name = (long_name), .letter = (short_name), .type = OPTION_##kind,                        \
	.offset = offsetof(struct scx_bpfland_conf, member)
#define NUMBER(long_name, short_name, member, from, to)                                            \
	OPTION(long_name, short_name, NUMBER, member), .metavar = "US", .min = (from),             \
		.max = (to), .scale = 1000
#define GONE(long_name, short_name, kind, value)                                                   \
	.name = (long_name), .letter = (short_name), .type = OPTION_##kind, .metavar = (value)
#define TIMELY "it never did anything in the original"
#define CACHES "caches decide nothing here that the kernel does not know"

// clang-format off
static const struct option_info options[] = {
	{NUMBER("slice-us", 's', slice_ns, 1, 1000000),
	 .help = "longest run at a time of nice 0, in microseconds; waiting tasks share it"},
	{NUMBER("slice-min-us", 'L', slice_min_ns, 0, 1000000),
	 .help = "shortest run at a time, however many wait"},
	{NUMBER("slice-us-lag", 'l', lag_ns, 0, 1000000),
	 .help = "credit for sleep of a task that wakes ten times a second, and most debt of one "
		 "that does not sleep"},
	{NUMBER("preempt-us", 'e', preempt_ns, 0, 1000000),
	 .help = "a task that has run for this long yields to one that wakes; 0: never"},
	{NUMBER("throttle-us", 't', throttle_ns, 0, 1000000),
	 .help = "let all CPUs rest for this long after each slice"},
	{OPTION("idle-resume-us", 'I', INTEGER, idle_resume_us), .metavar = "US",
	 .min = (uint64_t)-1, .max = 1000000,
	 .help = "longest time CPUs may take to leave an idle state; -1: as it is"},
	{OPTION("local-pcpu", 'p', FLAG, local_pcpu),
	 .help = "tasks that may use one CPU only wait for nobody"},
	{OPTION("local-kthreads", 'k', FLAG, local_kthreads),
	 .help = "threads of the kernel that may use one CPU only wait for nobody"},
	{OPTION("no-wake-sync", 'w', FLAG, no_wake_sync),
	 .help = "do not put a task where its waker says it is about to sleep"},
	{OPTION("sticky-tasks", 'S', FLAG, sticky_tasks),
	 .help = "tasks that run for less than 10 us at a time stay on their CPU"},
	{OPTION("primary-domain", 'm', STRING, primary_domain), .metavar = "SET",
	 .help = "CPUs that get tasks first: auto (the default: by power profile), performance, "
		 "powersave, turbo, all, none, or a mask in hexadecimal"},
	{OPTION("preferred-idle-scan", 'P', FLAG, by_capacity),
	 .help = "of the idle CPUs, take the fastest"},
	{OPTION("disable-smt", 0, FLAG, disable_smt),
	 .help = "do not care which CPUs share a core"},
	{OPTION("disable-numa", 0, FLAG, disable_numa),
	 .help = "look for idle CPUs in all nodes at once"},
	{OPTION("cpufreq", 'f', FLAG, cpufreq),
	 .help = "ask for the speed that the load of a CPU needs (governor schedutil)"},
	/* of other versions */
	{GONE("exit-dump-len", 0, REFUSED, "N"), .help = "use --dump-len"},
	{GONE("slice-us-min", 0, REFUSED, "N"), .help = "use --slice-min-us (-L)"},
	{GONE("no-preempt", 'n', IGNORED, NULL), .help = "nobody is preempted without --preempt-us"},
	{GONE("nvcsw-max-thresh", 'c', IGNORED, "N"), .help = "wakeups are counted instead"},
	{GONE("disable-l2", 0, IGNORED, NULL), .help = CACHES},
	{GONE("disable-l3", 0, IGNORED, NULL), .help = CACHES},
	{GONE("debug", 'd', IGNORED, NULL), .help = "use --verbose"},
	{GONE("timely", 'T', IGNORED, NULL), .help = TIMELY},
	{GONE("timely-tlow-us", 0, IGNORED, "N"), .help = TIMELY},
	{GONE("timely-thigh-us", 0, IGNORED, "N"), .help = TIMELY},
	{GONE("timely-gain-min", 0, IGNORED, "N"), .help = TIMELY},
	{GONE("timely-gain-step", 0, IGNORED, "N"), .help = TIMELY},
	{GONE("timely-hai-thresh", 0, IGNORED, "N"), .help = TIMELY},
	{GONE("timely-hai-multiplier", 0, IGNORED, "N"), .help = TIMELY},
	{GONE("timely-backoff-low", 0, IGNORED, "N"), .help = TIMELY},
	{GONE("timely-backoff-high", 0, IGNORED, "N"), .help = TIMELY},
	{GONE("timely-backoff-gradient", 0, IGNORED, "N"), .help = TIMELY},
	{GONE("timely-gradient-margin-us", 0, IGNORED, "N"), .help = TIMELY},
	{GONE("timely-control-interval-us", 0, IGNORED, "N"), .help = TIMELY},
};
// clang-format on

static const struct scx_stat stats[] = {SCX_BPFLAND_STATS(SCX_STAT_INFO)};

static const struct scx_program program = {
	.name = "scx_bpfland",
	.summary = "Lets tasks that sleep often come first, and shares the rest fairly.",
	.elf_bytes = scx_bpfland_bpf__elf_bytes,
	.options = options,
	.nr_options = ARRAY_SIZE(options),
	.conf_size = sizeof(struct scx_bpfland_conf),
	.letters = "V",
	.stats = stats,
	.nr_stats = ARRAY_SIZE(stats),
	.word_hint = "(-S takes no value any more: see --slice-min-us)",
	.old_callback = "cpu_release",
	.better_function = "scx_bpf_reenqueue_local___v2",
	.check = bpfland_check,
	.configure = bpfland_configure,
	.flags = bpfland_flags,
	.prepare = bpfland_prepare,
	.start = bpfland_start,
	.attached = bpfland_attached,
	.leaving = bpfland_leaving,
	.stop = bpfland_stop,
	.sample = bpfland_sample,
};

int main(int argc, char **argv)
{
	return scx_main(&program, argc, argv);
}
