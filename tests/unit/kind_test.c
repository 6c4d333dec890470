/* SPDX-License-Identifier: MIT */
#include "tests/unit/scratch.h"

#include <string.h>

#include "map/recording.h"
#include "wire/kind.h"

/* Both lists are stored in maps as numbers, so they are spelt out here. */
static const char *const accesses[] = {"read", "absent", "list", "exec", "stat",
	"link", "write", "rename", "unlink"};
static const char *const scopes[] = {"run", "unit", "fixture", "module",
	"collect", "discover", NULL, NULL, "entered", "memo", "opaque", "kept",
	NULL, "names", "finish", "maker", "asked"};

TEST(access_kinds)
{
	assert_int_equal(ACCESS_KINDS, sizeof(accesses) / sizeof(*accesses));
	for (int i = 0; i < ACCESS_KINDS; i++) {
		assert_string_equal(access_kind_name((unsigned)i), accesses[i]);
		assert_int_equal(
			access_kind_parse(accesses[i], strlen(accesses[i])), i);
	}
}

TEST(scope_kinds)
{
	assert_int_equal(SCOPE_KINDS, sizeof(scopes) / sizeof(*scopes));
	for (int i = 0; i < SCOPE_KINDS; i++) {
		assert_string_equal(scope_kind_name((enum scope_kind)i),
			scopes[i] ? scopes[i] : "unknown");
		if (scopes[i])
			assert_int_equal(
				scope_kind_parse(scopes[i], strlen(scopes[i])),
				i);
	}
	assert_string_equal(scope_kind_name(SCOPE_KINDS), "unknown");
	assert_int_equal(scope_kind_parse("pattern", 7), -1);
	assert_int_equal(scope_kind_parse("unknown", 7), -1);
}

TEST(other_words)
{
	assert_int_equal(access_kind_parse("", 0), -1);
	assert_int_equal(access_kind_parse("reads", 5), -1);
	assert_int_equal(access_kind_parse("rea", 3), -1);
	assert_int_equal(access_kind_parse("read/x", 4), ACCESS_READ);
	assert_int_equal(scope_kind_parse("units", 5), -1);
	assert_int_equal(scope_kind_parse("unit/x", 4), SCOPE_UNIT);
}

/* map/sweep.c and map/query_graph.c have the number in their SQL. */
TEST(maker_mask)
{
	assert_int_equal(KIND_MAKER, 32768);
	assert_true(KIND_MAKER > KIND_BIT(ACCESS_KINDS - 1));
}

TEST(unit_names)
{
	size_t runner, size;
	const char *id;

	assert_true(unit_name_split("pytest/a/b.py", 13, &runner, &id, &size));
	assert_int_equal(runner, 6);
	assert_int_equal(size, 6);
	assert_memory_equal(id, "a/b.py", 6);
	assert_true(unit_name_split("x/", 2, &runner, &id, &size));
	assert_int_equal(size, 0);
	assert_false(unit_name_split("pytest/a", 6, &runner, &id, &size));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(access_kinds),
		cmocka_unit_test(scope_kinds),
		cmocka_unit_test(other_words),
		cmocka_unit_test(maker_mask),
		cmocka_unit_test(unit_names),
	};

	return RUN_TESTS(tests);
}
