/* SPDX-License-Identifier: MIT */
#include "map/entry_points.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"

bool entry_points_is_group(
	const char *block, size_t size, const char **name, size_t *name_size)
{
	if (size < 3 || block[0] != '[' || block[size - 1] != ']')
		return false;
	*name = block + 1;
	*name_size = size - 2;
	return true;
}

bool entry_points_is_metadata(const char *name)
{
	const char *dot = strrchr(name, '.');

	/* As importlib.metadata has it; the last is inside of an egg. */
	return (dot && (!strcasecmp(dot, ".dist-info") ||
			       !strcasecmp(dot, ".egg-info"))) ||
	       !strcasecmp(name, "egg-info");
}

static char *entry_points_read_all(int fd, size_t *size)
{
	struct stat st;
	char *text;
	ssize_t n = 0;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return NULL;
	text = xcalloc((size_t)st.st_size + 1, 1);
	*size = 0;
	while (*size < (size_t)st.st_size) {
		n = read(fd, text + *size, (size_t)st.st_size - *size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		*size += (size_t)n;
	}
	return text;
}

char *entry_points_read(
	const char *path, const char *group, size_t group_size, size_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *text = fd < 0 ? NULL : entry_points_read_all(fd, size);

	if (fd >= 0)
		close(fd);
	if (text && memmem(text, *size, group, group_size))
		return text;
	free(text);
	return NULL;
}
