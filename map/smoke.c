/* SPDX-License-Identifier: MIT */
#include "map/smoke.h"

#include "map/sql.h"

int smoke_is_done(bool *done, struct map *map, const struct print *changes,
	size_t count, struct err *err)
{
	sqlite3_stmt *row =
		sql_prepare(map, "SELECT 1 FROM smoke WHERE digest = ?", err);
	int code = row ? 1 : MAP_IO;

	for (size_t i = 0; code > 0 && i < count; i++) {
		sql_bind_bytes(
			row, 1, changes[i].bytes, sizeof(changes[i].bytes));
		code = sql_step(map, row, err);
		sqlite3_reset(row);
	}
	*done = code > 0;
	sqlite3_finalize(row);
	return code < 0 ? code : 0;
}

int smoke_set_done(struct map *map, const struct print *changes, size_t count,
	struct err *err)
{
	sqlite3_stmt *row;
	int code = sql_run(map, "DELETE FROM smoke", err);

	if (code < 0)
		return code;
	row = sql_prepare(
		map, "INSERT OR IGNORE INTO smoke (digest) VALUES (?)", err);
	if (!row)
		return MAP_IO;
	for (size_t i = 0; code == 0 && i < count; i++) {
		sql_bind_bytes(
			row, 1, changes[i].bytes, sizeof(changes[i].bytes));
		code = sql_once(map, row, err);
	}
	sqlite3_finalize(row);
	return code;
}
