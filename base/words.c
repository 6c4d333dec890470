/* SPDX-License-Identifier: MIT */
#include "base/words.h"

#include <stdlib.h>

#include "base/alloc.h"

void words_add(struct words *words, char *word)
{
	*(char **)array_add(&words->list, &words->count, &words->room,
		sizeof(*words->list)) = word;
	array_add(&words->list, &words->count, &words->room,
		sizeof(*words->list));
	words->count--;
}

void words_add_copy(struct words *words, const char *word)
{
	words_add(words, xstrdup(word));
}

void words_add_list(struct words *words, const char *const *list)
{
	for (; *list; list++)
		words_add_copy(words, *list);
}

void words_free(char **list)
{
	for (char **word = list; word && *word; word++)
		free(*word);
	free(list);
}
