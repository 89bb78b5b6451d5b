// SPDX-License-Identifier: GPL-2.0-only
/*
 * One run. It counts only if all of this went well, and the first that did not is its status:
 *
 *	the arm is in charge -> the command ends, with status 0 -> the arm is still in charge ->
 *	its output is understood
 *
 * but if the arm was not in charge all the time, that is what is said, as what the command did
 * then says nothing.
 *
 * We watch with a real-time priority, which is above whatever a sched_ext scheduler decides: it
 * cannot keep us from seeing the end in time, nor from ending it. Children do not inherit that.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "lib/catalog.h"
#include "lib/clock.h"
#include "lib/log.h"

#include "bench/command.h"
#include "bench/last_words.h"
#include "bench/runner.h"

#define MAX_OUTPUT (64 * 1024 * 1024)

/* What is on both sides of a run. */
struct around {
	struct machine_counts before, after;
	bool has_counts, has_cost;
};

static bool should_stop(void *userdata)
{
	const struct runner *r = userdata;

	return r->is_interrupted || control_is_lost(&r->control);
}

/* The command is about to begin. */
static int follow(pid_t pid, void *userdata)
{
	struct runner *r = userdata;

	return r->waits ? wakeup_wait_begin(r->waits, pid) : 0;
}

struct priority {
	int policy; /* of before; -1: it was not raised */
	struct sched_param param;
};

/* Who has no right to it has to do without. */
static void raise_priority(struct priority *p)
{
	const struct sched_param lowest = {.sched_priority = sched_get_priority_min(SCHED_FIFO)};

	p->policy = sched_getscheduler(0);
	if (p->policy < 0 || sched_getparam(0, &p->param) < 0 ||
	    sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &lowest) < 0)
		p->policy = -1;
}

static void lower_priority(const struct priority *p)
{
	if (p->policy >= 0)
		(void)sched_setscheduler(0, p->policy, &p->param);
}

/* Once, above the bar. */
static void say_once(struct runner *r, bool *has_said, const char *what, int error)
{
	if (*has_said)
		return;
	*has_said = true;
	progress_clear(&r->progress);
	log_warning("%s: %s", what, strerror(-error));
}

static int drop_caches(void)
{
	_cleanup_close_ int fd = open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC);

	sync();
	if (fd < 0 || write(fd, "3\n", 2) < 0)
		return log_errno(-errno, "cannot drop caches: %m");
	return 0;
}

static void look_before(struct runner *r, struct around *f, const struct arm *arm)
{
	int k = machine_counts_read(r->root_fd, &f->before);

	f->has_counts = k >= 0;
	if (k < 0)
		say_once(r, &r->has_said_machine,
			 "the run-queue wait of the machine cannot be read from /proc/schedstat",
			 k);
	if (!r->options->bpf_cost || !arm->sched)
		return;
	k = bpf_cost_begin(&r->cost, sched_ops_name(arm->sched));
	f->has_cost = k >= 0;
	if (k < 0)
		say_once(r, &r->has_said_cost, "the cost of callbacks is not known", k);
}

static void look_after(struct runner *r, struct around *f)
{
	f->has_counts = f->has_counts && machine_counts_read(r->root_fd, &f->after) >= 0;
}

/* --- what came of it */

static int judge_command(const struct runner *r, const struct command_result *c, const char *name,
			 struct finding *f)
{
	_cleanup_free_ char *words = NULL;

	switch (c->end) {
	case COMMAND_NO_EXEC:
		return finding_set(f, RUN_FAILED, "cannot execute %s: %s", name,
				   strerror(-c->error));
	case COMMAND_TIMEOUT:
		return finding_set(f, RUN_TIMEOUT, "took longer than %g s",
				   (double)r->options->timeout_ms / 1000);
	case COMMAND_STOPPED:
	case COMMAND_ENDED:
		break;
	}
	if (c->status == 0)
		return 0;
	words = last_words(c->child, name);
	return finding_set(f, RUN_FAILED, "%s", words ?: "it failed");
}

static int parse_output(const struct runner *r, const struct child *c, struct run *run,
			struct finding *f)
{
	struct child_output out = child_stdout(c), err = child_stderr(c);
	const struct output o = {out.text, err.text, out.size, err.size};
	_cleanup_free_ char *error = NULL;
	int k;

	if (f->status != RUN_OK)
		return 0;
	if (out.is_cut || err.is_cut)
		return finding_set(f, RUN_UNREADABLE, "it printed more than %d MiB",
				   MAX_OUTPUT >> 20);
	k = plan_parse(&r->plan, run->workload, &o, &run->measurement, &error);
	if (k == -EBADMSG)
		return finding_set(f, RUN_UNREADABLE, "%s",
				   error ?: "its output is no measurement");
	return k;
}

/* --- metrics of every run */

/* A workload may have a metric of this name, which is its own affair. */
static int add(struct measurement *m, const char *name, const char *unit, enum better better,
	       double value)
{
	int r = measurement_add(m, name, unit, better, value);

	return r == -EEXIST ? 0 : r;
}

static int add_counters(struct runner *r, const struct command_result *c, struct measurement *m)
{
	int k;

	if (!c->has_counters) {
		say_once(r, &r->has_said_counters,
			 "context switches and migrations are not counted: perf_event_open() is "
			 "not permitted to this user",
			 -EACCES);
		return 0;
	}
	k = add(m, "context_switches", "", BETTER_NONE, (double)c->counters[COUNTER_SWITCHES]);
	if (k >= 0)
		k = add(m, "migrations", "", BETTER_NONE, (double)c->counters[COUNTER_MIGRATIONS]);
	return k;
}

/*
 * The time a command takes is what counts if it says nothing of itself. How much of the CPUs it
 * took, and what the kernel had to do for it, explains a result; less is not better by itself.
 */
static int add_metrics(struct runner *r, const struct around *f, const struct command_result *c,
		       struct run *run)
{
	struct measurement *m = &run->measurement;
	bool has_own = plan_has_metrics(&r->plan, run->workload);
	int k = add(m, "seconds", "s", has_own ? BETTER_NONE : BETTER_LOWER, run->seconds);

	if (k >= 0)
		k = add(m, "cpu_seconds", "s", BETTER_NONE, c->cpu_seconds);
	if (k >= 0)
		k = add_counters(r, c, m);
	if (k >= 0 && f->has_counts)
		k = add(m, "queue_wait", "s", BETTER_NONE,
			(double)(f->after.wait_ns - f->before.wait_ns) / 1e9);
	if (k >= 0 && r->waits)
		k = wakeup_wait_end(r->waits, m);
	if (k >= 0 && f->has_cost)
		k = bpf_cost_end(&r->cost,
				 f->has_counts ? f->after.switches - f->before.switches : 0, m);
	return k;
}

/* --- a run */

static int run_command(struct runner *r, struct run *run, struct finding *f)
{
	const struct bench_workload *w = &r->session.workloads[run->workload];
	_cleanup_command_result_ struct command_result result = {};
	const pid_t others[] = {r->keeper.pid, r->control.child ? child_pid(r->control.child) : 0};
	const struct command command = {
		.spec = {w->command, plan_has_metrics(&r->plan, run->workload) ? MAX_OUTPUT : 0},
		.timeout_us = r->options->timeout_ms * 1000,
		.should_stop = should_stop,
		.is_ready = follow,
		.userdata = r,
		.keeper = &r->keeper,
		.others = others,
		.nr_others = ARRAY_SIZE(others),
	};
	struct around around = {};
	int k;

	look_before(r, &around, &r->session.arms[run->arm]);
	k = command_run(r->event, &command, &result);
	if (k < 0)
		return k;
	look_after(r, &around);
	run->begin = (double)(result.begin_us - r->began_us) / 1e6;
	run->seconds = (double)(result.end_us - result.begin_us) / 1e6;
	run->exit_status = result.status;
	run->workload_output = child_tail(result.child);
	k = control_check(&r->control, f);
	if (k >= 0)
		k = judge_command(r, &result, w->label, f);
	if (k >= 0)
		k = parse_output(r, result.child, run, f);
	if (k >= 0 && f->status == RUN_OK)
		k = add_metrics(r, &around, &result, run);
	return k;
}

static int run_under_arm(struct runner *r, struct run *run, struct finding *f)
{
	_cleanup_free_ char *output = NULL;
	int k = control_begin(&r->control, &r->session.arms[run->arm], f), end;

	if (k >= 0 && f->status == RUN_OK && r->options->drop_caches)
		k = drop_caches();
	if (k >= 0 && f->status == RUN_OK)
		k = run_command(r, run, f);
	end = control_end(&r->control, &output);
	run->sched_output = steal_ptr(output);
	if (end == -ETIMEDOUT) {
		progress_clear(&r->progress);
		log_error("the kernel does not go back to its own scheduler");
	}
	return k < 0 ? k : end;
}

static void show(struct runner *r, const struct run *run)
{
	const char *workload = r->session.workloads[run->workload].label;
	const char *arm = r->session.arms[run->arm].label;
	_cleanup_free_ char *text = NULL;
	int n;

	if (run->round == 0)
		n = asprintf(&text, "warm-up: %s under %s", workload, arm);
	else
		n = asprintf(&text, "round %u: %s under %s", run->round, workload, arm);
	progress_show(&r->progress, n < 0 ? "" : text);
}

static void show_result(struct runner *r, const struct run *run)
{
	_cleanup_free_ char *text = NULL;
	int n;

	if (run->status == RUN_OK)
		n = asprintf(&text, "%.3f s", run->seconds);
	else
		n = asprintf(&text, "%s: %s", run_status_names[run->status], run->reason ?: "");
	progress_done(&r->progress, n < 0 ? "" : text);
}

int measure(struct runner *r, unsigned round, unsigned workload, unsigned arm)
{
	struct run run = {.round = round, .workload = workload, .arm = arm};
	_cleanup_finding_ struct finding f = {};
	struct priority priority;
	int k;

	run.begin = (double)(monotonic_us() - r->began_us) / 1e6;
	show(r, &run);
	raise_priority(&priority);
	k = run_under_arm(r, &run, &f);
	lower_priority(&priority);
	if (k >= 0 && r->is_interrupted)
		k = -ECANCELED;
	if (k < 0) {
		run_finish(&run);
		return k == -ECANCELED ? k : log_errno(k, "cannot go on: %m");
	}
	run.status = f.status;
	run.reason = steal_ptr(f.reason);
	if (run.status != RUN_OK)
		measurement_finish(&run.measurement);
	show_result(r, &run);
	return session_add_run(&r->session, &run);
}
