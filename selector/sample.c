/* SPDX-License-Identifier: MIT */
#include "selector/sample.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "map/print.h"
#include "selector/affected.h"

struct draw {
	struct print lot;
	const struct query_unit *unit;
};

static int by_lot(const void *a, const void *b)
{
	const struct draw *x = a, *y = b;

	return memcmp(&x->lot, &y->lot, sizeof(x->lot));
}

static bool has_file(const struct map *map, const struct query_unit *unit)
{
	size_t n = adapter_file_size(unit->runner, unit->id);
	char *path;
	bool there;

	path = *unit->id == '/'
		       ? xasprintf("%.*s", (int)n, unit->id)
		       : xasprintf("%s/%.*s", map->root, (int)n, unit->id);
	there = access(path, F_OK) == 0;
	free(path);
	return there;
}

/*
 * One that is to run anyhow gets another record then. One that failed is
 * picked: it may pass alone.
 */
static bool is_left_out(
	struct sample *sample, const struct affected_unit *affected)
{
	if (!affected)
		return false;
	if (affected->gone) {
		sample->gone++;
		return true;
	}
	if (affected->state != UNIT_RERUN) {
		sample->changed++;
		return true;
	}
	for (size_t i = 0; i < affected->reason_count; i++) {
		if (strcmp(affected->reasons[i].what, "incomplete") != 0)
			continue;
		sample->incomplete++;
		return true;
	}
	return false;
}

static void pick(struct sample *sample, const struct draw *draws, size_t count)
{
	sample->list = xcalloc(count, sizeof(*sample->list));
	sample->count = count;
	for (size_t i = 0; i < count; i++) {
		sample->list[i] = draws[i].unit;
		if (draws[i].unit->duration > 0)
			sample->duration += draws[i].unit->duration;
	}
}

int sample_units(struct sample *sample, struct map *map,
	const struct adapter *adapter, size_t n, uint64_t seed, struct err *err)
{
	struct affected affected = {0};
	struct draw *draws = NULL;
	size_t count = 0, room = 0;
	int code;

	memset(sample, 0, sizeof(*sample));
	code = affected_find(&affected, map, err);
	if (code < 0)
		return code;
	code = query_units(&sample->units, map, err);
	for (size_t i = 0; code == 0 && i < sample->units.count; i++) {
		const struct query_unit *unit = &sample->units.units[i];
		struct draw *draw;

		if (strcmp(unit->runner, adapter->name) != 0)
			continue;
		sample->known++;
		if (is_left_out(sample, affected_find_unit(&affected,
						unit->runner, unit->id)))
			continue;
		if (!has_file(map, unit)) {
			sample->gone++;
			continue;
		}
		draw = array_add(&draws, &count, &room, sizeof(*draw));
		draw->unit = unit;
		draw->lot = print_bytes(unit->id, strlen(unit->id), seed);
	}
	if (count)
		qsort(draws, count, sizeof(*draws), by_lot);
	if (code == 0)
		pick(sample, draws, count < n ? count : n);
	free(draws);
	affected_release(&affected);
	return code;
}

void sample_release(struct sample *sample)
{
	free(sample->list);
	query_units_release(&sample->units);
	memset(sample, 0, sizeof(*sample));
}
