/* SPDX-License-Identifier: MIT */
/*
 * `--each GLOB`: every program executed whose path, relative to the project
 * root, matches is a unit; so is all that it starts. A glob without a slash
 * is matched against the last name alone.
 */
#include <fnmatch.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/path.h"
#include "fold/path_tree.h"
#include "fold/scopes.h"
#include "fold/state.h"
#include "fold/steps.h"

static bool each_matches(const char *glob, const char *path)
{
	if (!strchr(glob, '/'))
		path = path_last(path);
	return fnmatch(glob, path, FNM_PATHNAME | FNM_PERIOD) == 0;
}

static bool matches_one(const char *const *globs, const char *path)
{
	for (; *globs; globs++)
		if (each_matches(*globs, path))
			return true;
	return false;
}

/* The unit that an executed program is, or SCOPE_NONE. */
static uint32_t each_unit_of(struct fold *fold, const struct wire_record *hello)
{
	size_t root_size = strlen(fold->options->root);
	char path[PATH_MAX], *name;
	uint32_t node, unit;
	size_t n;

	node = path_tree_resolve(
		&fold->tree, hello->text, hello->size, true, NULL);
	n = path_tree_path(&fold->tree, node, path, sizeof(path));
	if (n <= root_size || strncmp(path, fold->options->root, root_size) ||
		path[root_size] != '/' ||
		!matches_one(fold->options->each, path + root_size + 1))
		return SCOPE_NONE;
	name = xasprintf("command/%s", path + root_size + 1);
	unit = fold_scope(fold, SCOPE_UNIT, name, strlen(name));
	free(name);
	return unit;
}

static void each_set_outcome(struct fold *fold, uint32_t unit, uint32_t image)
{
	struct recorded_scope *scope = &fold->recording.scopes[unit];
	bool failed = trace_image_status(fold->trace, image) != 0;

	/* A program that ran several times passed when every run did. */
	if (!scope->outcome || failed)
		scope->outcome = failed ? "failed" : "passed";
	if (!fold->scopes.list[unit].ran)
		fold->scopes.each++;
	fold->scopes.list[unit].ran = true;
}

void fold_each(struct fold *fold)
{
	const struct trace *trace = fold->trace;

	if (!fold->options->each)
		return;
	/* A parent's number is lower than its children's: one pass will do,
	 * in the order of the numbers. */
	for (uint32_t number = 1; number <= trace->last_number; number++) {
		uint32_t i = trace->by_number[number];
		const struct trace_image *image;
		uint32_t unit = SCOPE_NONE;

		if (i == IMAGE_NONE)
			continue;
		image = &trace->images[i];
		if (image->hello)
			unit = each_unit_of(fold, image->hello);
		if (unit != SCOPE_NONE)
			each_set_outcome(fold, unit, i);
		else if (image->parent != IMAGE_NONE)
			unit = fold->images[image->parent].scope;
		fold->images[i].scope = unit;
	}
}
