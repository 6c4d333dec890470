/* SPDX-License-Identifier: MIT */
/*
 * The names of a module, a class or an object, and what kept.c saw under each
 * of them when it last looked. Runs no code of the values' own, unless it lies
 * in what is freed by that.
 *
 * All of this runs with the GIL held.
 */
#ifndef FTRACE_ADAPTERS_PYTEST_KEPT_PLACES_H
#define FTRACE_ADAPTERS_PYTEST_KEPT_PLACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "adapters/pytest/changes.h"
#include "adapters/pytest/python_api.h"
#include "adapters/pytest/sight.h"

/* How far it goes: a global's attribute's attribute is the last. */
#define PLACES_DEPTH 3

struct node;

/* One name; or what a function has inside, which has none. */
struct place {
	PyObject *key, *value; /* neither is held, but values are */
	enum sight sight;
	uint64_t sum;
	struct node *below;
};

struct node {
	struct place *places;
	size_t count, room;
	/* Of the names of a module or a class, when all were looked over. */
	PyObject *names;
	uint64_t version;
};

/* The node that is there, or a new one; NULL without memory. */
struct node *places_of(struct node **node);

/* The place of that number, the next one included; NULL without memory. */
struct place *places_at(struct node *node, size_t i);

/* With all that is below. NULL is let pass. */
void places_free(struct node *node);

/* Names came or went: what is known of each goes to its new place. */
void places_renew(struct node *node, PyObject *names);

/* Whether what lies there may still be what was seen first. */
bool places_is_still(const struct place *place);

/* A module is looked at, and no other one until this is called again. */
void places_begin(void);

/* Whether all that there is to see in a value is as it was. */
bool places_have_as_much(const struct place *place, unsigned depth);

/* Whether nothing was put on a function since, and it has nothing else. */
static inline bool places_is_bare(const struct place *place)
{
	return place->sight == SIGHT_FUNCTION && place->sum == 0 &&
	       changes_none_on(place->value);
}

#endif
