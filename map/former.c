/* SPDX-License-Identifier: MIT */
#include "map/former.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "map/former_read.h"
#include "map/packed.h"
#include "map/sql.h"

int former_makers_load(
	struct former_makers *makers, struct map *map, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map,
		"SELECT scope, file FROM makes WHERE kinds & " SQL_KIND_MAKER
		" ORDER BY scope, file",
		err);
	int code = row ? 1 : MAP_IO;

	memset(makers, 0, sizeof(*makers));
	while (code > 0 && (code = sql_step(map, row, err)) > 0)
		*(struct former_made *)array_add(&makers->list, &makers->count,
			&makers->room, sizeof(*makers->list)) =
			(struct former_made){sqlite3_column_int64(row, 0),
				sqlite3_column_int64(row, 1)};
	sqlite3_finalize(row);
	return code;
}

void former_makers_release(struct former_makers *makers)
{
	free(makers->list);
	memset(makers, 0, sizeof(*makers));
}

/* The names that people call it by, each with a NUL behind it; to be freed. */
static int former_labels(char **labels, size_t *size, struct map *map,
	int64_t scope, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map,
		"SELECT name FROM label WHERE scope = ? ORDER BY name", err);
	int code = row ? 1 : MAP_IO;

	*labels = xcalloc(1, 1);
	*size = 0;
	if (row)
		sqlite3_bind_int64(row, 1, scope);
	while (code > 0 && (code = sql_step(map, row, err)) > 0) {
		char *name = sql_copy(row, 0);
		size_t n = strlen(name) + 1;

		*labels = xreallocarray(*labels, *size + n, 1);
		memcpy(*labels + *size, name, n);
		*size += n;
		free(name);
	}
	sqlite3_finalize(row);
	return code;
}

int former_demote(struct map *map, int64_t scope, struct err *err)
{
	sqlite3_stmt *stmt;
	char *labels;
	size_t size;
	int code;

	if (map->keep.results < 2)
		return 0;
	code = former_labels(&labels, &size, map, scope, err);
	stmt = sql_prepare(map,
		"INSERT OR REPLACE INTO former (scope, runner, id, outcome,"
		" duration, place, labels, ran)"
		" SELECT scope, runner, id, outcome, duration, place, ?2, ?3"
		" FROM unit WHERE scope = ?1 AND outcome IS NOT NULL",
		err);
	if (!stmt)
		code = MAP_IO;
	if (code == 0) {
		sqlite3_bind_int64(stmt, 1, scope);
		sql_bind_bytes(stmt, 2, labels, size);
		sqlite3_bind_int64(stmt, 3, clock_now());
		code = sql_once(map, stmt, err);
	}
	sqlite3_finalize(stmt);
	free(labels);
	return code;
}

int former_demote_place(struct map *map, int64_t scope, struct err *err)
{
	sqlite3_stmt *stmt;
	int code = MAP_IO;

	if (map->keep.results < 2)
		return 0;
	stmt = sql_prepare(map,
		"INSERT OR REPLACE INTO former (scope, runner, id, outcome,"
		" labels, ran) SELECT id, '" FORMER_PLACE
		"', CAST(CAST(kind AS TEXT) || '/' || CAST(name AS TEXT)"
		"  AS BLOB), 'passed', x'', ?2 FROM scope WHERE id = ?1"
		" AND (kind <> ?3 OR members = x'')",
		err);
	if (stmt) {
		sqlite3_bind_int64(stmt, 1, scope);
		sqlite3_bind_int64(stmt, 2, clock_now());
		sqlite3_bind_int(stmt, 3, SCOPE_COLLECT);
		code = sql_once(map, stmt, err);
	}
	sqlite3_finalize(stmt);
	return code;
}

/* The statements that take scopes along. */
struct taking {
	struct map *map;
	const struct former_makers *makers;
	struct err *err;
	sqlite3_stmt *reads, *uses, *find_set, *add_set, *add;
};

static int taking_open(struct taking *taking)
{
	struct map *map = taking->map;
	struct err *err = taking->err;

	taking->reads = sql_prepare(map,
		"SELECT state, kinds FROM reads WHERE readset = ?"
		" ORDER BY state",
		err);
	taking->uses = sql_prepare(map,
		"SELECT used FROM uses WHERE scope = ? ORDER BY used", err);
	taking->find_set = sql_prepare(
		map, "SELECT id FROM former_set WHERE digest = ?", err);
	taking->add_set = sql_prepare(map,
		"INSERT INTO former_set (digest, reads) VALUES (?, ?)", err);
	taking->add = sql_prepare(map,
		"INSERT INTO former_scope (id, kind, name, session, digest,"
		" content, uses, made, members)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		err);
	return taking->reads && taking->uses && taking->find_set &&
			       taking->add_set && taking->add
		       ? 0
		       : MAP_IO;
}

static void taking_close(struct taking *taking)
{
	sqlite3_finalize(taking->reads);
	sqlite3_finalize(taking->uses);
	sqlite3_finalize(taking->find_set);
	sqlite3_finalize(taking->add_set);
	sqlite3_finalize(taking->add);
}

/* Rising numbers, and with `second` another one behind each. */
static int taking_pack(struct packed *packed, struct taking *taking,
	sqlite3_stmt *row, int64_t key, bool second)
{
	uint64_t last = 0;
	int code;

	sqlite3_bind_int64(row, 1, key);
	while ((code = sql_step(taking->map, row, taking->err)) > 0) {
		uint64_t number = (uint64_t)sqlite3_column_int64(row, 0);

		packed_add(packed, number - last);
		last = number;
		if (second)
			packed_add(
				packed, (uint64_t)sqlite3_column_int64(row, 1));
	}
	sqlite3_reset(row);
	return code;
}

static int taking_set(int64_t *set, struct taking *taking, int64_t readset,
	const void *digest, int size)
{
	struct packed reads = {0};
	int code;

	sql_bind_bytes(taking->find_set, 1, digest, (size_t)size);
	code = sql_step(taking->map, taking->find_set, taking->err);
	*set = code > 0 ? sqlite3_column_int64(taking->find_set, 0) : 0;
	sqlite3_reset(taking->find_set);
	if (code != 0)
		return code < 0 ? code : 0;
	code = taking_pack(&reads, taking, taking->reads, readset, true);
	if (code == 0) {
		sql_bind_bytes(taking->add_set, 1, digest, (size_t)size);
		sql_bind_bytes(taking->add_set, 2, reads.bytes, reads.size);
		code = sql_once(taking->map, taking->add_set, taking->err);
		*set = sqlite3_last_insert_rowid(taking->map->db);
	}
	packed_release(&reads);
	return code;
}

static void taking_made(
	struct packed *made, const struct taking *taking, int64_t scope)
{
	const struct former_makers *makers = taking->makers;
	size_t low = 0, high = makers->count;
	uint64_t last = 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (makers->list[middle].scope < scope)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < makers->count && makers->list[low].scope == scope; low++) {
		packed_add(made, (uint64_t)makers->list[low].file - last);
		last = (uint64_t)makers->list[low].file;
	}
}

/* The row has what is asked for below. */
static int taking_take(struct taking *taking, sqlite3_stmt *row)
{
	struct packed uses = {0}, made = {0};
	int64_t id = sqlite3_column_int64(row, 0), set = 0;
	int code = taking_set(&set, taking, sqlite3_column_int64(row, 6),
		sqlite3_column_blob(row, 7), sqlite3_column_bytes(row, 7));

	if (code == 0)
		code = taking_pack(&uses, taking, taking->uses, id, false);
	taking_made(&made, taking, id);
	if (code == 0) {
		for (int at = 1; at <= 5; at++)
			sqlite3_bind_value(taking->add, at,
				sqlite3_column_value(row, at - 1));
		sqlite3_bind_int64(taking->add, 6, set);
		sql_bind_bytes(taking->add, 7, uses.bytes, uses.size);
		sql_bind_bytes(taking->add, 8, made.bytes, made.size);
		sqlite3_bind_value(
			taking->add, 9, sqlite3_column_value(row, 5));
		code = sql_once(taking->map, taking->add, taking->err);
	}
	packed_release(&uses);
	packed_release(&made);
	return code;
}

#define NEW_RESULTS \
	"SELECT scope FROM former" \
	" WHERE scope NOT IN (SELECT id FROM former_scope)"

/* What was not all seen is never the same again. */
static const char forget_incomplete[] =
	"DELETE FROM former WHERE scope IN (" NEW_RESULTS ") AND scope IN"
	" (WITH RECURSIVE bad (id) AS ("
	"  SELECT id FROM scope WHERE incomplete IS NOT NULL"
	"  UNION SELECT uses.scope FROM bad"
	"  JOIN uses ON uses.used = bad.id) SELECT id FROM bad);";

/* A unit's scope may have changed since it was taken along. */
static const char list_leaving[] =
	"CREATE TEMP TABLE IF NOT EXISTS leaving (id INTEGER PRIMARY KEY);"
	"DELETE FROM leaving;"
	"INSERT INTO leaving WITH RECURSIVE r (id) AS (" NEW_RESULTS
	" UNION SELECT uses.used FROM r JOIN uses ON uses.scope = r.id)"
	" SELECT id FROM r;"
	"DELETE FROM leaving WHERE id IN (SELECT id FROM former_scope);";

int former_take_along(
	struct map *map, const struct former_makers *makers, struct err *err)
{
	struct taking taking = {.map = map, .makers = makers, .err = err};
	sqlite3_stmt *row = NULL;
	int64_t any = 0;
	int code =
		sql_number(map, "SELECT EXISTS (" NEW_RESULTS ")", &any, err);

	if (code < 0 || !any)
		return code;
	code = sql_run(map, forget_incomplete, err);
	if (code == 0)
		code = sql_run(map, list_leaving, err);
	if (code == 0)
		code = taking_open(&taking);
	if (code == 0) {
		row = sql_prepare(map,
			"SELECT scope.id, kind, name, session, scope.digest,"
			" members, readset.id, readset.digest FROM leaving"
			" JOIN scope ON scope.id = leaving.id"
			" JOIN readset ON readset.id = scope.readset",
			err);
		code = row ? 1 : MAP_IO;
	}
	while (code > 0 && (code = sql_step(map, row, err)) > 0) {
		code = taking_take(&taking, row);
		code = code == 0 ? 1 : code;
	}
	sqlite3_finalize(row);
	taking_close(&taking);
	return code;
}

int former_forget(
	struct map *map, const char *runner, const char *id, struct err *err)
{
	sqlite3_stmt *stmt = sql_prepare(
		map, "DELETE FROM former WHERE runner = ? AND id = ?", err);
	int code = MAP_IO;

	if (stmt) {
		sqlite3_bind_text(stmt, 1, runner, -1, SQLITE_STATIC);
		sql_bind_bytes(stmt, 2, id, strlen(id));
		code = sql_once(map, stmt, err);
	}
	sqlite3_finalize(stmt);
	return code;
}

int former_next_scope(int64_t *id, struct map *map, struct err *err)
{
	return sql_number(map,
		"SELECT 1 + max((SELECT coalesce(max(id), 0) FROM scope),"
		" (SELECT coalesce(max(id), 0) FROM former_scope))",
		id, err);
}

/*
 * The former results of the unit that has this scope. Of those that fit as
 * well as the newest one the last is kept if it ended like that: what a unit
 * is seen to depend on is not the same with all tests around it and without.
 */
static int former_refute_unit(struct former_reader *reader, sqlite3_stmt *list,
	sqlite3_stmt *drop, int64_t scope, struct err *err)
{
	bool kept = false;
	int code;

	sqlite3_bind_int64(list, 1, scope);
	while ((code = sql_step(reader->map, list, err)) > 0) {
		int64_t former = sqlite3_column_int64(list, 0);
		bool fits = false, same = sqlite3_column_int(list, 1);

		code = former_reader_fits(&fits, reader, former, err);
		if (code == 0 && fits && same && !kept) {
			kept = true;
		} else if (code == 0 && fits) {
			sqlite3_bind_int64(drop, 1, former);
			code = sql_once(reader->map, drop, err);
		}
		if (code < 0)
			break;
	}
	sqlite3_reset(list);
	return code;
}

int former_refute(struct map *map, const struct map_files *files,
	const int64_t *scopes, size_t count, struct err *err)
{
	struct former_reader reader;
	sqlite3_stmt *list, *drop;
	int64_t any = 0;
	int code = sql_number(
		map, "SELECT EXISTS (SELECT 1 FROM former)", &any, err);

	if (code < 0 || !any)
		return code;
	list = sql_prepare(map,
		"SELECT former.scope,"
		" (unit.outcome IN ('failed', 'error'))"
		" = (former.outcome IN ('failed', 'error'))"
		" FROM unit JOIN former"
		" ON former.runner = unit.runner AND former.id = unit.id"
		" WHERE unit.scope = ? ORDER BY former.ran DESC",
		err);
	drop = sql_prepare(map, "DELETE FROM former WHERE scope = ?", err);
	code = former_reader_open(&reader, map, files, NULL, err);
	if (!list || !drop)
		code = MAP_IO;
	for (size_t i = 0; code == 0 && i < count; i++)
		code = former_refute_unit(&reader, list, drop, scopes[i], err);
	former_reader_close(&reader);
	sqlite3_finalize(list);
	sqlite3_finalize(drop);
	return code;
}
