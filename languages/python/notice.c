/* SPDX-License-Identifier: MIT */
#include "languages/python/notice.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/*
 * The first letter of a line: what the code does with the name behind it, a
 * global of its file or an attribute. It may HOLD what has the name, or ASK it
 * for attributes, or do no more than call, bind or test it.
 */
enum mention {
	MENTION_ANYTHING = '*', /* it looks for names that nobody has written */
	MENTION_MODULE = '@',   /* it goes through the names of its module */
	MENTION_MEMBERS = '+',  /* it goes through the attributes of objects */
	MENTION_GLOBAL = 'G',
	MENTION_GLOBAL_ASKED = 'h',
	MENTION_GLOBAL_HELD = 'g',
	MENTION_NAME = 'A',
	MENTION_NAME_ASKED = 'b',
	MENTION_NAME_HELD = 'a',
};

/* The next line of a block's mentions; false at the end. */
static bool notice_next_mention(
	const char **at, const char *end, struct frame *line)
{
	const char *stop;

	if (*at >= end)
		return false;
	stop = memchr(*at, '\n', (size_t)(end - *at));
	line->bytes = *at;
	line->size = (size_t)((stop ? stop : end) - *at);
	*at += line->size + 1;
	return true;
}

static bool wants_global(
	const struct wanted *wanted, const char *path, const struct frame *line)
{
	const char *name = line->bytes + 1;
	size_t n = line->size - 1;

	switch (*line->bytes) {
	case MENTION_GLOBAL_HELD:
		if (wanted_has(&wanted->global_heads, path, name, n))
			return true;
		/* fallthrough */
	case MENTION_GLOBAL_ASKED:
		if (wanted_has(&wanted->global_values, path, name, n))
			return true;
		/* fallthrough */
	default:
		return wanted_has(&wanted->globals, path, name, n);
	}
}

static bool wants_attribute(
	const struct wanted *wanted, const struct frame *line)
{
	const char *name = line->bytes + 1;
	size_t n = line->size - 1;

	switch (*line->bytes) {
	case MENTION_NAME_HELD:
		if (intern_find(&wanted->heads, name, n) != INTERN_NONE)
			return true;
		/* fallthrough */
	case MENTION_NAME_ASKED:
		if (intern_find(&wanted->values, name, n) != INTERN_NONE)
			return true;
		/* fallthrough */
	default:
		return intern_find(&wanted->names, name, n) != INTERN_NONE;
	}
}

static bool notice_is_wanted(
	const struct wanted *wanted, const char *path, const struct frame *line)
{
	switch (line->size ? *line->bytes : '\0') {
	case MENTION_ANYTHING:
		return true;
	case MENTION_MODULE:
		return wanted_touches(wanted, path);
	case MENTION_MEMBERS:
		return wanted->touched.count != 0;
	case MENTION_GLOBAL:
	case MENTION_GLOBAL_ASKED:
	case MENTION_GLOBAL_HELD:
		return wants_global(wanted, path, line);
	case MENTION_NAME:
	case MENTION_NAME_ASKED:
	case MENTION_NAME_HELD:
		return wants_attribute(wanted, line);
	default:
		return false;
	}
}

/* Whether code mentions a wanted name: a global of its file, an attribute. */
static bool mentions_wanted(const struct wanted *wanted, const char *path,
	const struct source_block *block, struct frame *which)
{
	const char *at = block->mentions, *end = at + block->mentions_size;
	bool any = wanted->globals.count || wanted->names.count ||
		   wanted->global_values.count || wanted->values.count ||
		   wanted->global_heads.count || wanted->heads.count;

	while (any && notice_next_mention(&at, end, which))
		if (notice_is_wanted(wanted, path, which))
			return true;
	return false;
}

/* Whether a mention is that of code that imports what is not written in it. */
static bool imports_any(const struct frame *line)
{
	static const char *const names[] = {"import_module", "__import__",
		"exec_module", "load_module", "resolve_name"};

	if (line->size && *line->bytes == MENTION_ANYTHING)
		return true;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (line->size == strlen(names[i]) + 1 &&
			!memcmp(line->bytes + 1, names[i], line->size - 1))
			return true;
	return false;
}

/*
 * How much of a block's name is its function's. 0: it is a passage other than
 * the first, which stands for the function.
 */
static size_t notice_function_size(const struct interned *name)
{
	size_t size = source_function_size(name->bytes, name->size);

	return size + 1 < name->size ? 0 : size;
}

bool notice_may_catch(const struct wanted *wanted, const char *path,
	const struct source *source, const struct interned *name)
{
	bool late = wanted->late.count != 0;
	size_t size = notice_function_size(name);
	const struct source_block *block =
		size && (wanted->imports.count || late) && source
			? source_find_block(source, name->bytes, size)
			: NULL;
	const char *at = block ? block->mentions : NULL;
	const char *end = block ? at + block->mentions_size : NULL;
	struct frame line;

	while (block && notice_next_mention(&at, end, &line))
		if ((late && imports_any(&line)) ||
			(line.size && *line.bytes == MENTION_NAME_HELD &&
				wanted_has(&wanted->imports, path,
					line.bytes + 1, line.size - 1)))
			return true;
	return false;
}

/* Whether a function lies in a wanted class, or in what lies in one. */
static bool notice_is_member(const struct wanted *wanted, const char *path,
	const char *name, size_t size)
{
	for (size_t n = 0; wanted->classes.count && n < size; n++) {
		size_t from = n;

		if (name[n] != '.')
			continue;
		while (from && name[from - 1] != '.')
			from--;
		if (wanted_has(&wanted->classes, path, name, n) ||
			wanted_has(&wanted->classes, "", name + from, n - from))
			return true;
	}
	return false;
}

/* What a mention means, for people. */
static char *notice_of_mention(const struct frame *line)
{
	switch (*line->bytes) {
	case MENTION_ANYTHING:
		return xstrdup("looks for names that are not written in it");
	case MENTION_MODULE:
		return xstrdup("goes through the names of its module");
	case MENTION_MEMBERS:
		return xstrdup("goes through the attributes of objects");
	default:
		return xasprintf(
			"mentions %.*s", (int)line->size - 1, line->bytes + 1);
	}
}

char *notice_of_block(const struct wanted *wanted, const char *path,
	const struct source *source, const struct interned *name)
{
	const struct source_block *block;
	size_t size = notice_function_size(name);
	struct frame which;

	if (!size)
		return NULL;
	if (notice_is_member(wanted, path, name->bytes, size))
		return xstrdup("is of a class that changed");
	if (wanted_has(&wanted->functions, path, name->bytes, size))
		return xstrdup("works with something that changed");
	block = source ? source_find_block(source, name->bytes, size) : NULL;
	return block && mentions_wanted(wanted, path, block, &which)
		       ? notice_of_mention(&which)
		       : NULL;
}
