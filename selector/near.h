/* SPDX-License-Identifier: MIT */
/*
 * Words that somebody may have meant who typed another one.
 */
#ifndef FTRACE_SELECTOR_NEAR_H
#define FTRACE_SELECTOR_NEAR_H

#include <stdbool.h>

/* A distance beyond what can be a slip. */
#define NEAR_NOT 1000u

/*
 * How far what was typed is from a word: letters too many, missing, wrong or
 * swapped. NEAR_NOT: nobody who typed it meant that word. The beginning of a
 * word is near it.
 */
unsigned near_distance(const char *typed, const char *word);

#endif
