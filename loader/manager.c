// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the user asked for is one scheduler. Every attempt goes the same way:
 *
 *	clear left-over units -> nobody else's scheduler? -> start unit -> is it
 *	the kernel's now? -> running
 *
 * and every end of the unit comes to manager_unit_ended(), which decides:
 *
 *	asked for (SIGTERM)              wait until the kernel has let go, finish
 *	exit 0 (SysRq-S, systemctl stop) somebody wants it off: idle, no new attempt
 *	usage, kernel, no such program   will not get better: finish with that status
 *	all else                         next attempt after 1, 2, 4, ... s; the
 *	                                 fifth failure in a row is the last
 *
 * Time, the kernel and units are reached through struct manager_ops only, so the
 * unit tests walk through every transition with a clock of their own. Truth comes
 * from the kernel: a unit that says it is ready but is not in root/ops has failed.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "lib/log.h"

#include "manager.h"

#define S_US UINT64_C(1000000)
#define MS_US UINT64_C(1000)

void manager_init(struct manager *m, const struct manager_ops *ops, void *userdata)
{
	*m = (struct manager){.ops = ops, .userdata = userdata};
}

void manager_finish(struct manager *m)
{
	free(m->failure);
	m->failure = NULL;
}

static const char *mode_name(const struct manager *m)
{
	return mode_table[m->spec->mode].name;
}

static void set_status(struct manager *m, bool is_ready, const char *format, ...) _printf_(3, 4);

static void set_status(struct manager *m, bool is_ready, const char *format, ...)
{
	_cleanup_free_ char *line = NULL;
	va_list ap;
	int n;

	va_start(ap, format);
	n = vasprintf(&line, format, ap);
	va_end(ap);
	if (n < 0)
		line = NULL;
	m->ops->status(m->userdata, line ? line : "out of memory", is_ready);
}

static void finish(struct manager *m, enum exit_status status)
{
	m->state = status == STATUS_OK ? MANAGER_IDLE : MANAGER_FAILED;
	m->ops->finished(m->userdata, status);
}

static int read_kernel(struct manager *m, struct kernel_state *ret)
{
	int r = m->ops->read_kernel(m->userdata, ret);

	return r < 0 ? log_errno(r, "cannot read the state of sched_ext: %m") : 0;
}

/* Which errors no further attempt can cure, and what the loader exits with then. */
static bool is_hopeless(const struct unit_exit *e, enum exit_status *ret)
{
	if (e->kind == UNIT_NO_EXEC)
		*ret = STATUS_FAILED;
	else if (e->kind == UNIT_EXITED && e->status == STATUS_USAGE)
		*ret = STATUS_USAGE;
	else if (e->kind == UNIT_EXITED && e->status == STATUS_KERNEL)
		*ret = STATUS_KERNEL;
	else
		return false;
	return true;
}

static const char *exit_phrase(const struct unit_exit *e)
{
	switch (e->kind) {
	case UNIT_EXITED:
		break;
	case UNIT_KILLED:
		return "was killed";
	case UNIT_TIMEOUT:
		return "did not answer in time";
	case UNIT_NO_EXEC:
		return "could not be executed";
	case UNIT_REFUSED:
		return "could not be started";
	}
	switch (e->status) {
	case STATUS_OK:
		return "ended before it was ready";
	case STATUS_USAGE:
		return "rejected its command line";
	case STATUS_KERNEL:
		return "cannot run on this kernel";
	case STATUS_EJECTED:
		return "was ejected by the kernel";
	default:
		return "failed";
	}
}

/* exit_phrase() says it all already */
static bool is_known_status(int status)
{
	return status == STATUS_OK || status == STATUS_USAGE || status == STATUS_KERNEL ||
	       status == STATUS_EJECTED;
}

/* "was ejected by the kernel: runnable task stall" */
static char *describe(const struct manager *m, const struct unit_exit *e)
{
	const char *phrase = exit_phrase(e);
	char *text;
	int n;

	if (e->text && *e->text)
		n = asprintf(&text, "%s: %s", phrase, e->text);
	else if (e->kind == UNIT_NO_EXEC)
		n = asprintf(&text, "%s: %s", phrase, m->spec->argv[0]);
	else if (e->kind == UNIT_KILLED)
		n = asprintf(&text, "%s by signal %d (%s)", phrase, e->status,
			     sigdescr_np(e->status) ?: "unknown");
	else if (e->kind == UNIT_EXITED && !is_known_status(e->status))
		n = asprintf(&text, "%s: exit status %d", phrase, e->status);
	else
		n = asprintf(&text, "%s", phrase);
	return n < 0 ? NULL : text;
}

static uint64_t retry_delay_s(unsigned nr_failures)
{
	uint64_t delay = MANAGER_FIRST_DELAY_S;

	while (--nr_failures && delay < MANAGER_MAX_DELAY_S)
		delay *= 2;
	return delay < MANAGER_MAX_DELAY_S ? delay : MANAGER_MAX_DELAY_S;
}

static void give_up(struct manager *m, const char *reason)
{
	log_error("%s %s; gave up after %d failures in a row, the kernel's own scheduler is in use",
		  m->spec->name, reason, MANAGER_MAX_FAILURES);
	set_status(m, false, "gave up on %s: it %s", m->spec->name, reason);
	finish(m, STATUS_EJECTED);
}

static void back_off(struct manager *m, const char *reason)
{
	uint64_t delay = retry_delay_s(m->nr_failures);

	log_warning("%s %s; next attempt in %u s (failure %u of %d)", m->spec->name, reason,
		    (unsigned)delay, m->nr_failures, MANAGER_MAX_FAILURES);
	m->state = MANAGER_BACKING_OFF;
	if (m->ops->set_timer(m->userdata, delay * S_US) < 0) {
		finish(m, STATUS_FAILED);
		return;
	}
	set_status(m, false, "%s %s; next attempt in %u s", m->spec->name, reason, (unsigned)delay);
}

/* An attempt came to nothing, in a way that may be different next time. */
static void fail(struct manager *m, const char *reason)
{
	bool was_stable =
		m->state == MANAGER_RUNNING &&
		m->ops->now_us(m->userdata) - m->running_since_us >= MANAGER_STABLE_S * S_US;

	m->nr_failures = was_stable ? 1 : m->nr_failures + 1;
	if (m->nr_failures >= MANAGER_MAX_FAILURES)
		give_up(m, reason);
	else
		back_off(m, reason);
}

static void report_no_program(struct manager *m, int r)
{
	_cleanup_free_ char *text = NULL;

	if (asprintf(&text, "%s: %s", m->spec->argv[0], strerror(-r)) < 0)
		text = NULL;
	manager_unit_ended(m, &(struct unit_exit){UNIT_NO_EXEC, 0, text});
}

static void start_unit(struct manager *m)
{
	int r = m->ops->check_program(m->userdata, m->spec);

	if (r < 0) {
		report_no_program(m, r);
		return;
	}
	m->state = MANAGER_STARTING;
	log_info("starting %s in %s mode", m->spec->name, mode_name(m));
	set_status(m, false, "starting %s in %s mode", m->spec->name, mode_name(m));
	r = m->ops->start_unit(m->userdata, m->spec);
	if (r < 0)
		manager_unit_ended(m, &(struct unit_exit){UNIT_REFUSED, 0, strerror(-r)});
}

static void stop_unit(struct manager *m)
{
	int r;

	m->state = MANAGER_STOPPING;
	r = m->ops->stop_unit(m->userdata);
	if (r >= 0)
		return;
	(void)log_errno(r, "cannot ask systemd to stop %s: %m", m->spec->name);
	finish(m, STATUS_FAILED);
}

/* Looks again later; false if it has taken too long. */
static bool settle_on(struct manager *m)
{
	return m->nr_settle++ < MANAGER_MAX_SETTLE &&
	       m->ops->set_timer(m->userdata, MANAGER_SETTLE_MS * MS_US) >= 0;
}

/* All units of ours are stopped, so whatever the kernel runs now is somebody else's. */
static void start_if_free(struct manager *m)
{
	_cleanup_kernel_state_ struct kernel_state kernel = {};

	if (read_kernel(m, &kernel) < 0) {
		finish(m, STATUS_FAILED);
		return;
	}
	if (strcmp(kernel.state, "disabled") == 0) {
		start_unit(m);
		return;
	}
	/* also a scheduler that is on its way out or in counts as somebody's */
	if (!kernel_state_is(&kernel, NULL) && settle_on(m))
		return;
	log_error("another sched_ext scheduler is active: %s; it is left alone",
		  kernel.ops ?: kernel.state);
	set_status(m, false, "another sched_ext scheduler is active: %s",
		   kernel.ops ?: kernel.state);
	finish(m, STATUS_FAILED);
}

static void attempt(struct manager *m)
{
	int r;

	m->state = MANAGER_CLEARING;
	m->nr_settle = 0;
	r = m->ops->clear_units(m->userdata);
	if (r < 0)
		manager_units_cleared(m, strerror(-r));
}

/* The unit has ended as we wanted; done once the kernel's own scheduler is back. */
static void finish_if_released(struct manager *m)
{
	_cleanup_kernel_state_ struct kernel_state kernel = {};

	if (read_kernel(m, &kernel) < 0) {
		finish(m, STATUS_FAILED);
		return;
	}
	if (strcmp(kernel.state, "disabled") == 0) {
		log_info("%s is stopped, the kernel's own scheduler is in use", m->spec->name);
		finish(m, STATUS_OK);
		return;
	}
	if (kernel_state_is(&kernel, NULL) && !kernel_state_is(&kernel, m->spec->ops)) {
		log_warning("%s is stopped, another sched_ext scheduler is active: %s",
			    m->spec->name, kernel.ops);
		finish(m, STATUS_OK);
		return;
	}
	if (settle_on(m))
		return;
	log_error("%s is stopped, but the kernel still says it is %s", m->spec->name, kernel.state);
	finish(m, STATUS_FAILED);
}

static void settle(struct manager *m)
{
	m->state = MANAGER_SETTLING;
	m->nr_settle = 0;
	finish_if_released(m);
}

void manager_start(struct manager *m, const struct sched_spec *spec)
{
	m->spec = spec;
	if (spec) {
		attempt(m);
		return;
	}
	log_info("no scheduler is configured, the kernel's own is in use");
	set_status(m, true, "no scheduler is configured, the kernel's own is in use");
}

void manager_stop(struct manager *m)
{
	m->is_stop_wanted = true;
	switch (m->state) {
	case MANAGER_IDLE:
	case MANAGER_BACKING_OFF:
		finish(m, STATUS_OK);
		break;
	case MANAGER_STARTING:
	case MANAGER_RUNNING:
		stop_unit(m);
		break;
	case MANAGER_CLEARING: /* the next step sees that a stop is wanted */
	case MANAGER_STOPPING:
	case MANAGER_SETTLING:
	case MANAGER_FAILED:
		break;
	}
}

void manager_units_cleared(struct manager *m, const char *error)
{
	if (m->is_stop_wanted)
		finish(m, STATUS_OK);
	else if (error)
		manager_unit_ended(m, &(struct unit_exit){UNIT_REFUSED, 0, error});
	else
		start_if_free(m);
}

void manager_unit_ready(struct manager *m)
{
	_cleanup_kernel_state_ struct kernel_state kernel = {};

	if (m->state != MANAGER_STARTING)
		return; /* a stop has overtaken it */
	if (read_kernel(m, &kernel) >= 0 && kernel_state_is(&kernel, m->spec->ops)) {
		m->state = MANAGER_RUNNING;
		m->running_since_us = m->ops->now_us(m->userdata);
		log_info("%s in %s mode is running", m->spec->name, mode_name(m));
		set_status(m, true, "%s in %s mode is running", m->spec->name, mode_name(m));
		return;
	}
	free(m->failure);
	if (asprintf(&m->failure, "says it is ready, but the kernel says %s%s%s",
		     kernel.state ?: "nothing", kernel.ops ? " " : "", kernel.ops ?: "") < 0)
		m->failure = NULL;
	stop_unit(m);
}

/* The unit ended by itself, or did not come up. */
static void handle_end(struct manager *m, const struct unit_exit *e)
{
	_cleanup_free_ char *reason = describe(m, e);
	enum exit_status status;

	if (m->state == MANAGER_RUNNING && e->kind == UNIT_EXITED && e->status == STATUS_OK) {
		m->state = MANAGER_IDLE;
		log_info("%s was stopped by somebody else and is not started again, "
			 "the kernel's own scheduler is in use",
			 m->spec->name);
		set_status(m, true, "%s was stopped by somebody else", m->spec->name);
		return;
	}
	if (!is_hopeless(e, &status)) {
		fail(m, reason ?: "failed");
		return;
	}
	log_error("%s %s", m->spec->name, reason ?: "failed");
	set_status(m, false, "%s %s", m->spec->name, reason ?: "failed");
	finish(m, status);
}

void manager_unit_ended(struct manager *m, const struct unit_exit *e)
{
	_cleanup_free_ char *failure = steal_ptr(m->failure);

	if (m->is_stop_wanted)
		settle(m);
	else if (m->state == MANAGER_STOPPING)
		fail(m, failure ?: "failed");
	else
		handle_end(m, e);
}

void manager_timer(struct manager *m)
{
	switch (m->state) {
	case MANAGER_BACKING_OFF:
		attempt(m);
		break;
	case MANAGER_CLEARING:
		if (m->is_stop_wanted)
			finish(m, STATUS_OK);
		else
			start_if_free(m);
		break;
	case MANAGER_SETTLING:
		finish_if_released(m);
		break;
	case MANAGER_IDLE:
	case MANAGER_STARTING:
	case MANAGER_RUNNING:
	case MANAGER_STOPPING:
	case MANAGER_FAILED:
		break;
	}
}
