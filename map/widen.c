/* SPDX-License-Identifier: MIT */
#include "map/widen.h"

#include "map/readset.h"
#include "map/recording_key.h"
#include "map/sql.h"
#include "map/sweep.h"

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

/* What the unit's record lacks now its older ones lack, too. */
static int forget_former(struct map *map, int64_t scope, struct err *err)
{
	sqlite3_stmt *stmt = sql_prepare(map,
		"DELETE FROM former WHERE (runner, id) IN"
		" (SELECT runner, id FROM unit WHERE scope = ?)",
		err);
	int code = MAP_IO;

	if (stmt) {
		sqlite3_bind_int64(stmt, 1, scope);
		code = sql_once(map, stmt, err);
	}
	sqlite3_finalize(stmt);
	return code;
}

int scope_widen(struct map *map, int64_t scope, int64_t *pairs, size_t count,
	const char *incomplete, struct err *err)
{
	struct print print = recording_set_print(pairs, count);
	int64_t set = 0;
	int code = forget_former(map, scope, err);

	if (code == 0)
		code = readset_store(map, &print, pairs, count, &set, err);

	if (code == 0)
		code = change_scope(map, scope, set, incomplete, err);
	/* The scope's old set is often shared, and often not. */
	if (code == 0)
		code = readset_sweep(map, err);
	return code == 0 ? map_sweep_files(map, err) : code;
}
