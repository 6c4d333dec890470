/* SPDX-License-Identifier: MIT */
/*
 * What the project's map was begun with, where that was a package: a note in
 * .ftrace/begun.json.
 */
#ifndef FTRACE_STORE_BEGUN_H
#define FTRACE_STORE_BEGUN_H

#include <stdbool.h>

#include "base/err.h"

struct begun {
	char *store; /* its URL */
	char *name;  /* the package's */
	char *commit, *branch;
};

/* False: it was begun here. To be released in any case. */
bool begun_read(struct begun *begun, const char *root);
int begun_write(const struct begun *begun, const char *root, struct err *err);
void begun_forget(const char *root);
void begun_release(struct begun *begun);

#endif
