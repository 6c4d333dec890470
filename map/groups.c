/* SPDX-License-Identifier: MIT */
#include "map/groups.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"

bool groups_is_block(
	const char *block, size_t size, const char **name, size_t *name_size)
{
	if (size < 3 || block[0] != '[' || block[size - 1] != ']')
		return false;
	*name = block + 1;
	*name_size = size - 2;
	return true;
}

bool groups_tells(const struct map_language *language, const char *entry)
{
	return language->tells_groups && language->tells_groups(entry);
}

bool groups_may_be_in(const char *entry)
{
	const struct map_language *const *at = map_languages();

	while (*at && !groups_tells(*at, entry))
		at++;
	return *at != NULL;
}

bool groups_is_file(const char *name, size_t size)
{
	const struct map_language *const *at = map_languages();

	for (; *at; at++)
		if ((*at)->group_file && strlen((*at)->group_file) == size &&
			!memcmp((*at)->group_file, name, size))
			return true;
	return false;
}

static char *groups_read_all(int fd, size_t *size)
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

char *groups_read(
	const char *path, const char *group, size_t group_size, size_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *text = fd < 0 ? NULL : groups_read_all(fd, size);

	if (fd >= 0)
		close(fd);
	if (text && memmem(text, *size, group, group_size))
		return text;
	free(text);
	return NULL;
}
