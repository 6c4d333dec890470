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

#include "map/alloc.h"
#include "tracer/fold_state.h"

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
	fold->touched = grow_flags(fold->touched, old, room);
	fold->stirred = grow_flags(fold->stirred, old, room);
	fold->searched = grow_flags(fold->searched, old, room);
	fold->declared = grow_flags(fold->declared, old, room);
	fold->node_room = room;
}

static bool has_prefix(const char *path, size_t size, const char *prefix)
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

	if (has_prefix(path, size, "/proc") || has_prefix(path, size, "/sys"))
		return true;
	/* Links into /proc: they would be followed to our own descriptors. */
	if (has_prefix(path, size, "/dev/fd") ||
		has_prefix(path, size, "/dev/stdin") ||
		has_prefix(path, size, "/dev/stdout") ||
		has_prefix(path, size, "/dev/stderr"))
		return true;
	/* A map, this project's or that of an ftrace inside this one. */
	if (found && (found + sizeof(map) - 1 == path + size ||
			     found[sizeof(map) - 1] == '/'))
		return true;
	for (size_t i = 0; fold->options->own_paths[i]; i++)
		if (has_prefix(path, size, fold->options->own_paths[i]))
			return true;
	return false;
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
	if (i < fold->path_count)
		return i;
	path = array_add(&fold->paths, &fold->path_count, &fold->path_room,
		sizeof(*path));
	if (is_ignored(fold, raw, size)) {
		path->ignored = true;
		return i;
	}
	path->node =
		path_tree_resolve(&fold->tree, raw, size, nofollow, &links);
	path->link_first = (uint32_t)fold->link_count;
	path->link_count = links.count;
	for (unsigned k = 0; k < links.count; k++)
		*(uint32_t *)array_add(&fold->links, &fold->link_count,
			&fold->link_room, sizeof(*fold->links)) =
			links.nodes[k];
	grow_nodes(fold);
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

static void add(struct fold *fold, uint32_t scope, uint32_t node,
	uint32_t block, enum access_kind kind, bool own)
{
	uint32_t key[4] = {scope, node, block, own};
	uint32_t i = intern(&fold->access_keys, key, sizeof(key));
	struct fold_access *access;

	if (i == fold->access_count) {
		access = array_add(&fold->accesses, &fold->access_count,
			&fold->access_room, sizeof(*access));
		*access = (struct fold_access){.scope = scope,
			.node = node,
			.block = block,
			.own = own};
	}
	fold->accesses[i].kinds |= KIND_BIT(kind);
}

/* The scope that made the node or a directory above it, or SCOPE_NONE. */
static uint32_t maker_of(const struct fold *fold, uint32_t node)
{
	for (;;) {
		if (fold->makers[node])
			return fold->makers[node] - 1;
		if (node == PATH_ROOT)
			return SCOPE_NONE;
		node = fold->tree.nodes[node].parent;
	}
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

	add(fold, scope, node, 0, kind, true);
	/* What is written to /dev/null is not there for the next to read. */
	if (S_ISCHR(mode) || S_ISBLK(mode))
		return;
	touch(fold, node);
	if (made)
		fold->makers[node] = scope + 1;
}

/*
 * An input. Of a directory that somebody else in the session made under the
 * system's temporary directory, the entries tell only that others ran.
 */
static void take_input(struct fold *fold, uint32_t scope, uint32_t node,
	uint32_t block, enum access_kind kind)
{
	uint32_t maker = maker_of(fold, node);
	const struct path_node *there = &fold->tree.nodes[node];

	if (maker == SCOPE_NONE) {
		bool crowd =
			kind == ACCESS_LIST && fold_is_temporary(fold, node);

		add(fold, scope, node, block, kind, crowd);
		return;
	}
	if (maker != scope && (kind == ACCESS_READ || kind == ACCESS_EXEC ||
				      !fold_is_temporary(fold, node)))
		fold_use(fold, scope, maker);
	/* What stays when the run is over can be changed by others later. */
	add(fold, scope, node, block, kind,
		maker == scope || !there->identity.mode ||
			fold_is_temporary(fold, node));
}

static bool is_cache(const struct fold *fold, uint32_t node)
{
	size_t n;
	const char *name = path_tree_name(&fold->tree, node, &n);

	return n == 11 && !memcmp(name, "__pycache__", 11);
}

/* dir/__pycache__/name.tag.pyc to dir/name.py, when that is there. */
static uint32_t source_of(struct fold *fold, uint32_t node, bool *in_cache)
{
	uint32_t dir = fold->tree.nodes[node].parent, source;
	size_t n, stem;
	const char *name, *tag;
	char file[300];

	*in_cache = is_cache(fold, dir);
	if (!*in_cache)
		return node;
	name = path_tree_name(&fold->tree, node, &n);
	tag = memmem(name, n, ".cpython-", 9);
	if (!tag)
		tag = memmem(name, n, ".pypy", 5);
	stem = tag ? (size_t)(tag - name) : 0;
	if (!stem || stem > sizeof(file) - 4)
		return node;
	memcpy(file, name, stem);
	memcpy(file + stem, ".py", 3);
	source = path_tree_child(
		&fold->tree, fold->tree.nodes[dir].parent, file, stem + 3);
	grow_nodes(fold);
	return fold->tree.nodes[source].identity.mode ? source : node;
}

static void take_access(struct fold *fold, uint32_t scope, uint32_t node,
	uint32_t block, enum access_kind kind, unsigned flags)
{
	bool in_cache;
	uint32_t source;

	/* Who imports first makes the folder, and nobody depends on that. */
	if (is_cache(fold, node)) {
		add(fold, scope, node, 0, kind, true);
		if (!(KIND_BIT(kind) & KINDS_INPUT))
			touch(fold, node);
		return;
	}
	source = source_of(fold, node, &in_cache);
	if (!(KIND_BIT(kind) & KINDS_INPUT)) {
		take_change(fold, scope, node, kind,
			kind == ACCESS_UNLINK || flags & RECORD_MADE);
		return;
	}
	if (!in_cache || source == node) {
		take_input(fold, scope, node, block, kind);
		return;
	}
	/* Reading compiled code is reading its source; the cache is neither
	 * an input nor something that a test looked for. */
	add(fold, scope, node, 0, kind, true);
	if (kind == ACCESS_READ)
		take_input(fold, scope, source, 0, ACCESS_READ);
}

/* The node's path as scopes are named: relative below the root. */
static const char *scope_name(
	const struct fold *fold, uint32_t node, char *buffer, size_t *size)
{
	size_t root = strlen(fold->options->root);

	*size = path_tree_path(&fold->tree, node, buffer, PATH_MAX);
	if (node == fold->root_node) {
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
static bool is_collected(const struct fold *fold, uint32_t node)
{
	char path[PATH_MAX];
	size_t n;
	const char *name = scope_name(fold, node, path, &n);

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

	if (!(n == 11 && !memcmp(name, "conftest.py", n)) &&
		!(n == 11 && !memcmp(name, "__init__.py", n)))
		return false;
	name = scope_name(fold, fold->tree.nodes[node].parent, path, &n);
	return n != self->name_size || memcmp(name, self->name, n) != 0;
}

/*
 * What discovery goes through tells which tests there are, not how one of
 * them ends: its directories, and that test files are there. True when the
 * access is of that kind. What else a conftest's hooks look at counts.
 */
static bool take_discovery(struct fold *fold, uint32_t scope, uint32_t node,
	uint32_t block, enum access_kind kind)
{
	const struct recorded_scope *self = &fold->recording.scopes[scope];

	if (kind == ACCESS_LIST && block == fold->no_block) {
		take_input(fold,
			fold_scope(fold, SCOPE_LISTING, self->name,
				self->name_size),
			node, block, kind);
		return true;
	}
	return kind == ACCESS_STAT &&
	       (fold->searched[node] || is_collected(fold, node) ||
		       is_looked_for_elsewhere(fold, scope, node));
}

static void take_path(struct fold *fold, const struct trace_event *event,
	const char *raw, size_t size, uint32_t block, enum access_kind kind,
	unsigned flags)
{
	uint32_t scope = fold_event_scope(fold, event);
	bool nofollow = flags & RECORD_NOFOLLOW || kind == ACCESS_LINK ||
			kind == ACCESS_RENAME || kind == ACCESS_UNLINK;
	uint32_t i = fold_path(fold, raw, size, nofollow);
	struct fold_path path = fold->paths[i];

	if (path.ignored)
		return;
	/* Refused, and we cannot see it either: as good as not there. */
	if (flags & RECORD_REFUSED &&
		!fold->tree.nodes[path.node].identity.mode)
		kind = ACCESS_ABSENT;
	for (uint32_t k = 0; k < path.link_count; k++)
		take_input(fold, scope, fold->links[path.link_first + k], 0,
			ACCESS_LINK);
	if (fold->recording.scopes[scope].kind == SCOPE_DISCOVER &&
		take_discovery(fold, scope, path.node, block, kind))
		return;
	if (kind == ACCESS_LIST && scope == fold->base) {
		if (block != fold->no_block)
			fold->declared[path.node] = true;
		else if (event->clock < fold->image_ready[event->image] &&
			 !fold->late)
			return; /* its turn is when all is declared */
	}
	take_access(fold, scope, path.node, block, kind, flags);
}

static void take_rename(struct fold *fold, const struct trace_event *event)
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
	maker = maker_of(fold, from);
	/* What others made before the session moves along: an input. */
	if (maker == SCOPE_NONE && !fold_is_temporary(fold, from))
		take_input(fold, scope, from, 0, ACCESS_STAT);
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

	switch (record->type) {
	case RECORD_ACCESS:
		if (record->head)
			block = intern(
				&fold->blocks, record->text, record->head);
		take_path(fold, event, path, size, block,
			(enum access_kind)record->access, record->flags);
		break;
	case RECORD_HELLO:
		if (size)
			take_path(
				fold, event, path, size, block, ACCESS_EXEC, 0);
		break;
	case RECORD_EXEC:
		if (record->flags & RECORD_UNTRACED)
			take_path(
				fold, event, path, size, block, ACCESS_EXEC, 0);
		break;
	case RECORD_RENAME:
		take_rename(fold, event);
		break;
	default:
		break;
	}
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
			!fold->declared[fold->paths[path].node])
			take_event(fold, event);
	}
}

/* A directory is looked at before it is gone through: find those first. */
static void find_searched(struct fold *fold)
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
		if (!fold->paths[path].ignored)
			fold->searched[fold->paths[path].node] = true;
	}
}

void fold_accesses(struct fold *fold)
{
	fold->no_block = intern(&fold->blocks, "", 0);
	find_searched(fold);
	for (size_t i = 0; i < fold->trace->count; i++)
		take_event(fold, &fold->trace->events[i]);
	if (fold->adapter_ready)
		take_undeclared(fold);
}
