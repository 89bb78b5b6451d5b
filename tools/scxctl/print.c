// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/exit_status.h"
#include "lib/log.h"

#include "print.h"

enum status print_json(sd_json_variant *v)
{
	int r = sd_json_variant_dump(v, SD_JSON_FORMAT_PRETTY_AUTO | SD_JSON_FORMAT_NEWLINE, stdout,
				     NULL);

	if (r >= 0)
		return (enum status)stdout_status();
	log_errno(r, "cannot print JSON: %m");
	return SCXCTL_FAILED;
}

char *time_text(uint64_t us)
{
	time_t seconds = (time_t)(us / 1000000);
	char text[64];
	struct tm tm;

	if (!localtime_r(&seconds, &tm) || strftime(text, sizeof(text), "%F %T", &tm) == 0)
		return strdup("at an unknown time");
	return strdup(text);
}

enum status report_no_memory(void)
{
	log_error("out of memory");
	return SCXCTL_FAILED;
}
