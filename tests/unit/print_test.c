/* SPDX-License-Identifier: MIT */
#include "tests/unit/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "map/print.h"

#define SECOND_NS 1000000000LL

/* What read(2) gives at most; linked with --wrap=read. */
static size_t read_limit = SIZE_MAX;
static int interrupted;

ssize_t __real_read(int fd, void *buffer, size_t size);
ssize_t __wrap_read(int fd, void *buffer, size_t size);

ssize_t __wrap_read(int fd, void *buffer, size_t size)
{
	if (interrupted) {
		interrupted--;
		errno = EINTR;
		return -1;
	}
	return __real_read(fd, buffer, size < read_limit ? size : read_limit);
}

static struct print take(const char *path, enum aspect aspect)
{
	unsigned hashed = 0;

	return print_take(path, aspect, "", 0, &hashed);
}

static struct print listing(const char *stem)
{
	unsigned hashed = 0;
	struct print print =
		print_take(".", ASPECT_LISTING, stem, strlen(stem), &hashed);

	assert_int_equal(hashed, 0);
	return print;
}

static void assert_same(struct print a, struct print b)
{
	assert_memory_equal(a.bytes, b.bytes, sizeof(a.bytes));
	assert_true(print_equal(&a, &b));
}

static void assert_other(struct print a, struct print b)
{
	assert_false(print_equal(&a, &b));
}

TEST(content)
{
	struct print first, empty;
	unsigned hashed = 0;

	write_file("a", "one");
	first = print_take("a", ASPECT_CONTENT, "", 0, &hashed);
	assert_int_equal(hashed, 1);
	write_file("b", "one");
	assert_same(first, take("b", ASPECT_CONTENT));
	write_file("b", "two");
	assert_other(first, take("b", ASPECT_CONTENT));
	write_file("b", "");
	empty = take("b", ASPECT_CONTENT);
	assert_other(empty, print_absent);
	assert_other(empty, first);
}

/* A script that may no longer be executed behaves differently. */
TEST(executable_bit)
{
	struct print before, after;

	write_file("a", "one");
	before = take("a", ASPECT_CONTENT);
	assert_int_equal(chmod("a", 0755), 0);
	after = take("a", ASPECT_CONTENT);
	assert_other(before, after);
	assert_int_equal(chmod("a", 0711), 0);
	assert_same(after, take("a", ASPECT_CONTENT));
	assert_int_equal(chmod("a", 0600), 0);
	assert_same(before, take("a", ASPECT_CONTENT));
}

TEST(read_sizes)
{
	static const size_t sizes[] = {1, 65535, 65536, 65537, 131072, 200001};
	static const size_t limits[] = {1000, 4096, 65535, SIZE_MAX};
	char *bytes = xcalloc(200001, 1);

	for (size_t i = 0; i < 200001; i++)
		bytes[i] = (char)(i * 31 >> 3);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct print whole = print_bytes(bytes, sizes[i], 1);

		write_bytes("a", bytes, sizes[i]);
		for (size_t k = 0; k < 4; k++) {
			read_limit = limits[k];
			assert_same(whole, take("a", ASPECT_CONTENT));
			interrupted = 1;
			assert_same(whole, take("a", ASPECT_CONTENT));
		}
	}
	read_limit = SIZE_MAX;
	free(bytes);
}

TEST(absent)
{
	for (int aspect = 0; aspect < ASPECTS; aspect++) {
		struct print print = take("nothing", (enum aspect)aspect);

		assert_same(print, print_absent);
		assert_other(print, print_unknown);
	}
	write_file("file", "x");
	for (int aspect = 0; aspect < ASPECTS; aspect++)
		assert_same(
			take("file/below", (enum aspect)aspect), print_absent);
}

TEST(unreadable)
{
	struct print open_to_all;

	if (geteuid() == 0)
		skip();
	write_file("a", "one");
	open_to_all = take("a", ASPECT_CONTENT);
	assert_int_equal(chmod("a", 0), 0);
	assert_other(open_to_all, take("a", ASPECT_CONTENT));
	assert_other(print_absent, take("a", ASPECT_CONTENT));
	make_directory("d");
	open_to_all = take("d", ASPECT_LISTING);
	assert_int_equal(chmod("d", 0), 0);
	assert_other(open_to_all, take("d", ASPECT_LISTING));
	assert_other(print_absent, take("d", ASPECT_LISTING));
	assert_int_equal(chmod("d", 0700), 0);
}

/* What cannot be opened at all still has a print: nothing waits for it. */
TEST(special_files)
{
	struct print pipe, directory;

	assert_int_equal(mkfifo("pipe", 0600), 0);
	pipe = take("pipe", ASPECT_CONTENT);
	make_directory("d");
	directory = take("d", ASPECT_CONTENT);
	assert_other(pipe, directory);
	assert_other(pipe, print_absent);
	/* The content of a directory is that it is one. */
	write_file("d/a", "x");
	assert_same(directory, take("d", ASPECT_CONTENT));
	write_file("file", "x");
	assert_other(take("file", ASPECT_LISTING), take("d", ASPECT_LISTING));
}

TEST(whole_listing)
{
	struct print empty = listing(""), one;

	write_file("b", "");
	one = listing("");
	assert_other(empty, one);
	write_file("a", "");
	assert_other(one, listing(""));
	remove_file("b");
	assert_other(one, listing(""));
	write_file("b", "changed");
	remove_file("a");
	assert_same(one, listing(""));
	make_directory("__pycache__");
	make_directory(".ftrace");
	assert_same(one, listing(""));
	write_file(".hidden", "");
	assert_other(one, listing(""));
}

/* Names are told apart: "a", "bc" is not "ab", "c". */
TEST(listing_of_joined_names)
{
	struct print first;

	write_file("a", "");
	write_file("bc", "");
	first = listing("");
	remove_file("a");
	remove_file("bc");
	write_file("ab", "");
	write_file("c", "");
	assert_other(first, listing(""));
}

TEST(listing_of_a_stem)
{
	struct print none = listing("conf"), exact, both;

	write_file("config.py", "");
	write_file("xconf", "");
	assert_same(none, listing("conf"));
	write_file("conf", "");
	exact = listing("conf");
	assert_other(none, exact);
	write_file("conf.py", "");
	both = listing("conf");
	assert_other(exact, both);
	remove_file("config.py");
	assert_same(both, listing("conf"));
}

TEST(listing_of_a_glob)
{
	struct print none = listing("test_*.py"), one;

	write_file("test.py", "");
	write_file("test_a.pyc", "");
	assert_same(none, listing("test_*.py"));
	write_file("test_a.py", "");
	one = listing("test_*.py");
	assert_other(none, one);
	write_file("test_b.py", "");
	assert_other(one, listing("test_*.py"));
	remove_file("test_b.py");
	assert_same(one, listing("test_*.py"));
}

TEST(listing_of_several_globs)
{
	struct print none = listing("*.c|*.go|!*_test.go"), one;

	write_file("a_test.go", "");
	write_file("a.md", "");
	assert_same(none, listing("*.c|*.go|!*_test.go"));
	write_file("test.go", "");
	one = listing("*.c|*.go|!*_test.go");
	assert_other(none, one);
	write_file("a.c", "");
	assert_other(one, listing("*.c|*.go|!*_test.go"));
}

TEST(listing_of_folders)
{
	struct print none = listing("*/"), one;

	write_file("file", "");
	assert_same(none, listing("*/"));
	make_directory("folder");
	one = listing("*/");
	assert_other(none, one);
	assert_int_equal(symlink("folder", "link"), 0);
	assert_other(one, listing("*/"));
	remove_file("link");
	remove_file("file");
	assert_same(one, listing("*/"));
}

TEST(listing_of_a_group_of_entry_points)
{
	struct print none = listing("[plugins]"), one;

	make_directory("a-1.dist-info");
	make_directory("b-1.dist-info");
	make_directory("other");
	write_file("other/entry_points.txt", "[plugins]");
	assert_same(none, listing("[plugins]"));
	write_file("a-1.dist-info/entry_points.txt", "[scripts]\nx = y\n");
	assert_same(none, listing("[plugins]"));
	write_file("b-1.dist-info/entry_points.txt", "[plugins]\nx = y\n");
	one = listing("[plugins]");
	assert_other(none, one);
	assert_same(none, listing("[others]"));
	interrupted = 1;
	assert_same(one, listing("[plugins]"));
	read_limit = 4;
	assert_same(one, listing("[plugins]"));
	read_limit = SIZE_MAX;
	write_file("b-1.dist-info/entry_points.txt", "[plugins]\nx = z\n");
	assert_other(one, listing("[plugins]"));
	remove_file("b-1.dist-info/entry_points.txt");
	assert_same(none, listing("[plugins]"));
	/* An egg's, another spelling, and files instead of directories. */
	make_directory("EGG-INFO");
	write_file("EGG-INFO/entry_points.txt", "[plugins]");
	assert_other(none, listing("[plugins]"));
	remove_file("EGG-INFO/entry_points.txt");
	make_directory("c.Egg-Info");
	write_file("c.Egg-Info/entry_points.txt", "[plugins]");
	assert_other(none, listing("[plugins]"));
	remove_file("c.Egg-Info/entry_points.txt");
	write_file("d.egg-info", "[plugins]");
	assert_same(none, listing("[plugins]"));
}

TEST(links)
{
	struct print here;

	make_link("target", "link");
	here = take("link", ASPECT_LINK);
	assert_other(here, print_absent);
	write_file("target", "x");
	assert_same(here, take("link", ASPECT_LINK));
	remove_file("link");
	make_link("elsewhere", "link");
	assert_other(here, take("link", ASPECT_LINK));
	remove_file("link");
	write_file("link", "target");
	assert_other(here, take("link", ASPECT_LINK));
}

/* A link in the place of a file is not that file, whatever it leads to. */
TEST(content_of_a_link)
{
	struct print file;

	write_file("target", "x");
	file = take("target", ASPECT_CONTENT);
	make_link("target", "link");
	assert_other(file, take("link", ASPECT_CONTENT));
}

TEST(meta)
{
	struct print before;
	struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = 1}};

	write_file("a", "one");
	assert_int_equal(utimensat(AT_FDCWD, "a", times, 0), 0);
	before = take("a", ASPECT_META);
	assert_int_equal(utimensat(AT_FDCWD, "a", times, 0), 0);
	assert_same(before, take("a", ASPECT_META));
	times[1].tv_nsec = 1;
	assert_int_equal(utimensat(AT_FDCWD, "a", times, 0), 0);
	assert_other(before, take("a", ASPECT_META));
	times[1].tv_nsec = 0;
	write_file("a", "longer");
	assert_int_equal(utimensat(AT_FDCWD, "a", times, 0), 0);
	assert_other(before, take("a", ASPECT_META));
	/* Of a directory, only that it is there. */
	make_directory("d");
	before = take("d", ASPECT_META);
	write_file("d/a", "");
	assert_same(before, take("d", ASPECT_META));
}

TEST(identities)
{
	struct identity first, second;

	write_file("a", "one");
	first = identity_read("a");
	second = identity_read("a");
	assert_true(identity_equal(&first, &second));
	assert_int_equal(first.size, 3);
	assert_true(S_ISREG(first.mode));
	second = identity_read("missing");
	assert_int_equal(second.mode, 0);
	assert_false(identity_equal(&first, &second));
	make_link("a", "link");
	assert_true(S_ISLNK(identity_read("link").mode));
	for (int i = 0; i < 5; i++) {
		second = first;
		second.inode += i == 0;
		second.size += i == 1;
		second.mtime += i == 2;
		second.ctime += i == 3;
		second.mode ^= i == 4;
		assert_false(identity_equal(&first, &second));
	}
}

TEST(racy)
{
	int64_t now = 1700000000 * SECOND_NS + 123456789;
	struct identity identity = {
		.mode = S_IFREG, .ctime = now, .mtime = now};

	assert_true(identity_racy(&identity, now - 1));
	assert_true(identity_racy(&identity, now));
	assert_false(identity_racy(&identity, now + 1));
	/* The content time may be set back; the change time may not. */
	identity.mtime = 0;
	assert_true(identity_racy(&identity, now));
	/* A file system that stamps with seconds needs longer. */
	identity.ctime = identity.mtime = 1700000000 * SECOND_NS;
	assert_true(identity_racy(&identity, now));
	assert_true(identity_racy(&identity, identity.ctime + 2 * SECOND_NS));
	assert_false(
		identity_racy(&identity, identity.ctime + 2 * SECOND_NS + 1));
	/* What is not there cannot change without getting an identity. */
	identity.mode = 0;
	assert_false(identity_racy(&identity, 0));
}

TEST(clock_is_the_file_clock)
{
	struct identity identity;
	int64_t before = clock_now();

	write_file("a", "one");
	identity = identity_read("a");
	assert_true(identity.ctime >= before);
	assert_true(identity_racy(&identity, before));
	wait_for_clock();
	assert_false(identity_racy(&identity, clock_now()));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(content),
		IN_SCRATCH(executable_bit),
		IN_SCRATCH(read_sizes),
		IN_SCRATCH(absent),
		IN_SCRATCH(unreadable),
		IN_SCRATCH(special_files),
		IN_SCRATCH(whole_listing),
		IN_SCRATCH(listing_of_joined_names),
		IN_SCRATCH(listing_of_a_stem),
		IN_SCRATCH(listing_of_a_glob),
		IN_SCRATCH(listing_of_several_globs),
		IN_SCRATCH(listing_of_folders),
		IN_SCRATCH(listing_of_a_group_of_entry_points),
		IN_SCRATCH(links),
		IN_SCRATCH(content_of_a_link),
		IN_SCRATCH(meta),
		IN_SCRATCH(identities),
		cmocka_unit_test(racy),
		IN_SCRATCH(clock_is_the_file_clock),
	};

	return RUN_TESTS(tests);
}
