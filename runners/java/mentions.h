/* SPDX-License-Identifier: MIT */
/*
 * Which parts a class, the text of a source or a resource mentions.
 */
#ifndef FTRACE_RUNNERS_JAVA_MENTIONS_H
#define FTRACE_RUNNERS_JAVA_MENTIONS_H

#include "runners/java/parts.h"

/* Links the parts, when all names are known. */
void java_mentions_link(struct java_parts *parts);

#endif
