/* SPDX-License-Identifier: MIT */
/*
 * Makes the C library's entries into the kernel (wire/sites.h) lead through
 * observe_call(). Done once, before any other code of the program runs; a
 * forked child inherits it with the memory.
 */
#ifndef FTRACE_PRELOAD_PATCH_H
#define FTRACE_PRELOAD_PATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * False when a library could not be patched completely: it has sites of a
 * form we do not know, or its memory cannot be written. What could be is.
 */
bool patch_objects(size_t page_size);

/* What a site's registers hold; filled and read by preload/site_*.S. */
struct site_frame {
	uint64_t arguments[6];
	uint64_t number; /* the call's; its result afterwards */
	uint64_t place;
};

/*
 * Called from a site, with its place among all that were patched, or STUBS
 * from one that no library for all has (preload/own_calls.h). False: the
 * call was not made, and is to be made as it stands (frame->number is set).
 */
bool site_entered(struct site_frame *frame, uint32_t place);

#endif
