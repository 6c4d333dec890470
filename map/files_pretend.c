/* SPDX-License-Identifier: MIT */
/*
 * Files as they were at another time, against the states that somebody
 * recorded.
 */
#include "map/files.h"
#include "map/groups.h"
#include "map/placed.h"

void map_file_pretend(
	struct map_files *files, uint32_t file, const struct as_if *as_if)
{
	uint32_t s = files->files[file].state;

	for (; s != FILE_NONE; s = files->states[s].next) {
		struct map_state *state = &files->states[s];
		struct print print = print_unknown;

		if (state->aspect == ASPECT_CODE)
			continue;
		if (as_if->known && !as_if->mode)
			print = print_absent;
		else if (as_if->known)
			print = placed_of_text(files->places,
				map_files_path(files, file), state->aspect,
				as_if->bytes, as_if->size, as_if->mode);
		/* What nobody knows equals nothing, itself included. */
		state->live =
			print_stands(state->aspect, &state->print, &print) &&
			!print_equal(&print, &print_unknown);
	}
}

void map_file_pretend_listing(struct map_files *files, uint32_t file,
	const struct listing *listing, bool groups)
{
	uint32_t s = files->files[file].state;

	for (; s != FILE_NONE; s = files->states[s].next) {
		struct map_state *state = &files->states[s];
		const struct interned *block =
			&files->blocks.entries[state->block];
		struct print print;
		const char *group;
		size_t size;

		if (state->aspect != ASPECT_LISTING)
			continue;
		print = listing_print(listing, block->bytes, block->size);
		state->live = print_equal(&print, &state->print) &&
			      (groups || !groups_is_block(block->bytes,
						 block->size, &group, &size));
	}
}
