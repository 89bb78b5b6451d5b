// SPDX-License-Identifier: GPL-2.0-only
#include <time.h>

#include "lib/log.h"
#include "runtime/deadline.h"
#include "scx_flash.h"
#include "scx_flash.skel.h"

// clang-format off
static const struct option_info options[] = {
	{OPTION_US("slice-us", 's', scx_flash_conf, slice_ns, 1, 1000000),
	 .help = "longest run at a time of nice 0, in microseconds"},
	{OPTION_US("slice-us-lag", 'l', scx_flash_conf, lag_ns, 0, 1000000),
	 .help = "credit for sleep of a task that wakes ten times a second"},
	DEADLINE_OPTIONS_TIME,
	{OPTION("tickless", 'T', FLAG, scx_flash_conf, tickless),
	 .help = "runs last until others wait, which a timer looks after instead of ticks"},
	{OPTION("rr-sched", 'R', FLAG, scx_flash_conf, rr),
	 .excludes = "preempt-us wakeup-throttle",
	 .help = "first come, first served, whatever tasks have had"},
	{OPTION("wakeup-throttle", 0, FLAG, scx_flash_conf, wakeup_throttle),
	 .help = "tasks that run for less than 10 us at a time come a lag later"},
	DEADLINE_OPTIONS_LOCAL,
	DEADLINE_OPTION_DOMAIN,
	DEADLINE_OPTIONS_MACHINE,
	/* of other versions */
	DEADLINE_OPTIONS_GONE,
	{OPTION_GONE("slice-us-min", 'S', IGNORED, "N"), .help = "slices do not depend on who waits"},
	{OPTION_GONE("slice-lag-scaling", 'L', IGNORED, NULL), .help = "the lag scales with wakeups"},
	{OPTION_GONE("run-us-lag", 'r', IGNORED, "N"), .help = "what tasks ran awake is not counted"},
	{OPTION_GONE("max-avg-nvcsw", 'c', IGNORED, "N"), .help = "wakeups are counted instead"},
	{OPTION_GONE("cpu-busy-thresh", 'C', IGNORED, "N"), .help = "no CPU is treated as busy by load"},
	{OPTION_GONE("no-builtin-idle", 'b', IGNORED, NULL), .help = "the kernel finds idle CPUs"},
	{OPTION_GONE("direct-dispatch", 'D', IGNORED, NULL), .help = "idle CPUs always take what wakes"},
	{OPTION_GONE("sticky-cpu", 'y', IGNORED, NULL), .help = "the primary domain is always first"},
	{OPTION_GONE("native-priority", 'n', IGNORED, NULL), .help = "weights always are the kernel's"},
};
// clang-format on

static const struct scx_stat stats[] = {SCX_DEADLINE_STATS(SCX_STAT_INFO)
						SCX_FLASH_STATS(SCX_STAT_INFO)};

static int flash_configure(void *conf, const struct topology *topology)
{
	struct scx_flash_conf *c = conf;
	struct timespec tick;

	/* clocks that are only set by ticks have their length */
	if (clock_getres(CLOCK_MONOTONIC_COARSE, &tick) < 0)
		return log_errno(-errno, "cannot find out how long a tick of the kernel is: %m");
	c->tick_ns = (u64)tick.tv_nsec;
	return deadline_configure(conf, topology);
}

static const struct scx_program program = {
	.name = "scx_flash",
	.summary = "Serves tasks in short turns, in order of the CPU time they have had.",
	.elf_bytes = scx_flash_bpf__elf_bytes,
	.options = options,
	.nr_options = ARRAY_SIZE(options),
	.conf_size = sizeof(struct scx_flash_conf),
	.letters = "V",
	.stats = stats,
	.nr_stats = ARRAY_SIZE(stats),
	.configure = flash_configure,
	DEADLINE_HOOKS,
};

int main(int argc, char **argv)
{
	return scx_main(&program, argc, argv);
}
