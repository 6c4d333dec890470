/* SPDX-License-Identifier: MIT */
#include "runners/outcomes/told.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* From good to bad; one that was skipped says nothing beside one that ran. */
static const char *const by_weight[] = {
	"skipped", "xfailed", "passed", "xpassed", "failed", "error"};

static size_t weight(const char *outcome)
{
	size_t i = 0;

	while (i < sizeof(by_weight) / sizeof(*by_weight) &&
		strcmp(outcome, by_weight[i]) != 0)
		i++;
	return i;
}

void told_add(struct told *told, const char *name, const struct told_case *one)
{
	uint32_t i = intern(&told->names, name, strlen(name));
	struct told_case *at;

	if (i == told->count) {
		at = array_add(
			&told->list, &told->count, &told->room, sizeof(*at));
		*at = *one;
		return;
	}
	at = &told->list[i];
	if (weight(one->outcome) > weight(at->outcome))
		at->outcome = one->outcome;
	at->failures += one->failures;
	if (at->duration < 0)
		at->duration = one->duration;
	else if (one->duration > 0)
		at->duration += one->duration;
}

void told_release(struct told *told)
{
	free(told->list);
	interner_release(&told->names);
	memset(told, 0, sizeof(*told));
}
