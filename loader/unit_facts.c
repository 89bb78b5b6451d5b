// SPDX-License-Identifier: GPL-2.0-only
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/wait.h>

#include "lib/exit_status.h"
#include "lib/util.h"

#include "unit_facts.h"

/* systemd's own exit statuses, for what fails between fork() and the program */
enum {
	EXIT_SYSTEMD_FIRST = 200,
	EXIT_SYSTEMD_EXEC = 203,
	EXIT_SYSTEMD_LAST = 245,
};

static const struct {
	const char *name;
	const char *type;
	size_t offset;
} fact_table[] = {
	{"ActiveState", "s", offsetof(struct unit_facts, active_state)},
	{"Result", "s", offsetof(struct unit_facts, result)},
	{"StatusText", "s", offsetof(struct unit_facts, status_text)},
	{"ExecMainCode", "i", offsetof(struct unit_facts, exec_code)},
	{"ExecMainStatus", "i", offsetof(struct unit_facts, exec_status)},
};

static int read_fact(sd_bus_message *m, struct unit_facts *f, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(fact_table); i++)
		if (strcmp(fact_table[i].name, name) == 0)
			return sd_bus_message_read(m, "v", fact_table[i].type,
						   (char *)f + fact_table[i].offset);
	return sd_bus_message_skip(m, "v");
}

int unit_facts_read(sd_bus_message *m, struct unit_facts *ret)
{
	const char *name;
	int r;

	*ret = (struct unit_facts){"", "", "", 0, 0};
	r = sd_bus_message_enter_container(m, 'a', "{sv}");
	if (r < 0)
		return r;
	while ((r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
		r = sd_bus_message_read(m, "s", &name);
		if (r < 0)
			return r;
		r = read_fact(m, ret, name);
		if (r < 0)
			return r;
		r = sd_bus_message_exit_container(m);
		if (r < 0)
			return r;
	}
	return r;
}

bool unit_is_gone(const char *active_state)
{
	return strcmp(active_state, "inactive") == 0 || strcmp(active_state, "failed") == 0;
}

static bool is_result(const struct unit_facts *f, const char *result)
{
	return strcmp(f->result, result) == 0;
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
		return (struct unit_exit){UNIT_EXITED, STATUS_OK, NULL};
	if (f->exec_code != CLD_EXITED)
		return (struct unit_exit){.kind = UNIT_KILLED, .status = f->exec_status};
	if (f->exec_status == EXIT_SYSTEMD_EXEC)
		return (struct unit_exit){.kind = UNIT_NO_EXEC};
	if (f->exec_status >= EXIT_SYSTEMD_FIRST && f->exec_status <= EXIT_SYSTEMD_LAST)
		return (struct unit_exit){UNIT_REFUSED, 0, "systemd could not set up its sandbox"};
	return (struct unit_exit){UNIT_EXITED, f->exec_status,
				  f->exec_status ? f->status_text : NULL};
}
