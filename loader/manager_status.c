// SPDX-License-Identifier: GPL-2.0-only
/* What the manager shows of itself. */
#include <stdarg.h>
#include <stdio.h>

#include "manager.h"

#define S_US UINT64_C(1000000)

const char *const manager_state_names[NR_MANAGER_STATES] = {
	[MANAGER_IDLE] = "idle",       [MANAGER_STARTING] = "starting",
	[MANAGER_RUNNING] = "running", [MANAGER_STOPPING] = "stopping",
	[MANAGER_WAITING] = "waiting", [MANAGER_BLOCKED] = "blocked",
	[MANAGER_FAILED] = "failed",
};

bool manager_has_kernel(const struct manager *m)
{
	for (unsigned i = 0; i < NR_SLOTS; i++)
		if (m->slots[i].state >= SLOT_ATTACHING)
			return true;
	return false;
}

const struct sched_spec *manager_running(const struct manager *m)
{
	for (unsigned i = 0; i < NR_SLOTS; i++)
		if (m->slots[i].state == SLOT_ATTACHED && !m->slots[i].is_away)
			return m->slots[i].spec;
	return NULL;
}

enum manager_state manager_shown_state(const struct manager *m)
{
	bool is_away = m->candidate && m->candidate->is_away;

	return m->state == MANAGER_RUNNING && is_away ? MANAGER_STARTING : m->state;
}

static char *status_line(const char *format, ...) _printf_(1, 2);

static char *status_line(const char *format, ...)
{
	va_list ap;
	char *line;
	int n;

	va_start(ap, format);
	n = vasprintf(&line, format, ap);
	va_end(ap);
	return n < 0 ? NULL : line;
}

/* The timer may be late. */
static unsigned seconds_to_attempt(const struct manager *m)
{
	uint64_t now = m->ops->now_us(m->userdata);

	return m->next_attempt_us > now ? (unsigned)((m->next_attempt_us - now) / S_US) : 0;
}

char *manager_status(const struct manager *m)
{
	_cleanup_free_ char *what = m->target ? spec_describe(m->target) : NULL;
	const char *name = what ?: "the scheduler";
	const char *reason = m->reason ?: "";

	switch (manager_shown_state(m)) {
	case MANAGER_IDLE:
		return status_line("%s%sthe kernel's own scheduler is in use", reason,
				   m->reason ? "; " : "");
	case MANAGER_STARTING:
		return status_line(m->state == MANAGER_RUNNING ? "the kernel has let go of %s"
							       : "starting %s",
				   name);
	case MANAGER_RUNNING:
		return status_line("%s is running%s%s", name, m->reason ? "; " : "", reason);
	case MANAGER_STOPPING:
		return status_line("stopping");
	case MANAGER_WAITING:
		return status_line("%s; next attempt in %u s", reason, seconds_to_attempt(m));
	case MANAGER_BLOCKED:
		return status_line("%s", reason);
	case MANAGER_FAILED:
	case NR_MANAGER_STATES:
		break;
	}
	return status_line("gave up: %s; the kernel's own scheduler is in use", reason);
}
