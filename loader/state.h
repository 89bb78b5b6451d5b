/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What outlives the loader.
 *
 *	/run/aios/request       what is wanted, for a loader that is started again
 *	/var/lib/aios/failures  N.json, a record of each of the last failures, N.dump the
 *	                        kernel's debug dump of it; N grows
 *	/var/lib/aios/boots     which scheduler is being tried at boot, how often in a row
 *	                        that has come to nothing, and with which kernel and program
 */
#pragma once

/* as systemd makes them: RuntimeDirectory= and StateDirectory= */
#define RUNTIME_DIR "/run/aios"
#define STATE_DIR "/var/lib/aios"

#include <stddef.h>
#include <stdint.h>

#include <systemd/sd-json.h>

#include "requests.h"

enum {
	STATE_MAX_RECORDS = 20, /* failures with dumps that are kept, twice as many without ... */
	STATE_MAX_BYTES = 8 * 1024 * 1024, /* ... as long as all of it is no larger */
};

/* All take @root_fd, a directory that stands for /; 0 or a negative errno if not said otherwise. */

/* -ENOENT: a loader that did not end otherwise than by being told to. */
int state_load_request(int root_fd, struct request *ret);
int state_save_request(int root_fd, const struct request *r);

/* The number that no record has yet, and above all those; makes the directory for them and dumps.
 */
uint64_t state_next_number(int root_fd);
/* Where the dump of record @nr goes; NULL when out of memory. */
char *state_dump_path(uint64_t nr);

struct failure_record {
	const char *sched;
	const char *what;   /* as spec_describe() says it */
	const char *kind;   /* as unit_exit_word() says it */
	const char *reason; /* as unit_exit_describe() says it */
};

/*
 * Writes record @nr of now, and removes old ones. *ret_dump is the path of the
 * kernel's dump, NULL if it left none.
 */
int state_add_failure(int root_fd, uint64_t nr, const struct failure_record *f, char **ret_dump);

/* All records, the oldest first, as a JSON array of objects. */
int state_read_failures(int root_fd, sd_json_variant **ret);

/* How many boots in a row before this one have failed with it, this kernel and its program. */
int state_bad_boots(int root_fd, const char *sched);
/*
 * It is tried at boot: counts this one as failed until state_clear_boot() says otherwise,
 * so that a machine that hangs counts, too.
 */
int state_begin_boot(int root_fd, const char *sched);
int state_clear_boot(int root_fd, const char *sched);
