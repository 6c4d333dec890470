/* SPDX-License-Identifier: MIT */
/*
 * Code: which functions a scope entered, and which sources modules are.
 *
 * Loading a source reads what it does when it is loaded (the state of code
 * with the empty name), and entering a function reads that function. Where
 * that cannot be told, the whole file is read: a source that nobody declared
 * or that nobody can take apart, a function it is not known to have, a scope
 * that entered more than was recorded.
 */
#include <stdlib.h>
#include <string.h>

#include "adapters/python/code.h"
#include "map/alloc.h"
#include "tracer/fold_state.h"

static uint32_t function_of(
	struct fold *fold, uint32_t node, const char *name, size_t size)
{
	char key[ARENA_TEXT_MAX + sizeof(node)];
	struct fold_function *function;
	uint32_t i;

	memcpy(key, &node, sizeof(node));
	memcpy(key + sizeof(node), name, size);
	i = intern(&fold->function_keys, key, size + sizeof(node));
	if (i == fold->function_count) {
		function = array_add(&fold->functions, &fold->function_count,
			&fold->function_room, sizeof(*function));
		function->node = node;
		function->name =
			fold->function_keys.entries[i].bytes + sizeof(node);
		function->name_size = size;
		function->state = FILE_NONE;
	}
	return i;
}

static void add_entered(struct fold *fold, uint32_t scope, uint32_t function)
{
	fold_add(fold, scope, fold->functions[function].node, function,
		ACCESS_READ, ROLE_CODE);
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
	if (fold->paths[path].ignored)
		return;
	i = intern(&fold->code_keys, mark.key, mark.key_size);
	if (i == fold->code_count)
		array_add(&fold->codes, &fold->code_count, &fold->code_room,
			sizeof(*fold->codes));
	fold->codes[i] = function_of(
		fold, fold->paths[path].node, mark.name, mark.name_size);
}

/* "token/id,id,..." */
static void enter(struct fold *fold, const struct trace_event *event)
{
	const char *text = event->record->text;
	const char *end = text + event->record->size;
	const char *slash = memchr(text, '/', event->record->size);
	uint32_t scope = fold_event_scope(fold, event);
	char key[128];
	size_t head = slash ? (size_t)(slash + 1 - text) : 0;

	if (!slash || head > sizeof(key) / 2)
		return;
	memcpy(key, text, head);
	for (const char *id = slash + 1; id < end;) {
		const char *comma = memchr(id, ',', (size_t)(end - id));
		size_t n = (size_t)((comma ? comma : end) - id);
		uint32_t i = INTERN_NONE;

		if (n <= sizeof(key) / 2) {
			memcpy(key + head, id, n);
			i = intern_find(&fold->code_keys, key, head + n);
		}
		/* It was declared before, unless that was lost. */
		if (i == INTERN_NONE)
			fold_incomplete(fold, scope,
				"it entered functions that nobody knows of");
		else
			add_entered(fold, scope, fold->codes[i]);
		id += n + 1;
	}
}

static void load(struct fold *fold, const struct trace_event *event)
{
	const struct wire_record *record = event->record;
	uint32_t scope = fold_event_scope(fold, event);
	uint32_t i = fold_path(fold, record->text, record->size, false);
	struct fold_path path = fold->paths[i];
	struct fold_source *source;

	if (path.ignored)
		return;
	for (uint32_t k = 0; k < path.link_count; k++)
		fold_input(fold, scope, fold->links[path.link_first + k], 0,
			ACCESS_LINK);
	/* The run's own work: as any file that it made and reads. */
	if (fold_maker(fold, path.node) != SCOPE_NONE) {
		fold_input(fold, scope, path.node, fold->no_block, ACCESS_READ);
		return;
	}
	if (!fold->source_of[path.node]) {
		source = array_add(&fold->sources, &fold->source_count,
			&fold->source_room, sizeof(*source));
		source->node = path.node;
		source->file = FILE_NONE;
		source->module = scope;
		fold->source_of[path.node] = (uint32_t)fold->source_count;
	} else {
		/* Under two names: who uses the one uses the other. */
		source = &fold->sources[fold->source_of[path.node] - 1];
		fold_use(fold, source->module, scope);
		fold_use(fold, scope, source->module);
	}
	add_entered(fold, scope, function_of(fold, path.node, "", 0));
}

static void name_interpreter(
	struct fold *fold, const struct wire_record *record)
{
	const char *slash = memchr(record->text, '/', record->size);
	size_t tag = slash ? (size_t)(slash - record->text) : 0;

	if (!slash)
		return;
	free(fold->interpreter_tag);
	free(fold->interpreter);
	fold->interpreter_tag = xmemdup(record->text, tag);
	if (tag + 1 < record->size && slash[1] == '/')
		tag++;
	fold->interpreter = xmemdup(record->text + tag, record->size - tag);
}

void fold_take_code(struct fold *fold, const struct trace_event *event)
{
	const struct wire_record *record = event->record;

	switch (record->type) {
	case RECORD_CODE:
		declare(fold, record);
		break;
	case RECORD_ENTER:
		enter(fold, event);
		break;
	case RECORD_SOURCE:
		load(fold, event);
		break;
	case RECORD_COARSE:
		fold->scopes[fold_event_scope(fold, event)].coarse = true;
		if (!fold->coarse)
			fold->coarse =
				fold_text(fold, record->text, record->size);
		break;
	case RECORD_INTERPRETER:
		name_interpreter(fold, record);
		break;
	default:
		break;
	}
}

/* Gives every declared source its blocks, asking Python for what is new. */
static int read_sources(struct fold *fold, struct map *map, struct err *err)
{
	struct code_reader reader;
	uint32_t *list = xcalloc(fold->source_count, sizeof(*list));
	size_t count = 0;
	int code;

	for (size_t i = 0; i < fold->source_count; i++) {
		struct fold_source *source = &fold->sources[i];

		source->file = fold_file(fold, source->node);
		if (source->file == FILE_NONE)
			continue;
		/* What stands in the map, stands. */
		if (!fold->files.files[source->file].recode &&
			map_file_source(&fold->files, source->file, map, err) &&
			fold->interpreter_tag &&
			!strcmp(fold->files.files[source->file].code->tag,
				fold->interpreter_tag))
			continue;
		list[count++] = source->file;
	}
	code = code_reader_init(&reader, &fold->files, map, err);
	if (code == 0)
		code = code_read(&reader, list, count, err);
	code_reader_release(&reader);
	free(list);
	return code;
}

/* The state of a function, where its source can tell. */
static void find_state(struct fold *fold, struct fold_function *function)
{
	uint32_t i = fold->source_of[function->node];
	uint32_t file = i ? fold->sources[i - 1].file : FILE_NONE;
	const struct source *source =
		file == FILE_NONE ? NULL : fold->files.files[file].code;
	const struct source_block *block;
	const struct print *print;

	if (!source || source->problem)
		return;
	print = &source->skeleton;
	if (function->name_size) {
		block = source_find_block(
			source, function->name, function->name_size);
		if (!block)
			return;
		function->on_load = block->on_load;
		print = &block->print;
	}
	if (fold->touched[function->node] ||
		fold_changed_meanwhile(fold, function->node, ASPECT_CONTENT))
		print = &print_unknown;
	function->state = map_file_code_state(
		&fold->files, file, function->name, function->name_size, print);
}

/*
 * Who enters a function of a source uses the module that it is, even if it
 * came by it without an import.
 */
static void use_module(struct fold *fold, const struct fold_access *access)
{
	uint32_t i = fold->source_of[access->node];
	struct fold_source *source = i ? &fold->sources[i - 1] : NULL;

	if (!source || source->last_user == access->scope + 1)
		return;
	source->last_user = access->scope + 1;
	fold_use(fold, access->scope, source->module);
}

/* The sources of every module that a scope leads to. */
static void add_whole_sources(struct fold *fold, uint32_t from)
{
	size_t count = 0, room = 0;
	bool *seen = xcalloc(fold->scope_count, sizeof(*seen));
	uint32_t *queue = NULL;

	*(uint32_t *)array_add(&queue, &count, &room, sizeof(*queue)) = from;
	seen[from] = true;
	for (size_t i = 0; i < count; i++) {
		const struct recorded_scope *scope =
			&fold->recording.scopes[queue[i]];

		for (size_t k = 0; k < scope->use_count; k++) {
			uint32_t used = scope->uses[k];

			if (seen[used])
				continue;
			seen[used] = true;
			*(uint32_t *)array_add(
				&queue, &count, &room, sizeof(*queue)) = used;
		}
	}
	for (size_t i = 0; i < fold->source_count; i++)
		if (seen[fold->sources[i].module])
			fold_add(fold, from, fold->sources[i].node,
				fold->no_block, ACCESS_READ, ROLE_INPUT);
	free(queue);
	free(seen);
}

int fold_code(struct fold *fold, struct map *map, struct err *err)
{
	size_t count;
	int code = 0;

	if (fold->interpreter_tag)
		code = source_set_interpreter(
			map, fold->interpreter_tag, fold->interpreter, err);
	if (code == 0 && fold->source_count)
		code = read_sources(fold, map, err);
	if (code < 0)
		return code;
	for (size_t i = 0; i < fold->function_count; i++)
		find_state(fold, &fold->functions[i]);
	count = fold->access_count;
	for (size_t i = 0; i < count; i++) {
		const struct fold_access access = fold->accesses[i];
		const struct fold_function *function;

		if (access.role != ROLE_CODE)
			continue;
		function = &fold->functions[access.block];
		use_module(fold, &access);
		if (!function->on_load && function->state != FILE_NONE)
			continue;
		fold->accesses[i].kinds = 0;
		if (!function->on_load)
			fold_input(fold, access.scope, access.node,
				fold->no_block, ACCESS_READ);
	}
	for (uint32_t i = 0; i < fold->scope_count; i++)
		if (fold->scopes[i].coarse)
			add_whole_sources(fold, i);
	return 0;
}

/* The files that were met besides, and may have changed. */
int fold_code_settle(struct fold *fold, struct map *map, struct err *err)
{
	struct code_reader reader;
	int code = code_reader_init(&reader, &fold->files, map, err);

	if (code == 0)
		code = code_read_changed(&reader, err);
	code_reader_release(&reader);
	return code;
}

void fold_code_release(struct fold *fold)
{
	interner_release(&fold->code_keys);
	interner_release(&fold->function_keys);
	free(fold->codes);
	free(fold->functions);
	free(fold->sources);
	free(fold->interpreter_tag);
	free(fold->interpreter);
}
