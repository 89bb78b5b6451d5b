// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "file.h"
#include "reader.h"
#include "strv.h"

/* Names from files reach terminals and the journal through messages. */
static void defuse(char *text)
{
	for (char *c = text; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
}

static void report_text(struct reader *r, enum log_level level, char *text)
{
	if (level == LOG_LEVEL_ERROR)
		r->nr_errors++;
	r->nr_reports++;
	if (r->nr_reports > READER_MAX_REPORTS + 1)
		return;
	defuse(text);
	r->report(r->userdata, level,
		  r->nr_reports <= READER_MAX_REPORTS ? text : "further problems are not shown");
}

void reader_report(struct reader *r, enum log_level level, struct origin where, const char *format,
		   ...)
{
	_cleanup_free_ char *what = NULL, *text = NULL;
	va_list ap;
	int n;

	va_start(ap, format);
	n = vasprintf(&what, format, ap);
	va_end(ap);
	if (n < 0)
		what = NULL;
	if (!where.file)
		n = asprintf(&text, "%s", what ? what : "out of memory");
	else
		n = asprintf(&text, "%s:%u:%u: %s", where.file, where.pos.line, where.pos.column,
			     what ? what : "out of memory");
	if (n < 0)
		text = NULL;
	report_text(r, level, text ? text : (char[]){"out of memory"});
}

static struct origin origin_of(const struct reader *r, const struct toml_node *n)
{
	return (struct origin){r->file, toml_node_pos(n)};
}

static const char *read_failure(int r)
{
	switch (-r) {
	case EISDIR:
		return "it is a directory";
	case EINVAL:
		return "it is not a regular file";
	case EFBIG:
		return "it is larger than 1 MiB";
	default:
		return strerror(-r);
	}
}

int reader_is_toml(const struct dirent *d)
{
	size_t len = strlen(d->d_name);

	return d->d_name[0] != '.' && len > 5 && strcmp(d->d_name + len - 5, ".toml") == 0;
}

void reader_warn_writable(struct reader *r, int dir_fd, const char *path, const char *name)
{
	struct stat st;

	if (fstatat(dir_fd, path, &st, 0) == 0 && (st.st_mode & S_IWOTH))
		reader_report(r, LOG_LEVEL_WARNING, (struct origin){},
			      "%s can be written by every user of this machine", name);
}

int reader_read(struct reader *r, int dir_fd, const char *path, char **ret, size_t *ret_size)
{
	const char *relative = dir_fd == AT_FDCWD ? path : below_root(path);
	int k;

	r->file = path;
	r->nr_reports = 0;
	k = read_file(dir_fd, relative, READER_MAX_FILE, ret, ret_size);
	if (k == -ENOENT)
		return k;
	if (k < 0) {
		reader_report(r, LOG_LEVEL_ERROR, (struct origin){}, "cannot read %s: %s", path,
			      read_failure(k));
		return k;
	}
	reader_warn_writable(r, dir_fd, relative, path);
	return 0;
}

int reader_load(struct reader *r, int dir_fd, const char *path, struct toml_document **ret)
{
	_cleanup_free_ char *text = NULL, *error = NULL;
	size_t size;
	int k = reader_read(r, dir_fd, path, &text, &size);

	if (k < 0)
		return k;
	k = toml_parse(text, size, path, ret, &error);
	if (k < 0)
		reader_report(r, LOG_LEVEL_ERROR, (struct origin){}, "%s",
			      error ? error : strerror(-k));
	return k;
}

static char *known_keys(const struct reader_key *keys)
{
	_cleanup_strv_ char **names = NULL;

	for (; keys->name; keys++)
		if (strv_extend(&names, keys->name) < 0)
			return NULL;
	return strv_join(names, ", ");
}

static void warn_unknown(struct reader *r, const struct toml_entry *e, const char *path,
			 const struct reader_key *keys)
{
	_cleanup_free_ char *known = known_keys(keys);

	reader_report(r, LOG_LEVEL_WARNING, (struct origin){r->file, e->key_pos},
		      "unknown key '%s' ignored; known here: %s", path, known ? known : "");
}

static void read_member(struct reader *r, const char *path, const struct toml_entry *e,
			const struct reader_key *keys, void *target)
{
	_cleanup_free_ char *full = NULL;

	if (asprintf(&full, "%s%s%s", path, *path ? "." : "", e->key) < 0) {
		full = NULL;
		reader_report(r, LOG_LEVEL_ERROR, origin_of(r, e->value), "out of memory");
		return;
	}
	for (const struct reader_key *k = keys; k->name; k++)
		if (strcmp(k->name, e->key) == 0) {
			k->read(r, k, full, e->value, (char *)target + k->offset);
			return;
		}
	warn_unknown(r, e, full, keys);
}

bool reader_has_type(struct reader *r, const char *path, const struct toml_node *value,
		     enum toml_type type, const char *expected)
{
	if (toml_node_type(value) == type)
		return true;
	reader_report(r, LOG_LEVEL_ERROR, origin_of(r, value), "%s must be %s, not %s", path,
		      expected, toml_type_name(value));
	return false;
}

void reader_table(struct reader *r, const char *path, const struct toml_node *table,
		  const struct reader_key *keys, void *target)
{
	if (!reader_has_type(r, path, table, TOML_TABLE, "a table"))
		return;
	for (size_t i = 0; i < toml_len(table); i++) {
		struct toml_entry e = toml_member(table, i);

		read_member(r, path, &e, keys, target);
	}
}

void reader_section(struct reader *r, const struct reader_key *key, const char *path,
		    const struct toml_node *value, void *member)
{
	reader_table(r, path, value, key->keys, member);
}

/* The text of a string node, NULL after a report. */
static const char *text_of(struct reader *r, const char *path, const struct toml_node *value,
			   const char *expected)
{
	const char *text;

	if (!reader_has_type(r, path, value, TOML_STRING, expected))
		return NULL;
	if (toml_string(value, &text) < 0) {
		reader_report(r, LOG_LEVEL_ERROR, origin_of(r, value),
			      "%s contains a NUL character", path);
		return NULL;
	}
	return text;
}

/* A string that stands alone or in an array. */
static int read_string(struct reader *r, const char *path, const struct toml_node *value,
		       const char *expected, struct setting_string *s)
{
	const char *text = text_of(r, path, value, expected);
	char *copy;

	if (!text)
		return -EINVAL;
	copy = strdup(text);
	if (!copy) {
		reader_report(r, LOG_LEVEL_ERROR, origin_of(r, value), "out of memory");
		return -ENOMEM;
	}
	setting_string_finish(s);
	*s = (struct setting_string){copy, origin_of(r, value)};
	return 0;
}

void reader_string(struct reader *r, const struct reader_key *key _unused_, const char *path,
		   const struct toml_node *value, void *member)
{
	(void)read_string(r, path, value, "a string", member);
}

static bool has_strings(struct reader *r, const char *path, const struct toml_node *value)
{
	if (!reader_has_type(r, path, value, TOML_ARRAY, "an array of strings"))
		return false;
	if (toml_len(value) <= READER_MAX_FLAGS)
		return true;
	reader_report(r, LOG_LEVEL_ERROR, origin_of(r, value),
		      "%s has %zu strings, the limit is %d", path, toml_len(value),
		      READER_MAX_FLAGS);
	return false;
}

void reader_strings(struct reader *r, const struct reader_key *key _unused_, const char *path,
		    const struct toml_node *value, void *member)
{
	struct setting_strings *s = member, new = {.origin = origin_of(r, value)};

	if (!has_strings(r, path, value))
		return;
	/* one more than needed: no element is no failure */
	new.items = calloc(toml_len(value) + 1, sizeof(*new.items));
	if (!new.items) {
		reader_report(r, LOG_LEVEL_ERROR, new.origin, "out of memory");
		return;
	}
	for (; new.nr_items < toml_len(value); new.nr_items++)
		if (read_string(r, path, toml_at(value, new.nr_items), "an array of strings",
				&new.items[new.nr_items]) < 0) {
			setting_strings_finish(&new);
			return;
		}
	setting_strings_finish(s);
	*s = new;
}

/* One word of a list of flags. */
static const char *flag_of(struct reader *r, const char *path, const struct toml_node *value)
{
	const char *text = text_of(r, path, value, "an array of strings");

	if (!text)
		return NULL;
	if (strlen(text) > READER_MAX_FLAG_LEN) {
		reader_report(r, LOG_LEVEL_ERROR, origin_of(r, value),
			      "%s contains a string of %zu bytes, the limit is %d", path,
			      strlen(text), READER_MAX_FLAG_LEN);
		return NULL;
	}
	if (text[0] == '-' && strpbrk(text, " \t"))
		reader_report(r, LOG_LEVEL_WARNING, origin_of(r, value),
			      "'%s' in %s is passed as one word; "
			      "write every word as a string of its own",
			      text, path);
	return text;
}

void reader_flags(struct reader *r, const struct reader_key *key _unused_, const char *path,
		  const struct toml_node *value, void *member)
{
	struct setting_flags *f = member;
	_cleanup_strv_ char **words = NULL;

	if (!has_strings(r, path, value))
		return;
	for (size_t i = 0; i < toml_len(value); i++) {
		const char *word = flag_of(r, path, toml_at(value, i));

		if (!word)
			return;
		if (strv_extend(&words, word) < 0) {
			reader_report(r, LOG_LEVEL_ERROR, origin_of(r, value), "out of memory");
			return;
		}
	}
	setting_flags_finish(f);
	*f = (struct setting_flags){steal_ptr(words), origin_of(r, value)};
}

void reader_int(struct reader *r, const struct reader_key *key, const char *path,
		const struct toml_node *value, void *member)
{
	struct setting_int *s = member;
	char expected[64];
	int64_t n;

	(void)snprintf(expected, sizeof(expected), "an integer from %d to %d", key->min, key->max);
	if (!reader_has_type(r, path, value, TOML_INTEGER, expected) || toml_integer(value, &n) < 0)
		return;
	if (n < key->min || n > key->max) {
		reader_report(r, LOG_LEVEL_ERROR, origin_of(r, value),
			      "%s must be %s, not %" PRId64, path, expected, n);
		return;
	}
	*s = (struct setting_int){(int)n, origin_of(r, value)};
}

void reader_boolean(struct reader *r, const struct reader_key *key _unused_, const char *path,
		    const struct toml_node *value, void *member)
{
	struct setting_int *s = member;
	bool is_true;

	if (!reader_has_type(r, path, value, TOML_BOOLEAN, "true or false") ||
	    toml_boolean(value, &is_true) < 0)
		return;
	*s = (struct setting_int){is_true, origin_of(r, value)};
}

void setting_string_finish(struct setting_string *s)
{
	free(s->value);
	*s = (struct setting_string){};
}

void setting_strings_finish(struct setting_strings *s)
{
	for (size_t i = 0; i < s->nr_items; i++)
		setting_string_finish(&s->items[i]);
	free(s->items);
	*s = (struct setting_strings){};
}

void setting_flags_finish(struct setting_flags *f)
{
	strv_free(f->words);
	*f = (struct setting_flags){};
}
