/* SPDX-License-Identifier: MIT */
/*
 * The second step of a fold: each recorded access to what it says about the
 * scope it happened in.
 *
 * What the session made itself is not an input. A scope that meets something
 * another scope made uses that scope: it inherits what the maker read.
 */
#include "fold/accesses.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "fold/code.h"
#include "fold/commit.h"
#include "fold/discovery.h"
#include "fold/driver.h"
#include "fold/handed.h"
#include "fold/links.h"
#include "fold/loader.h"
#include "fold/outputs.h"
#include "fold/path_tree.h"
#include "fold/paths.h"
#include "fold/scopes.h"
#include "fold/settings.h"
#include "fold/state.h"
#include "fold/steps.h"
#include "fold/tests.h"
#include "fold/variable.h"
#include "languages/language.h"

static bool accesses_is_called(
	const struct fold *fold, uint32_t node, const char *what)
{
	size_t n;
	const char *name = path_tree_name(&fold->tree, node, &n);

	return n == strlen(what) && !memcmp(name, what, n);
}

/* Not a look at whether there is a repository. */
static bool is_git_walk(const struct fold *fold, const struct fold_path *path,
	enum access_kind kind)
{
	if (kind == ACCESS_LIST && accesses_is_called(fold, path->node, ".git"))
		return true;
	return path->unlooked && (kind == ACCESS_STAT || kind == ACCESS_LIST);
}

void fold_add(struct fold *fold, uint32_t scope, uint32_t node, uint32_t block,
	enum access_kind kind, enum access_role role)
{
	uint32_t key[4] = {scope, node, block, role};
	uint32_t i = intern(&fold->accesses.keys, key, sizeof(key));
	struct fold_access *access;

	if (i == fold->accesses.count) {
		access = array_add(&fold->accesses.list, &fold->accesses.count,
			&fold->accesses.room, sizeof(*access));
		*access = (struct fold_access){.scope = scope,
			.node = node,
			.block = block,
			.role = role,
			.by_runner = true};
	}
	fold->accesses.list[i].kinds |= KIND_BIT(kind);
	fold->accesses.list[i].by_runner &= fold->accesses.by_runner;
}

uint32_t fold_maker(const struct fold *fold, uint32_t node)
{
	for (;;) {
		if (fold->nodes[node].maker)
			return fold->nodes[node].maker - 1;
		if (node == PATH_ROOT)
			return SCOPE_NONE;
		node = fold->tree.nodes[node].parent;
	}
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

/*
 * An input. Of a directory that somebody else in the session made under the
 * system's temporary directory, the entries tell only that others ran.
 */
void fold_input(struct fold *fold, uint32_t scope, uint32_t node,
	uint32_t block, enum access_kind kind)
{
	uint32_t maker = fold_maker(fold, node);
	const struct path_node *there = &fold->tree.nodes[node];
	enum access_role role = ROLE_INPUT;

	if (maker == SCOPE_NONE) {
		bool crowd =
			kind == ACCESS_LIST && fold_is_temporary(fold, node);

		fold_add(fold, scope, node, block, kind,
			crowd ? ROLE_FACT : ROLE_INPUT);
		return;
	}
	/* What others made and a module keeps leads to them by other ways. */
	if (fold->recording.scopes[scope].kind == SCOPE_MEMO) {
		fold_add(fold, scope, node, block, kind, ROLE_FACT);
		return;
	}
	if (maker != scope && (kind == ACCESS_READ || kind == ACCESS_EXEC ||
				      !fold_is_temporary(fold, node)))
		fold_use(fold, scope, maker);
	/* What stays when the run is over can be changed by others later. */
	if (maker == scope || !there->identity.mode ||
		fold_is_temporary(fold, node))
		role = ROLE_FACT;
	fold_add(fold, scope, node, block, kind, role);
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
	if (fold_driver_explains(fold, scope, path.node, kind))
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

static void accesses_take_path(struct fold *fold,
	const struct trace_event *event, const char *raw, size_t size,
	uint32_t block, enum access_kind kind, unsigned flags)
{
	bool nofollow = flags & RECORD_NOFOLLOW || kind == ACCESS_LINK ||
			kind == ACCESS_RENAME || kind == ACCESS_UNLINK;

	take_resolved(fold, event, fold_path(fold, raw, size, nofollow), block,
		kind, flags);
}

static void accesses_take_rename(
	struct fold *fold, const struct trace_event *event)
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

static void take_event(struct fold *fold, const struct trace_event *event)
{
	const struct wire_record *record = event->record;
	const char *path = record->text + record->head;
	size_t size = record->size - record->head;
	uint32_t block = fold->no_block;

	if (fold_asks_commit(fold, event))
		return;
	fold->accesses.by_runner = fold->images[event->image].ready != 0;
	switch (record->type) {
	case RECORD_ACCESS:
		if (record->head)
			block = intern(
				&fold->blocks, record->text, record->head);
		accesses_take_path(fold, event, path, size, block,
			(enum access_kind)record->access, record->flags);
		break;
	case RECORD_HELLO:
		if (size)
			accesses_take_path(
				fold, event, path, size, block, ACCESS_EXEC, 0);
		fold_loader_files(fold, event);
		break;
	case RECORD_SEARCH:
		fold_loader_search(fold, event);
		break;
	case RECORD_OBJECT:
		accesses_take_path(
			fold, event, path, size, block, ACCESS_READ, 0);
		break;
	case RECORD_EXEC:
		if (record->flags & RECORD_UNTRACED)
			accesses_take_path(
				fold, event, path, size, block, ACCESS_EXEC, 0);
		break;
	case RECORD_RENAME:
		accesses_take_rename(fold, event);
		break;
	case RECORD_CODE:
	case RECORD_ENTER:
	case RECORD_CALL:
	case RECORD_MAY:
	case RECORD_SOURCE:
	case RECORD_COARSE:
	case RECORD_INTERPRETER:
	case RECORD_KEPT:
		fold_take_code(fold, event);
		break;
	case RECORD_ENV:
		fold_take_variable(fold, event);
		break;
	default:
		break;
	}
	fold_links_after(fold, record);
}

/*
 * Directories that an interpreter listed before its adapter was there to say
 * what for. Where the adapter has said it since, that is what counts.
 */
static void take_undeclared(struct fold *fold)
{
	fold->accesses.late = true;
	for (size_t i = 0; i < fold->trace->count; i++) {
		const struct trace_event *event = &fold->trace->events[i];
		const struct wire_record *record = event->record;
		uint32_t path;

		if (event->clock >= fold->images[event->image].ready ||
			record->type != RECORD_ACCESS ||
			record->access != ACCESS_LIST || record->head ||
			fold_event_scope(fold, event) != fold->base)
			continue;
		path = fold_path(fold, record->text, record->size, false);
		if (!fold->paths.list[path].ignored &&
			!fold_is_declared(fold, event,
				fold->paths.list[path].node, ACCESS_LIST))
			take_event(fold, event);
	}
}

void fold_accesses(struct fold *fold)
{
	fold->no_block = intern(&fold->blocks, "", 0);
	fold_find_searched(fold);
	fold_find_settings(fold);
	fold_find_handed(fold);
	fold_links(fold);
	fold_commit(fold);
	fold_driver_open(fold);
	for (size_t i = 0; i < fold->trace->count; i++)
		take_event(fold, &fold->trace->events[i]);
	if (fold->runner.ready)
		take_undeclared(fold);
	fold_driver_read(fold);
}

void fold_accesses_release(struct fold *fold)
{
	interner_release(&fold->accesses.keys);
	free(fold->accesses.list);
}
