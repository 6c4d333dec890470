/* SPDX-License-Identifier: MIT */
#include "selector/test_files.h"

#include <string.h>

#include "runners/adapter.h"
#include "runners/pytest/discovery.h"

int test_files_init(struct test_files *tests, struct map *map, struct err *err)
{
	int code;

	memset(tests, 0, sizeof(*tests));
	code = query_names(&tests->patterns, &tests->pattern_count, map,
		SCOPE_PATTERN, err);
	if (code == 0)
		code = query_units(&tests->units, map, err);
	return code;
}

void test_files_release(struct test_files *tests)
{
	query_names_release(tests->patterns, tests->pattern_count);
	query_units_release(&tests->units);
	memset(tests, 0, sizeof(*tests));
}

static bool has_test_name(const struct test_files *tests, const char *path)
{
	for (size_t i = 0; i < tests->pattern_count; i++) {
		const char *pattern = tests->patterns[i].name;

		/* That is where doctests are looked for. */
		if (strcmp(pattern, "*.py") != 0 &&
			pytest_matches(pattern, path))
			return true;
	}
	return false;
}

/* The name of the module in a path: its own, or of an __init__ its folder's. */
static size_t module_name(const char *path, const char **start)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	size_t n = strcspn(name, ".");

	if (slash && n == 8 && !memcmp(name, "__init__", 8)) {
		name = slash;
		while (name > path && name[-1] != '/')
			name--;
		n = (size_t)(slash - name);
	}
	*start = name;
	return n;
}

/* Doctests go by the dotted name of what they are written in. */
static bool is_doctest(const char *path, const char *name)
{
	size_t n = strcspn(name, "[:");
	const char *module;

	return memchr(name, '.', n) ||
	       (module_name(path, &module) == n && !memcmp(module, name, n));
}

bool test_files_have(const struct test_files *tests, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	size_t n = strlen(path);

	if (!strcmp(base, "conftest.py") || has_test_name(tests, path))
		return true;
	for (size_t i = 0; i < tests->units.count; i++) {
		const struct query_unit *unit = &tests->units.units[i];
		const struct adapter *adapter = adapter_named(unit->runner);

		if (!adapter || strncmp(unit->id, path, n) != 0 ||
			adapter->file_part(unit->id) != n ||
			strncmp(unit->id + n, "::", 2) != 0)
			continue;
		if (!is_doctest(path, unit->id + n + 2))
			return true;
	}
	return false;
}
