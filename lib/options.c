// SPDX-License-Identifier: GPL-2.0-only
/*
 * getopt_long() does the splitting; this file makes its tables out of ours,
 * converts values and words the complaints.
 *
 * getopt_long() identifies an option by a number: ours is its running number
 * over all groups, counted from NUMBER_BASE so that no letter is hit.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "log.h"
#include "options.h"
#include "parse.h"
#include "strv.h"

#define WIDTH 80
#define HELP_COLUMN 26
#define NUMBER_BASE 256
#define MAX_OPTIONS 64

struct parser {
	const struct command_line *cl;
	struct option long_options[MAX_OPTIONS + 1];
	char letters[2 * MAX_OPTIONS + 3];
	bool given[MAX_OPTIONS];
};

static bool has_value(const struct option_info *o)
{
	switch (o->type) {
	case OPTION_FLAG:
	case OPTION_COUNT:
		return false;
	case OPTION_IGNORED:
	case OPTION_REFUSED:
		return o->metavar;
	default:
		return true;
	}
}

bool option_is_hidden(const struct option_info *o)
{
	return o->type == OPTION_IGNORED || o->type == OPTION_REFUSED;
}

/* The option with running number @n, and the group it stands in. */
static const struct option_info *find_option(const struct command_line *cl, size_t n,
					     const struct option_group **ret_group)
{
	for (size_t g = 0; g < cl->nr_groups; g++) {
		*ret_group = &cl->groups[g];
		if (n < cl->groups[g].nr_options)
			return &cl->groups[g].options[n];
		n -= cl->groups[g].nr_options;
	}
	return NULL;
}

static void parser_init(struct parser *p, const struct command_line *cl)
{
	const struct option_group *group;
	const struct option_info *o;
	char *letter = p->letters;

	*p = (struct parser){.cl = cl};
	if (cl->ends_at_word)
		*letter++ = '+';
	*letter++ = ':'; /* getopt reports a missing value as ':' and stays silent */
	for (size_t n = 0; n < MAX_OPTIONS && (o = find_option(cl, n, &group)); n++) {
		p->long_options[n] = (struct option){
			.name = o->name,
			.has_arg = has_value(o) ? required_argument : no_argument,
			.val = NUMBER_BASE + (int)n,
		};
		if (!o->letter)
			continue;
		*letter++ = o->letter;
		if (has_value(o))
			*letter++ = ':';
	}
}

/* Running number of what getopt_long() returned. */
static size_t option_number(const struct parser *p, int c)
{
	const struct option_group *group;
	const struct option_info *o;
	size_t n = 0;

	if (c >= NUMBER_BASE)
		return (size_t)(c - NUMBER_BASE);
	while ((o = find_option(p->cl, n, &group)) && o->letter != c)
		n++;
	return n;
}

static int complain(const struct command_line *cl, const char *what, const char *word)
{
	log_error("%s '%s'; try '%s --help'", what, word, cl->program);
	return -EINVAL;
}

static int complain_range(const struct option_info *o, const char *value)
{
	if (o->type == OPTION_SECONDS)
		log_error("--%s: '%s' is not a number of seconds from %.3g to %.10g", o->name,
			  value, (double)o->min / 1000, (double)o->max / 1000);
	else if (o->type == OPTION_INTEGER)
		log_error("--%s: '%s' is not a number from %" PRId64 " to %" PRId64, o->name, value,
			  (int64_t)o->min, (int64_t)o->max);
	else
		log_error("--%s: '%s' is not a number from %" PRIu64 " to %" PRIu64, o->name, value,
			  o->min, o->max);
	return -EINVAL;
}

static int set_integer(const struct option_info *o, void *target, const char *value)
{
	if (parse_s64(value, (int64_t)o->min, (int64_t)o->max, target) < 0)
		return complain_range(o, value);
	return 0;
}

static int set_number(const struct option_info *o, void *target, const char *value)
{
	uint64_t number;
	int r;

	if (o->type == OPTION_SECONDS)
		r = parse_seconds_ms(value, o->min, o->max, &number);
	else
		r = parse_u64(value, o->min, o->max, &number);
	if (r < 0)
		return complain_range(o, value);
	*(uint64_t *)target = number * (o->scale ?: 1);
	return 0;
}

/* "a, b, c" for "a b c", in a new string. */
static char *list_words(const char *words)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	for (const char *s = words; *s; s++)
		(void)fputs(*s == ' ' ? ", " : (char[]){*s, '\0'}, f);
	if (fclose(f) == 0)
		return text;
	free(text);
	return NULL;
}

static int set_choice(const struct option_info *o, uint8_t *target, const char *value)
{
	_cleanup_free_ char *list = NULL;
	uint8_t place = 1;

	for (const char *s = o->choices; *s; s += strspn(s, " "), place++) {
		size_t len = strcspn(s, " ");

		if (strlen(value) == len && strncmp(s, value, len) == 0) {
			*target = place;
			return 0;
		}
		s += len;
	}
	list = list_words(o->choices);
	log_error("--%s: '%s' is not one of %s", o->name, value, list ?: o->choices);
	return -EINVAL;
}

static int set_string(const struct option_info *o, void *target, const char *value)
{
	int r;

	if (!*value) {
		log_error("--%s: the value is empty", o->name);
		return -EINVAL;
	}
	if (o->type == OPTION_STRING) {
		*(const char **)target = value;
		return 0;
	}
	r = strv_extend(target, value);
	return r < 0 ? log_errno(r, "--%s: %m", o->name) : 0;
}

static int set_option(const struct option_info *o, void *target, const char *value)
{
	switch (o->type) {
	case OPTION_FLAG:
		*(uint8_t *)target = 1;
		return 0;
	case OPTION_COUNT:
		*(uint8_t *)target += *(uint8_t *)target < UINT8_MAX;
		return 0;
	case OPTION_STRING:
	case OPTION_STRINGS:
		return set_string(o, target, value);
	case OPTION_INTEGER:
		return set_integer(o, target, value);
	case OPTION_CHOICE:
		return set_choice(o, target, value);
	case OPTION_IGNORED:
		log_warning("--%s has no effect: %s", o->name, o->help);
		return 0;
	case OPTION_REFUSED:
		log_error("--%s does not exist any more: %s", o->name, o->help);
		return -EINVAL;
	case OPTION_NUMBER:
	case OPTION_SECONDS:
		break;
	}
	return set_number(o, target, value);
}

bool option_is_repeatable(const struct option_info *o)
{
	return o->type == OPTION_COUNT || o->type == OPTION_STRINGS;
}

static int take_option(struct parser *p, size_t n, const char *value)
{
	const struct option_group *group = NULL;
	const struct option_info *o = find_option(p->cl, n, &group);

	if (p->given[n] && !option_is_repeatable(o)) {
		log_error("--%s is given twice", o->name);
		return -EINVAL;
	}
	p->given[n] = true;
	return set_option(o, (char *)group->base + o->offset, value);
}

/* Is the option with this long name, of @len bytes, given? */
static bool is_given(const struct parser *p, const char *name, size_t len)
{
	const struct option_group *group;
	const struct option_info *o;

	for (size_t n = 0; (o = find_option(p->cl, n, &group)); n++)
		if (p->given[n] && strlen(o->name) == len && strncmp(o->name, name, len) == 0)
			return true;
	return false;
}

/* The first of the @names, with blanks between, that is given; its length, or 0. */
static int find_given(const struct parser *p, const char *names, const char **ret)
{
	for (const char *s = names; s && *s; s += strspn(s, " ")) {
		size_t len = strcspn(s, " ");

		*ret = s;
		if (is_given(p, s, len))
			return (int)len;
		s += len;
	}
	return 0;
}

/* Prints "a or --b" for "a b". */
static void complain_needs(const struct option_info *o)
{
	const char *blank = strchr(o->needs, ' ');

	if (blank)
		log_error("--%s needs --%.*s or --%s", o->name, (int)(blank - o->needs), o->needs,
			  blank + 1);
	else
		log_error("--%s needs --%s", o->name, o->needs);
}

/* Options that contradict each other, or mean nothing alone. */
static int check_company(const struct parser *p)
{
	const struct option_group *group;
	const struct option_info *o;
	const char *other;
	int len;

	for (size_t n = 0; (o = find_option(p->cl, n, &group)); n++) {
		if (!p->given[n])
			continue;
		len = find_given(p, o->excludes, &other);
		if (len > 0) {
			log_error("--%s cannot be given together with --%.*s", o->name, len, other);
			return -EINVAL;
		}
		if (o->needs && find_given(p, o->needs, &other) == 0) {
			complain_needs(o);
			return -EINVAL;
		}
	}
	return 0;
}

/* "-x=VALUE" is taken as "-xVALUE": many other programs know it. */
static const char *option_value(int c, char **argv)
{
	bool is_attached = c < NUMBER_BASE && optarg && optarg != argv[optind - 1];

	return is_attached && *optarg == '=' ? optarg + 1 : optarg;
}

int options_parse(const struct command_line *cl, int argc, char **argv, int *ret_first)
{
	struct parser p;
	int c, r;

	parser_init(&p, cl);
	opterr = 0;
	optind = 0; /* glibc: start afresh, also on a second command line */
	while ((c = getopt_long(argc, argv, p.letters, p.long_options, NULL)) != -1) {
		if (c == '?' && optopt && optopt < NUMBER_BASE)
			return complain(cl, "unknown option", (char[]){'-', (char)optopt, '\0'});
		if (c == '?')
			return complain(cl, optopt ? "unexpected value in" : "unknown option",
					argv[optind - 1]);
		if (c == ':')
			return complain(cl, "missing value after", argv[optind - 1]);
		r = take_option(&p, option_number(&p, c), option_value(c, argv));
		if (r < 0)
			return r;
	}
	*ret_first = optind;
	return check_company(&p);
}

/* Prints @text in lines of at most WIDTH columns, all but the first indented by @indent. */
static void print_wrapped(FILE *f, const char *text, int column, int indent)
{
	while (*text) {
		int length = (int)strcspn(text, " ");

		if (column > indent && column + 1 + length > WIDTH) {
			(void)fprintf(f, "\n%*s", indent, "");
			column = indent;
		} else if (column > indent) {
			(void)fputc(' ', f);
			column++;
		}
		(void)fprintf(f, "%.*s", length, text);
		column += length;
		text += length + (text[length] == ' ');
	}
	(void)fputc('\n', f);
}

/* "text (100 to 1000000, default 20000)", "text (one of a, b)" */
static char *help_text(const struct option_info *o, const void *target)
{
	_cleanup_free_ char *list = o->choices ? list_words(o->choices) : NULL;
	uint64_t scale = o->scale ?: 1;
	char *text = NULL;
	int r;

	if (list)
		r = asprintf(&text, "%s (one of %s)", o->help, list);
	else if (o->type == OPTION_NUMBER)
		r = asprintf(&text, "%s (%" PRIu64 " to %" PRIu64 ", default %" PRIu64 ")", o->help,
			     o->min, o->max, *(const uint64_t *)target / scale);
	else if (o->type == OPTION_INTEGER)
		r = asprintf(&text, "%s (%" PRId64 " to %" PRId64 ", default %" PRId64 ")", o->help,
			     (int64_t)o->min, (int64_t)o->max, *(const int64_t *)target);
	else
		return strdup(o->help);
	return r < 0 ? NULL : text;
}

static void help_option(FILE *f, const struct option_info *o, const void *target)
{
	_cleanup_free_ char *text = help_text(o, target);
	char letter[] = {'-', o->letter, ',', '\0'};
	int column = fprintf(f, "  %3s --%s%s%s", o->letter ? letter : "", o->name,
			     o->metavar ? " " : "", o->metavar ?: "");

	if (column >= HELP_COLUMN - 1) {
		(void)fputc('\n', f);
		column = 0;
	}
	(void)fprintf(f, "%*s", HELP_COLUMN - column, "");
	print_wrapped(f, text ?: o->help, HELP_COLUMN, HELP_COLUMN);
}

void options_help(FILE *f, const struct command_line *cl)
{
	(void)fprintf(f, "Usage: %s %s\n\n", cl->program, cl->arguments);
	print_wrapped(f, cl->summary, 0, 0);
	for (size_t g = 0; g < cl->nr_groups; g++) {
		const struct option_group *group = &cl->groups[g];

		if (group->nr_options == 0)
			continue;
		(void)fprintf(f, "\n%s:\n", group->title);
		for (size_t i = 0; i < group->nr_options; i++)
			if (!option_is_hidden(&group->options[i]))
				help_option(f, &group->options[i],
					    (char *)group->base + group->options[i].offset);
	}
}
