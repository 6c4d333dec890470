/* SPDX-License-Identifier: MIT */
/*
 * What the loader of an image did, seen by its HELLO and by its SEARCH.
 */
#ifndef FTRACE_FOLD_LOADER_H
#define FTRACE_FOLD_LOADER_H

#include "fold/trace.h"

struct fold;

void fold_loader_files(struct fold *fold, const struct trace_event *event);
void fold_loader_search(struct fold *fold, const struct trace_event *event);
void fold_loader_release(struct fold *fold);

#endif
