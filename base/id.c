/* SPDX-License-Identifier: MIT */
#include "base/id.h"

#include <string.h>

#include "base/alloc.h"

#define JOINT "::"
#define JOINT_SIZE (sizeof(JOINT) - 1)

size_t id_file(const char *id)
{
	const char *joint = strstr(id, JOINT);

	return joint ? (size_t)(joint - id) : 0;
}

size_t id_part_end(const char *id, size_t size, size_t at)
{
	/* A file may have a bracket in its name. */
	bool file = at == 0;

	for (; at < size; at++) {
		if (id[at] == '[' && !file)
			return size;
		if (size - at >= JOINT_SIZE &&
			!memcmp(id + at, JOINT, JOINT_SIZE))
			return at;
	}
	return size;
}

size_t id_next(size_t end)
{
	return end + JOINT_SIZE;
}

const char *id_last(const char *id)
{
	size_t size = strlen(id), at = 0, end;

	while ((end = id_part_end(id, size, at)) < size)
		at = id_next(end);
	return id + at;
}

size_t id_bare(const char *id)
{
	const char *last = id_last(id);

	return last == id ? strlen(id)
			  : (size_t)(last - id) + strcspn(last, "[");
}

const char *id_step(const char *id, size_t typed)
{
	/* Half of what joins two names may have been typed. */
	if (typed && id[typed - 1] == *JOINT && id[typed] == *JOINT)
		typed--;
	id = strstr(id + typed, JOINT);
	return id ? id + JOINT_SIZE : NULL;
}

bool id_is_below(const char *names, const char *name)
{
	size_t n = strlen(name);

	return !strncmp(names, name, n) &&
	       (!names[n] || names[n] == '[' || names[n] == *JOINT);
}

char *id_of(const char *file, const char *name)
{
	return xasprintf("%s" JOINT "%s", file, name);
}
