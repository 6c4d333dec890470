/* SPDX-License-Identifier: MIT */
#include "wire/mark.h"

#include <string.h>

#include "wire/kind.h"
#include "wire/record.h"

static const char *const verbs[] = {
	[MARK_BEGIN] = "begin/",
	[MARK_END] = "end/",
	[MARK_USE] = "use/",
	[MARK_BLOCK] = "block/",
	[MARK_MUTE] = "mute/",
	[MARK_UNMUTE] = "unmute/",
	[MARK_OUTCOME] = "outcome/",
	[MARK_CODE] = "code/",
	[MARK_ENTER] = "enter/",
	[MARK_CALL] = "call/",
	[MARK_MAY] = "may/kept/",
	[MARK_SOURCE] = "source/",
	[MARK_COARSE] = "coarse/",
	[MARK_INTERPRETER] = "interpreter/",
	[MARK_ENV] = "env/",
	[MARK_KEPT] = "kept/",
};

bool mark_parse(const char *path, struct mark *mark)
{
	if (strncmp(path, MARK_PREFIX, sizeof(MARK_PREFIX) - 1) != 0)
		return false;
	path += sizeof(MARK_PREFIX) - 1;
	mark->verb = MARK_UNKNOWN;
	mark->argument = path;
	for (int i = 0; i < MARK_UNKNOWN; i++) {
		size_t n = strlen(verbs[i]);

		if (strncmp(path, verbs[i], n) == 0) {
			mark->verb = (enum mark_verb)i;
			mark->argument = path + n;
			break;
		}
	}
	mark->size = strlen(mark->argument);
	return true;
}

int mark_record(enum mark_verb verb)
{
	switch (verb) {
	case MARK_USE:
		return RECORD_USE;
	case MARK_OUTCOME:
		return RECORD_OUTCOME;
	case MARK_CODE:
		return RECORD_CODE;
	case MARK_ENTER:
		return RECORD_ENTER;
	case MARK_CALL:
		return RECORD_CALL;
	case MARK_MAY:
		return RECORD_MAY;
	case MARK_SOURCE:
		return RECORD_SOURCE;
	case MARK_COARSE:
		return RECORD_COARSE;
	case MARK_INTERPRETER:
		return RECORD_INTERPRETER;
	case MARK_ENV:
		return RECORD_ENV;
	case MARK_KEPT:
		return RECORD_KEPT;
	default:
		return 0;
	}
}

bool mark_is_ready(const struct mark *mark)
{
	static const char word[] = "ready";
	size_t n = sizeof(word) - 1;

	return mark->verb == MARK_OUTCOME &&
	       !strncmp(mark->argument, word, n) &&
	       (!mark->argument[n] || mark->argument[n] == '/');
}

bool mark_parse_block(const struct mark *mark, struct mark_block *out)
{
	const char *kind = mark->argument;
	const char *slash = strchr(kind, '/');
	const char *path;

	if (!slash)
		return false;
	out->kind = access_kind_parse(kind, (unsigned long)(slash - kind));
	out->block = slash + 1;
	path = strchr(out->block, '/');
	if (out->kind < 0 || !path)
		return false;
	out->block_size = (size_t)(path - out->block);
	/* The separator is followed by the path's own first slash. */
	out->path = path[1] == '/' ? path + 1 : path;
	out->path_size = strlen(out->path);
	return true;
}
