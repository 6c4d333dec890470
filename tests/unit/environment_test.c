/* SPDX-License-Identifier: MIT */
/*
 * The environment handed to an executed program. The recorder is replaced:
 * only its three strings matter here.
 */
#include "tests/unit/scratch.h"

#include <stdlib.h>
#include <string.h>

#include "preload/environment.h"
#include "preload/recorder.h"

#define LIBRARY "/opt/lib/libftrace.so"
#define ARENA "/p/.ftrace/session-x/arena"

const char *recorder_session(void)
{
	return ARENA;
}

const char *recorder_library(void)
{
	return LIBRARY;
}

static char **slots;
static char *text;

/* In exactly the room that was asked for, so that a sanitizer can tell. */
static void fill_for(char *const *envp, bool preload, bool asan)
{
	struct environment_size need = environment_measure(envp);

	slots = malloc(need.slots * sizeof(*slots));
	text = malloc(need.bytes);
	assert_non_null(slots);
	assert_non_null(text);
	environment_fill(slots, text, envp,
		&(struct environment_needs){
			4294967295u, 4294967294u, preload, asan, true});
}

static void fill(char *const *envp, bool preload)
{
	fill_for(envp, preload, false);
}

static int leave(void **state)
{
	(void)state;
	free(slots);
	free(text);
	slots = NULL;
	text = NULL;
	return 0;
}

/* The value of a variable; fails the test when it is there twice. */
static const char *value(const char *name)
{
	const char *found = NULL;
	size_t n = strlen(name);

	for (char **entry = slots; *entry; entry++) {
		if (strncmp(*entry, name, n) || (*entry)[n] != '=')
			continue;
		assert_null(found);
		found = *entry + n + 1;
	}
	return found;
}

static size_t count(void)
{
	size_t n = 0;

	while (slots[n])
		n++;
	return n;
}

static void expect_ours(const char *preload)
{
	if (preload)
		assert_string_equal(value("LD_PRELOAD"), preload);
	else
		assert_null(value("LD_PRELOAD"));
	assert_string_equal(value("FTRACE_SESSION"), ARENA);
	assert_string_equal(value("FTRACE_SCOPE"), "4294967295.4294967294.r");
}

TEST(no_environment)
{
	fill(NULL, true);
	expect_ours(LIBRARY);
	assert_int_equal(count(), 3);
}

TEST(empty_environment)
{
	char *const envp[] = {NULL};

	fill(envp, true);
	expect_ours(LIBRARY);
	assert_int_equal(count(), 3);
}

/* The caller's strings stay the caller's, in their order. */
TEST(others_are_passed_on)
{
	char *const envp[] = {"A=1", "LD_PRELOADED=x", "no equals sign", "",
		"FTRACE_SCOPES=y", "A=2", NULL};

	fill(envp, true);
	expect_ours(LIBRARY);
	assert_int_equal(count(), 9);
	for (size_t i = 0; i < 6; i++)
		assert_ptr_equal(slots[i], envp[i]);
}

TEST(preset_by_the_program)
{
	char *const envp[] = {"LD_PRELOAD=/theirs.so", NULL};

	fill(envp, true);
	expect_ours("/theirs.so:" LIBRARY);
}

TEST(several_and_empty_entries)
{
	char *const envp[] = {"LD_PRELOAD=: a.so  b.so::c.so:", NULL};

	fill(envp, true);
	expect_ours("a.so:b.so:c.so:" LIBRARY);
}

TEST(unset_by_the_program)
{
	char *const envp[] = {"LD_PRELOAD=", "X=1", NULL};

	fill(envp, true);
	expect_ours(LIBRARY);
	assert_int_equal(count(), 4);
}

TEST(already_there)
{
	char *const envp[] = {"LD_PRELOAD=" LIBRARY ":/theirs.so:" LIBRARY,
		"FTRACE_SESSION=/old", "FTRACE_SCOPE=1.2", NULL};

	fill(envp, true);
	expect_ours("/theirs.so:" LIBRARY);
	assert_int_equal(count(), 3);
}

/* A library whose name begins with ours is not ours. */
TEST(similar_names)
{
	char *const envp[] = {"LD_PRELOAD=" LIBRARY ".1:x" LIBRARY, NULL};

	fill(envp, true);
	expect_ours(LIBRARY ".1:x" LIBRARY ":" LIBRARY);
}

TEST(duplicated_variables)
{
	char *const envp[] = {"LD_PRELOAD=/first.so", "FTRACE_SCOPE=1.1",
		"LD_PRELOAD=/last.so", "FTRACE_SCOPE=2.2", NULL};

	fill(envp, true);
	expect_ours("/last.so:" LIBRARY);
	assert_int_equal(count(), 3);
}

TEST(foreign_target)
{
	char *const envp[] = {"LD_PRELOAD=a.so:" LIBRARY ":b.so", NULL};

	fill(envp, false);
	expect_ours("a.so:b.so");
}

/* No empty LD_PRELOAD where there was none. */
TEST(foreign_target_without_others)
{
	char *const envp[] = {"LD_PRELOAD=" LIBRARY, "X=1", NULL};

	fill(envp, false);
	expect_ours(NULL);
	assert_int_equal(count(), 3);
	free(slots);
	free(text);
	fill(NULL, false);
	expect_ours(NULL);
	assert_int_equal(count(), 2);
}

TEST(small_numbers)
{
	char storage[256], *few[8];

	environment_fill(few, storage, NULL,
		&(struct environment_needs){1, 0, true, false, false});
	assert_string_equal(few[2], "FTRACE_SCOPE=1.0");
	assert_null(few[3]);
}

#define HERE(name) cmocka_unit_test_teardown(name, leave)

TEST(asan)
{
	char *const none[] = {NULL};
	char *const some[] = {
		"ASAN_OPTIONS=a=1", "B=2", "ASAN_OPTIONS=c=3", NULL};

	fill_for(none, true, true);
	assert_string_equal(value("ASAN_OPTIONS"), "verify_asan_link_order=0");
	leave(NULL);
	fill_for(some, true, true);
	assert_string_equal(
		value("ASAN_OPTIONS"), "c=3:verify_asan_link_order=0");
	assert_string_equal(value("B"), "2");
	leave(NULL);
	fill(none, true);
	assert_null(value("ASAN_OPTIONS"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HERE(no_environment),
		HERE(asan),
		HERE(empty_environment),
		HERE(others_are_passed_on),
		HERE(preset_by_the_program),
		HERE(several_and_empty_entries),
		HERE(unset_by_the_program),
		HERE(already_there),
		HERE(similar_names),
		HERE(duplicated_variables),
		HERE(foreign_target),
		HERE(foreign_target_without_others),
		HERE(small_numbers),
	};

	return RUN_TESTS(tests);
}
