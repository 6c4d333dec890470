/* SPDX-License-Identifier: MIT */
/*
 * The third step of a fold: what each file looked like to who read it.
 *
 * The files are looked at when the run is over. One that changed during the
 * run, and not by the run, looked like nobody knows what: its readers get a
 * state that equals none, and are selected until they run again.
 */
#include "fold/settle.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "fold/path_tree.h"
#include "fold/paths.h"
#include "fold/scopes.h"
#include "fold/settings.h"
#include "fold/state.h"
#include "fold/steps.h"

uint32_t fold_file(struct fold *fold, uint32_t node)
{
	char path[PATH_MAX];
	size_t root = strlen(fold->options->root);
	size_t n = path_tree_path(&fold->tree, node, path, sizeof(path));
	struct look look = {.identity = fold->tree.nodes[node].identity,
		.seen = fold->tree.seen};
	const char *stored = path;
	uint32_t file;

	if (!n)
		return FILE_NONE;
	if (n == root && !memcmp(path, fold->options->root, n)) {
		stored = ".";
		n = 1;
	} else if (n > root && !memcmp(path, fold->options->root, root) &&
		   path[root] == '/') {
		stored = path + root + 1;
		n -= root + 1;
	}
	file = map_files_intern(&fold->files, stored, n);
	map_file_check(&fold->files, file, &look);
	return file;
}

/* An absent path rests on the nearest directory above it that is there. */
static void anchor(struct fold *fold, uint32_t node, uint32_t file)
{
	uint32_t dir = node;

	if (fold->files.files[file].dir != FILE_NONE)
		return;
	do {
		dir = fold->tree.nodes[dir].parent;
	} while (!fold->tree.nodes[dir].identity.mode && dir != PATH_ROOT);
	dir = fold_file(fold, dir);
	fold->files.files[file].dir = dir;
	fold->files.files[file].dirty = true;
	fold->files.files[dir].anchor = true;
}

bool fold_changed_meanwhile(
	const struct fold *fold, uint32_t node, enum aspect aspect)
{
	const struct path_node *there = &fold->tree.nodes[node];
	int64_t changed = there->identity.ctime;

	/* One more name moves the ctime of what has the names. */
	if (fold->nodes[node].aliased)
		changed = there->identity.mtime;
	if (changed < fold->options->started)
		return false;
	if (aspect == ASPECT_LISTING)
		return !fold->nodes[node].stirred;
	if (aspect == ASPECT_PRESENCE)
		return false;
	return !fold->nodes[node].touched && !S_ISDIR(there->identity.mode);
}

static enum aspect aspect_of(const struct fold *fold,
	const struct fold_access *access, uint32_t kinds)
{
	uint32_t mode = fold->tree.nodes[access->node].identity.mode;
	const uint32_t opened = KIND_BIT(ACCESS_READ) | KIND_BIT(ACCESS_EXEC);

	if (access->role == ROLE_PRESENCE)
		return ASPECT_PRESENCE;
	if (access->role == ROLE_MADE)
		return ASPECT_MADE;
	if (kinds & KIND_BIT(ACCESS_LIST))
		return ASPECT_LISTING;
	if (kinds & KIND_BIT(ACCESS_LINK))
		return ASPECT_LINK;
	if (S_ISREG(mode) && (kinds & opened || fold_below(fold, access->node,
							fold->paths.root)))
		return ASPECT_CONTENT;
	/* Absence is the same in every aspect; a file that comes is not. */
	return mode ? ASPECT_META : ASPECT_CONTENT;
}

static uint32_t settle_state_of(struct fold *fold,
	const struct fold_access *access, uint32_t file, uint32_t kinds)
{
	const struct interned *block = &fold->blocks.entries[access->block];
	const struct path_node *there = &fold->tree.nodes[access->node];
	enum aspect aspect = aspect_of(fold, access, kinds);
	const struct print *past = NULL;
	uint32_t state;

	if (!there->identity.mode) {
		/* A declared look (a block) may be at what is not there. */
		if (!(kinds & KIND_BIT(ACCESS_ABSENT)) &&
			access->block == fold->no_block &&
			!fold->nodes[access->node].touched)
			past = &print_unknown; /* it was there, and is not */
	} else if (kinds == KIND_BIT(ACCESS_ABSENT)) {
		if (!fold->nodes[access->node].touched)
			past = &print_absent; /* it came meanwhile */
	} else if (fold_changed_meanwhile(fold, access->node, aspect)) {
		past = &print_unknown;
	}
	if (aspect == ASPECT_CONTENT && fold_is_section(fold, access)) {
		state = fold_section_state(fold, access, file, past);
		if (state != FILE_NONE)
			return state;
	}
	if (past)
		return map_file_state_of(&fold->files, file, aspect,
			block->bytes, block->size, past);
	return map_file_state(
		&fold->files, file, aspect, block->bytes, block->size);
}

struct recorded_read fold_state(struct fold *fold,
	const struct fold_access *access, uint32_t file, uint32_t kinds)
{
	struct recorded_read read = {
		.kinds =
			kinds | (access->kinds & (KIND_AUDITED | KIND_LEARNED)),
		.state = settle_state_of(fold, access, file, kinds)};

	if (!fold->tree.nodes[access->node].identity.mode)
		anchor(fold, access->node, file);
	return read;
}

void fold_read(struct fold *fold, const struct fold_access *access,
	uint32_t file, uint32_t kinds)
{
	struct recorded_read read = fold_state(fold, access, file, kinds);
	struct recorded_scope *scope = &fold->recording.scopes[access->scope];

	*(struct recorded_read *)array_add(&scope->reads, &scope->read_count,
		&scope->read_room, sizeof(read)) = read;
}

static void settle_add_make(
	struct fold *fold, const struct fold_access *access, uint32_t file)
{
	struct recorded_scope *scope = &fold->recording.scopes[access->scope];
	struct recorded_make *make = array_add(&scope->makes,
		&scope->make_count, &scope->make_room, sizeof(*make));

	uint32_t mode = fold->tree.nodes[access->node].identity.mode;
	const uint32_t put = KIND_BIT(ACCESS_WRITE) | KIND_BIT(ACCESS_RENAME);

	make->file = file;
	make->kinds = access->kinds;
	/* An output of an earlier run is its product still. */
	if (access->kinds & put && fold->nodes[access->node].touched &&
		(S_ISREG(mode) || S_ISLNK(mode)))
		make->kinds |= KIND_MAKER;
	if (fold->nodes[access->node].driven && access->scope == fold->base)
		make->kinds |= KIND_DRIVEN;
}

void fold_settle(struct fold *fold)
{
	/* Each of these is an aspect of its own. */
	static const uint32_t apart[] = {
		KIND_BIT(ACCESS_LIST), KIND_BIT(ACCESS_LINK)};

	for (size_t i = 0; i < fold->accesses.count; i++) {
		const struct fold_access access = fold->accesses.list[i];
		uint32_t file, kinds = access.kinds;

		/* Nobody depends on what discovery listed: listings.c. */
		if (access.role == ROLE_NOTHING || access.role == ROLE_LISTED)
			continue;
		file = fold_file(fold, access.node);
		if (file == FILE_NONE) {
			fold_incomplete(fold, access.scope,
				"it used a path too long to look at again");
			continue;
		}
		if (access.role == ROLE_FACT) {
			settle_add_make(fold, &access, file);
			continue;
		}
		/* Whoever lists a directory has found it. */
		if (kinds & KIND_BIT(ACCESS_LIST))
			kinds &= ~KIND_BIT(ACCESS_STAT);
		for (size_t k = 0; k < 2; k++)
			if (kinds & apart[k])
				fold_read(fold, &access, file, apart[k]);
		kinds &= ~(apart[0] | apart[1]);
		if (kinds)
			fold_read(fold, &access, file, kinds);
	}
}
