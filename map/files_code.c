/* SPDX-License-Identifier: MIT */
/*
 * States of code: what functions look like, and what loading a source does.
 */
#include <string.h>

#include "base/alloc.h"
#include "map/files.h"

void map_files_own(struct map_files *files, struct source *source)
{
	*(struct source **)array_add(&files->sources, &files->source_count,
		&files->source_room, sizeof(source)) = source;
}

/* Whether a block, or with the empty name the skeleton, looks like this. */
static bool has_print(const struct source *source, const struct interned *block,
	const struct print *print)
{
	const struct source_block *found;

	if (!source || source->problem)
		return false;
	if (!block->size)
		return print_equal(&source->skeleton, print);
	found = source_find_block(source, block->bytes, block->size);
	if (!found)
		return print_equal(&print_absent, print);
	return print_equal(&found->print, print);
}

void map_file_set_source(
	struct map_files *files, uint32_t i, struct source *source)
{
	struct map_file *file = &files->files[i];
	bool gone = !source && !file->identity.mode;

	for (uint32_t s = file->state; s != FILE_NONE;
		s = files->states[s].next) {
		struct map_state *state = &files->states[s];
		bool live;

		if (state->aspect != ASPECT_CODE)
			continue;
		/* A section that was not there is not there still. */
		live = gone ? print_equal(&print_absent, &state->print)
			    : has_print(source,
				      &files->blocks.entries[state->block],
				      &state->print);
		if (live != state->live) {
			state->live = live;
			state->dirty = true;
		}
	}
	file->recode = false;
	file->dirty |= file->code != source ||
		       (source ? source->id : 0) != file->source;
	file->code = source;
	file->source = source ? source->id : 0;
}

void map_file_look_again(struct map_files *files, uint32_t i)
{
	struct map_file *file = &files->files[i];

	/* As one that was young when it was looked at. */
	file->seen = 0;
	/* What is not there is never young: as something that no file is. */
	if (!file->identity.mode) {
		file->identity.mode = 1;
		file->dir = FILE_NONE;
	}
	file->dirty = true;
}

struct source *map_files_source(
	struct map_files *files, int64_t id, struct map *map, struct err *err)
{
	struct source *source;

	for (size_t k = 0; k < files->source_count; k++)
		if (files->sources[k]->id == id)
			return files->sources[k];
	source = source_by_id(map, id, err);
	if (source)
		map_files_own(files, source);
	return source;
}

void map_file_set_loaded(
	struct map_files *files, uint32_t i, struct source *source)
{
	struct map_file *file = &files->files[i];
	int64_t loaded = source ? source->id : LOADED_UNKNOWN;

	file->dirty |= !loaded || loaded != file->loaded;
	file->loads = source;
	file->loaded = loaded;
}

struct source *map_file_source(
	struct map_files *files, uint32_t i, struct map *map, struct err *err)
{
	struct map_file *file = &files->files[i];

	if (!file->code && file->source)
		file->code = map_files_source(files, file->source, map, err);
	return file->code;
}

uint32_t map_file_code_state(struct map_files *files, uint32_t file,
	const char *block, size_t block_size, const struct print *print)
{
	uint32_t s = map_file_state_of(
		files, file, ASPECT_CODE, block, block_size, print);
	bool live = has_print(files->files[file].code,
		&files->blocks.entries[files->states[s].block], print);

	files->states[s].dirty |= files->states[s].live != live;
	files->states[s].live = live;
	return s;
}
