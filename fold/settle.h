/* SPDX-License-Identifier: MIT */
/*
 * Accesses to states of files, as these are now.
 */
#ifndef FTRACE_FOLD_SETTLE_H
#define FTRACE_FOLD_SETTLE_H

#include <stdbool.h>
#include <stdint.h>

#include "fold/accesses.h"
#include "map/print.h"
#include "map/recording.h"

struct fold;

/* An input as the file is now, to be read by whomever. */
struct recorded_read fold_state(struct fold *fold,
	const struct fold_access *access, uint32_t file, uint32_t kinds);

/* The same, for the scope of the access to have read. */
void fold_read(struct fold *fold, const struct fold_access *access,
	uint32_t file, uint32_t kinds);

/* The file of a node, checked; FILE_NONE: its path is too long. */
uint32_t fold_file(struct fold *fold, uint32_t node);

bool fold_changed_meanwhile(
	const struct fold *fold, uint32_t node, enum aspect aspect);

#endif
