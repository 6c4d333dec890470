/* SPDX-License-Identifier: MIT */
/*
 * What git tells of a revision. Without the program git there is nothing to
 * try.
 */
#include "tests/unit/scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "git/git.h"

static struct git_files files;
static struct err err;

#define GIT "git -c user.name=a -c user.email=a@b "

static void shell(const char *command)
{
	assert_int_equal(system(command), 0);
}

static bool all(const char *path, void *data)
{
	(void)path;
	(void)data;
	return true;
}

static bool only_python(const char *path, void *data)
{
	size_t n = strlen(path);

	(void)data;
	return n > 3 && !strcmp(path + n - 3, ".py");
}

static int ask(const char *directory, const char *revision)
{
	git_files_release(&files);
	return git_changed_since(&files, directory, revision, all, NULL, &err);
}

static int enter(void **state)
{
	if (scratch_enter(state))
		return -1;
	write_file("same.py", "same\n");
	write_file("edited.py", "before\n");
	write_file("empty.py", "");
	write_file("went.py", "went\n");
	write_file("moved.py", "one\ntwo\nthree\n");
	write_file(".gitignore", "ignored\n");
	make_directory("below");
	write_file("below/deep.py", "deep\n");
	make_link("same.py", "link.py");
	return system("git init -q . && git add -A && " GIT "commit -qm one");
}

static int leave(void **state)
{
	git_files_release(&files);
	return scratch_leave(state);
}

static const struct git_file *file_at(const char *path)
{
	for (size_t i = 0; i < files.count; i++)
		if (!strcmp(files.list[i].path, path))
			return &files.list[i];
	return NULL;
}

static void assert_was(const char *path, const char *text)
{
	const struct git_file *file = file_at(path);

	assert_non_null(file);
	assert_true(file->was);
	assert_int_equal(file->size, strlen(text));
	assert_memory_equal(file->bytes, text, file->size);
}

TEST(nothing_changed)
{
	assert_int_equal(ask(scratch_root(), "HEAD"), 0);
	assert_int_equal(files.count, 0);
}

TEST(every_kind_of_change)
{
	write_file("edited.py", "after\n");
	write_file("empty.py", "no more\n");
	remove_file("went.py");
	shell("git mv moved.py elsewhere.py");
	write_file("fresh.py", "fresh\n");
	write_file("ignored", "");
	write_file("below/deep.py", "deeper\n");
	remove_file("link.py");
	write_file("link.py", "a file\n");
	assert_int_equal(ask(scratch_root(), "HEAD"), 0);
	assert_was("edited.py", "before\n");
	assert_was("empty.py", "");
	assert_was("elsewhere.py", "one\ntwo\nthree\n");
	assert_was("below/deep.py", "deep\n");
	assert_was("went.py", "went\n");
	assert_false(file_at("fresh.py")->was);
	assert_false(file_at("link.py")->was);
	assert_null(file_at("same.py"));
	assert_null(file_at("moved.py"));
	assert_null(file_at("ignored"));
	for (size_t i = 1; i < files.count; i++)
		assert_true(
			strcmp(files.list[i - 1].path, files.list[i].path) < 0);
}

TEST(only_what_is_wanted)
{
	write_file("edited.py", "after\n");
	write_file("notes.txt", "");
	assert_int_equal(git_changed_since(&files, scratch_root(), "HEAD",
				 only_python, NULL, &err),
		0);
	assert_int_equal(files.count, 1);
	assert_was("edited.py", "before\n");
}

TEST(below_the_top)
{
	write_file("edited.py", "after\n");
	write_file("below/deep.py", "deeper\n");
	assert_int_equal(ask(scratch_path("below"), "HEAD"), 0);
	assert_int_equal(files.count, 1);
	assert_was("deep.py", "deep\n");
}

TEST(names_as_they_are)
{
	write_file("a\nb \xff\".py", "odd\n");
	shell("git add -A && " GIT "commit -qm two");
	write_file("a\nb \xff\".py", "even\n");
	assert_int_equal(ask(scratch_root(), "HEAD"), 0);
	assert_was("a\nb \xff\".py", "odd\n");
}

TEST(a_merge_under_way)
{
	shell("git checkout -qb other && echo theirs >edited.py && " GIT
	      "commit -qam theirs && git checkout -q - && echo ours >edited.py"
	      " && " GIT "commit -qam ours && ! " GIT
	      "merge other >output 2>&1");
	assert_int_equal(ask(scratch_root(), "HEAD"), 0);
	assert_was("edited.py", "ours\n");
	assert_int_equal(files.count, 2);
}

TEST(revisions_that_are_none)
{
	static const char *const wrong[] = {"", "-p", "--output=x", "nothing",
		"HEAD^{tree}", "HEAD HEAD", "HEAD..HEAD", "HEAD^9"};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		assert_true(ask(scratch_root(), wrong[i]) < 0);
		assert_null(strchr(err.text, '\n'));
		assert_non_null(strstr(err.text, wrong[i]));
	}
	assert_int_equal(access("x", F_OK), -1);
}

TEST(a_folder_that_git_ignores)
{
	make_directory("ignored");
	write_file("ignored/new.py", "");
	assert_true(ask(scratch_path("ignored"), "HEAD") < 0);
	assert_non_null(strstr(err.text, "does not contain"));
	make_directory("untracked");
	write_file("untracked/new.py", "");
	assert_int_equal(ask(scratch_path("untracked"), "HEAD"), 0);
	assert_int_equal(files.count, 1);
}

TEST(no_repository)
{
	shell("rm -rf .git");
	setenv("GIT_CEILING_DIRECTORIES", scratch_path(".."), 1);
	assert_true(ask(scratch_root(), "HEAD") < 0);
	assert_true(ask("/nowhere", "HEAD") < 0);
	unsetenv("GIT_CEILING_DIRECTORIES");
}

#define IN_REPOSITORY(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_REPOSITORY(nothing_changed),
		IN_REPOSITORY(every_kind_of_change),
		IN_REPOSITORY(only_what_is_wanted),
		IN_REPOSITORY(below_the_top),
		IN_REPOSITORY(names_as_they_are),
		IN_REPOSITORY(a_merge_under_way),
		IN_REPOSITORY(revisions_that_are_none),
		IN_REPOSITORY(a_folder_that_git_ignores),
		IN_REPOSITORY(no_repository),
	};

	if (system("git --version >/dev/null 2>&1") != 0)
		return 77;
	return RUN_TESTS(tests);
}
