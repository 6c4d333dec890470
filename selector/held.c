/* SPDX-License-Identifier: MIT */
#include "selector/held.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static int find_one(struct query_hits *hits, struct map *map, const char *path,
	struct err *err)
{
	int64_t *states = NULL;
	size_t count = 0;
	int code = query_file_states(&states, &count, map, path, false, err);

	if (code == 0 && count)
		code = query_dependents(hits, map, states, count, NULL, 0, err);
	free(states);
	return code;
}

int held_find(struct held *held, struct map *map, char *const *paths,
	size_t count, struct err *err)
{
	int code;

	memset(held, 0, sizeof(*held));
	code = map_enter(map, err);
	if (code < 0)
		return code;
	code = query_units(&held->units, map, err);
	held->count = count < HELD_MOST ? count : HELD_MOST;
	held->hits = xcalloc(held->count + 1, sizeof(*held->hits));
	for (size_t i = 0; code == 0 && i < held->count; i++)
		code = find_one(&held->hits[i], map, paths[i], err);
	map_leave(map, NULL);
	return code;
}

static int64_t scope_of(
	const struct query_units *units, const char *runner, const char *id)
{
	size_t low = 0, high = units->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct query_unit *unit = &units->units[middle];
		int order = strcmp(unit->runner, runner);

		if (!order)
			order = strcmp(unit->id, id);
		if (!order)
			return unit->scope;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return 0;
}

bool held_has(const struct held *held, const char *runner, const char *id,
	size_t file)
{
	int64_t scope = scope_of(&held->units, runner, id);

	return scope && file < held->count &&
	       query_hits_find(&held->hits[file], scope) != HIT_NONE;
}

void held_release(struct held *held)
{
	for (size_t i = 0; held->hits && i < held->count; i++)
		query_hits_release(&held->hits[i]);
	free(held->hits);
	query_units_release(&held->units);
	memset(held, 0, sizeof(*held));
}
