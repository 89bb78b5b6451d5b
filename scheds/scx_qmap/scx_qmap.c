// SPDX-License-Identifier: GPL-2.0-only
#include <stddef.h>
#include <unistd.h>

#include "runtime/program.h"
#include "scx_qmap.h"
#include "scx_qmap.skel.h"

#define CONF(member) .offset = offsetof(struct scx_qmap_conf, member)

// clang-format off
static const struct option_info options[] = {
	{.name = "slice-us", .letter = 's', .type = OPTION_NUMBER, CONF(slice_ns), .metavar = "US",
	 .min = 100, .max = 10000000, .scale = 1000,
	 .help = "longest run at a time, in microseconds"},
	{.name = "batch", .letter = 'b', .type = OPTION_NUMBER, CONF(batch), .metavar = "COUNT",
	 .min = 1, .max = 32,
	 .help = "tasks a CPU draws from the queues in one go"},
	{.name = "highpri", .letter = 'H', .type = OPTION_FLAG, CONF(highpri),
	 .help = "serve tasks of nice -20 before all others"},
	{.name = "error-after", .letter = 'e', .type = OPTION_NUMBER, CONF(error_after),
	 .metavar = "COUNT", .max = UINT32_MAX, .excludes = "end end-after",
	 .help = "fail after COUNT enqueues; 0 is never"},
	{.name = "stall-user", .letter = 't', .type = OPTION_NUMBER, CONF(drop_user),
	 .metavar = "COUNT", .max = UINT32_MAX,
	 .help = "forget one in COUNT tasks of user space that are to wait; 0 is none"},
	{.name = "stall-kernel", .letter = 'T', .type = OPTION_NUMBER, CONF(drop_kernel),
	 .metavar = "COUNT", .max = UINT32_MAX,
	 .help = "likewise kernel threads"},
	{.name = "loop-after", .letter = 'l', .type = OPTION_NUMBER, CONF(loop_after),
	 .metavar = "COUNT", .max = UINT32_MAX,
	 .help = "dispatch without end after COUNT dispatches; 0 is never"},
	{.name = "end", .type = OPTION_CHOICE, CONF(end), .metavar = "KIND", .choices = QMAP_ENDS,
	 .help = "end on purpose"},
	{.name = "end-after", .type = OPTION_NUMBER, CONF(end_after), .metavar = "COUNT",
	 .min = 1, .max = UINT32_MAX, .needs = "end",
	 .help = "do so after COUNT enqueues"},
	{.name = "disallow", .letter = 'd', .type = OPTION_INTEGER, CONF(disallow_tgid),
	 .metavar = "PID", .min = (uint64_t)-1, .max = 4194304,
	 .help = "refuse the policy SCHED_EXT to the process PID; -1 is this one, 0 none"},
	{.name = "print-shared", .letter = 'P', .type = OPTION_FLAG, CONF(print_shared),
	 .help = "print the shared queue to the trace pipe every second"},
	{.name = "suppress-dump", .letter = 'S', .type = OPTION_FLAG, CONF(suppress_dump),
	 .help = "add nothing to the kernel's debug dump"},
};
// clang-format on

static const struct scx_stat stats[] = {SCX_QMAP_STATS(SCX_STAT_INFO)};

static int configure(void *data, const struct topology *topology _unused_)
{
	struct scx_qmap_conf *conf = data;

	if (conf->error_after) {
		conf->end = QMAP_END_ERROR;
		conf->end_after = conf->error_after;
	}
	if (conf->disallow_tgid < 0)
		conf->disallow_tgid = getpid();
	return 0;
}

static const struct scx_program program = {
	.name = "scx_qmap",
	.summary = "Serves five queues by weight, and fails on purpose: for tests.",
	.elf_bytes = scx_qmap_bpf__elf_bytes,
	.options = options,
	.nr_options = ARRAY_SIZE(options),
	.conf_size = sizeof(struct scx_qmap_conf),
	.letters = "ipD",
	.stats = stats,
	.nr_stats = ARRAY_SIZE(stats),
	.configure = configure,
	.old_callback = "cpu_release",
	.better_function = "scx_bpf_reenqueue_local___v2",
};

int main(int argc, char **argv)
{
	return scx_main(&program, argc, argv);
}
