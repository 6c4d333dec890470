/* SPDX-License-Identifier: MIT */
#include "runners/tests.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/words.h"

struct runner_test *runner_tests_add(struct runner_tests *tests)
{
	struct runner_test *test = array_add(
		&tests->list, &tests->count, &tests->room, sizeof(*test));

	test->duration = -1;
	return test;
}

/* Whether one of the selection is it, or what it begins with. */
static bool is_selected(
	const struct runner_test *test, char *const *selection, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t n = strlen(selection[i]);

		if (!strncmp(test->id, selection[i], n) &&
			(!test->id[n] || !strncmp(test->id + n, "::", 2)))
			return true;
	}
	return false;
}

size_t runner_tests_ask(struct runner_tests *tests, char *const *selection,
	size_t count, const struct interner *known)
{
	size_t asked = 0;

	for (size_t i = 0; i < tests->count; i++) {
		struct runner_test *test = &tests->list[i];

		test->asked =
			!selection || is_selected(test, selection, count) ||
			(known && intern_find(known, test->id,
					  strlen(test->id)) == INTERN_NONE);
		asked += test->asked;
	}
	return asked;
}

const char *runner_tests_flags(const char *id)
{
	const char *flags = strstr(id, "::-");

	return flags ? flags : "";
}

struct runner_part *runner_parts_add(
	struct runner_part **parts, size_t *count, size_t *room)
{
	return array_add(parts, count, room, sizeof(**parts));
}

void runner_part_look(struct runner_part *part, char *folder, const char *names)
{
	struct runner_look *look = array_add(&part->looks, &part->look_count,
		&part->look_room, sizeof(*look));

	look->folder = folder;
	look->names = xstrdup(names);
}

void runner_part_use(struct runner_part *part, size_t place)
{
	*(size_t *)array_add(&part->uses, &part->use_count, &part->use_room,
		sizeof(*part->uses)) = place;
}

static void runner_parts_release(struct runner_part *parts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < parts[i].look_count; k++) {
			free(parts[i].looks[k].folder);
			free(parts[i].looks[k].names);
		}
		free(parts[i].looks);
		free(parts[i].uses);
		words_free(parts[i].files.list);
		words_free(parts[i].made.list);
		free(parts[i].name);
	}
	free(parts);
}

void runner_tests_release(struct runner_tests *tests)
{
	for (size_t i = 0; i < tests->count; i++) {
		free(tests->list[i].id);
		words_free(tests->list[i].words);
		words_free(tests->list[i].needs);
		words_free(tests->list[i].looked);
		words_free(tests->list[i].signs);
		free(tests->list[i].folder);
		free(tests->list[i].argument);
	}
	runner_parts_release(tests->parts, tests->part_count);
	runner_parts_release(tests->searched, tests->searched_count);
	words_free(tests->patterns.list);
	words_free(tests->own.list);
	words_free(tests->built.list);
	free(tests->list);
	free(tests->file);
	memset(tests, 0, sizeof(*tests));
}
