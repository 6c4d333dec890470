/* SPDX-License-Identifier: MIT */
/*
 * Times as one number: nanoseconds.
 */
#ifndef FTRACE_BASE_CLOCK_H
#define FTRACE_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

#define CLOCK_SECOND INT64_C(1000000000)

static inline int64_t clock_of(const struct timespec *time)
{
	return time->tv_sec * CLOCK_SECOND + time->tv_nsec;
}

/* What a clock of clock_gettime() says. */
static inline int64_t clock_on(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return clock_of(&now);
}

#endif
