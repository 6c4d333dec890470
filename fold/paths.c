/* SPDX-License-Identifier: MIT */
/*
 * The paths of records: which count, and what nodes they are.
 */
#include "fold/paths.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "fold/path_tree.h"
#include "fold/state.h"
#include "runners/tests.h"

static void grow_nodes(struct fold *fold)
{
	size_t old = fold->paths.node_room, room = fold->tree.room;

	if (room <= old)
		return;
	fold->nodes = xreallocarray(fold->nodes, room, sizeof(*fold->nodes));
	memset(fold->nodes + old, 0, (room - old) * sizeof(*fold->nodes));
	fold->paths.node_room = room;
}

static bool paths_has_prefix(const char *path, size_t size, const char *prefix)
{
	size_t n = strlen(prefix);

	return size >= n && !memcmp(path, prefix, n) &&
	       (size == n || path[n] == '/' || prefix[n - 1] == '/');
}

/* One of what the runner itself writes. */
static bool is_runners_own(
	const struct fold *fold, const char *path, size_t size)
{
	const struct runner_tests *tests = fold->options->tests;

	for (size_t i = 0; tests && i < tests->own.count; i++) {
		const char *own = tests->own.list[i];
		size_t n = strlen(own);

		if (size >= n && !memcmp(path, own, n) &&
			(size == n || path[n] == '/'))
			return true;
	}
	return false;
}

/* What is never recorded; docs/reference/limitations.md gives the reasons. */
static bool is_ignored(const struct fold *fold, const char *path, size_t size)
{
	static const char map[] = "/" MAP_DIRECTORY;
	const char *found = memmem(path, size, map, sizeof(map) - 1);

	if (paths_has_prefix(path, size, "/proc") ||
		paths_has_prefix(path, size, "/sys"))
		return true;
	/* Links into /proc: they would be followed to our own descriptors. */
	if (paths_has_prefix(path, size, "/dev/fd") ||
		paths_has_prefix(path, size, "/dev/stdin") ||
		paths_has_prefix(path, size, "/dev/stdout") ||
		paths_has_prefix(path, size, "/dev/stderr"))
		return true;
	/* A file that lies in memory only. */
	if (paths_has_prefix(path, size, "/memfd:"))
		return true;
	/* A map, this project's or that of an ftrace inside this one. */
	if (found && (found + sizeof(map) - 1 == path + size ||
			     found[sizeof(map) - 1] == '/'))
		return true;
	for (size_t i = 0; fold->options->own_paths[i]; i++)
		if (paths_has_prefix(path, size, fold->options->own_paths[i]))
			return true;
	return is_runners_own(fold, path, size);
}

bool fold_is_called(const struct fold *fold, uint32_t node, const char *what)
{
	size_t n;
	const char *name = path_tree_name(&fold->tree, node, &n);

	return n == strlen(what) && !memcmp(name, what, n);
}

/*
 * git's own bookkeeping, which each of its commands rewrites: whoever walks
 * through a checkout comes by it. What git says is in what is read of it, and
 * in which references there are. A project in there is none of it, as where
 * somebody keeps work trees there; nor is what links and ".." lead out to.
 */
static bool is_git_bookkeeping(const struct fold *fold, uint32_t node)
{
	static const char *const told[] = {"HEAD", "packed-refs", "refs"};
	uint32_t inside;

	do {
		inside = node;
		node = fold->tree.nodes[node].parent;
	} while (node != PATH_ROOT && !fold_is_called(fold, node, ".git"));
	if (node == PATH_ROOT || fold_below(fold, fold->paths.root, node))
		return false;
	for (size_t i = 0; i < sizeof(told) / sizeof(*told); i++)
		if (fold_is_called(fold, inside, told[i]))
			return false;
	return true;
}

uint32_t fold_path(
	struct fold *fold, const char *raw, size_t size, bool nofollow)
{
	char key[ARENA_TEXT_MAX + 1];
	struct path_links links;
	struct fold_path *path;
	uint32_t i;

	key[0] = (char)nofollow;
	memcpy(key + 1, raw, size);
	i = intern(&fold->paths.raw, key, size + 1);
	if (i == fold->paths.count) {
		path = array_add(&fold->paths.list, &fold->paths.count,
			&fold->paths.room, sizeof(*path));
		path->ignored = is_ignored(fold, raw, size);
	} else {
		path = &fold->paths.list[i];
		if (path->epoch == fold->tree.epoch)
			return i;
	}
	path->epoch = fold->tree.epoch;
	if (path->ignored)
		return i;
	path->node =
		path_tree_resolve(&fold->tree, raw, size, nofollow, &links);
	path->link_first = (uint32_t)fold->paths.link_count;
	path->link_count = links.count;
	for (unsigned k = 0; k < links.count; k++)
		*(uint32_t *)array_add(&fold->paths.links,
			&fold->paths.link_count, &fold->paths.link_room,
			sizeof(*fold->paths.links)) = links.nodes[k];
	grow_nodes(fold);
	path->unlooked = is_git_bookkeeping(fold, path->node);
	return i;
}

bool fold_below(const struct fold *fold, uint32_t node, uint32_t dir)
{
	while (node != dir && node != PATH_ROOT)
		node = fold->tree.nodes[node].parent;
	return node == dir;
}

bool fold_is_temporary(const struct fold *fold, uint32_t node)
{
	if (fold_below(fold, node, fold->paths.root))
		return false;
	for (size_t i = 0; i < fold->paths.temporary_count; i++)
		if (fold_below(fold, node, fold->paths.temporary[i]))
			return true;
	return false;
}

bool fold_is_of_kernel(const struct fold *fold, uint32_t node)
{
	return fold_below(fold, node, fold->paths.kernels[0]) ||
	       fold_below(fold, node, fold->paths.kernels[1]);
}

uint32_t fold_child(
	struct fold *fold, uint32_t parent, const char *name, size_t size)
{
	uint32_t node = path_tree_child(&fold->tree, parent, name, size);

	grow_nodes(fold);
	return node;
}

static uint32_t place(struct fold *fold, const char *path)
{
	return path_tree_resolve(&fold->tree, path, strlen(path), false, NULL);
}

void fold_find_places(struct fold *fold)
{
	const char *temporary[] = {
		getenv("TMPDIR"), "/tmp", "/var/tmp", "/dev/shm"};

	fold->paths.root = place(fold, fold->options->root);
	for (size_t i = 0; i < 4; i++)
		if (temporary[i] && temporary[i][0] == '/')
			fold->paths.temporary[fold->paths.temporary_count++] =
				place(fold, temporary[i]);
	fold->paths.kernels[0] = place(fold, "/proc");
	fold->paths.kernels[1] = place(fold, "/sys");
}

void fold_paths_release(struct fold *fold)
{
	interner_release(&fold->paths.raw);
	free(fold->paths.list);
	free(fold->paths.links);
	free(fold->nodes);
}
