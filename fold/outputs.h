/* SPDX-License-Identifier: MIT */
/*
 * What the run itself wrote: see outputs.c.
 */
#ifndef FTRACE_FOLD_OUTPUTS_H
#define FTRACE_FOLD_OUTPUTS_H

#include <stdbool.h>
#include <stdint.h>

struct fold;

/* Whether in the scope only the runner acts, and no test. */
bool fold_is_driver(const struct fold *fold, uint32_t scope);

#endif
