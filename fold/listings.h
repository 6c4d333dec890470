/* SPDX-License-Identifier: MIT */
/*
 * What discovery saw in directories: of each a listing in the recording.
 */
#ifndef FTRACE_FOLD_LISTINGS_H
#define FTRACE_FOLD_LISTINGS_H

#include "base/intern.h"

struct fold;

struct fold_listings {
	struct interner names; /* number i is the recording's listings[i] */
};

#endif
