/* SPDX-License-Identifier: MIT */
#include "map/map.h"
#include "map/sql.h"

int map_begin(struct map *map, struct err *err)
{
	return sql_run(map, "BEGIN IMMEDIATE", err);
}

int map_commit(struct map *map, struct err *err)
{
	return sql_run(map, "COMMIT", err);
}

void map_rollback(struct map *map)
{
	sqlite3_exec(map->db, "ROLLBACK", NULL, NULL, NULL);
}

int map_enter(struct map *map, struct err *err)
{
	return sql_run(map, "SAVEPOINT entered", err);
}

int map_leave(struct map *map, struct err *err)
{
	int code = sql_run(map, "RELEASE entered", err);

	/* Only the outermost, which commits, can fail; it must not linger. */
	if (code < 0)
		map_rollback(map);
	return code;
}

void map_undo(struct map *map)
{
	sqlite3_exec(map->db, "ROLLBACK TO entered; RELEASE entered", NULL,
		NULL, NULL);
}
