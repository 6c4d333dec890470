/* SPDX-License-Identifier: MIT */
/*
 * The units that can notice what loading a changed source does now.
 *
 * A name of a file that tests are collected from is a test, or has some below
 * it: the runner is given the name, whatever became of the ids.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/id.h"
#include "runners/adapter.h"
#include "selector/affected_search.h"

static bool affected_narrowed_is_in(
	const char *path, const struct query_unit *unit)
{
	size_t n = adapter_file_part(unit->runner, unit->id);

	return n && strlen(path) == n && !memcmp(path, unit->id, n);
}

/* The name of `names` that a unit of the file is or lies below, or NULL. */
static const struct wanted_name *affected_narrowed_name_of(
	const struct narrowed *narrowed, const char *path,
	const struct query_unit *unit)
{
	size_t n = adapter_file_part(unit->runner, unit->id);

	if (!affected_narrowed_is_in(path, unit))
		return NULL;
	for (size_t i = 0; i < narrowed->name_count; i++)
		if (id_is_below(unit->id + id_next(n), narrowed->names[i].name))
			return &narrowed->names[i];
	return NULL;
}

static void affected_narrowed_add_group(
	struct affected *affected, const char *path, const char *name)
{
	char *id = id_of(path, name);

	for (size_t i = 0; i < affected->group_count; i++)
		if (!strcmp(affected->groups[i], id)) {
			free(id);
			return;
		}
	*(char **)array_add(&affected->groups, &affected->group_count,
		&affected->group_room, sizeof(id)) = id;
}

/* A name under which there were no tests, and now may be some; or a file. */
static void select_fresh(struct search *search, const char *path,
	const char *runner, const char *name)
{
	struct affected *affected = search->affected;
	struct affected_unit *unit = array_add(&affected->units,
		&affected->count, &affected->room, sizeof(*unit));

	unit->runner = xstrdup(runner);
	unit->id = name ? id_of(path, name) : xstrdup(path);
	unit->file = true;
	search_add_reason(unit, UNIT_MISS, "new", path, NULL, NULL);
}

static void select_unit(struct search *search, size_t i,
	const struct narrowed *narrowed, const struct meant *meant,
	const struct wanted_name *name, const char *what, const char *path)
{
	const struct query_unit *unit = &search->units.units[i];
	struct affected_unit *selected = search_select(search, i);

	if (!search_has_reason(search, selected, path))
		search_add_reason(selected, UNIT_STALE, what, path,
			narrowed->reason,
			narrowed_notice(narrowed,
				query_hits_state(meant->hits[1], unit->scope)));
	if (!search_is_here(search, path))
		return;
	if (name && !name->exists)
		selected->gone = true;
	else if (name && !name->by_itself)
		selected->whole_file = true;
	if (!selected->whole_file)
		selected->whole_file =
			search_collected_anew(search, meant, unit);
}

/*
 * What there is of the names: on disk a name is enough, elsewhere only the
 * file is sure to be there.
 */
static void select_names(struct search *search, const struct narrowed *narrowed,
	const bool *met, const char *runner, const char *path)
{
	bool here = search_is_here(search, path), fresh = false;

	for (size_t i = 0; i < narrowed->name_count; i++) {
		const struct wanted_name *name = &narrowed->names[i];

		fresh |= name->exists && !met[i];
		if (!here || !name->by_itself)
			continue;
		affected_narrowed_add_group(search->affected, path, name->name);
		if (!met[i])
			select_fresh(search, path, runner, name->name);
	}
	if (!here && fresh && search->side == GIT_NEW)
		select_fresh(search, path, runner, NULL);
}

/*
 * Those who notice whatever they mention: unknown code, and that which reads
 * names of a file where some changed. To be freed.
 */
static int64_t *noticing_scopes(size_t *count, const struct search *search,
	const struct narrowed *narrowed)
{
	size_t opaque = narrowed->named ? search->opaque_count : 0;
	int64_t *scopes =
		xcalloc(narrowed->reader_count + opaque + 1, sizeof(*scopes));

	*count = 0;
	for (size_t i = 0; i < narrowed->reader_count; i++)
		scopes[(*count)++] = narrowed->readers[i];
	for (size_t i = 0; i < opaque; i++)
		scopes[(*count)++] = search->opaques[i];
	return scopes;
}

static void select_doubting(
	struct search *search, size_t i, const char *what, const char *path)
{
	struct affected_unit *selected = search_select(search, i);

	if (!search_has_reason(search, selected, path))
		search_add_reason(selected, UNIT_STALE, what, path,
			"the test imports it, and the import may fail now",
			NULL);
}

static bool surely_loads(const struct narrowed_doubts *doubts,
	const char *doubt, const char *path)
{
	char *pair = xasprintf("%s%c%s", doubt, 0, path);
	bool is = intern_find(&doubts->sure, pair,
			  strlen(doubt) + 1 + strlen(path)) != INTERN_NONE;

	free(pair);
	return is;
}

/* Whether a unit's file, or a guide above it, surely loads another one. */
static bool unit_surely_loads(const struct narrowed_doubts *doubts,
	const char *doubt, const struct query_unit *unit)
{
	size_t n = adapter_file_part(unit->runner, unit->id);
	char *path = xasprintf("%.*s", (int)n, unit->id), *slash = path;
	const char *name = n ? adapter_named(unit->runner)->guide : NULL;
	bool is = n && surely_loads(doubts, doubt, path);

	while (name && !is && slash) {
		char *guide;

		slash = strrchr(path, '/');
		if (slash)
			*slash = '\0';
		guide = xasprintf(
			"%s%s%s", slash ? path : "", slash ? "/" : "", name);
		is = surely_loads(doubts, doubt, guide);
		free(guide);
	}
	free(path);
	return is;
}

/*
 * Whether a unit passed with everything that it depends on as it is now, what
 * it loads included: it has told already.
 */
static bool has_told(const struct search *search, const struct query_unit *unit)
{
	return unit->outcome && strcmp(unit->outcome, "failed") != 0 &&
	       strcmp(unit->outcome, "error") != 0 &&
	       query_hits_find(&search->stale, unit->scope) == HIT_NONE;
}

/*
 * Of those whose file surely loads one that may fail now, one tells for all;
 * who entered a function that loads it is selected by that. Where nothing else
 * loads it these tell. Else nobody knows who loads it, and what happens then.
 */
static int select_witness(struct search *search,
	const struct narrowed_doubts *doubts, size_t from, size_t end,
	const struct query_hits *catching, const char *what, const char *path)
{
	struct query_hits users = {0};
	size_t first = search->units.count;
	bool any = false, sure = false, caught = false;
	int code = query_dependents(&users, search->map, doubts->states + from,
		end - from, NULL, 0, search->err);

	for (size_t i = 0; code == 0 && i < search->units.count; i++) {
		const struct query_unit *unit = &search->units.units[i];

		if (query_hits_find(&users, unit->scope) == HIT_NONE)
			continue;
		caught |= query_hits_find(catching, unit->scope) != HIT_NONE;
		if (!unit_surely_loads(doubts, doubts->paths[from], unit))
			continue;
		sure = true;
		if (query_hits_find(catching, unit->scope) != HIT_NONE)
			continue;
		if (has_told(search, unit))
			any = true;
		else if (search->places[i])
			any |= !search_select(search, i)->gone;
		else if (first == search->units.count)
			first = i;
	}
	/* Where functions alone do, those who entered one are selected. */
	sure |= caught && intern_find(&doubts->late, doubts->paths[from],
				  strlen(doubts->paths[from])) != INTERN_NONE;
	for (size_t i = 0; code == 0 && !sure && i < search->units.count; i++)
		if (query_hits_find(&users, search->units.units[i].scope) !=
			HIT_NONE)
			select_doubting(search, i, what, path);
	if (!any && first < search->units.count)
		select_doubting(search, first, what, path);
	query_hits_release(&users);
	return code;
}

/* For each file that may fail now. */
static int select_witnesses(struct search *search,
	const struct narrowed *narrowed, const char *what, const char *path)
{
	const struct narrowed_doubts *doubts = &narrowed->doubts;
	struct query_hits catching = {0};
	int code = query_dependents(&catching, search->map, narrowed->catchers,
		narrowed->catcher_count, NULL, 0, search->err);

	for (size_t i = 0, end; code == 0 && i < doubts->count; i = end) {
		for (end = i + 1; end < doubts->count &&
				  !strcmp(doubts->paths[end], doubts->paths[i]);
			end++)
			;
		code = select_witness(
			search, doubts, i, end, &catching, what, path);
	}
	query_hits_release(&catching);
	return code;
}

int search_narrowed(struct search *search, const struct narrowed *narrowed,
	const char *what, const char *path)
{
	struct query_hits users = {0}, noticing = {0};
	struct meant meant = {{&users, &noticing}, 2};
	bool *met = xcalloc(narrowed->name_count + 1, sizeof(*met));
	const char *runner = adapter_inside()->name;
	size_t count;
	int64_t *scopes = noticing_scopes(&count, search, narrowed);
	int code = query_dependents(
		&users, search->map, &narrowed->state, 1, NULL, 0, search->err);

	if (code == 0)
		code = query_dependents(&noticing, search->map,
			narrowed->states, narrowed->state_count, scopes, count,
			search->err);
	free(scopes);
	if (code == 0)
		search_note_decisive(search, &meant, path);
	for (size_t i = 0; code == 0 && i < search->units.count; i++) {
		const struct query_unit *unit = &search->units.units[i];
		const struct wanted_name *name =
			affected_narrowed_name_of(narrowed, path, unit);

		if (name)
			met[name - narrowed->names] = true;
		if (affected_narrowed_is_in(path, unit))
			runner = unit->runner;
		/* One that never ran is tied to nothing but its file. */
		if ((query_hits_find(&users, unit->scope) == HIT_NONE &&
			    (unit->outcome || !name)) ||
			(!name && !search_is_meant(&meant, unit->scope)))
			continue;
		select_unit(search, i, narrowed, &meant, name, what, path);
	}
	if (code == 0)
		select_names(search, narrowed, met, runner, path);
	if (code == 0)
		code = select_witnesses(search, narrowed, what, path);
	free(met);
	query_hits_release(&users);
	query_hits_release(&noticing);
	return code;
}
