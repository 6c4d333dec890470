/* SPDX-License-Identifier: MIT */
#include "tests/unit/scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/intern.h"

TEST(numbers_are_dense)
{
	struct interner interner = {0};

	assert_int_equal(intern_find(&interner, "a", 1), INTERN_NONE);
	assert_int_equal(intern(&interner, "a", 1), 0);
	assert_int_equal(intern(&interner, "b", 1), 1);
	assert_int_equal(intern(&interner, "a", 1), 0);
	assert_int_equal(intern(&interner, "", 0), 2);
	assert_int_equal(intern(&interner, "ab", 1), 0);
	assert_int_equal(intern_find(&interner, "b", 1), 1);
	assert_int_equal(intern_find(&interner, "c", 1), INTERN_NONE);
	assert_int_equal(interner.count, 3);
	interner_release(&interner);
	assert_int_equal(intern(&interner, "z", 1), 0);
	interner_release(&interner);
}

TEST(bytes_are_compared_whole)
{
	struct interner interner = {0};

	assert_int_equal(intern(&interner, "a\0b", 3), 0);
	assert_int_equal(intern(&interner, "a\0c", 3), 1);
	assert_int_equal(intern(&interner, "a", 1), 2);
	assert_int_equal(intern(&interner, "a\0", 2), 3);
	assert_memory_equal(interner.entries[1].bytes, "a\0c", 4);
	interner_release(&interner);
}

/* Past several growths, strings stay where they were. */
TEST(many)
{
	struct interner interner = {0};
	const char *first;
	char text[32];

	intern(&interner, "first", 5);
	first = interner.entries[0].bytes;
	for (uint32_t i = 1; i < 20000; i++) {
		int n = snprintf(text, sizeof(text), "string %u", i);

		assert_int_equal(intern(&interner, text, (size_t)n), i);
	}
	for (uint32_t i = 1; i < 20000; i++) {
		int n = snprintf(text, sizeof(text), "string %u", i);

		assert_int_equal(intern_find(&interner, text, (size_t)n), i);
		assert_string_equal(interner.entries[i].bytes, text);
	}
	assert_ptr_equal(interner.entries[0].bytes, first);
	assert_string_equal(first, "first");
	interner_release(&interner);
}

/* Longer than a block of the interner's memory, between two short ones. */
TEST(long_strings)
{
	struct interner interner = {0};
	size_t size = 200000;
	char *text = xcalloc(size, 1);

	memset(text, 'x', size);
	intern(&interner, "short", 5);
	assert_int_equal(intern(&interner, text, size), 1);
	text[size - 1] = 'y';
	assert_int_equal(intern(&interner, text, size), 2);
	assert_int_equal(intern(&interner, "other", 5), 3);
	assert_int_equal(interner.entries[1].bytes[size - 1], 'x');
	assert_int_equal(interner.entries[1].bytes[size], '\0');
	assert_string_equal(interner.entries[0].bytes, "short");
	free(text);
	interner_release(&interner);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_dense),
		cmocka_unit_test(bytes_are_compared_whole),
		cmocka_unit_test(many),
		cmocka_unit_test(long_strings),
	};

	return RUN_TESTS(tests);
}
