/* SPDX-License-Identifier: MIT */
/*
 * What the arena holds after a run, in the order it happened: records with
 * the image (a process between two execs) each came from, and what was lost.
 */
#ifndef FTRACE_FOLD_TRACE_H
#define FTRACE_FOLD_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/arena.h"

#define IMAGE_NONE UINT32_MAX

struct trace_event {
	uint64_t clock;
	const struct wire_record *record;
	uint32_t image; /* in images */
};

struct trace_image {
	uint32_t number; /* as the process gave it itself */
	uint32_t parent; /* in images, or IMAGE_NONE */
	uint32_t pid;
	const struct wire_record *hello; /* NULL: forked */
	const struct wire_record *exit;  /* NULL: killed, or executed on */
	uint32_t successor; /* the image it executed, or IMAGE_NONE */
};

struct trace {
	struct trace_event *events; /* by clock */
	size_t count, room;
	struct trace_image *images;
	size_t image_count, image_room;
	uint32_t *by_number; /* places in images; IMAGE_NONE: none */
	uint32_t last_number;
	const char *lost; /* why records of the session are missing, or NULL */
};

/* The chunks that can be read: as many as are ready, and in the file. */
uint64_t trace_chunks(const struct arena *arena);

/* The records stay in the arena, which must stay mapped. */
void trace_read(struct trace *trace, struct arena *arena);
void trace_release(struct trace *trace);

/*
 * How the program of an image ended: its exit status, -1 when a signal ended
 * it. Follows an image that executed another in its place.
 */
int trace_image_status(const struct trace *trace, uint32_t image);

/* How long such a program took, in microseconds; -1: it is not known. */
int64_t trace_image_duration(const struct trace *trace, uint32_t image);

#endif
