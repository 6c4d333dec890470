/* SPDX-License-Identifier: MIT */
/*
 * Settings: files of which somebody wants a section and not the whole, such as
 * setup.cfg. The section is a block of code: whoever can take sources apart
 * (languages/python/) takes these apart, too.
 *
 * A runner reads its own before its adapter is there to say which sections.
 * What the adapter says of a file afterwards is what counts; one of which it
 * says nothing was read as a whole.
 *
 * Entry points are alike: a runner reads those of every distribution, for the
 * sake of one group. Its adapter says so of the directory that they lie in,
 * whose listing knows which distributions have something in the group. Only
 * the files of these are inputs.
 */
#include "fold/settings.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "fold/path_tree.h"
#include "fold/paths.h"
#include "fold/scopes.h"
#include "fold/state.h"
#include "languages/code.h"
#include "map/groups.h"

/* What an image declared in the base, as a key of fold->settings.declared. */
struct declaration {
	uint32_t image, node, kind;
};

static bool is_declaration(const struct wire_record *record)
{
	const char *group;
	size_t size;

	if (record->type != RECORD_ACCESS || !record->head)
		return false;
	if (record->access == ACCESS_LIST)
		return groups_is_block(
			record->text, record->head, &group, &size);
	return record->access == ACCESS_READ || record->access == ACCESS_STAT;
}

static void settings_add_group(struct fold *fold, const struct declaration *key,
	const char *block, size_t size)
{
	struct fold_group *group =
		array_add(&fold->settings.groups, &fold->settings.group_count,
			&fold->settings.group_room, sizeof(*group));

	group->image = key->image;
	group->node = key->node;
	group->block = intern(&fold->blocks, block, size);
}

void fold_find_settings(struct fold *fold)
{
	for (size_t i = 0; i < fold->trace->count; i++) {
		const struct trace_event *event = &fold->trace->events[i];
		const struct wire_record *record = event->record;
		struct declaration key = {.image = event->image};
		uint32_t path;

		if (!is_declaration(record) ||
			fold_event_scope(fold, event) != fold->base)
			continue;
		path = fold_path(fold, record->text + record->head,
			record->size - record->head, false);
		if (fold->paths.list[path].ignored)
			continue;
		key.node = fold->paths.list[path].node;
		if (record->access == ACCESS_LIST) {
			settings_add_group(
				fold, &key, record->text, record->head);
			continue;
		}
		key.kind = ACCESS_STAT;
		intern(&fold->settings.declared, &key, sizeof(key));
		key.kind = record->access;
		intern(&fold->settings.declared, &key, sizeof(key));
	}
}

/* Whether a file of entry points has nothing in a group; not when in doubt. */
static bool lacks_group(
	const struct fold *fold, uint32_t node, const struct interned *block)
{
	char path[PATH_MAX];
	const char *group;
	size_t size, length;
	char *text;
	struct stat st;

	if (!groups_is_block(block->bytes, block->size, &group, &size) ||
		!path_tree_path(&fold->tree, node, path, sizeof(path)) ||
		stat(path, &st) < 0 || access(path, R_OK) < 0)
		return false;
	text = groups_read(path, group, size, &length);
	free(text);
	return !text;
}

static bool is_grouped(
	const struct fold *fold, const struct trace_event *event, uint32_t node)
{
	const struct path_node *nodes = fold->tree.nodes;
	size_t size;
	const char *name;
	uint32_t metadata = nodes[node].parent;

	if (!fold->settings.group_count)
		return false;
	name = path_tree_name(&fold->tree, node, &size);
	if (!groups_is_file(name, size))
		return false;
	for (size_t i = 0; i < fold->settings.group_count; i++) {
		const struct fold_group *group = &fold->settings.groups[i];

		if (group->image == event->image &&
			group->node == nodes[metadata].parent)
			return lacks_group(fold, node,
				&fold->blocks.entries[group->block]);
	}
	return false;
}

void fold_declare_listing(
	struct fold *fold, const struct trace_event *event, uint32_t node)
{
	const struct declaration key = {event->image, node, ACCESS_LIST};

	if (event->clock < fold->images[event->image].ready)
		intern(&fold->settings.declared, &key, sizeof(key));
}

bool fold_is_declared(const struct fold *fold, const struct trace_event *event,
	uint32_t node, enum access_kind kind)
{
	const struct declaration key = {event->image, node, kind};

	if (event->clock >= fold->images[event->image].ready)
		return false;
	if (intern_find(&fold->settings.declared, &key, sizeof(key)) !=
		INTERN_NONE)
		return true;
	return kind == ACCESS_READ && is_grouped(fold, event, node);
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

void fold_settings_release(struct fold *fold)
{
	interner_release(&fold->settings.declared);
	free(fold->settings.groups);
}
