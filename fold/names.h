/* SPDX-License-Identifier: MIT */
/*
 * Names, each with a list of numbers: which things have the name. All of
 * zeroes is empty and ready; names are bytes, and are copied.
 */
#ifndef FTRACE_FOLD_NAMES_H
#define FTRACE_FOLD_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/intern.h"

struct name_list {
	uint32_t *items;
	size_t count, room;
};

struct names {
	struct interner names; /* number i has lists[i] */
	struct name_list *lists;
	size_t count, room;
};

/* Once for each name and number. Lists that were found before may move. */
void names_add(
	struct names *names, const char *name, size_t size, uint32_t item);

/* The same for each of "name,name". */
void names_add_all(
	struct names *names, const char *text, size_t size, uint32_t item);

/* NULL: there is none of that name. */
const struct name_list *names_find(
	const struct names *names, const char *name, size_t size);

void names_release(struct names *names);

/* A list may be NULL, which has nothing. */
bool name_list_has(const struct name_list *list, uint32_t item);
void name_list_push(struct name_list *list, uint32_t item);

#endif
