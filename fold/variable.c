/* SPDX-License-Identifier: MIT */
/*
 * Variables of the environment. What a scope is tied to is the value that the
 * variable has for the run itself, which is in our own environment: whatever
 * the command did to its own is its doing, and the same the next time.
 */
#include "fold/variable.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "fold/scopes.h"
#include "fold/state.h"
#include "fold/steps.h"
#include "map/variable.h"
#include "runners/adapter.h"

void fold_take_variable(struct fold *fold, const struct trace_event *event)
{
	const struct wire_record *record = event->record;
	struct fold_variable key;
	uint32_t i;

	if (!variable_counts(record->text, record->size) ||
		adapter_sets_variable(record->text, record->size))
		return;
	key.scope = fold_event_scope(fold, event);
	key.name = intern(&fold->variables.names, record->text, record->size);
	i = intern(&fold->variables.keys, &key, sizeof(key));
	if (i == fold->variables.count)
		*(struct fold_variable *)array_add(&fold->variables.list,
			&fold->variables.count, &fold->variables.room,
			sizeof(key)) = key;
}

void fold_read_variable(
	struct fold *fold, uint32_t scope, const char *path, uint32_t kinds)
{
	struct recorded_scope *reader = &fold->recording.scopes[scope];
	uint32_t file = map_files_intern(&fold->files, path, strlen(path));
	struct recorded_read *read;

	map_file_check(&fold->files, file, NULL);
	read = array_add(&reader->reads, &reader->read_count,
		&reader->read_room, sizeof(*read));
	read->kinds = kinds;
	read->state = map_file_state(&fold->files, file, ASPECT_CONTENT, "", 0);
}

void fold_variables(struct fold *fold)
{
	for (size_t i = 0; i < fold->variables.count; i++) {
		const struct fold_variable *variable = &fold->variables.list[i];
		const struct interned *name =
			&fold->variables.names.entries[variable->name];
		char *path = variable_path(name->bytes, name->size);

		fold_read_variable(
			fold, variable->scope, path, KIND_BIT(ACCESS_READ));
		free(path);
	}
}

void fold_variables_release(struct fold *fold)
{
	interner_release(&fold->variables.names);
	interner_release(&fold->variables.keys);
	free(fold->variables.list);
}
