// SPDX-License-Identifier: GPL-2.0-only
/* Files in the place of sysfs, and a power profile service on a bus of its own. */
#include "bus.h"
#include "runtime/energy.h"

#define PPD "org.freedesktop.UPower.PowerProfiles"
#define PPD_PATH "/org/freedesktop/UPower/PowerProfiles"
#define POLICY "sys/devices/system/cpu/cpufreq/policy0/"

struct world {
	struct test_bus bus;
	const struct test_root *root;
	const char *profile;
	unsigned nr_changes;
	enum energy energy;
};

static void changed(void *userdata, enum energy energy)
{
	struct world *w = userdata;

	w->energy = energy;
	w->nr_changes++;
}

static const struct energy_events events = {.changed = changed};

static int get_profile(sd_bus *bus _unused_, const char *path _unused_,
		       const char *interface _unused_, const char *property _unused_,
		       sd_bus_message *reply, void *userdata, sd_bus_error *error _unused_)
{
	struct world *w = userdata;

	return sd_bus_message_append(reply, "s", w->profile);
}

static const sd_bus_vtable vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_PROPERTY("ActiveProfile", "s", get_profile, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_VTABLE_END,
};

static void world_init(struct world *w, const struct test_root *root)
{
	*w = (struct world){.root = root, .profile = "power-saver"};
	test_bus_start(&w->bus);
	assert_int_equal(setenv("DBUS_SYSTEM_BUS_ADDRESS", w->bus.address, 1), 0);
}

static struct energy_watch *watch(struct world *w, enum energy *ret)
{
	struct energy_watch *watch;

	assert_int_equal(energy_watch_new(&watch, w->bus.event, w->root->fd, &events, w, ret), 0);
	return watch;
}

static const struct {
	const char *preference, *governor;
	enum energy energy;
} drivers[] = {
	{"power", "performance", ENERGY_SAVE},
	{"balance_power", "powersave", ENERGY_RATHER_SAVE},
	{"balance_performance", "powersave", ENERGY_BALANCED},
	{"performance", "powersave", ENERGY_SPEND},
	/* that says nothing, or is not there */
	{"default", "powersave", ENERGY_SAVE},
	{NULL, "powersave", ENERGY_SAVE},
	{NULL, "performance", ENERGY_SPEND},
	{NULL, "schedutil", ENERGY_UNKNOWN},
	{NULL, NULL, ENERGY_UNKNOWN},
};

static void test_driver(void **state)
{
	struct test_root *root = *state;

	for (size_t i = 0; i < ARRAY_SIZE(drivers); i++) {
		struct energy_watch *watched;
		struct world w;
		enum energy energy;

		world_init(&w, root);
		(void)unlinkat(root->fd, POLICY "energy_performance_preference", 0);
		(void)unlinkat(root->fd, POLICY "scaling_governor", 0);
		if (drivers[i].preference)
			test_write(root->dir, POLICY "energy_performance_preference",
				   drivers[i].preference);
		if (drivers[i].governor)
			test_write(root->dir, POLICY "scaling_governor", drivers[i].governor);
		watched = watch(&w, &energy);
		assert_int_equal(energy, drivers[i].energy);
		energy_watch_free(watched);
		test_bus_stop(&w.bus);
	}
}

/* The driver's files tell nobody when they change. */
static void test_driver_changes(void **state)
{
	struct energy_watch *watched;
	struct world w;
	enum energy energy;

	world_init(&w, *state);
	test_write(w.root->dir, POLICY "scaling_governor", "performance\n");
	watched = watch(&w, &energy);
	assert_int_equal(energy, ENERGY_SPEND);
	test_write(w.root->dir, POLICY "scaling_governor", "powersave\n");
	test_bus_wait(&w.bus, &w.nr_changes, 1);
	assert_int_equal(w.energy, ENERGY_SAVE);
	energy_watch_free(watched);
	test_bus_stop(&w.bus);
}

static void test_service(void **state)
{
	struct energy_watch *watched;
	struct world w;
	enum energy energy;

	world_init(&w, *state);
	assert_true(sd_bus_add_object_vtable(w.bus.services, NULL, PPD_PATH, PPD, vtable, &w) >= 0);
	watched = watch(&w, &energy);
	assert_int_equal(energy, ENERGY_UNKNOWN);
	/* it comes late ... */
	test_bus_own(&w.bus, PPD);
	test_bus_wait(&w.bus, &w.nr_changes, 1);
	assert_int_equal(w.energy, ENERGY_SAVE);
	/* ... changes its mind ... */
	w.profile = "performance";
	assert_true(sd_bus_emit_properties_changed(w.bus.services, PPD_PATH, PPD, "ActiveProfile",
						   NULL) >= 0);
	test_bus_wait(&w.bus, &w.nr_changes, 2);
	assert_int_equal(w.energy, ENERGY_SPEND);
	/* ... and goes away */
	test_bus_disown(&w.bus, PPD);
	test_bus_wait(&w.bus, &w.nr_changes, 3);
	assert_int_equal(w.energy, ENERGY_UNKNOWN);
	energy_watch_free(watched);
	test_bus_stop(&w.bus);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_root(test_driver),
		test_with_root(test_driver_changes),
		test_with_root(test_service),
	};

	if (test_bus_is_missing())
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
