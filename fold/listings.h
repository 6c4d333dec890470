/* SPDX-License-Identifier: MIT */
/*
 * What discovery saw in directories: of each a listing in the recording.
 */
#ifndef FTRACE_FOLD_LISTINGS_H
#define FTRACE_FOLD_LISTINGS_H

#include <stdint.h>

#include "base/intern.h"
#include "fold/accesses.h"

struct fold;

struct fold_listings {
	struct interner names; /* number i is the recording's listings[i] */
};

/* An access that discovery listed a directory by, as the file is now. */
void fold_list(
	struct fold *fold, const struct fold_access *access, uint32_t file);

#endif
