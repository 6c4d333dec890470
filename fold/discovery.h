/* SPDX-License-Identifier: MIT */
/*
 * Finding tests is not running them: what the runner does to find them.
 */
#ifndef FTRACE_FOLD_DISCOVERY_H
#define FTRACE_FOLD_DISCOVERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/kind.h"

struct fold;

/* A directory is looked at before it is gone through: finds those. */
void fold_find_searched(struct fold *fold);

/*
 * The node's path as scopes are named: relative below the root, which is ".".
 * In the buffer of PATH_MAX bytes, or a literal.
 */
const char *fold_place_name(
	const struct fold *fold, uint32_t node, char *buffer, size_t *size);

/* Whether the runner collects tests from the file of this node. */
bool fold_is_collected(const struct fold *fold, uint32_t node);

/* True when the access of a scope that discovers is dealt with. */
bool fold_discovery(struct fold *fold, uint32_t scope, uint32_t node,
	uint32_t block, enum access_kind kind);

/*
 * Whether a directory above a file, or it itself, was looked through to the
 * end.
 */
bool fold_was_looked_for(
	const struct fold *fold, const char *path, size_t size);

#endif
