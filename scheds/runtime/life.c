// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <string.h>

#include <scx/ops_flags.h>
#include <systemd/sd-daemon.h>

#include "lib/clock.h"
#include "lib/exit_status.h"
#include "lib/file.h"
#include "lib/kernel.h"
#include "lib/log.h"
#include "lib/notify.h"
#include "lib/parse.h"
#include "runtime/idle_resume.h"
#include "runtime/life.h"
#include "runtime/loop.h"
#include "runtime/object.h"

#define HOTPLUG_SEQ "/sys/kernel/sched_ext/hotplug_seq"

/* run_once() and its parts answer with an enum exit_status or one of these. */
#define RUN_AGAIN (-1)
#define RUN_ENDED (-2) /* asked to end before it was attached */

/* The kernel compares this with its own count at attach, so that no CPU comes or goes unseen. */
static int set_hotplug_seq(struct scx_object *o)
{
	_cleanup_free_ char *text = NULL;
	uint64_t seq;
	int r;

	r = read_sysfs_line(AT_FDCWD, HOTPLUG_SEQ, &text);
	if (r < 0)
		return r;
	r = parse_u64(text, 0, UINT64_MAX, &seq);
	if (r < 0)
		return r;
	return object_set_ops(o, "hotplug_seq", seq);
}

/* A scheduler that knows little of the machine is better than none. */
static int read_topology(struct topology **ret)
{
	_cleanup_close_ int root_fd = topology_open_root();
	int r = root_fd < 0 ? root_fd : topology_read(root_fd, ret);
	long nr_cpus;

	if (r == 0)
		return STATUS_OK;
	nr_cpus = sysconf(_SC_NPROCESSORS_CONF);
	if (r != -ENOMEM && nr_cpus > 0) {
		log_warning("cannot read which CPUs are online below /sys/devices/system/cpu: %s; "
			    "taking all %ld for equal",
			    strerror(-r), nr_cpus);
		r = topology_new_uniform((unsigned)nr_cpus, ret);
	}
	if (r == 0)
		return STATUS_OK;
	log_errno(r, "cannot learn what CPUs there are: %m");
	return STATUS_FAILED;
}

static int open_object(const struct run *run, struct scx_object **ret)
{
	int r = object_open(run->program, ret);

	if (r == 0)
		return STATUS_OK;
	log_errno(r, "cannot open the BPF object: %m");
	return STATUS_FAILED;
}

/* Writes the options into the object, as they fit the machine. */
static int configure(const struct run *run, struct scx_object *o, const struct topology *topology)
{
	const struct scx_program *p = run->program;
	int r;

	memcpy(object_conf(o), run->conf, p->conf_size);
	r = p->configure ? p->configure(object_conf(o), topology) : 0;
	if (r == -EINVAL)
		return STATUS_USAGE;
	if (r == 0)
		r = object_set_topology(o, topology);
	if (r == 0)
		r = object_set_dump_len(o, (uint32_t)run->options.dump_len);
	if (r == 0 && p->flags)
		r = object_add_flags(o, p->flags(object_conf(o)));
	if (r == 0 && run->options.partial)
		r = object_add_flags(o, SCX_OPS_SWITCH_PARTIAL);
	if (r == 0)
		return STATUS_OK;
	log_errno(r, "cannot configure %s: %m", p->name);
	return STATUS_FAILED;
}

/* Status for a negative errno of object_load(). */
static int load_status(int r)
{
	if (r == -EPERM || r == -ENOMEM || r == -EACCES)
		return STATUS_FAILED;
	return STATUS_KERNEL;
}

static int load(const struct run *run, struct scx_object *o, const struct topology *topology)
{
	int r = set_hotplug_seq(o);

	if (r < 0) {
		log_errno(r, "cannot use %s: %m", HOTPLUG_SEQ);
		return STATUS_FAILED;
	}
	r = object_load(o, topology);
	if (r == 0)
		return STATUS_OK;
	/* what the kernel lacks has been said */
	if (r != -EOPNOTSUPP)
		log_errno(r, "the kernel does not accept the BPF programs of %s: %m",
			  run->program->name);
	return load_status(r);
}

static void keep_dump(const struct run *run, const struct scx_exit_report *report)
{
	int r;

	exit_print_dump(stderr, report);
	if (!run->options.dump_file)
		return;
	r = exit_save_dump(run->options.dump_file, report);
	if (r < 0)
		log_warning("the kernel's dump is not kept: cannot write %s: %s",
			    run->options.dump_file, strerror(-r));
}

/* What the end of the scheduler means for us: an enum exit_status or RUN_AGAIN. */
static int judge(struct run *run, const struct scx_exit_report *report)
{
	_cleanup_free_ char *message = exit_message(report);

	(void)sd_notifyf(0, "STATUS=%s", message ?: report->reason);
	switch (exit_action(report)) {
	case EXIT_ACTION_END:
		log_info("ended: %s", message ?: report->reason);
		return STATUS_OK;
	case EXIT_ACTION_EJECTED:
		keep_dump(run, report);
		log_error("ejected by the kernel: %s", message ?: report->reason);
		return STATUS_EJECTED;
	case EXIT_ACTION_RESTART:
		break;
	}
	if (restart_budget_take(&run->budget, monotonic_us()) < 0) {
		log_error("the kernel asked for more than %d restarts in a minute: %s",
			  RESTART_LIMIT, message ?: report->reason);
		return STATUS_EJECTED;
	}
	log_info("loading again: %s", message ?: report->reason);
	return RUN_AGAIN;
}

static int refuse_busy(const struct kernel_state *state)
{
	log_error("another scheduler is active: %s; stop it first", state->ops ?: "(unnamed)");
	return STATUS_FAILED;
}

/* What a scheduler that was killed has left behind. */
static void restore_machine(void)
{
	_cleanup_close_ int root_fd = topology_open_root();
	int r = root_fd < 0 ? root_fd : idle_resume_recover(root_fd);

	if (r > 0)
		log_info(
			"restored how long %d CPUs may take to leave idle states, which a scheduler "
			"that was killed had limited",
			r);
	else if (r < 0 && r != -EWOULDBLOCK)
		log_debug("cannot restore limits of idle states: %s", strerror(-r));
}

static int attach(struct run *run, struct scx_object *o)
{
	_cleanup_kernel_state_ struct kernel_state state = {};
	const struct scx_exit_report *report;
	uint64_t begin_us = monotonic_us();
	int r = object_attach(o);

	if (r == 0) {
		log_debug("attached in %.1f ms", (double)(monotonic_us() - begin_us) / 1000);
		restore_machine();
		return STATUS_OK;
	}
	report = object_report(o);
	if (report && exit_action(report) != EXIT_ACTION_END)
		return judge(run, report);
	if (r == -EBUSY && kernel_state_read(AT_FDCWD, &state) == 0 &&
	    kernel_state_is(&state, NULL))
		return refuse_busy(&state);
	log_errno(r, "cannot attach %s: %m", run->program->name);
	return STATUS_FAILED;
}

/* false: asked to end. Who was told to attach once does so at once after a restart. */
static bool stand_by(struct run *run)
{
	if (!run->options.standby)
		return true;
	run->options.standby = 0;
	(void)sd_notify(0, "READY=1\nSTATUS=" NOTIFY_LOADED);
	return loop_stand_by();
}

/* Everything up to the attached scheduler. */
static int bring_up(struct run *run, struct scx_object *o, sd_event *event)
{
	_cleanup_topology_ struct topology *topology = NULL;
	int r;

	r = read_topology(&topology);
	if (r != STATUS_OK)
		return r;
	r = configure(run, o, topology);
	if (r != STATUS_OK)
		return r;
	r = load(run, o, topology);
	if (r != STATUS_OK)
		return r;
	r = object_start(o, event);
	if (r < 0) {
		log_errno(r, "cannot start the user side of %s: %m", run->program->name);
		return STATUS_FAILED;
	}
	return stand_by(run) ? attach(run, o) : RUN_ENDED;
}

static int run_attached(const struct run *run, struct scx_object *o, sd_event *event)
{
	const struct loop_options options = {run->options.stats_ms, run->options.json};

	if (run->options.check)
		return LOOP_ASKED;
	return loop_run(event, run->program, o, &options);
}

/* One life of the scheduler: an enum exit_status or RUN_AGAIN. */
static int run_once(struct run *run)
{
	_cleanup_(sd_event_unrefp) sd_event *event = NULL;
	_cleanup_(object_freep) struct scx_object *o = NULL;
	const struct scx_exit_report *report;
	int r;

	r = open_object(run, &o);
	if (r != STATUS_OK)
		return r;
	r = sd_event_new(&event);
	if (r < 0) {
		log_errno(r, "cannot make an event loop: %m");
		return STATUS_FAILED;
	}
	r = bring_up(run, o, event);
	if (r == RUN_ENDED)
		return STATUS_OK;
	if (r != STATUS_OK)
		return r;
	r = run_attached(run, o, event);
	object_detach(o);
	if (r < 0) {
		log_errno(r, "event loop failed: %m");
		return STATUS_FAILED;
	}
	report = object_report(o);
	/* who asks for the end gets it, even if the kernel asks for a restart at the same time */
	if (!report || (r == LOOP_ASKED && exit_action(report) != EXIT_ACTION_EJECTED))
		return STATUS_OK;
	return judge(run, report);
}

/* Everything that can be known to fail before BPF is touched. */
static int check_machine(const struct run *run)
{
	_cleanup_kernel_state_ struct kernel_state state = {};
	const char *missing = kernel_missing(AT_FDCWD);

	if (missing) {
		log_error("%s", missing);
		return STATUS_KERNEL;
	}
	if (geteuid() != 0) {
		log_error("%s must be run as root", run->program->name);
		return STATUS_FAILED;
	}
	/* who stands by does so for another to end */
	if (!run->options.standby && kernel_state_read(AT_FDCWD, &state) == 0 &&
	    kernel_state_is(&state, NULL))
		return refuse_busy(&state);
	return STATUS_OK;
}

/* What is wrong with the options on this machine comes first, as on the command line. */
static int check_options(const struct run *run)
{
	_cleanup_topology_ struct topology *topology = NULL;
	_cleanup_(object_freep) struct scx_object *o = NULL;
	int r = read_topology(&topology);

	if (r != STATUS_OK)
		return r;
	if (run->program->check && run->program->check(run->conf, topology) < 0)
		return STATUS_USAGE;
	r = open_object(run, &o);
	if (r != STATUS_OK)
		return r;
	return configure(run, o, topology);
}

int run_until_end(struct run *run)
{
	bool has_checks = run->program->check || run->program->configure;
	int r = has_checks ? check_options(run) : STATUS_OK;

	if (r == STATUS_OK)
		r = check_machine(run);
	if (r != STATUS_OK)
		return r;
	do
		r = run_once(run);
	while (r == RUN_AGAIN);
	if (r == STATUS_OK && run->options.check)
		log_info("this kernel runs %s", run->program->name);
	return r;
}
