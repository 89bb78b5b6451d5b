// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "lib/strv.h"

#include "requests.h"

const char *const source_names[NR_SOURCES] = {
	[SOURCE_BOOT] = "boot",
	[SOURCE_USER] = "user",
	[SOURCE_PROFILE] = "profile",
	[SOURCE_HOLD] = "hold",
};

void request_finish(struct request *r)
{
	free(r->sched);
	strv_free(r->args);
	*r = (struct request){};
}

int request_copy(const struct request *from, struct request *to)
{
	struct request copy = {.source = from->source, .mode = from->mode};

	copy.sched = from->sched ? strdup(from->sched) : NULL;
	if ((from->sched && !copy.sched) || strv_copy(from->args, &copy.args) < 0) {
		request_finish(&copy);
		return -ENOMEM;
	}
	*to = copy;
	return 0;
}

bool request_equal(const struct request *a, const struct request *b)
{
	return a->mode == b->mode && !a->sched == !b->sched &&
	       (!a->sched || strcmp(a->sched, b->sched) == 0) && strv_equal(a->args, b->args);
}

static void hold_finish(struct hold *h)
{
	request_finish(&h->request);
	free(h->reason);
	free(h->app_id);
	free(h->owner);
}

void requests_finish(struct requests *r)
{
	request_finish(&r->base);
	for (size_t i = 0; i < r->nr_holds; i++)
		hold_finish(&r->holds[i]);
	free(r->holds);
	*r = (struct requests){};
}

const struct request *requests_top(const struct requests *r)
{
	return r->nr_holds ? &r->holds[r->nr_holds - 1].request : &r->base;
}

int requests_set_base(struct requests *r, const struct request *request)
{
	struct request copy;
	int k = request_copy(request, &copy);

	if (k < 0)
		return k;
	request_finish(&r->base);
	r->base = copy;
	return 0;
}

bool requests_set_mode(struct requests *r, enum mode mode)
{
	if (!r->base.sched || r->base.args || r->base.mode == mode)
		return false;
	r->base.mode = mode;
	r->base.source = SOURCE_PROFILE;
	return true;
}

static uint32_t new_cookie(struct requests *r)
{
	/* 0 is no cookie */
	if (++r->last_cookie == 0)
		r->last_cookie = 1;
	return r->last_cookie;
}

int requests_hold(struct requests *r, const struct request *request, const char *reason,
		  const char *app_id, const char *owner, uint32_t *ret_cookie)
{
	struct hold h = {}, *grown;

	if (r->nr_holds == REQUESTS_MAX_HOLDS)
		return -ENOSPC;
	grown = reallocarray(r->holds, r->nr_holds + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	r->holds = grown;
	h.reason = strdup(reason);
	h.app_id = strdup(app_id);
	h.owner = strdup(owner);
	if (!h.reason || !h.app_id || !h.owner || request_copy(request, &h.request) < 0) {
		hold_finish(&h);
		return -ENOMEM;
	}
	h.request.source = SOURCE_HOLD;
	h.cookie = *ret_cookie = new_cookie(r);
	r->holds[r->nr_holds++] = h;
	return 0;
}

static void remove_hold(struct requests *r, size_t i)
{
	hold_finish(&r->holds[i]);
	r->nr_holds--;
	memmove(&r->holds[i], &r->holds[i + 1], (r->nr_holds - i) * sizeof(*r->holds));
}

int requests_release(struct requests *r, uint32_t cookie)
{
	for (size_t i = 0; i < r->nr_holds; i++)
		if (r->holds[i].cookie == cookie) {
			remove_hold(r, i);
			return 0;
		}
	return -ENOENT;
}

void requests_release_newer(struct requests *r, uint32_t cookie)
{
	while (r->nr_holds && r->holds[r->nr_holds - 1].cookie > cookie)
		remove_hold(r, r->nr_holds - 1);
}

unsigned requests_release_owner(struct requests *r, const char *owner)
{
	unsigned n = 0;

	for (size_t i = r->nr_holds; i-- > 0;)
		if (strcmp(r->holds[i].owner, owner) == 0) {
			remove_hold(r, i);
			n++;
		}
	return n;
}
