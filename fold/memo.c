/* SPDX-License-Identifier: MIT */
/*
 * Memos: what the module of a source may have kept in memory of the files that
 * were read. Whoever runs a function of the source may get at it.
 */
#include "fold/memo.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "fold/paths.h"
#include "fold/scopes.h"
#include "fold/state.h"

/* The node of the source, which is named as files are in the map. */
static uint32_t source_node(
	struct fold *fold, const struct recorded_scope *scope)
{
	const char *root = fold->options->root;
	bool outside = scope->name_size && scope->name[0] == '/';
	char *path;
	uint32_t i;

	if (outside)
		path = xmemdup(scope->name, scope->name_size);
	else
		path = xasprintf("%s/%.*s", strcmp(root, "/") ? root : "",
			(int)scope->name_size, scope->name);
	i = fold_path(fold, path, strlen(path), false);
	free(path);
	return fold->paths.list[i].ignored ? PATH_ROOT
					   : fold->paths.list[i].node;
}

void fold_memos(struct fold *fold)
{
	for (uint32_t i = 0; i < fold->scopes.count; i++) {
		const struct recorded_scope *scope = &fold->recording.scopes[i];
		struct fold_memo *memo;

		if (scope->kind != SCOPE_MEMO || !scope->name_size)
			continue;
		memo = array_add(&fold->memos.list, &fold->memos.count,
			&fold->memos.room, sizeof(*memo));
		memo->scope = i;
		memo->node = source_node(fold, scope);
	}
}

void fold_use_memos(struct fold *fold, uint32_t scope, uint32_t node)
{
	for (size_t i = 0; i < fold->memos.count; i++)
		if (fold->memos.list[i].node == node)
			fold_use(fold, scope, fold->memos.list[i].scope);
}
