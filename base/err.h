/* SPDX-License-Identifier: MIT */
/*
 * The one way libraries report failure: they return a negative errno (or -1)
 * and leave a sentence for people in the caller's buffer: lower case, no full
 * stop, naming the thing and, where there is something to do, what to do.
 */
#ifndef FTRACE_BASE_ERR_H
#define FTRACE_BASE_ERR_H

struct err {
	char text[1024];
};

/* Fills err, which may be NULL; returns code, so that it can be returned. */
__attribute__((format(printf, 3, 4))) int err_set(
	struct err *err, int code, const char *format, ...);

#endif
