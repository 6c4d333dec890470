/* SPDX-License-Identifier: MIT */
#include "runners/meson/built.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/capture.h"
#include "base/intern.h"
#include "base/read_file.h"

struct building {
	struct runner_tests *tests;
	const char *folder;
	struct interner made; /* absolute paths of what is made ... */
	size_t *makers;       /* ... and the places of their edges */
	size_t count, room;
};

/* A path of the build's without "." and ".." in it; to be freed. */
static char *absolute(const char *folder, const char *name)
{
	char *text =
		*name == '/' ? xstrdup(name) : xasprintf("%s/%s", folder, name);
	char *path = xcalloc(strlen(text) + 2, 1), *rest, *part;
	size_t n = 0;

	for (part = strtok_r(text, "/", &rest); part;
		part = strtok_r(NULL, "/", &rest)) {
		if (!strcmp(part, "..")) {
			while (n && path[--n] != '/')
				;
		} else if (strcmp(part, ".") != 0) {
			path[n++] = '/';
			memcpy(path + n, part, strlen(part));
			n += strlen(part);
		}
		path[n] = '\0';
	}
	free(text);
	return path;
}

/* The next word of a line of ninja's, which is cut; colon: it ended so. */
static char *next_word(char **at, bool *colon)
{
	char *from = *at + strspn(*at, " "), *to = from, *word = from;

	*colon = false;
	if (!*from)
		return NULL;
	while (*from && *from != ' ' && *from != ':') {
		if (*from == '$' && from[1])
			from++;
		*to++ = *from++;
	}
	*colon = *from == ':';
	*at = from + (*from != '\0');
	*to = '\0';
	return word;
}

static void add_made(struct building *building, const char *path, size_t edge)
{
	size_t before = building->made.count;

	intern(&building->made, path, strlen(path));
	if (building->made.count > before)
		*(size_t *)array_add(&building->makers, &building->count,
			&building->room, sizeof(size_t)) = edge;
}

/* The same wherever the project lies; to be freed. */
static char *name_of(const struct building *building, const char *path)
{
	size_t n = strlen(building->folder);

	return !strncmp(path, building->folder, n) && path[n] == '/'
		       ? xasprintf("%s%s", building->tests->file, path + n)
		       : xstrdup(path);
}

/* How meson itself is run again: it says which tests there are. */
static bool regenerates(const char *text)
{
	return !strncmp(text, "build.ninja", 11) || strstr(text, " phony ") ||
	       strstr(text, ": REGENERATE_BUILD ");
}

/* "OUTPUTS: RULE INPUTS | MORE || ONLY BEFORE IT" */
static void take_edge(struct building *building, char *text)
{
	struct runner_tests *tests = building->tests;
	struct runner_part *part;
	bool colon = false;
	char *word;

	if (regenerates(text))
		return;
	part = runner_parts_add(
		&tests->parts, &tests->part_count, &tests->part_room);
	while (!colon && (word = next_word(&text, &colon))) {
		char *path;

		if (!strcmp(word, "|"))
			continue;
		path = absolute(building->folder, word);
		if (!part->name)
			part->name = name_of(building, path);
		add_made(building, path, tests->part_count - 1);
		words_add(&part->made, path);
	}
	next_word(&text, &colon); /* the rule */
	while ((word = next_word(&text, &colon))) {
		if (!strcmp(word, "||") || !strcmp(word, "|@"))
			return;
		if (strcmp(word, "|") != 0)
			words_add(
				&part->files, absolute(building->folder, word));
	}
}

/* A line that ends in "$" goes on in the next. */
static void join_lines(char *text)
{
	char *to = text;

	for (; *text; text++) {
		if (text[0] == '$' && text[1] == '\n') {
			text++;
			text += strspn(text + 1, " ");
			continue;
		}
		if (text[0] == '$' && text[1])
			*to++ = *text++;
		*to++ = *text;
	}
	*to = '\0';
}

static bool read_edges(struct building *building)
{
	char *path = xasprintf("%s/build.ninja", building->folder);
	size_t size;
	char *text = read_file(path, 0, &size), *line, *rest;

	free(path);
	if (!text)
		return false;
	join_lines(text);
	for (line = strtok_r(text, "\n", &rest); line;
		line = strtok_r(NULL, "\n", &rest))
		if (!strncmp(line, "build ", 6))
			take_edge(building, line + 6);
	free(text);
	return building->count > 0;
}

static size_t maker_of(const struct building *building, const char *path)
{
	uint32_t i = intern_find(&building->made, path, strlen(path));

	return i == INTERN_NONE ? SIZE_MAX : building->makers[i];
}

/* What ninja says of the build; to be freed, or NULL. */
static char *ask_ninja(const char *folder, const char *const *asking)
{
	const char *ninja = getenv("NINJA");
	struct words words = {0};
	char *text = NULL;
	struct err err;
	size_t size;

	words_add_copy(&words, ninja && *ninja ? ninja : "ninja");
	words_add_copy(&words, "-C");
	words_add_copy(&words, folder);
	words_add_list(&words, asking);
	if (capture(words.list, &text, &size, &err) < 0)
		text = NULL;
	words_free(words.list);
	return text;
}

void meson_built_regenerate(const char *folder)
{
	free(ask_ninja(folder, (const char *const[]){"build.ninja", NULL}));
}

/* What compilers found: "OUTPUT: #deps ..." and a line for each, indented. */
static bool read_found(struct building *building)
{
	static const char *const asking[] = {"-t", "deps", NULL};
	char *text = ask_ninja(building->folder, asking), *line, *rest, *end;
	struct runner_part *part = NULL;

	for (line = text ? strtok_r(text, "\n", &rest) : NULL; line;
		line = strtok_r(NULL, "\n", &rest)) {
		const char *name = line + strspn(line, " ");
		size_t maker;
		char *path;

		if (name > line) {
			if (part)
				words_add(&part->files,
					absolute(building->folder, name));
			continue;
		}
		end = strstr(line, ": #deps ");
		if (!end)
			continue;
		*end = '\0';
		path = absolute(building->folder, line);
		maker = maker_of(building, path);
		part = maker == SIZE_MAX ? NULL
					 : &building->tests->parts[maker];
		free(path);
	}
	free(text);
	return text != NULL;
}

static bool is_fresh(const char *folder)
{
	static const char *const asking[] = {"-n", NULL};
	char *text = ask_ninja(folder, asking);
	bool fresh = text && strstr(text, "no work to do");

	free(text);
	return fresh;
}

static int64_t changed_at(const char *path)
{
	struct stat st;

	return stat(path, &st) < 0 ? -1
				   : st.st_mtim.tv_sec * INT64_C(1000000000) +
					     st.st_mtim.tv_nsec;
}

/* Whether something that it reads has changed since, as ninja sees it. */
static bool is_stale(const struct runner_part *part)
{
	int64_t made = INT64_MAX, read = 0;

	for (size_t i = 0; i < part->made.count; i++) {
		int64_t at = changed_at(part->made.list[i]);

		made = at < made ? at : made;
	}
	for (size_t i = 0; i < part->files.count; i++) {
		int64_t at = changed_at(part->files.list[i]);

		read = at > read ? at : read;
	}
	return made < read;
}

/* What other edges make is not read but used. */
static void tie_edges(struct building *building, size_t first)
{
	struct runner_tests *tests = building->tests;

	for (size_t i = first; i < tests->part_count; i++) {
		struct runner_part *part = &tests->parts[i];
		size_t kept = 0;

		for (size_t k = 0; k < part->files.count; k++) {
			char *path = part->files.list[k];
			size_t maker = maker_of(building, path);

			if (maker == SIZE_MAX) {
				part->files.list[kept++] = path;
				continue;
			}
			if (maker != i)
				runner_part_use(part, maker);
			free(path);
		}
		part->files.count = kept;
		if (part->files.list)
			part->files.list[kept] = NULL;
	}
}

/* The runner's own processes meet it as they build; tests by its maker. */
static void explain_made(struct building *building)
{
	struct runner_tests *tests = building->tests;
	struct runner_part *part = runner_parts_add(
		&tests->parts, &tests->part_count, &tests->part_room);

	part->name = xasprintf("%s/", tests->file);
	for (size_t i = 0; i < building->made.count; i++)
		words_add_copy(&part->files, building->made.entries[i].bytes);
}

static void take_words(
	struct building *building, struct runner_test *test, bool told)
{
	struct runner_tests *tests = building->tests;
	struct runner_part *part = runner_parts_add(
		&tests->parts, &tests->part_count, &tests->part_room);

	part->name = xstrdup(test->id);
	part->unknown = !told;
	/* What a test is told besides: its environment, how long it has. */
	words_add(&part->files,
		xasprintf("%s/meson-info/intro-tests.json", building->folder));
	for (char **word = test->words; word && *word; word++) {
		char *path = absolute(building->folder, *word);
		size_t maker = maker_of(building, path);

		if (maker != SIZE_MAX)
			runner_part_use(part, maker);
		free(path);
	}
	test->part = tests->part_count;
}

/*
 * Where only some was built, as for some of the tests, and others met what was
 * not: it is of sources that are no more.
 */
static void doubt_stale(struct building *building, size_t first)
{
	struct runner_tests *tests = building->tests;

	for (size_t i = first; i < tests->part_count; i++)
		tests->parts[i].unknown |= is_stale(&tests->parts[i]);
}

void meson_built(struct runner_tests *tests, const char *folder, bool builds)
{
	struct building building = {.tests = tests, .folder = folder};
	size_t first = tests->part_count;
	bool told = read_edges(&building) && read_found(&building);
	bool fresh = is_fresh(folder);

	if (!fresh)
		doubt_stale(&building, first);
	tie_edges(&building, first);
	explain_made(&building);
	for (size_t i = 0; i < tests->count; i++)
		take_words(
			&building, &tests->list[i], told && (fresh || builds));
	interner_release(&building.made);
	free(building.makers);
}
