/* SPDX-License-Identifier: MIT */
#include "selector/affected_search.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "map/project.h"
#include "map/query_check.h"
#include "runners/adapter.h"
#include "selector/flaky.h"
#include "selector/incomplete.h"
#include "selector/new_files.h"

/* Above this many changed files their reasons are not told apart. */
#define CHANGES_APART 64

const char *unit_state_name(enum unit_state state)
{
	static const char *const names[] = {"hit", "stale", "miss", "rerun"};

	return names[state];
}

struct affected_unit *search_select(struct search *search, size_t i)
{
	struct affected *affected = search->affected;
	const struct query_unit *unit = &search->units.units[i];
	struct affected_unit *selected;

	if (search->places[i])
		return &affected->units[search->places[i] - 1];
	selected = array_add(&affected->units, &affected->count,
		&affected->room, sizeof(*selected));
	selected->runner = xstrdup(unit->runner);
	selected->id = xstrdup(unit->id);
	search->places[i] = affected->count;
	return selected;
}

void search_add_reason(struct affected_unit *unit, enum unit_state state,
	const char *what, const char *path, const char *text, const char *by)
{
	struct reason *reason = array_add(&unit->reasons, &unit->reason_count,
		&unit->reason_room, sizeof(*reason));

	reason->state = state;
	reason->what = what;
	reason->path = path ? xstrdup(path) : NULL;
	reason->text = text ? xstrdup(text) : NULL;
	reason->by = by ? xstrdup(by) : NULL;
	/* The first reason names the state; a change outweighs a policy. */
	if (unit->state == UNIT_HIT || state == UNIT_STALE)
		unit->state = state;
}

bool search_has_reason(const struct search *search,
	const struct affected_unit *unit, const char *path)
{
	for (size_t i = 0; search->set && i < unit->reason_count; i++)
		if (unit->reasons[i].path &&
			!strcmp(unit->reasons[i].path, path))
			return true;
	return false;
}

bool search_is_meant(const struct meant *meant, int64_t scope)
{
	for (size_t i = 0; i < meant->count; i++)
		if (query_hits_find(meant->hits[i], scope) == HIT_NONE)
			return false;
	return true;
}

/* Whether a current collection of the file of `n` bytes is meant. */
static bool any_collected(const struct search *search,
	const struct meant *meant, const char *file, size_t n)
{
	size_t low = 0, high = search->collected_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *name = search->collected[middle].name;
		int order = strncmp(name, file, n);

		if (!order && !name[n])
			return search_is_meant(
				meant, search->collected[middle].scope);
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static bool any_meant(
	const struct meant *meant, const int64_t *scopes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (search_is_meant(meant, scopes[i]))
			return true;
	return false;
}

static bool is_noted(const struct affected *affected, int64_t scope)
{
	for (size_t i = 0; i < affected->decisive_count; i++)
		if (affected->decisive[i].scope == scope)
			return true;
	return false;
}

static void note_meant(struct search *search, const struct meant *meant,
	const int64_t *scopes, size_t count, const char *path)
{
	struct affected *affected = search->affected;

	for (size_t i = 0; i < count; i++)
		if (search_is_meant(meant, scopes[i]) &&
			!is_noted(affected, scopes[i]))
			*(struct decisive *)array_add(&affected->decisive,
				&affected->decisive_count,
				&affected->decisive_room,
				sizeof(struct decisive)) = (struct decisive){
				.scope = scopes[i], .path = xstrdup(path)};
}

void search_note_decisive(
	struct search *search, const struct meant *meant, const char *path)
{
	/* How it was before does not say what tests there are. */
	if (search->pretended && search->side == GIT_OLD)
		return;
	note_meant(search, meant, search->bases, search->base_count, path);
	note_meant(
		search, meant, search->discovers, search->discover_count, path);
}

bool search_collected_anew(const struct search *search,
	const struct meant *meant, const struct query_unit *unit)
{
	size_t n = adapter_file_part(unit->runner, unit->id);

	if (!n)
		return false;
	return any_meant(meant, search->bases, search->base_count) ||
	       any_collected(search, meant, unit->id, n);
}

/* Why all who depend on a state are concerned, to be freed; or NULL. */
static char *whole_text(const struct narrowing *narrowing, int64_t state)
{
	const struct narrowed *narrowed = narrowing_of(narrowing, state);

	return narrowed && narrowed->whole && narrowed->reason
		       ? xasprintf("as a whole: %s", narrowed->reason)
		       : NULL;
}

static int select_changed(struct search *search, const struct change *change,
	const struct narrowing *narrowing)
{
	const char *what = change->what, *path = change->path;
	struct query_hits hits = {0};
	struct meant meant = {{&hits}, 1};
	int code = query_dependents(&hits, search->map, change->states,
		change->state_count, NULL, 0, search->err);

	if (code == 0)
		search_note_decisive(search, &meant, path);
	for (size_t i = 0; code == 0 && i < search->units.count; i++) {
		const struct query_unit *unit = &search->units.units[i];
		struct affected_unit *selected;
		char *text;

		/* One that never ran is tied to nothing but its file. */
		if (query_hits_find(&hits, unit->scope) == HIT_NONE &&
			(unit->outcome ||
				!search_collected_anew(search, &meant, unit)))
			continue;
		selected = search_select(search, i);
		text = whole_text(
			narrowing, query_hits_state(&hits, unit->scope));
		if (!search_has_reason(search, selected, path))
			search_add_reason(
				selected, UNIT_STALE, what, path, text, NULL);
		free(text);
		if (!selected->whole_file && search_is_here(search, path))
			selected->whole_file =
				search_collected_anew(search, &meant, unit);
	}
	query_hits_release(&hits);
	return code;
}

/* Those that not all who load the file can notice, one by one. */
static int select_narrowed(struct search *search, struct change *change,
	const struct narrowing *narrowing)
{
	size_t left = 0;
	int code = 0;

	for (size_t i = 0; code == 0 && i < change->state_count; i++) {
		const struct narrowed *narrowed =
			narrowing_of(narrowing, change->states[i]);

		if (!narrowed || narrowed->whole)
			change->states[left++] = change->states[i];
		else
			code = search_narrowed(
				search, narrowed, change->what, change->path);
	}
	change->state_count = left;
	return code;
}

int search_changes(struct search *search, struct changes *changes,
	const struct narrowing *narrowing)
{
	struct change rest = {.what = "modified", .path = "(many files)"};
	int code = 0;

	for (size_t i = 0; code == 0 && i < changes->count; i++) {
		struct change *change = &changes->list[i];

		code = select_narrowed(search, change, narrowing);
		if (code == 0 && i < CHANGES_APART && change->state_count)
			code = select_changed(search, change, narrowing);
		if (i < CHANGES_APART)
			continue;
		for (size_t k = 0; k < change->state_count; k++)
			*(int64_t *)array_add(&rest.states, &rest.state_count,
				&rest.state_room, sizeof(*rest.states)) =
				change->states[k];
	}
	if (code == 0 && rest.state_count)
		code = select_changed(search, &rest, narrowing);
	free(rest.states);
	return code;
}

static int select_incomplete(struct search *search)
{
	char **reasons = NULL;
	int code = incomplete_find(
		&reasons, search->map, &search->units, search->err);

	for (size_t i = 0; code == 0 && i < search->units.count; i++)
		if (reasons[i])
			search_add_reason(search_select(search, i), UNIT_RERUN,
				"incomplete", NULL, reasons[i], NULL);
	incomplete_release(reasons, &search->units);
	return code;
}

static void select_by_outcome(struct search *search)
{
	for (size_t i = 0; i < search->units.count; i++) {
		const char *outcome = search->units.units[i].outcome;

		if (!outcome)
			search_add_reason(search_select(search, i), UNIT_MISS,
				"new", NULL, "it has not run yet", NULL);
		else if (!strcmp(outcome, "failed") ||
			 !strcmp(outcome, "error"))
			search_add_reason(search_select(search, i), UNIT_RERUN,
				"failed", NULL, NULL, NULL);
	}
}

/* By its own or by a case of it. */
static bool is_flaky(
	const struct flaky_units *flaky, const struct query_unit *unit)
{
	size_t i = flaky_units_place(flaky, unit->runner, unit->id);

	return i < flaky->count &&
	       !strcmp(flaky->list[i].runner, unit->runner) &&
	       !strcmp(flaky->list[i].id, unit->id);
}

static int select_flaky(struct search *search)
{
	struct flaky_units flaky;
	int code = flaky_load(&flaky, &search->affected->flaky_problem,
		search->map, search->err);

	if (code < 0)
		return code;
	for (size_t i = 0; flaky.count && i < search->units.count; i++)
		if (is_flaky(&flaky, &search->units.units[i]))
			search_add_reason(search_select(search, i), UNIT_RERUN,
				"flaky", NULL,
				"it has passed and failed with nothing changed",
				NULL);
	flaky_units_release(&flaky);
	return 0;
}

static int select_new(struct search *search, const struct changes *changes)
{
	struct affected *affected = search->affected;
	struct new_file *files = NULL;
	size_t count = 0;
	int code = new_files_find(
		&files, &count, search->map, changes, search->err);

	for (size_t i = 0; i < count; i++) {
		struct affected_unit *unit = array_add(&affected->units,
			&affected->count, &affected->room, sizeof(*unit));

		unit->runner = xstrdup(files[i].runner);
		unit->id = files[i].path;
		unit->file = true;
		search_add_reason(
			unit, UNIT_MISS, "new", files[i].path, NULL, NULL);
	}
	free(files);
	return code;
}

static void lose_file(struct affected_unit *unit)
{
	unit->gone = true;
	unit->whole_file = false;
}

/* By id, so that the units of one file come together: it is looked up once. */
static void selector_affected_find_gone(
	struct affected *affected, const char *root)
{
	const struct affected_unit *last = NULL;
	size_t last_part = 0;
	bool last_gone = false;

	for (size_t i = 0; i < affected->count; i++) {
		struct affected_unit *unit = &affected->units[i];
		size_t n = unit->file
				   ? 0
				   : adapter_file_size(unit->runner, unit->id);
		struct stat st;
		char *path;

		if (!n)
			continue;
		if (last && n == last_part && !memcmp(unit->id, last->id, n)) {
			if (last_gone)
				lose_file(unit);
			continue;
		}
		last = unit;
		last_part = n;
		path = *unit->id == '/'
			       ? xasprintf("%.*s", (int)n, unit->id)
			       : xasprintf("%s/%.*s", root, (int)n, unit->id);
		last_gone = stat(path, &st) < 0;
		if (last_gone)
			lose_file(unit);
		free(path);
	}
}

static int selector_affected_by_id(const void *a, const void *b)
{
	const struct affected_unit *x = a, *y = b;
	int order = strcmp(x->runner, y->runner);

	return order ? order : strcmp(x->id, y->id);
}

static void count_answers(struct search *search)
{
	struct affected *affected = search->affected;

	for (size_t i = 0; i < search->units.count; i++)
		affected->has_tests |=
			adapter_named(search->units.units[i].runner) != NULL;
	for (size_t i = 0; i < search->units.count; i++) {
		const struct query_unit *unit = &search->units.units[i];

		if (!affected_is_answer(affected, unit->runner, unit->id))
			continue;
		affected->recorded++;
		if (!search->places[i] && unit->duration > 0)
			affected->spared += unit->duration;
	}
}

static void list_changed(
	struct affected *affected, const struct changes *changes)
{
	affected->variables = changes->variables;
	affected->changed = changes->count;
	affected->paths = xcalloc(changes->count, sizeof(*affected->paths));
	for (size_t i = 0; i < changes->count; i++)
		affected->paths[i] = xstrdup(changes->list[i].path);
}

static int selector_affected_find(struct affected *affected, struct map *map,
	struct git_set *set, struct err *err)
{
	struct search search = {
		.affected = affected, .map = map, .set = set, .err = err};
	struct narrowing narrowing = {0};
	struct changes changes;
	int code;

	code = changes_find(&changes, map, err);
	if (code == 0 && !set)
		list_changed(affected, &changes);
	if (code == 0 && !set)
		code = narrowing_find(&narrowing, &changes, map, err);
	if (code == 0)
		code = search_open(&search);
	if (code < 0)
		goto out;
	/* First by what is on disk: git's sides are pretended after that. */
	code = select_new(&search, &changes);
	if (code == 0)
		code = set ? search_in_set(&search, &changes)
			   : search_changes(&search, &changes, &narrowing);
	if (code == 0)
		code = search_lost(&search);
	if (code == 0)
		code = select_incomplete(&search);
	if (code < 0)
		goto out;
	select_by_outcome(&search);
	code = select_flaky(&search);
	if (code == 0)
		code = search_smoke(&search, &changes);
	if (code < 0)
		goto out;
	count_answers(&search);
	if (affected->count)
		qsort(affected->units, affected->count,
			sizeof(*affected->units), selector_affected_by_id);
	selector_affected_find_gone(affected, map->root);
	affected->hashed = changes.files.hashed;
	if (changes.reader.problems)
		affected->problem = xstrdup(changes.reader.problem);
out:
	search_close(&search);
	narrowing_release(&narrowing);
	changes_release(&changes);
	return code;
}

int affected_find(struct affected *affected, struct map *map, struct err *err)
{
	return affected_find_in(affected, map, NULL, err);
}

int affected_find_in(struct affected *affected, struct map *map,
	struct git_set *set, struct err *err)
{
	int code = map_enter(map, err);

	memset(affected, 0, sizeof(*affected));
	if (code < 0)
		return code;
	code = selector_affected_find(affected, map, set, err);
	map_leave(map, NULL);
	return code;
}

void affected_release(struct affected *affected)
{
	for (size_t i = 0; i < affected->count; i++) {
		struct affected_unit *unit = &affected->units[i];

		for (size_t k = 0; k < unit->reason_count; k++) {
			free(unit->reasons[k].path);
			free(unit->reasons[k].text);
			free(unit->reasons[k].by);
		}
		free(unit->reasons);
		free(unit->runner);
		free(unit->id);
	}
	free(affected->units);
	for (size_t i = 0; i < affected->group_count; i++)
		free(affected->groups[i]);
	free(affected->groups);
	for (size_t i = 0; i < affected->changed; i++)
		free(affected->paths[i]);
	free(affected->paths);
	free(affected->problem);
	free(affected->flaky_problem);
	free(affected->config_problem);
	free(affected->smoke);
	for (size_t i = 0; i < affected->decisive_count; i++)
		free(affected->decisive[i].path);
	free(affected->decisive);
	memset(affected, 0, sizeof(*affected));
}

const struct affected_unit *affected_find_unit(
	const struct affected *affected, const char *runner, const char *id)
{
	const struct affected_unit wanted = {
		.runner = (char *)runner, .id = (char *)id};
	const struct affected_unit *found =
		affected->count
			? bsearch(&wanted, affected->units, affected->count,
				  sizeof(wanted), selector_affected_by_id)
			: NULL;

	/* A new file or name can have its id, too. */
	if (found && found->file && found > affected->units &&
		selector_affected_by_id(found - 1, found) == 0)
		found--;
	else if (found && found->file &&
		 found + 1 < affected->units + affected->count &&
		 selector_affected_by_id(found + 1, found) == 0)
		found++;
	return found && !found->file ? found : NULL;
}
