/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_SELECTOR_NARROW_REPLY_H
#define FTRACE_SELECTOR_NARROW_REPLY_H

#include "languages/helper.h"
#include "selector/narrow.h"

/*
 * Takes what the helper says of one state that stands no more, and finds the
 * states of the functions that it means. All or nothing: negative when the
 * reply cannot be had whole.
 */
int narrow_reply(struct narrowed *narrowed, struct map_files *files,
	struct helper *helper, struct map *map, struct err *err);

#endif
