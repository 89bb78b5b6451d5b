// SPDX-License-Identifier: GPL-2.0-only
#include "bench/json.h"
#include "bench/session.h"
#include "lib/file.h"
#include "lib/log.h"
#include "test.h"

/* A session with every member there is. */
static char *read_data(void)
{
	_cleanup_free_ char *path = NULL;
	char *text;
	size_t size;

	assert_true(asprintf(&path, "%s/bench/session.json", getenv("AIOS_TEST_DATA")) > 0);
	assert_int_equal(read_file(AT_FDCWD, path, 1 << 16, &text, &size), 0);
	return text;
}

static void read_good(struct test_root *root, const char *text, struct session *ret)
{
	test_write(root->dir, "s.json", text);
	if (session_read(root->fd, "s.json", ret) != 0)
		fail_msg("%s", log_last_error());
}

static void test_members(void **state)
{
	_cleanup_free_ char *text = read_data();
	_cleanup_session_ struct session s = {};
	const struct run *run;

	read_good(*state, text, &s);
	assert_int_equal(s.began_us, 1767225600000001);
	assert_int_equal(s.ended_us, 1767225660000000);
	assert_string_equal(s.command[3], "frame");
	assert_null(s.command[4]);
	assert_true(s.seed == UINT64_MAX);
	assert_true(s.interrupted);
	assert_non_null(sd_json_variant_by_key(s.machine, "topology"));
	assert_int_equal(s.nr_arms, 2);
	assert_string_equal(s.arms[0].label, "kernel");
	assert_null(s.arms[0].sched);
	assert_null(s.arms[0].args);
	assert_null(s.arms[0].version);
	assert_string_equal(s.arms[1].sched, "scx_simple");
	assert_string_equal(s.arms[1].args[0], "-f");
	assert_string_equal(s.arms[1].version, "scx_simple 0.1.0");
	assert_int_equal(s.nr_workloads, 2);
	assert_string_equal(s.workloads[1].label, "make -j4");
	assert_string_equal(s.workloads[1].kind, "command");
	assert_string_equal(s.workloads[1].command[1], "-j4");
	assert_int_equal(s.nr_runs, 2);
	run = &s.runs[0];
	assert_int_equal(run->arm, 1);
	assert_int_equal(run->round, 0);
	assert_true(run->begin == 0.5 && run->seconds == 10.25);
	assert_int_equal(run->status, RUN_OK);
	assert_true(measurement_find(&run->measurement, "frame_p99")->value == 16.7);
	assert_null(run->reason);
	assert_null(run->workload_output);
	run = &s.runs[1];
	assert_int_equal(run->workload, 1);
	assert_int_equal(run->round, UINT32_MAX);
	assert_int_equal(run->status, RUN_FAILED);
	assert_string_equal(run->reason, "make ended with status 2");
	assert_int_equal(run->exit_status, -1);
	assert_string_equal(run->workload_output, "make: *** no targets \xe2\x80\x94 stop\n");
	assert_string_equal(run->sched_output, "scx_simple: \"bye\"\t\x1b[0m\n");
}

/* What is read and written again is the same: nothing gets lost, nothing is added. */
static void test_round_trip(void **state)
{
	struct test_root *root = *state;
	_cleanup_json_ sd_json_variant *before = NULL, *after = NULL;
	_cleanup_free_ char *text = read_data();
	_cleanup_session_ struct session s = {};

	read_good(root, text, &s);
	assert_int_equal(session_write(&s, root->fd, "again.json"), 0);
	assert_int_equal(sd_json_parse(text, 0, &before, NULL, NULL), 0);
	assert_int_equal(sd_json_parse_file_at(NULL, root->fd, "again.json", 0, &after, NULL, NULL),
			 0);
	assert_true(sd_json_variant_equal(before, after));
}

/* Nothing has run yet, and what users name and programs print is not text. */
static void test_beginning(void **state)
{
	struct test_root *root = *state;
	char *command[] = {(char *)"x\xff", NULL};
	struct arm arm = {.label = (char *)"kernel"};
	struct bench_workload workload = {(char *)"x\xff", (char *)"command", command};
	struct session s = {
		.command = command,
		.arms = &arm,
		.nr_arms = 1,
		.workloads = &workload,
		.nr_workloads = 1,
	};
	_cleanup_session_ struct session back = {};

	assert_int_equal(session_write(&s, root->fd, "s.json"), 0);
	assert_int_equal(session_read(root->fd, "s.json", &back), 0);
	assert_int_equal(back.ended_us, 0);
	assert_int_equal(back.nr_runs, 0);
	assert_null(back.machine);
	assert_string_equal(back.command[0], "x\xef\xbf\xbd");
	assert_string_equal(back.workloads[0].label, "x\xef\xbf\xbd");
}

/* @text in which the first @from is @to. */
static char *change(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	char *changed;

	if (!at)
		fail_msg("there is no %s", from);
	assert_true(asprintf(&changed, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from)) >
		    0);
	return changed;
}

/* Another member or value, and what is said then after the name of the file. */
static const struct {
	const char *from, *to;
	int r;
	const char *message;
} hostile[] = {
	{"\"aios-bench\"", "\"hyperfine\"", -EBADMSG,
	 "2:13: format must be 'aios-bench', is 'hyperfine'"},
	{"\"format\"", "\"form\"", -EBADMSG, "1:1: format is missing"},
	{"\"version\": 1", "\"version\": 2", -EPROTONOSUPPORT,
	 "3:14: version is 2, but this program only knows versions up to 1"},
	{"\"version\": 1", "\"version\": 18446744073709551615", -EPROTONOSUPPORT,
	 "3:14: version is 18446744073709551615, but this program only knows versions up to 1"},
	{"\"version\": 1", "\"version\": 0", -EBADMSG, "3:14: version must be from 1 to 1, is 0"},
	{"\"version\": 1", "\"version\": -1", -EBADMSG,
	 "3:14: version must be an unsigned integer, is an integer"},
	{"\"version\": 1", "\"version\": 1.5", -EBADMSG,
	 "3:14: version must be an unsigned integer, is a number"},
	{"\"version\": 1", "\"version\": \"1\"", -EBADMSG,
	 "3:14: version must be an unsigned integer, is a string"},
	{"\"version\": 1", "\"version\": 1, \"version\": 1", -EBADMSG,
	 "3:14: version is there more than once"},
	{"1767225600000001", "null", -EBADMSG,
	 "4:15: began_us must be an unsigned integer, is null"},
	{"ended_us", "ended", -EBADMSG, "1:1: ended_us is missing"},
	{"[\"aios-bench\", \"run\"", "[1, \"run\"", -EBADMSG,
	 "6:14: command must hold strings only"},
	{"18446744073709551615", "18446744073709551616", -EBADMSG,
	 "7:11: seed must be an unsigned integer, is a number"},
	{"true", "1", -EBADMSG, "8:18: interrupted must be a boolean, is an unsigned integer"},
	{"{\"cpu\"", "[{\"cpu\": 1}], \"x\": {\"cpu\"", -EBADMSG,
	 "9:14: machine must be an object, is an array"},
	{"{\"label\": \"kernel\"}", "7", -EBADMSG,
	 "11:5: arms[0] must be an object, is an unsigned integer"},
	{"{\"label\": \"kernel\"}", "{}", -EBADMSG, "11:5: arms[0].label is missing"},
	{"{\"label\": \"kernel\"}", "{\"label\": \"kernel\", \"sched\": \"scx_x\"}", -EBADMSG,
	 "11:34: arms[0].sched must be missing: the kernel's own scheduler comes first"},
	{"\"scx_simple -f\"", "\"kernel\"", -EBADMSG,
	 "12:15: arms[1].label must be unique, 'kernel' is not"},
	{"[\"-f\"]", "\"-f\"", -EBADMSG, "12:63: arms[1].args must be an array, is a string"},
	{"\"kind\"", "\"sort\"", -EBADMSG, "15:5: workloads[0].kind is missing"},
	{"\"make -j4\"", "\"frame\"", -EBADMSG,
	 "16:15: workloads[1].label must be unique, 'frame' is not"},
	{"\"arm\": 1", "\"arm\": 2", -EBADMSG, "19:13: runs[0].arm must be less than 2, is 2"},
	{"\"arm\": 1", "\"arm\": 4294967296", -EBADMSG, "19:13: runs[0].arm is out of range"},
	{"\"workload\": 1", "\"workload\": 7", -EBADMSG,
	 "30:28: runs[1].workload must be less than 2, is 7"},
	{"\"round\": 0", "\"round\": \"0\"", -EBADMSG,
	 "19:40: runs[0].round must be an unsigned integer, is a string"},
	{"10.25", "[]", -EBADMSG, "19:68: runs[0].seconds must be a number, is an array"},
	{"\"ok\"", "\"good\"", -EBADMSG,
	 "19:85: runs[0].status must be one of ok, failed, timeout, unreadable, not-attached, ejected, rejected, disturbed, is 'good'"},
	{"\"exit_status\": -1", "\"exit_status\": -2147483649", -EBADMSG,
	 "32:22: runs[1].exit_status is out of range"},
	{"\"measurement\": {\n", "\"measurement\": [], \"x\": {\n", -EBADMSG,
	 "21:22: runs[0].measurement must be an object, is an array"},
	{"\"metrics\": [\n", "\"metrics\": 7, \"x\": [\n", -EBADMSG,
	 "22:20: runs[0].measurement.metrics must be an array, is an unsigned integer"},
	{"16.7", "\"16.7\"", -EBADMSG,
	 "23:75: runs[0].measurement.metrics[0].value must be a number, is a string"},
	{"\"lower\"", "\"less\"", -EBADMSG,
	 "23:57: runs[0].measurement.metrics[0].better must be lower, higher or none, is 'less'"},
	{"[0.5, 4]", "[0.5]", -EBADMSG,
	 "27:64: runs[0].measurement.distributions[0].points[1] must be an array of two numbers"},
	{"[0.5, 4]", "[0.5, 1]", -EBADMSG,
	 "27:53: runs[0].measurement.distributions[0].points must be at least one, with shares "
	 "from 0 to 1, and not go back"},
};

static void test_hostile(void **state)
{
	struct test_root *root = *state;
	_cleanup_free_ char *text = read_data();

	for (size_t i = 0; i < ARRAY_SIZE(hostile); i++) {
		_cleanup_free_ char *changed = change(text, hostile[i].from, hostile[i].to);
		struct session untouched = {.nr_runs = 4711};

		test_write(root->dir, "s.json", changed);
		assert_int_equal(session_read(root->fd, "s.json", &untouched), hostile[i].r);
		assert_memory_equal(log_last_error(), "s.json:", 7);
		assert_string_equal(log_last_error() + 7, hostile[i].message);
		assert_int_equal(untouched.nr_runs, 4711);
	}
}

/* Members that a later program adds do no harm. */
static void test_extensions(void **state)
{
	static const char *const places[] = {"\"format\"", "\"label\": \"kernel\"", "\"kind\"",
					     "\"arm\"",    "\"metrics\"",           "\"unit\""};
	char *text = read_data();
	_cleanup_session_ struct session s = {};

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		_cleanup_free_ char *with = NULL, *before = text;

		assert_true(asprintf(&with, "\"colour\": [{}, null], %s", places[i]) > 0);
		text = change(before, places[i], with);
	}
	read_good(*state, text, &s);
	assert_int_equal(s.nr_runs, 2);
	free(text);
}

/* Wherever a file ends too early, it is told, with the place. Each third place is enough of them.
 */
static void test_truncated(void **state)
{
	struct test_root *root = *state;
	_cleanup_free_ char *text = read_data();
	size_t end = (size_t)(strrchr(text, '}') - text);

	for (size_t size = 0; size <= end; size += 3) {
		struct session untouched = {};
		unsigned line, column;

		text[end - size] = '\0';
		test_write(root->dir, "s.json", text);
		assert_int_equal(session_read(root->fd, "s.json", &untouched), -EBADMSG);
		assert_int_equal(sscanf(log_last_error(), "s.json:%u:%u: ", &line, &column), 2);
		assert_true(line > 0 && column > 0);
	}
}

static void test_no_file(void **state)
{
	struct test_root *root = *state;
	struct session untouched = {};
	int fd;

	assert_int_equal(session_read(root->fd, "none.json", &untouched), -ENOENT);
	assert_string_equal(log_last_error(), "cannot read none.json: No such file or directory");
	assert_int_equal(session_read(root->fd, ".", &untouched), -EISDIR);
	fd = openat(root->fd, "zero.json", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(write(fd, "{}\0", 3), 3);
	closep(&fd);
	assert_int_equal(session_read(root->fd, "zero.json", &untouched), -EBADMSG);
	assert_string_equal(log_last_error(), "zero.json: byte 3 is 0, which no JSON file has");
	assert_int_equal(session_write(&untouched, root->fd, "none/s.json"), -ENOENT);
}

static void test_runs(void **state _unused_)
{
	_cleanup_session_ struct session s = {};

	for (unsigned round = 0; round < 4; round++)
		for (int status = 0; status < NR_RUN_STATUSES; status++) {
			struct run run = {
				.arm = 1,
				.round = round,
				.status = status,
				.reason = strdup(run_status_names[status]),
			};

			assert_int_equal(session_add_run(&s, &run), 0);
			assert_null(run.reason);
		}
	assert_int_equal(s.nr_runs, 4 * NR_RUN_STATUSES);
	assert_string_equal(s.runs[RUN_EJECTED].reason, "ejected");
	/* the warm-up is not among them */
	assert_int_equal(session_count(&s, 0, 1, RUN_REJECTED), 3);
	assert_int_equal(session_count(&s, 0, 0, RUN_REJECTED), 0);
	assert_int_equal(session_count(&s, 1, 1, RUN_REJECTED), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_root(test_members),    test_with_root(test_round_trip),
		test_with_root(test_beginning),  test_with_root(test_hostile),
		test_with_root(test_extensions), test_with_root(test_truncated),
		test_with_root(test_no_file),    cmocka_unit_test(test_runs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
