// SPDX-License-Identifier: GPL-2.0-only
#include <sys/utsname.h>

#include "bench/json.h"
#include "bench/machine.h"
#include "test.h"

#define CPUS "sys/devices/system/cpu/"

static void write_cpus(const char *dir)
{
	test_write(dir, CPUS "online", "0-1\n");
	test_write(dir, CPUS "possible", "0-1\n");
	test_write(dir, CPUS "cpu0/topology/core_cpus_list", "0-1\n");
	test_write(dir, CPUS "cpu1/topology/core_cpus_list", "0-1\n");
	test_write(dir, CPUS "cpu0/cpufreq/scaling_governor", "performance\n");
	test_write(dir, CPUS "cpu1/cpufreq/scaling_governor", "performance\n");
}

static sd_json_variant *describe(const struct test_root *root)
{
	sd_json_variant *v = NULL;

	assert_int_equal(machine_describe(root->fd, &v), 0);
	return v;
}

static void expect(sd_json_variant *v, const char *name, const char *text)
{
	_cleanup_free_ char *found = NULL;

	assert_true(sd_json_variant_format(sd_json_variant_by_key(v, name), 0, &found) >= 0);
	assert_string_equal(found, text);
}

static void test_full(void **state)
{
	struct test_root *root = *state;
	_cleanup_json_ sd_json_variant *v = NULL;
	char config[256];
	struct utsname u;

	assert_int_equal(uname(&u), 0);
	(void)snprintf(config, sizeof(config), "boot/config-%s", u.release);
	write_cpus(root->dir);
	test_write(root->dir, "proc/cpuinfo",
		   "processor\t: 0\nmodel name\t: Some CPU @ 3 GHz\nmodel name\t: x\n");
	test_write(root->dir, "proc/meminfo", "MemTotal:       16 kB\nMemFree: 1 kB\n");
	test_write(root->dir, "proc/loadavg", "0.25 0.5 1.0 1/2 3\n");
	test_write(root->dir, config, "CONFIG_HZ_250=y\nCONFIG_HZ=250\n");
	test_write(root->dir, "sys/kernel/debug/sched/preempt", "none voluntary (full) lazy\n");
	v = describe(root);
	expect(v, "cpu_model", "\"Some CPU @ 3 GHz\"");
	expect(v, "cpus", "2");
	expect(v, "cores", "1");
	expect(v, "llcs", "1");
	expect(v, "nodes", "1");
	expect(v, "smt", "true");
	expect(v, "hybrid", "false");
	expect(v, "governor", "\"performance\"");
	expect(v, "memory_bytes", "16384");
	expect(v, "hz", "250");
	expect(v, "preemption", "\"full\"");
	assert_true(sd_json_variant_real(sd_json_variant_by_key(v, "load")) == 0.25);
	assert_string_equal(sd_json_variant_string(sd_json_variant_by_key(v, "kernel")), u.release);
}

static void test_mixed_governors(void **state)
{
	struct test_root *root = *state;
	_cleanup_json_ sd_json_variant *v = NULL;

	write_cpus(root->dir);
	test_write(root->dir, CPUS "cpu1/cpufreq/scaling_governor", "powersave\n");
	v = describe(root);
	expect(v, "governor", "\"mixed\"");
}

/* What cannot be found out is null or left out, and no reason to give up. */
static void test_nothing(void **state)
{
	struct test_root *root = *state;
	_cleanup_json_ sd_json_variant *v = NULL;

	test_write(root->dir, "proc/meminfo", "MemTotal: many\n");
	v = describe(root);
	expect(v, "memory_bytes", "null");
	expect(v, "hz", "null");
	assert_null(sd_json_variant_by_key(v, "cpus"));
	assert_null(sd_json_variant_by_key(v, "cpu_model"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_root(test_full),
		test_with_root(test_mixed_governors),
		test_with_root(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
