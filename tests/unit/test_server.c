// SPDX-License-Identifier: GPL-2.0-only
/* The statistics' line protocol, over real sockets in a directory of its own. */
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "runtime/server.h"
#include "test.h"

#define TURN_US 1000000ULL

static const struct scx_stat stats[] = {
	{"local", STAT_COUNTER, "sent to an idle CPU"},
	{"queued", STAT_GAUGE, "waiting now"},
};

/* what the scheduler would have counted */
static uint64_t local, queued;
static int read_error;

static int read_fake(void *userdata _unused_, uint64_t *values)
{
	values[0] = local;
	values[1] = queued;
	return read_error;
}

static const struct stats_source source = {"scx_fake", stats, ARRAY_SIZE(stats), read_fake, NULL};

struct fixture {
	char dir[64];
	char path[128];
	sd_event *event;
	struct server *server;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	strcpy(f->dir, "/tmp/aios-test.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	assert_true(snprintf(f->path, sizeof(f->path), "%s/deep/er/stats", f->dir) > 0);
	assert_int_equal(sd_event_new(&f->event), 0);
	local = 10;
	queued = 3;
	read_error = 0;
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	_cleanup_free_ char *command = NULL;

	server_free(f->server);
	sd_event_unref(f->event);
	assert_true(asprintf(&command, "rm -r '%s'", f->dir) > 0);
	free(f);
	return system(command);
}

static void start(struct fixture *f)
{
	assert_int_equal(server_new(f->event, f->path, &source, &f->server), 0);
}

/* Lets the server do all it has to. */
static void turn(struct fixture *f)
{
	while (sd_event_run(f->event, 0) > 0)
		;
}

static int dial(const struct fixture *f)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	strcpy(address.sun_path, f->path);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

/* Sends @request and leaves what comes back, "" if the server has hung up, in @answer. */
static void ask(struct fixture *f, int fd, const char *request, char *answer, size_t size)
{
	ssize_t n;

	assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), strlen(request));
	turn(f);
	n = recv(fd, answer, size - 1, 0);
	answer[n > 0 ? n : 0] = '\0';
}

#define assert_answer(f, fd, request, expected)                                                    \
	do {                                                                                       \
		char _answer[4096];                                                                \
                                                                                                   \
		ask(f, fd, request, _answer, sizeof(_answer));                                     \
		assert_string_equal(_answer, expected);                                            \
	} while (0)

#define TOP "{\"req\":\"stats\",\"args\":{\"target\":\"top\"}}\n"
#define INVALID "{\"errno\":22,\"args\":{\"resp\":\"Invalid argument\"}}\n"

/* Counters are what has come since the same client's last question, gauges are not. */
static void test_stats(void **state)
{
	struct fixture *f = *state;
	_cleanup_close_ int first = -1, second = -1;

	start(f);
	first = dial(f);
	second = dial(f);
	assert_answer(f, first, TOP,
		      "{\"errno\":0,\"args\":{\"resp\":{\"local\":10,\"queued\":3}}}\n");
	local = 14;
	assert_answer(f, first, TOP,
		      "{\"errno\":0,\"args\":{\"resp\":{\"local\":4,\"queued\":3}}}\n");
	assert_answer(f, second, "{\"req\":\"stats\"}\n",
		      "{\"errno\":0,\"args\":{\"resp\":{\"local\":14,\"queued\":3}}}\n");
}

static void test_meta(void **state)
{
	struct fixture *f = *state;
	_cleanup_close_ int fd = -1;

	start(f);
	fd = dial(f);
	assert_answer(
		f, fd, "{\"req\":\"stats_meta\",\"args\":{}}\n",
		"{\"errno\":0,\"args\":{\"resp\":{\"scx_fake\":{\"name\":\"scx_fake\",\"top\":\"true\","
		"\"fields\":{\"local\":{\"datum\":\"u64\",\"desc\":\"sent to an idle CPU\"},"
		"\"queued\":{\"datum\":\"u64\",\"desc\":\"waiting now\"}}}}}}\n");
}

/* A wrong question has an answer, and the next one can be right. */
static void test_bad_requests(void **state)
{
	static const char *const bad[] = {
		"\n",
		"x\n",
		"{\n",
		"[]\n",
		"1\n",
		"{}\n",
		"{\"req\":1}\n",
		"{\"req\":\"no\"}\n",
		"{\"req\":\"stats\",\"args\":{\"target\":\"cpu\"}}\n",
		"{\"req\":\"stats\",\"args\":{\"target\":7}}\n",
	};
	struct fixture *f = *state;
	_cleanup_close_ int fd = -1;

	start(f);
	fd = dial(f);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_answer(f, fd, bad[i], INVALID);
	assert_answer(f, fd, TOP,
		      "{\"errno\":0,\"args\":{\"resp\":{\"local\":10,\"queued\":3}}}\n");
}

static void test_read_error(void **state)
{
	struct fixture *f = *state;
	_cleanup_close_ int fd = -1;

	start(f);
	fd = dial(f);
	read_error = -EPERM;
	assert_answer(f, fd, TOP,
		      "{\"errno\":1,\"args\":{\"resp\":\"Operation not permitted\"}}\n");
}

/* Requests come in pieces, and several at once. */
static void test_pieces(void **state)
{
	struct fixture *f = *state;
	_cleanup_close_ int fd = -1;

	start(f);
	fd = dial(f);
	assert_answer(f, fd, "{\"req\":\"st", "");
	assert_answer(f, fd, "ats\"}", "");
	assert_answer(f, fd, "\n" TOP,
		      "{\"errno\":0,\"args\":{\"resp\":{\"local\":10,\"queued\":3}}}\n"
		      "{\"errno\":0,\"args\":{\"resp\":{\"local\":0,\"queued\":3}}}\n");
}

static bool is_hung_up(int fd)
{
	char byte;

	return recv(fd, &byte, 1, 0) == 0;
}

static void test_endless_line(void **state)
{
	struct fixture *f = *state;
	_cleanup_close_ int fd = -1;
	char junk[8192];

	start(f);
	fd = dial(f);
	memset(junk, 'x', sizeof(junk));
	assert_true(send(fd, junk, sizeof(junk), MSG_NOSIGNAL) > 0);
	turn(f);
	/* what was left unread makes it a reset */
	assert_true(is_hung_up(fd) || errno == ECONNRESET);
}

/* One that asks and never reads is dropped, and the others go on. */
static void test_deaf_client(void **state)
{
	struct fixture *f = *state;
	_cleanup_close_ int deaf = -1, other = -1;
	int sent = 0;

	start(f);
	deaf = dial(f);
	other = dial(f);
	while (sent < 1000000 && send(deaf, TOP, strlen(TOP), MSG_NOSIGNAL) > 0) {
		turn(f);
		sent++;
	}
	assert_true(sent < 1000000);
	assert_int_equal(errno, EPIPE);
	assert_answer(f, other, TOP,
		      "{\"errno\":0,\"args\":{\"resp\":{\"local\":10,\"queued\":3}}}\n");
}

/* More than there is room for are turned away; a place that is left is taken again. */
static void test_crowd(void **state)
{
	struct fixture *f = *state;
	int fds[33];

	start(f);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		fds[i] = dial(f);
		turn(f);
	}
	assert_true(is_hung_up(fds[32]));
	assert_int_equal(close(fds[5]), 0);
	turn(f);
	assert_int_equal(close(fds[32]), 0);
	fds[32] = dial(f);
	assert_answer(f, fds[32], TOP,
		      "{\"errno\":0,\"args\":{\"resp\":{\"local\":10,\"queued\":3}}}\n");
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		if (i != 5)
			assert_int_equal(close(fds[i]), 0);
}

/* A socket somebody left is replaced, and gone in the end; anything else stays as it is. */
static void test_path(void **state)
{
	struct fixture *f = *state;
	struct server *again = NULL;
	struct stat st;

	start(f);
	assert_int_equal(server_new(f->event, f->path, &source, &again), 0);
	server_free(again);
	assert_int_equal(lstat(f->path, &st), -1);
	assert_int_equal(mkdir(f->path, 0700), 0);
	assert_int_equal(server_new(f->event, f->path, &source, &again), -EEXIST);
	assert_int_equal(lstat(f->path, &st), 0);
	assert_int_equal(rmdir(f->path), 0);
	test_write(f->dir, "file", "");
	assert_true(snprintf(f->path, sizeof(f->path), "%s/file/stats", f->dir) > 0);
	assert_int_equal(server_new(f->event, f->path, &source, &again), -ENOTDIR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_stats, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_meta, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_bad_requests, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_read_error, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_pieces, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_endless_line, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_deaf_client, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_crowd, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_path, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
