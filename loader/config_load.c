// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which files make up the configuration, and which of them are left out.
 *
 * Each file is first read by itself, into a configuration that is thrown away, for
 * what is to be said of it; a drop-in with errors is left out there. The others are
 * put together, silently, and the outcome is checked. If what is wrong with it comes
 * from a drop-in, that is left out too and the rest is put together anew: no drop-in
 * can take away a configuration that works without it.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "lib/strv.h"

#include "config_keys.h"
#include "config_legacy.h"

#define DROPINS "/default.toml.d"

/* A file masks those of the same name in later directories. */
static const char *const dropin_dirs[] = {
	AIOS_SYSCONFDIR DROPINS,
	CONFIG_RUN_DIR DROPINS,
	AIOS_DATADIR DROPINS,
};

struct layer {
	char *file; /* NULL: it is not there, or left out */
	struct toml_document *doc;
};

/* In the order in which they are put together. */
struct layers {
	struct layer vendor;
	struct legacy legacy;
	enum mode legacy_mode;
	struct layer main;
	struct layer *dropins; /* sorted by name */
	size_t nr_dropins;
};

static void layer_finish(struct layer *l)
{
	(void)toml_free(l->doc);
	free(l->file);
	*l = (struct layer){};
}

static void layers_finish(struct layers *l)
{
	layer_finish(&l->vendor);
	legacy_finish(&l->legacy);
	layer_finish(&l->main);
	for (size_t i = 0; i < l->nr_dropins; i++)
		layer_finish(&l->dropins[i]);
	free(l->dropins);
}

static void leave_out(struct layer *l, struct reader *r)
{
	reader_report(r, LOG_LEVEL_WARNING, (struct origin){}, "%s is left out", l->file);
	layer_finish(l);
}

static bool is_sound(const struct layer *l, struct reader *r)
{
	_cleanup_config_ struct config alone;
	unsigned before = r->nr_errors;

	config_init(&alone);
	r->file = l->file;
	config_add_layer(&alone, l->doc, r);
	return r->nr_errors == before;
}

/* Reads l->file; every failure but -ENOENT is reported. */
static int layer_read(struct layer *l, struct reader *r, int dir_fd)
{
	int k = reader_load(r, dir_fd, l->file, &l->doc);

	if (k < 0)
		return k;
	return is_sound(l, r) ? 0 : -EINVAL;
}

/* A main file that is not there is an empty one, unless the user named it. */
static int read_main(struct layer *l, struct reader *r, int dir_fd, const char *file)
{
	int k;

	l->file = strdup(file);
	if (!l->file)
		return -ENOMEM;
	k = layer_read(l, r, dir_fd);
	if (k == -ENOENT && dir_fd != AT_FDCWD) {
		layer_finish(l);
		return 0;
	}
	if (k == -ENOENT)
		reader_report(r, LOG_LEVEL_ERROR, (struct origin){}, "cannot read %s: %s", file,
			      strerror(ENOENT));
	return k < 0 ? -EINVAL : 0;
}

static int read_main_files(struct layers *l, struct reader *r, const char *file)
{
	int vendor = read_main(&l->vendor, r, r->root_fd, CONFIG_VENDOR_FILE), k;

	if (file)
		k = read_main(&l->main, r, AT_FDCWD, file);
	else
		k = read_main(&l->main, r, r->root_fd, CONFIG_FILE);
	return k < 0 ? k : vendor;
}

static const char *base_of(const char *file)
{
	return strrchr(file, '/') + 1;
}

static int compare_names(const void *a, const void *b)
{
	const struct layer *first = a, *second = b;

	return strcmp(base_of(first->file), base_of(second->file));
}

static int list_dropin(struct layers *l, const char *dir, const char *name)
{
	struct layer *grown, new = {};

	for (size_t i = 0; i < l->nr_dropins; i++)
		if (strcmp(base_of(l->dropins[i].file), name) == 0)
			return 0;
	grown = reallocarray(l->dropins, l->nr_dropins + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	l->dropins = grown;
	if (asprintf(&new.file, "%s/%s", dir, name) < 0)
		return -ENOMEM;
	grown[l->nr_dropins++] = new;
	return 0;
}

static int list_dropins(struct layers *l, struct reader *r, const char *dir)
{
	struct dirent **files;
	int k = 0, n = scandirat(r->root_fd, below_root(dir), &files, reader_is_toml, alphasort);

	if (n < 0 && errno != ENOENT)
		reader_report(r, LOG_LEVEL_ERROR, (struct origin){}, "cannot read %s: %s", dir,
			      strerror(errno));
	if (n < 0)
		return 0;
	for (int i = 0; i < n; i++) {
		if (k >= 0)
			k = list_dropin(l, dir, files[i]->d_name);
		free(files[i]);
	}
	free(files);
	return k;
}

/* An empty file says nothing, and neither does a link to /dev/null. */
static bool is_mask(int root_fd, const char *file)
{
	struct stat st;

	if (fstatat(root_fd, below_root(file), &st, 0) < 0)
		return false;
	return S_ISREG(st.st_mode) ? st.st_size == 0
				   : S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3);
}

static void read_dropin(struct layer *l, struct reader *r)
{
	int k;

	if (is_mask(r->root_fd, l->file)) {
		layer_finish(l);
		return;
	}
	k = layer_read(l, r, r->root_fd);
	if (k == -ENOENT)
		reader_report(r, LOG_LEVEL_ERROR, (struct origin){}, "cannot read %s: %s", l->file,
			      strerror(ENOENT));
	if (k < 0)
		leave_out(l, r);
}

static int read_dropins(struct layers *l, struct reader *r)
{
	for (size_t i = 0; i < ARRAY_SIZE(dropin_dirs); i++) {
		int k = list_dropins(l, r, dropin_dirs[i]);

		if (k < 0)
			return k;
	}
	if (l->nr_dropins)
		qsort(l->dropins, l->nr_dropins, sizeof(*l->dropins), compare_names);
	for (size_t i = 0; i < l->nr_dropins; i++)
		read_dropin(&l->dropins[i], r);
	return 0;
}

static void ignore_report(void *userdata _unused_, enum log_level level _unused_,
			  const char *text _unused_)
{
}

static void add_layer(struct config *c, const struct layer *l, struct reader *r)
{
	r->file = l->file;
	if (l->file)
		config_add_layer(c, l->doc, r);
}

/* Silent: all that is wrong with each layer has been said. */
static int put_together(struct config *c, const struct layers *l, const struct catalog *catalog)
{
	struct reader r = {.report = ignore_report};

	config_init(c);
	add_layer(c, &l->vendor, &r);
	if (l->legacy.file)
		legacy_add_layer(c, &l->legacy, catalog, l->legacy_mode, &r);
	add_layer(c, &l->main, &r);
	for (size_t i = 0; i < l->nr_dropins; i++)
		add_layer(c, &l->dropins[i], &r);
	if (r.nr_errors == 0)
		return 0;
	config_finish(c);
	return -ENOMEM;
}

static struct layer *find_dropin(const struct layers *l, const char *file)
{
	for (size_t i = 0; file && i < l->nr_dropins; i++)
		if (l->dropins[i].file && strcmp(l->dropins[i].file, file) == 0)
			return &l->dropins[i];
	return NULL;
}

/* Whether there was a drop-in to leave out for what is wrong with the outcome. */
static bool leave_out_faulty(struct layers *l, const struct config *c,
			     const struct catalog *catalog, struct reader *r)
{
	struct config_fault fault;

	for (unsigned check = 0; config_next_fault(c, catalog, &check, &fault); check++) {
		_cleanup_free_ char *text = fault.text;
		struct layer *dropin = find_dropin(l, fault.where.file);

		if (!dropin)
			continue;
		reader_report(r, LOG_LEVEL_ERROR, fault.where, "%s", text ? text : "out of memory");
		leave_out(dropin, r);
		return true;
	}
	return false;
}

static int settle(struct config *c, struct layers *l, const struct catalog *catalog,
		  struct reader *r)
{
	int k;

	while ((k = put_together(c, l, catalog)) >= 0 && leave_out_faulty(l, c, catalog, r))
		config_finish(c);
	return k;
}

/* Whether a file other than the vendor's says what to start. */
static bool has_own_sched(const struct config *c, const struct layers *l)
{
	const char *file = c->default_sched.origin.file;

	return file && !(l->vendor.file && file == c->files[0]);
}

static int settle_with_legacy(struct config *c, struct layers *l, const struct catalog *catalog,
			      struct reader *r)
{
	int k = settle(c, l, catalog, r);

	if (k < 0 || has_own_sched(c, l))
		return k;
	legacy_open(&l->legacy, catalog, r);
	if (!l->legacy.file)
		return 0;
	l->legacy_mode = config_mode(c);
	config_finish(c);
	return settle(c, l, catalog, r);
}

static void warn_of_open_directories(struct reader *r)
{
	static const char *const parents[] = {AIOS_SYSCONFDIR, CONFIG_RUN_DIR, AIOS_DATADIR};

	for (size_t i = 0; i < ARRAY_SIZE(parents); i++)
		reader_warn_writable(r, r->root_fd, below_root(parents[i]), parents[i]);
	for (size_t i = 0; i < ARRAY_SIZE(dropin_dirs); i++)
		reader_warn_writable(r, r->root_fd, below_root(dropin_dirs[i]), dropin_dirs[i]);
}

int config_load(struct config *c, const struct catalog *catalog, struct reader *r, const char *file)
{
	_cleanup_(layers_finish) struct layers l = {};
	_cleanup_config_ struct config outcome = {};
	int main_files, k;

	r->nr_reports = 0;
	warn_of_open_directories(r);
	main_files = read_main_files(&l, r, file);
	k = read_dropins(&l, r);
	r->nr_reports = 0;
	if (main_files < 0)
		return main_files;
	if (k >= 0)
		k = settle_with_legacy(&outcome, &l, catalog, r);
	if (k >= 0)
		k = config_check(&outcome, catalog, r);
	r->file = NULL;
	if (k < 0)
		return k;
	config_finish(c);
	*c = outcome;
	outcome = (struct config){};
	return 0;
}

int config_load_vendor(struct config *c, const struct catalog *catalog, int root_fd)
{
	_cleanup_(layers_finish) struct layers l = {};
	_cleanup_config_ struct config outcome = {};
	struct reader r = {.root_fd = root_fd, .report = ignore_report};
	int k;

	if (read_main(&l.vendor, &r, root_fd, CONFIG_VENDOR_FILE) < 0)
		layer_finish(&l.vendor);
	k = put_together(&outcome, &l, catalog);
	if (k < 0)
		return k;
	if (config_check(&outcome, catalog, &r) < 0) {
		config_finish(&outcome);
		config_init(&outcome);
	}
	config_finish(c);
	*c = outcome;
	outcome = (struct config){};
	return 0;
}
