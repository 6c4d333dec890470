/* SPDX-License-Identifier: MIT */
#include "fold/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

bool name_list_has(const struct name_list *list, uint32_t item)
{
	for (size_t i = 0; list && i < list->count; i++)
		if (list->items[i] == item)
			return true;
	return false;
}

void name_list_push(struct name_list *list, uint32_t item)
{
	*(uint32_t *)array_add(
		&list->items, &list->count, &list->room, sizeof(item)) = item;
}

void names_add(
	struct names *names, const char *name, size_t size, uint32_t item)
{
	uint32_t i = intern(&names->names, name, size);

	if (i == names->count)
		memset(array_add(&names->lists, &names->count, &names->room,
			       sizeof(*names->lists)),
			0, sizeof(*names->lists));
	if (!name_list_has(&names->lists[i], item))
		name_list_push(&names->lists[i], item);
}

void names_add_all(
	struct names *names, const char *text, size_t size, uint32_t item)
{
	const char *end = text + size;

	while (text < end) {
		const char *comma = memchr(text, ',', (size_t)(end - text));
		size_t n = (size_t)((comma ? comma : end) - text);

		names_add(names, text, n, item);
		text += n + 1;
	}
}

const struct name_list *names_find(
	const struct names *names, const char *name, size_t size)
{
	uint32_t i = intern_find(&names->names, name, size);

	return i == INTERN_NONE ? NULL : &names->lists[i];
}

void names_release(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->lists[i].items);
	free(names->lists);
	interner_release(&names->names);
	memset(names, 0, sizeof(*names));
}
