/* SPDX-License-Identifier: MIT */
#include "map/flaky.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "map/sql.h"

static int map_flaky_by_name(const struct flaky_unit *unit, const char *runner,
	const char *id, const char *part)
{
	int order = strcmp(unit->runner, runner);

	if (!order)
		order = strcmp(unit->id, id);
	return order ? order : strcmp(unit->part, part);
}

/* The first that is not before it. */
static size_t map_flaky_place(const struct flaky_units *units,
	const char *runner, const char *id, const char *part)
{
	size_t low = 0, high = units->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (map_flaky_by_name(&units->list[middle], runner, id, part) <
			0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t flaky_units_place(
	const struct flaky_units *units, const char *runner, const char *id)
{
	return map_flaky_place(units, runner, id, "");
}

struct flaky_unit *flaky_units_find(const struct flaky_units *units,
	const char *runner, const char *id, const char *part)
{
	size_t i = map_flaky_place(units, runner, id, part);

	return i < units->count && !map_flaky_by_name(
					   &units->list[i], runner, id, part)
		       ? &units->list[i]
		       : NULL;
}

struct flaky_unit *flaky_units_add(struct flaky_units *units,
	const char *runner, const char *id, const char *part)
{
	size_t at = map_flaky_place(units, runner, id, part);
	struct flaky_unit *unit;

	array_add(&units->list, &units->count, &units->room,
		sizeof(*units->list));
	unit = &units->list[at];
	memmove(unit + 1, unit, (units->count - at - 1) * sizeof(*unit));
	*unit = (struct flaky_unit){.runner = xstrdup(runner),
		.id = xstrdup(id),
		.part = xstrdup(part)};
	return unit;
}

struct flaky_unit *flaky_units_copy(
	struct flaky_units *units, const struct flaky_unit *from)
{
	struct flaky_unit *unit =
		flaky_units_add(units, from->runner, from->id, from->part);

	unit->since = from->since;
	unit->latest = from->latest;
	unit->passed = from->passed;
	unit->failed = from->failed;
	return unit;
}

static void map_flaky_release(struct flaky_unit *unit)
{
	free(unit->runner);
	free(unit->id);
	free(unit->part);
}

void flaky_units_remove(struct flaky_units *units, struct flaky_unit *unit)
{
	size_t at = (size_t)(unit - units->list);

	map_flaky_release(unit);
	memmove(unit, unit + 1, (units->count - at - 1) * sizeof(*unit));
	units->count--;
}

void flaky_units_release(struct flaky_units *units)
{
	for (size_t i = 0; i < units->count; i++)
		map_flaky_release(&units->list[i]);
	free(units->list);
	memset(units, 0, sizeof(*units));
}

int flaky_units_load(
	struct flaky_units *units, struct map *map, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map,
		"SELECT runner, id, part, since, latest, passed, failed"
		" FROM flaky ORDER BY runner, id, part",
		err);
	int code = row ? 1 : MAP_IO;

	memset(units, 0, sizeof(*units));
	while (code > 0 && (code = sql_step(map, row, err)) > 0) {
		struct flaky_unit *unit = array_add(&units->list, &units->count,
			&units->room, sizeof(*unit));

		unit->runner = sql_copy(row, 0);
		unit->id = sql_copy(row, 1);
		unit->part = sql_copy(row, 2);
		unit->since = sqlite3_column_int64(row, 3);
		unit->latest = sqlite3_column_int64(row, 4);
		unit->passed = sqlite3_column_int64(row, 5);
		unit->failed = sqlite3_column_int64(row, 6);
	}
	sqlite3_finalize(row);
	return code;
}

int flaky_units_store(
	const struct flaky_units *units, struct map *map, struct err *err)
{
	sqlite3_stmt *row;
	int code = sql_run(map, "DELETE FROM flaky", err);

	if (code < 0)
		return code;
	row = sql_prepare(map,
		"INSERT INTO flaky (runner, id, part, since, latest, passed,"
		" failed) VALUES (?, ?, ?, ?, ?, ?, ?)",
		err);
	if (!row)
		return MAP_IO;
	for (size_t i = 0; code == 0 && i < units->count; i++) {
		const struct flaky_unit *unit = &units->list[i];

		sqlite3_bind_text(row, 1, unit->runner, -1, SQLITE_STATIC);
		sql_bind_bytes(row, 2, unit->id, strlen(unit->id));
		sql_bind_bytes(row, 3, unit->part, strlen(unit->part));
		sqlite3_bind_int64(row, 4, unit->since);
		sqlite3_bind_int64(row, 5, unit->latest);
		sqlite3_bind_int64(row, 6, unit->passed);
		sqlite3_bind_int64(row, 7, unit->failed);
		code = sql_once(map, row, err);
	}
	sqlite3_finalize(row);
	return code;
}
