// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include <systemd/sd-bus.h>

#include "lib/file.h"
#include "lib/parse.h"
#include "lib/topology.h"

#include "bench/json.h"
#include "bench/machine.h"

#define MAX_FILE (1 << 20)

/* What stands behind @key in the first line of @path that begins with it; NULL: nothing. */
static char *find_value(int root_fd, const char *path, const char *key, const char *separators)
{
	_cleanup_free_ char *text = NULL;
	size_t size;
	char *rest;

	if (read_file(root_fd, path, MAX_FILE, &text, &size) < 0)
		return NULL;
	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		if (strncmp(line, key, strlen(key)) == 0 && strchr(separators, line[strlen(key)])) {
			line += strlen(key);
			return strdup(line + strspn(line, separators));
		}
	return NULL;
}

static char *cpu_model(int root_fd)
{
	/* x86 and ARM; s390 and riscv have other words */
	static const char *const keys[] = {"model name", "Model", "cpu model", "cpu", "uarch"};
	char *model = NULL;

	for (size_t i = 0; !model && i < ARRAY_SIZE(keys); i++)
		model = find_value(root_fd, "proc/cpuinfo", keys[i], " \t:");
	return model;
}

static int memory(int root_fd, sd_json_variant **ret)
{
	_cleanup_free_ char *text = find_value(root_fd, "proc/meminfo", "MemTotal", ": ");
	uint64_t kib;

	if (!text)
		return 0;
	text[strcspn(text, " ")] = '\0';
	if (parse_u64(text, 0, UINT64_MAX / 1024, &kib) < 0)
		return 0;
	return sd_json_variant_new_unsigned(ret, kib * 1024);
}

static int hz(int root_fd, const char *release, sd_json_variant **ret)
{
	_cleanup_free_ char *path = NULL, *text = NULL;
	uint64_t value;

	if (asprintf(&path, "boot/config-%s", release) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	text = find_value(root_fd, path, "CONFIG_HZ", "=");
	if (!text || parse_u64(text, 1, 100000, &value) < 0)
		return 0;
	return sd_json_variant_new_unsigned(ret, value);
}

/* The one in parentheses of "none voluntary (full) lazy". */
static char *preemption(int root_fd)
{
	_cleanup_free_ char *line = NULL;
	const char *begin;

	if (read_sysfs_line(root_fd, "sys/kernel/debug/sched/preempt", &line) < 0)
		return NULL;
	begin = strchr(line, '(');
	return begin ? strndup(begin + 1, strcspn(begin + 1, ")")) : NULL;
}

static char *governor(int root_fd, const struct topology *t)
{
	char *common = NULL;

	for (unsigned cpu = 0; cpu < t->nr_cpu_ids; cpu++) {
		_cleanup_free_ char *path = NULL, *line = NULL;

		if (!t->cpus[cpu].online)
			continue;
		if (asprintf(&path, "sys/devices/system/cpu/cpu%u/cpufreq/scaling_governor", cpu) <
		    0) {
			path = NULL;
			break;
		}
		if (read_sysfs_line(root_fd, path, &line) < 0)
			continue;
		if (common && strcmp(common, line) != 0) {
			free(common);
			return strdup("mixed");
		}
		free(common);
		common = steal_ptr(line);
	}
	return common;
}

/* systemd knows; without it nobody does. */
static char *virtualisation(void)
{
	_cleanup_(sd_bus_flush_close_unrefp) sd_bus *bus = NULL;
	char *name = NULL;

	if (sd_bus_open_system(&bus) < 0 ||
	    sd_bus_get_property_string(bus, "org.freedesktop.systemd1", "/org/freedesktop/systemd1",
				       "org.freedesktop.systemd1.Manager", "Virtualization", NULL,
				       &name) < 0)
		return NULL;
	if (*name)
		return name;
	free(name);
	return strdup("none");
}

static unsigned count_nodes(const struct topology *t)
{
	unsigned nr = 0;

	for (unsigned node = 0; node < t->nr_node_ids; node++) {
		bool has = false;

		for (unsigned cpu = 0; cpu < t->nr_cpu_ids; cpu++)
			has |= t->cpus[cpu].online && t->cpus[cpu].node == node;
		nr += has;
	}
	return nr;
}

/* The first of the three numbers. */
static int load(int root_fd, sd_json_variant **ret)
{
	_cleanup_free_ char *line = NULL;
	double value;

	if (read_sysfs_line(root_fd, "proc/loadavg", &line) < 0)
		return 0;
	line[strcspn(line, " ")] = '\0';
	return parse_double(line, &value) < 0 ? 0 : sd_json_variant_new_real(ret, value);
}

static int count_cpus(int root_fd, const struct topology *t, sd_json_variant **ret)
{
	_cleanup_free_ char *frequency = governor(root_fd, t);

	return sd_json_variant_merge_objectbo(ret,
					      SD_JSON_BUILD_PAIR_UNSIGNED("cpus", t->nr_online),
					      SD_JSON_BUILD_PAIR_UNSIGNED("cores", t->nr_cores),
					      SD_JSON_BUILD_PAIR_UNSIGNED("llcs", t->nr_llcs),
					      SD_JSON_BUILD_PAIR_UNSIGNED("nodes", count_nodes(t)),
					      SD_JSON_BUILD_PAIR_BOOLEAN("smt", t->is_smt),
					      SD_JSON_BUILD_PAIR_BOOLEAN("hybrid", t->is_hybrid),
					      SD_JSON_BUILD_PAIR_STRING("governor", frequency));
}

static int describe_numbers(int root_fd, const char *release, sd_json_variant **ret)
{
	_cleanup_json_ sd_json_variant *bytes = NULL, *ticks = NULL, *average = NULL;
	int r = memory(root_fd, &bytes);

	if (r >= 0)
		r = hz(root_fd, release, &ticks);
	if (r >= 0)
		r = load(root_fd, &average);
	if (r < 0)
		return r;
	return sd_json_variant_merge_objectbo(ret,
					      SD_JSON_BUILD_PAIR_VARIANT("memory_bytes", bytes),
					      SD_JSON_BUILD_PAIR_VARIANT("hz", ticks),
					      SD_JSON_BUILD_PAIR_VARIANT("load", average));
}

static int describe_at(int root_fd, sd_json_variant **ret)
{
	_cleanup_free_ char *model = cpu_model(root_fd), *preempt = preemption(root_fd);
	_cleanup_free_ char *virt = virtualisation();
	_cleanup_topology_ struct topology *t = NULL;
	_cleanup_json_ sd_json_variant *v = NULL;
	struct utsname u;
	int r;

	(void)uname(&u);
	r = sd_json_buildo(&v, JSON_PAIR_TEXT("cpu_model", model),
			   JSON_PAIR_TEXT("architecture", u.machine));
	if (r >= 0 && topology_read(root_fd, &t) >= 0)
		r = count_cpus(root_fd, t, &v);
	if (r >= 0)
		r = sd_json_variant_merge_objectbo(&v, JSON_PAIR_TEXT("kernel", u.release),
						   JSON_PAIR_TEXT("kernel_build", u.version),
						   JSON_PAIR_TEXT("preemption", preempt),
						   JSON_PAIR_TEXT("virtualisation", virt));
	if (r >= 0)
		r = describe_numbers(root_fd, u.release, &v);
	if (r < 0)
		return r;
	*ret = steal_ptr(v);
	return 0;
}

int machine_describe(int root_fd, sd_json_variant **ret)
{
	_cleanup_close_ int fd = root_fd == AT_FDCWD ? open("/", O_PATH | O_CLOEXEC) : dup(root_fd);

	return fd < 0 ? -errno : describe_at(fd, ret);
}
