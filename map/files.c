/* SPDX-License-Identifier: MIT */
#include "map/files.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "map/placed.h"
#include "map/project.h"
#include "map/variable.h"

void map_files_release(struct map_files *files)
{
	interner_release(&files->paths);
	interner_release(&files->blocks);
	for (size_t i = 0; i < files->count; i++)
		listing_release(files->files[i].listing);
	for (size_t i = 0; i < files->source_count; i++) {
		source_release(files->sources[i]);
		free(files->sources[i]);
	}
	free(files->sources);
	free(files->files);
	free(files->states);
	memset(files, 0, sizeof(*files));
}

uint32_t map_files_intern(
	struct map_files *files, const char *path, size_t size)
{
	uint32_t i = intern(&files->paths, path, size);
	struct map_file *file;

	if (i == files->count) {
		file = array_add(&files->files, &files->count, &files->room,
			sizeof(*file));
		file->dir = FILE_NONE;
		file->state = FILE_NONE;
		file->variable = variable_is(files->paths.entries[i].bytes);
		file->dirty = true;
	}
	return i;
}

const char *map_files_path(const struct map_files *files, uint32_t file)
{
	return files->paths.entries[file].bytes;
}

char *map_files_absolute(const struct map_files *files, uint32_t file)
{
	return project_file(files->root, map_files_path(files, file));
}

static struct print files_take(struct map_files *files, uint32_t i,
	const char *path, enum aspect aspect, const struct interned *block)
{
	struct map_file *file = &files->files[i];

	if (file->variable)
		return variable_print(path, files->places);
	if (aspect != ASPECT_LISTING)
		return placed_take(files->places, map_files_path(files, i),
			path, aspect, block->bytes, block->size,
			&files->hashed);
	if (!file->listing)
		file->listing = listing_read(path);
	return listing_print(file->listing, block->bytes, block->size);
}

static void recompute(struct map_files *files, uint32_t i, const char *path)
{
	uint32_t s;

	for (s = files->files[i].state; s != FILE_NONE;
		s = files->states[s].next) {
		struct map_state *state = &files->states[s];
		struct print now;
		bool live;

		if (state->aspect == ASPECT_CODE) {
			files->files[i].recode = true;
			continue;
		}
		now = files_take(files, i, path, state->aspect,
			&files->blocks.entries[state->block]);
		live = print_stands(state->aspect, &state->print, &now);
		if (live != state->live) {
			state->live = live;
			state->dirty = true;
		}
	}
}

/* True when nothing can have appeared where this path was absent. */
static bool still_absent(struct map_files *files, uint32_t i)
{
	uint32_t dir = files->files[i].dir;

	if (dir == FILE_NONE)
		return false;
	map_file_check(files, dir, NULL);
	return files->files[dir].identity.mode && !files->files[dir].changed;
}

static struct look files_look_at(const char *path)
{
	/* The clock first: what changes after the stat must be found racy. */
	struct look look = {.seen = clock_now()};

	look.identity = identity_read(path);
	return look;
}

static void check_variable(struct map_files *files, uint32_t i)
{
	const char *path = map_files_path(files, i);
	struct print print = variable_print(path, files->places);
	uint32_t mode = print_equal(&print, &print_absent) ? 0 : S_IFREG;
	struct map_file *file = &files->files[i];

	file->dirty |= file->identity.mode != mode;
	file->identity.mode = mode;
	recompute(files, i, path);
}

/*
 * Whether a listing was another one than it is. A cache is not in it, by a tag
 * inside, which may be written after the look and moves no time of the
 * directory.
 */
static bool is_listed_otherwise(const struct map_files *files, uint32_t i)
{
	for (uint32_t s = files->files[i].state; s != FILE_NONE;
		s = files->states[s].next)
		if (files->states[s].aspect == ASPECT_LISTING &&
			!files->states[s].live)
			return true;
	return false;
}

void map_file_check(
	struct map_files *files, uint32_t i, const struct look *look)
{
	struct map_file *file = &files->files[i];
	struct look own;
	char *path;

	if (file->checked)
		return;
	file->checked = true;
	if (file->variable) {
		check_variable(files, i);
		return;
	}
	if (!look && still_absent(files, i)) {
		files->hits++;
		return;
	}
	path = map_files_absolute(files, i);
	if (!look) {
		own = files_look_at(path);
		look = &own;
	}
	files->stats++;
	if (identity_equal(&look->identity, &file->identity) &&
		!identity_racy(&file->identity, file->seen)) {
		files->hits++;
		if (is_listed_otherwise(files, i))
			recompute(files, i, path);
	} else {
		file->changed = true;
		file->identity = look->identity;
		file->seen = look->seen;
		file->dir = FILE_NONE;
		file->dirty = true;
		recompute(files, i, path);
	}
	free(path);
}

void map_files_settle(struct map_files *files)
{
	for (uint32_t i = 0; i < files->count; i++) {
		const struct map_file *file = &files->files[i];

		if (!file->checked && file->dir != FILE_NONE &&
			files->files[file->dir].changed)
			map_file_check(files, i, NULL);
	}
}

static uint32_t files_find_state(const struct map_files *files, uint32_t file,
	enum aspect aspect, uint32_t block, const struct print *print)
{
	uint32_t s = files->files[file].state;

	for (; s != FILE_NONE; s = files->states[s].next) {
		const struct map_state *state = &files->states[s];

		if (state->aspect == aspect && state->block == block &&
			(print ? print_equal(&state->print, print)
			       : state->live))
			return s;
	}
	return FILE_NONE;
}

static uint32_t files_add_state(struct map_files *files, uint32_t file,
	enum aspect aspect, uint32_t block)
{
	struct map_state *state = array_add(&files->states, &files->state_count,
		&files->state_room, sizeof(*state));
	uint32_t s = (uint32_t)(state - files->states);

	state->file = file;
	state->aspect = aspect;
	state->block = block;
	state->dirty = true;
	files->files[file].coded |= aspect == ASPECT_CODE;
	state->next = files->files[file].state;
	files->files[file].state = s;
	return s;
}

uint32_t map_file_state(struct map_files *files, uint32_t file,
	enum aspect aspect, const char *block, size_t block_size)
{
	uint32_t b = intern(&files->blocks, block, block_size);
	uint32_t s = files_find_state(files, file, aspect, b, NULL);
	struct print print = print_absent;
	char *path;

	if (s != FILE_NONE)
		return s;
	if (files->files[file].identity.mode ||
		(aspect == ASPECT_LISTING && block_size)) {
		path = map_files_absolute(files, file);
		print = files_take(
			files, file, path, aspect, &files->blocks.entries[b]);
		free(path);
	}
	s = files_find_state(files, file, aspect, b, &print);
	if (s == FILE_NONE) {
		s = files_add_state(files, file, aspect, b);
		files->states[s].print = print;
	}
	files->states[s].live = true;
	files->states[s].dirty = true;
	return s;
}

uint32_t map_file_state_of(struct map_files *files, uint32_t file,
	enum aspect aspect, const char *block, size_t block_size,
	const struct print *print)
{
	uint32_t b = intern(&files->blocks, block, block_size);
	uint32_t s = files_find_state(files, file, aspect, b, print);

	if (s != FILE_NONE)
		return s;
	s = files_add_state(files, file, aspect, b);
	files->states[s].print = *print;
	return s;
}
