// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's word counts: a scheduler is in charge if /sys/kernel/sched_ext says so, from before
 * a run until after it. Whether it was in between is told by counters that only grow: one more
 * enabling is an end and a beginning that nobody has seen.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "lib/catalog.h"
#include "lib/clock.h"
#include "lib/strv.h"

#include "bench/control.h"
#include "bench/last_words.h"

#define S_US UINT64_C(1000000)
#define LOOK_US 5000             /* between looks at the kernel, which tells nobody */
#define LAST_WORDS_US (5 * S_US) /* for a program to see that its scheduler is gone */

void finding_finish(struct finding *f)
{
	free(f->reason);
	*f = (struct finding){};
}

int finding_set(struct finding *f, enum run_status status, const char *format, ...)
{
	va_list ap;
	int n;

	if (f->status != RUN_OK)
		return 0;
	f->status = status;
	va_start(ap, format);
	n = vasprintf(&f->reason, format, ap);
	va_end(ap);
	if (n >= 0)
		return 0;
	f->reason = NULL;
	return -ENOMEM;
}

/* --- looking at the kernel */

/* A kernel without sched_ext has its own scheduler in charge. */
static int read_kernel(const struct control *c, struct kernel_state *ret,
		       struct kernel_counters *ret_counters)
{
	int r = kernel_state_read(c->root_fd, ret);

	*ret_counters = (struct kernel_counters){};
	if (r == -ENOENT) {
		*ret = (struct kernel_state){.state = strdup("disabled")};
		return ret->state ? 0 : -ENOMEM;
	}
	return r < 0 ? r : kernel_counters_read(c->root_fd, ret_counters);
}

static bool is_free(const struct kernel_state *s)
{
	return strcmp(s->state, "disabled") == 0;
}

static const char *kernel_words(const struct kernel_state *s)
{
	return s->ops ?: s->state;
}

/*
 * Lets the event loop run until @reached says so, -ETIMEDOUT. An error of @reached ends the
 * waiting, too.
 */
static int wait_until(struct control *c, int (*reached)(struct control *c), uint64_t timeout_us)
{
	uint64_t end = monotonic_us() + timeout_us;
	int r;

	while ((r = reached(c)) == 0) {
		if (monotonic_us() >= end)
			return -ETIMEDOUT;
		r = sd_event_run(c->event, LOOK_US);
		if (r < 0)
			return r;
	}
	return r < 0 ? r : 0;
}

static int kernel_is_free(struct control *c)
{
	_cleanup_kernel_state_ struct kernel_state kernel = {};
	struct kernel_counters counters;
	int r = read_kernel(c, &kernel, &counters);

	return r < 0 ? r : is_free(&kernel);
}

static int may_begin(struct control *c)
{
	return c->should_stop && c->should_stop(c->userdata) ? -ECANCELED : kernel_is_free(c);
}

static int child_is_gone(struct control *c)
{
	return child_has_ended(c->child);
}

/* In charge, or never going to be. */
static int has_begun(struct control *c)
{
	_cleanup_kernel_state_ struct kernel_state kernel = {};
	struct kernel_counters counters;
	int r;

	if (c->should_stop && c->should_stop(c->userdata))
		return -ECANCELED;
	if (child_has_ended(c->child))
		return 1;
	r = read_kernel(c, &kernel, &counters);
	if (r < 0)
		return r;
	return kernel_state_is(&kernel, sched_ops_name(c->arm->sched)) &&
	       counters.enable_seq != c->before.enable_seq;
}

/* --- an arm's time */

static int start(struct control *c, struct finding *f)
{
	_cleanup_free_ char *program = NULL;
	_cleanup_strv_ char **argv = NULL;
	int r;

	if (asprintf(&program, AIOS_BINDIR "/%s", c->arm->sched) < 0) {
		program = NULL;
		return -ENOMEM;
	}
	r = strv_extend(&argv, program);
	strv_foreach(arg, c->arm->args)
		if (r >= 0)
			r = strv_extend(&argv, *arg);
	if (r >= 0)
		r = child_new(&c->child, c->event, &(struct child_spec){.argv = argv});
	if (r < 0)
		return r;
	r = child_go(c->child);
	return r < 0 ? finding_set(f, RUN_NOT_ATTACHED, "cannot execute %s: %s", program,
				   strerror(-r))
		     : 0;
}

static int wait_for_attach(struct control *c, struct finding *f)
{
	_cleanup_free_ char *words = NULL;
	int r = wait_until(c, has_begun, CONTROL_ATTACH_S * S_US);

	if (r == -ETIMEDOUT)
		return finding_set(f, RUN_NOT_ATTACHED, "did not attach within %d s",
				   CONTROL_ATTACH_S);
	if (r < 0)
		return r;
	if (!child_has_ended(c->child))
		return 0;
	words = last_words(c->child, c->arm->sched);
	return finding_set(f, RUN_NOT_ATTACHED, "%s", words ?: "it ended");
}

static int begin_scheduler(struct control *c, struct finding *f)
{
	_cleanup_kernel_state_ struct kernel_state kernel = {};
	int r = start(c, f);

	if (r >= 0 && f->status == RUN_OK)
		r = wait_for_attach(c, f);
	if (r < 0 || f->status != RUN_OK)
		return r;
	r = read_kernel(c, &kernel, &c->before);
	if (r >= 0 && c->before.is_partial)
		r = finding_set(f, RUN_NOT_ATTACHED,
				"it leaves tasks that are not of policy SCHED_EXT to the kernel's "
				"own scheduler");
	return r;
}

int control_begin(struct control *c, const struct arm *arm, struct finding *f)
{
	_cleanup_kernel_state_ struct kernel_state kernel = {};
	int r = wait_until(c, may_begin, CONTROL_DETACH_S * S_US);

	if (r < 0 && r != -ETIMEDOUT)
		return r;
	c->arm = arm;
	r = read_kernel(c, &kernel, &c->before);
	if (r < 0)
		return r;
	if (!is_free(&kernel))
		return finding_set(f, RUN_DISTURBED, "another scheduler is in charge: %s",
				   kernel_words(&kernel));
	return arm->sched ? begin_scheduler(c, f) : 0;
}

bool control_is_lost(const struct control *c)
{
	return c->child && child_has_ended(c->child);
}

/* The kernel does not have it, or its program is gone. */
static int report_end(struct control *c, struct finding *f)
{
	_cleanup_free_ char *words = NULL;
	int r = wait_until(c, child_is_gone, LAST_WORDS_US);

	if (r == -ETIMEDOUT)
		return finding_set(f, RUN_EJECTED, "the kernel has let go of it");
	if (r < 0)
		return r;
	words = last_words(c->child, c->arm->sched);
	return finding_set(f, RUN_EJECTED, "%s", words ?: "it ended");
}

int control_check(struct control *c, struct finding *f)
{
	_cleanup_kernel_state_ struct kernel_state kernel = {};
	struct kernel_counters now;
	bool is_in_charge;
	int r;

	if (f->status != RUN_OK)
		return 0;
	r = read_kernel(c, &kernel, &now);
	if (r < 0)
		return r;
	is_in_charge = c->child ? kernel_state_is(&kernel, sched_ops_name(c->arm->sched))
				: is_free(&kernel);
	if (control_is_lost(c) || (c->child && !kernel_state_is(&kernel, NULL)))
		return report_end(c, f);
	if (!is_in_charge)
		return finding_set(f, RUN_DISTURBED, "another scheduler is in charge: %s",
				   kernel_words(&kernel));
	if (now.enable_seq != c->before.enable_seq)
		return c->child ? finding_set(f, RUN_EJECTED, "it ended and was loaded again")
				: finding_set(f, RUN_DISTURBED,
					      "another scheduler was in charge in between");
	/* the kernel counts anew with each scheduler, from before it is in charge */
	if (c->child && now.nr_rejected)
		return finding_set(f, RUN_REJECTED,
				   "tasks it left to the kernel's own scheduler: %" PRIu64,
				   now.nr_rejected);
	return 0;
}

int control_end(struct control *c, char **ret_output)
{
	int r = 0;

	c->arm = NULL;
	*ret_output = NULL;
	if (!c->child)
		return 0;
	child_signal(c->child, SIGTERM);
	r = wait_until(c, child_is_gone, CONTROL_DETACH_S * S_US);
	*ret_output = child_tail(c->child);
	/* what does not end by itself is killed here, and the kernel lets go of it */
	c->child = child_free(c->child);
	if (r >= 0 || r == -ETIMEDOUT)
		r = wait_until(c, kernel_is_free, CONTROL_DETACH_S * S_US);
	return r;
}
