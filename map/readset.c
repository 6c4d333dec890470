/* SPDX-License-Identifier: MIT */
#include "map/readset.h"

#include "map/sql.h"

static int readset_add_reads(struct map *map, int64_t set, const int64_t *pairs,
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

int readset_store(struct map *map, const struct print *print,
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
	return code < 0 ? code
			: readset_add_reads(map, *set, pairs, count, err);
}

int readset_sweep(struct map *map, struct err *err)
{
	/* By set, not by row: dead sets are few and reads are millions. */
	return sql_run(map,
		"DELETE FROM reads WHERE readset IN (SELECT id FROM readset"
		" WHERE id NOT IN (SELECT readset FROM scope)"
		" AND id NOT IN (SELECT readset FROM listing));"
		"DELETE FROM readset"
		" WHERE id NOT IN (SELECT readset FROM scope)"
		" AND id NOT IN (SELECT readset FROM listing);",
		err);
}
