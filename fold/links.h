/* SPDX-License-Identifier: MIT */
/*
 * Links that came and went. fold_links() sets the tree to what was when the run
 * began; fold_links_after() tells it of one more event.
 */
#ifndef FTRACE_FOLD_LINKS_H
#define FTRACE_FOLD_LINKS_H

#include <stddef.h>
#include <stdint.h>

#include "wire/arena.h"

struct fold;

struct fold_links {
	uint32_t *list; /* nodes whose links or places changed */
	size_t count, room;
};

void fold_links(struct fold *fold);
void fold_links_after(struct fold *fold, const struct wire_record *record);

#endif
