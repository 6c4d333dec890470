/* SPDX-License-Identifier: MIT */
/*
 * Accesses as they are noted: see inputs.c.
 */
#ifndef FTRACE_FOLD_INPUTS_H
#define FTRACE_FOLD_INPUTS_H

#include <stdint.h>

#include "fold/accesses.h"

void fold_add(struct fold *fold, uint32_t scope, uint32_t node, uint32_t block,
	enum access_kind kind, enum access_role role);
void fold_input(struct fold *fold, uint32_t scope, uint32_t node,
	uint32_t block, enum access_kind kind);

/* The scope that made the node or a directory above it, or SCOPE_NONE. */
uint32_t fold_maker(const struct fold *fold, uint32_t node);

void fold_accesses_release(struct fold *fold);

#endif
