/* SPDX-License-Identifier: MIT */
/*
 * Paths as the kernel resolves them. Each directory entry that a path
 * crosses is looked at once and remembered; symbolic links are followed here,
 * and every one crossed is told to the caller, because what it points to is
 * something the traced program depended on.
 *
 * The tree is built after the run. A symbolic link that came or went during
 * it is followed as it was at the time that the caller has set.
 */
#ifndef FTRACE_FOLD_PATH_TREE_H
#define FTRACE_FOLD_PATH_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/intern.h"
#include "map/print.h"

#define PATH_ROOT 0u

/* Links followed before a path is given up as a loop; the kernel's number. */
#define PATH_LINKS_MAX 40

/* What path_node.link can be, other than a target's number. */
enum path_link {
	PATH_LINK_AS_IS, /* as it is on disk now */
	PATH_LINK_NONE,
	PATH_LINK_TARGETS, /* and more: 2 + its number in targets */
};

struct path_node {
	uint32_t parent;
	bool looked;
	uint32_t link;  /* at the time in question: enum path_link */
	uint32_t moved; /* 1 + the node that it was renamed to later; 0 */
	bool transient; /* it came or went during the run */
	bool crossed;   /* some path asked whether it is a link */
	struct identity identity; /* mode 0: not there */
};

struct path_tree {
	/* Keys: four bytes of the parent's number, then the name. */
	struct interner names;
	struct path_node *nodes;
	size_t count, room;
	int64_t seen; /* the clock before the first look */
	struct interner targets;
	uint32_t epoch; /* counts changes that a resolved path may have met */
};

/* The links that one resolution crossed. */
struct path_links {
	uint32_t nodes[PATH_LINKS_MAX];
	unsigned count;
};

void path_tree_init(struct path_tree *tree);
void path_tree_release(struct path_tree *tree);

/*
 * The node of an absolute path. With nofollow a final link stays a link.
 * links may be NULL.
 */
uint32_t path_tree_resolve(struct path_tree *tree, const char *path,
	size_t size, bool nofollow, struct path_links *links);

/*
 * From now on the node is a link with that target (enum path_link), and was
 * to be renamed to another node (its number + 1, or 0).
 */
void path_tree_set(
	struct path_tree *tree, uint32_t node, uint32_t link, uint32_t moved);
uint32_t path_tree_target(
	struct path_tree *tree, const char *target, size_t size);

/* The entry `name` of a directory node, looked at. */
uint32_t path_tree_child(
	struct path_tree *tree, uint32_t parent, const char *name, size_t size);

/* The last name of a node; "" for the root. */
const char *path_tree_name(
	const struct path_tree *tree, uint32_t node, size_t *size);

/*
 * Writes the absolute path of a node to buffer; its length, or 0 when the
 * buffer is too small.
 */
size_t path_tree_path(
	const struct path_tree *tree, uint32_t node, char *buffer, size_t size);

#endif
