/* SPDX-License-Identifier: MIT */
#include "cli/escaping.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "cli/output.h"
#include "cli/streams.h"
#include "config/flaky.h"
#include "map/learn.h"
#include "map/project.h"
#include "map/variable.h"
#include "tracer/spawn.h"

/* More are not run again: then it is no matter of a test or two. */
#define AGAIN_MOST 100

/* Files that are named in one line. */
#define NAMED_MOST 3

static bool escaping_ask(
	struct held *held, const struct escaping *escaping, const char *root)
{
	struct map map;
	struct err err;
	int code = map_open(&map, root, MAP_QUERY, &err);

	memset(held, 0, sizeof(*held));
	if (code < 0)
		return false;
	code = held_find(
		held, &map, escaping->paths, escaping->path_count, &err);
	map_close(&map);
	return code == 0;
}

void escaping_begin(struct escaping *escaping, const char *root,
	char *const *paths, size_t count)
{
	*escaping = (struct escaping){.paths = paths, .path_count = count};
	escaping->known = escaping_ask(&escaping->before, escaping, root);
}

static int run_alone(struct testing *testing, char *id)
{
	struct run_result run;
	int saved[3], code;

	streams_lend(saved, false);
	code = testing_run(testing, &id, 1, &run);
	streams_take_back(saved);
	if (code == 0)
		run_result_release(&run);
	return code;
}

static void tell_examined(size_t count, bool again)
{
	if (count && again)
		note("%s failed that had not been selected; each is run again "
		     "alone",
			counted(count, "test", "tests"));
	if (again && count > AGAIN_MOST)
		note("only %d of them are run again; the others count as "
		     "escapes",
			AGAIN_MOST);
}

/* It passed alone, or it has escaped. */
static void escaping_judge(
	struct escaping *escaping, const struct result *result)
{
	struct escaped *escaped;

	if (outcome_is_success(result->outcome)) {
		escaping->passed++;
		return;
	}
	escaped = escapes_new(&escaping->found);
	escaped->found = flaky_now();
	escaped->runner = xstrdup(result->runner);
	escaped->unit = xstrdup(result->id);
}

int escaping_examine(struct escaping *escaping, struct testing *testing,
	struct result **candidates, size_t count, bool again)
{
	/* The results move when a run adds to them; their texts do not. */
	struct result *names = xcalloc(count + 1, sizeof(*names));
	int code = 0;

	for (size_t i = 0; i < count; i++)
		names[i] = *candidates[i];
	tell_examined(count, again);
	for (size_t i = 0; code == 0 && i < count; i++) {
		if (again && i < AGAIN_MOST && !spawn_signal())
			code = run_alone(testing, names[i].id);
		if (code)
			break;
		/* Whoever was told to end has not shown that it fails. */
		if (again && spawn_signal()) {
			note("interrupted; %s not run again",
				counted(count - i, "test is", "tests are"));
			break;
		}
		escaping_judge(
			escaping, results_find(&testing->results,
					  names[i].runner, names[i].id, ""));
	}
	free(names);
	return code;
}

/* "a, b, c and 2 more" of those that are missing, or that are not. */
static char *name_files(const struct escaped *escaped, const bool *wanted)
{
	char *text = xstrdup("");
	size_t named = 0, more = 0;

	for (size_t i = 0; i < escaped->file_count; i++) {
		char *longer;

		if (!wanted[i])
			continue;
		if (named == NAMED_MOST) {
			more++;
			continue;
		}
		longer = xasprintf("%s%s%s", text, named++ ? ", " : "",
			variable_shown(escaped->files[i].path));
		free(text);
		text = longer;
	}
	if (more) {
		char *longer = xasprintf("%s and %zu more", text, more);

		free(text);
		text = longer;
	}
	return text;
}

/* Of a directory other names changed than who looks at it alone asks for. */
static bool escaping_is_directory(const char *root, const char *path)
{
	char *absolute = project_file(root, path);
	struct stat st;
	bool is = stat(absolute, &st) == 0 && S_ISDIR(st.st_mode);

	free(absolute);
	return is;
}

/* What is known of the cause. */
static void find_cause(const struct escaping *escaping, const char *root,
	const struct held *after, struct escaped *escaped)
{
	bool *missing = xcalloc(escaping->path_count + 1, sizeof(*missing));
	bool *held = xcalloc(escaping->path_count + 1, sizeof(*held));
	bool any_missing = false, any_held = false;
	char *names;

	for (size_t i = 0; i < escaping->path_count; i++) {
		bool was = held_has(
			&escaping->before, escaped->runner, escaped->unit, i);
		bool is = held_has(after, escaped->runner, escaped->unit, i);

		missing[i] = escaping->known && is && !was;
		held[i] = is && was &&
			  !escaping_is_directory(root, escaping->paths[i]);
		any_missing |= missing[i];
		any_held |= held[i];
		escaped_add_file(escaped, escaping->paths[i], missing[i]);
	}
	names = name_files(escaped, any_missing ? missing : held);
	escaped->why =
		any_missing ? xasprintf("it uses %s, which the map did not "
					"know",
				      names)
		: any_held ? xasprintf("it uses %s, but ftrace judged that the "
				       "change in it cannot affect the test",
				     names)
			   : xstrdup("no changed file explains it; it may "
				     "depend on the order of the tests, or on "
				     "something that is no file");
	free(names);
	free(held);
	free(missing);
}

static int escaping_store(
	struct escaping *escaping, struct map *map, struct err *err)
{
	int code = map_begin(map, err);

	if (code < 0)
		return code;
	for (size_t i = 0; code == 0 && i < escaping->found.count; i++) {
		const struct escaped *escaped = &escaping->found.list[i];

		/* The full run found it, when the map knew of no change. */
		if (escaping->since)
			code = escapes_forget(
				map, escaped, escaping->since, err);
		if (code == 0)
			code = escapes_add(map, escaped, err);
		if (code == 0)
			code = learn_files(map, escaped, err);
	}
	if (code == 0)
		return map_commit(map, err);
	map_rollback(map);
	return code;
}

void escaping_learn(struct escaping *escaping, const char *root)
{
	struct held after;
	struct map map;
	struct err err;
	int code;

	if (!escaping->found.count)
		return;
	escaping_ask(&after, escaping, root);
	for (size_t i = 0; i < escaping->found.count; i++)
		find_cause(escaping, root, &after, &escaping->found.list[i]);
	held_release(&after);
	code = map_open(&map, root, MAP_QUERY, &err);
	if (code == 0) {
		code = escaping_store(escaping, &map, &err);
		map_close(&map);
	}
	if (code < 0 && code != MAP_MISSING)
		note("the escapes could not be stored in the map: %s",
			err.text);
}

void escaping_tell(const struct escaping *escaping)
{
	for (size_t i = 0; i < escaping->found.count; i++)
		note("%sescape%s: %s: %s", colour(true, COLOUR_YELLOW),
			colour(true, COLOUR_NONE), escaping->found.list[i].unit,
			escaping->found.list[i].why);
	if (escaping->passed)
		note("%s when run alone: flaky, or dependent on the order of "
		     "the tests",
			counted(escaping->passed, "test passed",
				"tests passed"));
}

void json_add_escapes(cJSON *json, const struct escapes *escapes)
{
	cJSON *list = cJSON_AddArrayToObject(json, "escapes");

	for (size_t i = 0; i < escapes->count; i++) {
		const struct escaped *escaped = &escapes->list[i];
		cJSON *item = cJSON_CreateObject(), *files;

		cJSON_AddItemToArray(list, item);
		cJSON_AddNumberToObject(
			item, "found", (double)escaped->found / 1e9);
		cJSON_AddStringToObject(item, "runner", escaped->runner);
		cJSON_AddItemToObject(item, "id", json_bytes(escaped->unit));
		cJSON_AddItemToObject(item, "why", json_bytes(escaped->why));
		files = cJSON_AddArrayToObject(item, "files");
		for (size_t k = 0; k < escaped->file_count; k++) {
			const struct escaped_file *file = &escaped->files[k];
			cJSON *entry = cJSON_CreateObject();

			cJSON_AddItemToArray(files, entry);
			cJSON_AddItemToObject(
				entry, "path", json_path(file->path));
			cJSON_AddBoolToObject(entry, "missing", file->missing);
		}
	}
}

bool escaping_is_found(const struct result *result, void *data)
{
	const struct escaping *escaping = data;

	for (size_t i = 0; i < escaping->found.count; i++)
		if (!strcmp(escaping->found.list[i].runner, result->runner) &&
			!strcmp(escaping->found.list[i].unit, result->id))
			return true;
	return false;
}

void escaping_release(struct escaping *escaping)
{
	held_release(&escaping->before);
	escapes_release(&escaping->found);
}
