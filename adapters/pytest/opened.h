/* SPDX-License-Identifier: MIT */
/*
 * Which block opened which file, heard of through an audit hook: what a
 * function of the project reads once and keeps is a dependency of all that
 * enter the function later.
 */
#ifndef FTRACE_ADAPTERS_PYTEST_OPENED_H
#define FTRACE_ADAPTERS_PYTEST_OPENED_H

#include <stdbool.h>

/* Begins listening, for one interpreter. False when that cannot be done. */
bool opened_start(void *interpreter);

/* Why functions may be entered unseen, as the events tell it, or NULL. */
const char *opened_gap(void);

#endif
