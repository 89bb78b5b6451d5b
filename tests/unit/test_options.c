// SPDX-License-Identifier: GPL-2.0-only
#include "lib/json.h"
#include "lib/log.h"
#include "lib/options_json.h"
#include "lib/strv.h"
#include "test.h"

struct conf {
	uint64_t slice_ns;
	uint64_t period_ms;
	int64_t offset;
	const char *name;
	uint8_t fifo;
	uint8_t verbose;
	uint8_t colour;
	char **words;
};

// clang-format off
static const struct option_info numbers[] = {
	{.name = "slice-us", .letter = 's', .type = OPTION_NUMBER,
	 .offset = offsetof(struct conf, slice_ns), .metavar = "US",
	 .min = 100, .max = 1000000, .scale = 1000, .help = "longest run"},
	{.name = "period", .type = OPTION_SECONDS, .offset = offsetof(struct conf, period_ms),
	 .metavar = "SEC", .min = 100, .max = 60000, .help = "time between two lines"},
	{.name = "offset", .type = OPTION_INTEGER, .offset = offsetof(struct conf, offset),
	 .metavar = "N", .min = (uint64_t)-20, .max = 19, .needs = "period name",
	 .help = "where it begins"},
};
static const struct option_info others[] = {
	{.name = "name", .letter = 'n', .type = OPTION_STRING,
	 .offset = offsetof(struct conf, name), .metavar = "NAME",
	 .excludes = "wait fifo", .help = "a name"},
	{.name = "fifo", .letter = 'f', .type = OPTION_FLAG,
	 .offset = offsetof(struct conf, fifo), .help = "in order"},
	{.name = "colour", .type = OPTION_CHOICE, .offset = offsetof(struct conf, colour),
	 .metavar = "WORD", .choices = "red green blue", .help = "a colour"},
	{.name = "word", .letter = 'w', .type = OPTION_STRINGS,
	 .offset = offsetof(struct conf, words), .metavar = "WORD", .help = "one of many"},
	{.name = "old", .letter = 'o', .type = OPTION_IGNORED, .help = "nobody reads it"},
	{.name = "older", .type = OPTION_IGNORED, .metavar = "N", .help = "nobody reads it"},
	{.name = "oldest", .type = OPTION_REFUSED, .metavar = "N", .help = "use --offset"},
	{.name = "verbose", .letter = 'v', .type = OPTION_COUNT,
	 .offset = offsetof(struct conf, verbose),
	 .help = "a text that is long enough to have to be continued on a second line of the help"},
};
// clang-format on

#define MAX_WORDS 9

static int parse(struct conf *conf, const char *const *words, int *ret_first)
{
	struct option_group groups[] = {
		{"Numbers", numbers, ARRAY_SIZE(numbers), conf},
		{"Others", others, ARRAY_SIZE(others), conf},
	};
	struct command_line cl = {"prog", "[OPTION]...", "A program.", groups, ARRAY_SIZE(groups)};
	const char *argv[MAX_WORDS + 2] = {"prog"};
	int argc = 1;

	for (; argc <= MAX_WORDS && words[argc - 1]; argc++)
		argv[argc] = words[argc - 1];
	return options_parse(&cl, argc, (char **)argv, ret_first);
}

static void test_values(void **state _unused_)
{
	struct conf conf = {.slice_ns = 20000000};
	const char *words[] = {"-s", "5000", "--period=0.5", "-vv",         "--verbose",
			       "-n", "-x",   "rest",         "--offset=-7", NULL};
	int first;

	assert_int_equal(parse(&conf, words, &first), 0);
	assert_int_equal(first, 9);
	assert_int_equal(conf.slice_ns, 5000000);
	assert_int_equal(conf.period_ms, 500);
	assert_int_equal(conf.offset, -7);
	assert_int_equal(conf.fifo, 0);
	assert_int_equal(conf.verbose, 3);
	assert_string_equal(conf.name, "-x");
}

static void test_choice(void **state _unused_)
{
	static const char *const colours[] = {"red", "green", "blue"};

	for (uint8_t i = 0; i < ARRAY_SIZE(colours); i++) {
		const char *words[] = {"--colour", colours[i], NULL};
		struct conf conf = {};
		int first;

		assert_int_equal(parse(&conf, words, &first), 0);
		assert_int_equal(conf.colour, i + 1);
	}
}

/* Each time it is given adds one, in order. */
static void test_strings(void **state _unused_)
{
	const char *words[] = {"-w", "a,b", "-v", "--word=", "--word= c", "-w=", NULL};
	const char *good[] = {"-w", "a,b", "-v", "--word= c", "-w", "a,b", NULL};
	static char ab[] = "a,b", c[] = " c";
	static char *expected[] = {ab, c, ab, NULL};
	struct conf conf = {};
	int first;

	assert_int_equal(parse(&conf, good, &first), 0);
	assert_true(strv_equal(conf.words, expected));
	conf.words = strv_free(conf.words);
	/* what came before a mistake is the caller's, too */
	assert_int_equal(parse(&conf, words, &first), -EINVAL);
	assert_string_equal(log_last_error(), "--word: the value is empty");
	assert_int_equal(strv_len(conf.words), 1);
	strv_free(conf.words);
}

static void test_ignored(void **state _unused_)
{
	const char *words[] = {"-o", "--older", "7", "-s", "500", "rest", NULL};
	struct conf conf = {};
	int first;

	assert_int_equal(parse(&conf, words, &first), 0);
	assert_int_equal(first, 6);
	assert_int_equal(conf.slice_ns, 500000);
}

static void test_nothing(void **state _unused_)
{
	struct conf conf = {.slice_ns = 20000000};
	const char *words[] = {NULL};
	int first;

	assert_int_equal(parse(&conf, words, &first), 0);
	assert_int_equal(conf.slice_ns, 20000000);
}

static const struct {
	const char *words[4];
	const char *message;
} bad[] = {
	{{"-q"}, "unknown option '-q'; try 'prog --help'"},
	{{"--quiet"}, "unknown option '--quiet'; try 'prog --help'"},
	{{"--fifo=1"}, "unexpected value in '--fifo=1'; try 'prog --help'"},
	{{"-s"}, "missing value after '-s'; try 'prog --help'"},
	{{"--slice-us"}, "missing value after '--slice-us'; try 'prog --help'"},
	{{"-s", "99"}, "--slice-us: '99' is not a number from 100 to 1000000"},
	{{"-s", "1000001"}, "--slice-us: '1000001' is not a number from 100 to 1000000"},
	{{"-s", ""}, "--slice-us: '' is not a number from 100 to 1000000"},
	{{"-s", "-100"}, "--slice-us: '-100' is not a number from 100 to 1000000"},
	{{"-s", "99999999999999999999"},
	 "--slice-us: '99999999999999999999' is not a number from 100 to 1000000"},
	{{"--period", "0.01"}, "--period: '0.01' is not a number of seconds from 0.1 to 60"},
	{{"--colour", "gree"}, "--colour: 'gree' is not one of red, green, blue"},
	{{"--colour", "red green"}, "--colour: 'red green' is not one of red, green, blue"},
	{{"--colour="}, "--colour: '' is not one of red, green, blue"},
	{{"-s", "200", "--slice-us=300"}, "--slice-us is given twice"},
	{{"-ff"}, "--fifo is given twice"},
	{{"--name="}, "--name: the value is empty"},
	{{"--offset", "-21"}, "--offset: '-21' is not a number from -20 to 19"},
	{{"--offset", "20"}, "--offset: '20' is not a number from -20 to 19"},
	{{"-f", "-n", "x"}, "--name cannot be given together with --fifo"},
	{{"--offset", "3"}, "--offset needs --period or --name"},
	{{"--oldest", "3"}, "--oldest does not exist any more: use --offset"},
	{{"--oldest"}, "missing value after '--oldest'; try 'prog --help'"},
	{{"-oo"}, "--old is given twice"},
};

static void test_bad(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct conf conf = {};
		int first;

		assert_int_equal(parse(&conf, bad[i].words, &first), -EINVAL);
		assert_string_equal(log_last_error(), bad[i].message);
	}
}

static void test_help(void **state _unused_)
{
	struct conf conf = {.slice_ns = 20000000};
	struct option_group groups[] = {
		{"Numbers", numbers, ARRAY_SIZE(numbers), &conf},
		{"Others", others, ARRAY_SIZE(others), &conf},
	};
	struct command_line cl = {"prog", "[OPTION]...", "A program.", groups, ARRAY_SIZE(groups)};
	_cleanup_free_ char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	options_help(f, &cl);
	assert_int_equal(fclose(f), 0);
	assert_string_equal(
		text,
		"Usage: prog [OPTION]...\n"
		"\n"
		"A program.\n"
		"\n"
		"Numbers:\n"
		"  -s, --slice-us US       longest run (100 to 1000000, default 20000)\n"
		"      --period SEC        time between two lines\n"
		"      --offset N          where it begins (-20 to 19, default 0)\n"
		"\n"
		"Others:\n"
		"  -n, --name NAME         a name\n"
		"  -f, --fifo              in order\n"
		"      --colour WORD       a colour (one of red, green, blue)\n"
		"  -w, --word WORD         one of many\n"
		"  -v, --verbose           a text that is long enough to have to be continued on\n"
		"                          a second line of the help\n");
}

/* What --help says above, option by option, and what it does not say. */
static void test_json(void **state _unused_)
{
	static const char *const expected[] = {
		"{\"name\":\"slice-us\",\"letter\":\"s\",\"type\":\"integer\",\"metavar\":\"US\","
		"\"unit\":\"us\",\"default\":20000,\"range\":[100,1000000],\"help\":\"longest run\"}",
		"{\"name\":\"offset\",\"type\":\"integer\",\"metavar\":\"N\",\"default\":-3,"
		"\"range\":[-20,19],\"needs\":[\"period\",\"name\"],\"help\":\"where it begins\"}",
		"{\"name\":\"name\",\"letter\":\"n\",\"type\":\"string\",\"metavar\":\"NAME\","
		"\"default\":null,\"excludes\":[\"wait\",\"fifo\"],\"help\":\"a name\"}",
		"{\"name\":\"fifo\",\"letter\":\"f\",\"type\":\"boolean\",\"default\":false,"
		"\"help\":\"in order\"}",
		"{\"name\":\"colour\",\"type\":\"string\",\"metavar\":\"WORD\",\"default\":\"green\","
		"\"choices\":[\"red\",\"green\",\"blue\"],\"help\":\"a colour\"}",
		"{\"name\":\"word\",\"letter\":\"w\",\"type\":\"string\",\"metavar\":\"WORD\","
		"\"repeatable\":true,\"default\":null,\"help\":\"one of many\"}",
		"{\"title\":\"Others\",\"options\":[",
		"{\"program\":\"prog\",\"summary\":\"A program.\",\"groups\":[{\"title\":\"Numbers\",",
	};
	/* fifo cannot be a default: it could not be taken back */
	struct conf conf = {.slice_ns = 20000000, .offset = -3, .fifo = 1, .colour = 2};
	struct option_group groups[] = {
		{"Numbers", numbers, ARRAY_SIZE(numbers), &conf},
		{"Others", others, ARRAY_SIZE(others), &conf},
	};
	struct command_line cl = {"prog", "[OPTION]...", "A program.", groups, ARRAY_SIZE(groups)};
	_cleanup_json_ sd_json_variant *v = NULL;
	_cleanup_free_ char *text = NULL;

	assert_int_equal(options_json(&cl, &v), 0);
	assert_true(sd_json_variant_format(v, 0, &text) > 0);
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		if (!strstr(text, expected[i]))
			assert_string_equal(text, expected[i]);
}

/* Seconds are what the user writes; 0 is out of the range, so it is no default. */
static void test_json_seconds(void **state _unused_)
{
	static const struct {
		uint64_t ms;
		double seconds; /* 0: null */
	} cases[] = {{0, 0}, {100, 0.1}, {1500, 1.5}, {60000, 60}, {60001, 0}};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct conf conf = {.period_ms = cases[i].ms};
		struct option_group group = {"Numbers", numbers, ARRAY_SIZE(numbers), &conf};
		struct command_line cl = {"prog", "", "", &group, 1};
		_cleanup_json_ sd_json_variant *v = NULL;
		sd_json_variant *period, *value;

		assert_int_equal(options_json(&cl, &v), 0);
		period = sd_json_variant_by_index(sd_json_variant_by_key(v, "groups"), 0);
		period = sd_json_variant_by_index(sd_json_variant_by_key(period, "options"), 1);
		assert_string_equal(sd_json_variant_string(sd_json_variant_by_key(period, "type")),
				    "float");
		value = sd_json_variant_by_key(period, "default");
		if (cases[i].seconds == 0)
			assert_true(sd_json_variant_is_null(value));
		else
			assert_true(sd_json_variant_real(value) == cases[i].seconds);
		value = sd_json_variant_by_index(sd_json_variant_by_key(period, "range"), 1);
		assert_true(sd_json_variant_real(value) == 60);
	}
}

/* A value that is attached to a letter may have "=" in front, one that is a word may begin so. */
static void test_attached_values(void **state _unused_)
{
	static const struct {
		const char *words[3];
		const char *name;
	} cases[] = {
		{{"-n=x"}, "x"},      {{"-nx"}, "x"},        {{"-n==x"}, "=x"},
		{{"-n", "=x"}, "=x"}, {{"--name==x"}, "=x"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct conf conf = {};
		int first;

		assert_int_equal(parse(&conf, cases[i].words, &first), 0);
		assert_string_equal(conf.name, cases[i].name);
	}
}

/* Options behind the first word are the caller's, if the program wants it so. */
static void test_ends_at_word(void **state _unused_)
{
	struct conf conf = {};
	const struct option_group group = {"Others", others, ARRAY_SIZE(others), &conf};
	const struct command_line cl = {"prog", "[OPTION]... WORD...", "A program.", &group,
					1,      .ends_at_word = true};
	const char *argv[] = {"prog", "-f", "word", "-v", NULL};
	int first;

	assert_int_equal(options_parse(&cl, 4, (char **)argv, &first), 0);
	assert_int_equal(first, 2);
	assert_int_equal(conf.fifo, 1);
	assert_int_equal(conf.verbose, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_attached_values),
		cmocka_unit_test(test_ends_at_word),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_choice),
		cmocka_unit_test(test_ignored),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_json_seconds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
