/* SPDX-License-Identifier: MIT */
/*
 * The git that plugins ask which commit this is.
 */
#ifndef FTRACE_FOLD_COMMIT_H
#define FTRACE_FOLD_COMMIT_H

#include <stdbool.h>

#include "fold/trace.h"

struct fold;

/* Finds it among the images. */
void fold_commit(struct fold *fold);
bool fold_asks_commit(const struct fold *fold, const struct trace_event *event);

#endif
