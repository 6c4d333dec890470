/* SPDX-License-Identifier: MIT */
/*
 * The second step of a fold: each recorded access to what it says about the
 * scope it happened in.
 *
 * What the session made itself is not an input. A scope that meets something
 * another scope made uses that scope: it inherits what the maker read.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "fold/state.h"
#include "languages/language.h"

static bool *grow_flags(bool *flags, size_t old, size_t room)
{
	flags = xreallocarray(flags, room, sizeof(*flags));
	memset(flags + old, 0, (room - old) * sizeof(*flags));
	return flags;
}

static void grow_nodes(struct fold *fold)
{
	size_t old = fold->node_room, room = fold->tree.room;

	if (room <= old)
		return;
	fold->makers = xreallocarray(fold->makers, room, sizeof(*fold->makers));
	memset(fold->makers + old, 0, (room - old) * sizeof(*fold->makers));
	fold->source_of =
		xreallocarray(fold->source_of, room, sizeof(*fold->source_of));
	memset(fold->source_of + old, 0,
		(room - old) * sizeof(*fold->source_of));
	fold->touched = grow_flags(fold->touched, old, room);
	fold->stirred = grow_flags(fold->stirred, old, room);
	fold->aliased = grow_flags(fold->aliased, old, room);
	fold->driven = grow_flags(fold->driven, old, room);
	fold->searched = grow_flags(fold->searched, old, room);
	fold->node_room = room;
}

static bool accesses_has_prefix(
	const char *path, size_t size, const char *prefix)
{
	size_t n = strlen(prefix);

	return size >= n && !memcmp(path, prefix, n) &&
	       (size == n || path[n] == '/' || prefix[n - 1] == '/');
}

/* What is never recorded; docs/limitations.md gives the reasons. */
static bool is_ignored(const struct fold *fold, const char *path, size_t size)
{
	static const char map[] = "/" MAP_DIRECTORY;
	const char *found = memmem(path, size, map, sizeof(map) - 1);

	if (accesses_has_prefix(path, size, "/proc") ||
		accesses_has_prefix(path, size, "/sys"))
		return true;
	/* Links into /proc: they would be followed to our own descriptors. */
	if (accesses_has_prefix(path, size, "/dev/fd") ||
		accesses_has_prefix(path, size, "/dev/stdin") ||
		accesses_has_prefix(path, size, "/dev/stdout") ||
		accesses_has_prefix(path, size, "/dev/stderr"))
		return true;
	/* A file that lies in memory only. */
	if (accesses_has_prefix(path, size, "/memfd:"))
		return true;
	/* A map, this project's or that of an ftrace inside this one. */
	if (found && (found + sizeof(map) - 1 == path + size ||
			     found[sizeof(map) - 1] == '/'))
		return true;
	for (size_t i = 0; fold->options->own_paths[i]; i++)
		if (accesses_has_prefix(
			    path, size, fold->options->own_paths[i]))
			return true;
	return false;
}

static bool accesses_is_called(
	const struct fold *fold, uint32_t node, const char *what)
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
	} while (node != PATH_ROOT && !accesses_is_called(fold, node, ".git"));
	if (node == PATH_ROOT || fold_below(fold, fold->root_node, node))
		return false;
	for (size_t i = 0; i < sizeof(told) / sizeof(*told); i++)
		if (accesses_is_called(fold, inside, told[i]))
			return false;
	return true;
}

/* Not a look at whether there is a repository. */
static bool is_git_walk(const struct fold *fold, const struct fold_path *path,
	enum access_kind kind)
{
	if (kind == ACCESS_LIST && accesses_is_called(fold, path->node, ".git"))
		return true;
	return path->unlooked && (kind == ACCESS_STAT || kind == ACCESS_LIST);
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
	i = intern(&fold->raw_paths, key, size + 1);
	if (i == fold->path_count) {
		path = array_add(&fold->paths, &fold->path_count,
			&fold->path_room, sizeof(*path));
		path->ignored = is_ignored(fold, raw, size);
	} else {
		path = &fold->paths[i];
		if (path->epoch == fold->tree.epoch)
			return i;
	}
	path->epoch = fold->tree.epoch;
	if (path->ignored)
		return i;
	path->node =
		path_tree_resolve(&fold->tree, raw, size, nofollow, &links);
	path->link_first = (uint32_t)fold->link_count;
	path->link_count = links.count;
	for (unsigned k = 0; k < links.count; k++)
		*(uint32_t *)array_add(&fold->links, &fold->link_count,
			&fold->link_room, sizeof(*fold->links)) =
			links.nodes[k];
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
	if (fold_below(fold, node, fold->root_node))
		return false;
	for (size_t i = 0; i < fold->temporary_count; i++)
		if (fold_below(fold, node, fold->temporary[i]))
			return true;
	return false;
}

void fold_add(struct fold *fold, uint32_t scope, uint32_t node, uint32_t block,
	enum access_kind kind, enum access_role role)
{
	uint32_t key[4] = {scope, node, block, role};
	uint32_t i = intern(&fold->access_keys, key, sizeof(key));
	struct fold_access *access;

	if (i == fold->access_count) {
		access = array_add(&fold->accesses, &fold->access_count,
			&fold->access_room, sizeof(*access));
		*access = (struct fold_access){.scope = scope,
			.node = node,
			.block = block,
			.role = role,
			.by_runner = true};
	}
	fold->accesses[i].kinds |= KIND_BIT(kind);
	fold->accesses[i].by_runner &= fold->by_runner;
}

uint32_t fold_maker(const struct fold *fold, uint32_t node)
{
	for (;;) {
		if (fold->makers[node])
			return fold->makers[node] - 1;
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
	fold->touched[node] = true;
	fold->stirred[fold->tree.nodes[node].parent] = true;
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
	fold->makers[node] = scope + 1;
	if (!accesses_is_cache(fold, fold->tree.nodes[node].parent))
		fold->driven[node] =
			fold->by_runner && fold_is_driver(fold, scope);
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
	source = path_tree_child(
		&fold->tree, fold->tree.nodes[dir].parent, file, n);
	grow_nodes(fold);
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

/* A link led there (/etc/mtab): below /proc/self that is to our own state. */
static bool is_of_kernel(const struct fold *fold, uint32_t node)
{
	return fold_below(fold, node, fold->kernels[0]) ||
	       fold_below(fold, node, fold->kernels[1]);
}

static void take_resolved(struct fold *fold, const struct trace_event *event,
	uint32_t i, uint32_t block, enum access_kind kind, unsigned flags)
{
	uint32_t scope = fold_event_scope(fold, event);
	struct fold_path path = fold->paths[i];

	if (path.ignored)
		return;
	if (flags & RECORD_LINKED)
		fold->aliased[path.node] = true;
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
		fold_input(fold, scope, fold->links[path.link_first + k], 0,
			ACCESS_LINK);
	if (is_of_kernel(fold, path.node))
		return;
	if (is_git_walk(fold, &path, kind))
		return;
	/* It wanted a directory to be made, which was there. */
	if (flags & RECORD_REFUSED && kind == ACCESS_STAT && fold->by_runner &&
		fold_is_driver(fold, scope) &&
		S_ISDIR(fold->tree.nodes[path.node].identity.mode))
		return;
	if (fold->gave_up && kind == ACCESS_STAT &&
		(scope == fold->base ||
			fold->recording.scopes[scope].kind == SCOPE_DISCOVER))
		return;
	if (fold->recording.scopes[scope].kind == SCOPE_DISCOVER &&
		fold_discovery(fold, scope, path.node, block, kind))
		return;
	/* The runner looks at the files it was asked for before its adapter is
	 * there to say so; each test uses the file it is in anyway. */
	if (kind == ACCESS_STAT && scope == fold->base &&
		event->clock < fold->image_ready[event->image] &&
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
		else if (event->clock < fold->image_ready[event->image] &&
			 !fold->late)
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
	if (fold->paths[from].ignored || fold->paths[to].ignored)
		return;
	from = fold->paths[from].node;
	to = fold->paths[to].node;
	maker = fold_maker(fold, from);
	/* What others made before the session moves along: an input. */
	if (maker == SCOPE_NONE && !fold_is_temporary(fold, from))
		fold_input(fold, scope, from, 0, ACCESS_STAT);
	take_change(fold, scope, from, ACCESS_RENAME, true);
	take_change(fold, scope, to, ACCESS_WRITE, true);
	if (maker != SCOPE_NONE)
		fold->makers[to] = maker + 1;
}

static void take_event(struct fold *fold, const struct trace_event *event)
{
	const struct wire_record *record = event->record;
	const char *path = record->text + record->head;
	size_t size = record->size - record->head;
	uint32_t block = fold->no_block;

	if (fold_asks_commit(fold, event))
		return;
	fold->by_runner = fold->image_ready[event->image] != 0;
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
	fold->late = true;
	for (size_t i = 0; i < fold->trace->count; i++) {
		const struct trace_event *event = &fold->trace->events[i];
		const struct wire_record *record = event->record;
		uint32_t path;

		if (event->clock >= fold->image_ready[event->image] ||
			record->type != RECORD_ACCESS ||
			record->access != ACCESS_LIST || record->head ||
			fold_event_scope(fold, event) != fold->base)
			continue;
		path = fold_path(fold, record->text, record->size, false);
		if (!fold->paths[path].ignored &&
			!fold_is_declared(fold, event, fold->paths[path].node,
				ACCESS_LIST))
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
	for (size_t i = 0; i < fold->trace->count; i++)
		take_event(fold, &fold->trace->events[i]);
	if (fold->adapter_ready)
		take_undeclared(fold);
}
