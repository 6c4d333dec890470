/* SPDX-License-Identifier: MIT */
/*
 * The string functions that the interposer and the compiler use. The library
 * is linked without libc: it is loaded before libc is ready, into programs of
 * any libc, and libc's own versions use registers that an observed call has to
 * leave alone. Hidden, so the program never sees them.
 */
#include <stddef.h>
#include <string.h>
#include <strings.h>

/* With glibc 2.43 macros of these names give back a const that they got. */
#undef strchr
#undef strrchr

void *memcpy(void *to, const void *from, size_t size)
{
	unsigned char *out = to;
	const unsigned char *in = from;

	while (size--)
		*out++ = *in++;
	return to;
}

void *memmove(void *to, const void *from, size_t size)
{
	unsigned char *out = to;
	const unsigned char *in = from;

	if (out < in)
		return memcpy(to, from, size);
	while (size--)
		out[size] = in[size];
	return to;
}

void *memset(void *to, int byte, size_t size)
{
	unsigned char *out = to;

	while (size--)
		*out++ = (unsigned char)byte;
	return to;
}

int memcmp(const void *a, const void *b, size_t size)
{
	const unsigned char *x = a, *y = b;

	for (; size--; x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

/* What compilers make of a memcmp whose sign nobody looks at. */
int bcmp(const void *a, const void *b, size_t size)
{
	return memcmp(a, b, size);
}

size_t strlen(const char *text)
{
	size_t n = 0;

	while (text[n])
		n++;
	return n;
}

int strncmp(const char *a, const char *b, size_t size)
{
	for (; size--; a++, b++)
		if (*a != *b || !*a)
			return (unsigned char)*a - (unsigned char)*b;
	return 0;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, (size_t)-1);
}

char *strchr(const char *text, int wanted)
{
	for (;; text++) {
		if (*text == (char)wanted)
			return (char *)text;
		if (!*text)
			return NULL;
	}
}

char *strrchr(const char *text, int wanted)
{
	const char *found = NULL;

	for (;; text++) {
		if (*text == (char)wanted)
			found = text;
		if (!*text)
			return (char *)found;
	}
}

size_t strcspn(const char *text, const char *stop)
{
	size_t n = 0;

	while (text[n] && !strchr(stop, text[n]))
		n++;
	return n;
}

size_t strspn(const char *text, const char *accepted)
{
	size_t n = 0;

	while (text[n] && strchr(accepted, text[n]))
		n++;
	return n;
}
