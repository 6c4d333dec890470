/* SPDX-License-Identifier: MIT */
/*
 * What git looks at for plugins that a runner loads, before there is any code
 * of the project: they ask which commit this is, to have a default for an
 * option, as pytest-benchmark does. Git looks at all files for that. No test
 * can depend on the answer but by such an option, and with it each edit would
 * be one of all tests.
 */
#include "fold/commit.h"

#include <string.h>

#include "fold/scopes.h"
#include "fold/state.h"

static bool is_git(const struct trace_image *image)
{
	const struct wire_record *hello = image->hello;
	size_t from;

	if (!hello)
		return false;
	from = hello->size;
	while (from > hello->head && hello->text[from - 1] != '/')
		from--;
	return hello->size - from == 3 && !memcmp(hello->text + from, "git", 3);
}

void fold_commit(struct fold *fold)
{
	const struct trace *trace = fold->trace;

	for (uint32_t i = 0; i < trace->image_count; i++) {
		bool asks = false;
		uint32_t at = i;

		while (at != IMAGE_NONE && !fold->images[at].ready) {
			asks |= is_git(&trace->images[at]);
			at = trace->images[at].parent;
		}
		if (asks && at != IMAGE_NONE)
			fold->images[i].asks = fold->images[at].ready;
	}
}

bool fold_asks_commit(const struct fold *fold, const struct trace_event *event)
{
	return event->clock < fold->images[event->image].asks &&
	       fold_event_scope(fold, event) == fold->base;
}
