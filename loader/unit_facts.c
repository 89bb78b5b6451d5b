// SPDX-License-Identifier: GPL-2.0-only
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/wait.h>

#include "lib/exit_status.h"
#include "lib/notify.h"
#include "lib/strv.h"

#include "unit_facts.h"

/* systemd's own exit statuses, for what fails between fork() and the program */
enum {
	EXIT_SYSTEMD_FIRST = 200,
	EXIT_SYSTEMD_EXEC = 203,
	EXIT_SYSTEMD_LAST = 245,
};

static int read_strings(sd_bus_message *m, char ***ret)
{
	int r;

	r = sd_bus_message_enter_container(m, 'v', "as");
	if (r < 0)
		return r;
	*ret = strv_free(*ret);
	r = sd_bus_message_read_strv(m, ret);
	return r < 0 ? r : sd_bus_message_exit_container(m);
}

/* The argument list of the first command. */
static int read_command(sd_bus_message *m, char ***ret)
{
	int r;

	r = sd_bus_message_enter_container(m, 'v', "a(sasbttttuii)");
	if (r < 0)
		return r;
	r = sd_bus_message_enter_container(m, 'a', "(sasbttttuii)");
	if (r < 0)
		return r;
	while ((r = sd_bus_message_enter_container(m, 'r', "sasbttttuii")) > 0) {
		r = sd_bus_message_skip(m, "s");
		if (r < 0)
			return r;
		*ret = strv_free(*ret);
		r = sd_bus_message_read_strv(m, ret);
		if (r < 0)
			return r;
		r = sd_bus_message_skip(m, "bttttuii");
		if (r < 0)
			return r;
		r = sd_bus_message_exit_container(m);
		if (r < 0)
			return r;
	}
	if (r < 0)
		return r;
	r = sd_bus_message_exit_container(m);
	return r < 0 ? r : sd_bus_message_exit_container(m);
}

static const struct {
	const char *name;
	const char *type;
	int (*read)(sd_bus_message *m, char ***ret); /* NULL: sd_bus_message_read() */
	size_t offset;
} fact_table[] = {
	{"ActiveState", "s", NULL, offsetof(struct unit_facts, active_state)},
	{"Result", "s", NULL, offsetof(struct unit_facts, result)},
	{"StatusText", "s", NULL, offsetof(struct unit_facts, status_text)},
	{"ExecMainCode", "i", NULL, offsetof(struct unit_facts, exec_code)},
	{"ExecMainStatus", "i", NULL, offsetof(struct unit_facts, exec_status)},
	{"Environment", NULL, read_strings, offsetof(struct unit_facts, environment)},
	{"ExecStart", NULL, read_command, offsetof(struct unit_facts, argv)},
};

static int read_fact(sd_bus_message *m, struct unit_facts *f, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(fact_table); i++) {
		void *member = (char *)f + fact_table[i].offset;

		if (strcmp(fact_table[i].name, name) != 0)
			continue;
		if (fact_table[i].read)
			return fact_table[i].read(m, member);
		return sd_bus_message_read(m, "v", fact_table[i].type, member);
	}
	return sd_bus_message_skip(m, "v");
}

static int read_facts(sd_bus_message *m, struct unit_facts *f)
{
	const char *name;
	int r;

	r = sd_bus_message_enter_container(m, 'a', "{sv}");
	if (r < 0)
		return r;
	while ((r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
		r = sd_bus_message_read(m, "s", &name);
		if (r < 0)
			return r;
		r = read_fact(m, f, name);
		if (r < 0)
			return r;
		r = sd_bus_message_exit_container(m);
		if (r < 0)
			return r;
	}
	return r;
}

int unit_facts_read(sd_bus_message *m, struct unit_facts *ret)
{
	int r;

	*ret = (struct unit_facts){.active_state = "", .result = "", .status_text = ""};
	r = read_facts(m, ret);
	if (r < 0)
		unit_facts_finish(ret);
	return r;
}

void unit_facts_finish(struct unit_facts *f)
{
	strv_free(f->argv);
	strv_free(f->environment);
	f->argv = f->environment = NULL;
}

bool unit_is_gone(const char *active_state)
{
	return strcmp(active_state, "inactive") == 0 || strcmp(active_state, "failed") == 0;
}

static bool is_result(const struct unit_facts *f, const char *result)
{
	return strcmp(f->result, result) == 0;
}

/* What it said while all was well is no reason of its end. */
static const char *last_words(const struct unit_facts *f)
{
	if (strcmp(f->status_text, NOTIFY_SCHEDULING) == 0 ||
	    strcmp(f->status_text, NOTIFY_LOADED) == 0)
		return NULL;
	return f->status_text;
}

struct unit_exit unit_facts_to_exit(const struct unit_facts *f)
{
	if (is_result(f, "timeout") || is_result(f, "watchdog"))
		return (struct unit_exit){.kind = UNIT_TIMEOUT};
	if (is_result(f, "oom-kill"))
		return (struct unit_exit){UNIT_KILLED, SIGKILL, "out of memory"};
	if (f->exec_code == 0)
		return (struct unit_exit){UNIT_REFUSED, 0, f->result};
	/* SIGTERM and its like count as success */
	if (is_result(f, "success"))
		return (struct unit_exit){UNIT_EXITED, STATUS_OK, last_words(f)};
	if (f->exec_code != CLD_EXITED)
		return (struct unit_exit){.kind = UNIT_KILLED, .status = f->exec_status};
	if (f->exec_status == EXIT_SYSTEMD_EXEC)
		return (struct unit_exit){UNIT_NO_EXEC, 0, f->argv ? f->argv[0] : NULL};
	if (f->exec_status >= EXIT_SYSTEMD_FIRST && f->exec_status <= EXIT_SYSTEMD_LAST)
		return (struct unit_exit){UNIT_REFUSED, 0, "systemd could not set up its sandbox"};
	return (struct unit_exit){UNIT_EXITED, f->exec_status, last_words(f)};
}
