// SPDX-License-Identifier: GPL-2.0-only
#include <sched.h>
#include <stdbool.h>
#include <sys/socket.h>

#include <linux/netlink.h>

#include "lib/clock.h"
#include "loader/uevent.h"
#include "test.h"

#define ROOT "/kernel/sched_ext/root"
#define CPU1 "/devices/system/cpu/cpu1"
#define MESSAGE(text) text, sizeof(text)

// clang-format off
static const struct {
	const char *message;
	size_t len;
	enum uevent_kind kind;
} cases[] = {
	/* as kernel/sched/ext.c has them made */
	{MESSAGE("add@" ROOT "\0ACTION=add\0DEVPATH=" ROOT "\0SUBSYSTEM=sched_ext\0"
		 "SCXOPS=simple\0SEQNUM=2043"), UEVENT_SCHED_EXT},
	{MESSAGE("remove@" ROOT "\0ACTION=remove\0DEVPATH=" ROOT "\0SUBSYSTEM=sched_ext\0"
		 "SCXOPS=simple\0SEQNUM=2044"), UEVENT_SCHED_EXT},
	/* recorded; there really is a line feed */
	{MESSAGE("online@" CPU1 "\0ACTION=online\0DEVPATH=" CPU1 "\0SUBSYSTEM=cpu\0SYNTH_UUID=0\0"
		 "MODALIAS=cpu:type:x86,ven0002fam0019mod0011:feature:,0000,0001,02AB,02AC\n\0"
		 "SEQNUM=975"), UEVENT_CPU},
	{MESSAGE("change@/devices/virtual/net/lo\0ACTION=change\0"
		 "DEVPATH=/devices/virtual/net/lo\0SUBSYSTEM=net\0SYNTH_UUID=0\0INTERFACE=lo\0"
		 "IFINDEX=1\0SEQNUM=976"), UEVENT_OTHER},
	{MESSAGE("offline@" CPU1 "\0ACTION=offline\0DEVPATH=" CPU1 "\0SUBSYSTEM=cpu\0SEQNUM=1"),
	 UEVENT_CPU},
	/* one of the two is enough for sched_ext */
	{MESSAGE("change@/x\0SUBSYSTEM=sched_ext"), UEVENT_SCHED_EXT},
	{MESSAGE("change@/x\0DEVPATH=/kernel/sched_ext"), UEVENT_SCHED_EXT},
	{MESSAGE("add@/x\0DEVPATH=/kernel/sched_ext_too/root"), UEVENT_OTHER},
	{MESSAGE("add@/x\0DEVPATH=/devices/kernel/sched_ext"), UEVENT_OTHER},
	/* a CPU that is there, but not online */
	{MESSAGE("add@" CPU1 "\0ACTION=add\0DEVPATH=" CPU1 "\0SUBSYSTEM=cpu"), UEVENT_OTHER},
	{MESSAGE("change@" CPU1 "\0ACTION=change\0DEVPATH=" CPU1 "\0SUBSYSTEM=cpu"), UEVENT_OTHER},
	{MESSAGE("online@" CPU1 "\0ACTION=online"), UEVENT_OTHER},
	{MESSAGE("online@" CPU1 "\0ACTION=online\0SUBSYSTEM=cpuid"), UEVENT_OTHER},
	{MESSAGE("online@/devices/system/memory/memory3\0ACTION=online\0SUBSYSTEM=memory"),
	 UEVENT_OTHER},
	/* values that only look like keys */
	{MESSAGE("add@/x\0NAME=SUBSYSTEM=sched_ext"), UEVENT_OTHER},
	{MESSAGE("add@/x\0XSUBSYSTEM=sched_ext"), UEVENT_OTHER},
	{MESSAGE("SUBSYSTEM=sched_ext@"), UEVENT_OTHER},
	/* udev's messages have another header */
	{MESSAGE("libudev\0\xfe\xed\xca\xfe\0SUBSYSTEM=sched_ext"), UEVENT_OTHER},
	/* malformed */
	{"", 0, UEVENT_OTHER},
	{MESSAGE(""), UEVENT_OTHER},
	{MESSAGE("\0SUBSYSTEM=sched_ext"), UEVENT_OTHER},
	{MESSAGE("SUBSYSTEM=sched_ext"), UEVENT_OTHER},
	{MESSAGE("add@/x"), UEVENT_OTHER},
	{MESSAGE("add@/x\0"), UEVENT_OTHER},
	{MESSAGE("add@/x\0\0\0\0"), UEVENT_OTHER},
	{MESSAGE("add@/x\0SUBSYSTEM\0ACTION\0DEVPATH"), UEVENT_OTHER},
	{MESSAGE("add@/x\0SUBSYSTEM=\0ACTION=\0DEVPATH="), UEVENT_OTHER},
	{MESSAGE("add@/x\0\0SUBSYSTEM=sched_ext"), UEVENT_SCHED_EXT},
	/* the last string has no end */
	{"add@/x\0SUBSYSTEM=sched_ext", sizeof("add@/x\0SUBSYSTEM=sched_ext") - 1, UEVENT_OTHER},
	{"add@/x", 6, UEVENT_OTHER},
};
// clang-format on

static void test_parse(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		/* of exactly this size, so that a sanitizer sees whoever reads on */
		_cleanup_free_ char *copy = malloc(cases[i].len ?: 1);

		assert_non_null(copy);
		memcpy(copy, cases[i].message, cases[i].len);
		if (uevent_parse(copy, cases[i].len) != cases[i].kind)
			fail_msg("case %zu: %s", i, cases[i].message);
	}
}

/* A message that is cut off anywhere is no reason to read on. */
static void test_parse_truncated(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		for (size_t len = 0; len < cases[i].len; len++) {
			_cleanup_free_ char *copy = malloc(len ?: 1);

			assert_non_null(copy);
			memcpy(copy, cases[i].message, len);
			if (len == 0 || copy[len - 1])
				assert_int_equal(uevent_parse(copy, len), UEVENT_OTHER);
			else
				(void)uevent_parse(copy, len);
		}
}

struct world {
	bool is_alone; /* in a network namespace of its own: what it sends reaches nobody else */
	sd_event *event;
	struct uevent *uevent;
	unsigned nr_sched_ext, nr_cpu;
};

static void on_sched_ext(void *userdata)
{
	((struct world *)userdata)->nr_sched_ext++;
}

static void on_cpu(void *userdata)
{
	((struct world *)userdata)->nr_cpu++;
}

static const struct uevent_events events = {.sched_ext = on_sched_ext, .cpu = on_cpu};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	w->is_alone = unshare(CLONE_NEWNET) == 0;
	assert_true(sd_event_new(&w->event) >= 0);
	assert_int_equal(uevent_new(&w->uevent, w->event, &events, w), 0);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	uevent_free(w->uevent);
	sd_event_unref(w->event);
	free(w);
	return 0;
}

static const char offline[] = "offline@" CPU1 "\0ACTION=offline\0SUBSYSTEM=cpu";
static const char online[] = "online@" CPU1 "\0ACTION=online\0SUBSYSTEM=cpu";
static const char attached[] = "add@" ROOT "\0ACTION=add\0SUBSYSTEM=sched_ext";

static void test_cpu_waits_for_the_last(void **state)
{
	struct world *w = *state;
	uint64_t last;

	uevent_take(w->uevent, offline, sizeof(offline));
	assert_int_equal(usleep(UEVENT_CPU_DELAY_MS * 1000 / 2), 0);
	last = monotonic_us();
	uevent_take(w->uevent, online, sizeof(online));
	while (!w->nr_cpu)
		assert_true(sd_event_run(w->event, UINT64_MAX) >= 0);
	/* a lower limit: a slow machine is only later */
	assert_true(monotonic_us() >= last + UEVENT_CPU_DELAY_MS * 1000);
	assert_int_equal(w->nr_cpu, 1);
	assert_int_equal(w->nr_sched_ext, 0);
	/* and once more */
	uevent_take(w->uevent, offline, sizeof(offline));
	while (w->nr_cpu < 2)
		assert_true(sd_event_run(w->event, UINT64_MAX) >= 0);
}

static void test_sched_ext_at_once(void **state)
{
	struct world *w = *state;

	uevent_take(w->uevent, attached, sizeof(attached));
	assert_int_equal(w->nr_sched_ext, 1);
	uevent_take(w->uevent, "", 0);
	assert_int_equal(w->nr_sched_ext, 1);
	assert_int_equal(w->nr_cpu, 0);
}

/* Sends to the kernel's group as only root can. */
static void forge(int fd, const char *message, size_t len)
{
	const struct sockaddr_nl group = {.nl_family = AF_NETLINK, .nl_groups = 1};

	assert_int_equal(
		sendto(fd, message, len, 0, (const struct sockaddr *)&group, sizeof(group)), len);
}

static int open_forge(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);

	assert_true(fd >= 0);
	return fd;
}

/* Until nothing is left that could be read. */
static void run(struct world *w)
{
	int r;

	while ((r = sd_event_run(w->event, 0)) > 0)
		;
	assert_int_equal(r, 0);
}

static void test_only_the_kernel(void **state)
{
	_cleanup_close_ int fd = -EBADF;
	struct world *w = *state;

	if (!w->is_alone)
		skip();
	fd = open_forge();
	forge(fd, attached, sizeof(attached));
	assert_true(sd_event_run(w->event, 0) > 0);
	run(w);
	assert_int_equal(w->nr_sched_ext, 0);
}

/* More than the socket holds: the kernel drops messages and says so. */
static void test_overrun(void **state)
{
	_cleanup_close_ int fd = -EBADF;
	struct world *w = *state;

	if (!w->is_alone)
		skip();
	fd = open_forge();
	for (int i = 0; i < 10000; i++)
		forge(fd, offline, sizeof(offline));
	run(w);
	assert_int_equal(w->nr_sched_ext, 1);
	while (!w->nr_cpu)
		assert_true(sd_event_run(w->event, UINT64_MAX) >= 0);
	/* it works on */
	forge(fd, attached, sizeof(attached));
	assert_true(sd_event_run(w->event, 0) > 0);
	run(w);
	assert_int_equal(w->nr_sched_ext, 1);
}

#define with_world(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),       cmocka_unit_test(test_parse_truncated),
		with_world(test_sched_ext_at_once), with_world(test_cpu_waits_for_the_last),
		with_world(test_only_the_kernel),   with_world(test_overrun),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
