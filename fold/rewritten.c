/* SPDX-License-Identifier: MIT */
/*
 * What a check did to its own inputs: it rewrote, made or removed a file that
 * it had read or looked for before, or changed a directory that it had listed.
 *
 * The map holds what inputs look like after the run, and of these nobody knows
 * what the check says until it has run on them: a formatter has nothing left to
 * do, a counter counts on. So unless an input turns out to be as it was, the
 * unit is incomplete. Caches are left out: what is in them changes how long a
 * program takes, and not what it says.
 *
 * To put into a file what was made of its own text makes it no product: who
 * reads it depends on it as on any source, not on all that a formatter read.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/path.h"
#include "fold/before.h"
#include "fold/path_tree.h"
#include "fold/paths.h"
#include "fold/scopes.h"
#include "fold/settle.h"
#include "fold/state.h"
#include "fold/steps.h"
#include "map/cache.h"

#define OPENED (KIND_BIT(ACCESS_READ) | KIND_BIT(ACCESS_EXEC))
#define LOOKED_FOR (KIND_BIT(ACCESS_STAT) | KIND_BIT(ACCESS_ABSENT))

/* By node: how it was used before it was written, and what was done to it. */
struct uses {
	uint32_t *input, *done;
};

static bool is_users_cache(const char *path)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	const char *rest;
	char *folder;
	bool found;

	if ((!cache || *cache != '/') && (!home || *home != '/'))
		return false;
	folder = cache && *cache == '/' ? xstrdup(cache)
					: xasprintf("%s/.cache", home);
	rest = path_below(path, folder);
	found = folder[1] && rest && *rest;
	free(folder);
	return found;
}

static bool is_in_cache(const char *path)
{
	char directory[PATH_MAX];
	char *slash;

	if (is_users_cache(path))
		return true;
	snprintf(directory, sizeof(directory), "%s", path);
	/* A file says it of its directory, and a directory of itself. */
	while ((slash = strrchr(directory, '/')) && slash != directory) {
		if (cache_is_tagged(AT_FDCWD, directory))
			return true;
		*slash = '\0';
	}
	return false;
}

static void collect(const struct fold *fold, struct uses *uses)
{
	const uint32_t changes = KIND_BIT(ACCESS_WRITE) |
				 KIND_BIT(ACCESS_RENAME) |
				 KIND_BIT(ACCESS_UNLINK);

	uses->input = xcalloc(fold->tree.count, sizeof(*uses->input));
	uses->done = xcalloc(fold->tree.count, sizeof(*uses->done));
	for (size_t i = 0; i < fold->accesses.count; i++) {
		const struct fold_access *access = &fold->accesses.list[i];

		if (access->role == ROLE_FACT)
			uses->done[access->node] |= access->kinds & changes;
		else if (access->block == fold->no_block)
			uses->input[access->node] |= access->kinds;
	}
}

/* What it did to an input, as a format for its path; NULL: nothing. */
static const char *deed(const struct fold *fold, const struct uses *uses,
	uint32_t node, const char *path)
{
	const struct before *before = fold->options->before;
	uint32_t mode = fold->tree.nodes[node].identity.mode;
	bool below = fold_below(fold, node, fold->paths.root);
	uint32_t input =
		uses->input[node] & (below ? OPENED | LOOKED_FOR : OPENED);

	if (uses->done[node] && S_ISREG(mode) && input &&
		!before_is_same(before, path, ASPECT_CONTENT))
		return input & OPENED ? "it rewrote '%s', which it had read"
				      : "it made '%s', which it had looked for";
	if (uses->done[node] && !mode && input & ~KIND_BIT(ACCESS_ABSENT))
		return "it removed '%s', which it had used";
	if (below && S_ISDIR(mode) && fold->nodes[node].stirred &&
		uses->input[node] & KIND_BIT(ACCESS_LIST) &&
		!before_is_same(before, path, ASPECT_LISTING))
		return "it changed what is in '%s', which it had listed";
	return NULL;
}

static const char *shown_path(const struct fold *fold, const char *path)
{
	const char *rest = path_below(path, fold->options->root);

	return rest && *rest ? rest : path;
}

/* The first of them, to be freed; files before directories. */
static char *first_deed(const struct fold *fold, const struct uses *uses)
{
	char path[PATH_MAX], *first = NULL;
	bool listed = false;

	for (uint32_t node = 0; node < fold->tree.count; node++) {
		bool lists = uses->input[node] & KIND_BIT(ACCESS_LIST);
		const char *format;

		if ((!uses->done[node] && !lists) || (first && lists) ||
			(first && !listed) ||
			!path_tree_path(&fold->tree, node, path, sizeof(path)))
			continue;
		format = deed(fold, uses, node, path);
		if (!format || is_in_cache(path))
			continue;
		free(first);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		first = xasprintf(format, shown_path(fold, path));
#pragma GCC diagnostic pop
		listed = lists;
	}
	return first;
}

static void drop_products(struct fold *fold, const struct uses *uses)
{
	for (size_t i = 0; i < fold->accesses.count; i++) {
		const struct fold_access *access = &fold->accesses.list[i];
		struct recorded_scope *scope =
			&fold->recording.scopes[access->scope];
		uint32_t file;

		if (access->role != ROLE_FACT ||
			!(uses->input[access->node] & KIND_BIT(ACCESS_READ)))
			continue;
		file = fold_file(fold, access->node);
		for (size_t k = 0; k < scope->make_count; k++)
			if (scope->makes[k].file == file)
				scope->makes[k].kinds &= ~KIND_MAKER;
	}
}

void fold_rewritten(struct fold *fold, struct fold_summary *summary)
{
	char *name = xasprintf("command/%s", fold->options->unit);
	uint32_t unit = fold_find_scope(fold, SCOPE_UNIT, name, strlen(name));
	struct uses uses;
	char *text;

	free(name);
	if (unit == SCOPE_NONE)
		return;
	collect(fold, &uses);
	text = first_deed(fold, &uses);
	if (text) {
		fold_incomplete(
			fold, unit, fold_text(fold, text, strlen(text)));
		snprintf(
			summary->rewrote, sizeof(summary->rewrote), "%s", text);
	}
	free(text);
	drop_products(fold, &uses);
	free(uses.input);
	free(uses.done);
}
