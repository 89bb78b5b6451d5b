// SPDX-License-Identifier: GPL-2.0-only
#include <stdbool.h>
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
	size_t length = strnlen(report->dump, report->dump_len);

	if (length == 0)
		return;
	print_rule(f);
	(void)fputs(report->dump, f);
	if (report->dump[length - 1] != '\n')
		(void)fputc('\n', f);
	print_rule(f);
}

static int write_dump(const char *path, const struct scx_exit_report *report)
{
	_cleanup_free_ char *message = exit_message(report);
	FILE *f = fopen(path, "we");
	bool failed;

	if (!f)
		return -errno;
	(void)fprintf(f, "%s\n\n%s", message ?: report->reason, report->dump);
	failed = fflush(f) != 0 || fsync(fileno(f)) < 0;
	if (failed) {
		int r = -errno;

		(void)fclose(f);
		return r;
	}
	return fclose(f) == 0 ? 0 : -errno;
}

int exit_save_dump(const char *path, const struct scx_exit_report *report)
{
	_cleanup_free_ char *temporary = NULL;
	int r;

	if (asprintf(&temporary, "%s.new", path) < 0)
		return -ENOMEM;
	r = write_dump(temporary, report);
	if (r == 0 && rename(temporary, path) < 0)
		r = -errno;
	if (r < 0)
		(void)unlink(temporary);
	return r;
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
