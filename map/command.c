/* SPDX-License-Identifier: MIT */
#include "map/command.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "map/sql.h"

int command_is_known(bool *known, int64_t *lasted, struct map *map,
	const char *line, const char *directory, struct err *err)
{
	sqlite3_stmt *row = sql_prepare_command(map,
		"SELECT duration FROM command"
		" WHERE line = ?1 AND directory = ?2",
		line, directory, err);
	int code = row ? sql_step(map, row, err) : MAP_IO;

	*known = code > 0;
	*lasted = *known ? sqlite3_column_int64(row, 0) : 0;
	sqlite3_finalize(row);
	return code < 0 ? code : 0;
}

int command_runner(char **runner, struct map *map, const char *line,
	const char *directory, struct err *err)
{
	sqlite3_stmt *row = sql_prepare_command(map,
		"SELECT runner FROM command"
		" WHERE line = ?1 AND directory = ?2",
		line, directory, err);
	int code = row ? sql_step(map, row, err) : MAP_IO;

	*runner = code > 0 && sqlite3_column_type(row, 0) != SQLITE_NULL
			  ? sql_copy(row, 0)
			  : NULL;
	sqlite3_finalize(row);
	return code < 0 ? code : 0;
}

static int map_command_load(struct commands *commands, struct map *map,
	sqlite3_stmt *row, struct err *err)
{
	int code = row ? 1 : MAP_IO;

	memset(commands, 0, sizeof(*commands));
	while (code > 0 && (code = sql_step(map, row, err)) > 0) {
		struct command *command = array_add(&commands->list,
			&commands->count, &commands->room, sizeof(*command));

		command->line = sql_copy(row, 0);
		command->directory = sql_copy(row, 1);
		if (sqlite3_column_type(row, 2) != SQLITE_NULL)
			command->runner = sql_copy(row, 2);
	}
	sqlite3_finalize(row);
	return code;
}

int commands_load_others(struct commands *commands, struct map *map,
	const char *line, const char *directory, struct err *err)
{
	return map_command_load(commands, map,
		sql_prepare_command(map,
			"SELECT line, directory, NULL FROM command"
			" WHERE line <> ?1 OR directory <> ?2",
			line, directory, err),
		err);
}

int commands_load_whole(
	struct commands *commands, struct map *map, struct err *err)
{
	return map_command_load(commands, map,
		sql_prepare(map,
			"SELECT given, directory, runner FROM command"
			" WHERE ran IS NOT NULL ORDER BY ran DESC",
			err),
		err);
}

void commands_release(struct commands *commands)
{
	for (size_t i = 0; i < commands->count; i++) {
		free(commands->list[i].line);
		free(commands->list[i].directory);
		free(commands->list[i].runner);
	}
	free(commands->list);
	memset(commands, 0, sizeof(*commands));
}

static int map_command_perform(struct map *map, const char *text,
	const char *line, const char *directory, struct err *err)
{
	sqlite3_stmt *stmt =
		sql_prepare_command(map, text, line, directory, err);
	int code = stmt ? sql_once(map, stmt, err) : MAP_IO;

	sqlite3_finalize(stmt);
	return code;
}

int command_forget(struct map *map, const char *line, const char *directory,
	struct err *err)
{
	return map_command_perform(map,
		"DELETE FROM command WHERE line = ?1 AND directory = ?2", line,
		directory, err);
}

int command_forget_others(
	struct map *map, const struct recording *recording, struct err *err)
{
	const char *sibling = recording->sibling;
	sqlite3_stmt *stmt = sql_prepare_command(map,
		"DELETE FROM command WHERE directory <> ?2"
		" OR (line <> ?1 AND line IS NOT ?3)",
		recording->asked, recording->directory, err);
	int code = MAP_IO;

	if (stmt && sibling)
		sql_bind_bytes(stmt, 3, sibling, strlen(sibling));
	if (stmt)
		code = sql_once(map, stmt, err);
	sqlite3_finalize(stmt);
	return code;
}

/* One that gave up half-way is known, and is as it last ran as a whole. */
static int map_command_add(struct map *map, const struct recording *recording,
	const char *line, struct err *err)
{
	sqlite3_stmt *stmt = sql_prepare_command(map,
		"INSERT INTO command (line, directory, duration, given, runner,"
		" ran) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
		" ON CONFLICT (line, directory) DO UPDATE SET"
		" duration = coalesce(excluded.duration, duration),"
		" given = coalesce(excluded.given, given),"
		" runner = coalesce(excluded.runner, runner),"
		" ran = coalesce(excluded.ran, ran)",
		line, recording->directory, err);
	int code = stmt ? 0 : MAP_IO;

	if (stmt && recording->ran_all) {
		sqlite3_bind_int64(stmt, 3, recording->duration / 1000);
		sql_bind_bytes(
			stmt, 4, recording->given, strlen(recording->given));
		if (recording->runner)
			sqlite3_bind_text(
				stmt, 5, recording->runner, -1, SQLITE_STATIC);
		sqlite3_bind_int64(stmt, 6, recording->started);
	}
	if (code == 0)
		code = sql_once(map, stmt, err);
	sqlite3_finalize(stmt);
	return code;
}

/* Where it is one unit, other words of the same line had it until now. */
static int map_command_store_line(struct map *map,
	const struct recording *recording, const char *line, struct err *err)
{
	const char *place = recording->directory;
	int code = 0;

	/* It runs as it is until it passes. */
	if (recording->failed_itself)
		return command_forget(map, line, place, err);
	if (!recording->knows_all)
		return 0;
	if (recording->whole)
		code = map_command_perform(map,
			"DELETE FROM command WHERE directory = ?2"
			" AND replace(line, '\\', '')"
			"  = replace(?1, '\\', '')",
			line, place, err);
	return code == 0 ? map_command_add(map, recording, line, err) : code;
}

int command_store(
	struct map *map, const struct recording *recording, struct err *err)
{
	int code =
		map_command_store_line(map, recording, recording->asked, err);

	if (code == 0 && recording->sibling)
		code = map_command_store_line(
			map, recording, recording->sibling, err);
	return code;
}
