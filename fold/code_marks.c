/* SPDX-License-Identifier: MIT */
/*
 * What marks say of code: which functions there are, who entered them, and
 * which sources modules were loaded from.
 */
#include "fold/code.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "fold/inputs.h"
#include "fold/kept.h"
#include "fold/names.h"
#include "fold/passages.h"
#include "fold/paths.h"
#include "fold/scopes.h"
#include "fold/state.h"
#include "languages/code.h"
#include "languages/language.h"

uint32_t fold_function_of(
	struct fold *fold, uint32_t node, const char *name, size_t size)
{
	char key[ARENA_TEXT_MAX + sizeof(node)];
	struct fold_function *function;
	uint32_t i;

	memcpy(key, &node, sizeof(node));
	memcpy(key + sizeof(node), name, size);
	i = intern(&fold->code.function_keys, key, size + sizeof(node));
	if (i == fold->code.function_count) {
		function = array_add(&fold->code.functions,
			&fold->code.function_count, &fold->code.function_room,
			sizeof(*function));
		function->node = node;
		function->name = fold->code.function_keys.entries[i].bytes +
				 sizeof(node);
		function->name_size = size;
		function->state = FILE_NONE;
	}
	return i;
}

void fold_add_entry(struct fold *fold, uint32_t scope, uint32_t function)
{
	struct fold_entry *entry;

	/* Repeats come in runs; the rest meets in a set. */
	if (fold->code.functions[function].last == scope + 1)
		return;
	fold->code.functions[function].last = scope + 1;
	entry = array_add(&fold->code.entries, &fold->code.entry_count,
		&fold->code.entry_room, sizeof(*entry));
	*entry = (struct fold_entry){scope, function, false};
}

void fold_add_partial(struct fold *fold, uint32_t scope, uint32_t function)
{
	struct fold_entry *entry;

	if (fold->code.functions[function].last_partial == scope + 1)
		return;
	fold->code.functions[function].last_partial = scope + 1;
	entry = array_add(&fold->code.entries, &fold->code.entry_count,
		&fold->code.entry_room, sizeof(*entry));
	*entry = (struct fold_entry){scope, function, true};
}

struct code_mark {
	const char *key; /* "token/id" */
	size_t key_size;
	const char *name;
	size_t name_size;
	const char *path;
	size_t path_size;
};

/* "token/id/name/path"; false when it is malformed. */
static bool parse_code(const char *text, size_t size, struct code_mark *mark)
{
	const char *end = text + size, *slash = memchr(text, '/', size);

	if (slash)
		slash = memchr(slash + 1, '/', (size_t)(end - slash - 1));
	if (!slash)
		return false;
	mark->key = text;
	mark->key_size = (size_t)(slash - text);
	mark->name = slash + 1;
	slash = memchr(mark->name, '/', (size_t)(end - mark->name));
	if (!slash)
		return false;
	mark->name_size = (size_t)(slash - mark->name);
	/* The separator is followed by the path's own first slash. */
	mark->path = slash + 1 < end && slash[1] == '/' ? slash + 1 : slash;
	mark->path_size = (size_t)(end - mark->path);
	return true;
}

/*
 * The declaration of a function. Its file is looked up with the links that
 * lead to it, which whoever loaded it has crossed.
 */
static void declare(struct fold *fold, const struct wire_record *record)
{
	struct code_mark mark;
	uint32_t path, i;

	if (!parse_code(record->text, record->size, &mark))
		return;
	path = fold_path(fold, mark.path, mark.path_size, false);
	if (fold->paths.list[path].ignored)
		return;
	i = intern(&fold->code.keys, mark.key, mark.key_size);
	if (i == fold->code.count)
		array_add(&fold->code.numbers, &fold->code.count,
			&fold->code.room, sizeof(*fold->code.numbers));
	fold->code.numbers[i] = fold_function_of(
		fold, fold->paths.list[path].node, mark.name, mark.name_size);
}

/* The number of a function that was declared, INTERN_NONE: it was not. */
static uint32_t declared(const struct fold *fold, const char *token,
	size_t token_size, const char *id, size_t size)
{
	char key[128];
	uint32_t i;

	if (token_size + size > sizeof(key))
		return INTERN_NONE;
	memcpy(key, token, token_size);
	memcpy(key + token_size, id, size);
	i = intern_find(&fold->code.keys, key, token_size + size);
	return i == INTERN_NONE ? i : fold->code.numbers[i];
}

/* "token/id,what": who mentions that, or has that number, may call the one. */
static void code_marks_call(struct fold *fold, const struct wire_record *record)
{
	const char *text = record->text, *end = text + record->size;
	const char *slash = memchr(text, '/', record->size);
	const char *comma =
		slash ? memchr(slash, ',', (size_t)(end - slash)) : NULL;
	size_t head = slash ? (size_t)(slash + 1 - text) : 0;
	uint32_t caller, callee;

	if (!comma || ++comma == end)
		return;
	callee = declared(
		fold, text, head, slash + 1, (size_t)(comma - slash - 2));
	if (callee == INTERN_NONE)
		return;
	if (*comma < '0' || *comma > '9') {
		names_add(&fold->code.leads, comma, (size_t)(end - comma),
			callee);
		return;
	}
	caller = declared(fold, text, head, comma, (size_t)(end - comma));
	if (caller != INTERN_NONE)
		names_add(&fold->code.calls, (const char *)&caller,
			sizeof(caller), callee);
}

/* Who loads a source runs its module: that is what the loading does. */
static bool is_loading(struct fold *fold, uint32_t scope, uint32_t function)
{
	const struct fold_function *entered = &fold->code.functions[function];
	uint32_t key[] = {scope, entered->node};

	return language_is_loading(entered->name, entered->name_size) &&
	       intern_find(&fold->code.loads, key, sizeof(key)) != INTERN_NONE;
}

/* "token/id,id,...": each with the passages that ran, ".0.3", if it has any. */
static void code_marks_enter(struct fold *fold, const struct trace_event *event)
{
	const char *text = event->record->text;
	const char *end = text + event->record->size;
	const char *slash = memchr(text, '/', event->record->size);
	uint32_t scope = fold_event_scope(fold, event);
	size_t head = slash ? (size_t)(slash + 1 - text) : 0;

	if (!slash)
		return;
	for (const char *id = slash + 1; id < end;) {
		const char *comma = memchr(id, ',', (size_t)(end - id));
		size_t n = (size_t)((comma ? comma : end) - id);
		const char *dot = memchr(id, '.', n);
		size_t size = dot ? (size_t)(dot - id) : n;
		uint32_t i = declared(fold, text, head, id, size);

		/* It was declared before, unless that was lost. */
		if (i == INTERN_NONE)
			fold_incomplete(fold, scope,
				"it entered functions that are not known");
		else if (dot)
			fold_passages_take(fold, scope, i, dot, n - size);
		else if (!is_loading(fold, scope, i))
			fold_add_entry(fold, scope, i);
		id += n + 1;
	}
}

static void code_marks_load(struct fold *fold, const struct trace_event *event)
{
	const struct wire_record *record = event->record;
	uint32_t scope = fold_event_scope(fold, event);
	uint32_t i = fold_path(fold, record->text, record->size, false);
	struct fold_path path = fold->paths.list[i];
	uint32_t key[] = {scope, path.node};
	struct fold_source *source;

	if (path.ignored)
		return;
	for (uint32_t k = 0; k < path.link_count; k++)
		fold_input(fold, scope, fold->paths.links[path.link_first + k],
			0, ACCESS_LINK);
	/* The run's own work: as any file that it made and reads. */
	if (fold_maker(fold, path.node) != SCOPE_NONE) {
		fold_input(fold, scope, path.node, fold->no_block, ACCESS_READ);
		fold_use_opaque(fold, scope);
		return;
	}
	intern(&fold->code.loads, key, sizeof(key));
	if (!fold->nodes[path.node].source) {
		source =
			array_add(&fold->code.sources, &fold->code.source_count,
				&fold->code.source_room, sizeof(*source));
		source->node = path.node;
		source->file = FILE_NONE;
		source->module = scope;
		fold->nodes[path.node].source =
			(uint32_t)fold->code.source_count;
	} else {
		/* Under two names: who uses the one uses the other. */
		source = &fold->code.sources[fold->nodes[path.node].source - 1];
		fold_use(fold, source->module, scope);
		fold_use(fold, scope, source->module);
	}
	fold_add_entry(
		fold, scope, fold_function_of(fold, path.node, "", 0));
}

static void name_interpreter(
	struct fold *fold, const struct wire_record *record)
{
	const char *slash = memchr(record->text, '/', record->size);
	size_t tag = slash ? (size_t)(slash - record->text) : 0;

	if (!slash)
		return;
	free(fold->code.interpreter_tag);
	free(fold->code.interpreter);
	fold->code.interpreter_tag =
		xasprintf("%.*s" CODE_RULES, (int)tag, record->text);
	if (tag + 1 < record->size && slash[1] == '/')
		tag++;
	fold->code.interpreter =
		xmemdup(record->text + tag, record->size - tag);
}

/* Without a reason it is nothing to tell anybody. */
static void confess(struct fold *fold, const struct trace_event *event)
{
	const struct wire_record *record = event->record;
	struct fold_scope *scope =
		&fold->scopes.list[fold_event_scope(fold, event)];

	scope->coarse = true;
	if (!record->size)
		return;
	scope->untold = true;
	if (!fold->code.coarse)
		fold->code.coarse = fold_text(fold, record->text, record->size);
}

void fold_take_code(struct fold *fold, const struct trace_event *event)
{
	const struct wire_record *record = event->record;

	switch (record->type) {
	case RECORD_CODE:
		declare(fold, record);
		break;
	case RECORD_CALL:
		code_marks_call(fold, record);
		break;
	case RECORD_MAY:
		fold_take_may(fold, event);
		break;
	case RECORD_ENTER:
		code_marks_enter(fold, event);
		break;
	case RECORD_SOURCE:
		code_marks_load(fold, event);
		break;
	case RECORD_COARSE:
		confess(fold, event);
		break;
	case RECORD_INTERPRETER:
		name_interpreter(fold, record);
		break;
	case RECORD_KEPT:
		fold_take_kept(fold, event);
		break;
	default:
		break;
	}
}

void fold_code_release(struct fold *fold)
{
	interner_release(&fold->code.keys);
	interner_release(&fold->code.function_keys);
	interner_release(&fold->code.loads);
	names_release(&fold->code.calls);
	names_release(&fold->code.leads);
	free(fold->code.numbers);
	free(fold->code.functions);
	free(fold->code.sources);
	free(fold->code.entries);
	fold_passages_release(fold);
	free(fold->code.interpreter_tag);
	free(fold->code.interpreter);
}
