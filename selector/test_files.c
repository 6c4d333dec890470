/* SPDX-License-Identifier: MIT */
#include "selector/test_files.h"

#include <string.h>

#include "base/id.h"
#include "runners/adapter.h"

int test_files_init(struct test_files *tests, struct map *map, struct err *err)
{
	int code;

	memset(tests, 0, sizeof(*tests));
	code = query_patterns(
		&tests->patterns, &tests->pattern_count, map, err);
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

		const struct adapter *adapter = adapter_of_pattern(pattern);

		if (!(adapter->is_for_documents &&
			    adapter->is_for_documents(pattern)) &&
			adapter_matches(pattern, path))
			return true;
	}
	return false;
}

bool test_files_have(const struct test_files *tests, const char *path)
{
	size_t n = strlen(path);

	if (adapter_is_guide(path) || has_test_name(tests, path))
		return true;
	for (size_t i = 0; i < tests->units.count; i++) {
		const struct query_unit *unit = &tests->units.units[i];
		const struct adapter *adapter = adapter_named(unit->runner);

		if (strncmp(unit->id, path, n) != 0 ||
			adapter_file_part(unit->runner, unit->id) != n)
			continue;
		if (!adapter->is_document ||
			!adapter->is_document(path, unit->id + id_next(n)))
			return true;
	}
	return false;
}
