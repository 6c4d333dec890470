/* SPDX-License-Identifier: MIT */
/*
 * Memos: what modules may have kept of files. To be found once, and used by
 * who can get at them.
 */
#ifndef FTRACE_FOLD_MEMO_H
#define FTRACE_FOLD_MEMO_H

#include <stddef.h>
#include <stdint.h>

struct fold;

struct fold_memo {
	uint32_t node; /* of the source */
	uint32_t scope;
};

struct fold_memos {
	struct fold_memo *list;
	size_t count, room;
};

void fold_memos(struct fold *fold);
void fold_use_memos(struct fold *fold, uint32_t scope, uint32_t node);

#endif
