/* SPDX-License-Identifier: MIT */
#include "map/forget.h"

#include <string.h>

#include "map/recording.h"
#include "map/sql.h"

/* 1: the runner, 2: the id; or 1: the scope. */
static int map_forget_perform(struct map *map, const char *text,
	const struct query_unit *unit, struct err *err)
{
	sqlite3_stmt *stmt = sql_prepare(map, text, err);
	int code = MAP_IO;

	if (stmt) {
		sqlite3_bind_text(stmt, 1, unit->runner, -1, SQLITE_STATIC);
		if (sqlite3_bind_parameter_count(stmt) > 1)
			sql_bind_bytes(stmt, 2, unit->id, strlen(unit->id));
		code = sql_once(map, stmt, err);
	}
	sqlite3_finalize(stmt);
	return code;
}

int forget_unit(struct map *map, const struct query_unit *unit, bool others,
	struct err *err)
{
	/* As run_command_unit() names it. */
	static const char own_command[] =
		"DELETE FROM command WHERE"
		" (runner IS NULL OR substr(runner, 1, 1) = '" RECORDED_INSIDE
		"') AND ?1 = 'command' AND CAST(?2 AS TEXT) ="
		" CASE CAST(directory AS TEXT) WHEN '.' THEN ''"
		"  ELSE 'cd ' || directory || ' && ' END"
		" || replace(CAST(line AS TEXT), '\\', '')";
	static const char *const texts[] = {
		"DELETE FROM unit WHERE runner = ?1 AND id = ?2",
		"DELETE FROM former WHERE runner = ?1 AND id = ?2",
		"DELETE FROM flaky WHERE runner = ?1 AND id = ?2",
		"DELETE FROM test_case WHERE runner = ?1 AND id = ?2",
		own_command,
	};
	int code = 0;

	for (size_t i = 0; code == 0 && i < sizeof(texts) / sizeof(*texts); i++)
		code = map_forget_perform(map, texts[i], unit, err);
	if (code == 0 && others)
		code = map_forget_perform(map,
			"DELETE FROM command WHERE runner = ?1"
			" OR instr(runner || '" RECORDED_INSIDE
			"', '" RECORDED_INSIDE "' || ?1 || '" RECORDED_INSIDE
			"')",
			unit, err);
	return code;
}
