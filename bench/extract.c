// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include <systemd/sd-json.h>

#include "lib/log.h"
#include "lib/parse.h"

#include "bench/extract.h"
#include "bench/json.h"

#define FORM "NAME[:UNIT]:lower|higher|none:regex:PATTERN or ...:json:PATH"

/* Says in *ret_error what is missing or wrong in the output. Returns -EBADMSG or -ENOMEM. */
static int complain(char **ret_error, const char *format, ...) _printf_(2, 3);

static int complain(char **ret_error, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vasprintf(ret_error, format, ap);
	va_end(ap);
	return n < 0 ? -ENOMEM : -EBADMSG;
}

static int read_number(const struct extract *e, const char *text, size_t size, double *ret,
		       char **ret_error)
{
	_cleanup_free_ char *number = strndup(text, size);

	if (!number)
		return -ENOMEM;
	if (parse_double(number, ret) < 0)
		return complain(ret_error, "metric %s: '%s' is not a number", e->name, number);
	return 0;
}

/* --- regular expressions */

/* The last match of the group in @text; false: none. */
static bool find_last(const regex_t *regex, const char *text, size_t size, regmatch_t *ret)
{
	regmatch_t match[2];
	size_t begin = 0;
	bool found = false;

	while (begin <= size) {
		match[0] = (regmatch_t){.rm_so = (regoff_t)begin, .rm_eo = (regoff_t)size};
		if (regexec(regex, text, ARRAY_SIZE(match), match, REG_STARTEND) != 0)
			break;
		if (match[1].rm_so >= 0) {
			*ret = match[1];
			found = true;
		}
		/* go on behind it, also if it is empty */
		begin = (size_t)match[0].rm_eo + (match[0].rm_eo == match[0].rm_so);
	}
	return found;
}

static int find_regex(const struct extract *e, const struct output *o, double *ret,
		      char **ret_error)
{
	const char *text = o->out;
	regmatch_t m;

	if (!find_last(&e->regex, text, o->out_size, &m)) {
		text = o->err;
		if (!find_last(&e->regex, text, o->err_size, &m))
			return complain(ret_error, "metric %s: nothing in the output matches",
					e->name);
	}
	return read_number(e, text + m.rm_so, (size_t)(m.rm_eo - m.rm_so), ret, ret_error);
}

static int parse_regex(struct extract *e, const char *pattern)
{
	char why[160];
	int r = regcomp(&e->regex, pattern, REG_EXTENDED | REG_NEWLINE);

	if (r != 0) {
		(void)regerror(r, &e->regex, why, sizeof(why));
		log_error("--metric %s: '%s' is not a POSIX extended regular expression: %s",
			  e->name, pattern, why);
		return -EINVAL;
	}
	/* from here on there is something to be freed */
	e->find = find_regex;
	if (e->regex.re_nsub == 1)
		return 0;
	log_error("--metric %s: '%s' must have one group in parentheses, around the number, and "
		  "has %zu",
		  e->name, pattern, e->regex.re_nsub);
	return -EINVAL;
}

/* --- JSON */

/* The next step of @path, "a" or "[0]", is taken from @v; NULL: there is no such thing. */
static sd_json_variant *take_step(sd_json_variant *v, const char **path)
{
	size_t len = strcspn(*path, ".[");
	char name[EXTRACT_MAX_NAME + 1];
	uint64_t index;

	if (len > 0) {
		(void)snprintf(name, sizeof(name), "%.*s", (int)len, *path);
		*path += len;
		return sd_json_variant_is_object(v) ? sd_json_variant_by_key(v, name) : NULL;
	}
	len = strcspn(*path, "]") + 1;
	(void)snprintf(name, sizeof(name), "%.*s", (int)len - 2, *path + 1);
	*path += len;
	if (parse_u64(name, 0, UINT32_MAX, &index) < 0 || !sd_json_variant_is_array(v) ||
	    index >= sd_json_variant_elements(v))
		return NULL;
	return sd_json_variant_by_index(v, index);
}

static sd_json_variant *take_path(sd_json_variant *v, const char *path)
{
	while (v && *path) {
		v = take_step(v, &path);
		path += *path == '.';
	}
	return v;
}

static int find_json(const struct extract *e, const struct output *o, double *ret, char **ret_error)
{
	_cleanup_json_ sd_json_variant *v = NULL;
	unsigned line = 0, column = 0;
	sd_json_variant *found;
	int r = sd_json_parse(o->out, 0, &v, &line, &column);

	if (r == -ENOMEM)
		return r;
	if (r < 0 && line == 0)
		return complain(ret_error, "metric %s: there is no JSON in the output", e->name);
	if (r < 0)
		return complain(ret_error, "metric %s: the output is not JSON: line %u, column %u",
				e->name, line, column);
	found = take_path(v, e->path);
	if (!found)
		return complain(ret_error, "metric %s: there is no %s in the output", e->name,
				e->path);
	if (sd_json_variant_is_string(found))
		return read_number(e, sd_json_variant_string(found),
				   strlen(sd_json_variant_string(found)), ret, ret_error);
	if (!sd_json_variant_is_number(found))
		return complain(ret_error, "metric %s: %s is not a number", e->name, e->path);
	*ret = sd_json_variant_real(found);
	return 0;
}

/* "a.b[0].c", "[3]": names, and numbers in brackets. */
static bool is_path(const char *path)
{
	const char *s = path;

	do {
		size_t len = strcspn(s, ".[]");

		if (len > EXTRACT_MAX_NAME || (len == 0 && *s != '['))
			return false;
		s += len;
		while (*s == '[') {
			len = strspn(++s, "0123456789");
			s += len;
			if (len == 0 || len > 9 || *s++ != ']')
				return false;
		}
	} while (*s++ == '.');
	return s[-1] == '\0';
}

static int parse_json(struct extract *e, const char *path)
{
	if (!is_path(path)) {
		log_error("--metric %s: '%s' is not a path like a.b[0].c", e->name, path);
		return -EINVAL;
	}
	e->path = strdup(path);
	e->find = find_json;
	return e->path ? 0 : -ENOMEM;
}

/* --- SPEC */

static const struct {
	const char *name;
	int (*parse)(struct extract *e, const char *rest);
} kinds[] = {
	{"regex", parse_regex},
	{"json", parse_json},
};

static int refuse(const char *spec, const char *what)
{
	log_error("--metric: '%s' is not " FORM ": %s", spec, what);
	return -EINVAL;
}

/* The word up to the next colon, and *s behind it; NULL: there is no colon, or no memory. */
static char *take_word(const char **s)
{
	const char *colon = strchr(*s, ':');
	char *word = colon ? strndup(*s, (size_t)(colon - *s)) : NULL;

	if (word)
		*s = colon + 1;
	return word;
}

static bool is_name(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";

	return *name && strlen(name) <= EXTRACT_MAX_NAME && !name[strspn(name, allowed)];
}

static int parse_better(struct extract *e, const char *spec, const char **s)
{
	_cleanup_free_ char *word = take_word(s);
	int better = word ? better_from_name(word) : -EINVAL;

	if (better < 0 && word) {
		e->unit = steal_ptr(word);
		word = take_word(s);
		better = word ? better_from_name(word) : -EINVAL;
	}
	if (better < 0)
		return refuse(spec, "it does not say whether lower, higher or none is better");
	if (!e->unit)
		e->unit = strdup("");
	e->better = (enum better)better;
	return e->unit ? 0 : -ENOMEM;
}

static int parse_kind(struct extract *e, const char *spec, const char *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		size_t len = strlen(kinds[i].name);

		if (strncmp(s, kinds[i].name, len) == 0 && s[len] == ':' && s[len + 1])
			return kinds[i].parse(e, s + len + 1);
	}
	return refuse(spec, "it does not end in regex:PATTERN or json:PATH");
}

int extract_parse(const char *spec, struct extract *ret)
{
	struct extract e = {};
	const char *s = spec;
	int r;

	e.name = take_word(&s);
	if (!e.name || !is_name(e.name))
		r = refuse(spec, "NAME must be 1 to 64 letters, digits, '_', '.' or '-'");
	else
		r = parse_better(&e, spec, &s);
	if (r >= 0)
		r = parse_kind(&e, spec, s);
	if (r < 0)
		extract_finish(&e);
	else
		*ret = e;
	return r;
}

void extract_finish(struct extract *e)
{
	if (e->find == find_regex)
		regfree(&e->regex);
	free(e->name);
	free(e->unit);
	free(e->path);
	*e = (struct extract){};
}

int extract_measure(const struct extract *extracts, size_t nr, const struct output *o,
		    struct measurement *ret, char **ret_error)
{
	for (size_t i = 0; i < nr; i++) {
		const struct extract *e = &extracts[i];
		double value;
		int r = e->find(e, o, &value, ret_error);

		if (r >= 0)
			r = measurement_add(ret, e->name, e->unit, e->better, value);
		if (r == -EDOM)
			r = complain(ret_error, "metric %s: the number is not finite", e->name);
		if (r < 0)
			return r;
	}
	return 0;
}
