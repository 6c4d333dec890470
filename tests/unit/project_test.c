/* SPDX-License-Identifier: MIT */
#include "tests/unit/scratch.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "map/map.h"
#include "map/project.h"

static struct err err;

static void expect_root(const char *from, const char *expected)
{
	char *root = project_root(from, &err);

	assert_non_null(root);
	assert_string_equal(root, scratch_path(expected));
	free(root);
}

static void expect_path(const char *path, const char *expected)
{
	char *stored = project_path(scratch_root(), path);

	assert_string_equal(stored, expected);
	free(stored);
}

static void expect_shown(const char *path, const char *expected)
{
	struct project_here here;
	char *shown;

	project_here(&here, scratch_root());
	shown = project_show(&here, path);

	assert_string_equal(shown, expected);
	free(shown);
}

static void make_tree(void)
{
	make_directory("p");
	make_directory("p/sub");
	make_directory("p/sub/deep");
}

TEST(the_nearest_mark)
{
	make_tree();
	write_file("p/Makefile", "");
	expect_root("p/sub/deep", "p");
	write_file("p/sub/setup.cfg", "");
	expect_root("p/sub/deep", "p/sub");
	expect_root("p", "p");
}

TEST(marks_of_runners)
{
	static const char *const one[] = {"one.mark", NULL};
	static const char *const two[] = {"two.mark", "three.mark", NULL};
	static const char *const *const lists[] = {one, two, NULL};

	make_tree();
	write_file("p/Makefile", "");
	write_file("p/sub/three.mark", "");
	expect_root("p/sub/deep", "p");
	project_marks_set(lists);
	expect_root("p/sub/deep", "p/sub");
	write_file("p/sub/deep/one.mark", "");
	expect_root("p/sub/deep", "p/sub/deep");
	expect_root("p", "p");
}

TEST(configuration_before_marks)
{
	make_tree();
	write_file("p/ftrace.json", "{}");
	write_file("p/sub/Makefile", "");
	expect_root("p/sub/deep", "p");
}

/* A package inside a checkout is part of the whole checkout. */
TEST(checkout_before_marks)
{
	make_tree();
	make_directory("p/.git");
	write_file("p/sub/setup.cfg", "");
	expect_root("p/sub/deep", "p");
	/* A worktree has a file there. */
	remove_file("p/.git");
	write_file("p/.git", "gitdir: elsewhere");
	expect_root("p/sub/deep", "p");
}

TEST(map_before_checkout)
{
	make_tree();
	make_directory("p/.git");
	make_directory("p/sub/.ftrace");
	expect_root("p/sub/deep", "p");
	write_file("p/sub/" MAP_PATH, "");
	expect_root("p/sub/deep", "p/sub");
	expect_root("p", "p");
}

TEST(links_are_resolved)
{
	make_tree();
	make_directory("p/.git");
	make_link("p/sub", "link");
	expect_root("link", "p");
}

TEST(unusable_directories)
{
	assert_null(project_root("missing", &err));
	assert_non_null(strstr(err.text, "missing"));
	assert_null(project_absolute("missing", &err));
	write_file("file", "");
	make_directory("p");
	assert_non_null(strstr(err.text, "missing"));
}

TEST(stored_paths)
{
	make_tree();
	expect_path("p/sub", "p/sub");
	expect_path(".", ".");
	expect_path(scratch_root(), ".");
	expect_path(scratch_path("p"), "p");
	expect_path("/", "/");
	expect_path("/proc/self/../missing", "/proc/missing");
}

TEST(files_that_are_gone)
{
	make_tree();
	expect_path("p/gone", "p/gone");
	expect_path("p/./sub/../gone", "p/gone");
	expect_path("no/such/dir", "no/such/dir");
	expect_path("no//such/./dir/../x", "no/such/x");
	expect_path("../../../../../../../../gone", "/gone");
	make_link("p/sub", "link");
	expect_path("link/gone", "p/sub/gone");
}

/* A directory whose name begins like the root's is not below it. */
TEST(neighbours)
{
	char *stored;

	make_directory("p");
	make_directory("p2");
	stored = project_path(scratch_path("p"), "p2");
	assert_string_equal(stored, scratch_path("p2"));
	free(stored);
}

TEST(shown_from_the_root)
{
	expect_shown("a/b", "a/b");
	expect_shown("/etc/passwd", "/etc/passwd");
}

TEST(shown_from_below)
{
	make_tree();
	assert_int_equal(chdir("p/sub"), 0);
	expect_shown("p/sub/a", "a");
	expect_shown("p/a", "../a");
	expect_shown("a", "../../a");
	expect_shown("p/subtle/a", "../subtle/a");
	expect_shown("q/sub/a", "../../q/sub/a");
	expect_shown("p/sub/deep/a", "deep/a");
}

TEST(shown_from_elsewhere)
{
	assert_int_equal(chdir("/"), 0);
	expect_shown("a/b", "a/b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(the_nearest_mark),
		IN_SCRATCH(marks_of_runners),
		IN_SCRATCH(configuration_before_marks),
		IN_SCRATCH(checkout_before_marks),
		IN_SCRATCH(map_before_checkout),
		IN_SCRATCH(links_are_resolved),
		IN_SCRATCH(unusable_directories),
		IN_SCRATCH(stored_paths),
		IN_SCRATCH(files_that_are_gone),
		IN_SCRATCH(neighbours),
		IN_SCRATCH(shown_from_the_root),
		IN_SCRATCH(shown_from_below),
		IN_SCRATCH(shown_from_elsewhere),
	};

	return RUN_TESTS(tests);
}
