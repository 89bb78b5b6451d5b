// SPDX-License-Identifier: GPL-2.0-only
/*
 * Our TOML interface against the toml-test corpus, as Debian packages it
 * (golang-github-burntsushi-toml-dev): every valid file parses, every invalid one
 * is refused with its place. Values are toml++'s business and not compared. What is
 * valid only since TOML 1.1 may go either way: that depends on toml++, and newer
 * versions of the corpus have more of it.
 */
#include <fcntl.h>
#include <ftw.h>

#include "lib/file.h"
#include "lib/toml.h"
#include "test.h"

#define CORPUS "/usr/share/gocode/src/github.com/BurntSushi/toml/internal/toml-test/tests"

/* Beginnings of the names of files in TOML 1.1 */
static const char *const newer[] = {
	"valid/datetime/no-seconds", "valid/inline-table/newline", "valid/key/unicode",
	"valid/spec-1.1.0/",         "valid/string/escape-esc",    "valid/string/hex-escape",
};

static unsigned nr_files, nr_wrong;

static bool is_newer(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(newer); i++)
		if (strncmp(newer[i], name, strlen(newer[i])) == 0)
			return true;
	return false;
}

/* "name:LINE:COLUMN: text" with both counted from 1 */
static bool names_place(const char *error, const char *name)
{
	unsigned line, column;
	int n = 0;

	if (strncmp(error, name, strlen(name)) != 0)
		return false;
	return sscanf(error + strlen(name), ":%u:%u: %n", &line, &column, &n) == 2 && n > 0 &&
	       line > 0 && column > 0 && error[strlen(name) + (size_t)n];
}

static int check_file(const char *path, const struct stat *st _unused_, int type,
		      struct FTW *ftw _unused_)
{
	const char *name = path + strlen(CORPUS) + 1, *dot = strrchr(path, '.');
	bool is_valid = strncmp(name, "valid/", 6) == 0;
	_cleanup_free_ char *text = NULL, *error = NULL;
	_cleanup_toml_ struct toml_document *doc = NULL;
	size_t size;
	int r;

	if (type != FTW_F || !dot || strcmp(dot, ".toml") != 0)
		return 0;
	if (!is_valid && strncmp(name, "invalid/", 8) != 0)
		return 0;
	assert_int_equal(read_file(AT_FDCWD, path, 1 << 20, &text, &size), 0);
	r = toml_parse(text, size, name, &doc, &error);
	nr_files++;
	if (is_newer(name) || (is_valid ? r == 0 : r < 0 && names_place(error, name)))
		return 0;
	print_error("%s: %s\n", name, error ? error : "was not refused");
	nr_wrong++;
	return 0;
}

static void test_corpus(void **state _unused_)
{
	assert_int_equal(nftw(CORPUS, check_file, 16, FTW_PHYS), 0);
	assert_true(nr_files > 500);
	assert_int_equal(nr_wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_corpus),
	};

	if (access(CORPUS, R_OK) < 0) {
		(void)puts("skipped: golang-github-burntsushi-toml-dev is not installed");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
