/* SPDX-License-Identifier: MIT */
#include "map/merge_read.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "map/former.h"
#include "map/former_read.h"
#include "map/merge.h"
#include "map/source.h"
#include "map/sql.h"
#include "wire/kind.h"

int merge_refuse(const struct map *from, const char *what, struct err *err)
{
	return err_set(err, MAP_BROKEN, "map '%s' is not merged: %s",
		from->root, what);
}

uint32_t merge_scope(const struct merge_reading *reading, int64_t id)
{
	return intern_find(&reading->scope_ids, &id, sizeof(id));
}

static uint32_t merge_read_file(const struct merge_reading *reading, int64_t id)
{
	uint32_t n = intern_find(&reading->file_ids, &id, sizeof(id));

	return n == INTERN_NONE ? FILE_NONE : reading->file_places[n];
}

static uint32_t merge_read_state(
	const struct merge_reading *reading, int64_t id)
{
	uint32_t n = intern_find(&reading->state_ids, &id, sizeof(id));

	return n == INTERN_NONE ? FILE_NONE : reading->state_places[n];
}

/* A row of each kind is taken by one of these. */
typedef int taking_row(struct merge_reading *reading, sqlite3_stmt *row);

static int merge_read_rows(
	struct merge_reading *reading, const char *sql, taking_row *take)
{
	struct err why;
	sqlite3_stmt *row = sql_prepare(reading->from, sql, &why);
	int code = row ? 1 : -1;

	while (code > 0 && (code = sql_step(reading->from, row, &why)) > 0) {
		code = take(reading, row);
		if (code < 0) {
			sqlite3_finalize(row);
			return code;
		}
		code = 1;
	}
	sqlite3_finalize(row);
	return code < 0 ? merge_refuse(
				  reading->from, "it is damaged", reading->err)
			: 0;
}

/* A text that has bytes, and no NUL among them; NULL otherwise. */
static const char *merge_read_text(sqlite3_stmt *row, int at, size_t *size)
{
	const char *bytes = sqlite3_column_blob(row, at);

	*size = (size_t)sqlite3_column_bytes(row, at);
	return bytes && *size && !memchr(bytes, 0, *size) ? bytes : NULL;
}

static int merge_take_file(struct merge_reading *reading, sqlite3_stmt *row)
{
	int64_t id = sqlite3_column_int64(row, 0);
	size_t size;
	const char *path = merge_read_text(row, 1, &size);

	if (!path || intern(&reading->file_ids, &id, sizeof(id)) !=
			     reading->file_count)
		return merge_refuse(reading->from,
			"a file in it has no proper path", reading->err);
	*(uint32_t *)array_add(&reading->file_places, &reading->file_count,
		&reading->file_room, sizeof(uint32_t)) =
		map_files_intern(&reading->files, path, size);
	return 0;
}

static int merge_take_state(struct merge_reading *reading, sqlite3_stmt *row)
{
	struct map_files *files = &reading->files;
	int64_t id = sqlite3_column_int64(row, 0);
	uint32_t file = merge_read_file(reading, sqlite3_column_int64(row, 1));
	int64_t aspect = sqlite3_column_int64(row, 2);
	size_t before = files->state_count;
	struct print print;

	if (file == FILE_NONE || aspect < 0 || aspect >= ASPECTS ||
		sqlite3_column_bytes(row, 4) != (int)sizeof(print.bytes) ||
		intern(&reading->state_ids, &id, sizeof(id)) !=
			reading->state_count)
		return merge_refuse(reading->from,
			"a state in it is of no file", reading->err);
	memcpy(print.bytes, sqlite3_column_blob(row, 4), sizeof(print.bytes));
	*(uint32_t *)array_add(&reading->state_places, &reading->state_count,
		&reading->state_room, sizeof(uint32_t)) =
		map_file_state_of(files, file, (enum aspect)aspect,
			sqlite3_column_blob(row, 3),
			(size_t)sqlite3_column_bytes(row, 3), &print);
	/* Whether the file looks like that nobody has compared. */
	if (files->state_count > before)
		map_file_look_again(files, file);
	return 0;
}

/* What texts are made of that somebody loaded. */
static int merge_take_source(struct merge_reading *reading, sqlite3_stmt *row)
{
	struct source *theirs = source_by_id(
		reading->from, sqlite3_column_int64(row, 0), reading->err);
	struct source *ours;

	if (!theirs || !theirs->tag) {
		source_release(theirs);
		free(theirs);
		return merge_refuse(reading->from, "a source in it is damaged",
			reading->err);
	}
	ours = source_by_content(
		reading->into, &theirs->content, theirs->tag, reading->err);
	if (!ours) {
		theirs->id = 0;
		map_files_own(&reading->files, theirs);
		return 0;
	}
	source_release(ours);
	free(ours);
	source_release(theirs);
	free(theirs);
	return 0;
}

static struct recorded_scope *merge_read_add_scope(
	struct merge_reading *reading, int64_t id, struct merged_scope **more)
{
	struct recording *recording = &reading->recording;

	*more = array_add(&reading->scopes, &reading->scope_count,
		&reading->scope_room, sizeof(**more));
	if (intern(&reading->scope_ids, &id, sizeof(id)) !=
		recording->scope_count)
		return NULL;
	return array_add(&recording->scopes, &recording->scope_count,
		&recording->scope_room, sizeof(struct recorded_scope));
}

static char *merge_read_keep(struct merge_reading *reading, char *text)
{
	*(char **)array_add(&reading->names, &reading->name_count,
		&reading->name_room, sizeof(text)) = text;
	return text;
}

static bool merge_read_kind(enum scope_kind *kind, int64_t number)
{
	*kind = (enum scope_kind)number;
	return number >= 0 && number < SCOPE_KINDS && number != SCOPE_FINISH;
}

/* id, kind, name, latest, incomplete, members, whether it never ran. */
static int merge_take_scope(struct merge_reading *reading, sqlite3_stmt *row)
{
	struct merged_scope *more;
	struct recorded_scope *scope = merge_read_add_scope(
		reading, sqlite3_column_int64(row, 0), &more);

	if (!scope ||
		!merge_read_kind(&scope->kind, sqlite3_column_int64(row, 1)))
		return merge_refuse(reading->from,
			"a scope in it is of no kind", reading->err);
	scope->name = merge_read_keep(reading, sql_copy(row, 2));
	scope->name_size = strlen(scope->name);
	scope->duration = -1;
	scope->known_only = sqlite3_column_int(row, 6);
	more->latest = sqlite3_column_int(row, 3) == 1;
	if (sqlite3_column_type(row, 4) != SQLITE_NULL)
		scope->incomplete = merge_read_keep(reading, sql_copy(row, 4));
	if (sqlite3_column_type(row, 5) != SQLITE_NULL) {
		more->members = sql_copy(row, 5);
		more->members_size = (size_t)sqlite3_column_bytes(row, 5);
	}
	return 0;
}

static int merge_read_add_read(struct merge_reading *reading,
	struct recorded_scope *scope, int64_t state, int64_t kinds)
{
	uint32_t place = merge_read_state(reading, state);

	if (place == FILE_NONE)
		return merge_refuse(reading->from,
			"somebody in it has read no state", reading->err);
	*(struct recorded_read *)array_add(&scope->reads, &scope->read_count,
		&scope->read_room, sizeof(struct recorded_read)) =
		(struct recorded_read){place, (uint32_t)kinds};
	return 0;
}

/* scope, state, kinds */
static int merge_take_read(struct merge_reading *reading, sqlite3_stmt *row)
{
	uint32_t scope = merge_scope(reading, sqlite3_column_int64(row, 0));

	return merge_read_add_read(reading, &reading->recording.scopes[scope],
		sqlite3_column_int64(row, 1), sqlite3_column_int64(row, 2));
}

static int merge_read_add_use(
	struct merge_reading *reading, uint32_t from, int64_t used)
{
	uint32_t to = merge_scope(reading, used);
	struct recorded_scope *scope;

	if (from == INTERN_NONE || to == INTERN_NONE)
		return merge_refuse(reading->from,
			"somebody in it uses no scope", reading->err);
	scope = &reading->recording.scopes[from];
	*(uint32_t *)array_add(&scope->uses, &scope->use_count,
		&scope->use_room, sizeof(uint32_t)) = to;
	return 0;
}

static int merge_take_use(struct merge_reading *reading, sqlite3_stmt *row)
{
	return merge_read_add_use(reading,
		merge_scope(reading, sqlite3_column_int64(row, 0)),
		sqlite3_column_int64(row, 1));
}

static int merge_read_add_make(struct merge_reading *reading, uint32_t scope,
	int64_t file, int64_t kinds)
{
	uint32_t place = merge_read_file(reading, file);
	struct recorded_scope *from;

	if (scope == INTERN_NONE || place == FILE_NONE)
		return merge_refuse(reading->from,
			"somebody in it made no file", reading->err);
	from = &reading->recording.scopes[scope];
	*(struct recorded_make *)array_add(&from->makes, &from->make_count,
		&from->make_room, sizeof(struct recorded_make)) =
		(struct recorded_make){place, (uint32_t)kinds};
	return 0;
}

static int merge_take_make(struct merge_reading *reading, sqlite3_stmt *row)
{
	return merge_read_add_make(reading,
		merge_scope(reading, sqlite3_column_int64(row, 0)),
		sqlite3_column_int64(row, 1), sqlite3_column_int64(row, 2));
}

/* What a scope of a former result read, and what it made. */
static int merge_read_former(struct merge_reading *reading,
	struct former_reader *reader, const struct former_scope *former)
{
	uint32_t at = merge_scope(reading, former->id);
	struct print digest;
	int64_t *pairs;
	size_t count;
	int code = former_reader_set(
		&pairs, &count, &digest, reader, former->content, reading->err);

	if (code < 0)
		code = merge_refuse(
			reading->from, "a set of it is missing", reading->err);
	for (size_t i = 0; code == 0 && i < count; i++)
		code = merge_read_add_read(reading,
			&reading->recording.scopes[at], pairs[2 * i],
			pairs[2 * i + 1]);
	for (size_t i = 0; code == 0 && i < former->use_count; i++)
		if (merge_scope(reading, former->uses[i]) != INTERN_NONE)
			code = merge_read_add_use(reading, at, former->uses[i]);
		else
			/* A test that it used has no such result any more. */
			reading->recording.scopes[at].incomplete =
				"what it used is not known any more";
	for (size_t i = 0; code == 0 && i < former->made_count; i++)
		code = merge_read_add_make(reading, at, former->made[i],
			KIND_BIT(ACCESS_WRITE) | KIND_MAKER);
	free(pairs);
	return code;
}

/* Those that no newest result leads to, which are behind the others. */
static int merge_read_formers(struct merge_reading *reading)
{
	struct map_files none = {.root = reading->into->root};
	struct former_reader reader;
	size_t first = reading->recording.scope_count;
	int code = merge_read_rows(reading,
		"SELECT id, kind, name, 0, NULL, members, 0 FROM former_scope"
		" WHERE id NOT IN (SELECT id FROM scope)",
		merge_take_scope);
	int opened = former_reader_open(
		&reader, reading->from, &none, NULL, reading->err);

	if (code == 0)
		code = opened;
	for (size_t i = first; code == 0 && i < reading->scope_count; i++) {
		const struct former_scope *former;
		int64_t id;

		memcpy(&id, reading->scope_ids.entries[i].bytes, sizeof(id));
		code = former_reader_scope(&former, &reader, id, reading->err);
		if (code == 0)
			code = merge_read_former(reading, &reader, former);
	}
	former_reader_close(&reader);
	return code;
}

/* scope, runner, id, outcome, duration, place, labels, ran, newest */
static int merge_take_result(struct merge_reading *reading, sqlite3_stmt *row)
{
	uint32_t scope = merge_scope(reading, sqlite3_column_int64(row, 0));
	size_t runner_size, id_size;
	const char *runner = merge_read_text(row, 1, &runner_size);
	const char *id = merge_read_text(row, 2, &id_size);
	struct merged_result *result;

	/* It is handed to a runner, and must be no option. */
	if (scope == INTERN_NONE || !runner || !id || *id == '-' ||
		memchr(runner, '/', runner_size))
		return merge_refuse(reading->from,
			"a unit in it has no proper name", reading->err);
	result = array_add(&reading->results, &reading->result_count,
		&reading->result_room, sizeof(*result));
	result->scope = scope;
	result->runner = xmemdup(runner, runner_size);
	result->id = xmemdup(id, id_size);
	if (sqlite3_column_type(row, 3) != SQLITE_NULL)
		result->outcome = sql_copy(row, 3);
	result->duration = sqlite3_column_int64(row, 4);
	if (sqlite3_column_type(row, 5) != SQLITE_NULL)
		result->place = sql_copy(row, 5);
	result->labels_size = (size_t)sqlite3_column_bytes(row, 6);
	result->labels = sql_copy(row, 6);
	result->ran = sqlite3_column_int64(row, 7);
	result->newest = sqlite3_column_int(row, 8);
	return 0;
}

/* directory, state, kinds; by directory */
static int merge_take_listing(struct merge_reading *reading, sqlite3_stmt *row)
{
	struct recording *recording = &reading->recording;
	uint32_t state =
		merge_read_state(reading, sqlite3_column_int64(row, 1));
	char *directory = sql_copy(row, 0);
	struct recorded_listing *listing = NULL;

	if (recording->listing_count)
		listing = &recording->listings[recording->listing_count - 1];
	if (!listing || strcmp(listing->directory, directory) != 0) {
		listing = array_add(&recording->listings,
			&recording->listing_count, &recording->listing_room,
			sizeof(*listing));
		listing->directory = merge_read_keep(reading, directory);
	} else {
		free(directory);
	}
	reading->listing_count = recording->listing_count;
	if (state == FILE_NONE)
		return merge_refuse(reading->from,
			"a listing in it is of no state", reading->err);
	*(struct recorded_read *)array_add(&listing->reads,
		&listing->read_count, &listing->read_room,
		sizeof(struct recorded_read)) = (struct recorded_read){
		state, (uint32_t)sqlite3_column_int64(row, 2)};
	return 0;
}

static const struct {
	const char *sql;
	taking_row *take;
} tables[] = {
	{"SELECT id, path FROM file", merge_take_file},
	{"SELECT id, file, aspect, block, print FROM state", merge_take_state},
	/* Others are of texts that nobody loaded who is left. */
	{"SELECT id FROM source WHERE skeleton IN (SELECT print FROM state"
	 " WHERE aspect = " SQL_ASPECT_CODE " AND block = x'')",
		merge_take_source},
	{"SELECT scope.id, kind, name, latest, incomplete, members,"
	 " unit.scope IS NOT NULL AND unit.outcome IS NULL FROM scope"
	 " LEFT JOIN unit ON unit.scope = scope.id",
		merge_take_scope},
	{"SELECT scope.id, reads.state, reads.kinds FROM scope"
	 " JOIN reads ON reads.readset = scope.readset",
		merge_take_read},
	{"SELECT scope, used FROM uses", merge_take_use},
	{"SELECT scope, file, kinds FROM makes WHERE kinds "
	 "& " SQL_KIND_MAKER,
		merge_take_make},
	{"SELECT directory, state, kinds FROM listing"
	 " JOIN reads ON reads.readset = listing.readset ORDER BY directory",
		merge_take_listing},
};

static const struct {
	const char *sql;
	taking_row *take;
} results[] = {
	{"SELECT unit.scope, runner, id, outcome, coalesce(duration, -1),"
	 " place, (SELECT group_concat(CAST(label.name AS TEXT), char(10))"
	 "  || char(10) FROM label WHERE label.scope = unit.scope),"
	 " coalesce((SELECT started FROM scope JOIN session"
	 "  ON session.id = scope.session WHERE scope.id = unit.scope), 0), 1"
	 " FROM unit",
		merge_take_result},
	{"SELECT scope, runner, id, outcome, coalesce(duration, -1), place,"
	 " labels, ran, 0 FROM former WHERE runner <> '" FORMER_PLACE "'"
	 " ORDER BY ran",
		merge_take_result},
};

int merge_reading_open(struct merge_reading *reading, struct map *into,
	struct map *from, struct err *err)
{
	int code;

	memset(reading, 0, sizeof(*reading));
	reading->into = into;
	reading->from = from;
	reading->err = err;
	code = map_files_load(&reading->files, into, err);
	reading->recording.files = &reading->files;
	for (size_t i = 0; code == 0 && i < sizeof(tables) / sizeof(*tables);
		i++)
		code = merge_read_rows(reading, tables[i].sql, tables[i].take);
	if (code == 0)
		code = merge_read_formers(reading);
	for (size_t i = 0; code == 0 && i < sizeof(results) / sizeof(*results);
		i++)
		code = merge_read_rows(
			reading, results[i].sql, results[i].take);
	/* Labels of newest results have a line each, those of others a NUL. */
	for (size_t i = 0; i < reading->result_count; i++)
		for (size_t k = 0; reading->results[i].newest &&
				   k < reading->results[i].labels_size;
			k++)
			if (reading->results[i].labels[k] == '\n')
				reading->results[i].labels[k] = '\0';
	return code;
}

void merge_reading_close(struct merge_reading *reading)
{
	for (size_t i = 0; i < reading->name_count; i++)
		free(reading->names[i]);
	for (size_t i = 0; i < reading->scope_count; i++)
		free(reading->scopes[i].members);
	for (size_t i = 0; i < reading->result_count; i++) {
		free(reading->results[i].runner);
		free(reading->results[i].id);
		free(reading->results[i].outcome);
		free(reading->results[i].place);
		free(reading->results[i].labels);
	}
	free(reading->names);
	free(reading->scopes);
	free(reading->results);
	free(reading->file_places);
	free(reading->state_places);
	interner_release(&reading->file_ids);
	interner_release(&reading->state_ids);
	interner_release(&reading->scope_ids);
	recording_release(&reading->recording);
	map_files_release(&reading->files);
}
