/* SPDX-License-Identifier: MIT */
/*
 * Finding tests is not running them: what a runner does in a `discover` scope
 * is weighed differently from what happens elsewhere.
 */
#include "fold/discovery.h"

#include <limits.h>
#include <string.h>

#include "fold/inputs.h"
#include "fold/path_tree.h"
#include "fold/paths.h"
#include "fold/scopes.h"
#include "fold/state.h"
#include "fold/steps.h"
#include "runners/adapter.h"

const char *fold_place_name(
	const struct fold *fold, uint32_t node, char *buffer, size_t *size)
{
	size_t root = strlen(fold->options->root);

	*size = path_tree_path(&fold->tree, node, buffer, PATH_MAX);
	if (node == fold->paths.root) {
		*size = 1;
		return ".";
	}
	if (*size <= root || memcmp(buffer, fold->options->root, root) ||
		buffer[root] != '/')
		return buffer;
	*size -= root + 1;
	return buffer + root + 1;
}

/* Whether the runner collects tests from the file of this node. */
bool fold_is_collected(const struct fold *fold, uint32_t node)
{
	char path[PATH_MAX];
	size_t n;
	const char *name = fold_place_name(fold, node, path, &n);

	return fold_find_scope(fold, SCOPE_COLLECT, name, n) != SCOPE_NONE;
}

/*
 * pytest looks for these in every directory it comes through, and the plugin
 * once more in the name of the directory itself, which is what counts.
 */
static bool is_looked_for_elsewhere(
	const struct fold *fold, uint32_t scope, uint32_t node)
{
	const struct recorded_scope *self = &fold->recording.scopes[scope];
	char path[PATH_MAX];
	size_t n;
	const char *name = path_tree_name(&fold->tree, node, &n);

	if (!adapter_inside()->is_passed(name, n))
		return false;
	name = fold_place_name(fold, fold->tree.nodes[node].parent, path, &n);
	if (n == self->name_size && !memcmp(name, self->name, n))
		return false;
	return fold_find_scope(fold, SCOPE_DISCOVER, name, n) != SCOPE_NONE;
}

/*
 * A run that has not found all tests, or passed files by (--lf does), says
 * nothing of what there is in the directories and files that it came by. The
 * map keeps what it knows, so that new files in them stay new.
 */
void fold_unfound(struct fold *fold)
{
	if (!fold->runner.ready || fold->runner.collected)
		return;
	for (uint32_t i = 0; i < fold->scopes.count; i++) {
		struct recorded_scope *scope = &fold->recording.scopes[i];

		if (scope->kind == SCOPE_COLLECT && !fold->scopes.list[i].told)
			scope->unwanted = true;
	}
}

/* Of what is temporary, or gone again, it tells only that others ran. */
static bool listing_counts(const struct fold *fold, uint32_t node)
{
	return !fold_is_temporary(fold, node) &&
	       (fold->tree.nodes[node].identity.mode ||
		       fold_maker(fold, node) == SCOPE_NONE);
}

/*
 * What discovery goes through tells which tests there are, not how one of
 * them ends: its directories, and the files in them. Where the project has
 * hooks of its own, they may have asked whether a file is there: its presence
 * counts. True when the access is of that kind, and dealt with.
 */
bool fold_discovery(struct fold *fold, uint32_t scope, uint32_t node,
	uint32_t block, enum access_kind kind)
{
	/* A run that asks for one directory says nothing of the others. */
	if (kind == ACCESS_LIST && block == fold->no_block) {
		fold_add(fold, scope, node, block, kind,
			listing_counts(fold, node) ? ROLE_LISTED
						   : ROLE_NOTHING);
		return true;
	}
	if (kind == ACCESS_ABSENT)
		return is_looked_for_elsewhere(fold, scope, node);
	if (kind != ACCESS_STAT)
		return false;
	if (fold->nodes[node].searched || fold_is_collected(fold, node) ||
		is_looked_for_elsewhere(fold, scope, node))
		return true;
	/* A look tells whether there is something, and of what kind. */
	if (fold->runner.hooked ||
		!fold->nodes[fold->tree.nodes[node].parent].searched)
		fold_add(fold, scope, node, block, kind, ROLE_PRESENCE);
	return true;
}

/* A directory is looked at before it is gone through: find those first. */
void fold_find_searched(struct fold *fold)
{
	for (size_t i = 0; i < fold->trace->count; i++) {
		const struct trace_event *event = &fold->trace->events[i];
		const struct wire_record *record = event->record;
		uint32_t scope, path;

		if (record->type != RECORD_ACCESS ||
			record->access != ACCESS_LIST || record->head)
			continue;
		scope = fold_event_scope(fold, event);
		if (fold->recording.scopes[scope].kind != SCOPE_DISCOVER)
			continue;
		path = fold_path(fold, record->text, record->size, false);
		if (!fold->paths.list[path].ignored)
			fold->nodes[fold->paths.list[path].node].searched =
				true;
	}
}

/* deep: what is asked for lies below a folder in it. */
static bool searched(
	const struct fold *fold, const char *folder, size_t size, bool deep)
{
	uint32_t i = fold_find_completed(fold, SCOPE_DISCOVER, folder, size);

	return i != SCOPE_NONE && !(deep && fold->scopes.list[i].shallow);
}

bool fold_was_looked_for(const struct fold *fold, const char *id, size_t file)
{
	size_t n = file;
	bool deep = false;

	if (fold_find_completed(fold, SCOPE_DISCOVER, id, file) != SCOPE_NONE)
		return true;
	while (n > 0)
		if (id[--n] == '/') {
			if (searched(fold, id, n, deep))
				return true;
			deep = true;
		}
	return searched(fold, ".", 1, deep);
}
