// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "exit_status.h"
#include "log.h"

enum exit_status stdout_status(void)
{
	if (fflush(stdout) == 0)
		return STATUS_OK;
	log_error("cannot write to standard output: %m");
	return STATUS_FAILED;
}
