/* SPDX-License-Identifier: MIT */
#include "fold/before.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "map/project.h"
#include "map/query_check.h"

static void before_take_one(
	struct before *before, const char *root, const struct query_own *own)
{
	struct before_file *file = array_add(
		&before->list, &before->count, &before->room, sizeof(*file));
	unsigned hashed = 0;

	file->path = project_file(root, own->path);
	file->aspect = own->aspect;
	file->print = print_take(file->path, own->aspect, "", 0, &hashed);
}

int before_take(struct before *before, const char *root, const char *unit,
	struct err *err)
{
	struct query_own *list = NULL;
	size_t count = 0;
	struct map map;
	int code = map_open(&map, root, MAP_QUERY, err);

	memset(before, 0, sizeof(*before));
	if (code < 0)
		return code == MAP_MISSING ? 0 : code;
	code = query_own(&list, &count, &map, unit, err);
	map_close(&map);
	for (size_t i = 0; code == 0 && i < count; i++)
		before_take_one(before, root, &list[i]);
	query_own_release(list, count);
	return code;
}

void before_release(struct before *before)
{
	for (size_t i = 0; i < before->count; i++)
		free(before->list[i].path);
	free(before->list);
	memset(before, 0, sizeof(*before));
}

bool before_is_same(
	const struct before *before, const char *path, enum aspect aspect)
{
	unsigned hashed = 0;
	struct print now;

	for (size_t i = 0; i < before->count; i++) {
		const struct before_file *file = &before->list[i];

		if (file->aspect != aspect || strcmp(file->path, path) != 0)
			continue;
		now = print_take(path, aspect, "", 0, &hashed);
		return print_equal(&file->print, &now);
	}
	return false;
}
