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
	const struct adapter *adapter; /* that was ready; or NULL */
	bool told;                     /* of all tests that it was asked for */
	bool above;                    /* a runner's is below it */
};

static bool inside_is_word(const struct wire_record *record, const char *word)
{
	return record->type == RECORD_OUTCOME && record->scope == SCOPE_BASE &&
	       record->size == strlen(word) &&
	       !memcmp(record->text, word, record->size);
}

/* Whose adapter the record says to be ready; or NULL. */
static const struct adapter *inside_ready(const struct wire_record *record)
{
	static const char word[] = "ready/";
	size_t n = sizeof(word) - 1;
	const struct adapter *adapter;

	if (inside_is_word(record, "ready"))
		return adapter_inside();
	if (record->type != RECORD_OUTCOME || record->size <= n ||
		memcmp(record->text, word, n) != 0)
		return NULL;
	for (size_t i = 0; (adapter = adapter_at(i)); i++)
		if (strlen(adapter->name) == record->size - n &&
			!memcmp(adapter->name, record->text + n,
				record->size - n))
			return adapter;
	return NULL;
}

/* A parent's number is lower than its children's. */
static void find_tops(struct fold *fold, struct place *places)
{
	const struct trace *trace = fold->trace;

	for (size_t i = 0; i < trace->count; i++) {
		const struct trace_event *event = &trace->events[i];

		if (!places[event->image].adapter)
			places[event->image].adapter =
				inside_ready(event->record);
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
		if (places[i].top == IMAGE_NONE && places[i].adapter)
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
			places[i].adapter->end(status) > RUNNER_EMPTY)
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

/* The runners that were behind the command, each with a sign before it. */
static void name_runners(struct fold *fold, const struct place *places)
{
	char *names = xstrdup(""), *longer;

	for (uint32_t i = 0; i < fold->trace->image_count; i++) {
		const struct adapter *adapter = places[i].adapter;

		if (places[i].top != i)
			continue;
		longer = xasprintf(
			"%s" RECORDED_INSIDE "%s", names, adapter->name);
		if (!strstr(names, longer + strlen(names))) {
			free(names);
			names = longer;
		} else {
			free(longer);
		}
	}
	fold->runner.inside = fold_text(fold, names, strlen(names));
	free(names);
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
		name_runners(fold, places);
		set_apart(fold, places);
	}
	free(places);
}
