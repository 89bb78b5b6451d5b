/* SPDX-License-Identifier: GPL-2.0-only */
/* Exit status of every program of the project; the man pages and units name the same numbers. */
#pragma once

enum exit_status {
	STATUS_OK = 0,
	STATUS_FAILED = 1,
	STATUS_USAGE = 2,   /* bad command line or configuration: trying again cannot help */
	STATUS_KERNEL = 3,  /* this kernel cannot run it: trying again cannot help */
	STATUS_EJECTED = 4, /* the kernel threw the scheduler out */
	STATUS_AGAIN = 75,  /* EX_TEMPFAIL: aios-loader lost its connection to systemd */
};

/* Writes out what is left for stdout; a status, because output that is lost is a failure. */
enum exit_status stdout_status(void);
