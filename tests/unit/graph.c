/* SPDX-License-Identifier: MIT */
#include "tests/unit/graph.h"

#include "tests/unit/scratch.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "map/audit.h"
#include "map/former_recall.h"
#include "map/query.h"
#include "wire/kind.h"

struct map graph_map;

static struct map_files files;
static struct recording recording;
static struct err err;

int graph_enter(void **state)
{
	if (scratch_enter(state) || mkdir(MAP_DIRECTORY, 0777))
		return -1;
	return map_open(&graph_map, scratch_root(), MAP_RECORD, &err);
}

int graph_leave(void **state)
{
	recording_release(&recording);
	map_files_release(&files);
	map_close(&graph_map);
	return scratch_leave(state);
}

static void must(int code)
{
	if (code < 0)
		fail_msg("%s", err.text);
}

void graph_begin(void)
{
	must(map_begin(&graph_map, &err));
	must(map_files_load(&files, &graph_map, &err));
	memset(&recording, 0, sizeof(recording));
	recording.files = &files;
	recording.command = "graph";
	recording.started = clock_now();
}

void graph_commit(void)
{
	must(recording_store(&recording, &graph_map, &err));
	must(map_commit(&graph_map, &err));
	recording_release(&recording);
	map_files_release(&files);
}

void graph_audit(uint32_t unit, struct audit *audit)
{
	if (!audit->unit)
		audit->unit = graph_at(unit)->name;
	must(recording_audit(&recording, unit, &graph_map, audit, &err));
	must(map_commit(&graph_map, &err));
	recording_release(&recording);
	map_files_release(&files);
}

struct recorded_scope *graph_at(uint32_t scope)
{
	return &recording.scopes[scope];
}

uint32_t graph_scope(enum scope_kind kind, const char *name)
{
	struct recorded_scope *scope = array_add(&recording.scopes,
		&recording.scope_count, &recording.scope_room, sizeof(*scope));

	scope->kind = kind;
	scope->name = name;
	scope->name_size = strlen(name);
	scope->duration = -1;
	if (kind == SCOPE_UNIT)
		scope->outcome = "passed";
	return (uint32_t)(recording.scope_count - 1);
}

void graph_read(uint32_t scope, const char *path)
{
	struct recorded_scope *from = graph_at(scope);
	uint32_t file = map_files_intern(&files, path, strlen(path));
	struct recorded_read *edge = array_add(&from->reads, &from->read_count,
		&from->read_room, sizeof(*edge));

	map_file_check(&files, file, NULL);
	edge->state = map_file_state(&files, file, ASPECT_CONTENT, "", 0);
	edge->kinds = KIND_BIT(ACCESS_READ);
}

void graph_use(uint32_t scope, uint32_t used)
{
	struct recorded_scope *from = graph_at(scope);
	uint32_t *edge = array_add(
		&from->uses, &from->use_count, &from->use_room, sizeof(*edge));

	*edge = used;
}

void graph_make(uint32_t scope, const char *path, uint32_t kinds)
{
	struct recorded_scope *from = graph_at(scope);
	struct recorded_make *edge = array_add(&from->makes, &from->make_count,
		&from->make_room, sizeof(*edge));

	edge->file = map_files_intern(&files, path, strlen(path));
	edge->kinds = kinds;
}

void graph_gone(const char *name)
{
	struct gone_unit *gone = array_add(&recording.gone,
		&recording.gone_count, &recording.gone_room, sizeof(*gone));

	gone->name = name;
	gone->size = strlen(name);
}

void graph_label(uint32_t scope, const char *name)
{
	struct recorded_label *label = array_add(&recording.labels,
		&recording.label_count, &recording.label_room, sizeof(*label));

	label->scope = scope;
	label->name = name;
	label->size = strlen(name);
}

void graph_listing(const char *directory, const char *passed)
{
	struct recorded_listing *listing =
		array_add(&recording.listings, &recording.listing_count,
			&recording.listing_room, sizeof(*listing));
	struct recorded_read *read = array_add(&listing->reads,
		&listing->read_count, &listing->read_room, sizeof(*read));
	uint32_t file = map_files_intern(&files, passed, strlen(passed));

	listing->directory = directory;
	map_file_check(&files, file, NULL);
	read->state = map_file_state(&files, file, ASPECT_PRESENCE, "", 0);
	read->kinds = KIND_BIT(ACCESS_STAT);
}

size_t graph_recall(void)
{
	struct map_files now;
	size_t recalled = 0;

	must(map_enter(&graph_map, &err));
	must(map_files_load(&now, &graph_map, &err));
	map_files_check_all(&now);
	must(map_files_save(&now, &graph_map, &err));
	must(former_recall(&recalled, &graph_map, &now, NULL, &err));
	must(map_leave(&graph_map, &err));
	map_files_release(&now);
	return recalled;
}

void graph_unit(const char *name, const char *path)
{
	graph_begin();
	graph_read(graph_scope(SCOPE_UNIT, name), path);
	graph_commit();
}

/* The ids of the units among the hits; of all units without hits. */
static const char *join_units(const struct query_hits *hits)
{
	static char text[1024];
	struct query_units units = {0};

	*text = '\0';
	must(query_units(&units, &graph_map, &err));
	for (size_t i = 0; i < units.count; i++) {
		if (hits &&
			query_hits_find(hits, units.units[i].scope) == HIT_NONE)
			continue;
		if (*text)
			strcat(text, " ");
		strcat(text, units.units[i].id);
	}
	query_units_release(&units);
	return text;
}

const char *graph_units(void)
{
	return join_units(NULL);
}

const char *graph_affected(const char *path)
{
	struct query_hits hits = {0};
	int64_t *states = NULL;
	size_t count = 0;
	const char *text;

	must(query_file_states(&states, &count, &graph_map, path, false, &err));
	must(query_dependents(&hits, &graph_map, states, count, NULL, 0, &err));
	text = join_units(&hits);
	query_hits_release(&hits);
	free(states);
	return text;
}

int64_t graph_number(const char *sql)
{
	sqlite3_stmt *stmt;
	int64_t value;

	assert_int_equal(sqlite3_prepare_v2(graph_map.db, sql, -1, &stmt, NULL),
		SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	value = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return value;
}
