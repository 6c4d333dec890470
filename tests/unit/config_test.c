/* SPDX-License-Identifier: MIT */
#include "tests/unit/scratch.h"

#include <stdio.h>
#include <string.h>

#include "config/config.h"

static struct config config;
static struct err err;

static void is_right(const char *text)
{
	if (config_parse(&config, text, strlen(text), &err) < 0)
		fail_msg("%s", err.text);
}

/* And the message is just that, after the file's name. */
static void is_wrong(const char *text, const char *message)
{
	char wanted[1024];

	err.text[0] = '\0';
	assert_true(config_parse(&config, text, strlen(text), &err) < 0);
	config_release(&config);
	snprintf(wanted, sizeof(wanted), "ftrace.json:%s", message);
	assert_string_equal(err.text, wanted);
}

#define CHECKS(text) "{\"checks\": {" text "}}"

TEST(no_file)
{
	assert_int_equal(config_load(&config, scratch_root(), &err), 0);
	assert_false(config.found);
	assert_string_equal(config.flaky, "ci/flaky_tests.json");
	assert_int_equal(config.count, 0);
	config_release(&config);
}

TEST(whole_file)
{
	const struct config_check *check;

	write_file("ftrace.json",
		"\xef\xbb\xbf// what is checked\n"
		"{ \"$schema\": \"x\", /* \"flaky\": 1, */\n"
		"  \"smoke\": [\"tests/smoke/*\", \"marker:smoke\"],\n"
		"  \"flaky\": \"flaky.json\",\n"
		"  \"checks\": {\n"
		"    \"url\": {\"command\": \"echo http://x /* y */\"},\n"
		"    \"lint\": {\"command\": [\"a\", \"b c\"], \"phase\": "
		"\"fast\",\n"
		"      \"profiles\": [\"commit\"], \"runner\": \"none\",\n"
		"      \"timeout\": 1.5, \"directory\": \"sub/..x\"},\n"
		"    \"last\": {\"command\": \"true\", \"after\": [\"url\", "
		"\"lint\"]}\n"
		"  } } // the end");
	if (config_load(&config, scratch_root(), &err) < 0)
		fail_msg("%s", err.text);
	assert_true(config.found);
	assert_int_equal(config.smoke.count, 2);
	assert_string_equal(config.smoke.items[1], "marker:smoke");
	assert_string_equal(config.flaky, "flaky.json");
	assert_int_equal(config.count, 3);
	check = config_check_named(&config, "url");
	assert_true(check->is_line);
	assert_string_equal(check->argv.items[2], "echo http://x /* y */");
	assert_int_equal(check->phase, PHASE_SLOW);
	assert_string_equal(check->directory, ".");
	check = config_check_named(&config, "lint");
	assert_false(check->is_line);
	assert_int_equal(check->argv.count, 2);
	assert_int_equal(check->phase, PHASE_FAST);
	assert_string_equal(check->profiles.items[0], "commit");
	assert_string_equal(check->runner, "none");
	assert_true(check->timeout == 1.5);
	assert_string_equal(check->directory, "sub/..x");
	assert_int_equal(config_check_named(&config, "last")->after.count, 2);
	assert_null(config_check_named(&config, "other"));
	config_release(&config);
}

TEST(not_json)
{
	is_wrong("", "1:1: there is nothing in it");
	is_wrong("// only\n", "2:1: there is nothing in it");
	is_wrong("{\n  \"smoke\": [,]\n}", "2:13: not JSON from here on");
	is_wrong("{} {}", "1:4: something follows the end");
	is_wrong("{ /* {}", "1:3: a comment without an end");
	is_wrong("{\"flaky\": \"a", "1:11: a text without an end");
	is_wrong("{\"flaky\": \"a\nb\"}",
		"1:13: a line break or control character in a text");
	is_wrong(
		"{\"flaky\": \"\\u0000\"}", "1:12: a zero character in a text");
	is_right("{\"flaky\": \"\\\\u0000\"}");
	config_release(&config);
	assert_true(config_parse(&config, "{}\0{}", 5, &err) < 0);
	config_release(&config);
	assert_string_equal(err.text, "ftrace.json:1:3: a zero character");
}

/* Columns are characters: the comment has an umlaut and a tab before it. */
TEST(places)
{
	is_wrong("{\n/* ü\t*/ \"flakey\": 1}",
		"2:9: unknown key 'flakey' here; there are '$schema', "
		"'test', 'smoke', 'flaky', 'ignore', 'keep', 'checks'");
}

TEST(top)
{
	is_wrong("[]", "1:1: an object is expected here");
	is_wrong("{\"flaky\": 1}", "1:11: 'flaky' has to be a text");
	is_wrong("{\"flaky\": \"\"}", "1:11: 'flaky' is empty");
	is_wrong("{\"flaky\": \"a/../../b\"}",
		"1:11: 'flaky' has to be a path below the project's root, not "
		"'a/../../b'");
	is_wrong("{\"flaky\": \"a\",\n\"flaky\": \"b\"}",
		"2:1: 'flaky' stands here twice");
	is_wrong("{\"$schema\": 1}", "1:13: '$schema' has to be a text");
	is_wrong("{\"smoke\": \"a\"}",
		"1:11: 'smoke' has to be an array of texts");
	is_wrong("{\"smoke\": [\"a\", 2]}", "1:17: 'smoke' has to be a text");
	is_wrong(
		"{\"smoke\": [\"marker:\"]}", "1:12: 'marker:' lacks the name");
	is_wrong("{\"checks\": []}",
		"1:12: 'checks' has to be an object of checks");
}

TEST(check)
{
	is_wrong(CHECKS("\"a\": 1"), "1:18: an object is expected in a check");
	is_wrong(CHECKS("\"a\": {}"), "1:13: 'a' has no command");
	is_wrong(CHECKS("\"a\": {\"comand\": \"x\"}"),
		"1:19: unknown key 'comand' in a check; there are 'command', "
		"'phase', 'profiles', 'runner', 'after', 'timeout', "
		"'directory'");
	is_wrong(CHECKS("\"a\": {\"command\": \" \\t\"}"),
		"1:30: the command is empty");
	is_wrong(CHECKS("\"a\": {\"command\": []}"),
		"1:30: the command is empty");
	is_wrong(CHECKS("\"a\": {\"command\": [\"\"]}"),
		"1:31: the command is empty");
	is_wrong(CHECKS("\"a\": {\"command\": [\"x\", 1]}"),
		"1:36: 'command' has to be made of texts");
	is_wrong(CHECKS("\"a\": {\"command\": null}"),
		"1:30: 'command' has to be a text, for the shell, or an array "
		"of words");
	is_wrong(CHECKS("\"-a\": {\"command\": \"x\"}"),
		"1:13: '-a' is no name of a check: letters, digits and '_', "
		"then also any of '.:/+-'");
	is_wrong(CHECKS("\"a\": {\"command\": \"x\"},\n\"a\": {\"command\": "
			"\"y\"}"),
		"2:1: 'a' stands here twice");
}

TEST(values_of_a_check)
{
	is_wrong(CHECKS("\"a\": {\"phase\": \"quick\", \"command\": \"x\"}"),
		"1:28: a phase is \"fast\", \"mutating\" or \"slow\"");
	is_wrong(CHECKS("\"a\": {\"profiles\": []}"),
		"1:31: 'profiles' is empty");
	is_wrong(CHECKS("\"a\": {\"profiles\": [\"a b\"]}"),
		"1:32: 'a b' is no name of a profile: letters, digits and "
		"'_', then also any of '.:/+-'");
	is_wrong(CHECKS("\"a\": {\"runner\": \"karma\"}"),
		"1:29: unknown runner 'karma'; 'ftrace run -h' names them");
	is_wrong(CHECKS("\"a\": {\"timeout\": 0}"),
		"1:30: 'timeout' is a number of seconds above 0, and up to "
		"31536000");
	is_wrong(CHECKS("\"a\": {\"timeout\": 1e999}"),
		"1:30: 'timeout' is a number of seconds above 0, and up to "
		"31536000");
	is_wrong(CHECKS("\"a\": {\"directory\": \"/tmp\"}"),
		"1:32: 'directory' has to be a path below the project's root, "
		"not '/tmp'");
}

TEST(kept_results)
{
	is_wrong("{\"keep\": 3}", "1:10: an object is expected in 'keep'");
	is_wrong("{\"keep\": {\"results\": 0}}",
		"1:22: 'results' is a whole number from 1 to 1000");
	is_wrong("{\"keep\": {\"results\": 2.5}}",
		"1:22: 'results' is a whole number from 1 to 1000");
	is_wrong("{\"keep\": {\"days\": \"x\"}}",
		"1:19: 'days' is a whole number from 0 to 36500");
	is_wrong("{\"keep\": {\"bytes\": 1e999}}",
		"1:20: 'bytes' is a whole number from 0 to 1000000000000000");
	is_wrong("{\"keep\": {\"byte\": 1}}",
		"1:11: unknown key 'byte' in 'keep'; there are 'results', "
		"'days', 'bytes'");
	is_right("{\"keep\": {\"results\": 3, \"bytes\": 0}}");
	assert_int_equal(config.keep.results, 3);
	assert_int_equal(config.keep.days, 90);
	assert_int_equal(config.keep.bytes, 0);
	config_release(&config);
	write_file("ftrace.json", "{\"keep\": {\"results\": 0}}");
	assert_int_equal(config_keep(scratch_root()).results, 10);
	write_file("ftrace.json", "{\"keep\": {\"results\": 1}}");
	assert_int_equal(config_keep(scratch_root()).results, 1);
}

TEST(order_of_checks)
{
	is_wrong(CHECKS("\"a\": {\"command\": \"x\", \"after\": [\"b\"]}"),
		"1:13: 'a' comes after 'b', and there is no such check");
	is_wrong(CHECKS("\"a\": {\"command\": \"x\", \"phase\": \"fast\", "
			"\"after\": [\"b\"]}, \"b\": {\"command\": \"y\"}"),
		"1:13: 'a' of phase fast comes after 'b' of phase slow, which "
		"runs later");
	is_wrong(CHECKS("\"a\": {\"command\": \"x\", \"after\": [\"a\"]}"),
		"1:13: checks that come after each other: a -> a");
	is_wrong(CHECKS("\"z\": {\"command\": \"x\", \"after\": [\"a\"]},\n"
			"\"a\": {\"command\": \"x\", \"after\": [\"b\"]},\n"
			"\"b\": {\"command\": \"x\", \"after\": [\"c\"]},\n"
			"\"c\": {\"command\": \"x\", \"after\": [\"a\"]}"),
		"2:1: checks that come after each other: a -> b -> c -> a");
	is_right(
		CHECKS("\"a\": {\"command\": \"x\", \"after\": [\"b\", \"c\"]},"
		       "\"b\": {\"command\": \"x\", \"after\": [\"c\"]},"
		       "\"c\": {\"command\": \"x\", \"phase\": \"fast\"}"));
	config_release(&config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {IN_SCRATCH(no_file),
		IN_SCRATCH(whole_file), cmocka_unit_test(not_json),
		cmocka_unit_test(places), cmocka_unit_test(top),
		cmocka_unit_test(check), cmocka_unit_test(values_of_a_check),
		IN_SCRATCH(kept_results), cmocka_unit_test(order_of_checks)};

	return RUN_TESTS(tests);
}
