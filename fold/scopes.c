/* SPDX-License-Identifier: MIT */
/*
 * The first step of a fold: marks. Scopes begun several times, and in several
 * processes, under one name are one scope.
 */
#include "fold/scopes.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "fold/state.h"
#include "fold/steps.h"
#include "runners/adapter.h"

const char *fold_text(struct fold *fold, const char *bytes, size_t size)
{
	uint32_t i = intern(&fold->scopes.texts, bytes, size);

	return fold->scopes.texts.entries[i].bytes;
}

static size_t scope_key(
	char *key, enum scope_kind kind, const char *name, size_t size)
{
	key[0] = (char)kind;
	memcpy(key + 1, name, size);
	return size + 1;
}

static void scopes_add_scope(
	struct fold *fold, enum scope_kind kind, const char *name, size_t size)
{
	struct recorded_scope *scope;

	array_add(&fold->scopes.list, &fold->scopes.count, &fold->scopes.room,
		sizeof(*fold->scopes.list));
	scope = array_add(&fold->recording.scopes, &fold->recording.scope_count,
		&fold->recording.scope_room, sizeof(*scope));
	scope->kind = kind;
	scope->name = name;
	scope->name_size = size;
	scope->duration = -1;
}

uint32_t fold_scope(
	struct fold *fold, enum scope_kind kind, const char *name, size_t size)
{
	char key[ARENA_TEXT_MAX + 1];
	size_t n = scope_key(key, kind, name, size);
	uint32_t i = intern(&fold->scopes.names, key, n);

	if (i == fold->scopes.count)
		scopes_add_scope(fold, kind,
			fold->scopes.names.entries[i].bytes + 1, size);
	return i;
}

uint32_t fold_new_scope(
	struct fold *fold, enum scope_kind kind, const char *name, size_t size)
{
	/* A name that nobody can say: scopes.names has one for each scope. */
	uint32_t number = (uint32_t)fold->scopes.count;
	char key[1 + sizeof(number)] = {SCOPE_KINDS};

	memcpy(key + 1, &number, sizeof(number));
	intern(&fold->scopes.names, key, sizeof(key));
	scopes_add_scope(fold, kind, fold_text(fold, name, size), size);
	return number;
}

uint32_t fold_find_scope(const struct fold *fold, enum scope_kind kind,
	const char *name, size_t size)
{
	char key[ARENA_TEXT_MAX + 1];

	if (size > ARENA_TEXT_MAX)
		return SCOPE_NONE;
	return intern_find(
		&fold->scopes.names, key, scope_key(key, kind, name, size));
}

uint32_t fold_find_completed(const struct fold *fold, enum scope_kind kind,
	const char *name, size_t size)
{
	uint32_t i = fold_find_scope(fold, kind, name, size);

	return i != SCOPE_NONE && fold->scopes.list[i].completed ? i
								 : SCOPE_NONE;
}

void fold_use(struct fold *fold, uint32_t scope, uint32_t used)
{
	struct recorded_scope *from = &fold->recording.scopes[scope];
	uint32_t *edge;

	if (scope == used)
		return;
	/* Repeats come in runs; the rest the map ignores. */
	if (from->use_count && from->uses[from->use_count - 1] == used)
		return;
	edge = array_add(
		&from->uses, &from->use_count, &from->use_room, sizeof(*edge));
	*edge = used;
}

void fold_incomplete(struct fold *fold, uint32_t scope, const char *reason)
{
	if (!fold->recording.scopes[scope].incomplete)
		fold->recording.scopes[scope].incomplete = reason;
}

void fold_use_opaque(struct fold *fold, uint32_t scope)
{
	fold_use(fold, scope, fold_scope(fold, SCOPE_OPAQUE, "", 0));
}

uint32_t fold_event_scope(
	const struct fold *fold, const struct trace_event *event)
{
	uint32_t number = event->record->scope;
	uint32_t scope = number < fold->scopes.number_count
				 ? fold->scopes.numbers[number]
				 : SCOPE_NONE;

	if (scope == SCOPE_NONE)
		scope = fold->base;
	/* What no mark claimed belongs to the program it happened in. */
	if (scope == fold->base &&
		fold->images[event->image].scope != SCOPE_NONE)
		return fold->images[event->image].scope;
	return scope;
}

/* A unit that named no runner is nobody's but the command's. */
static uint32_t command_unit(struct fold *fold, const char *id, size_t size)
{
	char *name = xasprintf("command/%.*s", (int)size, id);
	uint32_t unit = fold_scope(fold, SCOPE_UNIT, name, strlen(name));

	free(name);
	return unit;
}

/* "kind/name" to a scope; SCOPE_NONE when the kind is not known. */
static uint32_t named_scope(struct fold *fold, const char *text, size_t size)
{
	const char *slash = memchr(text, '/', size);
	size_t word = slash ? (size_t)(slash - text) : size;
	int kind = scope_kind_parse(text, word);

	if (kind < 0 || !slash)
		return SCOPE_NONE;
	if (kind == SCOPE_UNIT && !memchr(slash + 1, '/', size - word - 1))
		return command_unit(fold, slash + 1, size - word - 1);
	return fold_scope(
		fold, (enum scope_kind)kind, slash + 1, size - word - 1);
}

static void scopes_begin(struct fold *fold, const struct wire_record *record)
{
	if (record->number < fold->scopes.number_count)
		fold->scopes.numbers[record->number] =
			named_scope(fold, record->text, record->size);
}

/* The outcomes that only say that a unit exists. */
static bool only_exists(const char *word, size_t size)
{
	return (size == 9 && !memcmp(word, "collected", 9)) ||
	       (size == 7 && !memcmp(word, "unasked", 7)) ||
	       (size == 10 && !memcmp(word, "deselected", 10));
}

static void outcome(
	struct fold *fold, uint32_t i, const struct trace_event *event)
{
	const struct wire_record *record = event->record;
	uint32_t number = record->scope;
	struct recorded_scope *scope = &fold->recording.scopes[i];
	const char *text = fold_text(fold, record->text, record->size);
	size_t word = strcspn(text, "/");

	if (number < fold->scopes.number_count)
		fold->scopes.said[number] = true;
	if (word == 4 && !memcmp(text, "lost", 4)) {
		fold_incomplete(fold, i,
			"ftrace's plugin, or an ftrace inside, did not see "
			"everything");
	} else if (i == fold->base) {
		if (word == 5 && !memcmp(text, "ready", 5)) {
			fold->runner.ready = true;
			fold->images[event->image].ready = event->clock;
		}
		if (word == 9 && !memcmp(text, "collected", 9))
			fold->runner.collected = true;
		if (word == 8 && !memcmp(text, "anywhere", 8))
			fold->runner.same_anywhere = true;
		if (word == 4 && !memcmp(text, "here", 4))
			fold->runner.needs_here = true;
		if (word == 8 && !memcmp(text, "narrowed", 8))
			fold->runner.looked_otherwise = true;
		if (word == 7 && !memcmp(text, "in-part", 7))
			fold->runner.in_part = true;
	} else if (scope->kind != SCOPE_UNIT) {
		if (word == 6 && !memcmp(text, "hooked", 6))
			fold->runner.hooked = true;
		if (word == 6 && !memcmp(text, "passed", 6))
			fold->scopes.list[i].completed = true;
		if (word == 4 && !memcmp(text, "left", 4))
			fold->recording.passed_news = true;
		fold->scopes.list[i].told |=
			word != 5 || memcmp(text, "holds", 5);
		if (word == 5 && !memcmp(text, "holds", 5) && text[word])
			intern(&fold->scopes.held, text + word + 1,
				strlen(text + word + 1));
	} else if (only_exists(text, word)) {
		fold->scopes.list[i].selected = *text != 'd';
		fold->scopes.list[i].unasked = *text == 'u';
	} else {
		fold->scopes.list[i].ran = true;
		scope->outcome = fold_text(fold, text, word);
		if (text[word])
			scope->duration = strtoll(text + word + 1, NULL, 10);
	}
}

static const char *scopes_name_after(
	const struct wire_record *record, const char *word, size_t *size)
{
	size_t n = strlen(word);

	if (record->size < n || memcmp(record->text, word, n) != 0)
		return NULL;
	*size = record->size - n;
	return record->text + n;
}

/* What is said as if a scope were used, and is but a name. */
static bool scopes_take_name(
	struct fold *fold, uint32_t scope, const struct wire_record *record)
{
	struct recording *recording = &fold->recording;
	struct recorded_label *label;
	size_t size;
	const char *name = scopes_name_after(record, "pattern/", &size);

	if (name) {
		intern(&recording->patterns, name, size);
		return true;
	}
	name = scopes_name_after(record, "label/", &size);
	if (!name)
		return false;
	label = array_add(&recording->labels, &recording->label_count,
		&recording->label_room, sizeof(*label));
	label->scope = scope;
	label->name = fold_text(fold, name, size);
	label->size = size;
	return true;
}

/* What was lost is that the runner may open files by a ring: it does not. */
static bool is_runners_ring(
	const struct fold *fold, uint32_t scope, const struct wire_record *lost)
{
	return fold->options->tests && scope == fold->base &&
	       adapter_named(fold->options->runner)->rings_no_files &&
	       lost->size == strlen(LOST_RING) &&
	       !memcmp(lost->text, LOST_RING, lost->size);
}

static void take_mark(struct fold *fold, const struct trace_event *event)
{
	const struct wire_record *record = event->record;
	uint32_t scope = fold_event_scope(fold, event), used;

	switch (record->type) {
	case RECORD_USE:
		if (scopes_take_name(fold, scope, record))
			break;
		used = named_scope(fold, record->text, record->size);
		if (used != SCOPE_NONE)
			fold_use(fold, scope, used);
		break;
	case RECORD_OUTCOME:
		outcome(fold, scope, event);
		break;
	case RECORD_LOST:
		if (is_runners_ring(fold, scope, record))
			break;
		fold_incomplete(fold, scope,
			fold_text(fold, record->text, record->size));
		break;
	default:
		break;
	}
}

/* A unit that began to run and never said how it ended. */
static void find_broken_off(struct fold *fold)
{
	for (uint32_t n = 0; n < fold->scopes.number_count; n++) {
		uint32_t i = fold->scopes.numbers[n];

		if (i == SCOPE_NONE || fold->scopes.said[n] ||
			fold->recording.scopes[i].kind != SCOPE_UNIT)
			continue;
		fold->scopes.list[i].ran = true;
		fold_incomplete(fold, i, "it was broken off");
	}
}

/* Each exec expects an answer; silence means that something ran unseen. */
static void find_silent(struct fold *fold)
{
	const struct trace *trace = fold->trace;
	uint32_t last = 0;
	bool *answered;

	for (size_t i = 0; i < trace->count; i++)
		if (trace->events[i].record->type == RECORD_EXEC &&
			trace->events[i].record->number > last)
			last = trace->events[i].record->number;
	answered = xcalloc((size_t)last + 1, sizeof(*answered));
	for (size_t i = 0; i < trace->count; i++) {
		const struct wire_record *record = trace->events[i].record;

		if ((record->type == RECORD_HELLO ||
			    record->type == RECORD_EXEC_FAILED) &&
			record->number <= last)
			answered[record->number] = true;
	}
	for (size_t i = 0; i < trace->count; i++) {
		const struct wire_record *record = trace->events[i].record;
		char *reason;

		if (record->type != RECORD_EXEC || answered[record->number])
			continue;
		reason = xasprintf("it ran '%.*s' unseen%s%.*s",
			(int)(record->size - record->head),
			record->text + record->head,
			record->head ? ", which is " : "", (int)record->head,
			record->text);
		fold_incomplete(fold, fold_event_scope(fold, &trace->events[i]),
			fold_text(fold, reason, strlen(reason)));
		free(reason);
	}
	free(answered);
}

/* The command itself answers with the number of nobody's exec. */
static void find_silent_command(struct fold *fold)
{
	for (size_t i = 0; i < fold->trace->count; i++)
		if (fold->trace->events[i].record->type == RECORD_HELLO &&
			fold->trace->events[i].record->number == 0)
			return;
	fold_incomplete(fold, fold->base,
		"the command ran unseen: it is statically linked, of another "
		"libc or machine, or privileged");
}

static void find_lingering(struct fold *fold)
{
	const struct fold_options *options = fold->options;

	if (options->unborn)
		fold_incomplete(
			fold, fold->base, "a forked process never reported");
	for (size_t i = 0; i < fold->trace->count; i++) {
		const struct trace_event *event = &fold->trace->events[i];
		uint32_t pid = fold->trace->images[event->image].pid;

		for (size_t k = 0; k < options->lingering_count; k++)
			if (options->lingering[k] == pid)
				fold_incomplete(fold,
					fold_event_scope(fold, event),
					"a process it started was still "
					"running at the end");
	}
}

/*
 * Whether the runner ended before any test could run: a name on its command
 * line is wrong, or it was interrupted. It has looked at files then that it did
 * not collect: were they stored for that, new ones would pass for known. What
 * failed is run again whatever it depends on.
 */
static bool gave_up(const struct fold *fold)
{
	if (!fold->runner.ready || fold->runner.collected)
		return false;
	for (uint32_t i = 0; i < fold->scopes.count; i++) {
		const struct recorded_scope *scope = &fold->recording.scopes[i];

		if (scope->kind == SCOPE_UNIT && fold->scopes.list[i].ran &&
			strcmp(scope->outcome ? scope->outcome : "", "error"))
			return false;
	}
	return true;
}

void fold_scopes(struct fold *fold)
{
	const struct trace *trace = fold->trace;
	const char *name = fold->options->definition;

	if (!name)
		name = "";
	fold->base = fold_scope(fold, SCOPE_RUN, name, strlen(name));
	fold->images = xcalloc(trace->image_count, sizeof(*fold->images));
	for (size_t i = 0; i < trace->image_count; i++)
		fold->images[i].scope = SCOPE_NONE;
	for (size_t i = 0; i < trace->count; i++)
		if (trace->events[i].record->type == RECORD_SCOPE &&
			trace->events[i].record->number >=
				fold->scopes.number_count)
			fold->scopes.number_count =
				trace->events[i].record->number + 1;
	fold->scopes.numbers = xcalloc(
		fold->scopes.number_count, sizeof(*fold->scopes.numbers));
	memset(fold->scopes.numbers, 0xff,
		fold->scopes.number_count * sizeof(*fold->scopes.numbers));
	fold->scopes.said =
		xcalloc(fold->scopes.number_count, sizeof(*fold->scopes.said));
	for (size_t i = 0; i < trace->count; i++)
		if (trace->events[i].record->type == RECORD_SCOPE)
			scopes_begin(fold, trace->events[i].record);
}

void fold_marks(struct fold *fold)
{
	const struct trace *trace = fold->trace;

	for (size_t i = 0; i < trace->count; i++)
		take_mark(fold, &trace->events[i]);
	find_broken_off(fold);
	fold->runner.gave_up = gave_up(fold);
	/* What found no room to answer did not run unseen. */
	if (trace->lost) {
		fold_incomplete(fold, fold->base, trace->lost);
	} else {
		find_silent(fold);
		find_silent_command(fold);
	}
	find_lingering(fold);
}

void fold_scopes_release(struct fold *fold)
{
	interner_release(&fold->scopes.names);
	interner_release(&fold->scopes.held);
	interner_release(&fold->scopes.texts);
	free(fold->scopes.list);
	free(fold->scopes.numbers);
	free(fold->scopes.said);
}
