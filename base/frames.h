/* SPDX-License-Identifier: MIT */
/*
 * Frames: byte strings one after the other, each as its length in decimal
 * digits, a colon and its bytes. The language that the helper of
 * languages/python/ speaks, and in which the map keeps what it said.
 */
#ifndef FTRACE_BASE_FRAMES_H
#define FTRACE_BASE_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Frames that are being put together; of zeroes to begin with. */
struct frames {
	char *bytes; /* owned */
	size_t size, room;
};

void frames_add(struct frames *frames, const void *bytes, size_t size);
void frames_add_text(struct frames *frames, const char *text);
void frames_add_number(struct frames *frames, uint64_t number);
void frames_release(struct frames *frames);

/* Frames that are being taken apart. */
struct frames_reader {
	const char *at, *end;
};

struct frame {
	const char *bytes; /* not NUL-terminated */
	size_t size;
};

/*
 * The next frame; false when there is no whole one. Then *malformed, which
 * may be NULL, tells bytes that can never become one from too few.
 */
bool frames_next(
	struct frames_reader *reader, struct frame *frame, bool *malformed);

/* The next frame's decimal number, at most UINT32_MAX. */
bool frames_next_number(struct frames_reader *reader, uint32_t *number);

#endif
