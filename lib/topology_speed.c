// SPDX-License-Identifier: GPL-2.0-only
/*
 * Several drivers tell how fast a CPU is, each in a unit of its own: only the ratio
 * to the fastest means something. The unit decides nothing, so two files are never
 * mixed: one counts if all online CPUs have it and not all have the same in it.
 */
#include <stdint.h>
#include <stdio.h>

#include "file.h"
#include "parse.h"
#include "topology_speed.h"

#define FULL_CAPACITY 1024

/* The best first: what ranks the cores of one kind comes before what only tells kinds apart. */
static const char *const speed_files[] = {
	"cpufreq/amd_pstate_prefcore_ranking",
	"cpufreq/amd_pstate_highest_perf",
	"acpi_cppc/highest_perf",
	"cpu_capacity",
	"cpufreq/cpuinfo_max_freq",
};

struct speeds {
	uint64_t sum;
	uint32_t slowest, fastest;
	uint32_t by_cpu[]; /* online ones only */
};

static int read_speed(int root_fd, unsigned cpu, const char *file, uint32_t *ret)
{
	_cleanup_free_ char *text = NULL;
	uint64_t speed;
	char path[128];
	int r;

	(void)snprintf(path, sizeof(path), "sys/devices/system/cpu/cpu%u/%s", cpu, file);
	r = read_sysfs_line(root_fd, path, &text);
	if (r < 0)
		return r;
	r = parse_u64(text, 1, UINT32_MAX, &speed);
	if (r < 0)
		return r;
	*ret = (uint32_t)speed;
	return 0;
}

static int read_speeds(int root_fd, const struct topology *t, const char *file, struct speeds *s)
{
	int r;

	s->sum = 0;
	s->slowest = UINT32_MAX;
	s->fastest = 0;
	for (unsigned cpu = 0; cpu < t->nr_cpu_ids; cpu++) {
		if (!t->cpus[cpu].online)
			continue;
		r = read_speed(root_fd, cpu, file, &s->by_cpu[cpu]);
		if (r < 0)
			return r;
		s->sum += s->by_cpu[cpu];
		if (s->by_cpu[cpu] < s->slowest)
			s->slowest = s->by_cpu[cpu];
		if (s->by_cpu[cpu] > s->fastest)
			s->fastest = s->by_cpu[cpu];
	}
	return 0;
}

static enum cpu_type type_of(const struct topology *t, const struct speeds *s, uint64_t speed)
{
	if (speed == s->fastest)
		return CPU_TYPE_TURBO;
	/* at least as fast as the average */
	if (!t->is_hybrid || speed * t->nr_online >= s->sum)
		return CPU_TYPE_BIG;
	return CPU_TYPE_LITTLE;
}

static void rate_differing(struct topology *t, const struct speeds *s)
{
	t->is_hybrid = (uint64_t)s->fastest * 10 >= (uint64_t)s->slowest * 13;
	for (unsigned cpu = 0; cpu < t->nr_cpu_ids; cpu++) {
		struct cpu_info *c = &t->cpus[cpu];

		if (!c->online)
			continue;
		c->capacity = (unsigned)((uint64_t)s->by_cpu[cpu] * FULL_CAPACITY / s->fastest);
		if (c->capacity == 0)
			c->capacity = 1;
		c->type = type_of(t, s, s->by_cpu[cpu]);
	}
}

static void rate_equal(struct topology *t)
{
	t->is_hybrid = false;
	for (unsigned cpu = 0; cpu < t->nr_cpu_ids; cpu++) {
		t->cpus[cpu].capacity = FULL_CAPACITY;
		t->cpus[cpu].type = CPU_TYPE_BIG;
	}
}

int topology_rate(int root_fd, struct topology *t)
{
	_cleanup_free_ struct speeds *s = malloc(sizeof(*s) + t->nr_cpu_ids * sizeof(s->by_cpu[0]));
	int r;

	if (!s)
		return -ENOMEM;
	for (size_t i = 0; i < ARRAY_SIZE(speed_files); i++) {
		r = read_speeds(root_fd, t, speed_files[i], s);
		if (r == -ENOMEM)
			return r;
		if (r == 0 && s->slowest < s->fastest) {
			rate_differing(t, s);
			return 0;
		}
	}
	rate_equal(t);
	return 0;
}
