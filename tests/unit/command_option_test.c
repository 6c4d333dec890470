/* SPDX-License-Identifier: MIT */
#include "tests/unit/scratch.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "runners/command_option.h"

static const struct command_option table[] = {
	{"-run", true, 1}, {"-short", false, 2}, {NULL, false, 0}};

static struct command_option_given take(
	enum command_option_form form, const char *one, const char *other)
{
	char *argv[] = {(char *)one, (char *)other, NULL};

	return command_option_read(table, form, argv);
}

static void test_values_apart(void **state)
{
	struct command_option_given given =
		take(COMMAND_OPTION_APART, "-run", "A=B");

	(void)state;
	assert_int_equal(given.words, 2);
	assert_int_equal(given.option->meaning, 1);
	assert_string_equal(given.value, "A=B");
	assert_int_equal(take(COMMAND_OPTION_APART, "-run=A", "B").words, 0);
	assert_int_equal(take(COMMAND_OPTION_APART, "-run", NULL).words, 0);
	assert_int_equal(take(COMMAND_OPTION_APART, "-runs", "A").words, 0);
}

static void test_values_behind_equals(void **state)
{
	struct command_option_given given =
		take(COMMAND_OPTION_EQUALS, "-run=A=B", "C");

	(void)state;
	assert_int_equal(given.words, 1);
	assert_string_equal(given.value, "A=B");
	assert_int_equal(take(COMMAND_OPTION_EQUALS, "-short", "C").words, 1);
	assert_int_equal(take(COMMAND_OPTION_EQUALS, "-short=1", "C").words, 0);
	assert_int_equal(take(COMMAND_OPTION_EQUALS, "--run=A", "C").words, 0);
}

static void test_flags_of_go(void **state)
{
	struct command_option_given given =
		take(COMMAND_OPTION_FLAG, "--short=false", "C");

	(void)state;
	assert_int_equal(given.words, 1);
	assert_string_equal(given.value, "false");
	assert_int_equal(take(COMMAND_OPTION_FLAG, "--run", "A").words, 2);
}

/* Words of one variant are not taken for those of another. */
static void test_variants(void **state)
{
	char *one = xstrdup(""), *other = xstrdup("");

	(void)state;
	command_option_vary(&one, "-run=A");
	command_option_vary(&one, "-short");
	assert_string_equal(one, "-run=A -short");
	command_option_vary(&other, "-run=A -short");
	assert_string_not_equal(one, other);
	free(one);
	free(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values_apart),
		cmocka_unit_test(test_values_behind_equals),
		cmocka_unit_test(test_flags_of_go),
		cmocka_unit_test(test_variants),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
