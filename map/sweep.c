/* SPDX-License-Identifier: MIT */
#include "map/sweep.h"

#include "map/former.h"
#include "map/readset.h"
#include "map/sql.h"

/*
 * A scope is reached from a unit by `uses`, and as the maker of a file that a
 * reached scope read: a build done long ago still ties a binary to sources.
 */
static const char mark[] =
	"CREATE TEMP TABLE IF NOT EXISTS reached (id INTEGER PRIMARY KEY);"
	"DELETE FROM reached;"
	"INSERT INTO reached"
	" WITH RECURSIVE r (id) AS ("
	"  SELECT scope FROM unit"
	"  UNION SELECT id FROM scope WHERE latest = 1"
	"  UNION SELECT uses.used FROM r JOIN uses ON uses.scope = r.id)"
	" SELECT id FROM r;";

static const char mark_makers[] =
	"INSERT OR IGNORE INTO reached"
	" WITH RECURSIVE r (id) AS ("
	"  SELECT DISTINCT makes.scope FROM makes"
	"  JOIN state ON state.file = makes.file"
	"  WHERE makes.kinds & " SQL_KIND_MAKER
	"  AND makes.scope NOT IN (SELECT id FROM reached)"
	"  AND EXISTS (SELECT 1 FROM reads"
	"   JOIN scope ON scope.readset = reads.readset"
	"   JOIN reached ON reached.id = scope.id"
	"   WHERE reads.state = state.id)"
	"  UNION SELECT uses.used FROM r JOIN uses ON uses.scope = r.id)"
	" SELECT id FROM r;";

static const char drop_scopes[] =
	"DELETE FROM uses WHERE scope NOT IN (SELECT id FROM reached);"
	"DELETE FROM makes WHERE scope NOT IN (SELECT id FROM reached);"
	"DELETE FROM label WHERE scope NOT IN (SELECT id FROM reached);"
	"DELETE FROM scope WHERE id NOT IN (SELECT id FROM reached);";

/*
 * What an absent path rested on is free only when the path is gone: those
 * first.
 */
static const char drop_files[] =
	"DELETE FROM file WHERE dir IS NOT NULL"
	" AND NOT EXISTS (SELECT 1 FROM state WHERE state.file = file.id)"
	" AND NOT EXISTS (SELECT 1 FROM makes WHERE makes.file = file.id);"
	"DELETE FROM file WHERE NOT EXISTS"
	" (SELECT 1 FROM state WHERE state.file = file.id)"
	" AND NOT EXISTS (SELECT 1 FROM makes WHERE makes.file = file.id)"
	" AND id NOT IN (SELECT dir FROM file WHERE dir IS NOT NULL);"
	"DELETE FROM source WHERE id NOT IN"
	" (SELECT source FROM file WHERE source IS NOT NULL"
	"  UNION SELECT loaded FROM file WHERE loaded IS NOT NULL)"
	" AND skeleton NOT IN (SELECT print FROM state"
	"  WHERE aspect = " SQL_ASPECT_CODE " AND block = x'');"
	"DELETE FROM session WHERE id NOT IN (SELECT session FROM scope)"
	" AND id NOT IN (SELECT session FROM former_scope)"
	" AND id < (SELECT max(id) FROM session);";

int map_sweep(struct map *map, struct err *err)
{
	int code = sql_run(map, mark, err);
	int64_t before = 0, after = 1;

	/* Each maker found may read files that others made. */
	while (code == 0 && before != after) {
		before = after;
		code = sql_run(map, mark_makers, err);
		if (code == 0)
			code = sql_number(map, "SELECT count(*) FROM reached",
				&after, err);
	}
	if (code == 0)
		code = sql_run(map, drop_scopes, err);
	if (code == 0)
		code = readset_sweep(map, err);
	return code == 0 ? map_sweep_files(map, err) : code;
}

int map_sweep_files(struct map *map, struct err *err)
{
	int code = former_sweep_states(map, err);

	return code == 0 ? sql_run(map, drop_files, err) : code;
}
