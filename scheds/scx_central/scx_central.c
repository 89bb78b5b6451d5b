// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stddef.h>

#include "lib/cpu_list.h"
#include "lib/log.h"
#include "runtime/program.h"
#include "scx_central.h"
#include "scx_central.skel.h"

// clang-format off
static const struct option_info options[] = {
	{.name = "slice-us", .letter = 's', .type = OPTION_NUMBER,
	 .offset = offsetof(struct scx_central_conf, slice_ns), .metavar = "US",
	 .min = 1000, .max = 500000, .scale = 1000,
	 .help = "longest run at a time while others wait, in microseconds"},
	{.name = "central-cpu", .letter = 'c', .type = OPTION_INTEGER,
	 .offset = offsetof(struct scx_central_conf, central_cpu), .metavar = "CPU",
	 .min = (uint64_t)CENTRAL_CPU_AUTO, .max = TOPOLOGY_MAX_CPUS - 1,
	 .help = "CPU that decides for all; -1 is the first online one"},
};
// clang-format on

static const struct scx_stat stats[] = {SCX_CENTRAL_STATS(SCX_STAT_INFO)};

static bool is_online(const struct topology *t, int64_t cpu)
{
	return cpu < (int64_t)t->nr_cpu_ids && t->cpus[cpu].online;
}

static unsigned first_online(const struct topology *t)
{
	unsigned cpu = 0;

	while (!is_online(t, cpu))
		cpu++;
	return cpu;
}

static int check(const void *userdata, const struct topology *t)
{
	const struct scx_central_conf *conf = userdata;
	_cleanup_free_ char *list = NULL;

	if (conf->central_cpu == CENTRAL_CPU_AUTO || is_online(t, conf->central_cpu))
		return 0;
	list = cpu_list_online(t);
	log_error("--central-cpu: CPU %" PRId64 " is not online; these are: %s", conf->central_cpu,
		  list ?: "(out of memory)");
	return -EINVAL;
}

/* A central CPU that goes offline must not take the scheduler along. */
static int configure(void *userdata, const struct topology *t)
{
	struct scx_central_conf *conf = userdata;
	int64_t asked = conf->central_cpu;

	if (asked != CENTRAL_CPU_AUTO && is_online(t, asked))
		return 0;
	conf->central_cpu = first_online(t);
	if (asked != CENTRAL_CPU_AUTO)
		log_warning("CPU %" PRId64 " is offline: CPU %" PRId64 " decides in its place",
			    asked, conf->central_cpu);
	return 0;
}

static const struct scx_program program = {
	.name = "scx_central",
	.summary = "Lets one CPU decide for all, so that the others can run without a tick.",
	.elf_bytes = scx_central_bpf__elf_bytes,
	.options = options,
	.nr_options = ARRAY_SIZE(options),
	.conf_size = sizeof(struct scx_central_conf),
	.letters = "ip",
	.stats = stats,
	.nr_stats = ARRAY_SIZE(stats),
	.old_callback = "cpu_release",
	.better_function = "scx_bpf_reenqueue_local___v2",
	.check = check,
	.configure = configure,
};

int main(int argc, char **argv)
{
	return scx_main(&program, argc, argv);
}
