/* SPDX-License-Identifier: MIT */
/*
 * Variables of the environment that scopes depend on.
 */
#ifndef FTRACE_FOLD_VARIABLE_H
#define FTRACE_FOLD_VARIABLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/intern.h"
#include "fold/trace.h"

struct fold;

struct fold_variable {
	uint32_t scope;
	uint32_t name; /* in names */
};

struct fold_variables {
	struct interner names;
	struct interner keys; /* number i is list[i] */
	struct fold_variable *list;
	size_t count, room;
};

/* A record of one. */
void fold_take_variable(struct fold *fold, const struct trace_event *event);

/* The state of one by its path in the map, as the variable is now. */
void fold_read_variable(
	struct fold *fold, uint32_t scope, const char *path, uint32_t kinds);

void fold_variables_release(struct fold *fold);

#endif
