/* SPDX-License-Identifier: MIT */
#include "selector/named.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/id.h"
#include "map/project.h"
#include "runners/adapter.h"
#include "selector/near.h"

static void named_add(struct named *named, const struct query_unit *unit)
{
	const struct query_unit **to = array_add(&named->list, &named->count,
		&named->room, sizeof(*named->list));

	*to = unit;
}

/* Whether the text ends there that the last of an id's words begins with. */
static bool is_at_word(const char *id, const char *at)
{
	return at > id && (at[-1] == '/' || (at[-1] == ':' && at - 1 > id &&
						    at[-2] == ':'));
}

static bool is_tail(const char *id, size_t length, const char *text)
{
	size_t size = strlen(text);

	return size && size < length &&
	       !memcmp(id + length - size, text, size) &&
	       is_at_word(id, id + length - size);
}

static bool named_is_exact(const struct query_unit *unit, const char *text)
{
	return !strcmp(unit->id, text);
}

static bool is_with_runner(const struct query_unit *unit, const char *text)
{
	size_t n = strlen(unit->runner);

	return !strncmp(text, unit->runner, n) && text[n] == '/' &&
	       !strcmp(text + n + 1, unit->id);
}

/* As its runner takes it at the root. */
static bool is_argument(const struct query_unit *unit, const char *text)
{
	const struct adapter *adapter = adapter_named(unit->runner);
	char *argument;
	bool is;

	if (!adapter || !adapter->argument)
		return false;
	argument = adapter->argument(unit->id);
	is = !strcmp(argument, text);
	free(argument);
	return is;
}

static bool is_end(const struct query_unit *unit, const char *text)
{
	return is_tail(unit->id, strlen(unit->id), text);
}

static bool is_of_test(const struct query_unit *unit, const char *text)
{
	size_t length = id_bare(unit->id);

	return is_tail(unit->id, length, text) ||
	       (strlen(text) == length && !memcmp(unit->id, text, length));
}

static bool find_by(struct named *named, const struct query_units *units,
	bool (*fits)(const struct query_unit *unit, const char *text),
	const char *text)
{
	for (size_t i = 0; i < units->count; i++)
		if (fits(&units->units[i], text))
			named_add(named, &units->units[i]);
	return named->count;
}

/* The file of the id is as it is seen from here. */
static bool find_from_here(struct named *named, const struct query_units *units,
	const char *root, const char *text)
{
	size_t n = id_file(text);
	char *file, *stored, *id;

	if (!n)
		return false;
	file = xasprintf("%.*s", (int)n, text);
	stored = project_path(root, file);
	id = xasprintf("%s%s", stored, text + n);
	find_by(named, units, named_is_exact, id);
	free(id);
	free(stored);
	free(file);
	return named->count;
}

/* The end of an id that has as many words as the text. */
static const char *same_end(const char *id, const char *text)
{
	const char *end = id + strlen(id);
	size_t words = 1;

	for (const char *at = text; *at; at++)
		words += is_at_word(text, at);
	for (const char *at = end; at > id; at--)
		if (is_at_word(id, at) && --words == 0)
			return at;
	return id;
}

static void find_near(
	struct named *named, const struct query_units *units, const char *text)
{
	unsigned distances[NAMED_NEAR + 1];

	named->near = true;
	for (size_t i = 0; i < units->count; i++) {
		const struct query_unit *unit = &units->units[i];
		unsigned far = near_distance(text, same_end(unit->id, text));
		size_t k = named->count;

		if (far == NEAR_NOT ||
			(k == NAMED_NEAR && distances[k - 1] <= far))
			continue;
		if (k < NAMED_NEAR)
			named_add(named, unit);
		else
			k--;
		for (; k > 0 && distances[k - 1] > far; k--) {
			distances[k] = distances[k - 1];
			named->list[k] = named->list[k - 1];
		}
		distances[k] = far;
		named->list[k] = unit;
	}
}

void named_find(struct named *named, const struct query_units *units,
	const char *root, const char *text, bool brief)
{
	memset(named, 0, sizeof(*named));
	if (find_by(named, units, named_is_exact, text) ||
		find_by(named, units, is_with_runner, text) ||
		find_by(named, units, is_argument, text) ||
		find_from_here(named, units, root, text))
		return;
	if (brief && (find_by(named, units, is_end, text) ||
			     find_by(named, units, is_of_test, text)))
		return;
	find_near(named, units, text);
}

const struct query_unit *named_one(const struct named *named)
{
	return !named->near && named->count == 1 ? named->list[0] : NULL;
}

void named_release(struct named *named)
{
	free(named->list);
	memset(named, 0, sizeof(*named));
}
