/* SPDX-License-Identifier: MIT */
/*
 * A command with a runner somewhere behind it, as `make test` may have one.
 * What the runner and the programs that it stands behind do is the base of its
 * tests. What the command runs besides, a linter say, is no concern of theirs:
 * that is a unit of its own, the command's.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "fold/scopes.h"
#include "fold/state.h"
#include "fold/steps.h"
#include "runners/adapter.h"

struct place {
	uint32_t top; /* the outermost image of its runner, or IMAGE_NONE */
	bool ready;   /* its adapter was */
	bool told;    /* of all tests that it was asked for */
	bool above;   /* a runner's is below it */
};

static bool inside_is_word(const struct wire_record *record, const char *word)
{
	return record->type == RECORD_OUTCOME && record->scope == SCOPE_BASE &&
	       record->size == strlen(word) &&
	       !memcmp(record->text, word, record->size);
}

/* A parent's number is lower than its children's. */
static void find_tops(struct fold *fold, struct place *places)
{
	const struct trace *trace = fold->trace;

	for (size_t i = 0; i < trace->count; i++) {
		const struct trace_event *event = &trace->events[i];

		places[event->image].ready |=
			inside_is_word(event->record, "ready");
		places[event->image].told |=
			inside_is_word(event->record, "collected");
	}
	for (uint32_t number = 1; number <= trace->last_number; number++) {
		uint32_t i = trace->by_number[number], parent;

		if (i == IMAGE_NONE)
			continue;
		parent = trace->images[i].parent;
		places[i].top =
			parent == IMAGE_NONE ? IMAGE_NONE : places[parent].top;
		if (places[i].top == IMAGE_NONE && places[i].ready)
			places[i].top = i;
		if (places[i].top != IMAGE_NONE && places[i].told)
			places[places[i].top].told = true;
	}
}

static void find_above(struct fold *fold, struct place *places)
{
	const struct trace *trace = fold->trace;

	for (uint32_t number = trace->last_number; number > 0; number--) {
		uint32_t i = trace->by_number[number], parent;

		if (i == IMAGE_NONE)
			continue;
		parent = trace->images[i].parent;
		if (parent != IMAGE_NONE &&
			(places[i].above || places[i].top != IMAGE_NONE))
			places[parent].above = true;
	}
}

/* Of several runners each has to have told of all, and to have ended so. */
static bool have_told(const struct fold *fold, const struct place *places)
{
	for (uint32_t i = 0; i < fold->trace->image_count; i++) {
		int status;

		if (places[i].top != i)
			continue;
		status = trace_image_status(fold->trace, i);
		if (!places[i].told ||
			adapter_inside()->end(status) > RUNNER_EMPTY)
			return false;
	}
	return true;
}

static void set_apart(struct fold *fold, const struct place *places)
{
	char *name = xasprintf("command/%s", fold->options->unit);

	for (uint32_t i = 0; i < fold->trace->image_count; i++) {
		fold->images[i].scope = SCOPE_NONE;
		if (places[i].top != IMAGE_NONE || places[i].above)
			continue;
		if (fold->scopes.own == SCOPE_NONE)
			fold->scopes.own = fold_scope(
				fold, SCOPE_UNIT, name, strlen(name));
		fold->images[i].scope = fold->scopes.own;
	}
	free(name);
}

void fold_inside(struct fold *fold)
{
	struct place *places;
	bool any = false;

	fold->scopes.own = SCOPE_NONE;
	if (!fold->options->wraps || !fold->options->unit)
		return;
	places = xcalloc(fold->trace->image_count + 1, sizeof(*places));
	find_tops(fold, places);
	for (uint32_t i = 0; i < fold->trace->image_count; i++)
		any |= places[i].top != IMAGE_NONE;
	if (any) {
		find_above(fold, places);
		fold->runner.all_told = have_told(fold, places);
		set_apart(fold, places);
	}
	free(places);
}
