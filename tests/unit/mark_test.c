/* SPDX-License-Identifier: MIT */
#include "tests/unit/scratch.h"

#include <string.h>

#include "wire/kind.h"
#include "wire/mark.h"

static void expect(const char *path, enum mark_verb verb, const char *argument)
{
	struct mark mark;

	assert_true(mark_parse(path, &mark));
	assert_int_equal(mark.verb, verb);
	assert_string_equal(mark.argument, argument);
	assert_int_equal(mark.size, strlen(argument));
}

TEST(every_verb)
{
	expect("/@ftrace/begin/unit/pytest/a.py::b", MARK_BEGIN,
		"unit/pytest/a.py::b");
	expect("/@ftrace/end/", MARK_END, "");
	expect("/@ftrace/use/fixture/x", MARK_USE, "fixture/x");
	expect("/@ftrace/block/read/f//a", MARK_BLOCK, "read/f//a");
	expect("/@ftrace/mute/", MARK_MUTE, "");
	expect("/@ftrace/unmute/", MARK_UNMUTE, "");
	expect("/@ftrace/outcome/passed/12", MARK_OUTCOME, "passed/12");
	expect("/@ftrace/env/MODE", MARK_ENV, "MODE");
	expect("/@ftrace/kept/a=a;f//m.py", MARK_KEPT, "a=a;f//m.py");
	expect("/@ftrace/call/t/1,2", MARK_CALL, "t/1,2");
	expect("/@ftrace/may/kept/a", MARK_MAY, "a");
}

TEST(unknown_verbs)
{
	expect("/@ftrace/", MARK_UNKNOWN, "");
	expect("/@ftrace/begin", MARK_UNKNOWN, "begin");
	expect("/@ftrace/beginning/x", MARK_UNKNOWN, "beginning/x");
	expect("/@ftrace/End/", MARK_UNKNOWN, "End/");
}

TEST(no_marks)
{
	struct mark mark;

	assert_false(mark_parse("", &mark));
	assert_false(mark_parse("/", &mark));
	assert_false(mark_parse("/@ftrace", &mark));
	assert_false(mark_parse("@ftrace/end/", &mark));
	assert_false(mark_parse("/x/@ftrace/end/", &mark));
}

static bool parse_block(const char *path, struct mark_block *block)
{
	struct mark mark;

	assert_true(mark_parse(path, &mark));
	assert_int_equal(mark.verb, MARK_BLOCK);
	return mark_parse_block(&mark, block);
}

TEST(blocks)
{
	struct mark_block block;

	assert_true(parse_block("/@ftrace/block/read/A.f//src/a.py", &block));
	assert_int_equal(block.kind, ACCESS_READ);
	assert_int_equal(block.block_size, 3);
	assert_memory_equal(block.block, "A.f", 3);
	assert_string_equal(block.path, "/src/a.py");
	assert_int_equal(block.path_size, 9);

	assert_true(parse_block("/@ftrace/block/list/*.py/src", &block));
	assert_int_equal(block.kind, ACCESS_LIST);
	assert_string_equal(block.path, "/src");

	assert_true(parse_block("/@ftrace/block/stat///a", &block));
	assert_int_equal(block.block_size, 0);
	assert_string_equal(block.path, "/a");
}

TEST(ready)
{
	struct mark mark;

	assert_true(mark_parse("/@ftrace/outcome/ready", &mark));
	assert_true(mark_is_ready(&mark));
	assert_true(mark_parse("/@ftrace/outcome/ready/mocha", &mark));
	assert_true(mark_is_ready(&mark));
	assert_true(mark_parse("/@ftrace/outcome/readymade", &mark));
	assert_false(mark_is_ready(&mark));
	assert_true(mark_parse("/@ftrace/use/ready", &mark));
	assert_false(mark_is_ready(&mark));
}

TEST(malformed_blocks)
{
	struct mark_block block;

	assert_false(parse_block("/@ftrace/block/", &block));
	assert_false(parse_block("/@ftrace/block/read", &block));
	assert_false(parse_block("/@ftrace/block/read/f", &block));
	assert_false(parse_block("/@ftrace/block/reads/f//a", &block));
	assert_false(parse_block("/@ftrace/block//f//a", &block));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_verb),
		cmocka_unit_test(unknown_verbs),
		cmocka_unit_test(no_marks),
		cmocka_unit_test(blocks),
		cmocka_unit_test(ready),
		cmocka_unit_test(malformed_blocks),
	};

	return RUN_TESTS(tests);
}
