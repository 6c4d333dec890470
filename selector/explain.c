/* SPDX-License-Identifier: MIT */
#include "selector/explain.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "map/source.h"

static int add_link(
	struct chain *chain, struct map *map, int64_t id, struct err *err)
{
	struct chain_link *link = array_add(
		&chain->links, &chain->count, &chain->room, sizeof(*link));
	struct query_scope scope;
	int code = query_scope(&scope, map, id, err);

	if (code < 0)
		return code;
	link->kind = scope.kind;
	link->name = scope.name;
	scope.name = NULL;
	query_scope_release(&scope);
	return 0;
}

/* How the last scope of a chain came to the file: kinds, and the block. */
static int access_of(struct chain *chain, struct map *map,
	const struct query_hit *hit, struct err *err)
{
	struct query_access *accesses;
	size_t count;
	int code = query_accesses(&accesses, &count, map, hit->scope, err);

	for (size_t i = 0; i < count; i++) {
		const struct query_access *access = &accesses[i];

		if (!access->state || strcmp(access->path, chain->path) != 0)
			continue;
		chain->kinds |= access->kinds;
		if (access->state == hit->state && *access->block) {
			free(chain->block);
			chain->block = xstrdup(access->block);
		}
	}
	query_accesses_release(accesses, count);
	return code;
}

static int add_chain(struct chains *chains, struct map *map,
	const struct query_hits *hits, const struct query_unit *unit,
	const char *path, struct err *err)
{
	uint32_t hit = query_hits_find(hits, unit->scope);
	struct chain *chain;
	int code = 0;

	if (hit == HIT_NONE)
		return 0;
	chain = array_add(
		&chains->list, &chains->count, &chains->room, sizeof(*chain));
	chain->runner = xstrdup(unit->runner);
	chain->id = xstrdup(unit->id);
	chain->path = xstrdup(path);
	for (;;) {
		code = add_link(chain, map, hits->hits[hit].scope, err);
		if (code < 0 || hits->hits[hit].via == HIT_NONE)
			break;
		hit = hits->hits[hit].via;
	}
	if (code == 0)
		code = access_of(chain, map, &hits->hits[hit], err);
	return code;
}

/* A passage is a function's, and some lines of the file as it is now. */
static void find_passage(struct chain *chain, const struct source *source)
{
	size_t size = chain->block ? strlen(chain->block) : 0;
	size_t function = source_function_size(chain->block, size);
	const struct source_block *block =
		source && function < size
			? source_find_block(source, chain->block, size)
			: NULL;

	if (function == size)
		return;
	chain->block[function] = '\0';
	if (!block)
		return;
	chain->first = block->first;
	chain->last = block->last;
}

int explain_file(struct chains *chains, struct map *map, const char *path,
	int64_t unit, bool stale, struct err *err)
{
	struct query_units units = {0};
	struct query_hits hits = {0};
	struct source *source = NULL;
	int64_t *states = NULL;
	size_t count = 0;
	int code = query_file_states(&states, &count, map, path, stale, err);

	memset(chains, 0, sizeof(*chains));
	if (code == 0)
		code = query_dependents(
			&hits, map, states, count, NULL, 0, err);
	if (code == 0)
		code = query_units(&units, map, err);
	for (size_t i = 0; code == 0 && i < units.count; i++)
		if (!unit || units.units[i].scope == unit)
			code = add_chain(
				chains, map, &hits, &units.units[i], path, err);
	if (code == 0)
		source = source_of_path(map, path, err);
	for (size_t i = 0; i < chains->count; i++)
		find_passage(&chains->list[i], source);
	source_release(source);
	free(source);
	free(states);
	query_hits_release(&hits);
	query_units_release(&units);
	return code;
}

void chains_release(struct chains *chains)
{
	for (size_t i = 0; i < chains->count; i++) {
		struct chain *chain = &chains->list[i];

		for (size_t k = 0; k < chain->count; k++)
			free(chain->links[k].name);
		free(chain->links);
		free(chain->runner);
		free(chain->id);
		free(chain->path);
		free(chain->block);
	}
	free(chains->list);
	memset(chains, 0, sizeof(*chains));
}

static int explain_by_path(const void *a, const void *b)
{
	const struct dependency *x = a, *y = b;
	int order = strcmp(x->path, y->path);

	return order ? order : strcmp(x->block, y->block);
}

static int explain_add_scope(struct dependencies *dependencies, struct map *map,
	int64_t id, struct err *err)
{
	struct query_access *accesses = NULL;
	struct query_scope scope;
	size_t count = 0;
	int code = query_scope(&scope, map, id, err);

	if (code == 0)
		code = query_accesses(&accesses, &count, map, id, err);
	for (size_t i = 0; code == 0 && i < count; i++) {
		const char *block = accesses[i].block;
		size_t size = strlen(block);
		size_t function = source_function_size(block, size);
		struct dependency *to;

		/* Of a function's passages the first one stands for all. */
		if (function + 1 < size)
			continue;
		to = array_add(&dependencies->list, &dependencies->count,
			&dependencies->room, sizeof(*to));
		to->path = xstrdup(accesses[i].path);
		to->block = xasprintf("%.*s", (int)function, block);
		to->kinds = accesses[i].kinds;
		to->input = accesses[i].state != 0;
		to->kind = scope.kind;
		to->scope = xstrdup(scope.name);
	}
	query_accesses_release(accesses, count);
	query_scope_release(&scope);
	return code;
}

int explain_unit(struct dependencies *dependencies, struct map *map,
	int64_t unit, struct err *err)
{
	struct query_hits hits = {0};
	int code = query_closure(&hits, map, unit, err);

	memset(dependencies, 0, sizeof(*dependencies));
	for (size_t i = 0; code == 0 && i < hits.count; i++)
		code = explain_add_scope(
			dependencies, map, hits.hits[i].scope, err);
	if (dependencies->count)
		qsort(dependencies->list, dependencies->count,
			sizeof(*dependencies->list), explain_by_path);
	query_hits_release(&hits);
	return code;
}

void dependencies_release(struct dependencies *dependencies)
{
	for (size_t i = 0; i < dependencies->count; i++) {
		free(dependencies->list[i].path);
		free(dependencies->list[i].block);
		free(dependencies->list[i].scope);
	}
	free(dependencies->list);
	memset(dependencies, 0, sizeof(*dependencies));
}
