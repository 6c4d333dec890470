/* SPDX-License-Identifier: MIT */
#include "tests/unit/scratch.h"

#include <stdlib.h>
#include <string.h>

#include "base/words.h"
#include "runners/django/django.h"

#define WORDS(...) ((char *[]){__VA_ARGS__, NULL})

static void test_command_lines(void **state)
{
	static const char *const no[] = {
		"python", "manage.py", "migrate", NULL};

	(void)state;
	assert_true(adapter_django.recognise(
		WORDS("python3", "-W", "error", "manage.py", "test")));
	assert_true(adapter_django.recognise(
		WORDS("python", "-Xdev", "src/manage.py", "test", "polls")));
	assert_true(adapter_django.recognise(WORDS("./manage.py", "test")));
	assert_true(adapter_django.recognise(WORDS("django-admin", "test")));
	assert_true(adapter_django.recognise(
		WORDS("python", "-m", "django", "test")));
	assert_true(adapter_django.recognise(
		WORDS("coverage", "run", "--branch", "manage.py", "test")));
	assert_true(adapter_django.recognise(
		WORDS("env", "A=b", "python", "-m", "django", "test")));
	assert_false(adapter_django.recognise((char **)no));
	assert_false(adapter_django.recognise(WORDS("python", "manage.py")));
	assert_false(adapter_django.recognise(
		WORDS("python", "-m", "unittest", "manage.py", "test")));
	assert_false(adapter_django.recognise(WORDS("python")));
	assert_false(adapter_django.recognise(WORDS("grep", "manage.py")));
}

static void test_parts(void **state)
{
	(void)state;
	assert_false(adapter_django.is_part(
		WORDS("manage.py", "test", "polls.tests", "--parallel", "4")));
	assert_true(adapter_django.is_part(
		WORDS("manage.py", "test", "polls.tests.PollTests")));
	assert_true(adapter_django.is_part(
		WORDS("manage.py", "test", "--tag=slow")));
	assert_true(
		adapter_django.is_part(WORDS("manage.py", "test", "-kone")));
	assert_false(adapter_django.is_part(
		WORDS("manage.py", "test", "--settings", "site.Test")));
}

static void check_asked(const char *expected, char *const argv[])
{
	char **words = adapter_django.asked(argv, "/", ".", false);
	char text[256] = "";

	for (size_t i = 0; words[i]; i++)
		strcat(strcat(text, words[i]), " ");
	words_free(words);
	assert_string_equal(text, expected);
}

static void test_what_is_asked_for(void **state)
{
	(void)state;
	check_asked("manage.py test ",
		WORDS("manage.py", "test", "-v2", "-v", "3", "--verbosity=1",
			"--parallel", "--keepdb", "--shuffle", "17", "-b"));
	check_asked("manage.py test polls ",
		WORDS("manage.py", "test", "--parallel", "auto", "polls",
			"--durations", "5"));
	check_asked("manage.py test --settings a.b -p t*.py ",
		WORDS("manage.py", "test", "--settings", "a.b", "-p", "t*.py",
			"--parallel=2"));
	check_asked("manage.py test --parallels --whatever x ",
		WORDS("manage.py", "test", "--parallels", "--whatever", "x"));
	assert_null(adapter_django.asked(
		WORDS("manage.py", "test"), "/", ".", true));
}

static void check_argument(const char *id, const char *expected)
{
	char *argument = adapter_django.argument(id);

	assert_string_equal(argument, expected);
	free(argument);
}

static void test_labels(void **state)
{
	(void)state;
	check_argument("polls/tests.py::A::test_a", "polls.tests.A.test_a");
	check_argument("polls/tests.py", "polls.tests");
	check_argument("polls/tests/__init__.py", "polls.tests");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_command_lines),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_what_is_asked_for),
		cmocka_unit_test(test_labels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
