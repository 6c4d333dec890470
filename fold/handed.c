/* SPDX-License-Identifier: MIT */
/*
 * What a runner's first process reads for the processes that run its tests:
 * modules that these ask it for. They say which ones it has handed over, and
 * that their tests depend on them. That it read them, or looked at them, is no
 * input of the base then; what it had read before it was ready is, but for the
 * files of tests themselves.
 */
#include "fold/handed.h"

#include <string.h>

#include "fold/discovery.h"
#include "fold/paths.h"
#include "fold/scopes.h"
#include "fold/state.h"

void fold_find_handed(struct fold *fold)
{
	static const char word[] = "handed/";
	size_t n = sizeof(word) - 1;

	for (size_t i = 0; i < fold->trace->count; i++) {
		const struct wire_record *record =
			fold->trace->events[i].record;
		uint32_t path;

		if (record->type != RECORD_OUTCOME || record->size <= n ||
			memcmp(record->text, word, n) != 0 ||
			fold_event_scope(fold, &fold->trace->events[i]) !=
				fold->base)
			continue;
		path = fold_path(
			fold, record->text + n, record->size - n, false);
		if (!fold->paths.list[path].ignored)
			intern(&fold->handed.nodes,
				&fold->paths.list[path].node, sizeof(uint32_t));
	}
}

bool fold_is_handed(const struct fold *fold, const struct trace_event *event,
	uint32_t node, enum access_kind kind)
{
	uint64_t ready = fold->images[event->image].ready;

	if (!ready || (kind != ACCESS_READ && kind != ACCESS_STAT) ||
		intern_find(&fold->handed.nodes, &node, sizeof(node)) ==
			INTERN_NONE)
		return false;
	return event->clock >= ready || fold_is_collected(fold, node);
}
