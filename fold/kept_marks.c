/* SPDX-License-Identifier: MIT */
/*
 * What is told of kept things: who left something in memory, under which names,
 * and who may have found it there.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "fold/code.h"
#include "fold/kept.h"
#include "fold/paths.h"
#include "fold/scopes.h"
#include "fold/state.h"

struct kept_mark {
	const char *id;
	size_t id_size;
	const char *names; /* "name,name", or "*": an import made it */
	size_t names_size;
	const char *fillers; /* the same */
	size_t fillers_size;
	const char *path;
	size_t path_size;
};

/* "id=name,name;function/path"; false when it is malformed. */
static bool kept_mark_parse(
	const char *text, size_t size, struct kept_mark *mark)
{
	const char *end = text + size, *equals = memchr(text, '=', size);
	const char *stop =
		equals ? memchr(equals, ';', (size_t)(end - equals)) : NULL;
	const char *slash =
		stop ? memchr(stop, '/', (size_t)(end - stop)) : NULL;

	if (!slash)
		return false;
	mark->id = text;
	mark->id_size = (size_t)(equals - text);
	mark->names = equals + 1;
	mark->names_size = (size_t)(stop - mark->names);
	mark->fillers = stop + 1;
	mark->fillers_size = (size_t)(slash - mark->fillers);
	/* The separator is followed by the path's own first slash. */
	mark->path = slash + 1 < end && slash[1] == '/' ? slash + 1 : slash;
	mark->path_size = (size_t)(end - mark->path);
	return true;
}

/* What an import made is of its source; all else is known by its name alone. */
static char *kept_mark_scope_name(
	const struct fold *fold, const struct kept_mark *mark)
{
	const char *root = fold->options->root, *path = mark->path;
	size_t n = strlen(root), size = mark->path_size;

	if (*mark->names != '*')
		return xasprintf("%.*s", (int)mark->id_size, mark->id);
	if (size > n + 1 && !memcmp(path, root, n) && path[n] == '/') {
		path += n + 1;
		size -= n + 1;
	}
	return xasprintf(
		"%.*s:%.*s", (int)size, path, (int)mark->id_size, mark->id);
}

static uint32_t kept_mark_thing(struct fold *fold, const struct kept_mark *mark)
{
	char *name = kept_mark_scope_name(fold, mark);
	uint32_t i = intern(&fold->kept.keys, name, strlen(name));

	if (i == fold->kept.count) {
		struct kept_thing *kept = array_add(&fold->kept.list,
			&fold->kept.count, &fold->kept.room, sizeof(*kept));

		kept->scope = fold_scope(fold, SCOPE_KEPT, name, strlen(name));
		kept->is_import = *mark->names == '*';
	}
	free(name);
	return i;
}

/* All scopes that leave the thing there say the same of its names. */
static void kept_mark_note_names(struct fold *fold,
	const struct trace_event *event, const struct kept_mark *mark,
	uint32_t kept)
{
	size_t before = fold->kept.told.count;

	intern(&fold->kept.told, event->record->text, event->record->size);
	if (fold->kept.told.count == before)
		return;
	names_add_all(&fold->kept.names, mark->names, mark->names_size, kept);
	names_add_all(
		&fold->kept.fillers, mark->fillers, mark->fillers_size, kept);
	fold->kept.list[kept].is_mentioned |= mark->fillers_size == 0;
}

void fold_take_kept(struct fold *fold, const struct trace_event *event)
{
	uint32_t scope = fold_event_scope(fold, event), path, i;
	struct kept_keeping *keeping;
	struct kept_mark mark;

	if (!kept_mark_parse(event->record->text, event->record->size, &mark))
		return;
	path = fold_path(fold, mark.path, mark.path_size, false);
	if (fold->paths.list[path].ignored)
		return;
	i = kept_mark_thing(fold, &mark);
	kept_mark_note_names(fold, event, &mark, i);
	if (fold->recording.scopes[scope].kind == SCOPE_RUN)
		return;
	keeping = array_add(&fold->kept.keepings, &fold->kept.keeping_count,
		&fold->kept.keeping_room, sizeof(*keeping));
	keeping->scope = scope;
	keeping->kept = i;
	keeping->node = fold->paths.list[path].node;
}

/* "id": what it stands for is known when all marks are read. */
void fold_take_may(struct fold *fold, const struct trace_event *event)
{
	struct kept_may *may = array_add(&fold->kept.mays,
		&fold->kept.may_count, &fold->kept.may_room, sizeof(*may));

	may->scope = fold_event_scope(fold, event);
	may->entries = fold->code.entry_count;
	may->text = intern(
		&fold->scopes.texts, event->record->text, event->record->size);
}
