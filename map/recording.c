/* SPDX-License-Identifier: MIT */
#include "map/recording.h"

#include <stdlib.h>
#include <string.h>

static const char *const kind_names[SCOPE_KINDS] = {
	[SCOPE_RUN] = "run",
	[SCOPE_UNIT] = "unit",
	[SCOPE_FIXTURE] = "fixture",
	[SCOPE_MODULE] = "module",
	[SCOPE_COLLECT] = "collect",
	[SCOPE_DISCOVER] = "discover",
	[SCOPE_ENTERED] = "entered",
	[SCOPE_MEMO] = "memo",
	[SCOPE_KEPT] = "kept",
	[SCOPE_OPAQUE] = "opaque",
	[SCOPE_NAMES] = "names",
	[SCOPE_FINISH] = "finish",
	[SCOPE_MAKER] = "maker",
	[SCOPE_ASKED] = "asked",
};

const char *scope_kind_name(enum scope_kind kind)
{
	return kind < SCOPE_KINDS && kind_names[kind] ? kind_names[kind]
						      : "unknown";
}

int scope_kind_parse(const char *word, size_t size)
{
	for (int i = 0; i < SCOPE_KINDS; i++)
		if (kind_names[i] && strlen(kind_names[i]) == size &&
			!memcmp(kind_names[i], word, size))
			return i;
	return -1;
}

bool unit_name_split(const char *name, size_t size, size_t *runner_size,
	const char **id, size_t *id_size)
{
	const char *slash = memchr(name, '/', size);

	if (!slash)
		return false;
	*runner_size = (size_t)(slash - name);
	*id = slash + 1;
	*id_size = size - *runner_size - 1;
	return true;
}

void recording_release(struct recording *recording)
{
	for (size_t i = 0; i < recording->scope_count; i++) {
		free(recording->scopes[i].reads);
		free(recording->scopes[i].makes);
		free(recording->scopes[i].uses);
	}
	free(recording->scopes);
	for (size_t i = 0; i < recording->listing_count; i++)
		free(recording->listings[i].reads);
	free(recording->listings);
	free(recording->labels);
	interner_release(&recording->patterns);
	free(recording->gone);
	free(recording->outdated.list);
	free(recording->outdated_listings.list);
	memset(recording, 0, sizeof(*recording));
}
