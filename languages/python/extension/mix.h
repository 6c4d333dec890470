/* SPDX-License-Identifier: MIT */
/* One number out of many, for tables in memory: fast, and no print. */
#ifndef FTRACE_LANGUAGES_PYTHON_EXTENSION_MIX_H
#define FTRACE_LANGUAGES_PYTHON_EXTENSION_MIX_H

#include <stdint.h>

static inline uint64_t mix(uint64_t sum, uint64_t value)
{
	/* 2^64 divided by the golden ratio, which spreads what is alike. */
	sum = (sum ^ value) * UINT64_C(0x9e3779b97f4a7c15);
	return sum ^ (sum >> 29);
}

#endif
