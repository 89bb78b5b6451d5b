// SPDX-License-Identifier: GPL-2.0-only
/*
 * Small JSON files, each replaced as a whole. Whatever is wrong with one, the
 * loader works without it: the caller reports that, and what could not be read
 * counts as not there.
 *
 * Only what counts boots must survive a machine that hangs. A failure is recorded while
 * others wait to hear of it, so that does not wait for the disk.
 */
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>

#include "lib/file.h"
#include "lib/json.h"
#include "lib/strv.h"

#include "state.h"

#define REQUEST_FILE RUNTIME_DIR "/request"
#define FAILURES_DIR STATE_DIR "/failures"
#define BOOTS_FILE STATE_DIR "/boots"
#define BOOT_ID "/proc/sys/kernel/random/boot_id"

typedef int (*write_t)(int dir_fd, const char *path, const char *data, size_t size);

static int write_json(int root_fd, const char *path, sd_json_variant *v, write_t write)
{
	_cleanup_free_ char *text = NULL;
	int r = sd_json_variant_format(v, SD_JSON_FORMAT_NEWLINE, &text);

	return r < 0 ? r : write(root_fd, below_root(path), text, strlen(text));
}

static int read_json(int root_fd, const char *path, sd_json_variant **ret)
{
	int r = sd_json_parse_file_at(NULL, root_fd, below_root(path), 0, ret, NULL, NULL);

	if (r < 0)
		return r;
	if (sd_json_variant_is_object(*ret))
		return 0;
	*ret = sd_json_variant_unref(*ret);
	return -EBADMSG;
}

/* A member that is a string, else NULL. */
static const char *get_string(sd_json_variant *object, const char *key)
{
	sd_json_variant *v = sd_json_variant_by_key(object, key);

	return v && sd_json_variant_is_string(v) ? sd_json_variant_string(v) : NULL;
}

int state_save_request(int root_fd, const struct request *r)
{
	_cleanup_json_ sd_json_variant *v = NULL;
	int k = sd_json_buildo(&v, SD_JSON_BUILD_PAIR_STRING("source", source_names[r->source]),
			       SD_JSON_BUILD_PAIR_CONDITION(r->sched != NULL, "scheduler",
							    SD_JSON_BUILD_STRING(r->sched)),
			       SD_JSON_BUILD_PAIR_STRING("mode", mode_table[r->mode].name),
			       SD_JSON_BUILD_PAIR_CONDITION(r->args != NULL, "args",
							    SD_JSON_BUILD_STRV(r->args)));

	return k < 0 ? k : write_json(root_fd, REQUEST_FILE, v, write_file);
}

static int source_from_name(const char *name)
{
	for (int i = 0; name && i < NR_SOURCES; i++)
		if (strcmp(source_names[i], name) == 0)
			return i;
	return -EBADMSG;
}

static int read_request(sd_json_variant *v, struct request *r)
{
	const char *sched = get_string(v, "scheduler"), *mode_name = get_string(v, "mode");
	sd_json_variant *args = sd_json_variant_by_key(v, "args");
	int source = source_from_name(get_string(v, "source"));
	int mode = mode_name ? mode_from_name(mode_name) : -EBADMSG;

	if (source < 0 || mode < 0)
		return -EBADMSG;
	r->source = (enum source)source;
	r->mode = (enum mode)mode;
	if (sched) {
		r->sched = strdup(sched);
		if (!r->sched)
			return -ENOMEM;
	}
	return args ? sd_json_variant_strv(args, &r->args) : 0;
}

int state_load_request(int root_fd, struct request *ret)
{
	_cleanup_json_ sd_json_variant *v = NULL;
	_cleanup_request_ struct request request = {};
	int r = read_json(root_fd, REQUEST_FILE, &v);

	if (r >= 0)
		r = read_request(v, &request);
	if (r < 0)
		return r;
	*ret = request;
	request = (struct request){};
	return 0;
}

/* "17.json" -> 17, 0 for anything else: for what record_path() would call otherwise, too */
static uint64_t record_number(const char *file)
{
	uint64_t nr = 0;
	int end = 0;

	if (*file < '1' || *file > '9' || sscanf(file, "%18" SCNu64 "%n", &nr, &end) != 1)
		return 0;
	return strcmp(file + end, ".json") == 0 || strcmp(file + end, ".dump") == 0 ? nr : 0;
}

/* Calls @each for the number of every file of records. */
static void for_each_file(int root_fd, void (*each)(void *userdata, uint64_t nr, off_t size),
			  void *userdata)
{
	int fd = openat(root_fd, below_root(FAILURES_DIR), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	struct stat st;

	if (!dir) {
		closep(&fd);
		return;
	}
	while ((entry = readdir(dir))) {
		uint64_t nr = record_number(entry->d_name);

		if (nr && fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			each(userdata, nr, st.st_size);
	}
	(void)closedir(dir);
}

static void take_largest(void *userdata, uint64_t nr, off_t size _unused_)
{
	uint64_t *largest = userdata;

	if (nr > *largest)
		*largest = nr;
}

static int make_directory(int root_fd)
{
	int r = mkdirat(root_fd, below_root(FAILURES_DIR), 0755);

	return r < 0 && errno != EEXIST ? -errno : 0;
}

uint64_t state_next_number(int root_fd)
{
	uint64_t largest = 0;

	/* if it cannot be made, that is reported when there is something to be kept in it */
	(void)make_directory(root_fd);
	for_each_file(root_fd, take_largest, &largest);
	return largest + 1;
}

static char *record_path(uint64_t nr, const char *extension)
{
	char *path;

	return asprintf(&path, FAILURES_DIR "/%" PRIu64 "%s", nr, extension) < 0 ? NULL : path;
}

char *state_dump_path(uint64_t nr)
{
	return record_path(nr, ".dump");
}

/* What there is: the oldest record, how many, how large. */
struct inventory {
	uint64_t oldest, newest;
	uint64_t nr_records;
	uint64_t bytes;
};

static void take_stock(void *userdata, uint64_t nr, off_t size)
{
	struct inventory *i = userdata;

	if (!i->oldest || nr < i->oldest)
		i->oldest = nr;
	if (nr > i->newest)
		i->newest = nr;
	i->nr_records++;
	i->bytes += (uint64_t)size;
}

static bool remove_file(int root_fd, uint64_t nr, const char *extension)
{
	_cleanup_free_ char *path = record_path(nr, extension);

	return path && unlinkat(root_fd, below_root(path), 0) == 0;
}

/* Records and dumps count alike, so there may be half as many records with dumps. */
static void prune(int root_fd)
{
	bool is_less = true;

	while (is_less) {
		struct inventory i = {};

		for_each_file(root_fd, take_stock, &i);
		if (i.nr_records <= 2 * STATE_MAX_RECORDS && i.bytes <= STATE_MAX_BYTES)
			return;
		is_less = remove_file(root_fd, i.oldest, ".dump");
		if (i.oldest != i.newest && remove_file(root_fd, i.oldest, ".json"))
			is_less = true;
	}
}

int state_add_failure(int root_fd, uint64_t nr, const struct failure_record *f, char **ret_dump)
{
	_cleanup_free_ char *path = record_path(nr, ".json"), *dump = state_dump_path(nr);
	_cleanup_json_ sd_json_variant *v = NULL;
	struct utsname uts = {};
	int r;

	if (!path || !dump)
		return -ENOMEM;
	if (faccessat(root_fd, below_root(dump), F_OK, 0) < 0) {
		free(dump);
		dump = NULL;
	}
	(void)uname(&uts);
	r = sd_json_buildo(&v, SD_JSON_BUILD_PAIR_UNSIGNED("number", nr),
			   SD_JSON_BUILD_PAIR_INTEGER("time", time(NULL)),
			   SD_JSON_BUILD_PAIR_STRING("scheduler", f->sched),
			   SD_JSON_BUILD_PAIR_STRING("what", f->what),
			   SD_JSON_BUILD_PAIR_STRING("kind", f->kind),
			   SD_JSON_BUILD_PAIR_STRING("reason", f->reason),
			   SD_JSON_BUILD_PAIR_STRING("kernel", uts.release),
			   SD_JSON_BUILD_PAIR_CONDITION(dump != NULL, "dump",
							SD_JSON_BUILD_STRING(dump)));
	if (r < 0)
		return r;
	r = make_directory(root_fd);
	if (r >= 0)
		r = write_json(root_fd, path, v, write_file);
	if (r < 0)
		return r;
	prune(root_fd);
	*ret_dump = steal_ptr(dump);
	return 0;
}

struct numbers {
	uint64_t nr[2 * STATE_MAX_RECORDS];
	size_t count;
};

static void collect(void *userdata, uint64_t nr, off_t size _unused_)
{
	struct numbers *n = userdata;

	if (n->count < ARRAY_SIZE(n->nr))
		n->nr[n->count++] = nr;
}

static int compare_numbers(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

int state_read_failures(int root_fd, sd_json_variant **ret)
{
	_cleanup_json_ sd_json_variant *all = NULL;
	struct numbers n = {};
	int r = sd_json_variant_new_array(&all, NULL, 0);

	for_each_file(root_fd, collect, &n);
	qsort(n.nr, n.count, sizeof(n.nr[0]), compare_numbers);
	for (size_t i = 0; r >= 0 && i < n.count; i++) {
		_cleanup_free_ char *path = record_path(n.nr[i], ".json");
		_cleanup_json_ sd_json_variant *v = NULL;

		/* a record and its dump have the same number */
		if (i > 0 && n.nr[i] == n.nr[i - 1])
			continue;
		if (path && read_json(root_fd, path, &v) >= 0)
			r = sd_json_variant_append_array(&all, v);
	}
	if (r >= 0)
		*ret = steal_ptr(all);
	return r < 0 ? r : 0;
}

/* Another kernel or another program deserves another chance. */
static char *attempt_key(int root_fd, const char *sched)
{
	_cleanup_free_ char *program = NULL;
	struct utsname uts = {};
	struct stat st = {};
	char *key;

	if (asprintf(&program, AIOS_BINDIR "/%s", sched) < 0) {
		program = NULL;
		return NULL;
	}
	(void)fstatat(root_fd, below_root(program), &st, 0);
	(void)uname(&uts);
	return asprintf(&key, "%s %jd %jd", uts.release, (intmax_t)st.st_size,
			(intmax_t)st.st_mtime) < 0
		       ? NULL
		       : key;
}

/* The table of BOOTS_FILE, an empty one if there is none of use. */
static int read_boots(int root_fd, sd_json_variant **ret)
{
	if (read_json(root_fd, BOOTS_FILE, ret) >= 0)
		return 0;
	return sd_json_variant_new_object(ret, NULL, 0);
}

/* 0 for anything that is not a count */
static int get_count(sd_json_variant *entry)
{
	uint64_t count = sd_json_variant_unsigned(sd_json_variant_by_key(entry, "count"));

	return count < INT_MAX ? (int)count : 0;
}

/* What there is to know of a scheduler at boot. */
struct boot_record {
	char *key, *boot; /* of now */
	sd_json_variant *boots;
	int before; /* failed boots in a row before this one */
};

static void boot_record_finish(struct boot_record *b)
{
	free(b->key);
	free(b->boot);
	sd_json_variant_unref(b->boots);
}
#define _cleanup_boot_record_ _cleanup_(boot_record_finish)

static int read_boot_record(int root_fd, const char *sched, struct boot_record *b)
{
	const char *old_key, *old_boot;
	sd_json_variant *old;
	int r;

	b->key = attempt_key(root_fd, sched);
	if (!b->key)
		return -ENOMEM;
	r = read_sysfs_line(root_fd, below_root(BOOT_ID), &b->boot);
	if (r >= 0)
		r = read_boots(root_fd, &b->boots);
	if (r < 0)
		return r;
	old = sd_json_variant_by_key(b->boots, sched);
	old_key = get_string(old, "key");
	old_boot = get_string(old, "boot");
	if (old_key && strcmp(old_key, b->key) == 0)
		b->before = get_count(old);
	if (b->before && old_boot && strcmp(old_boot, b->boot) == 0)
		b->before--; /* this boot is counted already */
	return 0;
}

int state_bad_boots(int root_fd, const char *sched)
{
	_cleanup_boot_record_ struct boot_record b = {};
	int r = read_boot_record(root_fd, sched, &b);

	return r < 0 ? r : b.before;
}

int state_begin_boot(int root_fd, const char *sched)
{
	_cleanup_json_ sd_json_variant *entry = NULL;
	_cleanup_boot_record_ struct boot_record b = {};
	int r = read_boot_record(root_fd, sched, &b);

	if (r >= 0)
		r = sd_json_buildo(&entry, SD_JSON_BUILD_PAIR_STRING("key", b.key),
				   SD_JSON_BUILD_PAIR_STRING("boot", b.boot),
				   SD_JSON_BUILD_PAIR_INTEGER("count", b.before + 1));
	if (r >= 0)
		r = sd_json_variant_set_field(&b.boots, sched, entry);
	return r < 0 ? r : write_json(root_fd, BOOTS_FILE, b.boots, write_file_durably);
}

int state_clear_boot(int root_fd, const char *sched)
{
	_cleanup_json_ sd_json_variant *boots = NULL;
	char *keys[] = {(char *)sched, NULL};
	int r = read_boots(root_fd, &boots);

	if (r < 0)
		return r;
	if (!sd_json_variant_by_key(boots, sched))
		return 0;
	r = sd_json_variant_filter(&boots, keys);
	return r < 0 ? r : write_json(root_fd, BOOTS_FILE, boots, write_file_durably);
}
