// SPDX-License-Identifier: GPL-2.0-only
/*
 * A scheduler is a program that loads BPF, then reads counters once in a while.
 * It gets what that takes and nothing else. Deliberately not set:
 *
 *	DynamicUser		files and sysfs below /sys/kernel/sched_ext are root's
 *	After, Before		ordering against the loader would make one of the two
 *				wait for the other at boot or at shutdown
 *	Restart			the loader decides about new attempts
 *	PrivateNetwork, ProtectKernelTunables, ProtectControlGroups
 *				a namespace and dozens of mounts, a good part of the time that
 *				a switch takes; there are no sockets but AF_UNIX, and /sys and
 *				/proc/sys are read-only
 */
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>

#include "lib/strv.h"

#include "state.h"
#include "unit_facts.h"
#include "unit_properties.h"

#define S_US UINT64_C(1000000)
#define OPTION_STANDBY "--standby"
#define OPTION_DUMP_FILE "--dump-file"
#define OWN_DUMP_FILE OPTION_DUMP_FILE "=" STATE_DIR "/"
#define MODE_VARIABLE "AIOS_MODE="
#define PROGRAM_VARIABLE "AIOS_PROGRAM="
#define MODE_NONE "none" /* started with arguments instead */
#define CAP_BIT(cap) (UINT64_C(1) << (cap))

enum value_type {
	VALUE_STRING,  /* s */
	VALUE_BOOLEAN, /* b */
	VALUE_INT32,   /* i */
	VALUE_UINT32,  /* u */
	VALUE_UINT64,  /* t */
	VALUE_STRINGS, /* as */
	VALUE_ALLOWED, /* (bas), the list of what is allowed */
};

struct property {
	const char *name;
	enum value_type type;
	const char *string;
	uint64_t number;
	const char *const *strings;
};

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

// clang-format off
static const struct property properties[] = {
	{"Type", VALUE_STRING, "notify"},
	{"NotifyAccess", VALUE_STRING, "main"},
	/* keeps the unit until its exit status has been read, also after a failure ... */
	{"AddRef", VALUE_BOOLEAN, .number = 1},
	/* ... and no longer */
	{"CollectMode", VALUE_STRING, "inactive-or-failed"},
	/* the verifier takes seconds on a slow machine */
	{"TimeoutStartUSec", VALUE_UINT64, .number = 90 * S_US},
	{"TimeoutStopUSec", VALUE_UINT64, .number = 10 * S_US},
	/* killing it frees hardly any memory and changes the scheduler of a machine in trouble */
	{"OOMScoreAdjust", VALUE_INT32, .number = (uint64_t)-900},
	{"LimitMEMLOCK", VALUE_UINT64, .number = UINT64_MAX},
	{"LimitMEMLOCKSoft", VALUE_UINT64, .number = UINT64_MAX},
	{"UMask", VALUE_UINT32, .number = 0077},
	/* the socket of the statistics; the next scheduler may have it by the time this one ends */
	{"RuntimeDirectory", VALUE_STRINGS, .strings = LIST("scx/root")},
	{"RuntimeDirectoryPreserve", VALUE_STRING, "yes"},
	/* the kernel's dump */
	{"StateDirectory", VALUE_STRINGS, .strings = LIST("aios")},
	{"NoNewPrivileges", VALUE_BOOLEAN, .number = 1},
	{"CapabilityBoundingSet", VALUE_UINT64, .number = CAP_BIT(CAP_BPF) | CAP_BIT(CAP_PERFMON)},
	{"ProtectSystem", VALUE_STRING, "strict"},
	{"ProtectHome", VALUE_STRING, "yes"},
	{"ReadOnlyPaths", VALUE_STRINGS, .strings = LIST("/sys", "/proc/sys")},
	/* how long CPUs may take to leave an idle state */
	{"ReadWritePaths", VALUE_STRINGS, .strings = LIST("-/sys/devices/system/cpu")},
	{"PrivateTmp", VALUE_BOOLEAN, .number = 1},
	{"PrivateDevices", VALUE_BOOLEAN, .number = 1},
	{"ProtectHostname", VALUE_BOOLEAN, .number = 1},
	{"ProtectClock", VALUE_BOOLEAN, .number = 1},
	{"ProtectKernelModules", VALUE_BOOLEAN, .number = 1},
	{"ProtectKernelLogs", VALUE_BOOLEAN, .number = 1},
	{"ProtectProc", VALUE_STRING, "invisible"},
	{"LockPersonality", VALUE_BOOLEAN, .number = 1},
	{"MemoryDenyWriteExecute", VALUE_BOOLEAN, .number = 1},
	{"RestrictRealtime", VALUE_BOOLEAN, .number = 1},
	{"RestrictSUIDSGID", VALUE_BOOLEAN, .number = 1},
	{"RestrictNamespaces", VALUE_UINT64, .number = 0},
	/* sd_notify(), and the socket of the statistics */
	{"RestrictAddressFamilies", VALUE_ALLOWED, .strings = LIST("AF_UNIX")},
	{"SystemCallArchitectures", VALUE_STRINGS, .strings = LIST("native")},
	{"SystemCallFilter", VALUE_ALLOWED,
	 .strings = LIST("@system-service", "bpf", "perf_event_open")},
	{"SystemCallErrorNumber", VALUE_INT32, .number = EPERM},
};
// clang-format on

static int append_allowed(sd_bus_message *m, const struct property *p)
{
	int r;

	r = sd_bus_message_open_container(m, 'v', "(bas)");
	if (r < 0)
		return r;
	r = sd_bus_message_open_container(m, 'r', "bas");
	if (r < 0)
		return r;
	r = sd_bus_message_append(m, "b", 1);
	if (r < 0)
		return r;
	r = sd_bus_message_append_strv(m, (char **)p->strings);
	if (r < 0)
		return r;
	r = sd_bus_message_close_container(m);
	return r < 0 ? r : sd_bus_message_close_container(m);
}

static int append_strings(sd_bus_message *m, char *const *strings)
{
	int r;

	r = sd_bus_message_open_container(m, 'v', "as");
	if (r < 0)
		return r;
	r = sd_bus_message_append_strv(m, (char **)strings);
	return r < 0 ? r : sd_bus_message_close_container(m);
}

static int append_value(sd_bus_message *m, const struct property *p)
{
	switch (p->type) {
	case VALUE_STRING:
		return sd_bus_message_append(m, "v", "s", p->string);
	case VALUE_BOOLEAN:
		return sd_bus_message_append(m, "v", "b", (int)p->number);
	case VALUE_INT32:
		return sd_bus_message_append(m, "v", "i", (int32_t)p->number);
	case VALUE_UINT32:
		return sd_bus_message_append(m, "v", "u", (uint32_t)p->number);
	case VALUE_UINT64:
		return sd_bus_message_append(m, "v", "t", p->number);
	case VALUE_STRINGS:
		return append_strings(m, (char *const *)p->strings);
	case VALUE_ALLOWED:
		return append_allowed(m, p);
	}
	return -EINVAL;
}

static int append_property(sd_bus_message *m, const struct property *p)
{
	int r;

	r = sd_bus_message_open_container(m, 'r', "sv");
	if (r < 0)
		return r;
	r = sd_bus_message_append(m, "s", p->name);
	if (r < 0)
		return r;
	r = append_value(m, p);
	return r < 0 ? r : sd_bus_message_close_container(m);
}

static bool starts_with(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

static bool has_dump_file(char *const *words)
{
	strv_foreach(word, words)
		if (starts_with(*word, OPTION_DUMP_FILE))
			return true;
	return false;
}

/* The program, what makes it stand by, where the dump goes unless @spec says it, and its words. */
static int append_argv(sd_bus_message *m, const struct sched_spec *spec, const char *dump_file)
{
	_cleanup_free_ char *dump = NULL;
	int r;

	if (asprintf(&dump, OPTION_DUMP_FILE "=%s", dump_file) < 0) {
		dump = NULL;
		return -ENOMEM;
	}

	r = sd_bus_message_open_container(m, 'a', "s");
	if (r < 0)
		return r;
	r = sd_bus_message_append(m, "ss", spec->argv[0], OPTION_STANDBY);
	if (r >= 0 && !has_dump_file(spec->argv))
		r = sd_bus_message_append(m, "s", dump);
	for (char *const *word = spec->argv + 1; r >= 0 && *word; word++)
		r = sd_bus_message_append(m, "s", *word);
	return r < 0 ? r : sd_bus_message_close_container(m);
}

/* ExecStart, an array of (path, argv, ignore failure) */
static int append_command(sd_bus_message *m, const struct sched_spec *spec, const char *dump_file)
{
	static const char *const containers[] = {"rsv", "va(sasb)", "a(sasb)", "rsasb"};
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(containers); i++) {
		r = sd_bus_message_open_container(m, containers[i][0], containers[i] + 1);
		if (r < 0)
			return r;
		if (i == 0) {
			r = sd_bus_message_append(m, "s", "ExecStart");
			if (r < 0)
				return r;
		}
	}
	r = sd_bus_message_append(m, "s", spec->argv[0]);
	if (r < 0)
		return r;
	r = append_argv(m, spec, dump_file);
	if (r < 0)
		return r;
	r = sd_bus_message_append(m, "b", 0);
	for (size_t i = 0; i < ARRAY_SIZE(containers) && r >= 0; i++)
		r = sd_bus_message_close_container(m);
	return r;
}

/* The properties that depend on what is started. */
static int append_spec(sd_bus_message *m, const struct sched_spec *spec, const char *dump_file)
{
	_cleanup_free_ char *what = spec_describe(spec), *description = NULL, *mode = NULL,
			    *program = NULL;
	int r;

	if (!what || asprintf(&description, "sched_ext scheduler %s", what) < 0) {
		description = NULL;
		return -ENOMEM;
	}
	if (asprintf(&mode, MODE_VARIABLE "%s",
		     spec->args ? MODE_NONE : mode_table[spec->mode].name) < 0) {
		mode = NULL;
		return -ENOMEM;
	}
	if (asprintf(&program, PROGRAM_VARIABLE "%s", spec->program ?: "") < 0) {
		program = NULL;
		return -ENOMEM;
	}
	r = sd_bus_message_append(m, "(sv)(sv)", "Description", "s", description, "Environment",
				  "as", 2, mode, program);
	return r < 0 ? r : append_command(m, spec, dump_file);
}

int unit_properties_append(sd_bus_message *m, const struct sched_spec *spec, const char *dump_file)
{
	int r;

	r = sd_bus_message_open_container(m, 'a', "(sv)");
	if (r < 0)
		return r;
	r = append_spec(m, spec, dump_file);
	for (size_t i = 0; i < ARRAY_SIZE(properties) && r >= 0; i++)
		r = append_property(m, &properties[i]);
	return r < 0 ? r : sd_bus_message_close_container(m);
}

/* The value of the variable that begins with @name, which ends in '='; NULL: it is not there. */
static const char *find_variable(char *const *environment, const char *name)
{
	strv_foreach(variable, environment)
		if (starts_with(*variable, name))
			return *variable + strlen(name);
	return NULL;
}

static int new_spec(const char *name, int mode, char *const *words, const struct unit_facts *f,
		    struct sched_spec **ret)
{
	const char *program = find_variable(f->environment, PROGRAM_VARIABLE);
	_cleanup_spec_ struct sched_spec *spec = NULL;
	_cleanup_strv_ char **argv = NULL;

	if (strv_extend(&argv, f->argv[0]) < 0)
		return -ENOMEM;
	strv_foreach(word, words)
		if (strv_extend(&argv, *word) < 0)
			return -ENOMEM;
	spec = mode < 0 ? spec_new(name, MODE_AUTO, words, argv)
			: spec_new(name, (enum mode)mode, NULL, argv);
	if (!spec)
		return -ENOMEM;
	if (program && *program) {
		spec->program = strdup(program);
		if (!spec->program)
			return -ENOMEM;
	}
	*ret = steal_ptr(spec);
	return 0;
}

int unit_properties_to_spec(const char *name, const struct unit_facts *f, struct sched_spec **ret)
{
	const char *mode_name = find_variable(f->environment, MODE_VARIABLE);
	char *const *words;
	int mode;

	if (!mode_name || strv_len(f->argv) < 2 || strcmp(f->argv[1], OPTION_STANDBY) != 0)
		return -EINVAL;
	words = f->argv + 2;
	if (*words && starts_with(*words, OWN_DUMP_FILE))
		words++;
	mode = mode_from_name(mode_name);
	if (mode < 0 && strcmp(mode_name, MODE_NONE) != 0)
		return -EINVAL;
	return new_spec(name, mode, words, f, ret);
}
