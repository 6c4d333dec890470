/* SPDX-License-Identifier: MIT */
/*
 * The verdict on a file: whether it makes system calls of the catalogue by
 * itself (wire/verdict.h), and where.
 */
#ifndef FTRACE_OBJECTS_EXAMINE_H
#define FTRACE_OBJECTS_EXAMINE_H

#include <stddef.h>

#include "wire/verdict.h"

/* What examine() says would be another after a change of what finds it. */
#define EXAMINE_VERSION 1u

/*
 * Reads the file, of `size` bytes, through its descriptor. The verdict's count
 * of sites goes to *sites, to be freed; first is 0. VERDICT_NONE when the file
 * could not be read; what is no object of this machine is quiet.
 */
struct verdict examine(int fd, size_t size, struct own_site **sites);

#endif
