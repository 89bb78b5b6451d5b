// SPDX-License-Identifier: GPL-2.0-only
/*
 * From new to go, the process waits at one end of a socket pair; the same socket then says
 * whether exec() failed, with an errno, or worked, by being closed.
 *
 * The order of the end matters. The leader of a process group that is a zombie keeps the number of
 * the group from being given to others, so the group is killed before the leader is reaped. What
 * members had written is in the pipes by then, and is read before the end is told.
 */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "lib/clock.h"

#include "bench/child.h"

#define CHUNK (64 * 1024)
#define MAX_CHUNKS 64 /* more than a pipe can hold */
#define SIGNAL_STATUS 128
#define EXEC_STATUS 127

/* Grows up to @max, then forgets what comes. */
struct buffer {
	char *data;
	size_t size, allocated, max;
	bool is_cut;
};

struct stream {
	struct child *child;
	int fd;
	sd_event_source *source;
	struct buffer buffer;
};

struct child {
	pid_t pid;
	int pid_fd;
	int socket; /* -1: told to go */
	sd_event_source *exit_source;
	struct stream out, err;
	struct buffer tail; /* up to twice what is shown */
	bool has_ended;
	int status;
	uint64_t ended_us;
	struct rusage usage;
};

/* --- what it prints */

static int buffer_reserve(struct buffer *b, size_t size)
{
	size_t wanted = b->allocated ?: CHUNK;
	char *grown;

	while (wanted < size + 1)
		wanted *= 2;
	if (wanted == b->allocated)
		return 0;
	grown = realloc(b->data, wanted);
	if (!grown)
		return -ENOMEM;
	b->data = grown;
	b->allocated = wanted;
	return 0;
}

static void buffer_add(struct buffer *b, const char *data, size_t size)
{
	if (size > b->max - b->size) {
		size = b->max - b->size;
		b->is_cut = true;
	}
	if (size == 0)
		return;
	if (buffer_reserve(b, b->size + size) < 0) {
		b->is_cut = true;
		return;
	}
	memcpy(b->data + b->size, data, size);
	b->size += size;
	b->data[b->size] = '\0';
}

/* At most CHUNK bytes at a time. */
static void tail_add(struct buffer *b, const char *data, size_t size)
{
	if (b->size + size > b->max) {
		memmove(b->data, b->data + b->size - CHILD_TAIL, CHILD_TAIL);
		b->size = CHILD_TAIL;
	}
	buffer_add(b, data, size);
}

/* false: nothing more is there, now or ever. */
static bool stream_read(struct stream *s)
{
	char chunk[CHUNK];
	ssize_t n = read(s->fd, chunk, sizeof(chunk));

	if (n < 0 && errno == EINTR)
		return true;
	if (n == 0)
		s->source = sd_event_source_disable_unref(s->source);
	if (n <= 0)
		return false;
	tail_add(&s->child->tail, chunk, (size_t)n);
	if (s->buffer.max)
		buffer_add(&s->buffer, chunk, (size_t)n);
	return true;
}

static int on_output(sd_event_source *source _unused_, int fd _unused_, uint32_t events _unused_,
		     void *userdata)
{
	(void)stream_read(userdata);
	return 0;
}

/* One who left the group may go on to write: there is an end to our patience. */
static void stream_drain(struct stream *s)
{
	for (unsigned i = 0; i < MAX_CHUNKS && stream_read(s); i++)
		;
}

static int stream_init(struct stream *s, struct child *c, sd_event *event, int fd, size_t max)
{
	int r;

	s->child = c;
	s->fd = fd;
	s->buffer.max = max;
	if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
		return -errno;
	r = sd_event_add_io(event, &s->source, fd, EPOLLIN, on_output, s);
	return r < 0 ? r : 0;
}

static void stream_finish(struct stream *s)
{
	sd_event_source_disable_unref(s->source);
	closep(&s->fd);
	free(s->buffer.data);
}

/* --- the end */

static int on_end(sd_event_source *source _unused_, int fd _unused_, uint32_t events _unused_,
		  void *userdata)
{
	struct child *c = userdata;
	int status = EXEC_STATUS << 8; /* if somebody else has reaped it */

	c->ended_us = monotonic_us();
	(void)kill(-c->pid, SIGKILL);
	if (wait4(c->pid, &status, WNOHANG, &c->usage) == 0)
		return 0;
	c->status = WIFSIGNALED(status) ? SIGNAL_STATUS + WTERMSIG(status) : WEXITSTATUS(status);
	stream_drain(&c->out);
	stream_drain(&c->err);
	c->exit_source = sd_event_source_disable_unref(c->exit_source);
	c->has_ended = true;
	return 0;
}

/* --- the beginning */

static void unblock_signals(void)
{
	sigset_t none;

	for (int i = 1; i < SIGRTMIN; i++)
		(void)signal(i, SIG_DFL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

struct ends {
	int socket, in, out, err;
};

/* In the new process. */
static _Noreturn void become(const struct child_spec *spec, pid_t parent, const struct ends *ends)
{
	int error;
	char go;

	(void)setsid();
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* it may have died before it could be asked for */
	if (getppid() != parent)
		_exit(EXEC_STATUS);
	if (dup2(ends->in, STDIN_FILENO) >= 0 && dup2(ends->out, STDOUT_FILENO) >= 0 &&
	    dup2(ends->err, STDERR_FILENO) >= 0 && read(ends->socket, &go, 1) == 1) {
		unblock_signals();
		(void)unsetenv("NOTIFY_SOCKET");
		(void)execvp(spec->argv[0], spec->argv);
	}
	error = errno;
	(void)send(ends->socket, &error, sizeof(error), MSG_NOSIGNAL);
	_exit(EXEC_STATUS);
}

static int make_process(struct child *c, const struct child_spec *spec, const struct ends *ends)
{
	pid_t parent = getpid();

	c->pid = fork();
	if (c->pid < 0)
		return -errno;
	if (c->pid == 0)
		become(spec, parent, ends);
	c->pid_fd = pidfd_open(c->pid, 0);
	return c->pid_fd < 0 ? -errno : 0;
}

static int make_pipe(int *ret_read, int *ret_write)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	*ret_read = fds[0];
	*ret_write = fds[1];
	return 0;
}

static int start(struct child *c, sd_event *event, const struct child_spec *spec)
{
	_cleanup_close_ int in = open("/dev/null", O_RDONLY | O_CLOEXEC), out = -1, err = -1;
	_cleanup_close_ int socket = -1;
	int pair[2], out_fd = -1, err_fd = -1, r;

	if (in < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	c->socket = pair[0];
	socket = pair[1];
	r = make_pipe(&out_fd, &out);
	if (r < 0)
		return r;
	r = stream_init(&c->out, c, event, out_fd, spec->max_output);
	if (r >= 0)
		r = make_pipe(&err_fd, &err);
	if (r >= 0)
		r = stream_init(&c->err, c, event, err_fd, spec->max_output);
	if (r >= 0)
		r = make_process(c, spec, &(struct ends){socket, in, out, err});
	if (r >= 0)
		r = sd_event_add_io(event, &c->exit_source, c->pid_fd, EPOLLIN, on_end, c);
	return r < 0 ? r : 0;
}

int child_new(struct child **ret, sd_event *event, const struct child_spec *spec)
{
	_cleanup_child_ struct child *c = calloc(1, sizeof(*c));
	int r;

	if (!c)
		return -ENOMEM;
	c->pid_fd = c->socket = c->out.fd = c->err.fd = -1;
	c->tail.max = 2 * CHILD_TAIL;
	r = start(c, event, spec);
	if (r < 0)
		return r;
	*ret = steal_ptr(c);
	return 0;
}

int child_go(struct child *c)
{
	_cleanup_close_ int fd = c->socket;
	int error = 0;

	c->socket = -1;
	if (send(fd, "", 1, MSG_NOSIGNAL) < 0)
		return -errno;
	/* its end is closed by exec(), or by its death */
	(void)recv(fd, &error, sizeof(error), 0);
	return -error;
}

struct child *child_free(struct child *c)
{
	if (!c)
		return NULL;
	sd_event_source_disable_unref(c->exit_source);
	if (c->pid > 0 && !c->has_ended) {
		/* before it is the leader of its own group it is a child of ours only */
		(void)kill(c->pid, SIGKILL);
		(void)kill(-c->pid, SIGKILL);
		(void)waitpid(c->pid, NULL, 0);
	}
	stream_finish(&c->out);
	stream_finish(&c->err);
	closep(&c->socket);
	closep(&c->pid_fd);
	free(c->tail.data);
	free(c);
	return NULL;
}

/* --- what is asked of it */

pid_t child_pid(const struct child *c)
{
	return c->pid;
}

void child_signal(struct child *c, int signal)
{
	if (!c->has_ended)
		(void)kill(-c->pid, signal);
}

bool child_has_ended(const struct child *c)
{
	return c->has_ended;
}

int child_status(const struct child *c)
{
	return c->status;
}

uint64_t child_ended_us(const struct child *c)
{
	return c->ended_us;
}

const struct rusage *child_usage(const struct child *c)
{
	return &c->usage;
}

static struct child_output output_of(const struct buffer *b)
{
	return (struct child_output){b->data ?: "", b->size, b->is_cut};
}

struct child_output child_stdout(const struct child *c)
{
	return output_of(&c->out.buffer);
}

struct child_output child_stderr(const struct child *c)
{
	return output_of(&c->err.buffer);
}

char *child_tail(const struct child *c)
{
	const struct buffer *b = &c->tail;
	size_t skip = b->size > CHILD_TAIL ? b->size - CHILD_TAIL : 0;
	const char *newline = skip ? memchr(b->data + skip, '\n', CHILD_TAIL) : NULL;
	char *copy;

	if (newline)
		skip = (size_t)(newline + 1 - b->data);
	copy = malloc(b->size - skip + 1);
	if (!copy)
		return NULL;
	if (b->data)
		memcpy(copy, b->data + skip, b->size - skip);
	copy[b->size - skip] = '\0';
	for (char *nul = copy; (nul = memchr(nul, '\0', b->size - skip - (size_t)(nul - copy)));)
		*nul = '?';
	return copy;
}
