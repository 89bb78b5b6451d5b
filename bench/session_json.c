// SPDX-License-Identifier: GPL-2.0-only
/*
 * A session as a file. Reading checks all that others rely on: indices, names that are
 * unique, and that the first arm is the kernel's own scheduler.
 */
#include <inttypes.h>
#include <string.h>

#include "bench/json.h"
#include "bench/session.h"
#include "lib/file.h"
#include "lib/log.h"

#define FORMAT "aios-bench"

enum { FILE_MAX = 64 * 1024 * 1024 };

static int make_arm(const void *item, sd_json_variant **ret)
{
	const struct arm *a = item;

	return sd_json_buildo(ret, JSON_PAIR_TEXT("label", a->label),
			      JSON_PAIR_TEXT("sched", a->sched), JSON_PAIR_STRV("args", a->args),
			      JSON_PAIR_TEXT("version", a->version));
}

static int make_workload(const void *item, sd_json_variant **ret)
{
	const struct bench_workload *w = item;

	return sd_json_buildo(ret, JSON_PAIR_TEXT("label", w->label),
			      JSON_PAIR_TEXT("kind", w->kind),
			      JSON_PAIR_STRV("command", w->command));
}

static int make_run(const void *item, sd_json_variant **ret)
{
	const struct run *run = item;
	_cleanup_json_ sd_json_variant *measurement = NULL;
	int r = measurement_to_json(&run->measurement, &measurement);

	return r < 0 ? r
		     : sd_json_buildo(ret, SD_JSON_BUILD_PAIR_UNSIGNED("arm", run->arm),
				      SD_JSON_BUILD_PAIR_UNSIGNED("workload", run->workload),
				      SD_JSON_BUILD_PAIR_UNSIGNED("round", run->round),
				      SD_JSON_BUILD_PAIR_REAL("begin", run->begin),
				      SD_JSON_BUILD_PAIR_REAL("seconds", run->seconds),
				      SD_JSON_BUILD_PAIR_STRING("status",
								run_status_names[run->status]),
				      JSON_PAIR_TEXT("reason", run->reason),
				      SD_JSON_BUILD_PAIR_INTEGER("exit_status", run->exit_status),
				      SD_JSON_BUILD_PAIR_VARIANT("measurement", measurement),
				      JSON_PAIR_TEXT("workload_output", run->workload_output),
				      JSON_PAIR_TEXT("sched_output", run->sched_output));
}

static int session_to_json(const struct session *s, sd_json_variant **ret)
{
	_cleanup_json_ sd_json_variant *arms = NULL, *workloads = NULL, *runs = NULL;
	int r = json_make_array(s->arms, s->nr_arms, sizeof(*s->arms), make_arm, &arms);

	if (r >= 0)
		r = json_make_array(s->workloads, s->nr_workloads, sizeof(*s->workloads),
				    make_workload, &workloads);
	if (r >= 0)
		r = json_make_array(s->runs, s->nr_runs, sizeof(*s->runs), make_run, &runs);
	return r < 0 ? r
		     : sd_json_buildo(
			       ret, SD_JSON_BUILD_PAIR_STRING("format", FORMAT),
			       SD_JSON_BUILD_PAIR_UNSIGNED("version", SESSION_VERSION),
			       SD_JSON_BUILD_PAIR_UNSIGNED("began_us", s->began_us),
			       SD_JSON_BUILD_PAIR_UNSIGNED("ended_us", s->ended_us),
			       JSON_PAIR_STRV("command", s->command),
			       SD_JSON_BUILD_PAIR_UNSIGNED("seed", s->seed),
			       SD_JSON_BUILD_PAIR_BOOLEAN("interrupted", s->interrupted),
			       SD_JSON_BUILD_PAIR_CONDITION(s->machine != NULL, "machine",
							    SD_JSON_BUILD_VARIANT(s->machine)),
			       SD_JSON_BUILD_PAIR_VARIANT("arms", arms),
			       SD_JSON_BUILD_PAIR_VARIANT("workloads", workloads),
			       SD_JSON_BUILD_PAIR_VARIANT("runs", runs));
}

int session_write(const struct session *s, int dir_fd, const char *path)
{
	_cleanup_json_ sd_json_variant *v = NULL;
	_cleanup_free_ char *text = NULL;
	int r = session_to_json(s, &v);

	if (r >= 0)
		r = sd_json_variant_format(v, SD_JSON_FORMAT_NEWLINE, &text);
	return r < 0 ? r : write_file(dir_fd, path, text, strlen(text));
}

#define FIELD(of, name, type, dispatch, flags)                                                     \
	{#name, SD_JSON_VARIANT_##type, dispatch, offsetof(struct of, name), flags}
#define NEEDED(of, name, type, dispatch) FIELD(of, name, type, dispatch, SD_JSON_MANDATORY)

_Static_assert(offsetof(struct arm, label) == 0, "labels come first");
_Static_assert(offsetof(struct bench_workload, label) == 0, "labels come first");

/* Whether the last of @nr @items of @size bytes has a label of its own. */
static int check_label(sd_json_variant *v, const void *items, size_t nr, size_t size,
		       struct json_error *e)
{
	const char *item = items, *const *last = (const void *)(item + (nr - 1) * size);

	for (; item < (const char *)last; item += size)
		if (strcmp(*(const char *const *)item, *last) == 0)
			return json_error_set(e, v, "label", "must be unique, '%s' is not", *last);
	return 0;
}

static const sd_json_dispatch_field arm_fields[] = {
	NEEDED(arm, label, STRING, sd_json_dispatch_string),
	FIELD(arm, sched, STRING, sd_json_dispatch_string, 0),
	FIELD(arm, args, ARRAY, sd_json_dispatch_strv, 0),
	FIELD(arm, version, STRING, sd_json_dispatch_string, 0),
	{},
};

static int read_arm(sd_json_variant *v, void *session, struct json_error *e)
{
	struct session *s = session;
	struct arm *arm = &s->arms[s->nr_arms++];
	int r = json_read_object(v, arm_fields, arm, e);

	if (r < 0)
		return r;
	if (arm == s->arms && arm->sched)
		return json_error_set(e, v, "sched",
				      "must be missing: the kernel's own scheduler comes first");
	return check_label(v, s->arms, s->nr_arms, sizeof(*arm), e);
}

static const sd_json_dispatch_field workload_fields[] = {
	NEEDED(bench_workload, label, STRING, sd_json_dispatch_string),
	NEEDED(bench_workload, kind, STRING, sd_json_dispatch_string),
	NEEDED(bench_workload, command, ARRAY, sd_json_dispatch_strv),
	{},
};

static int read_workload(sd_json_variant *v, void *session, struct json_error *e)
{
	struct session *s = session;
	struct bench_workload *w = &s->workloads[s->nr_workloads++];
	int r = json_read_object(v, workload_fields, w, e);

	return r < 0 ? r : check_label(v, s->workloads, s->nr_workloads, sizeof(*w), e);
}

/* What a run's members are before they become those of struct run. */
struct run_words {
	const char *status;
	sd_json_variant *measurement;
};

static const sd_json_dispatch_field run_words_fields[] = {
	NEEDED(run_words, status, STRING, sd_json_dispatch_const_string),
	NEEDED(run_words, measurement, OBJECT, sd_json_dispatch_variant_noref),
	{},
};

static const sd_json_dispatch_field run_fields[] = {
	NEEDED(run, arm, UNSIGNED, sd_json_dispatch_uint),
	NEEDED(run, workload, UNSIGNED, sd_json_dispatch_uint),
	NEEDED(run, round, UNSIGNED, sd_json_dispatch_uint),
	NEEDED(run, begin, NUMBER, json_dispatch_number),
	NEEDED(run, seconds, NUMBER, json_dispatch_number),
	FIELD(run, reason, STRING, sd_json_dispatch_string, 0),
	NEEDED(run, exit_status, INTEGER, sd_json_dispatch_int),
	FIELD(run, workload_output, STRING, sd_json_dispatch_string, 0),
	FIELD(run, sched_output, STRING, sd_json_dispatch_string, 0),
	{},
};

static int check_below(sd_json_variant *v, const char *name, unsigned value, size_t end,
		       struct json_error *e)
{
	return value < end ? 0
			   : json_error_set(e, v, name, "must be less than %zu, is %u", end, value);
}

static int read_status(sd_json_variant *v, const char *status, enum run_status *ret,
		       struct json_error *e)
{
	char known[128] = "";

	for (int i = 0; i < NR_RUN_STATUSES; i++) {
		if (strcmp(run_status_names[i], status) == 0) {
			*ret = i;
			return 0;
		}
		(void)strncat(known, run_status_names[i], sizeof(known) - strlen(known) - 1);
		(void)strncat(known, ", ", sizeof(known) - strlen(known) - 1);
	}
	return json_error_set(e, v, "status", "must be one of %sis '%s'", known, status);
}

static int read_run(sd_json_variant *v, void *session, struct json_error *e)
{
	struct session *s = session;
	struct run *run = &s->runs[s->nr_runs++];
	struct run_words words = {};
	int r = json_read_object(v, run_fields, run, e);

	if (r >= 0)
		r = json_read_object(v, run_words_fields, &words, e);
	if (r >= 0)
		r = check_below(v, "arm", run->arm, s->nr_arms, e);
	if (r >= 0)
		r = check_below(v, "workload", run->workload, s->nr_workloads, e);
	if (r >= 0)
		r = read_status(v, words.status, &run->status, e);
	if (r < 0)
		return r;
	r = measurement_from_json(words.measurement, &run->measurement, e);
	return r == -EBADMSG ? json_error_within(e, "measurement") : r;
}

struct header {
	const char *format;
	uint64_t version;
};

static const sd_json_dispatch_field header_fields[] = {
	NEEDED(header, format, STRING, sd_json_dispatch_const_string),
	NEEDED(header, version, UNSIGNED, sd_json_dispatch_uint64),
	{},
};

static int read_header(sd_json_variant *v, struct json_error *e)
{
	struct header header = {};
	int r = json_read_object(v, header_fields, &header, e);

	if (r < 0)
		return r;
	if (strcmp(header.format, FORMAT) != 0)
		return json_error_set(e, v, "format", "must be '" FORMAT "', is '%s'",
				      header.format);
	if (header.version == 0)
		return json_error_set(e, v, "version", "must be from 1 to %d, is 0",
				      SESSION_VERSION);
	if (header.version > SESSION_VERSION) {
		(void)json_error_set(e, v, "version",
				     "is %" PRIu64
				     ", but this program only knows versions up to %d",
				     header.version, SESSION_VERSION);
		return -EPROTONOSUPPORT;
	}
	return 0;
}

static const sd_json_dispatch_field session_fields[] = {
	NEEDED(session, began_us, UNSIGNED, sd_json_dispatch_uint64),
	NEEDED(session, ended_us, UNSIGNED, sd_json_dispatch_uint64),
	FIELD(session, command, ARRAY, sd_json_dispatch_strv, 0),
	NEEDED(session, seed, UNSIGNED, sd_json_dispatch_uint64),
	NEEDED(session, interrupted, BOOLEAN, sd_json_dispatch_stdbool),
	FIELD(session, machine, OBJECT, sd_json_dispatch_variant, 0),
	{},
};

struct lists {
	sd_json_variant *arms, *workloads, *runs;
};

static const sd_json_dispatch_field lists_fields[] = {
	NEEDED(lists, arms, ARRAY, sd_json_dispatch_variant_noref),
	NEEDED(lists, workloads, ARRAY, sd_json_dispatch_variant_noref),
	NEEDED(lists, runs, ARRAY, sd_json_dispatch_variant_noref),
	{},
};

/* The readers of arrays fill them from the start and count as they go. */
static int allocate(struct session *s, const struct lists *lists)
{
	s->arms = calloc(sd_json_variant_elements(lists->arms) + 1, sizeof(*s->arms));
	s->workloads =
		calloc(sd_json_variant_elements(lists->workloads) + 1, sizeof(*s->workloads));
	s->runs = calloc(sd_json_variant_elements(lists->runs) + 1, sizeof(*s->runs));
	return s->arms && s->workloads && s->runs ? 0 : -ENOMEM;
}

static int session_from_json(sd_json_variant *v, struct session *s, struct json_error *e)
{
	struct lists lists = {};
	int r = read_header(v, e);

	if (r >= 0)
		r = json_read_object(v, session_fields, s, e);
	if (r >= 0)
		r = json_read_object(v, lists_fields, &lists, e);
	if (r >= 0 && sd_json_variant_elements(lists.arms) == 0)
		r = json_error_set(e, v, "arms", "must not be empty");
	if (r >= 0)
		r = allocate(s, &lists);
	if (r >= 0)
		r = json_read_array(lists.arms, "arms", read_arm, s, e);
	if (r >= 0)
		r = json_read_array(lists.workloads, "workloads", read_workload, s, e);
	if (r >= 0)
		r = json_read_array(lists.runs, "runs", read_run, s, e);
	return r;
}

static int load(int dir_fd, const char *path, sd_json_variant **ret)
{
	_cleanup_free_ char *text = NULL;
	unsigned line = 1, column = 1;
	size_t size;
	int r = read_file(dir_fd, path, FILE_MAX, &text, &size);

	if (r < 0)
		return log_errno(r, "cannot read %s: %m", path);
	if (strlen(text) != size) {
		log_error("%s: byte %zu is 0, which no JSON file has", path, strlen(text) + 1);
		return -EBADMSG;
	}
	r = sd_json_parse_with_source(text, path, 0, ret, &line, &column);
	if (r == -ENOMEM)
		return log_errno(r, "cannot read %s: %m", path);
	if (r < 0) {
		log_error("%s:%u:%u: not JSON, or cut off here", path, line, column);
		return -EBADMSG;
	}
	return 0;
}

int session_read(int dir_fd, const char *path, struct session *ret)
{
	_cleanup_json_ sd_json_variant *v = NULL;
	_cleanup_session_ struct session s = {};
	struct json_error e = {};
	int r = load(dir_fd, path, &v);

	if (r < 0)
		return r;
	r = session_from_json(v, &s, &e);
	if (r == -EBADMSG || r == -EPROTONOSUPPORT)
		log_error("%s:%u:%u: %s%s%s", path, e.line, e.column, e.path, *e.path ? " " : "",
			  e.what);
	else if (r < 0)
		return log_errno(r, "cannot read %s: %m", path);
	if (r < 0)
		return r;
	*ret = s;
	s = (struct session){};
	return 0;
}
