/* SPDX-License-Identifier: MIT */
/*
 * The kinds of access (docs/GLOSSARY.md). Their numbers are stored in the map
 * as bits of a mask, so they are never reordered.
 */
#ifndef FTRACE_WIRE_KIND_H
#define FTRACE_WIRE_KIND_H

#include <stdint.h>

enum access_kind {
	ACCESS_READ = 0,   /* opened for reading, or mapped by the loader */
	ACCESS_ABSENT = 1, /* looked up and not there */
	ACCESS_LIST = 2,   /* directory whose entries were read */
	ACCESS_EXEC = 3,   /* executed */
	ACCESS_STAT = 4,   /* looked up, there, and not opened */
	ACCESS_LINK = 5,   /* symbolic link read or crossed */
	ACCESS_WRITE = 6,  /* opened for writing, created or changed */
	ACCESS_RENAME = 7, /* renamed away */
	ACCESS_UNLINK = 8, /* removed */
	ACCESS_KINDS
};

#define KIND_BIT(kind) (1u << (kind))

/* The kinds that make the result depend on the file. */
#define KINDS_INPUT \
	(KIND_BIT(ACCESS_READ) | KIND_BIT(ACCESS_ABSENT) | \
		KIND_BIT(ACCESS_LIST) | KIND_BIT(ACCESS_EXEC) | \
		KIND_BIT(ACCESS_STAT) | KIND_BIT(ACCESS_LINK))

/*
 * Beside the kinds in a mask: the content that a file has now is due to who
 * did this. Not so for a device, nor for what is gone again.
 */
#define KIND_MAKER 0x8000u

/*
 * Beside the kinds of what a base made: it was the runner itself, or one of its
 * plugins, as with a report.
 */
#define KIND_DRIVEN 0x1000u

/*
 * Beside the kinds of a read: an audit found it, which later runs of the unit
 * need not repeat. It stands until an audit does not meet it any more.
 */
#define KIND_AUDITED 0x4000u

/*
 * Beside that: no audit, but an edit that broke the test, which had not been
 * selected, told of it. It stands for ever.
 */
#define KIND_LEARNED 0x2000u

/* Returns its word in docs/GLOSSARY.md; kind must be below ACCESS_KINDS. */
const char *access_kind_name(unsigned kind);

/* Returns the kind of a word of len bytes, or -1. */
int access_kind_parse(const char *word, unsigned long len);

#endif
