/* SPDX-License-Identifier: MIT */
/*
 * Settings: files of which somebody wants a section and not the whole, such as
 * setup.cfg. The section is a block of code: whoever can take sources apart
 * (adapters/python/) takes these apart, too.
 *
 * A runner reads its own before its adapter is there to say which sections.
 * What the adapter says of a file afterwards is what counts; one of which it
 * says nothing was read as a whole.
 */
#include "adapters/python/code.h"
#include "tracer/fold_state.h"

/* What an image declared in the base, as a key of fold->settings. */
struct declaration {
	uint32_t image, node, kind;
};

void fold_find_settings(struct fold *fold)
{
	for (size_t i = 0; i < fold->trace->count; i++) {
		const struct trace_event *event = &fold->trace->events[i];
		const struct wire_record *record = event->record;
		struct declaration key = {.image = event->image};
		uint32_t path;

		if (record->type != RECORD_ACCESS || !record->head ||
			(record->access != ACCESS_READ &&
				record->access != ACCESS_STAT) ||
			fold_event_scope(fold, event) != fold->base)
			continue;
		path = fold_path(fold, record->text + record->head,
			record->size - record->head, false);
		if (fold->paths[path].ignored)
			continue;
		key.node = fold->paths[path].node;
		key.kind = ACCESS_STAT;
		intern(&fold->settings, &key, sizeof(key));
		key.kind = record->access;
		intern(&fold->settings, &key, sizeof(key));
	}
}

bool fold_is_declared(const struct fold *fold, const struct trace_event *event,
	uint32_t node, enum access_kind kind)
{
	const struct declaration key = {event->image, node, kind};

	return event->clock < fold->image_ready[event->image] &&
	       intern_find(&fold->settings, &key, sizeof(key)) != INTERN_NONE;
}

bool fold_is_section(const struct fold *fold, const struct fold_access *access)
{
	return access->block != fold->no_block && access->role == ROLE_INPUT &&
	       access->kinds & KIND_BIT(ACCESS_READ);
}

uint32_t fold_section_state(struct fold *fold, const struct fold_access *access,
	uint32_t file, const struct print *past)
{
	const struct interned *block = &fold->blocks.entries[access->block];
	const struct source *source = fold->files.files[file].code;
	const struct source_block *found;

	if (!source || source->problem ||
		!code_is_settings(map_files_path(&fold->files, file)))
		return FILE_NONE;
	found = source_find_block(source, block->bytes, block->size);
	/* That there is no such section is worth knowing as well. */
	if (!past)
		past = found ? &found->print : &print_absent;
	return map_file_code_state(
		&fold->files, file, block->bytes, block->size, past);
}
