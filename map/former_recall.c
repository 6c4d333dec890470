/* SPDX-License-Identifier: MIT */
#include "map/former_recall.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "map/recall.h"
#include "map/sql.h"
#include "map/sweep.h"

/* States of the newest results that are not as they were. */
static int64_t *recall_changed(
	size_t *count, const struct map_files *files, const bool *counts)
{
	int64_t *list = NULL;
	size_t room = 0;

	*count = 0;
	for (size_t s = 0; s < files->state_count; s++) {
		const struct map_state *state = &files->states[s];

		if (state->id && !state->live && !state->former &&
			(!counts || counts[state->file]))
			*(int64_t *)array_add(
				&list, count, &room, sizeof(*list)) = state->id;
	}
	return list;
}

static int recall_store(struct recall *recall)
{
	int code = 0;

	for (size_t i = 0; code == 0 && i < recall->count; i++)
		code = recall_promote(recall, &recall->list[i]);
	if (code == 0)
		code = recall_files(recall);
	if (code == 0)
		code = recall_renew_all(recall);
	if (code == 0)
		code = recall_settle(recall);
	if (code == 0)
		code = recall_lose(recall);
	if (code == 0)
		code = former_take_along(
			recall->map, &recall->makers, recall->err);
	if (code == 0)
		code = former_limit(recall->map, recall->err);
	return code == 0 ? map_sweep(recall->map, recall->err) : code;
}

static int recall_open(struct recall *recall, const struct map_files *files,
	const bool *counts, const int64_t *changed, size_t count)
{
	struct map *map = recall->map;
	int code = query_dependents(
		&recall->stale, map, changed, count, NULL, 0, recall->err);

	if (code == 0)
		code = query_units(&recall->units, map, recall->err);
	if (code == 0)
		code = former_makers_load(&recall->makers, map, recall->err);
	for (size_t i = 0; i < recall->makers.count; i++)
		intern(&recall->made, &recall->makers.list[i].file,
			sizeof(int64_t));
	for (size_t i = 0; counts && i < files->count; i++)
		if (!counts[i])
			intern(&recall->ignored, &files->files[i].id,
				sizeof(int64_t));
	return code == 0 ? former_reader_open(&recall->reader, map, files,
				   counts, recall->err)
			 : code;
}

static void recall_close(struct recall *recall)
{
	for (size_t i = 0; i < recall->count; i++) {
		free(recall->list[i].runner);
		free(recall->list[i].id);
		free(recall->list[i].leads);
	}
	free(recall->list);
	free(recall->files);
	interner_release(&recall->made);
	interner_release(&recall->ignored);
	former_makers_release(&recall->makers);
	query_hits_release(&recall->stale);
	query_hits_release(&recall->unseen);
	query_units_release(&recall->units);
	former_reader_close(&recall->reader);
}

/* Where it cannot be written more is run, and no harm is done. */
static int recall_write(size_t *recalled, struct recall *recall)
{
	int code = map_enter(recall->map, recall->err);

	if (code == 0 && (code = recall_store(recall)) < 0)
		map_undo(recall->map);
	else if (code == 0)
		code = map_leave(recall->map, recall->err);
	if (code == 0)
		*recalled = recall->count;
	return code == MAP_IO ? 0 : code;
}

/*
 * A number for what a search for former results looks at. Another search with
 * the same one finds nothing, either; where it is so by chance more is run.
 */
static int recall_number(int64_t *number, struct map *map,
	const struct map_files *files, const bool *counts, struct err *err)
{
	static const char *const texts[] = {"SELECT count(*) FROM former",
		"SELECT sum(scope) FROM former", "SELECT max(ran) FROM former",
		"SELECT sum(scope) FROM unit", "SELECT max(id) FROM session"};
	const size_t n = sizeof(texts) / sizeof(*texts);
	int64_t *seen = xcalloc(n + files->state_count, sizeof(*seen));
	struct print print;
	int code = 0;

	for (size_t i = 0; code == 0 && i < n; i++)
		code = sql_number(map, texts[i], &seen[i], err);
	for (size_t s = 0; s < files->state_count; s++) {
		const struct map_state *state = &files->states[s];
		bool stands = state->live || (counts && !counts[state->file]);

		seen[n + s] = state->id * 2 + stands;
	}
	print = print_bytes(seen, (n + files->state_count) * sizeof(*seen), 0);
	memcpy(number, print.bytes, sizeof(*number));
	free(seen);
	return code;
}

/* That a search has found nothing; where it cannot be kept it is made anew. */
static void recall_keep_number(struct map *map, int64_t number)
{
	sqlite3_stmt *stmt;

	if (map_enter(map, NULL) < 0)
		return;
	stmt = sql_prepare(map,
		"INSERT OR REPLACE INTO tally (name, count)"
		" VALUES ('nothing-fits', ?)",
		NULL);
	if (stmt)
		sqlite3_bind_int64(stmt, 1, number);
	if (stmt && sql_once(map, stmt, NULL) == 0) {
		sqlite3_finalize(stmt);
		map_leave(map, NULL);
		return;
	}
	sqlite3_finalize(stmt);
	map_undo(map);
}

int former_recall(size_t *recalled, struct map *map,
	const struct map_files *files, const bool *counts, struct err *err)
{
	struct recall recall = {.map = map, .err = err};
	int64_t any = 0, *changed, number = 0, last = 0;
	size_t count = 0;
	int code = map->read_only
			   ? 0
			   : sql_number(map,
				     "SELECT EXISTS (SELECT 1 FROM former)",
				     &any, err);

	*recalled = 0;
	if (code < 0 || !any)
		return code;
	code = recall_number(&number, map, files, counts, err);
	if (code == 0)
		code = sql_number(map,
			"SELECT count FROM tally WHERE name = 'nothing-fits'",
			&last, err);
	if (code < 0 || number == last)
		return code;
	changed = recall_changed(&count, files, counts);
	if (count)
		code = recall_open(&recall, files, counts, changed, count);
	if (code == 0 && count)
		code = recall_find(&recall);
	free(changed);
	if (code == 0 && recall.count)
		code = recall_write(recalled, &recall);
	else if (code == 0 && count)
		recall_keep_number(map, number);
	recall_close(&recall);
	return code;
}
