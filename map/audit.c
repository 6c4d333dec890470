/* SPDX-License-Identifier: MIT */
/*
 * What a unit reaches now that it did not reach before. The two are compared
 * as wholes: alone in its process the unit has itself imported, set up and
 * read what others had done for it.
 */
#include "map/audit.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "map/audit_widen.h"
#include "map/source.h"
#include "map/sql.h"
#include "wire/kind.h"

/* What looked otherwise when it was recorded is the same all the same. */
struct state_key {
	uint32_t file, block, aspect;
};

/* As an aspect: not there, and absence is the same in all of them. */
#define ABSENT ASPECTS

struct comparison {
	const struct recording *recording;
	struct map_files *files;
	struct interner places; /* ids of the map's states: places in files */
	struct interner before, now; /* keys of states */
	struct interner modules;     /* names of those that it used before */
	uint32_t whole;              /* the empty block */
	struct audit_widening *widening;
};

static bool holds(const struct interner *keys, uint32_t file,
	enum aspect aspect, uint32_t block)
{
	struct state_key key = {file, block, aspect};

	return intern_find(keys, &key, sizeof(key)) != INTERN_NONE;
}

static void map_audit_hold(
	struct comparison *with, struct interner *keys, uint32_t place)
{
	const struct map_state *state = &with->files->states[place];
	struct state_key key = {state->file, state->block, state->aspect};

	intern(keys, &key, sizeof(key));
	if (state->block != with->whole ||
		!print_equal(&state->print, &print_absent))
		return;
	key.aspect = ABSENT;
	intern(keys, &key, sizeof(key));
}

/* Every state that the unit reaches in the map. */
static int load_before(struct comparison *with, struct map *map,
	const struct query_hits *closure, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map,
		"SELECT reads.state, reads.kinds FROM scope"
		" JOIN reads ON reads.readset = scope.readset"
		" WHERE scope.id = ?",
		err);
	int code = row ? 0 : MAP_IO;

	/* States come from the database first, so the numbers are places. */
	for (size_t i = 0; i < with->files->state_count; i++)
		if (with->files->states[i].id)
			intern(&with->places, &with->files->states[i].id,
				sizeof(int64_t));
	for (size_t i = 0; code == 0 && i < closure->count; i++) {
		sqlite3_bind_int64(row, 1, closure->hits[i].scope);
		while ((code = sql_step(map, row, err)) > 0) {
			int64_t id = sqlite3_column_int64(row, 0);
			uint32_t place =
				intern_find(&with->places, &id, sizeof(id));

			if (place != INTERN_NONE)
				map_audit_hold(with, &with->before, place);
			if (i == 0)
				audit_widening_keep(with->widening, place, id,
					(uint32_t)sqlite3_column_int64(row, 1));
		}
		sqlite3_reset(row);
	}
	sqlite3_finalize(row);
	return code;
}

/* Where a stored path lies and what it is called there. */
struct place {
	const char *dir, *name;
	size_t dir_size, name_size;
};

/* False for the root of the project, and of the file system. */
static bool map_audit_split(const char *path, size_t size, struct place *place)
{
	const char *slash = memrchr(path, '/', size);
	size_t at = slash ? (size_t)(slash - path) : 0;

	if (size == 1 && (*path == '.' || *path == '/'))
		return false;
	place->dir = slash ? path : ".";
	place->dir_size = slash && at ? at : 1;
	place->name = slash ? slash + 1 : path;
	place->name_size = slash ? size - at - 1 : size;
	return true;
}

/* Whether a listing that was recorded would show an entry of that name. */
static bool map_audit_is_listed(const struct comparison *with, uint32_t dir,
	const char *name, size_t size)
{
	const struct interner *blocks = &with->files->blocks;

	if (holds(&with->before, dir, ASPECT_LISTING, with->whole))
		return true;
	for (size_t n = 1; n <= size; n++) {
		uint32_t block = n < size && name[n] != '.'
					 ? INTERN_NONE
					 : intern_find(blocks, name, n);

		if (block != INTERN_NONE &&
			holds(&with->before, dir, ASPECT_LISTING, block))
			return true;
	}
	return false;
}

/*
 * What is not there cannot come without something coming that was looked for
 * before: a directory above it, or an entry where entries were listed.
 */
static bool is_absent_with_more(const struct comparison *with, uint32_t file)
{
	const struct interned *path = &with->files->paths.entries[file];
	const char *at = path->bytes;
	size_t size = path->size;
	bool absent = true; /* what the loop is at */
	struct place place;

	while (map_audit_split(at, size, &place)) {
		uint32_t dir = intern_find(
			&with->files->paths, place.dir, place.dir_size);

		at = place.dir;
		size = place.dir_size;
		if (dir == INTERN_NONE) {
			absent = false;
			continue;
		}
		if (holds(&with->before, dir, (enum aspect)ABSENT, with->whole))
			return true;
		if (absent && map_audit_is_listed(
				      with, dir, place.name, place.name_size))
			return true;
		absent = !with->files->files[dir].identity.mode;
	}
	return false;
}

/* Whether it is a passage of a function that the unit depends on. */
static bool is_part_of_more(
	const struct comparison *with, const struct map_state *state)
{
	const struct interned *block =
		&with->files->blocks.entries[state->block];
	size_t n = source_function_size(block->bytes, block->size);
	uint32_t function =
		n < block->size
			? intern_find(&with->files->blocks, block->bytes, n)
			: INTERN_NONE;

	return function != INTERN_NONE &&
	       holds(&with->before, state->file, ASPECT_CODE, function);
}

/*
 * Whether the unit was known to depend on a state, or on one that changes
 * whenever this one does.
 */
static bool was_reached(
	const struct comparison *with, const struct map_state *state)
{
	uint32_t file = state->file, whole = with->whole;
	const struct interner *before = &with->before;
	bool present, block = state->block != whole;

	if (holds(before, file, state->aspect, state->block))
		return true;
	if (!block && print_equal(&state->print, &print_absent))
		return holds(before, file, (enum aspect)ABSENT, whole) ||
		       is_absent_with_more(with, file);
	present = holds(before, file, ASPECT_CONTENT, whole) ||
		  holds(before, file, ASPECT_LISTING, whole);
	switch (state->aspect) {
	case ASPECT_LISTING:
		return block && holds(before, file, ASPECT_LISTING, whole);
	case ASPECT_CODE:
		return holds(before, file, ASPECT_CONTENT, whole) ||
		       is_part_of_more(with, state);
	case ASPECT_META:
		return present;
	case ASPECT_PRESENCE:
		return present || holds(before, file, ASPECT_META, whole) ||
		       holds(before, file, ASPECT_LINK, whole);
	default:
		return false;
	}
}

/* Whether anybody at all had this of the file. */
static bool is_recorded(
	const struct comparison *with, const struct map_state *state)
{
	uint32_t s = with->files->files[state->file].state;

	for (; s != FILE_NONE; s = with->files->states[s].next)
		if (with->files->states[s].id &&
			with->files->states[s].aspect == state->aspect &&
			with->files->states[s].block == state->block)
			return true;
	return false;
}

/*
 * The base, and finding tests, is what the runner does by itself: alone it is
 * handed another command line, and looks for its configuration in other
 * places. Of that only what was opened counts, and only what somebody had
 * opened in the suite: what nobody had, nobody can have left in memory.
 */
static bool is_runners(const struct recorded_scope *scope)
{
	return scope->kind == SCOPE_RUN || scope->kind == SCOPE_DISCOVER;
}

static bool counts_of_runner(
	const struct comparison *with, const struct recorded_read *read)
{
	const uint32_t opened = KIND_BIT(ACCESS_READ) | KIND_BIT(ACCESS_EXEC);

	return read->kinds & opened &&
	       is_recorded(with, &with->files->states[read->state]);
}

/*
 * Where a module is looked for hangs on which directories the runner put on
 * the path before it came to import it, and it comes to that earlier alone. A
 * module that the unit uses was looked for as recorded; would it be another
 * one now, its file would be a gap.
 */
static bool is_search(const struct comparison *with,
	const struct recorded_scope *scope, const struct map_state *state)
{
	return scope->kind == SCOPE_MODULE && state->aspect == ASPECT_LISTING &&
	       state->block != with->whole &&
	       intern_find(&with->modules, scope->name, scope->name_size) !=
		       INTERN_NONE;
}

static void compare_scope(struct comparison *with,
	const struct recorded_scope *scope, bool runners)
{
	for (size_t i = 0; i < scope->read_count; i++) {
		const struct recorded_read *read = &scope->reads[i];
		const struct map_state *state =
			&with->files->states[read->state];

		if (!holds(&with->now, state->file, state->aspect,
			    state->block) &&
			!was_reached(with, state)) {
			if (is_search(with, scope, state) ||
				(runners && !counts_of_runner(with, read)))
				continue;
			audit_widening_add(
				with->widening, read->state, read->kinds);
		}
		map_audit_hold(with, &with->now, read->state);
	}
}

/*
 * Everything that the scope reaches in the recording, nearest first; what is
 * reached through the runner's own scopes alone comes last.
 */
static void map_audit_compare(struct comparison *with, uint32_t from)
{
	const struct recording *recording = with->recording;
	size_t total = recording->scope_count, count = 1, later = 0;
	bool *seen = xcalloc(total, sizeof(*seen));
	uint32_t *queue = xcalloc(total, sizeof(*queue));
	uint32_t *runners = xcalloc(total, sizeof(*runners));
	size_t own = SIZE_MAX; /* where the runner's begin */

	queue[0] = from;
	seen[from] = true;
	for (size_t i = 0;; i++) {
		const struct recorded_scope *scope;

		if (i == count && own == SIZE_MAX) {
			own = count;
			for (size_t k = 0; k < later; k++)
				queue[count++] = runners[k];
		}
		if (i == count)
			break;
		scope = &recording->scopes[queue[i]];
		compare_scope(with, scope, i >= own);
		for (size_t k = 0; k < scope->use_count; k++) {
			uint32_t used = scope->uses[k];

			if (seen[used])
				continue;
			seen[used] = true;
			if (own == SIZE_MAX &&
				is_runners(&recording->scopes[used]))
				runners[later++] = used;
			else
				queue[count++] = used;
		}
	}
	free(runners);
	free(queue);
	free(seen);
}

/* Which of the unit's own reads before it reaches now, too. */
static void mark_reached(struct comparison *with)
{
	for (size_t i = 0; i < with->widening->kept_count; i++) {
		struct kept_read *kept = &with->widening->kept[i];
		const struct map_state *state;

		if (kept->place == INTERN_NONE)
			continue;
		state = &with->files->states[kept->place];
		kept->reached = holds(
			&with->now, state->file, state->aspect, state->block);
	}
}

/* The names of the modules in the closure. */
static int load_modules(struct comparison *with, struct map *map,
	const struct query_hits *closure, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map,
		"SELECT name FROM scope WHERE id = ? AND kind "
		"= " SQL_SCOPE_MODULE,
		err); /* SCOPE_MODULE */
	int code = row ? 0 : MAP_IO;

	for (size_t i = 0; code == 0 && i < closure->count; i++) {
		sqlite3_bind_int64(row, 1, closure->hits[i].scope);
		while ((code = sql_step(map, row, err)) > 0)
			intern(&with->modules, sqlite3_column_blob(row, 0),
				(size_t)sqlite3_column_bytes(row, 0));
		sqlite3_reset(row);
	}
	sqlite3_finalize(row);
	return code;
}

/* Whether the map holds the unit. */
static bool find_audited(struct audit_widening *widening)
{
	struct audit *audit = widening->audit;
	const struct query_unit *unit = NULL;
	size_t size, id_size;
	const char *id;

	if (unit_name_split(
		    audit->unit, strlen(audit->unit), &size, &id, &id_size))
		unit = query_units_find(
			&widening->units, audit->unit, size, id);
	if (!unit)
		return false;
	free(audit->before);
	audit->before = unit->outcome ? xstrdup(unit->outcome) : NULL;
	widening->scope = unit->scope;
	widening->id = unit->id;
	return true;
}

static bool map_audit_has_failed(const char *outcome)
{
	return !strcmp(outcome, "failed") || !strcmp(outcome, "error");
}

bool audit_is_order_dependent(const struct audit *audit)
{
	if (!audit->before || !audit->after)
		return false;
	if (map_audit_has_failed(audit->before) &&
		map_audit_has_failed(audit->after))
		return false;
	return strcmp(audit->before, audit->after) != 0;
}

static void take_outcome(
	struct audit *audit, const struct recording *recording, uint32_t unit)
{
	const struct recorded_scope *scope = &recording->scopes[unit];

	audit->strangers = 0;
	for (size_t i = 0; i < recording->scope_count; i++)
		audit->strangers += recording->scopes[i].kind == SCOPE_UNIT &&
				    i != unit &&
				    !recording->scopes[i].known_only &&
				    !recording->scopes[i].unwanted;
	audit->ran = !scope->known_only && !scope->unwanted;
	free(audit->after);
	audit->after =
		audit->ran && scope->outcome ? xstrdup(scope->outcome) : NULL;
}

int recording_audit(struct recording *recording, uint32_t unit, struct map *map,
	struct audit *audit, struct err *err)
{
	struct audit_widening widening = {
		.audit = audit, .files = recording->files};
	struct comparison with = {.recording = recording,
		.files = recording->files,
		.widening = &widening};
	struct query_hits closure = {0};
	int code;

	take_outcome(audit, recording, unit);
	with.whole = intern(&with.files->blocks, "", 0);
	code = query_units(&widening.units, map, err);
	audit->known = code == 0 && find_audited(&widening);
	if (code < 0 || !audit->known || !audit->ran || audit->strangers ||
		audit_is_order_dependent(audit))
		goto out;
	code = query_closure(&closure, map, widening.scope, err);
	if (code == 0)
		code = load_before(&with, map, &closure, err);
	if (code == 0)
		code = load_modules(&with, map, &closure, err);
	if (code < 0)
		goto out;
	map_audit_compare(&with, unit);
	mark_reached(&with);
	code = audit_widening_store(&widening, map, err);
out:
	audit_widening_release(&widening);
	query_hits_release(&closure);
	interner_release(&with.places);
	interner_release(&with.before);
	interner_release(&with.now);
	interner_release(&with.modules);
	return code;
}

static void release_gaps(struct audit_gaps *gaps)
{
	for (size_t i = 0; i < gaps->count; i++) {
		free(gaps->list[i].path);
		free(gaps->list[i].block);
		free(gaps->list[i].reader);
	}
	free(gaps->list);
}

void audit_release(struct audit *audit)
{
	release_gaps(&audit->gaps);
	release_gaps(&audit->unsure);
	free(audit->before);
	free(audit->after);
	free(audit->incomplete);
	memset(audit, 0, sizeof(*audit));
}
