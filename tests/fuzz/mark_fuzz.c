/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "map/recording.h"
#include "tests/fuzz/fuzz.h"
#include "wire/kind.h"
#include "wire/mark.h"

static void check(bool holds)
{
	if (!holds)
		abort();
}

/* Whatever is said to be a part lies inside the text. */
static void parse(const char *path)
{
	const char *end = path + strlen(path);
	struct mark_block block;
	struct mark mark;

	if (!mark_parse(path, &mark))
		return;
	check(mark.argument >= path && mark.argument + mark.size == end);
	if (!mark_parse_block(&mark, &block))
		return;
	check(block.kind >= 0 && block.kind < ACCESS_KINDS);
	check(block.block >= mark.argument);
	check(block.block + block.block_size < block.path + 1);
	check(block.path[0] == '/' && block.path + block.path_size == end);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xmemdup(data, size), *mark, *block;
	size_t runner, id_size;
	const char *id;

	mark = xasprintf(MARK_PREFIX "%s", text);
	block = xasprintf(MARK_PREFIX "block/%s", text);
	parse(text);
	parse(mark);
	parse(block);
	scope_kind_parse(text, size);
	if (unit_name_split(text, size, &runner, &id, &id_size))
		check(runner + 1 + id_size == size && id == text + runner + 1);
	free(text);
	free(mark);
	free(block);
	return 0;
}
