/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "fold/path_tree.h"
#include "tests/fuzz/fuzz.h"

static void make_links(void)
{
	static const char *const links[][2] = {{".", "a"}, {"..", "b"},
		{"b/a", "c"}, {"d", "d"}, {"/", "e"}, {"d/a/../b", "f"},
		{"a/a/a/a", "g"}, {"g/g", "h"}, {"missing/x", "i"}};

	if (chdir(fuzz_directory()) < 0)
		abort();
	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++)
		if (symlink(links[i][0], links[i][1]) < 0)
			abort();
}

/* A resolved path resolves to itself, unless it leads through a loop. */
static void resolve(
	struct path_tree *tree, const char *path, size_t size, bool nofollow)
{
	struct path_links links;
	char buffer[PATH_MAX];
	uint32_t node = path_tree_resolve(tree, path, size, nofollow, &links);
	size_t n = path_tree_path(tree, node, buffer, sizeof(buffer));

	if (node >= tree->count || links.count > PATH_LINKS_MAX)
		abort();
	if (n && links.count < PATH_LINKS_MAX &&
		path_tree_resolve(tree, buffer, n, true, NULL) != node)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool made;
	struct path_tree tree;
	char *path;

	if (!made)
		make_links();
	made = true;
	path = xasprintf("%s/", fuzz_directory());
	path = xreallocarray(path, strlen(path) + size + 1, 1);
	memcpy(path + strlen(path), data, size);
	size += strlen(fuzz_directory()) + 1;
	path_tree_init(&tree);
	resolve(&tree, path, size, false);
	resolve(&tree, path, size, true);
	/* Records are not NUL-terminated, and may say anything. */
	path_tree_resolve(&tree, path + strlen(fuzz_directory()),
		size - strlen(fuzz_directory()), false, NULL);
	path_tree_release(&tree);
	free(path);
	return 0;
}
