/* SPDX-License-Identifier: MIT */
#include "map/cache.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool cache_is_tagged(int at, const char *name)
{
	static const char tag[] = "Signature: 8a477f597d28d172789f06886806bc55";
	char path[PATH_MAX], bytes[sizeof(tag) - 1];
	ssize_t n = 0;
	int fd;

	if (snprintf(path, sizeof(path), "%s/CACHEDIR.TAG", name) >=
		(int)sizeof(path))
		return false;
	fd = openat(at, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return false;
	n = read(fd, bytes, sizeof(bytes));
	close(fd);
	return n == (ssize_t)sizeof(bytes) && !memcmp(bytes, tag, (size_t)n);
}
