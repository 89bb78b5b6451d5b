// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is wanted is one scheduler, the target, or none. There are two slots for
 * units, so that the next scheduler can be loaded while the last one still runs:
 *
 *	slot 0   ATTACHED ------------------------> STOPPING -----------> EMPTY
 *	slot 1   EMPTY -> LOADING -> LOADED (waits for the kernel) -> ATTACHING -> ATTACHED
 *
 * Every event (an answer, an end, a timer, a new wish) is noted where it belongs,
 * and then reconcile() looks at the whole and does the one next thing that leads
 * towards the target. Nothing is remembered about how things came to be as they
 * are, so a wish that comes in the middle of another is not special.
 *
 * A unit that ends without having been asked comes to fail() or released():
 *
 *	cannot be loaded while another runs  that one is kept; nobody is worse off
 *	exit 0 (SysRq-S, systemctl stop)     somebody wants it off: nothing is wanted any more
 *	usage, kernel, no such program       will not get better: give up
 *	all else                             again after 1, 2, 4, ... s; once there were too many
 *	                                     failures within an hour: give up
 *
 * and giving up means the next one of the fallback chain, or the kernel's own
 * scheduler. What the kernel says counts: a unit is attached when root/ops has
 * it, and somebody else's scheduler is left alone.
 *
 * Time, the kernel and units are reached through struct manager_ops only, so the
 * unit tests walk through every transition with a clock of their own.
 */
#include <string.h>

#include "lib/catalog.h"
#include "lib/log.h"

#include "manager.h"
#include "manager_steps.h"
#include "unit_exit.h"

void manager_init(struct manager *m, const struct manager_ops *ops, void *userdata)
{
	*m = (struct manager){.ops = ops, .userdata = userdata, .patience = {.budget = 5, 1, 60}};
}

static void empty_slot(struct slot *s)
{
	spec_free(s->spec);
	free(s->failure);
	*s = (struct slot){};
}

void manager_finish(struct manager *m)
{
	for (unsigned i = 0; i < NR_SLOTS; i++)
		empty_slot(&m->slots[i]);
	m->target = spec_free(m->target);
	free(m->reason);
	m->reason = NULL;
}

/* A new wish: failures of earlier ones are history. */
static void begin(struct manager *m)
{
	m->nr_fallback = m->nr_in_row = m->nr_failures = m->nr_settle = 0;
	m->next_attempt_us = 0;
	m->timer = TIMER_NONE;
	manager_set_reason(m, NULL);
	for (unsigned i = 0; i < NR_SLOTS; i++) {
		free(m->slots[i].failure);
		m->slots[i].failure = NULL;
	}
}

void manager_want(struct manager *m, const struct sched_spec *spec, bool again)
{
	struct sched_spec *target;

	if (m->is_leaving)
		return;
	target = spec ? spec_copy(spec) : NULL;
	if (spec && !target) {
		m->ops->outcome(m->userdata, OUTCOME_FAILED, "out of memory");
		return;
	}
	/* without a candidate it is being stopped, because it is of no use */
	if (target && !again && m->state == MANAGER_RUNNING && m->candidate &&
	    spec_equal(m->target, target)) {
		spec_free(target);
		m->nr_fallback = 0;
		manager_set_reason(m, NULL);
		m->ops->changed(m->userdata);
		m->ops->outcome(m->userdata, OUTCOME_REACHED, NULL);
		return;
	}
	begin(m);
	manager_set_target(m, target, again);
	m->state = target ? MANAGER_STARTING : MANAGER_STOPPING;
	manager_reconcile(m);
}

void manager_want_fallback(struct manager *m, const char *reason)
{
	if (m->is_leaving)
		return;
	begin(m);
	manager_set_reason(m, reason);
	log_warning("%s", reason);
	manager_fall_back(m);
	m->ops->outcome(m->userdata, OUTCOME_FAILED, reason);
	manager_reconcile(m);
}

void manager_leave(struct manager *m)
{
	if (m->is_leaving)
		return;
	m->is_leaving = true;
	m->target = spec_free(m->target);
	m->nr_settle = 0;
	manager_reconcile(m);
}

static void note_attached(struct manager *m, struct slot *s)
{
	s->state = SLOT_ATTACHED;
	m->running_since_us = m->ops->now_us(m->userdata);
}

void manager_adopt(struct manager *m, unsigned slot, const struct sched_spec *spec)
{
	_cleanup_kernel_state_ struct kernel_state kernel = {};
	struct slot *s = &m->slots[slot];

	s->spec = spec_copy(spec);
	note_attached(m, s);
	if (!s->spec)
		m->ops->finished(m->userdata, STATUS_AGAIN);
	else if (manager_read_kernel(m, &kernel) < 0 ||
		 !kernel_state_is(&kernel, sched_ops_name(spec->name)))
		manager_stop_slot(m, s);
	else
		log_info("%s of an earlier run is the kernel's scheduler", spec->name);
	m->ops->changed(m->userdata);
}

void manager_unit_loaded(struct manager *m, unsigned slot)
{
	struct slot *s = &m->slots[slot];

	if (s->state != SLOT_LOADING)
		return; /* a stop has overtaken it */
	s->state = SLOT_LOADED;
	manager_reconcile(m);
}

/* The kernel tells nobody: what its unit says is the hint to look. */
void manager_unit_changed(struct manager *m, unsigned slot)
{
	_cleanup_kernel_state_ struct kernel_state kernel = {};
	struct slot *s = &m->slots[slot];

	if (s->state != SLOT_ATTACHING || manager_read_kernel(m, &kernel) < 0 ||
	    !kernel_state_is(&kernel, sched_ops_name(s->spec->name)))
		return;
	note_attached(m, s);
	manager_reconcile(m);
}

void manager_unit_ended(struct manager *m, unsigned slot, const struct unit_exit *e)
{
	struct slot *s = &m->slots[slot];
	_cleanup_spec_ struct sched_spec *spec = steal_ptr(s->spec);
	_cleanup_free_ char *failure = steal_ptr(s->failure);
	enum slot_state state = s->state;
	bool is_wanted = m->target && (m->candidate == s || failure);

	if (m->candidate == s)
		m->candidate = NULL;
	empty_slot(s);
	if (!spec)
		return;
	if (is_wanted && state == SLOT_ATTACHED && e->kind == UNIT_EXITED &&
	    e->status == STATUS_OK) {
		manager_released(m, spec, e);
	} else if (is_wanted) {
		if (!failure)
			failure = unit_exit_describe(e);
		manager_fail(m, &(struct failure){spec, failure ?: "failed", e, slot});
	} else {
		if (state != SLOT_STOPPING)
			log_warning("%s has ended while it was being replaced", spec->name);
		manager_reconcile(m);
	}
}

void manager_kernel_changed(struct manager *m)
{
	struct slot *s = m->candidate;

	if (m->state == MANAGER_BLOCKED && !s && manager_kernel_is_free(m)) {
		begin(m);
		m->state = MANAGER_STARTING;
		manager_reconcile(m);
	} else if (s && s->state == SLOT_LOADED) {
		manager_reconcile(m);
	} else if (s && s->state == SLOT_ATTACHING) {
		manager_unit_changed(m, (unsigned)(s - m->slots));
	} else {
		manager_compare_with_kernel(m, false);
	}
	m->ops->changed(m->userdata);
}

void manager_timer(struct manager *m)
{
	int timer = m->timer;

	m->timer = TIMER_NONE;
	switch (timer) {
	case TIMER_SETTLE:
		if (m->state == MANAGER_BLOCKED)
			manager_kernel_changed(m);
		else
			manager_reconcile(m);
		break;
	case TIMER_RETRY:
		m->next_attempt_us = 0;
		m->state = MANAGER_STARTING;
		manager_reconcile(m);
		break;
	case TIMER_ATTACH:
		if (m->candidate && m->candidate->state == SLOT_ATTACHING)
			manager_stop_failed(m, m->candidate, strdup("did not attach in time"));
		break;
	case TIMER_STABLE:
		if (m->state == MANAGER_RUNNING)
			m->ops->stable(m->userdata, m->target);
		break;
	case TIMER_DISAGREE:
		manager_compare_with_kernel(m, true);
		break;
	default:
		break;
	}
}

void manager_changed(struct manager *m)
{
	m->ops->changed(m->userdata);
}
