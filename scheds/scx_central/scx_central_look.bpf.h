/* SPDX-License-Identifier: GPL-2.0-only */
/* The timer of the central CPU: who has to give way, to whom, and when to look again. */
#pragma once

/*
 * Moves the first task of @dsq_id that may run on @cpu into the CPU's local DSQ. How long it
 * may run; 0 if there is none any more, or none was found.
 */
__noinline u64 hand_over(s32 cpu, u64 dsq_id)
{
	u32 left = search_max;
	struct task_struct *p;
	u64 turn_ns = 0;

	bpf_rcu_read_lock();
	bpf_for_each(scx_dsq, p, dsq_id, 0) {
		if (!bpf_cpumask_test_cpu(cpu, p->cpus_ptr)) {
			if (--left == 0)
				break;
			continue;
		}
		turn_ns = vtime_turn(conf.slice_ns, p->scx.weight);
		if (scx_bpf_dsq_move(SCX_DSQ_ITER, p, local_dsq_of(cpu), 0)) {
			stat_inc(CENTRAL_DISPATCH);
			break;
		}
		stat_inc(CENTRAL_LOST);
		turn_ns = 0;
	}
	bpf_rcu_read_unlock();
	return turn_ns;
}

/* A CPU that could have taken a task just before it came, and went idle. */
static void wake_if_missed(s32 cpu)
{
	struct first first = {};

	if (is_idle(cpu) && find_first(cpu, &first))
		scx_bpf_kick_cpu(cpu, scx_value(scx_kick_flags, SCX_KICK_IDLE));
}

/* Decides whether the task on @cpu goes on, and says when to look again. */
__noinline u64 look_at(s32 cpu, u64 now)
{
	struct run *r = run_of(cpu);
	struct first first = {};
	u64 turn_ns;

	if (!r)
		return now + conf.slice_ns;
	if (!r->began_at) {
		wake_if_missed(cpu);
		return now + conf.slice_ns;
	}
	if (now < r->slice_end)
		return r->slice_end;
	if (nr_in(local_dsq_of(cpu)) > 0) {
		stat_inc(CENTRAL_RETRY);
		kick(cpu);
		return now;
	}
	if (!find_first(cpu, &first))
		return now;
	if (!is_due(&first, r, now)) {
		begin_run(r, vtime_admit(vtime_after(r, now), conf.slice_ns), now);
		return r->slice_end;
	}
	turn_ns = hand_over(cpu, first.dsq_id);
	kick(cpu);
	return now + turn_ns;
}

/* All CPUs in turn: how many tasks wait, and when to look again. */
static u32 look_at_all(u64 now, u64 *ret_next)
{
	const struct cpumask *online = scx_bpf_get_online_cpumask();
	u32 nr_waiting = nr_in(SHARED_DSQ);
	u64 next = now + conf.slice_ns;
	u32 cpu;

	bpf_for(cpu, 0, scx_bpf_nr_cpu_ids()) {
		u64 at;

		if (!bpf_cpumask_test_cpu(cpu, online))
			continue;
		nr_waiting += nr_waiting_for(cpu);
		at = look_at(cpu, now);
		if (at < next)
			next = at;
	}
	scx_bpf_put_cpumask(online);
	*ret_next = next;
	return nr_waiting;
}

/* The timer. It ends when nobody waits and nobody has begun to since it last went off. */
static int look(void *map, u32 *key, struct central_timer *t)
{
	bool was_wanted = __sync_lock_test_and_set(&wanted, 0);
	u64 now = scx_bpf_now(), next;
	u32 nr_waiting;

	stat_inc(CENTRAL_TIMER);
	if (!is_central())
		stat_inc(CENTRAL_ASTRAY);
	nr_waiting = look_at_all(now, &next);
	stat_set(CENTRAL_QUEUED, nr_waiting);
	if (!nr_waiting && !was_wanted) {
		__sync_lock_test_and_set(&timer_cpu, NO_CPU);
		if (!wanted)
			return 0;
	}
	start_timer(next < now + LOOK_MIN_NS ? LOOK_MIN_NS : next - now);
	return 0;
}
