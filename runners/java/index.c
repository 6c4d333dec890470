/* SPDX-License-Identifier: MIT */
#include "runners/java/index.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

void java_index_add(
	struct java_index *index, const char *name, size_t size, size_t place)
{
	size_t number = intern(&index->names, name, size);
	struct java_places *places;

	if (number == index->count)
		array_add(&index->places, &index->count, &index->room,
			sizeof(*index->places));
	places = &index->places[number];
	/* What is added one after the other is often the same. */
	if (places->count && places->list[places->count - 1] == place)
		return;
	*(size_t *)array_add(&places->list, &places->count, &places->room,
		sizeof(*places->list)) = place;
}

const struct java_places *java_index_find(
	const struct java_index *index, const char *name, size_t size)
{
	uint32_t number = intern_find(&index->names, name, size);

	return number == INTERN_NONE ? NULL : &index->places[number];
}

void java_index_release(struct java_index *index)
{
	for (size_t i = 0; i < index->count; i++)
		free(index->places[i].list);
	free(index->places);
	interner_release(&index->names);
	memset(index, 0, sizeof(*index));
}
