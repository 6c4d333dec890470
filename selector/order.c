/* SPDX-License-Identifier: MIT */
#include "selector/order.h"

#include <stdlib.h>
#include <string.h>

#include "adapters/adapter.h"
#include "map/alloc.h"

struct ranked {
	char *argument;
	size_t file; /* how much of it is the file's name */
	size_t place;
	int64_t duration; /* of its file's units, microseconds */
	bool failed;      /* one of them did */
};

static size_t file_of(const struct adapter *adapter, const char *id)
{
	size_t n = adapter ? adapter->file_part(id) : 0;

	return n ? n : strlen(id);
}

static int by_file(const struct ranked *x, const struct ranked *y)
{
	size_t n = x->file < y->file ? x->file : y->file;
	int order = memcmp(x->argument, y->argument, n);

	return order ? order : (x->file > y->file) - (x->file < y->file);
}

static int by_rank(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	int order;

	if (x->failed != y->failed)
		return x->failed ? -1 : 1;
	if (x->duration != y->duration)
		return x->duration < y->duration ? -1 : 1;
	order = by_file(x, y);
	return order ? order : (x->place > y->place) - (x->place < y->place);
}

static bool has_failed(const struct affected_unit *unit)
{
	for (size_t i = 0; i < unit->reason_count; i++)
		if (unit->reasons[i].state == UNIT_RERUN &&
			!strcmp(unit->reasons[i].what, "failed"))
			return true;
	return false;
}

/* Both lists are sorted by runner and id, in which files lie together. */
static void rank(struct ranked *ranked, const struct affected *affected,
	const struct query_units *units, const char *runner)
{
	const char *file = ranked->argument;
	size_t n = ranked->file;

	for (size_t i = 0; i < affected->count; i++) {
		const struct affected_unit *unit = &affected->units[i];

		ranked->failed |= !strcmp(unit->runner, runner) &&
				  !strncmp(unit->id, file, n) &&
				  has_failed(unit);
	}
	for (size_t i = 0; i < units->count; i++) {
		const struct query_unit *unit = &units->units[i];

		if (!strcmp(unit->runner, runner) &&
			!strncmp(unit->id, file, n) && unit->duration > 0)
			ranked->duration += unit->duration;
	}
}

void arguments_order(struct arguments *arguments,
	const struct affected *affected, const struct query_units *units,
	const char *runner)
{
	const struct adapter *adapter = adapter_named(runner);
	size_t count = arguments->count;
	struct ranked *list = xcalloc(count + 1, sizeof(*list));

	for (size_t i = 0; i < count; i++) {
		struct ranked *ranked = &list[i];

		ranked->argument = arguments->list[i];
		ranked->file = file_of(adapter, ranked->argument);
		ranked->place = i;
		/* Those of one file follow each other. */
		if (i && by_file(ranked, ranked - 1) == 0) {
			ranked->failed = ranked[-1].failed;
			ranked->duration = ranked[-1].duration;
		} else {
			rank(ranked, affected, units, runner);
		}
	}
	if (count)
		qsort(list, count, sizeof(*list), by_rank);
	for (size_t i = 0; i < count; i++)
		arguments->list[i] = list[i].argument;
	free(list);
}
