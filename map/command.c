/* SPDX-License-Identifier: MIT */
#include "map/command.h"

#include <stdlib.h>
#include <string.h>

#include "map/alloc.h"
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

int commands_load_others(struct commands *commands, struct map *map,
	const char *line, const char *directory, struct err *err)
{
	sqlite3_stmt *row = sql_prepare_command(map,
		"SELECT line, directory FROM command"
		" WHERE line <> ?1 OR directory <> ?2",
		line, directory, err);
	int code = row ? 1 : MAP_IO;

	memset(commands, 0, sizeof(*commands));
	while (code > 0 && (code = sql_step(map, row, err)) > 0) {
		struct command *command = array_add(&commands->list,
			&commands->count, &commands->room, sizeof(*command));

		command->line = sql_copy(row, 0);
		command->directory = sql_copy(row, 1);
	}
	sqlite3_finalize(row);
	return code;
}

void commands_release(struct commands *commands)
{
	for (size_t i = 0; i < commands->count; i++) {
		free(commands->list[i].line);
		free(commands->list[i].directory);
	}
	free(commands->list);
	memset(commands, 0, sizeof(*commands));
}

static int perform(struct map *map, const char *text, const char *line,
	const char *directory, struct err *err)
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
	return perform(map,
		"DELETE FROM command WHERE line = ?1 AND directory = ?2", line,
		directory, err);
}

int command_forget_others(struct map *map, const char *line,
	const char *directory, struct err *err)
{
	return perform(map,
		"DELETE FROM command WHERE line <> ?1 OR directory <> ?2", line,
		directory, err);
}

static int add(
	struct map *map, const struct recording *recording, struct err *err)
{
	sqlite3_stmt *stmt = sql_prepare_command(map,
		"INSERT OR REPLACE INTO command (line, directory, duration)"
		" VALUES (?1, ?2, ?3)",
		recording->words, recording->directory, err);
	int code = MAP_IO;

	if (stmt) {
		sqlite3_bind_int64(stmt, 3, recording->duration / 1000);
		code = sql_once(map, stmt, err);
	}
	sqlite3_finalize(stmt);
	return code;
}

/* Where it is one unit, other words of the same line had it until now. */
int command_store(
	struct map *map, const struct recording *recording, struct err *err)
{
	const char *line = recording->words, *place = recording->directory;
	int code = 0;

	/* It runs as it is until it passes. */
	if (recording->failed_itself)
		return command_forget(map, line, place, err);
	if (!recording->knows_all)
		return 0;
	if (recording->whole)
		code = perform(map,
			"DELETE FROM command WHERE directory = ?2"
			" AND replace(line, '\\', '')"
			"  = replace(?1, '\\', '')",
			line, place, err);
	return code == 0 ? add(map, recording, err) : code;
}
