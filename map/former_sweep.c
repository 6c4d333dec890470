/* SPDX-License-Identifier: MIT */
/*
 * Keeping former results few: those that are too many, too old or too large
 * go, and then what they alone depended on.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/intern.h"
#include "map/former.h"
#include "map/packed.h"
#include "map/sql.h"

#define DAY_NS (INT64_C(86400) * 1000000000)

/* What they take, but for the database's own part. */
#define SIZES \
	"SELECT coalesce((SELECT sum(length(id) + length(labels) + 60)" \
	"  FROM former), 0)" \
	" + coalesce((SELECT sum(length(name) + length(uses) + length(made)" \
	"  + coalesce(length(members), 0) + 50) FROM former_scope), 0)" \
	" + coalesce((SELECT sum(length(reads) + 40) FROM former_set), 0)"

/* Numbers, each once, and whether a number is among them. */
struct former_numbers {
	struct interner ids;
	int64_t *list;
	size_t count, room;
};

static void former_numbers_add(struct former_numbers *numbers, int64_t id)
{
	if (intern(&numbers->ids, &id, sizeof(id)) == numbers->count)
		*(int64_t *)array_add(&numbers->list, &numbers->count,
			&numbers->room, sizeof(id)) = id;
}

static void former_numbers_release(struct former_numbers *numbers)
{
	interner_release(&numbers->ids);
	free(numbers->list);
}

/* To a temporary table of that name. */
static int former_numbers_store(const struct former_numbers *numbers,
	const char *table, struct map *map, struct err *err)
{
	char *text = xasprintf(
		"CREATE TEMP TABLE IF NOT EXISTS %s (id INTEGER PRIMARY KEY);"
		"DELETE FROM %s",
		table, table);
	sqlite3_stmt *stmt = NULL;
	int code = sql_run(map, text, err);

	free(text);
	text = xasprintf("INSERT INTO %s (id) VALUES (?)", table);
	if (code == 0) {
		stmt = sql_prepare(map, text, err);
		code = stmt ? 0 : MAP_IO;
	}
	for (size_t i = 0; code == 0 && i < numbers->count; i++) {
		sqlite3_bind_int64(stmt, 1, numbers->list[i]);
		code = sql_once(map, stmt, err);
	}
	sqlite3_finalize(stmt);
	free(text);
	return code;
}

/* Every state of every set. */
int former_sweep_states(struct map *map, struct err *err)
{
	struct former_numbers states = {.list = NULL};
	sqlite3_stmt *row =
		sql_prepare(map, "SELECT reads FROM former_set", err);
	int code = row ? 1 : MAP_IO;

	while (code > 0 && (code = sql_step(map, row, err)) > 0) {
		struct packed_reader list =
			packed_reader_of(sqlite3_column_blob(row, 0),
				sqlite3_column_bytes(row, 0));
		uint64_t step, kinds, last = 0;

		while (packed_next(&list, &step) &&
			packed_next(&list, &kinds)) {
			last += step;
			former_numbers_add(&states, (int64_t)last);
		}
	}
	sqlite3_finalize(row);
	if (code == 0)
		code = former_numbers_store(&states, "remembered", map, err);
	former_numbers_release(&states);
	return code < 0 ? code
			: sql_run(map,
				  "UPDATE state SET former = 0 WHERE former = 1"
				  " AND EXISTS (SELECT 1 FROM reads"
				  "  WHERE reads.state = state.id);"
				  "UPDATE state SET former = 1 WHERE former = 0"
				  " AND id IN (SELECT id FROM remembered)"
				  " AND NOT EXISTS (SELECT 1 FROM reads"
				  "  WHERE reads.state = state.id);"
				  "DELETE FROM state WHERE"
				  " id NOT IN (SELECT id FROM remembered)"
				  " AND NOT EXISTS (SELECT 1 FROM reads"
				  "  WHERE reads.state = state.id);",
				  err);
}

/* All scopes that results lead to. */
static int former_sweep_reach(
	struct former_numbers *reached, struct map *map, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map, "SELECT scope FROM former", err);
	sqlite3_stmt *uses = sql_prepare(
		map, "SELECT uses FROM former_scope WHERE id = ?", err);
	int code = row && uses ? 1 : MAP_IO;

	while (code > 0 && (code = sql_step(map, row, err)) > 0)
		former_numbers_add(reached, sqlite3_column_int64(row, 0));
	for (size_t i = 0; code == 0 && i < reached->count; i++) {
		sqlite3_bind_int64(uses, 1, reached->list[i]);
		code = sql_step(map, uses, err);
		if (code > 0) {
			struct packed_reader list =
				packed_reader_of(sqlite3_column_blob(uses, 0),
					sqlite3_column_bytes(uses, 0));
			uint64_t step, last = 0;

			while (packed_next(&list, &step)) {
				last += step;
				former_numbers_add(reached, (int64_t)last);
			}
			code = 0;
		}
		sqlite3_reset(uses);
	}
	sqlite3_finalize(row);
	sqlite3_finalize(uses);
	return code;
}

static int former_sweep_scopes(struct map *map, struct err *err)
{
	struct former_numbers reached = {.list = NULL};
	int code = former_sweep_reach(&reached, map, err);

	if (code == 0)
		code = former_numbers_store(&reached, "led_to", map, err);
	former_numbers_release(&reached);
	return code < 0 ? code
			: sql_run(map,
				  "DELETE FROM former_scope WHERE id NOT IN"
				  " (SELECT id FROM led_to);"
				  "DELETE FROM former_set WHERE id NOT IN"
				  " (SELECT content FROM former_scope);",
				  err);
}

static int former_sweep_tally(
	struct map *map, const char *name, int64_t count, struct err *err)
{
	sqlite3_stmt *stmt;
	int code = MAP_IO;

	if (!count)
		return 0;
	stmt = sql_prepare(map,
		"INSERT INTO tally (name, count) VALUES (?1, ?2)"
		" ON CONFLICT (name) DO UPDATE SET count = count + ?2",
		err);
	if (stmt) {
		sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
		sqlite3_bind_int64(stmt, 2, count);
		code = sql_once(map, stmt, err);
	}
	sqlite3_finalize(stmt);
	return code;
}

/* Of each unit the last ones, and none that is too old. */
static int former_limit_number(
	struct map *map, int64_t *dropped, struct err *err)
{
	sqlite3_stmt *stmt = sql_prepare(map,
		"DELETE FROM former WHERE ran < ?2 OR scope IN"
		" (SELECT scope FROM (SELECT scope, row_number() OVER"
		"  (PARTITION BY runner, id ORDER BY ran DESC, scope DESC)"
		"  AS place FROM former) WHERE place >= ?1)",
		err);
	int code = MAP_IO;

	if (stmt) {
		sqlite3_bind_int64(stmt, 1, (int64_t)map->keep.results);
		sqlite3_bind_int64(stmt, 2,
			map->keep.days ? clock_now() - map->keep.days * DAY_NS
				       : INT64_MIN);
		code = sql_once(map, stmt, err);
	}
	*dropped += sqlite3_changes(map->db);
	sqlite3_finalize(stmt);
	return code;
}

/* The oldest tenth goes until there is room. */
static int former_limit_bytes(
	struct map *map, int64_t *dropped, struct err *err)
{
	int64_t bytes = 0;
	int code = sql_number(map, SIZES, &bytes, err);

	while (code == 0 && map->keep.bytes && bytes > map->keep.bytes) {
		code = sql_run(map,
			"DELETE FROM former WHERE scope IN (SELECT scope"
			" FROM former ORDER BY ran, scope LIMIT"
			" (SELECT count(*) / 10 + 1 FROM former))",
			err);
		*dropped += sqlite3_changes(map->db);
		if (code == 0)
			code = former_sweep_scopes(map, err);
		if (code == 0)
			code = sql_number(map, SIZES, &bytes, err);
	}
	return code;
}

int former_limit(struct map *map, struct err *err)
{
	int64_t dropped = 0, any = 0;
	int code = sql_number(map,
		"SELECT EXISTS (SELECT 1 FROM former)"
		" OR EXISTS (SELECT 1 FROM former_scope)",
		&any, err);

	if (code < 0 || !any)
		return code;
	code = former_limit_number(map, &dropped, err);
	if (code == 0)
		code = former_sweep_scopes(map, err);
	if (code == 0)
		code = former_limit_bytes(map, &dropped, err);
	return code == 0 ? former_sweep_tally(map, "evicted", dropped, err)
			 : code;
}

int former_totals(
	struct former_totals *totals, struct map *map, struct err *err)
{
	static const char *const ages[] = {"hour", "day", "week", "longer"};
	int code = sql_number(map,
		"SELECT count(*) FROM former WHERE runner <> '" FORMER_PLACE
		"'",
		&totals->results, err);

	if (code == 0)
		code = sql_number(map,
			"SELECT count(*) FROM (SELECT DISTINCT runner, id"
			" FROM former WHERE runner <> '" FORMER_PLACE "')",
			&totals->units, err);
	if (code == 0)
		code = sql_number(map, SIZES, &totals->bytes, err);
	if (code == 0)
		code = sql_number(map,
			"SELECT coalesce(min(ran), 0) FROM former",
			&totals->oldest, err);
	if (code == 0)
		code = sql_number(map,
			"SELECT coalesce((SELECT count FROM tally"
			" WHERE name = 'evicted'), 0)",
			&totals->evicted, err);
	for (size_t i = 0; code == 0 && i < 4; i++) {
		char *sql = xasprintf("SELECT coalesce((SELECT count FROM tally"
				      " WHERE name = 'recalled-%s'), 0)",
			ages[i]);

		code = sql_number(map, sql, &totals->recalled[i], err);
		free(sql);
	}
	return code;
}
