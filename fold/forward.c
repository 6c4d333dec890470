/* SPDX-License-Identifier: MIT */
/*
 * ftrace inside ftrace: the inner session takes its program out of the outer
 * one's sight, so it tells the outer what it saw, with marks.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fold/path_tree.h"
#include "fold/state.h"
#include "fold/steps.h"
#include "wire/mark.h"

static void forward_say(const char *path)
{
	/* The answer is always no. */
	if (access(path, F_OK) == 0)
		return;
}

static void forward(const struct fold *fold, const struct fold_access *access)
{
	const struct interned *block = &fold->blocks.entries[access->block];
	char path[PATH_MAX], mark[2 * PATH_MAX];

	if (!path_tree_path(&fold->tree, access->node, path, sizeof(path)))
		return;
	for (unsigned kind = 0; kind < ACCESS_KINDS; kind++) {
		if (!(access->kinds & KIND_BIT(kind)))
			continue;
		snprintf(mark, sizeof(mark), MARK_PREFIX "block/%s/%.*s/%s",
			access_kind_name(kind), (int)block->size, block->bytes,
			path);
		forward_say(mark);
	}
}

void fold_forward(const struct fold *fold)
{
	bool lost = false;

	if (!getenv("FTRACE_SESSION"))
		return;
	for (size_t i = 0; i < fold->accesses.count; i++)
		forward(fold, &fold->accesses.list[i]);
	for (size_t i = 0; i < fold->code.source_count; i++)
		forward(fold, &(struct fold_access){
				      .node = fold->code.sources[i].node,
				      .block = fold->no_block,
				      .kinds = KIND_BIT(ACCESS_READ)});
	for (size_t i = 0; i < fold->variables.names.count; i++) {
		char mark[PATH_MAX];

		snprintf(mark, sizeof(mark), MARK_PREFIX "env/%s",
			fold->variables.names.entries[i].bytes);
		forward_say(mark);
	}
	for (size_t i = 0; i < fold->scopes.count; i++)
		lost |= fold->recording.scopes[i].incomplete != NULL;
	if (lost)
		forward_say(MARK_PREFIX "outcome/lost");
}
