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

void kept_source_add_kin(struct kept_source *source, struct kept_source *kin)
{
	struct kept_source **more;

	if (!source || source == kin)
		return;
	for (size_t i = 0; i < source->kin_count; i++)
		if (source->kin[i] == kin)
			return;
	more = realloc(source->kin,
		(source->kin_count + 1) * sizeof(struct kept_source *));
	if (!more)
		return;
	source->kin = more;
	source->kin[source->kin_count++] = kin;
}
