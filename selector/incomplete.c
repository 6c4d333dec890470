/* SPDX-License-Identifier: MIT */
#include "selector/incomplete.h"

#include <stdlib.h>

#include "base/alloc.h"

/* The reason of the scope that a hit was reached from in the end. */
static int take_reason(char **reason, struct map *map,
	const struct query_hits *hits, uint32_t hit, struct err *err)
{
	struct query_scope scope;
	int code;

	while (hits->hits[hit].via != HIT_NONE)
		hit = hits->hits[hit].via;
	code = query_scope(&scope, map, hits->hits[hit].scope, err);
	if (code < 0)
		return code;
	*reason = xstrdup(scope.incomplete ? scope.incomplete : "");
	query_scope_release(&scope);
	return 0;
}

int incomplete_find(char ***reasons, struct map *map,
	const struct query_units *units, struct err *err)
{
	struct query_hits hits = {0};
	int64_t *scopes = NULL;
	size_t count = 0;
	int code = query_incomplete(&scopes, &count, map, err);

	*reasons = xcalloc(units->count + 1, sizeof(**reasons));
	if (code == 0 && count)
		code = query_dependents(
			&hits, map, NULL, 0, scopes, count, err);
	for (size_t i = 0; code == 0 && i < units->count; i++) {
		uint32_t hit = query_hits_find(&hits, units->units[i].scope);

		if (hit != HIT_NONE)
			code = take_reason(
				&(*reasons)[i], map, &hits, hit, err);
	}
	free(scopes);
	query_hits_release(&hits);
	return code;
}

void incomplete_release(char **reasons, const struct query_units *units)
{
	for (size_t i = 0; reasons && i < units->count; i++)
		free(reasons[i]);
	free(reasons);
}
