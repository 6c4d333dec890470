/* SPDX-License-Identifier: MIT */
/*
 * Audits: a run that is compared with the map and not recorded, and what
 * earlier audits found, which belongs to the units also where a run did not
 * meet it: others had read it for them again. It is taken as it is now, for
 * the unit has run with that.
 */
#include "fold/audit.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "fold/paths.h"
#include "fold/scopes.h"
#include "fold/settle.h"
#include "fold/state.h"
#include "fold/steps.h"
#include "fold/variable.h"
#include "map/project.h"
#include "map/variable.h"

/* How somebody came to have a state of that aspect, without more. */
static enum access_kind kind_of(enum aspect aspect, uint32_t kinds)
{
	if (aspect == ASPECT_LISTING)
		return ACCESS_LIST;
	if (aspect == ASPECT_LINK)
		return ACCESS_LINK;
	for (unsigned kind = 0; kind < ACCESS_KINDS; kind++)
		if (kinds & KIND_BIT(kind))
			return (enum access_kind)kind;
	return ACCESS_READ;
}

/* The unit, when it ran. SCOPE_NONE: it did not. */
static uint32_t fold_audit_find_unit(
	const struct fold *fold, const struct audited *audited)
{
	uint32_t unit = fold_find_scope(
		fold, SCOPE_UNIT, audited->unit, strlen(audited->unit));

	return unit == SCOPE_NONE || fold->scopes.list[unit].ran ? unit
								 : SCOPE_NONE;
}

/* Where its file lies; false where nothing is recorded. */
static bool find_node(
	struct fold *fold, const struct audited *audited, uint32_t *node)
{
	char *path = project_file(fold->options->root, audited->path);
	uint32_t i;

	i = fold_path(fold, path, strlen(path), true);
	free(path);
	*node = fold->paths.list[i].node;
	return !fold->paths.list[i].ignored;
}

static void fold_audit_take(struct fold *fold, uint32_t unit, uint32_t node,
	const struct audited *audited)
{
	enum access_kind kind = kind_of(audited->aspect, audited->kinds);
	bool there = fold->tree.nodes[node].identity.mode != 0;
	struct fold_access access = {.scope = unit, .node = node};
	uint32_t file = fold_file(fold, node);

	if (file == FILE_NONE || audited->aspect == ASPECT_CODE)
		return;
	access.block =
		intern(&fold->blocks, audited->block, strlen(audited->block));
	access.role = audited->aspect == ASPECT_PRESENCE ? ROLE_PRESENCE
		      : audited->aspect == ASPECT_MADE   ? ROLE_MADE
							 : ROLE_INPUT;
	/* It may have come or gone since. */
	if (!there && access.block == fold->no_block)
		kind = ACCESS_ABSENT;
	else if (there && kind == ACCESS_ABSENT)
		kind = ACCESS_STAT;
	access.kinds = KIND_BIT(kind) |
		       (audited->kinds & (KIND_AUDITED | KIND_LEARNED));
	fold_read(fold, &access, file, KIND_BIT(kind));
}

int fold_audited(struct fold *fold, struct map *map, struct err *err)
{
	int code =
		audit_load(&fold->audited.list, &fold->audited.count, map, err);

	for (size_t i = 0; code == 0 && i < fold->audited.count; i++) {
		const struct audited *audited = &fold->audited.list[i];
		uint32_t node, unit = fold_audit_find_unit(fold, audited);

		if (unit == SCOPE_NONE)
			continue;
		if (variable_is(audited->path))
			fold_read_variable(fold, unit, audited->path,
				KIND_BIT(ACCESS_READ) |
					(audited->kinds &
						(KIND_AUDITED | KIND_LEARNED)));
		else if (find_node(fold, audited, &node))
			fold_audit_take(fold, unit, node, audited);
	}
	return code;
}

/* The state of the function now; FILE_NONE: nobody can tell. */
static uint32_t function_state(
	struct fold *fold, uint32_t file, const char *name)
{
	const struct source *source = fold->files.files[file].code;
	const struct source_block *block;
	size_t size = strlen(name);
	uint32_t s = fold->files.files[file].state;

	for (; s != FILE_NONE; s = fold->files.states[s].next) {
		const struct map_state *state = &fold->files.states[s];

		if (state->aspect == ASPECT_CODE && state->live &&
			!strcmp(fold->files.blocks.entries[state->block].bytes,
				name))
			return s;
	}
	if (!source || source->problem)
		return FILE_NONE;
	if (!size)
		return map_file_code_state(
			&fold->files, file, name, size, &source->skeleton);
	block = source_find_block(source, name, size);
	if (!block)
		return FILE_NONE;
	return map_file_code_state(
		&fold->files, file, name, size, &block->print);
}

static void take_code(struct fold *fold, uint32_t unit, uint32_t node,
	const struct audited *audited)
{
	struct recorded_scope *scope = &fold->recording.scopes[unit];
	uint32_t file = fold_file(fold, node), state;
	struct audited whole = {.aspect = ASPECT_CONTENT,
		.block = (char *)"",
		.kinds = KIND_BIT(ACCESS_READ)};
	struct recorded_read *read;

	if (file == FILE_NONE)
		return;
	state = fold->nodes[node].touched || fold_changed_meanwhile(
						     fold, node, ASPECT_CONTENT)
			? FILE_NONE
			: function_state(fold, file, audited->block);
	if (state == FILE_NONE) {
		fold_audit_take(fold, unit, node, &whole);
		return;
	}
	read = array_add(&scope->reads, &scope->read_count, &scope->read_room,
		sizeof(*read));
	read->state = state;
	read->kinds = KIND_BIT(ACCESS_READ) | KIND_AUDITED;
}

void fold_audited_code(struct fold *fold)
{
	for (size_t i = 0; i < fold->audited.count; i++) {
		uint32_t node, unit;

		if (fold->audited.list[i].aspect != ASPECT_CODE)
			continue;
		unit = fold_audit_find_unit(fold, &fold->audited.list[i]);
		if (unit != SCOPE_NONE &&
			find_node(fold, &fold->audited.list[i], &node))
			take_code(fold, unit, node, &fold->audited.list[i]);
	}
}

int fold_audit(struct fold *fold, const struct fold_summary *summary,
	struct map *map, struct err *err)
{
	struct audit *audit = fold->options->audit;
	uint32_t unit =
		fold_scope(fold, SCOPE_UNIT, audit->unit, strlen(audit->unit));
	const struct recorded_scope *scope = &fold->recording.scopes[unit];

	if (!fold->scopes.list[unit].ran)
		fold->recording.scopes[unit].known_only = true;
	/* One that did not come to its end says nothing of what it hides. */
	if (summary->incomplete && scope->outcome && !audit->incomplete)
		audit->incomplete = xstrdup(summary->reason);
	return recording_audit(&fold->recording, unit, map, audit, err);
}
