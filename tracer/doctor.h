/* SPDX-License-Identifier: MIT */
/*
 * Whether this machine lets ftrace see what programs do, found out by trying
 * it in a project of its own below the temporary directory.
 */
#ifndef FTRACE_TRACER_DOCTOR_H
#define FTRACE_TRACER_DOCTOR_H

#include <stdbool.h>

struct finding {
	const char *name; /* of what was tried */
	bool ok;
	char found[512];  /* one line: what is so */
	char advice[256]; /* what to change; "" when it is ok */
};

#define FINDINGS 5

/* Tries all; root is the project's. */
void doctor_examine(struct finding findings[FINDINGS], const char *root);

#endif
