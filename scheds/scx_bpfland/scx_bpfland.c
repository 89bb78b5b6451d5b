// SPDX-License-Identifier: GPL-2.0-only
#include "scx_bpfland.h"
#include "lib/log.h"
#include "runtime/deadline.h"
#include "scx_bpfland.skel.h"

#define TIMELY "it never did anything in the original"

// clang-format off
static const struct option_info options[] = {
	{OPTION_US("slice-us", 's', scx_bpfland_conf, slice_ns, 1, 1000000),
	 .help = "longest run at a time of nice 0, in microseconds; waiting tasks share it"},
	{OPTION_US("slice-min-us", 'L', scx_bpfland_conf, slice_min_ns, 0, 1000000),
	 .help = "shortest run at a time, however many wait"},
	{OPTION_US("slice-us-lag", 'l', scx_bpfland_conf, lag_ns, 0, 1000000),
	 .help = "credit for sleep of a task that wakes ten times a second, and most debt of one "
		 "that does not sleep"},
	DEADLINE_OPTIONS_TIME,
	DEADLINE_OPTIONS_LOCAL,
	{OPTION("sticky-tasks", 'S', FLAG, scx_bpfland_conf, sticky_tasks),
	 .help = "tasks that run for less than 10 us at a time stay on their CPU"},
	DEADLINE_OPTION_DOMAIN,
	{OPTION("preferred-idle-scan", 'P', FLAG, scx_bpfland_conf, by_capacity),
	 .help = "of the idle CPUs, take the fastest"},
	DEADLINE_OPTIONS_MACHINE,
	/* of other versions */
	DEADLINE_OPTIONS_GONE,
	{OPTION_GONE("slice-us-min", 0, REFUSED, "N"), .help = "use --slice-min-us (-L)"},
	{OPTION_GONE("no-preempt", 'n', IGNORED, NULL), .help = "nobody is preempted without --preempt-us"},
	{OPTION_GONE("nvcsw-max-thresh", 'c', IGNORED, "N"), .help = "wakeups are counted instead"},
	{OPTION_GONE("timely", 'T', IGNORED, NULL), .help = TIMELY},
	{OPTION_GONE("timely-tlow-us", 0, IGNORED, "N"), .help = TIMELY},
	{OPTION_GONE("timely-thigh-us", 0, IGNORED, "N"), .help = TIMELY},
	{OPTION_GONE("timely-gain-min", 0, IGNORED, "N"), .help = TIMELY},
	{OPTION_GONE("timely-gain-step", 0, IGNORED, "N"), .help = TIMELY},
	{OPTION_GONE("timely-hai-thresh", 0, IGNORED, "N"), .help = TIMELY},
	{OPTION_GONE("timely-hai-multiplier", 0, IGNORED, "N"), .help = TIMELY},
	{OPTION_GONE("timely-backoff-low", 0, IGNORED, "N"), .help = TIMELY},
	{OPTION_GONE("timely-backoff-high", 0, IGNORED, "N"), .help = TIMELY},
	{OPTION_GONE("timely-backoff-gradient", 0, IGNORED, "N"), .help = TIMELY},
	{OPTION_GONE("timely-gradient-margin-us", 0, IGNORED, "N"), .help = TIMELY},
	{OPTION_GONE("timely-control-interval-us", 0, IGNORED, "N"), .help = TIMELY},
};
// clang-format on

static const struct scx_stat stats[] = {SCX_DEADLINE_STATS(SCX_STAT_INFO)};

static int bpfland_configure(void *conf, const struct topology *topology)
{
	const struct scx_bpfland_conf *c = conf;

	if (c->slice_min_ns > c->slice_ns) {
		log_error("--slice-min-us: %llu is more than --slice-us, which is %llu",
			  (unsigned long long)c->slice_min_ns / 1000,
			  (unsigned long long)c->slice_ns / 1000);
		return -EINVAL;
	}
	return deadline_configure(conf, topology);
}

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
	.configure = bpfland_configure,
	DEADLINE_HOOKS,
};

int main(int argc, char **argv)
{
	return scx_main(&program, argc, argv);
}
