// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include <sys/epoll.h>

#include <bpf/libbpf.h>

#include "transport.h"

/* the kernel keeps a header in front of each record, and both begin at a multiple of eight */
#define HEADER_SIZE 8

uint32_t transport_ring_size(uint64_t nr, size_t size)
{
	uint32_t ring = (uint32_t)sysconf(_SC_PAGESIZE);

	/* a power of two, and a multiple of the page size */
	while (ring < nr * (HEADER_SIZE + (size + 7) / 8 * 8))
		ring *= 2;
	return ring;
}

struct transport {
	const struct transport_handler *handler;
	void *userdata;
	struct ring_buffer *to_user;
	struct user_ring_buffer *to_kernel;
	sd_event_source *source;
};

struct transport *transport_free(struct transport *t)
{
	if (!t)
		return NULL;
	sd_event_source_disable_unref(t->source);
	ring_buffer__free(t->to_user);
	user_ring_buffer__free(t->to_kernel);
	free(t);
	return NULL;
}

static int on_record(void *userdata, void *record, size_t size)
{
	struct transport *t = userdata;

	return t->handler->take(t->userdata, record, size);
}

static int on_wakeup(sd_event_source *source _unused_, int fd _unused_, uint32_t revents _unused_,
		     void *userdata)
{
	struct transport *t = userdata;
	int r = ring_buffer__consume(t->to_user);

	if (r < 0)
		return sd_event_exit(sd_event_source_get_event(source), r);
	t->handler->act(t->userdata);
	return 0;
}

static int open_rings(struct transport *t, int to_user, int to_kernel)
{
	t->to_user = ring_buffer__new(to_user, on_record, t, NULL);
	if (!t->to_user)
		return -errno;
	t->to_kernel = user_ring_buffer__new(to_kernel, NULL);
	return t->to_kernel ? 0 : -errno;
}

int transport_new(const struct bpf_object *bpf, sd_event *event,
		  const struct transport_handler *handler, void *userdata, struct transport **ret)
{
	_cleanup_(transport_freep) struct transport *t = calloc(1, sizeof(*t));
	int to_user = bpf_object__find_map_fd_by_name(bpf, "to_user");
	int to_kernel = bpf_object__find_map_fd_by_name(bpf, "to_kernel");
	int r;

	if (!t)
		return -ENOMEM;
	if (to_user < 0 || to_kernel < 0)
		return -ENOENT;
	t->handler = handler;
	t->userdata = userdata;
	r = open_rings(t, to_user, to_kernel);
	if (r < 0)
		return r;
	/* of the priority of all others: there may be something to schedule all the time */
	r = sd_event_add_io(event, &t->source, to_user, EPOLLIN, on_wakeup, t);
	if (r < 0)
		return r;
	*ret = steal_ptr(t);
	return 0;
}

int transport_send(struct transport *t, const void *record, size_t size)
{
	void *place = user_ring_buffer__reserve(t->to_kernel, (__u32)size);

	if (!place)
		return -ENOSPC;
	memcpy(place, record, size);
	user_ring_buffer__submit(t->to_kernel, place);
	return 0;
}
