/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_BASE_URL_H
#define FTRACE_BASE_URL_H

#include <stdbool.h>

/*
 * Whether a user's password stands in a URL, or in one that is part of it:
 * "https://user:password@host/".
 */
bool url_has_password(const char *url);

#endif
