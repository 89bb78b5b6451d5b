// SPDX-License-Identifier: GPL-2.0-only
/*
 * From requests to the manager's one target:
 *
 *	request (base or the latest hold) + configuration -> spec -> manager_want()
 *
 * A request that fails to load while another scheduler runs is taken back, so that
 * what is said to be wanted is what runs. What is wanted is kept in a file: a loader
 * that is started again goes on where the last one was.
 */
#include <stdio.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/log.h"
#include "lib/strv.h"

#include "loader.h"
#include "service.h"
#include "state.h"
#include "unit_exit.h"

bool loader_is_installed(const struct loader *l, const char *sched)
{
	return catalog_find(&l->catalog, sched) && sched_check_program(l->root_fd, sched) == 0;
}

/* -ENOENT: the scheduler is not installed any more. */
static int make_spec(const struct loader *l, const char *sched, enum mode mode, char *const *args,
		     struct sched_spec **ret)
{
	const struct sched_entry *e = catalog_find(&l->catalog, sched);
	_cleanup_strv_ char **argv = NULL;
	int r;

	if (!e)
		return -ENOENT;
	r = config_command(e, args ?: config_flags(&l->config, e, mode)->words, l->root, &argv);
	if (r < 0)
		return r;
	*ret = spec_new(sched, mode, args, argv);
	if (!*ret)
		return -ENOMEM;
	spec_identify(*ret);
	return 0;
}

static void save_request(const struct loader *l)
{
	int r = state_save_request(l->root_fd, &l->requests.base);

	if (r < 0)
		(void)log_errno(r, "cannot keep in " RUNTIME_DIR " what is wanted: %m");
}

/* Makes what is wanted now the manager's target. */
static void apply(struct loader *l, bool again)
{
	const struct request *top = requests_top(&l->requests);
	_cleanup_spec_ struct sched_spec *spec = NULL;
	int r = top->sched ? make_spec(l, top->sched, top->mode, top->args, &spec) : 0;

	save_request(l);
	l->nr_starts = 0;
	if (r < 0)
		manager_want_fallback(&l->manager,
				      r == -ENOENT ? "the scheduler is not installed any more"
						   : "out of memory");
	else
		manager_want(&l->manager, spec, again);
}

static void forget_undo(struct loader *l)
{
	request_finish(&l->undo_base);
	l->has_undo = false;
}

/* What is about to be asked for may have to be taken back, together with all that is pending. */
static void prepare_undo(struct loader *l)
{
	if (l->has_undo)
		return;
	l->has_undo = request_copy(&l->requests.base, &l->undo_base) >= 0;
	l->undo_cookie = l->requests.last_cookie;
}

static void undo(struct loader *l)
{
	if (!l->has_undo)
		return;
	requests_release_newer(&l->requests, l->undo_cookie);
	(void)requests_set_base(&l->requests, &l->undo_base);
	save_request(l);
}

static int refuse_held(const struct loader *l, sd_bus_error *error)
{
	const struct hold *h = &l->requests.holds[l->requests.nr_holds - 1];

	return sd_bus_error_setf(error, SD_BUS_ERROR_FAILED,
				 "%s is held by %s: %s; release it first",
				 h->request.sched ?: "the kernel's own scheduler", h->app_id,
				 h->reason);
}

static int check_request(const struct loader *l, const struct request *r, sd_bus_error *error)
{
	_cleanup_free_ char *names = NULL;

	if (loader_is_installed(l, r->sched))
		return 0;
	names = catalog_names(&l->catalog);
	return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
				 "scheduler '%s' is not installed; installed: %s", r->sched,
				 names ?: "");
}

static int set_base(struct loader *l, const struct request *r, bool again, sd_bus_error *error)
{
	int k;

	if (l->requests.nr_holds)
		return refuse_held(l, error);
	prepare_undo(l);
	k = requests_set_base(&l->requests, r);
	if (k < 0)
		return sd_bus_error_set_errno(error, k);
	apply(l, again);
	return 0;
}

int loader_start(struct loader *l, const struct request *r, sd_bus_error *error)
{
	const struct sched_spec *running = manager_running(&l->manager);
	int k = check_request(l, r, error);

	if (k < 0)
		return k;
	if (running && strcmp(running->name, r->sched) != 0)
		return sd_bus_error_setf(error, SD_BUS_ERROR_FAILED,
					 "%s is running; switch to the other instead",
					 running->name);
	return set_base(l, r, false, error);
}

int loader_switch(struct loader *l, const struct request *r, sd_bus_error *error)
{
	int k = check_request(l, r, error);

	return k < 0 ? k : set_base(l, r, false, error);
}

int loader_stop(struct loader *l, sd_bus_error *error)
{
	return set_base(l, &(struct request){.source = SOURCE_USER}, false, error);
}

int loader_restart(struct loader *l, sd_bus_error *error)
{
	_cleanup_request_ struct request same = {};
	int r;

	if (!l->requests.base.sched || !manager_running(&l->manager))
		return sd_bus_error_set(error, SD_BUS_ERROR_FAILED,
					"No scheduler is currently running to restart");
	r = request_copy(&l->requests.base, &same);
	if (r < 0)
		return sd_bus_error_set_errno(error, r);
	return set_base(l, &same, true, error);
}

/* What the configuration wants; its strings belong to that. */
static struct request configured(const struct loader *l)
{
	const struct sched_entry *e = config_sched(&l->config, &l->catalog);

	return (struct request){.source = SOURCE_BOOT,
				.sched = e ? e->name.value : NULL,
				.mode = config_mode(&l->config)};
}

int loader_restore(struct loader *l, sd_bus_error *error)
{
	struct request r = configured(l);

	if (!r.sched)
		return sd_bus_error_set(error, SD_BUS_ERROR_FAILED,
					"No default scheduler is configured");
	return set_base(l, &r, false, error);
}

int loader_hold(struct loader *l, const struct request *r, const char *reason, const char *app_id,
		const char *owner, uint32_t *ret_cookie, sd_bus_error *error)
{
	int k = r->sched ? check_request(l, r, error) : 0;

	if (k < 0)
		return k;
	prepare_undo(l);
	k = requests_hold(&l->requests, r, reason, app_id, owner, ret_cookie);
	if (k == -ENOSPC)
		return sd_bus_error_setf(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
					 "there are %d holds already", REQUESTS_MAX_HOLDS);
	if (k < 0)
		return sd_bus_error_set_errno(error, k);
	apply(l, false);
	return 0;
}

int loader_release(struct loader *l, uint32_t cookie, sd_bus_error *error)
{
	if (requests_release(&l->requests, cookie) < 0)
		return sd_bus_error_setf(error, SD_BUS_ERROR_FAILED, "there is no hold %u", cookie);
	prepare_undo(l);
	apply(l, false);
	return 0;
}

void loader_release_owner(struct loader *l, const char *owner)
{
	unsigned n = requests_release_owner(&l->requests, owner);

	if (!n)
		return;
	log_info("%s left the bus, and its %u hold%s with it", owner, n, n == 1 ? "" : "s");
	prepare_undo(l);
	apply(l, false);
}

/* The mode that stands for a power profile, or CONFIG_NO_MODE. */
static int profile_mode(const struct config_profiles *c, enum power_profile p)
{
	const struct setting_int *const modes[NR_POWER_PROFILES] = {
		[POWER_PROFILE_POWER_SAVER] = &c->power_saver,
		[POWER_PROFILE_BALANCED] = &c->balanced,
		[POWER_PROFILE_PERFORMANCE] = &c->performance,
		[POWER_PROFILE_AC] = &c->ac,
		[POWER_PROFILE_BATTERY] = &c->battery,
	};

	return c->enabled.value && modes[p] ? (int)modes[p]->value : CONFIG_NO_MODE;
}

/* Asks for the mode of the power profile; true if that is another than before. */
static bool follow_profile(struct loader *l)
{
	int mode = profile_mode(&l->config.profiles, l->profile);

	if (mode == CONFIG_NO_MODE)
		return false;
	prepare_undo(l);
	if (!requests_set_mode(&l->requests, (enum mode)mode))
		return false;
	log_info("power profile %s: %s mode", power_profile_names[l->profile],
		 mode_table[mode].name);
	return true;
}

void loader_set_profile(struct loader *l, enum power_profile p)
{
	l->profile = p;
	manager_changed(&l->manager);
	if (follow_profile(l))
		apply(l, false);
}

static struct manager_patience patience(const struct config *c)
{
	return (struct manager_patience){
		.budget = (unsigned)c->failures.budget.value,
		.first_delay_s = (unsigned)c->failures.first_delay.value,
		.max_delay_s = (unsigned)c->failures.max_delay.value,
	};
}

static void report(void *userdata _unused_, enum log_level level, const char *text)
{
	log_message(level, "%s", text);
}

/* The catalog is read again, too: packages come and go. */
static int read_configuration(struct loader *l)
{
	_cleanup_catalog_ struct catalog catalog = {};
	struct reader reader = {.root_fd = l->root_fd, .report = report};
	int r = catalog_load(&catalog, &reader);

	if (r < 0)
		return log_errno(r, "cannot read " CATALOG_DIR ": %m");
	r = config_load(&l->config, &catalog, &reader, l->file);
	if (r < 0)
		return r;
	catalog_finish(&l->catalog);
	l->catalog = catalog;
	catalog = (struct catalog){};
	return 0;
}

/* Whoever asked for something by hand keeps it, with the flags of the new configuration. */
int loader_reload(struct loader *l)
{
	struct request r;
	int k = read_configuration(l);

	if (k < 0)
		return k;
	l->manager.patience = patience(&l->config);
	prepare_undo(l);
	r = configured(l);
	if (l->requests.base.source != SOURCE_USER)
		k = requests_set_base(&l->requests, &r);
	if (k < 0)
		return k;
	(void)follow_profile(l);
	apply(l, false);
	return 0;
}

/*
 * Whether the machine has come to nothing with this one too often in a row, see aios.toml(5).
 * That this boot cannot be counted makes the others no better.
 */
static bool is_bad_at_boot(const struct loader *l, const char *sched)
{
	int64_t limit = l->config.failures.boots.value;
	int bad = state_bad_boots(l->root_fd, sched);
	int r = state_begin_boot(l->root_fd, sched);

	if (r < 0)
		(void)log_errno(r, "cannot count attempts at boot in " STATE_DIR ": %m");
	return limit > 0 && bad >= limit;
}

static void skip_at_boot(struct loader *l, const char *sched)
{
	_cleanup_free_ char *reason = NULL;

	if (asprintf(&reason,
		     "%s has failed on %d boots in a row and is skipped until it or the kernel "
		     "changes, or it is started by hand",
		     sched, (int)l->config.failures.boots.value) < 0)
		reason = NULL;
	manager_want_fallback(&l->manager, reason ?: "out of memory");
}

void loader_begin(struct loader *l)
{
	_cleanup_request_ struct request earlier = {};
	struct request r = configured(l);
	int k = state_load_request(l->root_fd, &earlier);

	l->manager.patience = patience(&l->config);
	l->next_number = state_next_number(l->root_fd);
	if (k >= 0 && earlier.source != SOURCE_BOOT &&
	    (!earlier.sched || loader_is_installed(l, earlier.sched)))
		r = earlier;
	else if (k < 0 && k != -ENOENT)
		(void)log_errno(k, "cannot read what was wanted from " RUNTIME_DIR ": %m");
	if (!r.sched)
		log_info("no scheduler is wanted");
	if (requests_set_base(&l->requests, &r) < 0) {
		log_error("out of memory");
		return;
	}
	(void)follow_profile(l);
	if (r.sched && r.source == SOURCE_BOOT && is_bad_at_boot(l, r.sched))
		skip_at_boot(l, r.sched);
	else
		apply(l, false);
}

/* What was asked for itself is none to fall back to. */
int loader_fallback(struct loader *l, unsigned i, struct sched_spec **ret)
{
	const char *asked_for = requests_top(&l->requests)->sched;
	_cleanup_strv_ char **names = NULL;
	int r = config_fallback(&l->config, &l->catalog, &names);

	if (r < 0)
		return r;
	*ret = NULL;
	strv_foreach(name, names)
		if (strcmp(*name, asked_for ?: "") != 0 && i-- == 0)
			return make_spec(l, *name, MODE_AUTO, NULL, ret);
	return 0;
}

static void replace_string(char **place, const char *s)
{
	free(*place);
	*place = s ? strdup(s) : NULL;
}

void loader_record(struct loader *l, const struct failure *f)
{
	uint64_t nr = f->slot < NR_SLOTS ? l->numbers[f->slot] : l->next_number++;
	_cleanup_free_ char *what = spec_describe(f->spec);
	const struct failure_record record = {f->spec->name, what ?: f->spec->name,
					      unit_exit_word(f->exit), f->reason};
	struct last_exit *last = &l->last_exit;
	int r;

	replace_string(&last->kind, record.kind);
	replace_string(&last->reason, f->reason);
	replace_string(&last->dump, NULL);
	last->time_us = realtime_us();
	r = state_add_failure(l->root_fd, nr, &record, &last->dump);
	if (r < 0)
		(void)log_errno(r, "cannot record the failure in " STATE_DIR ": %m");
}

/* It ran well, or long enough: this is no boot that has come to nothing with it. */
static void forgive_boots(const struct loader *l, const char *sched)
{
	int r = state_clear_boot(l->root_fd, sched);

	if (r < 0)
		(void)log_errno(r, "cannot write to " STATE_DIR ": %m");
}

void loader_stable(struct loader *l, const struct sched_spec *spec)
{
	forgive_boots(l, spec->name);
}

/* Somebody has ended it in good order, or the machine goes down: nothing is wanted any more. */
static void release_all(struct loader *l)
{
	const struct request nothing = {.source = SOURCE_USER};

	if (l->requests.base.sched && l->manager.nr_fallback == 0)
		forgive_boots(l, l->requests.base.sched);
	requests_release_newer(&l->requests, 0);
	(void)requests_set_base(&l->requests, &nothing);
	save_request(l);
}

void loader_finish(struct loader *l)
{
	request_finish(&l->undo_base);
	requests_finish(&l->requests);
	free(l->last_exit.kind);
	free(l->last_exit.reason);
	free(l->last_exit.dump);
	config_finish(&l->config);
	catalog_finish(&l->catalog);
}

void loader_outcome(struct loader *l, enum outcome outcome, const char *text)
{
	switch (outcome) {
	case OUTCOME_KEPT:
		undo(l);
		break;
	case OUTCOME_RELEASED:
		release_all(l);
		break;
	case OUTCOME_REACHED:
	case OUTCOME_FAILED:
		break;
	}
	forget_undo(l);
	service_outcome(l->service, outcome, text);
}

char *loader_foreign(const struct loader *l)
{
	_cleanup_kernel_state_ struct kernel_state kernel = {};

	if (manager_has_kernel(&l->manager) || kernel_state_read(l->root_fd, &kernel) < 0 ||
	    !kernel_state_is(&kernel, NULL))
		return NULL;
	return strdup(kernel.ops);
}
