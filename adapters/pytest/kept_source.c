/* SPDX-License-Identifier: MIT */
#include "adapters/pytest/kept_source.h"

#include <stdlib.h>
#include <string.h>

#define BUCKETS 4096u

static struct kept_source *sources[BUCKETS];

struct kept_source *kept_source_of(const char *path)
{
	struct kept_source **bucket, *source;
	uint64_t sum = 0;

	for (const char *at = path; *at; at++)
		sum = (sum ^ (unsigned char)*at) * UINT64_C(0x100000001b3);
	bucket = &sources[sum % BUCKETS];
	for (source = *bucket; source; source = source->next)
		if (!strcmp(source->path, path))
			return source;
	source = calloc(1, sizeof(*source) + strlen(path) + 1);
	if (!source)
		return NULL;
	strcpy(source->path, path);
	source->next = *bucket;
	*bucket = source;
	return source;
}

bool kept_sources_add(struct kept_sources *to, struct kept_source *source)
{
	size_t room = to->room ? to->room * 2 : 4;
	struct kept_source **more;

	if (!source)
		return true;
	for (size_t i = to->count; i > 0; i--)
		if (to->list[i - 1] == source)
			return true;
	if (to->count == to->room) {
		more = realloc(to->list, room * sizeof(struct kept_source *));
		if (!more)
			return false;
		to->list = more;
		to->room = room;
	}
	to->list[to->count++] = source;
	return true;
}

void kept_source_add_kin(struct kept_source *source, struct kept_source *kin)
{
	if (source && source != kin)
		kept_sources_add(&source->kin, kin);
}
