/* SPDX-License-Identifier: MIT */
/*
 * Losses that outlast the scope in which they began: an image has code that
 * nobody sees the calls of (RECORD_LASTING). Whatever scope the image is in
 * from then on may run that code, and so may its forked children.
 *
 * The base is left out if the code came later, in a scope of its own: what a
 * runner does between tests it did before it had that code.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "fold/scopes.h"
#include "fold/state.h"
#include "fold/steps.h"

/* What an image has lost. */
struct lasting {
	const char *reason; /* NULL: nothing */
	bool base;          /* in the base, too */
};

static bool any_lasts(const struct trace *trace)
{
	for (size_t i = 0; i < trace->count; i++)
		if (trace->events[i].record->type == RECORD_LOST &&
			trace->events[i].record->flags & RECORD_LASTING)
			return true;
	return false;
}

static void lose(
	struct fold *fold, const struct lasting *lasting, uint32_t scope)
{
	if (scope != SCOPE_NONE && (scope != fold->base || lasting->base))
		fold_incomplete(fold, scope, lasting->reason);
}

static void lasting_take(struct fold *fold, struct lasting *list,
	const struct trace_event *event, bool first)
{
	const struct trace_image *image = &fold->trace->images[event->image];
	const struct wire_record *record = event->record;
	struct lasting *own = &list[event->image];
	uint32_t scope = fold_event_scope(fold, event);

	if (first && !image->hello && image->parent != IMAGE_NONE)
		*own = list[image->parent];
	if (record->type == RECORD_LOST && record->flags & RECORD_LASTING) {
		if (!own->reason)
			own->reason =
				fold_text(fold, record->text, record->size);
		own->base |= scope == fold->base;
	}
	if (!own->reason)
		return;
	lose(fold, own, scope);
	if (record->type == RECORD_SCOPE &&
		record->number < fold->scopes.number_count)
		lose(fold, own, fold->scopes.numbers[record->number]);
}

void fold_lasting(struct fold *fold)
{
	const struct trace *trace = fold->trace;
	struct lasting *list;
	bool *met;

	if (!any_lasts(trace))
		return;
	list = xcalloc(trace->image_count, sizeof(*list));
	met = xcalloc(trace->image_count, sizeof(*met));
	for (size_t i = 0; i < trace->count; i++) {
		uint32_t image = trace->events[i].image;

		lasting_take(fold, list, &trace->events[i], !met[image]);
		met[image] = true;
	}
	free(list);
	free(met);
}
