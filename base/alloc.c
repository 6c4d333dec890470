/* SPDX-License-Identifier: MIT */
#include "base/alloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *must(void *pointer)
{
	if (!pointer) {
		fputs("ftrace: out of memory\n", stderr);
		_Exit(125);
	}
	return pointer;
}

void *xcalloc(size_t count, size_t size)
{
	return must(calloc(count ? count : 1, size ? size : 1));
}

void *xreallocarray(void *old, size_t count, size_t size)
{
	return must(reallocarray(old, count ? count : 1, size ? size : 1));
}

char *xstrdup(const char *text)
{
	return must(strdup(text));
}

char *xmemdup(const void *bytes, size_t size)
{
	char *copy = must(malloc(size + 1));

	if (size)
		memcpy(copy, bytes, size);
	copy[size] = '\0';
	return copy;
}

char *xasprintf(const char *format, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	return must(text);
}

void *array_add(void *array, size_t *count, size_t *room, size_t size)
{
	char **base = array;

	if (*count == *room) {
		*room = *room ? *room * 2 : 16;
		*base = xreallocarray(*base, *room, size);
	}
	return memset(*base + (*count)++ * size, 0, size);
}
