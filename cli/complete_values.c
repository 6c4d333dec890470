/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/id.h"
#include "cli/complete.h"
#include "cli/option.h"
#include "config/config.h"
#include "git/git_run.h"
#include "map/project.h"
#include "map/query.h"
#include "runners/adapter.h"

/* A request for values of one kind. */
struct asked {
	const char *root; /* as it was given, or NULL */
	const char *typed, *before;
};

void complete_put(const char *typed, const char *before, const char *text,
	const char *help)
{
	if (strncmp(text, typed, strlen(typed)) != 0)
		return;
	/* It is a line, whose second column is the help. */
	for (const char *at = text; *at; at++)
		if ((unsigned char)*at < ' ')
			return;
	printf("%s%s\t%s\n", before, text, help ? help : "");
}

static void complete_values_put(
	const struct asked *asked, const char *text, const char *help)
{
	complete_put(asked->typed, asked->before, text, help);
}

/* Silent, and without cleaning up: a key was pressed, and nothing asked. */
static char *find_root(const struct asked *asked)
{
	struct err err;

	return asked->root ? project_absolute(asked->root, &err)
			   : project_root(".", &err);
}

static bool load_units(struct query_units *units, const struct asked *asked)
{
	char *root = find_root(asked);
	struct map map;
	struct err err;
	bool loaded = false;

	memset(units, 0, sizeof(*units));
	if (root && map_open(&map, root, MAP_QUERY, &err) == 0) {
		loaded = query_units(units, &map, &err) == 0;
		map_close(&map);
	}
	free(root);
	return loaded;
}

static int complete_values_compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorts them, prints each once, and frees all. */
static size_t put_once(
	const struct asked *asked, char **texts, size_t count, const char *help)
{
	size_t printed = 0;

	if (count)
		qsort(texts, count, sizeof(*texts),
			complete_values_compare_texts);
	for (size_t i = 0; i < count; i++)
		if (!i || strcmp(texts[i - 1], texts[i]) != 0) {
			complete_values_put(asked, texts[i], help);
			printed++;
		}
	for (size_t i = 0; i < count; i++)
		free(texts[i]);
	free(texts);
	return printed;
}

/* Ids up to the next name that is not typed yet, as paths are completed. */
static size_t put_steps(
	const struct asked *asked, const struct query_units *units)
{
	size_t typed = strlen(asked->typed), count = 0;
	char **texts = xcalloc(units->count + 1, sizeof(*texts));

	for (size_t i = 0; i < units->count; i++) {
		const char *id = units->units[i].id, *step;

		if (strncmp(id, asked->typed, typed) != 0)
			continue;
		step = id_step(id, typed);
		texts[count++] = step ? xasprintf("%.*s", (int)(step - id), id)
				      : xstrdup(id);
	}
	return put_once(asked, texts, count, "");
}

/* The last words of ids, which are names of tests where they are unique. */
static void put_ends(const struct asked *asked, const struct query_units *units)
{
	char **texts = xcalloc(units->count + 1, sizeof(*texts));
	size_t count = 0;

	for (size_t i = 0; i < units->count; i++) {
		const char *end = id_last(units->units[i].id);

		if (!strncmp(end, asked->typed, strlen(asked->typed)))
			texts[count++] = xstrdup(end);
	}
	put_once(asked, texts, count, "");
}

static void put_tests(const struct asked *asked)
{
	struct query_units units;

	if (load_units(&units, asked) && !put_steps(asked, &units))
		put_ends(asked, &units);
	query_units_release(&units);
}

static void put_checks(const struct asked *asked)
{
	char *root = find_root(asked);
	struct config config;
	struct err err;

	if (root && config_load(&config, root, &err) == 0)
		for (size_t i = 0; i < config.count; i++)
			complete_values_put(asked, config.checks[i].name,
				check_phase_name(config.checks[i].phase));
	if (root)
		config_release(&config);
	free(root);
}

static void put_profiles(const struct asked *asked)
{
	char *root = find_root(asked), **texts = NULL;
	size_t count = 0, room = 0;
	struct config config;
	struct err err;

	if (root && config_load(&config, root, &err) == 0)
		for (size_t i = 0; i < config.count; i++) {
			const struct config_texts *profiles =
				&config.checks[i].profiles;

			for (size_t k = 0; k < profiles->count; k++)
				*(char **)array_add(
					&texts, &count, &room, sizeof(*texts)) =
					xstrdup(profiles->items[k]);
		}
	put_once(asked, texts, count, "");
	if (root)
		config_release(&config);
	free(root);
}

static void put_revisions(const struct asked *asked)
{
	static const char *const arguments[] = {"for-each-ref",
		"--format=%(refname:short)", "refs/heads", "refs/remotes",
		"refs/tags", NULL};
	char *root = find_root(asked);
	struct git_bytes bytes = {0};
	struct err err;
	struct git git = {.directory = root, .err = &err};

	complete_values_put(asked, "HEAD", "");
	if (root && git_run(&git, arguments, NULL, &bytes) == 0) {
		char *rest = bytes.text, *line;

		while ((line = strsep(&rest, "\n")))
			if (*line)
				complete_values_put(asked, line, "");
	}
	free(bytes.text);
	free(root);
}

static void put_verbs(const struct asked *asked)
{
	for (size_t i = 0; verbs[i]; i++)
		complete_values_put(asked, verbs[i]->name, verbs[i]->summary);
}

static void put_colours(const struct asked *asked)
{
	complete_values_put(asked, "auto", "on a terminal");
	complete_values_put(asked, "always", "");
	complete_values_put(asked, "never", "");
}

static void put_runners(const struct asked *asked)
{
	for (size_t i = 0; adapter_at(i); i++)
		complete_values_put(asked, adapter_at(i)->name, "");
	complete_values_put(asked, "none", "the command is one unit");
}

static const struct values {
	const char *word; /* of usages, and of arguments in option tables */
	enum value_kind kind;
	void (*put)(const struct asked *asked); /* NULL: the shell does */
} values[] = {
	{"CHECK", VALUES_WORDS, put_checks},
	{"DIR", VALUES_FOLDERS, NULL},
	{"FILE", VALUES_FILES, NULL},
	{"FULL.json", VALUES_FILES, NULL},
	{"GLOB", VALUES_FILES, NULL},
	{"PROFILE", VALUES_WORDS, put_profiles},
	{"REV", VALUES_WORDS, put_revisions},
	{"RUNNER", VALUES_WORDS, put_runners},
	{"TEST", VALUES_NAMES, put_tests},
	{"VERB", VALUES_WORDS, put_verbs},
	{"WARM.json", VALUES_FILES, NULL},
	{"WHEN", VALUES_WORDS, put_colours},
};

static const struct values *complete_values_find(const char *word, size_t size)
{
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
		if (strlen(values[i].word) == size &&
			!memcmp(values[i].word, word, size))
			return &values[i];
	return NULL;
}

enum value_kind complete_kind(const char *word, size_t size)
{
	const struct values *found = complete_values_find(word, size);

	return found ? found->kind : 0;
}

void complete_values(const char *word, size_t size, const char *root,
	const char *typed, const char *before)
{
	const struct values *found = complete_values_find(word, size);

	if (found && found->put)
		found->put(&(struct asked){
			.root = root, .typed = typed, .before = before});
}
