/* SPDX-License-Identifier: MIT */
#include "tests/unit/scratch.h"

#include <stdlib.h>
#include <string.h>

#include "cli/output.h"
#include "wire/kind.h"

static void expect(const char *bytes, const char *json)
{
	cJSON *node = json_bytes(bytes);
	char *printed = cJSON_PrintUnformatted(node);

	assert_string_equal(printed, json);
	free(printed);
	cJSON_Delete(node);
}

TEST(valid_text)
{
	expect("", "\"\"");
	expect("plain", "\"plain\"");
	expect("a\"b\\c\n\x01", "\"a\\\"b\\\\c\\n\\u0001\"");
	expect("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
		"\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"");
	expect("\xf4\x8f\xbf\xbf", "\"\xf4\x8f\xbf\xbf\"");
	expect("\xed\x9f\xbf", "\"\xed\x9f\xbf\"");
}

TEST(stray_bytes)
{
	expect("\xff", "\"\\udcff\"");
	expect("a\x80z", "\"a\\udc80z\"");
	expect("\xe9t\xe9.py", "\"\\udce9t\\udce9.py\"");
	expect("\"\xff\n", "\"\\\"\\udcff\\n\"");
}

/* Unicode, table 3-7: what looks like UTF-8 and is not. */
TEST(ill_formed_sequences)
{
	expect("\xc3", "\"\\udcc3\"");
	expect("\xe2\x82", "\"\\udce2\\udc82\"");
	expect("\xf0\x9f\x98", "\"\\udcf0\\udc9f\\udc98\"");
	expect("\xc0\xaf", "\"\\udcc0\\udcaf\"");
	expect("\xe0\x9f\xbf", "\"\\udce0\\udc9f\\udcbf\"");
	expect("\xed\xa0\x80", "\"\\udced\\udca0\\udc80\"");
	expect("\xf4\x90\x80\x80", "\"\\udcf4\\udc90\\udc80\\udc80\"");
	expect("\xf5\x80\x80\x80", "\"\\udcf5\\udc80\\udc80\\udc80\"");
	expect("\xc3\xc3\xa9", "\"\\udcc3\xc3\xa9\"");
}

TEST(kinds)
{
	assert_string_equal(kinds_text(0), "");
	assert_string_equal(kinds_text(KIND_BIT(ACCESS_READ)), "read");
	assert_string_equal(kinds_text((1u << ACCESS_KINDS) - 1),
		"read,absent,list,exec,stat,link,write,rename,unlink");
}

TEST(words_for_people)
{
	assert_string_equal(counted(0, "test", "tests"), "0 tests");
	assert_string_equal(counted(1, "test", "tests"), "1 test");
	assert_string_equal(counted(2, "test", "tests"), "2 tests");
	assert_string_equal(duration_text(1500), "2 ms");
	assert_string_equal(duration_text(34000), "34 ms");
	assert_string_equal(duration_text(1200000), "1.2 s");
}

TEST(colours)
{
	colour_option = "always";
	assert_string_equal(colour(false, COLOUR_BOLD), "\033[1m");
	setenv("NO_COLOR", "1", 1);
	assert_string_equal(colour(false, COLOUR_BOLD), "\033[1m");
	colour_option = "never";
	assert_string_equal(colour(true, COLOUR_BOLD), "");
	colour_option = "auto";
	assert_string_equal(colour(false, COLOUR_BOLD), "");
	unsetenv("NO_COLOR");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(valid_text),
		cmocka_unit_test(stray_bytes),
		cmocka_unit_test(ill_formed_sequences),
		cmocka_unit_test(kinds),
		cmocka_unit_test(words_for_people),
		cmocka_unit_test(colours),
	};

	return RUN_TESTS(tests);
}
