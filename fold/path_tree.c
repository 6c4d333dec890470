/* SPDX-License-Identifier: MIT */
#include "fold/path_tree.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"

#define PARENT_BYTES sizeof(uint32_t)

/* Renames of directories inside each other that are followed. */
#define MOVES_MAX 64

/* Longer names exist in no file system (NAME_MAX is 255). */
#define NAME_BYTES 1024

void path_tree_init(struct path_tree *tree)
{
	uint32_t none = UINT32_MAX;
	struct path_node *root;

	memset(tree, 0, sizeof(*tree));
	tree->seen = clock_now();
	intern(&tree->names, &none, sizeof(none));
	root = array_add(
		&tree->nodes, &tree->count, &tree->room, sizeof(*root));
	root->looked = true;
	root->identity = identity_read("/");
}

void path_tree_release(struct path_tree *tree)
{
	interner_release(&tree->names);
	interner_release(&tree->targets);
	free(tree->nodes);
	memset(tree, 0, sizeof(*tree));
}

const char *path_tree_name(
	const struct path_tree *tree, uint32_t node, size_t *size)
{
	const struct interned *entry = &tree->names.entries[node];

	*size = entry->size - PARENT_BYTES;
	return entry->bytes + PARENT_BYTES;
}

size_t path_tree_path(
	const struct path_tree *tree, uint32_t node, char *buffer, size_t size)
{
	char reversed[PATH_MAX];
	size_t at = sizeof(reversed), n;
	const char *name;

	if (node == PATH_ROOT)
		return size > 1 ? (memcpy(buffer, "/", 2), 1) : 0;
	for (; node != PATH_ROOT; node = tree->nodes[node].parent) {
		name = path_tree_name(tree, node, &n);
		if (n + 1 > at)
			return 0;
		at -= n;
		memcpy(reversed + at, name, n);
		reversed[--at] = '/';
	}
	n = sizeof(reversed) - at;
	if (n + 1 > size)
		return 0;
	memcpy(buffer, reversed + at, n);
	buffer[n] = '\0';
	return n;
}

static void path_tree_look(struct path_tree *tree, uint32_t node)
{
	char path[PATH_MAX];
	uint32_t parent = tree->nodes[node].parent;

	tree->nodes[node].looked = true;
	if (S_ISDIR(tree->nodes[parent].identity.mode) &&
		path_tree_path(tree, node, path, sizeof(path)))
		tree->nodes[node].identity = identity_read(path);
}

uint32_t path_tree_child(
	struct path_tree *tree, uint32_t parent, const char *name, size_t size)
{
	char key[PARENT_BYTES + NAME_BYTES];
	uint32_t node;
	struct path_node *fresh;

	if (size > NAME_BYTES)
		size = NAME_BYTES;
	memcpy(key, &parent, PARENT_BYTES);
	memcpy(key + PARENT_BYTES, name, size);
	node = intern(&tree->names, key, PARENT_BYTES + size);
	if (node == tree->count) {
		fresh = array_add(&tree->nodes, &tree->count, &tree->room,
			sizeof(*fresh));
		fresh->parent = parent;
		path_tree_look(tree, node);
	}
	return node;
}

void path_tree_set(
	struct path_tree *tree, uint32_t node, uint32_t link, uint32_t moved)
{
	struct path_node *at = &tree->nodes[node];

	if (at->link == link && at->moved == moved)
		return;
	at->link = link;
	at->moved = moved;
	tree->epoch += at->crossed;
}

uint32_t path_tree_target(
	struct path_tree *tree, const char *target, size_t size)
{
	return PATH_LINK_TARGETS + intern(&tree->targets, target, size);
}

/*
 * Where the node's entry lies now, when it or a directory above it was renamed
 * during the run. The length, 0 when none was.
 */
static size_t moved_path(const struct path_tree *tree, uint32_t node,
	unsigned depth, char *buffer, size_t size)
{
	uint32_t moved = tree->nodes[node].moved;
	const char *name;
	size_t n = 0, name_size;

	if (node == PATH_ROOT || depth == 0)
		return 0;
	if (moved) {
		if (!tree->nodes[moved - 1].identity.mode)
			n = moved_path(
				tree, moved - 1, depth - 1, buffer, size);
		return n ? n : path_tree_path(tree, moved - 1, buffer, size);
	}
	n = moved_path(tree, tree->nodes[node].parent, depth - 1, buffer, size);
	name = path_tree_name(tree, node, &name_size);
	if (!n || n + name_size + 2 > size)
		return 0;
	buffer[n++] = '/';
	memcpy(buffer + n, name, name_size);
	buffer[n + name_size] = '\0';
	return n + name_size;
}

/* The target of the node, a link at the time in question; 0: it is none. */
static size_t link_target(
	const struct path_tree *tree, uint32_t node, char *target, size_t size)
{
	const struct path_node *at = &tree->nodes[node];
	const struct interned *known;
	char path[PATH_MAX];
	ssize_t n;

	if (at->link == PATH_LINK_NONE)
		return 0;
	if (at->link >= PATH_LINK_TARGETS) {
		known = &tree->targets.entries[at->link - PATH_LINK_TARGETS];
		if (known->size > size)
			return 0;
		memcpy(target, known->bytes, known->size);
		return known->size;
	}
	if (at->identity.mode ? !S_ISLNK(at->identity.mode) ||
					!path_tree_path(
						tree, node, path, sizeof(path))
			      : !moved_path(tree, node, MOVES_MAX, path,
					sizeof(path)))
		return 0;
	n = readlink(path, target, size);
	return n > 0 ? (size_t)n : 0;
}

struct walk {
	struct path_tree *tree;
	struct path_links *links;
	unsigned followed;
};

static uint32_t walk_path(struct walk *walk, uint32_t from, const char *path,
	size_t size, bool nofollow);

/* Where the node leads when it is a link, seen from where it lies. */
static uint32_t walk_link(struct walk *walk, uint32_t node)
{
	char target[PATH_MAX];
	size_t n;

	walk->tree->nodes[node].crossed = true;
	n = link_target(walk->tree, node, target, sizeof(target));
	if (!n)
		return node;
	if (walk->links && walk->links->count < PATH_LINKS_MAX)
		walk->links->nodes[walk->links->count++] = node;
	if (++walk->followed > PATH_LINKS_MAX)
		return node;
	return walk_path(
		walk, walk->tree->nodes[node].parent, target, n, false);
}

static bool never_there(const struct path_tree *tree, uint32_t node)
{
	return !tree->nodes[node].identity.mode && !tree->nodes[node].transient;
}

/* Where the kernel gave up on the way to the node. */
static uint32_t first_absent(const struct path_tree *tree, uint32_t node)
{
	while (never_there(tree, tree->nodes[node].parent))
		node = tree->nodes[node].parent;
	return node;
}

static uint32_t walk_path(struct walk *walk, uint32_t from, const char *path,
	size_t size, bool nofollow)
{
	const char *end = path + size;
	uint32_t node = *path == '/' ? PATH_ROOT : from;

	while (path < end) {
		const char *name = path;
		bool last;

		while (path < end && *path != '/')
			path++;
		size_t n = (size_t)(path - name);
		while (path < end && *path == '/')
			path++;
		/* A slash at the end follows a link even under nofollow. */
		last = path == end && end[-1] != '/';
		if (n == 0 || (n == 1 && *name == '.'))
			continue;
		if (n == 2 && name[0] == '.' && name[1] == '.') {
			if (never_there(walk->tree, node))
				return first_absent(walk->tree, node);
			node = walk->tree->nodes[node].parent;
			continue;
		}
		node = path_tree_child(walk->tree, node, name, n);
		if (!(last && nofollow))
			node = walk_link(walk, node);
	}
	return node;
}

uint32_t path_tree_resolve(struct path_tree *tree, const char *path,
	size_t size, bool nofollow, struct path_links *links)
{
	struct walk walk = {.tree = tree, .links = links};

	if (links)
		links->count = 0;
	return walk_path(&walk, PATH_ROOT, path, size, nofollow);
}
