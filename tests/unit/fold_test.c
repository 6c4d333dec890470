/* SPDX-License-Identifier: MIT */
/*
 * From what processes did to what an edit affects. End-to-end tests have real
 * programs; these have the orders of events that those meet by chance.
 */
#include "tests/unit/scratch.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "map/print.h"
#include "runners/tests.h"
#include "tests/unit/traced.h"

#define BASE SCOPE_BASE

/* Files with their names for content, and a runner's process. */
static uint32_t run_with(const char *const *names)
{
	for (; *names; names++)
		write_file(*names, *names);
	wait_for_clock();
	traced_options.started = clock_now();
	return traced_exec(0, "runner", NULL);
}

#define RUN_WITH(...) \
	run_with((const char *const[]){"runner", __VA_ARGS__, NULL})

static uint32_t test_of(uint32_t image, const char *name)
{
	uint32_t scope = traced_begin(image, name);

	traced_outcome(image, scope, "passed");
	return scope;
}

static void assert_affects(const char *name, const char *ids)
{
	write_file(name, "edited");
	assert_string_equal(traced_affected(), ids);
	write_file(name, name);
	assert_string_equal(traced_affected(), "");
}

TEST(each_scope_has_what_it_read)
{
	uint32_t image = RUN_WITH("a", "b");
	uint32_t one = test_of(image, "unit/r/one");
	uint32_t two = test_of(image, "unit/r/two");

	traced_access(image, one, ACCESS_READ, "a", 0);
	traced_access(image, two, ACCESS_READ, "b", 0);
	traced_fold();
	assert_string_equal(traced_affected(), "");
	assert_affects("a", "one");
	assert_affects("b", "two");
	assert_affects("runner", "one two");
}

TEST(a_scope_that_began_twice_is_one)
{
	uint32_t image = RUN_WITH("a", "b");

	traced_access(image, test_of(image, "unit/r/one"), ACCESS_READ, "a", 0);
	traced_access(image, test_of(image, "unit/r/one"), ACCESS_READ, "b", 0);
	traced_fold();
	assert_affects("a", "one");
	assert_affects("b", "one");
}

TEST(what_is_used_counts_for_its_users)
{
	uint32_t image = RUN_WITH("a");
	uint32_t fixture = traced_begin(image, "fixture/f");
	uint32_t one = test_of(image, "unit/r/one");

	test_of(image, "unit/r/two");
	traced_access(image, fixture, ACCESS_READ, "a", 0);
	traced_use(image, one, "fixture/f");
	traced_fold();
	assert_affects("a", "one");
}

TEST(what_was_absent_is_an_input)
{
	uint32_t image = RUN_WITH("a");
	uint32_t one = test_of(image, "unit/r/one");

	traced_access(image, one, ACCESS_ABSENT, "new", 0);
	traced_fold();
	write_file("new", "");
	assert_string_equal(traced_affected(), "one");
	remove_file("new");
	assert_string_equal(traced_affected(), "");
}

TEST(what_a_scope_made_itself_is_no_input)
{
	uint32_t image = RUN_WITH("a", "out");
	uint32_t one = test_of(image, "unit/r/one");

	traced_access(image, one, ACCESS_WRITE, "out", RECORD_MADE);
	traced_access(image, one, ACCESS_READ, "out", 0);
	traced_fold();
	assert_affects("out", "");
}

TEST(what_it_read_before_it_wrote_is_one)
{
	uint32_t image = RUN_WITH("a", "out");
	uint32_t one = test_of(image, "unit/r/one");

	traced_access(image, one, ACCESS_READ, "out", 0);
	traced_access(image, one, ACCESS_WRITE, "out", RECORD_MADE);
	traced_fold();
	assert_affects("out", "one");
}

TEST(who_reads_what_another_made_has_its_inputs)
{
	uint32_t image = RUN_WITH("a", "out");
	uint32_t one = test_of(image, "unit/r/one");
	uint32_t two = test_of(image, "unit/r/two");

	traced_access(image, one, ACCESS_READ, "a", 0);
	traced_access(image, one, ACCESS_WRITE, "out", RECORD_MADE);
	traced_access(image, two, ACCESS_READ, "out", 0);
	traced_fold();
	assert_affects("a", "one two");
	/* What is left of it when the run is over can be changed by others. */
	assert_affects("out", "two");
}

TEST(what_was_made_keeps_its_maker_where_it_goes)
{
	uint32_t image = RUN_WITH("a", "out");
	uint32_t one = test_of(image, "unit/r/one");
	uint32_t two = test_of(image, "unit/r/two");

	traced_access(image, one, ACCESS_READ, "a", 0);
	traced_access(image, one, ACCESS_WRITE, "draft", RECORD_MADE);
	traced_rename(image, one, "draft", "out");
	traced_access(image, two, ACCESS_READ, "out", 0);
	traced_fold();
	assert_affects("a", "one two");
}

TEST(links_on_the_way_are_inputs)
{
	uint32_t image, one;

	make_link("a", "link");
	write_file("b", "b");
	image = RUN_WITH("a");
	one = test_of(image, "unit/r/one");
	traced_access(image, one, ACCESS_READ, "link", 0);
	traced_fold();
	assert_affects("a", "one");
	remove_file("link");
	make_link("b", "link");
	assert_string_equal(traced_affected(), "one");
}

TEST(names_in_a_directory_are_inputs_of_who_lists_it)
{
	uint32_t image, one;

	make_directory("d");
	image = RUN_WITH("a");
	one = test_of(image, "unit/r/one");
	test_of(image, "unit/r/two");
	traced_access(image, one, ACCESS_LIST, "d", RECORD_DIRECTORY);
	traced_fold();
	write_file("d/new", "");
	assert_string_equal(traced_affected(), "one");
}

TEST(what_was_lost_is_affected_always)
{
	uint32_t image = RUN_WITH("a");
	uint32_t one = test_of(image, "unit/r/one");

	test_of(image, "unit/r/two");
	traced_lost(image, one, "no room");
	traced_fold();
	assert_int_equal(traced_summary.incomplete, 1);
	assert_string_equal(traced_summary.reason, "no room");
	assert_string_equal(traced_affected(), "one");
}

TEST(what_is_lost_for_good_outlasts_its_scope)
{
	uint32_t image = RUN_WITH("a");
	uint32_t early = traced_fork(image), loads, child;

	test_of(image, "unit/r/before");
	test_of(early, "unit/r/early");
	loads = test_of(image, "unit/r/loads");
	traced_lost_lasting(image, loads, "own calls");
	test_of(image, "unit/r/after");
	child = traced_fork(image);
	test_of(child, "unit/r/child");
	test_of(early, "unit/r/early-too");
	test_of(traced_exec(image, "a", NULL), "unit/r/other");
	traced_fold();
	assert_string_equal(traced_summary.reason, "own calls");
	assert_string_equal(traced_affected(), "after child loads");
}

TEST(what_the_base_lost_for_good_counts_for_all)
{
	uint32_t image = RUN_WITH("a");

	test_of(image, "unit/r/one");
	traced_lost_lasting(image, SCOPE_BASE, "own calls");
	test_of(image, "unit/r/two");
	traced_fold();
	assert_string_equal(traced_affected(), "one two");
}

TEST(a_test_that_never_ended_is_affected_always)
{
	uint32_t image = RUN_WITH("a");

	traced_begin(image, "unit/r/one");
	test_of(image, "unit/r/two");
	traced_fold();
	assert_string_equal(traced_affected(), "one");
}

TEST(a_program_without_an_answer_ran_unseen)
{
	uint32_t image = RUN_WITH("a", "tool");
	uint32_t child = traced_exec(image, "tool", "tool", NULL);

	test_of(image, "unit/r/one");
	traced_exit(child, 0);
	traced_fold();
	assert_string_equal(traced_affected(), "");

	image = RUN_WITH("a");
	test_of(image, "unit/r/one");
	traced_exec_unseen(image, "tool");
	traced_fold();
	assert_string_equal(traced_affected(), "one");
}

TEST(a_command_is_one_unit)
{
	uint32_t image = RUN_WITH("a"), child = traced_fork(image);

	traced_options.unit = "make check";
	traced_access(child, BASE, ACCESS_READ, "a", 0);
	traced_exit(image, 1);
	traced_options.status = 1;
	traced_fold();
	assert_string_equal(traced_end("command/make check"), "failed");
	assert_string_equal(traced_affected(), "make check");
}

/* Three tests, of which two have the same words; one did not run. */
static char *words_one[] = {(char *)"/t", (char *)"1", NULL};
static char *words_two[] = {(char *)"/t", (char *)"2", NULL};
static char *needs_one[] = {(char *)"b::one", NULL};
static struct runner_test listed[] = {
	{.id = (char *)"b::one",
		.words = words_one,
		.outcome = "passed",
		.duration = -1},
	{.id = (char *)"b::same",
		.words = words_one,
		.outcome = "passed",
		.duration = -1},
	{.id = (char *)"b::two",
		.words = words_two,
		.outcome = "passed",
		.duration = -1},
	{.id = (char *)"b::needs", .needs = needs_one, .duration = -1},
};
static const struct runner_tests listed_tests = {
	.file = (char *)"b", .list = listed, .count = 4};

static uint32_t run_listed(void)
{
	mkdir("b", 0777);
	traced_options.tests = &listed_tests;
	traced_options.runner = "ctest";
	return RUN_WITH("a", "c", "t", "u");
}

TEST(a_listed_test_is_the_process_with_its_words)
{
	uint32_t image = run_listed();
	uint32_t one = traced_exec(image, "t", "/t", "1", NULL);
	uint32_t two = traced_exec(image, "t", "/t", "2", NULL);
	uint32_t other = traced_exec(image, "u", "/t", "3", NULL);

	traced_access(traced_fork(one), BASE, ACCESS_READ, "a", 0);
	traced_access(two, BASE, ACCESS_READ, "c", 0);
	traced_access(other, BASE, ACCESS_STAT, "u", 0);
	traced_fold();
	assert_string_equal(traced_end("ctest/b::one"), "passed");
	/* It never ran. */
	assert_string_equal(traced_affected(), "b::needs");
	write_file("a", "edited");
	assert_string_equal(traced_affected(), "b::needs b::one b::same");
	write_file("a", "a");
	write_file("c", "edited");
	assert_string_equal(traced_affected(), "b::needs b::two");
	write_file("c", "c");
	/* What is no test's is the runner's, and so concerns all. */
	write_file("u", "edited");
	assert_string_equal(
		traced_affected(), "b::needs b::one b::same b::two");
}

TEST(a_process_of_a_test_is_no_other_test)
{
	uint32_t image = run_listed();
	uint32_t one = traced_exec(image, "t", "/t", "1", NULL);
	uint32_t within = traced_exec(one, "u", "/t", "2", NULL);

	traced_exec(image, "t", "/t", "2", NULL);
	traced_access(within, BASE, ACCESS_READ, "a", 0);
	traced_fold();
	write_file("a", "edited");
	assert_string_equal(traced_affected(), "b::needs b::one b::same");
}

TEST(the_runner_only_looks_for_programs)
{
	char path[PATH_MAX], *looked[] = {path, NULL};
	uint32_t image = run_listed(), one;

	snprintf(path, sizeof(path), "%s", scratch_path("c"));
	listed[0].looked = looked;
	one = traced_exec(image, "t", "/t", "1", NULL);
	traced_exec(image, "t", "/t", "2", NULL);
	traced_access(image, BASE, ACCESS_STAT, "c", 0);
	traced_access(image, BASE, ACCESS_STAT, "u", 0);
	traced_access(image, BASE, ACCESS_READ, "a", 0);
	traced_access(one, BASE, ACCESS_STAT, "t", 0);
	traced_fold();
	listed[0].looked = NULL;
	write_file("c", "edited");
	assert_string_equal(traced_affected(), "b::needs");
	remove_file("c");
	assert_string_equal(
		traced_affected(), "b::needs b::one b::same b::two");
	write_file("c", "c");
	assert_string_equal(traced_affected(), "b::needs");
	write_file("u", "edited");
	assert_string_equal(
		traced_affected(), "b::needs b::one b::same b::two");
}

/* What it ran and nobody knows for a test is the runner's, looks and all. */
TEST(what_a_listed_test_did_unknown_counts_for_all)
{
	uint32_t image = run_listed(), other;

	traced_exec(image, "t", "/t", "1", NULL);
	other = traced_exec(image, "t", "sh", "/t", "2", NULL);
	traced_access(other, BASE, ACCESS_STAT, "c", 0);
	traced_fold();
	assert_string_equal(traced_affected(), "b::needs b::two");
	write_file("c", "edited");
	assert_string_equal(
		traced_affected(), "b::needs b::one b::same b::two");
}

TEST(a_test_without_a_process_did_not_skip_itself)
{
	uint32_t image;

	listed[2].outcome = "skipped";
	image = run_listed();
	traced_exec(image, "t", "/t", "1", NULL);
	traced_fold();
	listed[2].outcome = "passed";
	assert_string_equal(traced_end("ctest/b::two"), "failed");
}

TEST(a_listed_test_that_nobody_told_of)
{
	uint32_t image;

	listed[2].outcome = NULL;
	image = run_listed();
	traced_exec(image, "t", "/t", "1", NULL);
	traced_exec(image, "t", "/t", "2", NULL);
	traced_fold();
	listed[2].outcome = "passed";
	assert_string_equal(traced_affected(), "b::needs b::two");
	assert_string_equal(traced_end("ctest/b::two"), "");
}

TEST(of_tests_with_the_same_words_only_one_ran)
{
	uint32_t image, program;

	listed[0].outcome = NULL;
	traced_options.selection = true;
	image = run_listed();
	program = traced_exec(image, "t", "/t", "1", NULL);
	traced_exec(image, "t", "/t", "2", NULL);
	traced_access(program, BASE, ACCESS_READ, "a", 0);
	traced_fold();
	listed[0].outcome = "passed";
	assert_string_equal(traced_end("ctest/b::same"), "passed");
	assert_string_equal(traced_affected(), "");
	write_file("a", "edited");
	assert_string_equal(traced_affected(), "b::same");
}

TEST(a_ring_of_the_runner_hides_nothing)
{
	uint32_t image = run_listed(), program;

	program = traced_exec(image, "t", "/t", "1", NULL);
	traced_lost(image, BASE, LOST_RING);
	traced_exec(image, "t", "/t", "2", NULL);
	traced_fold();
	assert_string_equal(traced_affected(), "b::needs");

	image = run_listed();
	program = traced_exec(image, "t", "/t", "1", NULL);
	traced_exec(image, "t", "/t", "2", NULL);
	traced_lost(program, BASE, LOST_RING);
	traced_fold();
	assert_string_equal(traced_affected(), "b::needs b::one b::same");
}

/* Two packages, of which p uses q; each has a test, and a folder. */
static struct runner_tests *packages;

static void make_package(const char *name, const char *source)
{
	struct runner_part *part = runner_parts_add(
		&packages->parts, &packages->part_count, &packages->part_room);
	struct runner_test *test = runner_tests_add(packages);

	mkdir(name, 0777);
	write_file(source, source);
	part->name = xstrdup(name);
	words_add_copy(&part->files, scratch_path(source));
	runner_part_look(part, xstrdup(scratch_path(name)), "*.go");
	test->id = xasprintf("./%s", name);
	test->folder = xstrdup(scratch_path(name));
	test->part = packages->part_count;
	test->asked = true;
	test->unseen = "failed";
}

static uint32_t run_packages(void)
{
	static struct runner_tests list;

	packages = &list;
	make_package("q", "q/q.go");
	make_package("p", "p/p.go");
	runner_part_use(&list.parts[1], 0);
	list.programs = "*.test";
	list.by_status = list.chosen = true;
	words_add_copy(&list.own, scratch_path("cache"));
	words_add_copy(&list.built, scratch_path("target"));
	mkdir("cache", 0777);
	mkdir("target", 0777);
	write_file("target/q", "");
	words_add_copy(&list.parts[0].made, scratch_path("target/q"));
	traced_options.tests = &list;
	traced_options.runner = "go";
	return RUN_WITH("go.mod", "in", "x.test", "cache/c", "target/t");
}

static void fold_packages(uint32_t image, uint32_t p, uint32_t q)
{
	traced_access(image, BASE, ACCESS_READ, "go.mod", 0);
	traced_access(image, BASE, ACCESS_READ, "q/q.go", 0);
	traced_access(image, BASE, ACCESS_READ, "p/p.go", 0);
	traced_access(image, BASE, ACCESS_LIST, "q", 0);
	traced_access(image, BASE, ACCESS_READ, "cache/c", 0);
	traced_access(image, BASE, ACCESS_READ, "target/t", 0);
	traced_exit(p, 0);
	traced_exit(q, 0);
	traced_fold();
	runner_tests_release(packages);
}

TEST(what_the_list_explains_counts_for_whom_it_is_for)
{
	uint32_t image = run_packages();
	uint32_t p = traced_exec_in(image, "p", "x.test");
	uint32_t q = traced_exec_in(image, "q", "x.test");

	traced_access(p, BASE, ACCESS_READ, "in", 0);
	fold_packages(image, p, q);
	assert_string_equal(traced_end("go/./p"), "passed");
	assert_string_equal(traced_affected(), "");
	assert_affects("in", "./p");
	assert_affects("p/p.go", "./p");
	assert_affects("q/q.go", "./p ./q");
	assert_affects("go.mod", "./p ./q");
	assert_affects("cache/c", "");
	assert_affects("target/t", "");
	write_file("q/new.txt", "");
	assert_string_equal(traced_affected(), "");
	write_file("q/new.go", "");
	assert_string_equal(traced_affected(), "./p ./q");
}

TEST(who_meets_what_was_built_of_a_part_depends_on_it)
{
	uint32_t image = run_packages();
	uint32_t p = traced_exec_in(image, "p", "x.test");
	uint32_t q = traced_exec_in(image, "q", "x.test");

	packages->parts[1].use_count = 0;
	traced_access(p, BASE, ACCESS_EXEC, "target/q", 0);
	fold_packages(image, p, q);
	assert_affects("target/q", "");
	assert_affects("q/q.go", "./p ./q");
	assert_affects("p/p.go", "./p");
}

TEST(a_program_ends_its_test)
{
	uint32_t image = run_packages();
	uint32_t p = traced_exec_in(image, "p", "x.test");

	/* By that name anything can be started, but not there. */
	traced_exec_in(image, "cache", "x.test");
	traced_exec_in(image, "q", "x.tester");
	traced_exit(p, 1);
	traced_options.status = 1;
	traced_fold();
	assert_string_equal(traced_end("go/./p"), "failed");
	/* It could not be built, as the runner has failed. */
	assert_string_equal(traced_end("go/./q"), "failed");
	runner_tests_release(packages);
}

TEST(a_program_that_nobody_saw)
{
	uint32_t image = run_packages();
	uint32_t p = traced_exec_in(image, "p", "x.test");

	traced_exit(p, 0);
	traced_fold();
	assert_string_equal(traced_end("go/./q"), "passed");
	/* What it did nobody knows. */
	assert_string_equal(traced_affected(), "./q");
	runner_tests_release(packages);
}

TEST(a_test_is_known_by_signs)
{
	static const char *const signs[] = {"*doc", "--test", "crate", NULL};
	struct words words = {0};
	uint32_t image = run_packages();
	uint32_t p, other;

	words_add_list(&words, signs);
	packages->list[1].signs = words.list;
	other = traced_exec(
		image, "in", "/bin/rustdoc", "--test", "crates", NULL);
	p = traced_exec(
		image, "in", "/bin/rustdoc", "crate", "-a", "--test", NULL);
	traced_access(p, BASE, ACCESS_READ, "go.mod", 0);
	traced_access(other, BASE, ACCESS_READ, "target/t", 0);
	traced_exit(p, 0);
	packages->list[0].asked = false;
	traced_fold();
	runner_tests_release(packages);
	assert_string_equal(traced_end("go/./p"), "passed");
	assert_affects("go.mod", "./p");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define IN_TRACED(name) \
	cmocka_unit_test_setup_teardown(name, traced_enter, traced_leave)
		IN_TRACED(each_scope_has_what_it_read),
		IN_TRACED(a_scope_that_began_twice_is_one),
		IN_TRACED(what_is_used_counts_for_its_users),
		IN_TRACED(what_was_absent_is_an_input),
		IN_TRACED(what_a_scope_made_itself_is_no_input),
		IN_TRACED(what_it_read_before_it_wrote_is_one),
		IN_TRACED(who_reads_what_another_made_has_its_inputs),
		IN_TRACED(what_was_made_keeps_its_maker_where_it_goes),
		IN_TRACED(links_on_the_way_are_inputs),
		IN_TRACED(names_in_a_directory_are_inputs_of_who_lists_it),
		IN_TRACED(what_was_lost_is_affected_always),
		IN_TRACED(what_is_lost_for_good_outlasts_its_scope),
		IN_TRACED(what_the_base_lost_for_good_counts_for_all),
		IN_TRACED(a_test_that_never_ended_is_affected_always),
		IN_TRACED(a_program_without_an_answer_ran_unseen),
		IN_TRACED(a_command_is_one_unit),
		IN_TRACED(a_listed_test_is_the_process_with_its_words),
		IN_TRACED(a_process_of_a_test_is_no_other_test),
		IN_TRACED(the_runner_only_looks_for_programs),
		IN_TRACED(what_a_listed_test_did_unknown_counts_for_all),
		IN_TRACED(a_test_without_a_process_did_not_skip_itself),
		IN_TRACED(a_listed_test_that_nobody_told_of),
		IN_TRACED(of_tests_with_the_same_words_only_one_ran),
		IN_TRACED(a_ring_of_the_runner_hides_nothing),
		IN_TRACED(what_the_list_explains_counts_for_whom_it_is_for),
		IN_TRACED(who_meets_what_was_built_of_a_part_depends_on_it),
		IN_TRACED(a_program_ends_its_test),
		IN_TRACED(a_program_that_nobody_saw),
		IN_TRACED(a_test_is_known_by_signs),
	};

	return RUN_TESTS(tests);
}
