/* SPDX-License-Identifier: MIT */
#include "selector/affected_search.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "map/query_check.h"

static int affected_search_by_name(const void *a, const void *b)
{
	const struct query_name *x = a, *y = b;

	return strcmp(x->name, y->name);
}

int search_open(struct search *search)
{
	struct map *map = search->map;
	struct err *err = search->err;
	int code = query_units(&search->units, map, err);

	if (code == 0)
		code = query_names(&search->collected, &search->collected_count,
			map, SCOPE_COLLECT, err);
	if (code == 0)
		code = query_bases(
			&search->bases, &search->base_count, map, err);
	if (code == 0)
		code = query_of_kind(&search->discovers,
			&search->discover_count, map, SCOPE_DISCOVER, err);
	if (code == 0)
		code = query_of_kind(&search->opaques, &search->opaque_count,
			map, SCOPE_OPAQUE, err);
	if (code == 0 && search->collected_count)
		qsort(search->collected, search->collected_count,
			sizeof(*search->collected), affected_search_by_name);
	search->places = xcalloc(search->units.count, sizeof(*search->places));
	return code;
}

void search_close(struct search *search)
{
	free(search->places);
	free(search->bases);
	free(search->discovers);
	free(search->opaques);
	query_names_release(search->collected, search->collected_count);
	query_units_release(&search->units);
}
