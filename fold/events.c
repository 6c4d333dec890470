/* SPDX-License-Identifier: MIT */
/*
 * The second step of a fold: each record of the trace, in their order, to who
 * takes it.
 */
#include "fold/accesses.h"
#include "fold/code.h"
#include "fold/commit.h"
#include "fold/discovery.h"
#include "fold/driver.h"
#include "fold/handed.h"
#include "fold/links.h"
#include "fold/loader.h"
#include "fold/paths.h"
#include "fold/scopes.h"
#include "fold/settings.h"
#include "fold/shared.h"
#include "fold/state.h"
#include "fold/steps.h"
#include "fold/variable.h"

static void take_event(struct fold *fold, const struct trace_event *event)
{
	const struct wire_record *record = event->record;
	const char *path = record->text + record->head;
	size_t size = record->size - record->head;
	uint32_t block = fold->no_block;

	if (fold_asks_commit(fold, event))
		return;
	fold->accesses.by_runner = fold->images[event->image].ready != 0;
	switch (record->type) {
	case RECORD_ACCESS:
		if (record->head)
			block = intern(
				&fold->blocks, record->text, record->head);
		fold_take_path(fold, event, path, size, block,
			(enum access_kind)record->access, record->flags);
		break;
	case RECORD_HELLO:
		if (size)
			fold_take_path(
				fold, event, path, size, block, ACCESS_EXEC, 0);
		fold_loader_files(fold, event);
		break;
	case RECORD_SEARCH:
		fold_loader_search(fold, event);
		break;
	case RECORD_OBJECT:
		fold_take_path(fold, event, path, size, block, ACCESS_READ, 0);
		break;
	case RECORD_EXEC:
		if (record->flags & RECORD_UNTRACED)
			fold_take_path(
				fold, event, path, size, block, ACCESS_EXEC, 0);
		break;
	case RECORD_RENAME:
		fold_take_rename(fold, event);
		break;
	case RECORD_CODE:
	case RECORD_ENTER:
	case RECORD_CALL:
	case RECORD_MAY:
	case RECORD_SOURCE:
	case RECORD_COARSE:
	case RECORD_INTERPRETER:
	case RECORD_KEPT:
		fold_take_code(fold, event);
		break;
	case RECORD_ENV:
		fold_take_variable(fold, event);
		break;
	default:
		break;
	}
	fold_links_after(fold, record);
}

/*
 * Directories that an interpreter listed before its adapter was there to say
 * what for. Where the adapter has said it since, that is what counts.
 */
static void take_undeclared(struct fold *fold)
{
	fold->accesses.late = true;
	for (size_t i = 0; i < fold->trace->count; i++) {
		const struct trace_event *event = &fold->trace->events[i];
		const struct wire_record *record = event->record;
		uint32_t path;

		if (event->clock >= fold->images[event->image].ready ||
			record->type != RECORD_ACCESS ||
			record->access != ACCESS_LIST || record->head ||
			fold_event_scope(fold, event) != fold->base)
			continue;
		path = fold_path(fold, record->text, record->size, false);
		if (!fold->paths.list[path].ignored &&
			!fold_is_declared(fold, event,
				fold->paths.list[path].node, ACCESS_LIST))
			take_event(fold, event);
	}
}

void fold_accesses(struct fold *fold)
{
	fold->no_block = intern(&fold->blocks, "", 0);
	fold_find_searched(fold);
	fold_find_settings(fold);
	fold_find_handed(fold);
	fold_links(fold);
	fold_commit(fold);
	fold_driver_open(fold);
	for (size_t i = 0; i < fold->trace->count; i++)
		take_event(fold, &fold->trace->events[i]);
	if (fold->runner.ready)
		take_undeclared(fold);
	fold_shared_use(fold);
	fold_driver_read(fold);
}
