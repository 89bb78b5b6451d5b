// SPDX-License-Identifier: GPL-2.0-only
/*
 * The steps of the manager: reconcile() looks at the whole and takes the next one,
 * fail() and released() say what becomes of the target when a unit has ended.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "lib/catalog.h"
#include "lib/log.h"

#include "manager_steps.h"
#include "unit_exit.h"

#define S_US UINT64_C(1000000)
#define MS_US UINT64_C(1000)
#define HOUR_US (3600 * S_US)

static unsigned slot_index(const struct manager *m, const struct slot *s)
{
	return (unsigned)(s - m->slots);
}

/* The first slot in one of the states from @first to @last; NULL: none. */
static struct slot *find_slot(struct manager *m, enum slot_state first, enum slot_state last)
{
	for (unsigned i = 0; i < NR_SLOTS; i++)
		if (m->slots[i].state >= first && m->slots[i].state <= last)
			return &m->slots[i];
	return NULL;
}

static struct slot *other_slot(struct manager *m, const struct slot *s)
{
	return &m->slots[s == m->slots];
}

static void set_state(struct manager *m, enum manager_state state)
{
	m->state = state;
	m->ops->changed(m->userdata);
}

void manager_set_reason(struct manager *m, const char *reason)
{
	free(m->reason);
	m->reason = reason ? strdup(reason) : NULL;
}

/* Without a timer nothing would go on; systemd starts the loader again. */
static bool set_timer(struct manager *m, int timer, uint64_t delay_us)
{
	int r = m->ops->set_timer(m->userdata, delay_us);

	m->timer = timer;
	if (r >= 0)
		return true;
	(void)log_errno(r, "cannot set a timer: %m");
	m->ops->finished(m->userdata, STATUS_AGAIN);
	return false;
}

void manager_stop_slot(struct manager *m, struct slot *s)
{
	int r;

	if (s->state == SLOT_EMPTY || s->state == SLOT_STOPPING)
		return;
	s->may_attach = s->state == SLOT_ATTACHING;
	s->state = SLOT_STOPPING;
	if (m->candidate == s)
		m->candidate = NULL;
	r = m->ops->stop_unit(m->userdata, slot_index(m, s));
	if (r >= 0)
		return;
	(void)log_errno(r, "cannot ask systemd to stop %s: %m", s->spec->name);
	m->ops->finished(m->userdata, STATUS_AGAIN);
}

/* It is of no use: its end counts as a failure, for this reason. */
void manager_stop_failed(struct manager *m, struct slot *s, char *failure)
{
	s->failure = failure;
	manager_stop_slot(m, s);
	m->ops->changed(m->userdata);
}

int manager_read_kernel(struct manager *m, struct kernel_state *ret)
{
	int r = m->ops->read_kernel(m->userdata, ret);

	return r < 0 ? log_errno(r, "cannot read the state of sched_ext: %m") : 0;
}

static struct slot *slot_with(struct manager *m, const struct sched_spec *spec)
{
	for (unsigned i = 0; i < NR_SLOTS; i++) {
		struct slot *s = &m->slots[i];

		if (s->state != SLOT_EMPTY && s->state != SLOT_STOPPING &&
		    spec_equal(s->spec, spec))
			return s;
	}
	return NULL;
}

void manager_set_target(struct manager *m, struct sched_spec *target, bool again)
{
	spec_free(m->target);
	m->target = target;
	m->candidate = target && !again ? slot_with(m, target) : NULL;
}

void manager_fall_back(struct manager *m)
{
	struct sched_spec *next = NULL;

	if (m->ops->fallback(m->userdata, m->nr_fallback, &next) < 0)
		next = NULL;
	m->nr_fallback++;
	manager_set_target(m, next, false);
	if (m->target)
		log_warning("falling back to %s", m->target->name);
	else
		log_error("the kernel's own scheduler is in use");
	set_state(m, m->target ? MANAGER_STARTING : MANAGER_FAILED);
}

/* Whatever comes, it is not this one. */
static void give_up(struct manager *m, const char *name, const char *reason)
{
	log_error("%s %s; gave up on it", name, reason);
	m->nr_in_row = m->nr_failures = 0;
	manager_fall_back(m);
}

/* Failures within the last hour, this one included. */
static unsigned count_failure(struct manager *m)
{
	uint64_t now = m->ops->now_us(m->userdata);
	unsigned old = 0;

	while (old < m->nr_failures && now - m->failures_us[old] >= HOUR_US)
		old++;
	/* there is always room: at the budget, which is no larger, they are forgotten */
	m->nr_failures -= old;
	memmove(m->failures_us, m->failures_us + old, m->nr_failures * sizeof(uint64_t));
	assert(m->nr_failures < MANAGER_MAX_BUDGET);
	m->failures_us[m->nr_failures++] = now;
	return m->nr_failures;
}

static uint64_t retry_delay_s(const struct manager *m)
{
	uint64_t delay = m->patience.first_delay_s;

	for (unsigned i = 1; i < m->nr_in_row && delay < m->patience.max_delay_s; i++)
		delay *= 2;
	return delay < m->patience.max_delay_s ? delay : m->patience.max_delay_s;
}

static void back_off(struct manager *m, const char *name, const char *reason)
{
	unsigned delay = (unsigned)retry_delay_s(m);

	log_warning("%s %s; next attempt in %u s (failure %u of %u in an hour)", name, reason,
		    delay, m->nr_failures, m->patience.budget);
	m->next_attempt_us = m->ops->now_us(m->userdata) + delay * S_US;
	set_state(m, MANAGER_WAITING);
	(void)set_timer(m, TIMER_RETRY, delay * S_US);
}

static uint64_t us_to_stable(const struct manager *m)
{
	uint64_t ran = m->ops->now_us(m->userdata) - m->running_since_us;

	return ran < MANAGER_STABLE_S * S_US ? MANAGER_STABLE_S * S_US - ran : 0;
}

static bool was_stable(const struct manager *m)
{
	return m->state == MANAGER_RUNNING && us_to_stable(m) == 0;
}

/* What is shown goes with the kernel, whatever the unit says. */
static void set_away(struct manager *m, struct slot *s, bool is_away)
{
	if (s->is_away == is_away)
		return;
	s->is_away = is_away;
	if (is_away)
		log_info("the kernel has let go of %s", s->spec->name);
	else
		log_info("the kernel has %s again", s->spec->name);
	m->ops->changed(m->userdata);
}

/*
 * The unit says it schedules; the kernel may take a moment for a restart to agree.
 * There is always a next look: when it has been stable, or has had time to agree.
 */
void manager_compare_with_kernel(struct manager *m, bool is_late)
{
	_cleanup_kernel_state_ struct kernel_state kernel = {};
	struct slot *s = m->candidate;
	char *text;
	int r;

	if (!s || s->state != SLOT_ATTACHED)
		return;
	r = manager_read_kernel(m, &kernel);
	if (r >= 0)
		set_away(m, s, !kernel_state_is(&kernel, sched_ops_name(s->spec->name)));
	if (r >= 0 && !s->is_away) {
		if (m->timer != TIMER_STABLE)
			(void)set_timer(m, TIMER_STABLE, us_to_stable(m));
		return;
	}
	if (r < 0 || !is_late) {
		if (m->timer != TIMER_DISAGREE)
			(void)set_timer(m, TIMER_DISAGREE, MANAGER_DISAGREE_S * S_US);
		return;
	}
	if (asprintf(&text, "says it schedules, but the kernel says %s%s%s", kernel.state,
		     kernel.ops ? " " : "", kernel.ops ?: "") < 0)
		text = NULL;
	manager_stop_failed(m, s, text);
}

/* What was to replace @running is no good. */
static void keep(struct manager *m, struct slot *running, const char *name, const char *reason)
{
	_cleanup_spec_ struct sched_spec *kept = spec_copy(running->spec);
	_cleanup_free_ char *text = NULL;

	log_warning("%s %s; %s goes on", name, reason, running->spec->name);
	if (kept) {
		spec_free(m->target);
		m->target = steal_ptr(kept);
	}
	m->candidate = running;
	set_state(m, MANAGER_RUNNING);
	if (asprintf(&text, "%s %s; %s goes on", name, reason, running->spec->name) < 0)
		text = NULL;
	m->ops->outcome(m->userdata, OUTCOME_KEPT, text ?: reason);
	manager_compare_with_kernel(m, false);
}

/* What is wanted came to nothing, or stopped working. */
void manager_fail(struct manager *m, const struct failure *f)
{
	struct slot *running = find_slot(m, SLOT_ATTACHED, SLOT_ATTACHED);
	_cleanup_free_ char *text = NULL;

	m->ops->failed(m->userdata, f);
	if (running) {
		keep(m, running, f->spec->name, f->reason);
		return;
	}
	if (asprintf(&text, "%s %s", f->spec->name, f->reason) < 0)
		text = NULL;
	manager_set_reason(m, text);
	m->nr_in_row = was_stable(m) ? 1 : m->nr_in_row + 1;
	if (unit_exit_is_hopeless(f->exit) || count_failure(m) >= m->patience.budget)
		give_up(m, f->spec->name, f->reason);
	else
		back_off(m, f->spec->name, f->reason);
	m->ops->outcome(m->userdata, OUTCOME_FAILED, text ?: f->reason);
	manager_reconcile(m);
}

/* It went in good order, and not because of us. */
void manager_released(struct manager *m, const struct sched_spec *spec, const struct unit_exit *e)
{
	_cleanup_free_ char *text = NULL;

	if (asprintf(&text, "%s was ended by somebody else%s%s", spec->name,
		     e->text && *e->text ? ": " : "", e->text ?: "") < 0)
		text = NULL;
	log_info("%s; it is not started again", text ?: spec->name);
	manager_set_reason(m, text);
	m->target = spec_free(m->target);
	m->ops->outcome(m->userdata, OUTCOME_RELEASED, text ?: spec->name);
	manager_reconcile(m);
}

/* Looks again later; false if it has taken too long. */
static bool settle_on(struct manager *m)
{
	return m->nr_settle++ < MANAGER_MAX_SETTLE &&
	       set_timer(m, TIMER_SETTLE, MANAGER_SETTLE_MS * MS_US);
}

/* Somebody else's scheduler is left alone until it has gone by itself. */
static void block(struct manager *m, const struct kernel_state *kernel)
{
	_cleanup_free_ char *text = NULL;

	if (asprintf(&text, "another sched_ext scheduler is active: %s; it is left alone",
		     kernel->ops ?: kernel->state) < 0)
		text = NULL;
	if (m->state != MANAGER_BLOCKED)
		log_error("cannot start %s: %s", m->target->name, text ?: "another is active");
	manager_set_reason(m, text);
	set_state(m, MANAGER_BLOCKED);
	m->nr_settle = 0;
	if (m->candidate)
		manager_stop_slot(m, m->candidate);
	m->ops->outcome(m->userdata, OUTCOME_FAILED, text ?: "another scheduler is active");
}

/* No unit of ours has it: is the kernel free? If not, what is to be done has been. */
bool manager_kernel_is_free(struct manager *m)
{
	_cleanup_kernel_state_ struct kernel_state kernel = {};

	if (manager_read_kernel(m, &kernel) < 0) {
		m->ops->finished(m->userdata, STATUS_FAILED);
		return false;
	}
	if (strcmp(kernel.state, "disabled") == 0) {
		m->nr_settle = 0;
		return true;
	}
	/* also a scheduler that is on its way out or in counts as somebody's */
	if (kernel_state_is(&kernel, NULL) || !settle_on(m))
		block(m, &kernel);
	return false;
}

static void report_no_program(struct manager *m, int r)
{
	_cleanup_free_ char *text = NULL, *reason = NULL;
	struct unit_exit e = {.kind = UNIT_NO_EXEC};
	_cleanup_spec_ struct sched_spec *spec = spec_copy(m->target);

	if (asprintf(&text, "%s: %s", m->target->argv[0], strerror(-r)) < 0)
		text = NULL;
	e.text = text;
	reason = unit_exit_describe(&e);
	manager_fail(m, &(struct failure){spec ?: m->target, reason ?: "failed", &e, NR_SLOTS});
}

static void start_slot(struct manager *m, struct slot *s)
{
	_cleanup_free_ char *what = spec_describe(m->target);
	int r = m->ops->check_program(m->userdata, m->target);

	if (r < 0) {
		report_no_program(m, r);
		return;
	}
	s->spec = spec_copy(m->target);
	if (!s->spec) {
		m->ops->finished(m->userdata, STATUS_AGAIN);
		return;
	}
	s->state = SLOT_LOADING;
	m->candidate = s;
	log_info("starting %s", what ?: m->target->name);
	set_state(m, MANAGER_STARTING);
	r = m->ops->start_unit(m->userdata, slot_index(m, s), s->spec);
	if (r < 0)
		manager_unit_ended(m, slot_index(m, s),
				   &(struct unit_exit){UNIT_REFUSED, 0, strerror(-r)});
}

/* No slot is on its way to the target yet. */
static void start_candidate(struct manager *m)
{
	struct slot *s = find_slot(m, SLOT_EMPTY, SLOT_EMPTY);
	struct slot *running = find_slot(m, SLOT_ATTACHING, SLOT_ATTACHED);

	if (s && other_slot(m, s)->failure)
		return; /* its end says what comes next */
	set_state(m, MANAGER_STARTING);
	if (!s) {
		/* one that was on its way to an earlier target */
		s = find_slot(m, SLOT_LOADING, SLOT_LOADED);
		if (s)
			manager_stop_slot(m, s);
		return;
	}
	if (running || other_slot(m, s)->state == SLOT_STOPPING || manager_kernel_is_free(m))
		start_slot(m, s);
}

/* Whether the kernel has let go of the scheduler of @s, whose unit is being stopped, for good. */
static bool is_detached(struct manager *m, const struct slot *s)
{
	_cleanup_kernel_state_ struct kernel_state kernel = {};

	if (s->may_attach || manager_read_kernel(m, &kernel) < 0)
		return false;
	if (strcmp(kernel.state, "disabling") == 0)
		(void)settle_on(m);
	return strcmp(kernel.state, "disabled") == 0;
}

/* The target stands by: it is its turn as soon as the kernel has let go of the other. */
static void take_over(struct manager *m, struct slot *s)
{
	struct slot *other = other_slot(m, s);
	int r;

	manager_stop_slot(m, other);
	if (other->state == SLOT_STOPPING ? !is_detached(m, other) : !manager_kernel_is_free(m))
		return;
	s->state = SLOT_ATTACHING;
	r = m->ops->attach_unit(m->userdata, slot_index(m, s));
	if (r < 0)
		manager_stop_failed(m, s, strdup("could not be told to attach"));
	else
		(void)set_timer(m, TIMER_ATTACH, MANAGER_ATTACH_S * S_US);
}

static void arrive(struct manager *m, const struct slot *s)
{
	_cleanup_free_ char *what = spec_describe(s->spec);

	manager_stop_slot(m, other_slot(m, s));
	if (m->state == MANAGER_RUNNING)
		return;
	log_info("%s is running", what ?: s->spec->name);
	if (m->nr_fallback == 0)
		manager_set_reason(m, NULL);
	set_state(m, MANAGER_RUNNING);
	m->ops->outcome(m->userdata, OUTCOME_REACHED, NULL);
	manager_compare_with_kernel(m, false);
}

/* Nothing runs any more, and the kernel has let go or taken somebody else's. */
static void come_to_rest(struct manager *m)
{
	log_info("no scheduler of ours runs");
	if (m->state != MANAGER_FAILED)
		set_state(m, MANAGER_IDLE);
	if (m->is_leaving)
		m->ops->finished(m->userdata, STATUS_OK);
	else
		m->ops->outcome(m->userdata, OUTCOME_REACHED, NULL);
}

/* The kernel is not in between any more, or has been for too long. */
static bool kernel_has_settled(struct manager *m)
{
	_cleanup_kernel_state_ struct kernel_state kernel = {};

	if (manager_read_kernel(m, &kernel) < 0) {
		m->ops->finished(m->userdata, STATUS_FAILED);
		return false;
	}
	if (strcmp(kernel.state, "disabled") == 0 || kernel_state_is(&kernel, NULL))
		return true;
	if (settle_on(m))
		return false;
	log_error("the kernel still says it is %s", kernel.state);
	return true;
}

static void go_idle(struct manager *m)
{
	bool is_at_rest = m->state == MANAGER_IDLE || m->state == MANAGER_FAILED;
	bool is_empty;

	for (unsigned i = 0; i < NR_SLOTS; i++)
		manager_stop_slot(m, &m->slots[i]);
	is_empty = !find_slot(m, SLOT_LOADING, SLOT_STOPPING);
	if (is_empty && is_at_rest && !m->is_leaving)
		return;
	if (is_empty && kernel_has_settled(m))
		come_to_rest(m);
	else if (m->state != MANAGER_FAILED)
		set_state(m, MANAGER_STOPPING);
}

/* The one next thing that leads towards the target. */
static void proceed(struct manager *m)
{
	struct slot *s = m->candidate;

	if (!m->target)
		go_idle(m);
	else if (m->state == MANAGER_WAITING || m->state == MANAGER_BLOCKED)
		return;
	else if (!s)
		start_candidate(m);
	else if (s->state == SLOT_LOADED)
		take_over(m, s);
	else if (s->state == SLOT_ATTACHED)
		arrive(m, s);
}

void manager_reconcile(struct manager *m)
{
	proceed(m);
	m->ops->changed(m->userdata);
}
