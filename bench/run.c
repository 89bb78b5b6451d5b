// SPDX-License-Identifier: GPL-2.0-only
/*
 * The verb run: from the command line to a session in a file.
 *
 * In each round every workload runs once under each arm, the arms in the order that order.h
 * gives, so that a machine that drifts drifts for all of them. The session is written before the
 * first run and after each round; what ends us early leaves all but the last round behind.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/clock.h"
#include "lib/log.h"
#include "lib/strv.h"

#include "bench/analysis.h"
#include "bench/machine.h"
#include "bench/order.h"
#include "bench/report/output.h"
#include "bench/report/report_text.h"
#include "bench/runner.h"
#include "bench/setup.h"
#include "bench/verbs.h"

#define MAX_ROUNDS 1000
#define SESSION_BEGIN "{\"format\":\"aios-bench\""
#define MAX_TIMEOUT_MS UINT64_C(86400000)
#define MAX_LIMIT_MS UINT64_C(31536000000)

// clang-format off
#define RUN(member) .offset = offsetof(struct run_options, member)

static const struct option_info run_options[] = {
	{"workload", 'w', OPTION_STRING, RUN(workloads), "LIST",
	 "workloads of 'aios-bench list', with commas between, each with its own options, quoted as for a shell"},
	{"schedulers", 's', OPTION_STRING, RUN(schedulers), "LIST",
	 "schedulers to compare with the kernel's own: all, production (those for every day, the default), none, or a list like that of --workload; 'kernel' in it is the kernel's own once more"},
	{"rounds", 'n', OPTION_NUMBER, RUN(nr_rounds), "NR",
	 "measure so many rounds, in each of which everything runs once", .min = 2, .max = MAX_ROUNDS},
	{"warmup", 0, OPTION_NUMBER, RUN(nr_warmups), "NR",
	 "rounds before them that do not count", .min = 0, .max = 100},
	{"until", 0, OPTION_NUMBER, RUN(until), "PERCENT",
	 "after --rounds go on until the interval of each workload's first metric is that tight; 0: do not",
	 .min = 0, .max = 100},
	{"time-limit", 0, OPTION_SECONDS, RUN(time_limit_ms), "SEC",
	 "begin no round after so many seconds", .min = 1000, .max = MAX_LIMIT_MS},
	{"timeout", 0, OPTION_SECONDS, RUN(timeout_ms), "SEC",
	 "end a run that takes longer; 300 if not given", .min = 100, .max = MAX_TIMEOUT_MS},
	{"drop-caches", 0, OPTION_FLAG, RUN(drop_caches), NULL,
	 "drop the page cache before each run"},
	{"metric", 0, OPTION_STRINGS, RUN(metrics), "SPEC",
	 "a number in the output of COMMAND, NAME[:UNIT]:lower|higher|none:regex:PATTERN or ...:json:PATH; may be given again"},
	{"bpf-cost", 0, OPTION_FLAG, RUN(bpf_cost), NULL,
	 "measure the time that the callbacks of schedulers take, which costs some itself"},
	{"wakeup-wait", 0, OPTION_STRING, RUN(wakeup_wait), "NAME",
	 "measure how long tasks with this name, or 'all', wait for a CPU when they wake up, which costs some itself"},
	{"seed", 0, OPTION_NUMBER, RUN(seed), "NR",
	 "number that the order of the schedulers follows from", .min = 0, .max = UINT32_MAX},
	{"output", 'o', OPTION_STRING, RUN(output), "FILE",
	 "write the session to FILE; aios-bench-DATE.json if not given"},
	{"quiet", 'q', OPTION_FLAG, RUN(quiet), NULL, "print nothing but errors"},
};
// clang-format on

static const struct run_options defaults = {
	.schedulers = "production",
	.nr_rounds = 10,
	.nr_warmups = 1,
	.timeout_ms = 300000,
	.seed = 1,
};

static int write_session(struct runner *r, const char *path)
{
	int k = session_write(&r->session, AT_FDCWD, path);

	if (k >= 0)
		return 0;
	progress_clear(&r->progress);
	return log_errno(k, "cannot write the session to %s: %m", path);
}

/* --- rounds */

static int run_workload(struct runner *r, unsigned round, unsigned workload, const unsigned *order)
{
	int k = 0;

	for (size_t i = 0; k >= 0 && i < r->session.nr_arms; i++)
		k = r->is_interrupted ? -ECANCELED : measure(r, round, workload, order[i]);
	return k;
}

/* @round is 0 for warm-ups; @nr counts them, too. */
static int run_round(struct runner *r, unsigned round, unsigned nr)
{
	_cleanup_free_ unsigned *order = calloc(r->session.nr_arms, sizeof(*order));
	int k = order ? order_of_round(r->session.nr_arms, nr, r->session.seed, order) : -ENOMEM;

	if (k < 0)
		return log_errno(k, "cannot go on: %m");
	for (unsigned w = 0; k >= 0 && w < r->session.nr_workloads; w++)
		k = run_workload(r, round, w, order);
	return k;
}

static bool is_late(const struct runner *r)
{
	return r->options->time_limit_ms &&
	       monotonic_us() - r->began_us >= r->options->time_limit_ms * 1000;
}

static bool is_tight(const struct runner *r)
{
	struct analysis a;
	bool tight;

	if (analysis_make(&r->session, &a) < 0)
		return true;
	tight = analysis_is_tight(&a, NULL, (double)r->options->until);
	analysis_finish(&a);
	return tight;
}

static bool wants_round(const struct runner *r, unsigned round)
{
	if (round > MAX_ROUNDS || is_late(r))
		return false;
	return round <= r->options->nr_rounds || (r->options->until && !is_tight(r));
}

/* Not one run has counted, not even as a warm-up. */
static bool is_hopeless(const struct session *s)
{
	for (size_t i = 0; i < s->nr_runs; i++)
		if (s->runs[i].status == RUN_OK)
			return false;
	return true;
}

static int run_rounds(struct runner *r, const char *path)
{
	unsigned nr_warmups = (unsigned)r->options->nr_warmups;
	bool is_in_vain = false;
	int k = 0;

	for (unsigned i = 0; k >= 0 && i < nr_warmups; i++)
		k = run_round(r, 0, i);
	for (unsigned round = 1; k >= 0 && !is_in_vain && wants_round(r, round); round++) {
		k = run_round(r, round, nr_warmups + round - 1);
		if (k >= 0)
			k = write_session(r, path);
		is_in_vain = is_hopeless(&r->session);
	}
	if (k >= 0 && is_in_vain) {
		progress_clear(&r->progress);
		log_error("no run counts, so there is no second round");
	}
	return k;
}

/* --- the end */

static enum exit_status report(const struct runner *r, const char *path)
{
	struct screen screen;
	struct analysis a;
	int k = analysis_make(&r->session, &a);

	if (k < 0)
		return output_status(k, "a report");
	output_screen(&screen, &(struct output_options){});
	k = report_text(stdout, &screen, &a, path);
	analysis_finish(&a);
	return k < 0 ? output_status(k, "a report") : stdout_status();
}

/* Of the status of runs, whether it says something about the scheduler. */
static const bool is_of_sched[NR_RUN_STATUSES] = {
	[RUN_NOT_ATTACHED] = true,
	[RUN_EJECTED] = true,
	[RUN_REJECTED] = true,
	[RUN_DISTURBED] = true,
};

/* 0 if every run counts. */
static enum exit_status judge(const struct session *s)
{
	enum exit_status status = STATUS_OK;

	for (size_t i = 0; i < s->nr_runs; i++) {
		if (is_of_sched[s->runs[i].status])
			return STATUS_EJECTED;
		if (s->runs[i].status != RUN_OK)
			status = STATUS_FAILED;
	}
	return status;
}

static enum exit_status finish(struct runner *r, const char *path, int result)
{
	enum exit_status status;

	r->session.ended_us = realtime_us();
	r->session.interrupted = result == -ECANCELED;
	progress_end(&r->progress);
	if (write_session(r, path) < 0 || (result < 0 && result != -ECANCELED))
		return STATUS_FAILED;
	status = r->options->quiet ? STATUS_OK : report(r, path);
	if (r->session.interrupted)
		log_warning("interrupted; what was measured is in %s", path);
	else
		log_info("the session is in %s", path);
	if (r->session.interrupted || status != STATUS_OK)
		return STATUS_FAILED;
	return judge(&r->session);
}

/* "aios-bench-20261126-093000.json" */
static const char *default_path(char *buffer, size_t size)
{
	time_t now = (time_t)(realtime_us() / 1000000);
	struct tm tm;

	(void)strftime(buffer, size, "aios-bench-%Y%m%d-%H%M%S.json", localtime_r(&now, &tm));
	return buffer;
}

static enum exit_status run_session(struct runner *r)
{
	char buffer[64];
	const char *path = r->options->output ?: default_path(buffer, sizeof(buffer));
	int k;

	if (output_check_target("output", path, SESSION_BEGIN, "session") < 0)
		return STATUS_USAGE;
	r->began_us = monotonic_us();
	r->session.began_us = realtime_us();
	if (write_session(r, path) < 0)
		return STATUS_FAILED;
	k = progress_begin(&r->progress, r->event, r->options->quiet);
	if (k < 0)
		return output_status(k, "a bar");
	r->progress.is_open_ended = r->options->until;
	r->progress.nr_total = (unsigned)((r->options->nr_warmups + r->options->nr_rounds) *
					  r->session.nr_arms * r->session.nr_workloads);
	k = run_rounds(r, path);
	return finish(r, path, k);
}

static enum exit_status run(const void *conf, char **words)
{
	struct runner runner = {.options = conf};
	enum exit_status status;

	if (runner.options->quiet)
		log_set_max_level(LOG_LEVEL_ERROR);
	status = setup(&runner, words);
	if (status == STATUS_OK)
		status = run_session(&runner);
	setup_undo(&runner);
	return status;
}

static void finish_options(void *conf)
{
	struct run_options *o = conf;

	o->metrics = strv_free(o->metrics);
}

const struct verb verb_run = {
	.name = "run",
	.help = "measure workloads under schedulers",
	.arguments = " [[--] COMMAND [ARGUMENT]...]",
	.options = run_options,
	.nr_options = ARRAY_SIZE(run_options),
	.defaults = &defaults,
	.conf_size = sizeof(struct run_options),
	.max_words = SIZE_MAX,
	.finish = finish_options,
	.run = run,
};
