/* SPDX-License-Identifier: MIT */
/*
 * Each recorded access to what it says about the scope it happened in. What
 * the session made itself is not an input (inputs.c).
 */
#include "fold/accesses.h"

#include <sys/stat.h>

#include "fold/discovery.h"
#include "fold/driver.h"
#include "fold/handed.h"
#include "fold/inputs.h"
#include "fold/outputs.h"
#include "fold/path_tree.h"
#include "fold/paths.h"
#include "fold/scopes.h"
#include "fold/settings.h"
#include "fold/shared.h"
#include "fold/state.h"
#include "fold/tests.h"
#include "languages/language.h"

/* Not a look at whether there is a repository. */
static bool is_git_walk(const struct fold *fold, const struct fold_path *path,
	enum access_kind kind)
{
	if (kind == ACCESS_LIST && fold_is_called(fold, path->node, ".git"))
		return true;
	return path->unlooked && (kind == ACCESS_STAT || kind == ACCESS_LIST);
}

/* The language whose compiled files the folder holds, or NULL. */
static const struct language *cache_of(const struct fold *fold, uint32_t node)
{
	size_t n;
	const char *name = path_tree_name(&fold->tree, node, &n);

	return language_of_cache(name, n);
}

static bool accesses_is_cache(const struct fold *fold, uint32_t node)
{
	return cache_of(fold, node) != NULL;
}

static void touch(struct fold *fold, uint32_t node)
{
	fold->nodes[node].touched = true;
	fold->nodes[fold->tree.nodes[node].parent].stirred = true;
}

static void take_change(struct fold *fold, uint32_t scope, uint32_t node,
	enum access_kind kind, bool made)
{
	uint32_t mode = fold->tree.nodes[node].identity.mode;

	fold_add(fold, scope, node, 0, kind, ROLE_FACT);
	/* What is written to /dev/null is not there for the next to read. */
	if (S_ISCHR(mode) || S_ISBLK(mode))
		return;
	touch(fold, node);
	if (!made)
		return;
	fold->nodes[node].maker = scope + 1;
	if (!accesses_is_cache(fold, fold->tree.nodes[node].parent))
		fold->nodes[node].driven =
			fold->accesses.by_runner && fold_is_driver(fold, scope);
}

/* Of a compiled file its source, when that is there. */
static uint32_t accesses_source_of(
	struct fold *fold, uint32_t node, bool *in_cache)
{
	uint32_t dir = fold->tree.nodes[node].parent, source;
	const struct language *language = cache_of(fold, dir);
	char file[LANGUAGE_NAME_MAX];
	size_t n;
	const char *name = path_tree_name(&fold->tree, node, &n);

	*in_cache = language != NULL;
	n = language ? language->source_of(name, n, file) : 0;
	if (!n)
		return node;
	source = fold_child(fold, fold->tree.nodes[dir].parent, file, n);
	return fold->tree.nodes[source].identity.mode ? source : node;
}

static void take_access(struct fold *fold, uint32_t scope, uint32_t node,
	uint32_t block, enum access_kind kind, unsigned flags)
{
	bool in_cache;
	uint32_t source;

	/* Who imports first makes the folder, and nobody depends on that. */
	if (accesses_is_cache(fold, node)) {
		fold_add(fold, scope, node, 0, kind, ROLE_FACT);
		if (!(KIND_BIT(kind) & KINDS_INPUT))
			touch(fold, node);
		return;
	}
	source = accesses_source_of(fold, node, &in_cache);
	if (!(KIND_BIT(kind) & KINDS_INPUT)) {
		take_change(fold, scope, node, kind,
			kind == ACCESS_UNLINK || flags & RECORD_MADE);
		return;
	}
	if (!in_cache || source == node) {
		fold_input(fold, scope, node, block, kind);
		return;
	}
	/* Reading compiled code is reading its source; the cache is neither
	 * an input nor something that a test looked for. */
	fold_add(fold, scope, node, 0, kind, ROLE_FACT);
	if (kind == ACCESS_READ)
		fold_input(fold, scope, source, 0, ACCESS_READ);
}

static void take_resolved(struct fold *fold, const struct trace_event *event,
	uint32_t i, uint32_t block, enum access_kind kind, unsigned flags)
{
	uint32_t scope = fold_event_scope(fold, event);
	struct fold_path path = fold->paths.list[i];

	if (path.ignored)
		return;
	if (flags & RECORD_LINKED)
		fold->nodes[path.node].aliased = true;
	/* A link that was looked at, whatever the call, is read. */
	if (kind == ACCESS_STAT &&
		S_ISLNK(fold->tree.nodes[path.node].identity.mode))
		kind = ACCESS_LINK;
	/* Refused, and we cannot see it either: as good as not there. */
	if (flags & RECORD_REFUSED &&
		!fold->tree.nodes[path.node].identity.mode &&
		!fold->tree.nodes[path.node].transient)
		kind = ACCESS_ABSENT;
	/* It is said before the file is opened: perhaps there was none. */
	if (fold->recording.scopes[scope].kind == SCOPE_MEMO &&
		!fold->tree.nodes[path.node].identity.mode)
		kind = ACCESS_ABSENT;
	for (uint32_t k = 0; k < path.link_count; k++)
		fold_input(fold, scope, fold->paths.links[path.link_first + k],
			0, ACCESS_LINK);
	if (fold_is_of_kernel(fold, path.node))
		return;
	if (is_git_walk(fold, &path, kind))
		return;
	if (fold_shared_explains(fold, scope, path.node, kind) ||
		fold_driver_explains(fold, scope, path.node, kind))
		return;
	/* It wanted a directory to be made, which was there. */
	if (flags & RECORD_REFUSED && kind == ACCESS_STAT &&
		fold->accesses.by_runner && fold_is_driver(fold, scope) &&
		S_ISDIR(fold->tree.nodes[path.node].identity.mode))
		return;
	if (fold->runner.gave_up && kind == ACCESS_STAT &&
		(scope == fold->base ||
			fold->recording.scopes[scope].kind == SCOPE_DISCOVER))
		return;
	if (fold->recording.scopes[scope].kind == SCOPE_DISCOVER &&
		fold_discovery(fold, scope, path.node, block, kind))
		return;
	/* The runner looks at the files it was asked for before its adapter is
	 * there to say so; each test uses the file it is in anyway. */
	if (kind == ACCESS_STAT && scope == fold->base &&
		event->clock < fold->images[event->image].ready &&
		fold_is_collected(fold, path.node))
		return;
	if (kind == ACCESS_STAT &&
		(block != fold->no_block ||
			fold_finds_program(fold, event->image, path.node))) {
		fold_add(fold, scope, path.node, fold->no_block, kind,
			ROLE_PRESENCE);
		return;
	}
	if (block == fold->no_block && scope == fold->base &&
		(fold_is_declared(fold, event, path.node, kind) ||
			fold_is_handed(fold, event, path.node, kind)))
		return;
	if (kind == ACCESS_LIST && scope == fold->base) {
		if (block != fold->no_block)
			fold_declare_listing(fold, event, path.node);
		else if (event->clock < fold->images[event->image].ready &&
			 !fold->accesses.late)
			return; /* its turn is when all is declared */
	}
	take_access(fold, scope, path.node, block, kind, flags);
}

void fold_take(struct fold *fold, const struct trace_event *event,
	uint32_t path, enum access_kind kind)
{
	take_resolved(fold, event, path, fold->no_block, kind, 0);
}

void fold_take_path(struct fold *fold, const struct trace_event *event,
	const char *raw, size_t size, uint32_t block, enum access_kind kind,
	unsigned flags)
{
	bool nofollow = flags & RECORD_NOFOLLOW || kind == ACCESS_LINK ||
			kind == ACCESS_RENAME || kind == ACCESS_UNLINK;

	take_resolved(fold, event, fold_path(fold, raw, size, nofollow), block,
		kind, flags);
}

void fold_take_rename(struct fold *fold, const struct trace_event *event)
{
	const struct wire_record *record = event->record;
	uint32_t scope = fold_event_scope(fold, event);
	uint32_t from, to, maker;

	from = fold_path(fold, record->text, record->head, true);
	to = fold_path(fold, record->text + record->head,
		record->size - record->head, true);
	if (fold->paths.list[from].ignored || fold->paths.list[to].ignored)
		return;
	from = fold->paths.list[from].node;
	to = fold->paths.list[to].node;
	maker = fold_maker(fold, from);
	/* What others made before the session moves along: an input. */
	if (maker == SCOPE_NONE && !fold_is_temporary(fold, from))
		fold_input(fold, scope, from, 0, ACCESS_STAT);
	take_change(fold, scope, from, ACCESS_RENAME, true);
	take_change(fold, scope, to, ACCESS_WRITE, true);
	if (maker != SCOPE_NONE)
		fold->nodes[to].maker = maker + 1;
}
