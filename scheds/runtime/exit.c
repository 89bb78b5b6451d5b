// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "lib/util.h"
#include "runtime/exit.h"

#define RULE_WIDTH 80

enum exit_action exit_action(const struct scx_exit_report *report)
{
	if (report->error)
		return EXIT_ACTION_EJECTED;
	return report->restart ? EXIT_ACTION_RESTART : EXIT_ACTION_END;
}

char *exit_message(const struct scx_exit_report *report)
{
	char *text;
	int r;

	if (report->message[0])
		r = asprintf(&text, "%s (%s)", report->reason, report->message);
	else
		r = asprintf(&text, "%s", report->reason);
	return r < 0 ? NULL : text;
}

static void print_rule(FILE *f)
{
	for (int i = 0; i < RULE_WIDTH; i++)
		(void)fputc('=', f);
	(void)fputc('\n', f);
}

void exit_print_dump(FILE *f, const struct scx_exit_report *report)
{
	size_t length = strlen(report->dump);

	if (length == 0)
		return;
	print_rule(f);
	(void)fputs(report->dump, f);
	if (report->dump[length - 1] != '\n')
		(void)fputc('\n', f);
	print_rule(f);
}

int restart_budget_take(struct restart_budget *budget, uint64_t now_us)
{
	if (budget->nr_used == 0 || now_us - budget->window_start_us >= RESTART_WINDOW_US)
		*budget = (struct restart_budget){.window_start_us = now_us};
	if (budget->nr_used == RESTART_LIMIT)
		return -EBUSY;
	budget->nr_used++;
	return 0;
}
