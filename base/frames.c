/* SPDX-License-Identifier: MIT */
#include "base/frames.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* More digits than any length has. */
#define DIGITS_MAX 12

static void frames_append(struct frames *frames, const void *bytes, size_t size)
{
	if (frames->room - frames->size < size) {
		frames->room = 2 * frames->room + size + 256;
		frames->bytes = xreallocarray(frames->bytes, frames->room, 1);
	}
	if (size)
		memcpy(frames->bytes + frames->size, bytes, size);
	frames->size += size;
}

void frames_add(struct frames *frames, const void *bytes, size_t size)
{
	char head[32];
	int n = snprintf(head, sizeof(head), "%zu:", size);

	frames_append(frames, head, (size_t)n);
	frames_append(frames, bytes, size);
}

void frames_add_text(struct frames *frames, const char *text)
{
	frames_add(frames, text, strlen(text));
}

void frames_add_number(struct frames *frames, uint64_t number)
{
	char digits[32];
	int n = snprintf(
		digits, sizeof(digits), "%llu", (unsigned long long)number);

	frames_add(frames, digits, (size_t)n);
}

void frames_release(struct frames *frames)
{
	free(frames->bytes);
	memset(frames, 0, sizeof(*frames));
}

/* Decimal digits; -1: not a number. */
static int64_t decimal(const char *digits, size_t count)
{
	int64_t number = 0;

	if (!count || count > DIGITS_MAX)
		return -1;
	for (size_t i = 0; i < count; i++) {
		if (digits[i] < '0' || digits[i] > '9')
			return -1;
		number = number * 10 + (digits[i] - '0');
	}
	return number;
}

bool frames_next(
	struct frames_reader *reader, struct frame *frame, bool *malformed)
{
	size_t left = (size_t)(reader->end - reader->at);
	const char *colon =
		left ? memchr(reader->at, ':',
			       left < DIGITS_MAX + 1 ? left : DIGITS_MAX + 1)
		     : NULL;
	int64_t size;

	if (malformed)
		*malformed = false;
	if (!colon) {
		if (malformed)
			*malformed = left > DIGITS_MAX;
		return false;
	}
	size = decimal(reader->at, (size_t)(colon - reader->at));
	if (size < 0) {
		if (malformed)
			*malformed = true;
		return false;
	}
	if (reader->end - (colon + 1) < size)
		return false;
	frame->bytes = colon + 1;
	frame->size = (size_t)size;
	reader->at = colon + 1 + size;
	return true;
}

bool frames_next_number(struct frames_reader *reader, uint32_t *number)
{
	struct frame frame;
	int64_t value;

	if (!frames_next(reader, &frame, NULL))
		return false;
	value = decimal(frame.bytes, frame.size);
	if (value < 0 || value > UINT32_MAX)
		return false;
	*number = (uint32_t)value;
	return true;
}
