/* SPDX-License-Identifier: MIT */
#include "tests/unit/scratch.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fold/path_tree.h"

static struct path_tree tree;
static struct path_links links;

static int enter(void **state)
{
	if (scratch_enter(state))
		return -1;
	path_tree_init(&tree);
	return 0;
}

static int leave(void **state)
{
	path_tree_release(&tree);
	return scratch_leave(state);
}

static uint32_t resolve_absolute(const char *path, bool nofollow)
{
	return path_tree_resolve(&tree, path, strlen(path), nofollow, &links);
}

static uint32_t resolve(const char *name)
{
	return resolve_absolute(scratch_path(name), false);
}

static void expect_node(uint32_t node, const char *path)
{
	char buffer[PATH_MAX];
	size_t n = path_tree_path(&tree, node, buffer, sizeof(buffer));

	assert_string_equal(buffer, path);
	assert_int_equal(n, strlen(path));
}

static void expect(const char *name, const char *resolved, unsigned crossed)
{
	expect_node(resolve(name), scratch_path(resolved));
	assert_int_equal(links.count, crossed);
}

TEST(plain_paths)
{
	make_directory("d");
	write_file("d/a", "");
	expect("d/a", "d/a", 0);
	expect("d//a", "d/a", 0);
	expect("./d/./a", "d/a", 0);
	expect("d/a/", "d/a", 0);
	assert_true(S_ISREG(tree.nodes[resolve("d/a")].identity.mode));
	assert_true(S_ISDIR(tree.nodes[resolve("d")].identity.mode));
	assert_int_equal(resolve("d/a"), resolve("d/../d/a"));
}

TEST(the_root)
{
	expect_node(resolve_absolute("/", false), "/");
	expect_node(resolve_absolute("//", false), "/");
	expect_node(resolve_absolute("/..", false), "/");
	expect_node(resolve_absolute("/../../etc", false), "/etc");
	assert_int_equal(resolve_absolute("/.", false), PATH_ROOT);
}

TEST(absent_tails)
{
	write_file("a", "");
	make_directory("d");
	expect("missing", "missing", 0);
	assert_int_equal(tree.nodes[resolve("missing")].identity.mode, 0);
	expect("missing/b/c", "missing/b/c", 0);
	/* The kernel does not get to the second part. */
	expect("missing/../a", "missing", 0);
	expect("a/below", "a/below", 0);
	assert_int_equal(tree.nodes[resolve("a/below")].identity.mode, 0);
}

TEST(parents)
{
	make_directory("d");
	make_directory("d/e");
	expect("d/e/..", "d", 0);
	expect_node(resolve("d/e/../.."), scratch_root());
}

/* `..` after a link is the parent of where it leads. */
TEST(parents_of_links)
{
	make_directory("d");
	make_directory("d/e");
	write_file("d/a", "");
	make_link("d/e", "link");
	expect("link/../a", "d/a", 1);
}

TEST(chains_of_links)
{
	make_directory("d");
	write_file("d/a", "");
	make_link("two", "one");
	make_link("three", "two");
	make_link("d/a", "three");
	expect("one", "d/a", 3);
	expect_node(links.nodes[0], scratch_path("one"));
	expect_node(links.nodes[1], scratch_path("two"));
	expect_node(links.nodes[2], scratch_path("three"));
	make_link("../one", "d/back");
	expect("d/back", "d/a", 4);
}

TEST(links_on_the_way)
{
	make_directory("d");
	write_file("d/a", "");
	make_link("d", "link");
	expect("link/a", "d/a", 1);
	expect("link/missing", "d/missing", 1);
	expect("link/", "d", 1);
}

TEST(absolute_links)
{
	make_directory("d");
	write_file("d/a", "");
	make_link(scratch_path("d/a"), "link");
	expect("link", "d/a", 1);
	make_link("/", "top");
	expect_node(resolve("top"), "/");
	expect_node(resolve("top/etc"), "/etc");
}

TEST(dangling_links)
{
	make_link("nowhere/at/all", "link");
	expect("link", "nowhere/at/all", 1);
	assert_int_equal(tree.nodes[resolve("link")].identity.mode, 0);
}

TEST(nofollow)
{
	make_directory("d");
	write_file("d/a", "");
	make_link("d/a", "link");
	make_link("d", "dir");
	expect_node(resolve_absolute(scratch_path("link"), true),
		scratch_path("link"));
	assert_int_equal(links.count, 0);
	expect_node(resolve_absolute(scratch_path("dir/a"), true),
		scratch_path("d/a"));
	assert_int_equal(links.count, 1);
	/* With a slash at the end the kernel follows all the same. */
	expect_node(resolve_absolute(scratch_path("dir/"), true),
		scratch_path("d"));
	assert_int_equal(links.count, 1);
}

TEST(loops)
{
	make_link("self", "self");
	make_link("b", "a");
	make_link("a", "b");
	make_link("deep/x", "deep");
	resolve("self");
	assert_int_equal(links.count, PATH_LINKS_MAX);
	resolve("a/below");
	assert_int_equal(links.count, PATH_LINKS_MAX);
	resolve("deep/y");
	assert_int_equal(links.count, PATH_LINKS_MAX);
}

/* Each name is two links: an exponential walk unless it is given up. */
TEST(bombs)
{
	char name[8], target[16];

	for (int i = 0; i < 30; i++) {
		snprintf(name, sizeof(name), "l%d", i);
		snprintf(target, sizeof(target), "l%d/l%d", i + 1, i + 1);
		make_link(target, name);
	}
	make_link(".", "l30");
	resolve("l0");
	assert_int_equal(links.count, PATH_LINKS_MAX);
}

TEST(looked_at_once)
{
	uint32_t node = resolve("later");

	assert_int_equal(tree.nodes[node].identity.mode, 0);
	write_file("later", "");
	assert_int_equal(resolve("later"), node);
	assert_int_equal(tree.nodes[node].identity.mode, 0);
}

TEST(long_names)
{
	static char path[20000];
	char buffer[PATH_MAX];
	size_t n = strlen(scratch_root());
	uint32_t node;

	memset(path, 'x', sizeof(path) - 1);
	memcpy(path, scratch_root(), n);
	path[n] = '/';
	node = resolve_absolute(path, false);
	assert_int_equal(tree.nodes[node].identity.mode, 0);
	for (size_t i = n; i < sizeof(path) - 1; i += 2)
		path[i] = '/';
	node = resolve_absolute(path, false);
	assert_int_equal(
		path_tree_path(&tree, node, buffer, sizeof(buffer)), 0);
}

TEST(small_buffers)
{
	char buffer[8];

	assert_int_equal(path_tree_path(&tree, PATH_ROOT, buffer, 1), 0);
	assert_int_equal(path_tree_path(&tree, PATH_ROOT, buffer, 2), 1);
	assert_int_equal(path_tree_path(&tree, resolve_absolute("/etc", false),
				 buffer, 4),
		0);
	assert_int_equal(path_tree_path(&tree, resolve_absolute("/etc", false),
				 buffer, 5),
		4);
	assert_string_equal(buffer, "/etc");
}

TEST(children)
{
	uint32_t dir, child;
	size_t size;

	make_directory("d");
	write_file("d/a", "");
	dir = resolve("d");
	child = path_tree_child(&tree, dir, "a", 1);
	assert_int_equal(child, resolve("d/a"));
	assert_true(S_ISREG(tree.nodes[child].identity.mode));
	assert_memory_equal(path_tree_name(&tree, child, &size), "a", 1);
	assert_int_equal(size, 1);
	path_tree_name(&tree, PATH_ROOT, &size);
	assert_int_equal(size, 0);
}

#define HERE(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HERE(plain_paths),
		HERE(the_root),
		HERE(absent_tails),
		HERE(parents),
		HERE(parents_of_links),
		HERE(chains_of_links),
		HERE(links_on_the_way),
		HERE(absolute_links),
		HERE(dangling_links),
		HERE(nofollow),
		HERE(loops),
		HERE(bombs),
		HERE(looked_at_once),
		HERE(long_names),
		HERE(small_buffers),
		HERE(children),
	};

	return RUN_TESTS(tests);
}
