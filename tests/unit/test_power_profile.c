// SPDX-License-Identifier: GPL-2.0-only
#include "bus.h"
#include "lib/power_profile.h"

#define PPD "org.freedesktop.UPower.PowerProfiles"
#define PPD_PATH "/org/freedesktop/UPower/PowerProfiles"
#define OLD_PPD "net.hadess.PowerProfiles"
#define OLD_PPD_PATH "/net/hadess/PowerProfiles"
#define UPOWER "org.freedesktop.UPower"
#define UPOWER_PATH "/org/freedesktop/UPower"

struct world {
	struct test_bus bus;
	struct power_watch *watch;
	const char *profile; /* what power-profiles-daemon says; NULL: an error */
	int on_battery;      /* what UPower says */
	unsigned nr_asked;
	char text[256]; /* what was told since the last look */
};

static void changed(void *userdata, enum power_profile p)
{
	struct world *w = userdata;

	(void)strcat(w->text, power_profile_names[p]);
	(void)strcat(w->text, " ");
}

static const struct power_events events = {.changed = changed};

/* To be asked must never be what starts a service. */
static void count(struct world *w, sd_bus *bus)
{
	sd_bus_message *m = sd_bus_get_current_message(bus);

	if (!m)
		return; /* a signal that carries the value */
	w->nr_asked++;
	assert_int_equal(sd_bus_message_get_auto_start(m), 0);
}

static int get_profile(sd_bus *bus, const char *path _unused_, const char *interface _unused_,
		       const char *property _unused_, sd_bus_message *reply, void *userdata,
		       sd_bus_error *error _unused_)
{
	struct world *w = userdata;

	count(w, bus);
	return w->profile ? sd_bus_message_append(reply, "s", w->profile) : -EIO;
}

static int get_on_battery(sd_bus *bus, const char *path _unused_, const char *interface _unused_,
			  const char *property _unused_, sd_bus_message *reply, void *userdata,
			  sd_bus_error *error _unused_)
{
	struct world *w = userdata;

	count(w, bus);
	return sd_bus_message_append(reply, "b", w->on_battery);
}

static const sd_bus_vtable ppd_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_PROPERTY("ActiveProfile", "s", get_profile, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_VTABLE_END,
};

/* A service of the name that is quite different. */
static const sd_bus_vtable odd_ppd_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_PROPERTY("ActiveProfile", "b", get_on_battery, 0, 0),
	SD_BUS_VTABLE_END,
};

static const sd_bus_vtable upower_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_PROPERTY("OnBattery", "b", get_on_battery, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_VTABLE_END,
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	sd_bus *bus;

	assert_non_null(w);
	w->profile = "balanced";
	test_bus_start(&w->bus);
	bus = w->bus.services;
	assert_true(sd_bus_add_object_vtable(bus, NULL, PPD_PATH, PPD, ppd_vtable, w) >= 0);
	assert_true(sd_bus_add_object_vtable(bus, NULL, OLD_PPD_PATH, OLD_PPD, ppd_vtable, w) >= 0);
	assert_true(sd_bus_add_object_vtable(bus, NULL, UPOWER_PATH, UPOWER, upower_vtable, w) >=
		    0);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	power_watch_free(w->watch);
	test_bus_stop(&w->bus);
	free(w);
	return 0;
}

static void start(struct world *w)
{
	assert_int_equal(power_watch_new(&w->watch, w->bus.loader, &events, w), 0);
}

/* What was told since the last call. */
static void expect(struct world *w, const char *text)
{
	test_bus_settle(&w->bus);
	assert_string_equal(w->text, text);
	w->text[0] = '\0';
}

static void emit_changed(struct world *w, const char *path, const char *interface,
			 const char *property)
{
	assert_true(sd_bus_emit_properties_changed(w->bus.services, path, interface, property,
						   NULL) >= 0);
}

static void set_profile(struct world *w, const char *profile)
{
	w->profile = profile;
	emit_changed(w, PPD_PATH, PPD, "ActiveProfile");
}

static void set_on_battery(struct world *w, bool on_battery)
{
	w->on_battery = on_battery;
	emit_changed(w, UPOWER_PATH, UPOWER, "OnBattery");
}

static void test_absent(void **state)
{
	struct world *w = *state;

	start(w);
	expect(w, "");
}

static void test_profiles(void **state)
{
	struct world *w = *state;

	test_bus_own(&w->bus, PPD);
	start(w);
	expect(w, "balanced ");
	set_profile(w, "power-saver");
	expect(w, "power-saver ");
	set_profile(w, "performance");
	expect(w, "performance ");
	set_profile(w, "performance");
	expect(w, "");
	/* names of ours that are none of theirs */
	set_profile(w, "ac");
	expect(w, "none ");
}

static void test_old_name(void **state)
{
	struct world *w = *state;

	test_bus_own(&w->bus, OLD_PPD);
	start(w);
	expect(w, "balanced ");
	w->profile = "performance";
	emit_changed(w, OLD_PPD_PATH, OLD_PPD, "ActiveProfile");
	expect(w, "performance ");
	test_bus_disown(&w->bus, OLD_PPD);
	expect(w, "none ");
}

/* As newer versions do. */
static void test_both_names(void **state)
{
	struct world *w = *state;

	test_bus_own(&w->bus, PPD);
	test_bus_own(&w->bus, OLD_PPD);
	start(w);
	expect(w, "balanced ");
	w->profile = "performance";
	emit_changed(w, PPD_PATH, PPD, "ActiveProfile");
	emit_changed(w, OLD_PPD_PATH, OLD_PPD, "ActiveProfile");
	expect(w, "performance ");
	test_bus_disown(&w->bus, PPD);
	expect(w, "");
	test_bus_disown(&w->bus, OLD_PPD);
	expect(w, "none ");
}

static void test_late_and_vanishing(void **state)
{
	struct world *w = *state;

	start(w);
	expect(w, "");
	test_bus_own(&w->bus, PPD);
	expect(w, "balanced ");
	test_bus_disown(&w->bus, PPD);
	expect(w, "none ");
	w->profile = "performance";
	test_bus_own(&w->bus, PPD);
	expect(w, "performance ");
}

static void test_upower_only(void **state)
{
	struct world *w = *state;

	test_bus_own(&w->bus, UPOWER);
	start(w);
	expect(w, "ac ");
	set_on_battery(w, true);
	expect(w, "battery ");
	set_on_battery(w, false);
	expect(w, "ac ");
	test_bus_disown(&w->bus, UPOWER);
	expect(w, "none ");
	w->on_battery = true;
	test_bus_own(&w->bus, UPOWER);
	expect(w, "battery ");
}

/* At no time is UPower's word passed on while the other runs. */
static void test_profile_wins(void **state)
{
	struct world *w = *state;

	test_bus_own(&w->bus, UPOWER);
	test_bus_own(&w->bus, PPD);
	start(w);
	expect(w, "balanced ");
	set_on_battery(w, true);
	expect(w, "");
	set_profile(w, "power-saver");
	expect(w, "power-saver ");
	test_bus_disown(&w->bus, PPD);
	expect(w, "battery ");
	test_bus_own(&w->bus, PPD);
	expect(w, "power-saver ");
	set_on_battery(w, false);
	expect(w, "");
	test_bus_disown(&w->bus, PPD);
	expect(w, "ac ");
}

/* A profile of tuned that is none of the three says nothing. */
static void test_unknown_profile(void **state)
{
	struct world *w = *state;

	test_bus_own(&w->bus, UPOWER);
	test_bus_own(&w->bus, PPD);
	w->profile = "unknown";
	start(w);
	expect(w, "ac ");
	set_profile(w, "balanced");
	expect(w, "balanced ");
	set_profile(w, "unknown");
	expect(w, "ac ");
}

static void test_error(void **state)
{
	struct world *w = *state;

	test_bus_own(&w->bus, UPOWER);
	test_bus_own(&w->bus, PPD);
	w->profile = NULL;
	start(w);
	expect(w, "ac ");
	/* sd-bus cannot send the signal of a property it cannot get */
	w->profile = "balanced";
	test_bus_disown(&w->bus, PPD);
	test_bus_own(&w->bus, PPD);
	expect(w, "balanced ");
}

static void test_wrong_type(void **state)
{
	_cleanup_(sd_bus_flush_close_unrefp) sd_bus *odd = NULL;
	struct world *w = *state;

	odd = test_bus_connect(w->bus.address);
	assert_true(sd_bus_attach_event(odd, w->bus.event, 0) >= 0);
	assert_true(sd_bus_add_object_vtable(odd, NULL, PPD_PATH, PPD, odd_ppd_vtable, w) >= 0);
	assert_true(sd_bus_request_name(odd, PPD, 0) >= 0);
	test_bus_own(&w->bus, UPOWER);
	start(w);
	test_bus_wait(&w->bus, &w->nr_asked, 2);
	expect(w, "ac ");
}

/* A power-profiles-daemon that answers when it is told to. */
struct slow {
	sd_bus *bus;
	sd_bus_message *calls[4];
	unsigned nr_calls;
};

static int on_slow(sd_bus_message *m, void *userdata, sd_bus_error *error _unused_)
{
	struct slow *s = userdata;

	assert_true(s->nr_calls < ARRAY_SIZE(s->calls));
	s->calls[s->nr_calls++] = sd_bus_message_ref(m);
	return 1;
}

static void slow_start(struct slow *s, struct test_bus *b)
{
	*s = (struct slow){.bus = test_bus_connect(b->address)};
	assert_true(sd_bus_attach_event(s->bus, b->event, 0) >= 0);
	assert_true(sd_bus_add_object(s->bus, NULL, PPD_PATH, on_slow, s) >= 0);
	assert_true(sd_bus_request_name(s->bus, PPD, 0) >= 0);
}

static void slow_finish(struct slow *s)
{
	for (unsigned i = 0; i < s->nr_calls; i++)
		sd_bus_message_unref(s->calls[i]);
	sd_bus_flush_close_unref(s->bus);
}

static void slow_reply(struct slow *s, unsigned i, const char *profile)
{
	assert_true(sd_bus_reply_method_return(s->calls[i], "v", "s", profile) >= 0);
	assert_true(sd_bus_flush(s->bus) >= 0);
}

/* UPower is not believed before the other has said what it has to say. */
static void test_slow(void **state)
{
	_cleanup_(slow_finish) struct slow slow;
	struct world *w = *state;

	test_bus_own(&w->bus, UPOWER);
	slow_start(&slow, &w->bus);
	start(w);
	test_bus_wait(&w->bus, &slow.nr_calls, 1);
	expect(w, "");
	set_on_battery(w, true);
	expect(w, "");
	slow_reply(&slow, 0, "performance");
	expect(w, "performance ");
}

static void test_slow_and_late(void **state)
{
	_cleanup_(slow_finish) struct slow slow;
	struct world *w = *state;

	test_bus_own(&w->bus, UPOWER);
	start(w);
	expect(w, "ac ");
	slow_start(&slow, &w->bus);
	test_bus_wait(&w->bus, &slow.nr_calls, 1);
	set_on_battery(w, true);
	expect(w, "");
	slow_reply(&slow, 0, "performance");
	expect(w, "performance ");
}

/* An answer from before a change is not taken for the one from after it. */
static void test_overtaken(void **state)
{
	_cleanup_(slow_finish) struct slow slow;
	struct world *w = *state;

	slow_start(&slow, &w->bus);
	start(w);
	test_bus_wait(&w->bus, &slow.nr_calls, 1);
	assert_true(sd_bus_emit_signal(slow.bus, PPD_PATH, "org.freedesktop.DBus.Properties",
				       "PropertiesChanged", "sa{sv}as", PPD, 0, 0) >= 0);
	test_bus_wait(&w->bus, &slow.nr_calls, 2);
	slow_reply(&slow, 0, "power-saver");
	expect(w, "");
	slow_reply(&slow, 1, "performance");
	expect(w, "performance ");
}

/* Signals of others do not even make us ask. */
static void test_others_do_not_count(void **state)
{
	struct world *w = *state;

	test_bus_own(&w->bus, PPD);
	start(w);
	expect(w, "balanced ");
	assert_int_equal(w->nr_asked, 1);
	assert_true(sd_bus_emit_signal(w->bus.loader, PPD_PATH, "org.freedesktop.DBus.Properties",
				       "PropertiesChanged", "sa{sv}as", PPD, 0, 0) >= 0);
	expect(w, "");
	assert_int_equal(w->nr_asked, 1);
}

/* Only the last of many changes is told. */
static void test_many_changes(void **state)
{
	struct world *w = *state;

	test_bus_own(&w->bus, PPD);
	start(w);
	expect(w, "balanced ");
	for (int i = 0; i < 50; i++)
		set_profile(w, i % 2 ? "performance" : "power-saver");
	expect(w, "performance ");
}

#define with_world(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_world(test_absent),
		with_world(test_profiles),
		with_world(test_old_name),
		with_world(test_both_names),
		with_world(test_late_and_vanishing),
		with_world(test_upower_only),
		with_world(test_profile_wins),
		with_world(test_unknown_profile),
		with_world(test_error),
		with_world(test_wrong_type),
		with_world(test_slow),
		with_world(test_slow_and_late),
		with_world(test_overtaken),
		with_world(test_others_do_not_count),
		with_world(test_many_changes),
	};

	if (test_bus_is_missing())
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
