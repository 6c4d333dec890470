/* SPDX-License-Identifier: MIT */
/*
 * Environment variables as inputs. In the map one is a file with a path that
 * no file has, VARIABLE_PREFIX and the name, and a state of aspect content for
 * each value that somebody met. Its value is always the one in the environment
 * of this very process: `ftrace run` compares what a query will compare.
 *
 * To people it is shown as "$NAME".
 */
#ifndef FTRACE_MAP_VARIABLE_H
#define FTRACE_MAP_VARIABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "map/place.h"
#include "map/print.h"

#define VARIABLE_PREFIX "/@ftrace/$"

/* Whether a path, as stored, is that of a variable. */
bool variable_is(const char *path);

/* A path as people see it: "$NAME" of a variable, any other one as it is. */
const char *variable_shown(const char *path);
/* The path of what people see so; to be freed. */
char *variable_stored(const char *shown);

/*
 * Whether a variable can be anybody's input: not those that tell where a shell
 * is, nor those that ftrace sets for itself. (Those of runners, the adapters
 * know.)
 */
bool variable_counts(const char *name, size_t size);

/*
 * Whether a name is one of those, of which one that ends with a star stands for
 * all that begin so; NULL behind the last.
 */
bool variable_is_among(const char *const *list, const char *name, size_t size);

/* The path of a variable, as stored; to be freed. */
char *variable_path(const char *name, size_t size);

/*
 * The print of its value, with the places taken out; of zeroes where it is not
 * set. Whatever ftrace or git have put into it for their own children is left
 * out.
 */
struct print variable_print(const char *path, const struct map_places *places);

#endif
