/* SPDX-License-Identifier: MIT */
#include "tests/unit/scratch.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "map/files.h"
#include "map/map.h"
#include "map/variable.h"
#include "runners/adapter.h"

#define MODE VARIABLE_PREFIX "MODE"

static const struct map_places no_places;

static struct print value(const char *name, const char *text)
{
	char *path = variable_path(name, strlen(name));
	struct print print;

	if (text)
		assert_int_equal(setenv(name, text, 1), 0);
	else
		assert_int_equal(unsetenv(name), 0);
	print = variable_print(path, &no_places);
	free(path);
	return print;
}

static void assert_value(const char *name, const char *a, const char *b)
{
	struct print x = value(name, a), y = value(name, b);

	assert_memory_equal(x.bytes, y.bytes, sizeof(x.bytes));
}

static void assert_others(const char *name, const char *a, const char *b)
{
	struct print x = value(name, a), y = value(name, b);

	assert_memory_not_equal(x.bytes, y.bytes, sizeof(x.bytes));
}

TEST(values)
{
	struct print unset = value("MODE", NULL);

	assert_true(print_equal(&unset, &print_absent));
	assert_value("MODE", "a", "a");
	assert_others("MODE", "a", "b");
	assert_others("MODE", "", NULL);
	assert_others("MODE", "a", "a:/usr/lib/git-core");
}

TEST(shown)
{
	assert_string_equal(variable_shown(MODE), "$MODE");
	assert_string_equal(variable_shown("$MODE"), "$MODE");
	assert_string_equal(variable_shown("/@ftrace/MODE"), "/@ftrace/MODE");
	assert_true(variable_is(MODE));
	assert_false(variable_is("$MODE"));
}

static bool counts(const char *name)
{
	size_t size = strlen(name);

	return variable_counts(name, size) &&
	       !adapter_sets_variable(name, size);
}

TEST(what_counts)
{
	static const char *const never[] = {"", "_", "SHLVL", "PWD", "OLDPWD",
		"FTRACE_ROOT", "PYTEST_CURRENT_TEST", "PYTEST_XDIST_WORKER",
		"PYTEST_VERSION"};
	static const char *const ever[] = {"__", "PWDS", "SHLV", "FTRACE",
		"PYTEST_ADDOPTS", "PATH", "PYTEST_VERSIONS"};

	for (size_t i = 0; i < sizeof(never) / sizeof(*never); i++)
		assert_false(counts(never[i]));
	for (size_t i = 0; i < sizeof(ever) / sizeof(*ever); i++)
		assert_true(counts(ever[i]));
}

TEST(path_of_a_hook)
{
	assert_value("PATH", "/usr/lib/git-core:/bin", "/bin");
	assert_value("PATH", "/a/git-core:/b/git-core:/bin", "/bin");
	/* Behind another one it may be what the user wants. */
	assert_others("PATH", "/bin:/usr/lib/git-core", "/bin");
	assert_others("PATH", "/usr/lib/my-git-core:/bin", "/bin");
	assert_others("PATH", "/usr/lib/git-core", NULL);
	assert_others("PATH", "/bin:", "/bin");
}

TEST(what_ftrace_adds)
{
	assert_value("LD_PRELOAD", "/x/libftrace.so", NULL);
	assert_value("LD_PRELOAD", "a.so:/x/libftrace.so", "a.so");
	assert_value("LD_PRELOAD", "a.so b.so:/x/libftrace.so", "a.so b.so");
	assert_others("LD_PRELOAD", "a.so:/x/libother.so", "a.so");
}

TEST(what_python_sets)
{
	unsetenv("LC_ALL");
	unsetenv("LANG");
	assert_value("LC_CTYPE", "C.UTF-8", NULL);
	assert_others("LC_CTYPE", "de_DE.UTF-8", NULL);
	setenv("PYTHONCOERCECLOCALE", "0", 1);
	assert_others("LC_CTYPE", "C.UTF-8", NULL);
	unsetenv("PYTHONCOERCECLOCALE");
	setenv("LANG", "de_DE.UTF-8", 1);
	assert_others("LC_CTYPE", "C.UTF-8", NULL);
	setenv("LANG", "C", 1);
	assert_value("LC_CTYPE", "C.UTF-8", NULL);
	setenv("LC_ALL", "C", 1);
	assert_others("LC_CTYPE", "C.UTF-8", NULL);
	unsetenv("LC_ALL");
	unsetenv("LANG");
}

static struct map_files files;
static struct map map;

static void query(void)
{
	struct err err;

	assert_int_equal(map_begin(&map, &err), 0);
	assert_int_equal(map_files_save(&files, &map, &err), 0);
	assert_int_equal(map_commit(&map, &err), 0);
	map_files_release(&files);
	assert_int_equal(map_files_load(&files, &map, &err), 0);
	map_files_check_all(&files);
	/* The disk is asked for nothing. */
	assert_int_equal(files.stats, 0);
	assert_int_equal(files.hashed, 0);
}

TEST(as_files)
{
	uint32_t file, unset, slow;
	struct err err;

	assert_int_equal(mkdir(".ftrace", 0777), 0);
	assert_int_equal(map_open(&map, scratch_root(), MAP_RECORD, &err), 0);
	assert_int_equal(map_files_load(&files, &map, &err), 0);
	unsetenv("MODE");
	file = map_files_intern(&files, MODE, strlen(MODE));
	map_file_check(&files, file, NULL);
	unset = map_file_state(&files, file, ASPECT_CONTENT, "", 0);
	query();
	assert_true(files.states[unset].live);
	assert_int_equal(files.files[file].identity.mode, 0);
	setenv("MODE", "slow", 1);
	query();
	assert_false(files.states[unset].live);
	assert_int_not_equal(files.files[file].identity.mode, 0);
	slow = map_file_state(&files, file, ASPECT_CONTENT, "", 0);
	assert_int_not_equal(slow, unset);
	query();
	assert_true(files.states[slow].live);
	unsetenv("MODE");
	query();
	assert_false(files.states[slow].live);
	assert_true(files.states[unset].live);
	query();
	assert_false(files.files[file].dirty);
	map_files_release(&files);
	map_close(&map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(shown),
		cmocka_unit_test(what_counts),
		cmocka_unit_test(path_of_a_hook),
		cmocka_unit_test(what_ftrace_adds),
		cmocka_unit_test(what_python_sets),
		IN_SCRATCH(as_files),
	};

	return RUN_TESTS(tests);
}
