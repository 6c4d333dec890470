/* SPDX-License-Identifier: MIT */
/*
 * What the run itself wrote is an input of nobody who did not read it before.
 *
 * A runner looks at the place of a report, of its temporary directory or of
 * the data that a plugin collects, and writes it anew. Whether something lies
 * there from another run makes no difference to any test: such a look counts
 * for nothing. Nor does the name of what a runner makes, in a directory that
 * somebody lists. The runner is told by its adapter from programs that it
 * starts, or that started it: these may take what they find for made.
 *
 * Any other scope that looks for a file in vain, and then makes it, depends on
 * it only where it is there and is another one: `[ -e out ] || make out`.
 */
#include "fold/outputs.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "fold/inputs.h"
#include "fold/path_tree.h"
#include "fold/paths.h"
#include "fold/state.h"
#include "fold/steps.h"
#include "map/project.h"
#include "map/query_makers.h"

#define LOOKS \
	(KIND_BIT(ACCESS_STAT) | KIND_BIT(ACCESS_ABSENT) | \
		KIND_BIT(ACCESS_LINK))

/* A node that the runner made or removed. */
struct output {
	uint32_t parent;
	const char *name;
	size_t size;
};

struct outputs {
	struct output *list;
	size_t count, room;
};

bool fold_is_driver(const struct fold *fold, uint32_t scope)
{
	enum scope_kind kind = fold->recording.scopes[scope].kind;

	return scope == fold->base || kind == SCOPE_DISCOVER ||
	       kind == SCOPE_COLLECT || kind == SCOPE_FINISH;
}

static int outputs_by_place(const void *a, const void *b)
{
	const struct output *x = a, *y = b;
	size_t n = x->size < y->size ? x->size : y->size;
	int order = memcmp(x->name, y->name, n);

	if (x->parent != y->parent)
		return x->parent < y->parent ? -1 : 1;
	if (order)
		return order;
	return x->size < y->size ? -1 : x->size > y->size;
}

static void find_outputs(const struct fold *fold, struct outputs *outputs)
{
	for (uint32_t node = 1; node < fold->tree.count; node++) {
		struct output *output;

		if (!fold->nodes[node].driven)
			continue;
		output = array_add(&outputs->list, &outputs->count,
			&outputs->room, sizeof(*output));
		output->parent = fold->tree.nodes[node].parent;
		output->name = path_tree_name(&fold->tree, node, &output->size);
	}
	if (outputs->count)
		qsort(outputs->list, outputs->count, sizeof(*outputs->list),
			outputs_by_place);
}

/* The block of a directory's listing without what the runner made there. */
static uint32_t block_without(
	struct fold *fold, const struct outputs *outputs, uint32_t node)
{
	size_t size = 0, room = 0;
	char *text = NULL;
	uint32_t block;

	for (size_t i = 0; i < outputs->count; i++) {
		const struct output *output = &outputs->list[i];

		if (output->parent != node)
			continue;
		if (!size)
			*(char *)array_add(&text, &size, &room, 1) = '!';
		*(char *)array_add(&text, &size, &room, 1) = '/';
		for (size_t k = 0; k < output->size; k++)
			*(char *)array_add(&text, &size, &room, 1) =
				output->name[k];
	}
	block = size ? intern(&fold->blocks, text, size) : fold->no_block;
	free(text);
	return block;
}

/* What earlier runs made is known by the map: nodes that are driven. */
static int find_former(struct fold *fold, struct map *map, struct err *err)
{
	char **paths = NULL;
	size_t count = 0;
	int code = query_outputs(&paths, &count, map, err);

	for (size_t i = 0; code == 0 && i < count; i++) {
		char *path = project_file(fold->options->root, paths[i]);
		uint32_t at = fold_path(fold, path, strlen(path), true);

		if (!fold->paths.list[at].ignored)
			fold->nodes[fold->paths.list[at].node].driven = true;
		free(path);
	}
	query_paths_release(paths, count);
	return code;
}

/* The next run is to know of them, too. */
static void keep_outputs(struct fold *fold)
{
	for (uint32_t node = 1; node < fold->tree.count; node++)
		if (fold->nodes[node].driven &&
			fold->tree.nodes[node].identity.mode)
			fold_add(fold, fold->base, node, fold->no_block,
				ACCESS_WRITE, ROLE_FACT);
}

/* What ftrace writes about the run comes after it; likewise. */
static void outputs_find_own(struct fold *fold)
{
	const char *const *outputs = fold->options->outputs;
	char directory[PATH_MAX];

	for (size_t i = 0; i < 2; i++) {
		char *path;
		uint32_t at;

		if (!outputs[i] || !getcwd(directory, sizeof(directory)))
			continue;
		path = *outputs[i] == '/'
			       ? xstrdup(outputs[i])
			       : xasprintf("%s/%s", directory, outputs[i]);
		at = fold_path(fold, path, strlen(path), true);
		if (!fold->paths.list[at].ignored) {
			fold->nodes[fold->paths.list[at].node].driven = true;
			fold_add(fold, fold->base, fold->paths.list[at].node,
				fold->no_block, ACCESS_WRITE, ROLE_FACT);
		}
		free(path);
	}
}

static bool is_of_driver(
	const struct fold *fold, const struct fold_access *access)
{
	return access->by_runner && !(access->kinds & ~LOOKS) &&
	       fold_is_driver(fold, access->scope);
}

/*
 * Made by this run, by whomever of it, or by the runner of an earlier one. What
 * a test made for itself and removed is none: nothing is left to come by, and
 * a file of that name is somebody else's.
 */
static bool is_output(const struct fold *fold, uint32_t node)
{
	return fold->nodes[node].driven ||
	       (fold->tree.nodes[node].identity.mode &&
		       fold_maker(fold, node) != SCOPE_NONE);
}

static bool is_own_file(
	const struct fold *fold, const struct fold_access *access)
{
	return access->kinds == KIND_BIT(ACCESS_ABSENT) &&
	       fold->nodes[access->node].maker == access->scope + 1 &&
	       S_ISREG(fold->tree.nodes[access->node].identity.mode);
}

static bool is_listing(const struct fold_access *access)
{
	return (access->kinds | KIND_BIT(ACCESS_STAT)) ==
	       (KIND_BIT(ACCESS_LIST) | KIND_BIT(ACCESS_STAT));
}

/* The runner's looks at outputs go, which makes these its own from now on. */
static void drop_looks(struct fold *fold)
{
	for (size_t i = 0; i < fold->accesses.count; i++) {
		struct fold_access *access = &fold->accesses.list[i];

		if (access->role == ROLE_FACT || !is_of_driver(fold, access) ||
			!is_output(fold, access->node))
			continue;
		access->role = ROLE_NOTHING;
		fold->nodes[access->node].driven = true;
	}
}

int fold_outputs(struct fold *fold, struct map *map, struct err *err)
{
	struct outputs outputs = {0};
	int code = 0;

	if (fold->runner.ready) {
		code = find_former(fold, map, err);
		outputs_find_own(fold);
		drop_looks(fold);
		find_outputs(fold, &outputs);
		keep_outputs(fold);
	}
	for (size_t i = 0; i < fold->accesses.count; i++) {
		struct fold_access *access = &fold->accesses.list[i];

		if (access->role == ROLE_FACT)
			continue;
		if (is_own_file(fold, access))
			access->role = ROLE_MADE;
		else if (is_listing(access) && access->block == fold->no_block)
			access->block =
				block_without(fold, &outputs, access->node);
	}
	free(outputs.list);
	return code;
}
