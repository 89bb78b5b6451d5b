// SPDX-License-Identifier: GPL-2.0-only
/*
 * A request is one line, {"req":"stats","args":{"target":"top"}}, and so is its reply,
 * {"errno":0,"args":{"resp":{...}}}; with another errno, resp is the error's text. "stats_meta"
 * asks what the statistics mean. Counters are given as their growth since the same client last
 * asked.
 *
 * Nobody is waited for: a client that sends a line without end, or does not read its replies, is
 * dropped.
 */
#include <stddef.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "lib/log.h"
#include "runtime/sampler.h"
#include "runtime/server.h"

#define CLIENTS_MAX 32
#define REQUEST_MAX 4096

struct client {
	struct server *server; /* NULL: the place is free */
	sd_event_source *source;
	int fd;
	struct sampler *sampler;
	size_t len; /* of what has come of a request */
	char request[REQUEST_MAX];
};

struct server {
	const struct stats_source *source;
	char *path;
	int fd;
	sd_event_source *connects;
	struct client *clients[CLIENTS_MAX];
};

static struct client *client_free(struct client *c)
{
	if (!c)
		return NULL;
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		if (c->server->clients[i] == c)
			c->server->clients[i] = NULL;
	sd_event_source_disable_unref(c->source);
	sampler_free(c->sampler);
	closep(&c->fd);
	free(c);
	return NULL;
}

/* What is answered to @request, or a negative errno. */
static int answer(struct client *c, sd_json_variant *request, sd_json_variant **ret)
{
	sd_json_variant *req = sd_json_variant_by_key(request, "req");
	sd_json_variant *args = sd_json_variant_by_key(request, "args");
	sd_json_variant *target = args ? sd_json_variant_by_key(args, "target") : NULL;

	if (!req || !sd_json_variant_is_string(req))
		return -EINVAL;
	if (strcmp(sd_json_variant_string(req), "stats_meta") == 0)
		return stats_meta_json(c->server->source, ret);
	if (strcmp(sd_json_variant_string(req), "stats") != 0)
		return -EINVAL;
	if (target && (!sd_json_variant_is_string(target) ||
		       strcmp(sd_json_variant_string(target), "top") != 0))
		return -EINVAL;
	return sampler_json(c->sampler, ret);
}

/* The reply to the request @line, as text. */
static int format_reply(struct client *c, const char *line, char **ret)
{
	_cleanup_(sd_json_variant_unrefp) sd_json_variant *request = NULL, *resp = NULL,
							  *full = NULL;
	int error = 0, r;

	r = sd_json_parse(line, 0, &request, NULL, NULL) < 0 ? -EINVAL : answer(c, request, &resp);
	if (r < 0) {
		error = -r;
		r = sd_json_variant_new_string(&resp, strerror(error));
	}
	if (r >= 0)
		r = sd_json_buildo(
			&full, SD_JSON_BUILD_PAIR("errno", SD_JSON_BUILD_INTEGER(error)),
			SD_JSON_BUILD_PAIR("args", SD_JSON_BUILD_OBJECT(SD_JSON_BUILD_PAIR_VARIANT(
							   "resp", resp))));
	return r < 0 ? r : sd_json_variant_format(full, SD_JSON_FORMAT_NEWLINE, ret);
}

/* 0, or a negative errno if the client is of no use any more. */
static int reply(struct client *c, const char *line)
{
	_cleanup_free_ char *text = NULL;
	ssize_t n;
	int r = format_reply(c, line, &text);

	if (r < 0)
		return r;
	n = send(c->fd, text, strlen(text), MSG_NOSIGNAL);
	if (n < 0)
		return -errno;
	/* the socket's buffer is full: it has not read what came before */
	return (size_t)n == strlen(text) ? 0 : -EAGAIN;
}

/* Takes whole lines out of what has come. */
static int take_requests(struct client *c)
{
	char *begin = c->request, *end;
	int r = 0;

	while (r == 0 && (end = memchr(begin, '\n', c->len - (size_t)(begin - c->request)))) {
		*end = '\0';
		r = reply(c, begin);
		begin = end + 1;
	}
	c->len -= (size_t)(begin - c->request);
	memmove(c->request, begin, c->len);
	return r;
}

static int on_client(sd_event_source *source _unused_, int fd, uint32_t revents _unused_,
		     void *userdata)
{
	struct client *c = userdata;
	ssize_t n = recv(fd, c->request + c->len, sizeof(c->request) - c->len, 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	/* 0 also if there is no room left for the rest of a line */
	if (n <= 0) {
		client_free(c);
		return 0;
	}
	c->len += (size_t)n;
	if (take_requests(c) < 0)
		client_free(c);
	return 0;
}

static struct client **free_place(struct server *s)
{
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		if (!s->clients[i])
			return &s->clients[i];
	return NULL;
}

static int add_client(struct server *s, int *fd)
{
	struct client **place = free_place(s), *c;
	int r;

	if (!place)
		return -EBUSY;
	c = calloc(1, sizeof(*c));
	if (!c)
		return -ENOMEM;
	c->server = s;
	c->fd = *fd;
	*fd = -1;
	*place = c;
	c->sampler = sampler_new(s->source);
	r = c->sampler ? sd_event_add_io(sd_event_source_get_event(s->connects), &c->source, c->fd,
					 EPOLLIN, on_client, c)
		       : -ENOMEM;
	if (r < 0)
		client_free(c);
	return r;
}

static int on_connect(sd_event_source *source _unused_, int fd, uint32_t revents _unused_,
		      void *userdata)
{
	_cleanup_close_ int client = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	int r = client < 0 ? -errno : add_client(userdata, &client);

	if (r < 0)
		log_debug("a reader of statistics is turned away: %s", strerror(-r));
	return 0;
}

/* Makes the directories above @path, which is absolute. */
static int make_parents(const char *path)
{
	_cleanup_free_ char *copy = strdup(path);

	if (!copy)
		return -ENOMEM;
	for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(copy, 0755) < 0 && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	return 0;
}

/* Makes room for a socket at @path, but for nothing else that is there. */
static int remove_socket(const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EEXIST;
	return unlink(path) < 0 ? -errno : 0;
}

static int listen_at(struct server *s, const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int r;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	r = make_parents(path);
	if (r < 0)
		return r;
	r = remove_socket(path);
	if (r < 0)
		return r;
	s->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s->fd < 0)
		return -errno;
	if (bind(s->fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	s->path = strdup(path);
	if (!s->path)
		return -ENOMEM;
	return listen(s->fd, CLIENTS_MAX) < 0 ? -errno : 0;
}

int server_new(sd_event *event, const char *path, const struct stats_source *source,
	       struct server **ret)
{
	_cleanup_(server_freep) struct server *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return -ENOMEM;
	s->source = source;
	s->fd = -1;
	r = listen_at(s, path);
	if (r < 0)
		return r;
	r = sd_event_add_io(event, &s->connects, s->fd, EPOLLIN, on_connect, s);
	if (r < 0)
		return r;
	*ret = steal_ptr(s);
	return 0;
}

struct server *server_free(struct server *s)
{
	if (!s)
		return NULL;
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		client_free(s->clients[i]);
	sd_event_source_disable_unref(s->connects);
	closep(&s->fd);
	if (s->path)
		(void)unlink(s->path);
	free(s->path);
	free(s);
	return NULL;
}
