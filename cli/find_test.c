/* SPDX-License-Identifier: MIT */
#include "cli/find_test.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "cli/option.h"
#include "cli/output.h"

/* Candidates that are named in one line. */
#define TOLD_MOST 5

static bool is_id_of_two(const struct named *named, size_t at)
{
	for (size_t i = 0; i < named->count; i++)
		if (i != at && !strcmp(named->list[i]->id, named->list[at]->id))
			return true;
	return false;
}

/* "a, b and 3 more", to be freed. */
static char *name_all(const struct named *named)
{
	char *text = xstrdup("");

	for (size_t i = 0; i < named->count && i < TOLD_MOST; i++) {
		const struct query_unit *unit = named->list[i];
		bool two = is_id_of_two(named, i);
		char *longer = xasprintf("%s%s%s%s%s", text, i ? ", " : "",
			two ? unit->runner : "", two ? "/" : "", unit->id);

		free(text);
		text = longer;
	}
	if (named->count > TOLD_MOST) {
		char *longer = xasprintf(
			"%s and %zu more", text, named->count - TOLD_MOST);

		free(text);
		text = longer;
	}
	return text;
}

int find_test_failed(
	const struct named *named, const char *what, const char *text)
{
	char *names = name_all(named);

	if (!named->near)
		note("'%s' fits %zu tests; give more of the id: %s", text,
			named->count, names);
	else if (named->count)
		note("the map holds no %s '%s'; near it: %s", what, text,
			names);
	else
		note("the map holds no %s '%s'; 'ftrace status --json' lists "
		     "what it holds",
			what, text);
	free(names);
	return named->near ? EXIT_QUERY_FAILED : EXIT_USAGE;
}

const struct query_unit *find_test(const struct query_units *units,
	const char *root, const char *text, int *code)
{
	const struct query_unit *unit;
	struct named named;

	named_find(&named, units, root, text, true);
	unit = named_one(&named);
	if (!unit)
		*code = find_test_failed(&named, "unit", text);
	named_release(&named);
	return unit;
}
