/* SPDX-License-Identifier: MIT */
#include "base/read_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"

static int read_file_fill(char **bytes, FILE *file, size_t most, size_t *size)
{
	size_t room = 0, n;

	do {
		if (room - *size < 4096) {
			room = 2 * room + 32768;
			*bytes = xreallocarray(*bytes, room, 1);
		}
		n = fread(*bytes + *size, 1, room - *size - 1, file);
		*size += n;
		if (most && *size >= most)
			return EFBIG;
	} while (n);
	(*bytes)[*size] = '\0';
	if (!ferror(file))
		return 0;
	return errno ? errno : EIO;
}

char *read_file(const char *path, size_t most, size_t *size)
{
	FILE *file = fopen(path, "re");
	char *bytes = NULL;
	int error;

	*size = 0;
	if (!file)
		return NULL;
	errno = 0;
	error = read_file_fill(&bytes, file, most, size);
	fclose(file);
	if (!error)
		return bytes;
	free(bytes);
	errno = error;
	return NULL;
}
