/* SPDX-License-Identifier: MIT */
#include "map/widen.h"

#include "map/recording_key.h"
#include "map/sql.h"
#include "map/sweep.h"

static int widen_add_reads(struct map *map, int64_t set, const int64_t *pairs,
	size_t count, struct err *err)
{
	sqlite3_stmt *stmt = sql_prepare(map,
		"INSERT INTO reads (readset, state, kinds) VALUES (?, ?, ?)",
		err);
	int code = stmt ? 0 : MAP_IO;

	for (size_t i = 0; code == 0 && i < count; i++) {
		sqlite3_bind_int64(stmt, 1, set);
		sqlite3_bind_int64(stmt, 2, pairs[2 * i]);
		sqlite3_bind_int64(stmt, 3, pairs[2 * i + 1]);
		code = sql_once(map, stmt, err);
	}
	sqlite3_finalize(stmt);
	return code;
}

static int widen_store_set(struct map *map, const struct print *print,
	const int64_t *pairs, size_t count, int64_t *set, struct err *err)
{
	sqlite3_stmt *stmt = sql_prepare(
		map, "SELECT id FROM readset WHERE digest = ?", err);
	int code = stmt ? 0 : MAP_IO;

	if (stmt) {
		sql_bind_bytes(stmt, 1, print->bytes, sizeof(print->bytes));
		code = sql_step(map, stmt, err);
		*set = code > 0 ? sqlite3_column_int64(stmt, 0) : 0;
	}
	sqlite3_finalize(stmt);
	if (code != 0)
		return code < 0 ? code : 0;
	stmt = sql_prepare(map, "INSERT INTO readset (digest) VALUES (?)", err);
	if (!stmt)
		return MAP_IO;
	sql_bind_bytes(stmt, 1, print->bytes, sizeof(print->bytes));
	code = sql_once(map, stmt, err);
	sqlite3_finalize(stmt);
	*set = sqlite3_last_insert_rowid(map->db);
	return code < 0 ? code : widen_add_reads(map, *set, pairs, count, err);
}

/*
 * The scope is none that a recording could have made, so its digest equals
 * none: the next run stores the unit anew.
 */
static int change_scope(struct map *map, int64_t scope, int64_t set,
	const char *incomplete, struct err *err)
{
	static const char set_scope[] =
		"UPDATE scope SET readset = ?2,"
		" incomplete = coalesce(incomplete, ?3),"
		" digest = randomblob(16) WHERE id = ?1";
	sqlite3_stmt *stmt = sql_prepare(map, set_scope, err);
	int code;

	if (!stmt)
		return MAP_IO;
	sqlite3_bind_int64(stmt, 1, scope);
	sqlite3_bind_int64(stmt, 2, set);
	if (incomplete)
		sqlite3_bind_text(stmt, 3, incomplete, -1, SQLITE_STATIC);
	else
		sqlite3_bind_null(stmt, 3);
	code = sql_once(map, stmt, err);
	sqlite3_finalize(stmt);
	return code;
}

/* The scope's old set is often shared, and often not. */
static const char drop_sets[] =
	"DELETE FROM reads WHERE readset IN (SELECT id FROM readset"
	" WHERE id NOT IN (SELECT readset FROM scope));"
	"DELETE FROM readset WHERE id NOT IN (SELECT readset FROM scope);";

int scope_widen(struct map *map, int64_t scope, int64_t *pairs, size_t count,
	const char *incomplete, struct err *err)
{
	struct print print = recording_set_print(pairs, count);
	int64_t set = 0;
	int code = widen_store_set(map, &print, pairs, count, &set, err);

	if (code == 0)
		code = change_scope(map, scope, set, incomplete, err);
	if (code == 0)
		code = sql_run(map, drop_sets, err);
	return code == 0 ? map_sweep_files(map, err) : code;
}
