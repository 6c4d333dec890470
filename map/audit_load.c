/* SPDX-License-Identifier: MIT */
/*
 * What audits found, in memory.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "map/audit.h"
#include "map/sql.h"

int audit_load(
	struct audited **list, size_t *count, struct map *map, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map,
		"SELECT unit.runner || '/' || unit.id, file.path, state.block,"
		" state.aspect, reads.kinds"
		" FROM reads INDEXED BY reads_audited"
		" JOIN scope ON scope.readset = reads.readset"
		" JOIN unit ON unit.scope = scope.id"
		" JOIN state ON state.id = reads.state"
		" JOIN file ON file.id = state.file"
		" WHERE reads.kinds & " SQL_KIND_AUDITED,
		err);
	size_t room = 0;
	int code = row ? 1 : MAP_IO;

	*list = NULL;
	*count = 0;
	while (code > 0) {
		struct audited *audited;

		code = sql_step(map, row, err);
		if (code <= 0)
			break;
		audited = array_add(list, count, &room, sizeof(*audited));
		audited->unit = sql_copy(row, 0);
		audited->path = sql_copy(row, 1);
		audited->block = sql_copy(row, 2);
		audited->aspect = (enum aspect)sqlite3_column_int(row, 3);
		audited->kinds = (uint32_t)sqlite3_column_int64(row, 4);
	}
	sqlite3_finalize(row);
	return code;
}

void audit_load_release(struct audited *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(list[i].unit);
		free(list[i].path);
		free(list[i].block);
	}
	free(list);
}
