/* SPDX-License-Identifier: MIT */
/*
 * The paths of records, as nodes of the tree (path_tree.h), and what the fold
 * knows of each node.
 */
#ifndef FTRACE_FOLD_PATHS_H
#define FTRACE_FOLD_PATHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/intern.h"

struct fold;

/* A raw path as recorded, resolved once. */
struct fold_path {
	uint32_t node;
	uint32_t link_first; /* in links */
	uint32_t link_count;
	uint32_t epoch; /* of the tree, when it was resolved */
	bool ignored;
	bool unlooked; /* only what is read of it counts */
};

struct fold_paths {
	struct interner raw; /* number i is list[i] */
	struct fold_path *list;
	size_t count, room;
	uint32_t *links; /* nodes */
	size_t link_count, link_room;
	size_t node_room;      /* of fold->nodes */
	uint32_t root;         /* the project's, a node */
	uint32_t temporary[4]; /* nodes of the system's temporary directories */
	size_t temporary_count;
	uint32_t kernels[2]; /* likewise of /proc and /sys */
};

/* A node of the tree, by its number. */
struct fold_node {
	uint32_t source; /* place in the code's sources, + 1 */
	uint32_t maker;  /* the scope that made it, + 1 */
	bool touched;    /* the session wrote, renamed or removed it */
	bool stirred;    /* the session changed its entries */
	bool aliased;    /* the session gave it one more name */
	bool driven;     /* the runner made it or removed it */
	bool searched;   /* discovery went through its entries */
};

/* Finds the project's root, /proc and the temporary directories. */
void fold_find_places(struct fold *fold);

/* A path, resolved; its place in the list of paths. May move that. */
uint32_t fold_path(
	struct fold *fold, const char *raw, size_t size, bool nofollow);

/* An entry of a directory's node. */
uint32_t fold_child(
	struct fold *fold, uint32_t parent, const char *name, size_t size);

/* True when node is dir or lies below it. */
/* Whether the last part of the node's path is that name. */
bool fold_is_called(const struct fold *fold, uint32_t node, const char *what);
bool fold_below(const struct fold *fold, uint32_t node, uint32_t dir);
bool fold_is_temporary(const struct fold *fold, uint32_t node);
/* Below /proc or /sys: a link (/etc/mtab) leads there to our own state. */
bool fold_is_of_kernel(const struct fold *fold, uint32_t node);

void fold_paths_release(struct fold *fold);

#endif
