/* SPDX-License-Identifier: MIT */
/*
 * Walking the graph, breadth first, remembering how each scope was reached:
 * the shortest chain is the explanation that people are shown.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "map/query.h"
#include "map/sql.h"

static size_t query_graph_slot_of(const struct query_hits *hits, int64_t scope)
{
	size_t mask = hits->slot_count - 1;
	size_t i = ((uint64_t)scope * 0x9e3779b97f4a7c15u >> 20) & mask;

	while (hits->slots[i] != HIT_NONE &&
		hits->hits[hits->slots[i]].scope != scope)
		i = (i + 1) & mask;
	return i;
}

uint32_t query_hits_find(const struct query_hits *hits, int64_t scope)
{
	return hits->slot_count ? hits->slots[query_graph_slot_of(hits, scope)]
				: HIT_NONE;
}

int64_t query_hits_state(const struct query_hits *hits, int64_t scope)
{
	uint32_t hit = query_hits_find(hits, scope);

	while (hit != HIT_NONE && hits->hits[hit].via != HIT_NONE)
		hit = hits->hits[hit].via;
	return hit == HIT_NONE ? 0 : hits->hits[hit].state;
}

static void query_graph_grow(struct query_hits *hits)
{
	size_t count = hits->slot_count ? hits->slot_count * 2 : 256;

	free(hits->slots);
	hits->slots = xcalloc(count, sizeof(*hits->slots));
	memset(hits->slots, 0xff, count * sizeof(*hits->slots));
	hits->slot_count = count;
	for (size_t i = 0; i < hits->count; i++)
		hits->slots[query_graph_slot_of(hits, hits->hits[i].scope)] =
			(uint32_t)i;
}

static void query_graph_add(
	struct query_hits *hits, int64_t scope, uint32_t via, int64_t state)
{
	struct query_hit *hit;
	size_t slot;

	if (hits->count * 4 >= hits->slot_count * 3)
		query_graph_grow(hits);
	slot = query_graph_slot_of(hits, scope);
	if (hits->slots[slot] != HIT_NONE)
		return;
	hits->slots[slot] = (uint32_t)hits->count;
	hit = array_add(&hits->hits, &hits->count, &hits->room, sizeof(*hit));
	hit->scope = scope;
	hit->via = via;
	hit->state = state;
}

void query_hits_release(struct query_hits *hits)
{
	free(hits->hits);
	free(hits->slots);
	memset(hits, 0, sizeof(*hits));
}

/* Adds every scope the statement names for `key`. */
static int expand(struct query_hits *hits, struct map *map, sqlite3_stmt *stmt,
	int64_t key, uint32_t via, int64_t state, struct err *err)
{
	int code;

	sqlite3_bind_int64(stmt, 1, key);
	while ((code = sql_step(map, stmt, err)) > 0)
		query_graph_add(
			hits, sqlite3_column_int64(stmt, 0), via, state);
	sqlite3_reset(stmt);
	return code;
}

/* Whether a statement has a row for a number. */
static int query_graph_ask(bool *yes, struct map *map, sqlite3_stmt *stmt,
	int64_t key, struct err *err)
{
	int code;

	sqlite3_bind_int64(stmt, 1, key);
	code = sql_step(map, stmt, err);
	*yes = code > 0;
	sqlite3_reset(stmt);
	return code < 0 ? code : 0;
}

/*
 * Follows two kinds of edges from every hit until nothing new is found; or,
 * where that is asked for, until a unit is.
 */
static int walk(struct query_hits *hits, struct map *map, const char *uses,
	const char *makes, bool *unit, struct err *err)
{
	sqlite3_stmt *by_use = sql_prepare(map, uses, err);
	sqlite3_stmt *by_make = sql_prepare(map, makes, err);
	sqlite3_stmt *is_unit =
		sql_prepare(map, "SELECT 1 FROM unit WHERE scope = ?", err);
	int code = by_use && by_make && is_unit ? 0 : MAP_IO;

	for (uint32_t i = 0; code == 0 && i < hits->count; i++) {
		int64_t scope = hits->hits[i].scope;

		if (unit) {
			code = query_graph_ask(unit, map, is_unit, scope, err);
			if (*unit)
				break;
		}
		if (code == 0)
			code = expand(hits, map, by_use, scope, i, 0, err);
		if (code == 0)
			code = expand(hits, map, by_make, scope, i, 0, err);
	}
	sqlite3_finalize(by_use);
	sqlite3_finalize(by_make);
	sqlite3_finalize(is_unit);
	return code;
}

static const char users[] = "SELECT scope FROM uses WHERE used = ?";
static const char readers_of_made[] =
	"SELECT scope.id FROM makes"
	" JOIN state ON state.file = makes.file"
	" JOIN reads ON reads.state = state.id"
	" JOIN scope ON scope.readset = reads.readset"
	" WHERE makes.scope = ? AND makes.kinds & " SQL_KIND_MAKER;

int query_dependents(struct query_hits *hits, struct map *map,
	const int64_t *states, size_t state_count, const int64_t *scopes,
	size_t scope_count, struct err *err)
{
	sqlite3_stmt *readers = sql_prepare(map,
		"SELECT scope.id FROM reads"
		" JOIN scope ON scope.readset = reads.readset"
		" WHERE reads.state = ?",
		err);
	int code = readers ? 0 : MAP_IO;

	for (size_t i = 0; i < scope_count; i++)
		query_graph_add(hits, scopes[i], HIT_NONE, 0);
	for (size_t i = 0; code == 0 && i < state_count; i++)
		code = expand(hits, map, readers, states[i], HIT_NONE,
			states[i], err);
	sqlite3_finalize(readers);
	if (code < 0)
		return code;
	return walk(hits, map, users, readers_of_made, NULL, err);
}

/*
 * Mostly a unit reads the state itself, or uses the scope that does: that is
 * answered without looking at all others.
 */
static int reached_at_once(bool *reached, struct map *map,
	const int64_t *states, size_t count, uint32_t kinds, struct err *err)
{
	sqlite3_stmt *near = sql_prepare(map,
		"SELECT 1 FROM reads"
		" JOIN scope ON scope.readset = reads.readset"
		" WHERE reads.state = ?1 AND reads.kinds & ?2"
		" AND (EXISTS (SELECT 1 FROM unit WHERE unit.scope = scope.id)"
		"  OR EXISTS (SELECT 1 FROM uses"
		"  JOIN unit ON unit.scope = uses.scope"
		"  WHERE uses.used = scope.id)) LIMIT 1",
		err);
	int code = near ? 0 : MAP_IO;

	if (near)
		sqlite3_bind_int64(near, 2, kinds);
	for (size_t i = 0; code == 0 && !*reached && i < count; i++)
		code = query_graph_ask(reached, map, near, states[i], err);
	sqlite3_finalize(near);
	return code;
}

int query_reached(bool *reached, struct map *map, const int64_t *states,
	size_t count, uint32_t kinds, struct err *err)
{
	struct query_hits hits = {0};
	sqlite3_stmt *readers;
	int code;

	*reached = false;
	code = reached_at_once(reached, map, states, count, kinds, err);
	if (code < 0 || *reached)
		return code;
	readers = sql_prepare(map,
		"SELECT scope.id FROM reads"
		" JOIN scope ON scope.readset = reads.readset"
		" WHERE reads.state = ?1 AND reads.kinds & ?2",
		err);
	code = readers ? 0 : MAP_IO;
	if (readers)
		sqlite3_bind_int64(readers, 2, kinds);
	for (size_t i = 0; code == 0 && i < count; i++)
		code = expand(&hits, map, readers, states[i], HIT_NONE,
			states[i], err);
	sqlite3_finalize(readers);
	if (code == 0)
		code = walk(&hits, map, users, readers_of_made, reached, err);
	query_hits_release(&hits);
	return code;
}

int query_closure(struct query_hits *hits, struct map *map, int64_t scope,
	struct err *err)
{
	query_graph_add(hits, scope, HIT_NONE, 0);
	return walk(hits, map, "SELECT used FROM uses WHERE scope = ?",
		"SELECT makes.scope FROM scope"
		" JOIN reads ON reads.readset = scope.readset"
		" JOIN state ON state.id = reads.state"
		" JOIN makes ON makes.file = state.file"
		" WHERE scope.id = ? AND makes.kinds & " SQL_KIND_MAKER,
		NULL, err);
}
