/* SPDX-License-Identifier: MIT */
#include "selector/changes.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "map/former_recall.h"

static bool any_dirty(const struct map_files *files)
{
	for (size_t i = 0; i < files->source_count; i++)
		if (!files->sources[i]->id)
			return true;
	for (size_t i = 0; i < files->count; i++)
		if (files->files[i].dirty)
			return true;
	for (size_t i = 0; i < files->state_count; i++)
		if (files->states[i].dirty)
			return true;
	return false;
}

/* Only a saving: where it cannot be written the answer is the same. */
void changes_write_back(struct changes *changes, struct map *map)
{
	struct map_files *files = &changes->files;

	if (map->read_only || !any_dirty(files) || map_enter(map, NULL) < 0)
		return;
	if (map_files_save(files, map, NULL) < 0)
		map_undo(map);
	else
		map_leave(map, NULL);
}

static const char *what_changed(
	const struct map_files *files, const struct map_state *state)
{
	if (!files->files[state->file].identity.mode)
		return "removed";
	/* A section that came is a change of the file. */
	if (state->aspect != ASPECT_CODE &&
		print_equal(&state->print, &print_absent))
		return "created";
	return state->aspect == ASPECT_LISTING ? "listing" : "modified";
}

/* Takes out what counts for nothing. */
static void drop_ignored(struct changes *changes)
{
	bool *wanted = xcalloc(changes->count, sizeof(*wanted));

	for (size_t i = 0; i < changes->count; i++) {
		const struct change *change = &changes->list[i];

		wanted[i] = changes->files.files[change->file].variable ||
			    !ignored_has(&changes->ignored, change->path);
	}
	changes_keep(changes, wanted);
	free(wanted);
}

static int changes_by_path(const void *a, const void *b)
{
	const struct change *x = a, *y = b;

	return strcmp(x->path, y->path);
}

static void changes_forget(struct changes *changes)
{
	for (size_t i = 0; i < changes->count; i++)
		free(changes->list[i].states);
	free(changes->list);
	changes->list = NULL;
	changes->count = changes->room = 0;
	changes->recorded = changes->variables = 0;
}

void changes_list(struct changes *changes)
{
	struct map_files *files = &changes->files;
	struct change *change;

	changes_forget(changes);
	for (uint32_t i = 0; i < files->count; i++) {
		uint32_t s = files->files[i].state;

		changes->recorded += s != FILE_NONE;
		change = NULL;
		for (; s != FILE_NONE; s = files->states[s].next) {
			if (files->states[s].live || files->states[s].former)
				continue;
			if (!change) {
				change = array_add(&changes->list,
					&changes->count, &changes->room,
					sizeof(*change));
				change->file = i;
				change->path = map_files_path(files, i);
				changes->variables += files->files[i].variable;
			}
			change->what = what_changed(files, &files->states[s]);
			*(int64_t *)array_add(&change->states,
				&change->state_count, &change->state_room,
				sizeof(*change->states)) = files->states[s].id;
		}
	}
	drop_ignored(changes);
	if (changes->count)
		qsort(changes->list, changes->count, sizeof(*changes->list),
			changes_by_path);
}

void changes_replace(struct changes *changes, const struct interner *paths,
	const char *const *what)
{
	changes_forget(changes);
	for (size_t i = 0; i < paths->count; i++) {
		struct change *change = array_add(&changes->list,
			&changes->count, &changes->room, sizeof(*change));

		change->file = intern_find(&changes->files.paths,
			paths->entries[i].bytes, paths->entries[i].size);
		change->path = map_files_path(&changes->files, change->file);
		change->what = what[i];
	}
}

void changes_keep(struct changes *changes, const bool *wanted)
{
	size_t left = 0;

	for (size_t i = 0; i < changes->count; i++) {
		const struct change *change = &changes->list[i];

		if (wanted[i]) {
			changes->list[left++] = *change;
			continue;
		}
		changes->variables -=
			changes->files.files[change->file].variable;
		free(change->states);
	}
	changes->count = left;
}

static bool any_not_live(const struct map_files *files)
{
	for (size_t s = 0; s < files->state_count; s++)
		if (!files->states[s].live)
			return true;
	return false;
}

/*
 * By file, whether it counts how it looks: asked of those that are not as they
 * were, and of products, which somebody else may use; there are fewer of them.
 * NULL: all are as they were.
 */
static bool *changes_counting(const struct changes *changes)
{
	const struct map_files *files = &changes->files;
	bool *counts;

	if (!any_not_live(files))
		return NULL;
	counts = xcalloc(files->count + 1, sizeof(*counts));
	for (uint32_t i = 0; i < files->count; i++) {
		uint32_t s = files->files[i].state;
		bool asked = s == FILE_NONE;

		for (; s != FILE_NONE && !asked; s = files->states[s].next)
			asked = !files->states[s].live ||
				files->states[s].aspect == ASPECT_MADE;
		counts[i] = !asked || files->files[i].variable ||
			    !ignored_has(&changes->ignored,
				    map_files_path(files, i));
	}
	return counts;
}

/*
 * Former results that fit what is there become the newest ones; then the map
 * is another one, of which no file has to be read again.
 */
static int changes_recall(
	bool *again, struct changes *changes, struct map *map, struct err *err)
{
	struct map_files *files = &changes->files;
	bool *counts = changes_counting(changes);
	size_t recalled = 0;
	int code;

	map->keep = changes->ignored.config.keep;
	code = former_recall(&recalled, map, files, counts, err);
	free(counts);
	*again = recalled > 0;
	return code;
}

int changes_find_recalling(
	struct changes *changes, struct map *map, struct err *err)
{
	bool again = false;
	int code = changes_find(changes, map, err);

	if (code == 0)
		code = changes_recall(&again, changes, map, err);
	if (code == 0 && again) {
		changes_release(changes);
		code = changes_find(changes, map, err);
	}
	return code;
}

int changes_recall_units(struct map *map, struct err *err)
{
	struct changes changes;
	bool again;
	int code = changes_find(&changes, map, err);

	if (code == 0)
		code = changes_recall(&again, &changes, map, err);
	changes_release(&changes);
	return code;
}

int changes_find(struct changes *changes, struct map *map, struct err *err)
{
	int code;

	memset(changes, 0, sizeof(*changes));
	ignored_init(&changes->ignored, map->root);
	/* Written back are rows that must be the ones that were read. */
	code = map_enter(map, err);
	if (code < 0)
		return code;
	code = map_files_load(&changes->files, map, err);
	if (code == 0) {
		map_files_check_all(&changes->files);
		code = code_reader_init(
			&changes->reader, &changes->files, map, err);
	}
	if (code == 0)
		code = code_read_changed(&changes->reader, err);
	if (code == 0) {
		changes_list(changes);
		changes_write_back(changes, map);
	}
	map_leave(map, NULL);
	return code;
}

void changes_release(struct changes *changes)
{
	changes_forget(changes);
	ignored_release(&changes->ignored);
	code_reader_release(&changes->reader);
	map_files_release(&changes->files);
	memset(changes, 0, sizeof(*changes));
}
