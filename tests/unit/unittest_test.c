/* SPDX-License-Identifier: MIT */
#include "tests/unit/scratch.h"

#include <stdlib.h>
#include <string.h>

#include "base/words.h"
#include "runners/unittest/unittest.h"

static bool recognised(char *const argv[])
{
	return adapter_unittest.recognise(argv);
}

#define WORDS(...) ((char *[]){__VA_ARGS__, NULL})

static void test_command_lines(void **state)
{
	(void)state;
	assert_true(recognised(WORDS("python3", "-m", "unittest")));
	assert_true(recognised(WORDS(
		"python3.9", "-W", "error", "-Im", "unittest", "discover")));
	assert_true(recognised(
		WORDS("coverage", "run", "-m", "unittest", "tests.test_a")));
	assert_true(
		recognised(WORDS("env", "A=b", "python", "-m", "unittest")));
	assert_false(recognised(WORDS("python3", "unittest")));
	assert_false(
		recognised(WORDS("python3", "-m", "pytest", "-m", "unittest")));
	assert_false(recognised(WORDS("pytest", "-m", "unittest")));
	assert_false(recognised(WORDS("env")));
}

static void test_parts(void **state)
{
	(void)state;
	assert_false(adapter_unittest.is_part(
		WORDS("python", "-m", "unittest", "-vf")));
	assert_false(adapter_unittest.is_part(
		WORDS("python", "-m", "unittest", "discover", "tests")));
	assert_true(adapter_unittest.is_part(
		WORDS("python", "-m", "unittest", "-v", "tests.test_a")));
	assert_true(adapter_unittest.is_part(
		WORDS("python", "-m", "unittest", "discover", "-k", "a")));
	assert_false(adapter_unittest.is_part(WORDS("make")));
}

/* What is behind "unittest" of what is asked for, joined. */
static char *asked(char *const argv[])
{
	char **words = adapter_unittest.asked(argv, "/", ".", false);
	char *text = calloc(1, 256);
	bool behind = false;

	for (size_t i = 0; words[i]; i++) {
		if (behind)
			strcat(strcat(text, words[i]), " ");
		behind |= !strcmp(words[i], "unittest");
	}
	words_free(words);
	return text;
}

static void check_asked(const char *expected, char *const argv[])
{
	char *text = asked(argv);

	assert_string_equal(text, expected);
	free(text);
}

static void test_what_is_asked_for(void **state)
{
	(void)state;
	check_asked("", WORDS("python", "-m", "unittest", "-vbq", "--locals",
				"--durations", "5", "--durations=3"));
	check_asked("discover -s tests -k a ",
		WORDS("python", "-m", "unittest", "discover", "-s", "tests",
			"-f", "-k", "a"));
	check_asked("-vx tests.test_a ",
		WORDS("python", "-m", "unittest", "-vx", "tests.test_a"));
	assert_null(adapter_unittest.asked(
		WORDS("python", "-m", "unittest"), "/", ".", true));
}

static void check_argument(const char *id, const char *expected)
{
	char *argument = adapter_unittest.argument(id);

	assert_string_equal(argument, expected);
	free(argument);
}

static void test_arguments(void **state)
{
	(void)state;
	check_argument("tests/test_a.py::A::test_a", "tests.test_a.A.test_a");
	check_argument("test_a.py::A", "test_a.A");
	check_argument("tests/__init__.py::A::test_a", "tests.A.test_a");
	check_argument("tests/test_a.py", "tests/test_a.py");
	/* Such a name leads to no test. */
	check_argument("tests/test_a.py::A::test_a[one]", "tests.test_a");
	check_argument("tests/test_a.py::a.b", "tests.test_a");
	/* No module is called so from here. */
	check_argument("../test_a.py::A::test_a", "../test_a.py::A::test_a");
	check_argument("/t/test_a.py::A::test_a", "/t/test_a.py::A::test_a");
}

static void test_files(void **state)
{
	(void)state;
	assert_true(adapter_unittest.matches("test*.py", "a/test_b.py"));
	assert_false(adapter_unittest.matches("test*.py", "a/test-b.py"));
	assert_false(adapter_unittest.matches("test*.py", "test_a/b.py"));
	assert_false(adapter_unittest.matches("test*", "test_a.pyc"));
	assert_true(adapter_unittest.skips("my-tests"));
	assert_true(adapter_unittest.skips("__pycache__"));
	assert_false(adapter_unittest.skips("tests"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_command_lines),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_what_is_asked_for),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
