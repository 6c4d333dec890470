/* SPDX-License-Identifier: MIT */
#include "map/audit_widen.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "map/sql.h"
#include "map/widen.h"
#include "wire/kind.h"

void audit_widening_keep(struct audit_widening *widening, uint32_t place,
	int64_t id, uint32_t kinds)
{
	struct kept_read *kept = array_add(&widening->kept,
		&widening->kept_count, &widening->kept_room, sizeof(*kept));

	*kept = (struct kept_read){.place = place, .id = id, .kinds = kinds};
}

void audit_widening_add(
	struct audit_widening *widening, uint32_t state, uint32_t kinds)
{
	struct recorded_read *read = array_add(&widening->added,
		&widening->added_count, &widening->added_room, sizeof(*read));

	*read = (struct recorded_read){state, kinds};
}

void audit_widening_release(struct audit_widening *widening)
{
	query_units_release(&widening->units);
	free(widening->kept);
	free(widening->added);
}

/* The scopes that have read the states themselves, and not by an audit. */
static int find_scopes(int64_t **scopes, size_t *count, struct map *map,
	const int64_t *states, size_t state_count, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map,
		"SELECT scope.id FROM reads"
		" JOIN scope ON scope.readset = reads.readset"
		" WHERE reads.state = ? AND NOT reads.kinds "
		"& " SQL_KIND_AUDITED,
		err);
	size_t room = 0;
	int code = row ? 0 : MAP_IO;

	*scopes = NULL;
	*count = 0;
	for (size_t i = 0; code == 0 && i < state_count; i++) {
		sqlite3_bind_int64(row, 1, states[i]);
		while ((code = sql_step(map, row, err)) > 0)
			*(int64_t *)array_add(
				scopes, count, &room, sizeof(**scopes)) =
				sqlite3_column_int64(row, 0);
		sqlite3_reset(row);
	}
	sqlite3_finalize(row);
	return code;
}

/* The nearest unit that reads the states, and how many others do. */
static int find_reader(struct audit_widening *widening, struct audit_gap *gap,
	const int64_t *states, size_t count, struct map *map, struct err *err)
{
	const struct query_units *units = &widening->units;
	struct query_hits hits = {0};
	uint32_t nearest = HIT_NONE;
	int64_t *scopes;
	size_t scope_count;
	int code = find_scopes(&scopes, &scope_count, map, states, count, err);

	if (code == 0)
		code = query_dependents(
			&hits, map, NULL, 0, scopes, scope_count, err);
	for (size_t i = 0; code == 0 && i < units->count; i++) {
		const struct query_unit *unit = &units->units[i];
		uint32_t at = query_hits_find(&hits, unit->scope);

		if (at == HIT_NONE || unit->scope == widening->scope)
			continue;
		gap->others += gap->reader != NULL;
		/* HIT_NONE is the largest number. */
		if (at >= nearest)
			continue;
		nearest = at;
		free(gap->reader);
		gap->reader = xstrdup(unit->id);
	}
	query_hits_release(&hits);
	free(scopes);
	return code;
}

/* Who reads the state's file, of a directory the same part of it. */
static int name_reader(struct audit_widening *widening, struct audit_gap *gap,
	const struct map_state *state, struct map *map, struct err *err)
{
	const struct map_files *files = widening->files;
	int64_t *same = NULL, *any = NULL;
	size_t same_count = 0, same_room = 0, any_count = 0, any_room = 0;
	int code = 0;

	for (uint32_t s = files->files[state->file].state; s != FILE_NONE;
		s = files->states[s].next) {
		const struct map_state *other = &files->states[s];

		if (!other->id)
			continue;
		if (other->aspect == state->aspect &&
			other->block == state->block)
			*(int64_t *)array_add(&same, &same_count, &same_room,
				sizeof(*same)) = other->id;
		if (other->aspect != ASPECT_LISTING)
			*(int64_t *)array_add(&any, &any_count, &any_room,
				sizeof(*any)) = other->id;
	}
	if (same_count)
		code = find_reader(widening, gap, same, same_count, map, err);
	if (code == 0 && !gap->reader && state->aspect != ASPECT_LISTING &&
		any_count)
		code = find_reader(widening, gap, any, any_count, map, err);
	free(same);
	free(any);
	return code;
}

static struct audit_gap *add_gap(struct audit_widening *widening,
	struct audit_gaps *gaps, const struct recorded_read *read)
{
	const struct map_files *files = widening->files;
	const struct map_state *state = &files->states[read->state];
	struct audit_gap *gap =
		array_add(&gaps->list, &gaps->count, &gaps->room, sizeof(*gap));

	gap->path = xstrdup(map_files_path(files, state->file));
	gap->block = xstrdup(files->blocks.entries[state->block].bytes);
	gap->aspect = state->aspect;
	gap->kinds = read->kinds;
	return gap;
}

static bool is_unsure(
	const struct audit_widening *widening, const struct map_state *state)
{
	const struct audit_gaps *unsure = &widening->audit->unsure;
	const char *path = map_files_path(widening->files, state->file);

	for (size_t i = 0; i < unsure->count; i++)
		if (!strcmp(unsure->list[i].path, path))
			return true;
	return false;
}

/*
 * Takes out of `added` what was looked for in vain and is met for the first
 * time; the rest are gaps.
 */
static int audit_widen_sort_out(
	struct audit_widening *widening, struct map *map, struct err *err)
{
	struct audit *audit = widening->audit;
	bool again = audit->runs++ > 0;
	size_t n = 0;
	int code = 0;

	for (size_t i = 0; code == 0 && i < widening->added_count; i++) {
		struct recorded_read read = widening->added[i];
		const struct map_state *state =
			&widening->files->states[read.state];

		if (print_equal(&state->print, &print_absent) &&
			!is_unsure(widening, state)) {
			if (!again)
				add_gap(widening, &audit->unsure, &read);
			continue;
		}
		widening->added[n++] = read;
		code = name_reader(widening,
			add_gap(widening, &audit->gaps, &read), state, map,
			err);
	}
	widening->added_count = n;
	return code;
}

/*
 * What earlier audits found and this one does not need any more. It tells so
 * only where it went as recorded.
 */
static bool drop_outdated(struct audit_widening *widening)
{
	const struct audit *audit = widening->audit;
	size_t n = 0, before = widening->kept_count;

	if (audit->runs > 1 || audit->incomplete || !audit->after ||
		!audit->before || strcmp(audit->after, audit->before) != 0)
		return false;
	for (size_t i = 0; i < before; i++) {
		struct kept_read kept = widening->kept[i];

		if (!(kept.kinds & KIND_AUDITED) ||
			(kept.kinds & KIND_LEARNED) ||
			kept.place == INTERN_NONE || kept.reached)
			widening->kept[n++] = kept;
	}
	widening->kept_count = n;
	return n < before;
}

static int64_t *make_pairs(struct audit_widening *widening, size_t *count)
{
	int64_t *pairs;
	size_t n = 0;

	*count = widening->kept_count + widening->added_count;
	pairs = xcalloc(*count, 2 * sizeof(*pairs));
	for (size_t i = 0; i < widening->kept_count; i++) {
		pairs[2 * n] = widening->kept[i].id;
		pairs[2 * n++ + 1] = widening->kept[i].kinds;
	}
	for (size_t i = 0; i < widening->added_count; i++) {
		const struct recorded_read *read = &widening->added[i];

		pairs[2 * n] = widening->files->states[read->state].id;
		pairs[2 * n++ + 1] = read->kinds | KIND_AUDITED;
	}
	return pairs;
}

int audit_widening_store(
	struct audit_widening *widening, struct map *map, struct err *err)
{
	int64_t *pairs;
	size_t count;
	bool dropped;
	int code = audit_widen_sort_out(widening, map, err);

	if (code < 0)
		return code;
	dropped = drop_outdated(widening);
	if (!dropped && !widening->added_count && !widening->audit->incomplete)
		return 0;
	map_files_settle(widening->files);
	code = map_files_save(widening->files, map, err);
	if (code < 0)
		return code;
	pairs = make_pairs(widening, &count);
	code = scope_widen(map, widening->scope, pairs, count,
		widening->audit->incomplete, err);
	free(pairs);
	return code;
}
