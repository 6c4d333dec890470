/* SPDX-License-Identifier: MIT */
/*
 * Symbolic links and directories that the run itself made, moved or removed.
 * A path that crossed one has to be followed as it was then: the trace tells
 * of each link what it was before it went and what it became.
 *
 * The events are gone through twice. The first time finds out what each entry
 * was when the run began: what its first event says it had been. The second
 * time, together with all other events, changes it as the run did.
 */
#include "fold/links.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "fold/path_tree.h"
#include "fold/paths.h"
#include "fold/state.h"

/* What an entry was when the run began. */
struct beginning {
	uint32_t link, moved;
};

struct links {
	struct fold *fold;
	struct beginning *first; /* by place in the list; NULL: second time */
	size_t room;
};

static uint32_t node_of(struct fold *fold, const char *path, size_t size)
{
	uint32_t i = fold_path(fold, path, size, true);

	return fold->paths.list[i].ignored ? PATH_ROOT
					   : fold->paths.list[i].node;
}

static const struct path_node *at(const struct links *links, uint32_t node)
{
	return &links->fold->tree.nodes[node];
}

/* Notes a node before it changes for the first time. */
static void links_note(struct links *links, uint32_t node, uint32_t link)
{
	struct fold *fold = links->fold;
	struct beginning *first;
	size_t count;

	if (!links->first || at(links, node)->link != PATH_LINK_AS_IS ||
		at(links, node)->moved)
		return;
	count = fold->links.count;
	*(uint32_t *)array_add(&fold->links.list, &fold->links.count,
		&fold->links.room, sizeof(*fold->links.list)) = node;
	first = array_add(&links->first, &count, &links->room, sizeof(*first));
	*first = (struct beginning){.link = link};
}

static void change(struct links *links, uint32_t node, uint32_t was,
	uint32_t link, uint32_t moved)
{
	links_note(links, node, was);
	path_tree_set(&links->fold->tree, node, link, moved);
}

/* The entry below `to` that has the place of node below `from`. */
static uint32_t moved_child(
	struct fold *fold, uint32_t node, uint32_t from, uint32_t to)
{
	uint32_t parent = fold->tree.nodes[node].parent;
	const char *name;
	size_t size;

	if (parent != from)
		to = moved_child(fold, parent, from, to);
	name = path_tree_name(&fold->tree, node, &size);
	return path_tree_child(&fold->tree, to, name, size);
}

/* The links inside a directory go with it. */
static void take_children(struct links *links, uint32_t from, uint32_t to)
{
	struct fold *fold = links->fold;
	size_t count = fold->links.count;
	uint32_t mode = fold->tree.nodes[to].identity.mode;

	/* What is a file now was one. */
	if (mode && !S_ISDIR(mode))
		return;
	for (size_t i = 0; i < count; i++) {
		uint32_t node = fold->links.list[i], child, link;

		link = at(links, node)->link;
		if (node == from || link < PATH_LINK_TARGETS ||
			!fold_below(fold, node, from))
			continue;
		child = moved_child(fold, node, from, to);
		change(links, child, PATH_LINK_NONE, link, 0);
		change(links, node, link, PATH_LINK_NONE, 0);
	}
}

static void links_take_rename(struct links *links, uint32_t from, uint32_t to)
{
	uint32_t link = at(links, from)->link;

	if (from == PATH_ROOT || to == PATH_ROOT || from == to)
		return;
	take_children(links, from, to);
	/* As it lies on disk, when nothing comes after. */
	change(links, to, PATH_LINK_NONE,
		link == PATH_LINK_NONE ? PATH_LINK_AS_IS : link, 0);
	if (links->first) {
		links_note(links, from, PATH_LINK_AS_IS);
		for (size_t i = links->fold->links.count; i-- > 0;)
			if (links->fold->links.list[i] == from &&
				!links->first[i].moved) {
				links->first[i].moved = to + 1;
				break;
			}
	}
	change(links, from, link, PATH_LINK_NONE, 0);
}

static void links_take(struct links *links, const struct wire_record *record)
{
	struct fold *fold = links->fold;
	const char *path = record->text + record->head;
	size_t size = record->size - record->head;
	uint32_t node, target;

	if (record->type == RECORD_LINK) {
		node = node_of(fold, path, size);
		target = path_tree_target(
			&fold->tree, record->text, record->head);
		change(links, node,
			record->flags & RECORD_MADE ? PATH_LINK_NONE : target,
			target, 0);
	} else if (record->type == RECORD_RENAME) {
		node = node_of(fold, record->text, record->head);
		links_take_rename(links, node, node_of(fold, path, size));
	} else if (record->type == RECORD_ACCESS &&
		   record->access == ACCESS_UNLINK) {
		node = node_of(fold, path, size);
		if (at(links, node)->link >= PATH_LINK_TARGETS)
			path_tree_set(&fold->tree, node, PATH_LINK_NONE, 0);
	}
}

/* What is not there afterwards may have been in between. */
static void note_transient(struct fold *fold, const struct wire_record *record)
{
	const char *path = record->text + record->head;
	size_t size = record->size - record->head;
	uint32_t node;

	if (record->type == RECORD_RENAME) {
		node = node_of(fold, record->text, record->head);
		fold->tree.nodes[node].transient = true;
	} else if (record->type != RECORD_ACCESS ||
		   KIND_BIT(record->access) & KINDS_INPUT) {
		return;
	}
	node = node_of(fold, path, size);
	fold->tree.nodes[node].transient = true;
}

void fold_links(struct fold *fold)
{
	struct links links = {.fold = fold};

	links.first = xcalloc(1, sizeof(*links.first));
	links.room = 1;
	for (size_t i = 0; i < fold->trace->count; i++) {
		note_transient(fold, fold->trace->events[i].record);
		links_take(&links, fold->trace->events[i].record);
	}
	/* Some were noted twice: what was noted first is what it was. */
	for (size_t i = fold->links.count; i-- > 0;)
		path_tree_set(&fold->tree, fold->links.list[i],
			links.first[i].link, links.first[i].moved);
	free(links.first);
}

void fold_links_after(struct fold *fold, const struct wire_record *record)
{
	struct links links = {.fold = fold};

	links_take(&links, record);
}
