/* SPDX-License-Identifier: MIT */
#include "cli/outcome_files.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/read_file.h"
#include "cli/output.h"
#include "runners/outcomes/told.h"

typedef int (*file_reader)(struct told *told, const char *name,
	const char *text, size_t size, struct err *err);

bool outcome_files_wanted(const struct outcome_files *files)
{
	return (files->junit && *files->junit) || (files->tap && *files->tap);
}

int outcome_files_known(struct outcome_files *files, struct map *map,
	const char *runner, const char *id, struct err *err)
{
	map_cases_release(&files->known);
	return map_cases_load(&files->known, map, runner, id, err);
}

static bool outcome_files_stat(struct outcome_file *file, const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return false;
	file->identity[0] = (int64_t)st.st_dev;
	file->identity[1] = (int64_t)st.st_ino;
	file->identity[2] = st.st_size;
	file->identity[3] = clock_of(&st.st_mtim);
	file->identity[4] = clock_of(&st.st_ctim);
	return true;
}

static void outcome_files_forget(struct outcome_files *files)
{
	for (size_t i = 0; i < files->before_count; i++)
		free(files->before[i].path);
	files->before_count = 0;
}

static void outcome_files_look_at(
	struct outcome_files *files, const char *const *patterns)
{
	struct outcome_file seen, *file;
	glob_t found;

	for (; patterns && *patterns; patterns++) {
		if (glob(*patterns, GLOB_NOCHECK, NULL, &found) != 0)
			continue;
		for (size_t i = 0; i < found.gl_pathc; i++) {
			if (!outcome_files_stat(&seen, found.gl_pathv[i]))
				continue;
			file = array_add(&files->before, &files->before_count,
				&files->before_room, sizeof(*file));
			*file = seen;
			file->path = xstrdup(found.gl_pathv[i]);
		}
		globfree(&found);
	}
}

void outcome_files_look(struct outcome_files *files)
{
	outcome_files_forget(files);
	outcome_files_look_at(files, files->junit);
	outcome_files_look_at(files, files->tap);
}

/*
 * A clock would not do: a file may be copied with its times, and lie on a
 * machine with another one. Who writes a file changes its identity.
 */
static bool is_of_before(const struct outcome_files *files, const char *path)
{
	struct outcome_file now;

	if (!outcome_files_stat(&now, path))
		return false;
	for (size_t i = 0; i < files->before_count; i++)
		if (!strcmp(files->before[i].path, path) &&
			!memcmp(files->before[i].identity, now.identity,
				sizeof(now.identity)))
			return true;
	return false;
}

static int outcome_files_read_one(struct told *told, file_reader reader,
	const char *path, struct err *err)
{
	size_t size;
	char *text = read_file(path, 0, &size);
	int code;

	if (text)
		code = reader(told, path, text, size, err);
	else
		code = err_set(err, -1, "cannot read '%s': %s%s", path,
			strerror(errno),
			errno == EISDIR ? "; name the files in it, as in "
					  "'DIRECTORY/*.xml'"
			: errno == ENOENT
				? "; the command should have written it"
				: "");
	free(text);
	return code;
}

/* The files that match, of this run alone; there has to be one. */
static int read_pattern(const struct outcome_files *files, struct told *told,
	file_reader reader, const char *pattern, struct err *err)
{
	size_t fresh = 0, old = 0;
	int code = 0;
	glob_t found;

	if (glob(pattern, GLOB_NOCHECK, NULL, &found) != 0)
		return err_set(err, -1, "cannot look for '%s'", pattern);
	for (size_t i = 0; code == 0 && i < found.gl_pathc; i++) {
		if (is_of_before(files, found.gl_pathv[i])) {
			old++;
			continue;
		}
		fresh++;
		code = outcome_files_read_one(
			told, reader, found.gl_pathv[i], err);
	}
	globfree(&found);
	if (code == 0 && !fresh)
		return err_set(err, -1,
			"'%s' is of an earlier run: the command did not write "
			"it",
			pattern);
	if (code == 0 && old)
		note("%s '%s', left by an earlier run: not read",
			counted(old, "file is like", "files are like"),
			pattern);
	return code;
}

static int outcome_files_read_all(
	const struct outcome_files *files, struct told *told, struct err *err)
{
	const char *const *pattern;
	int code = 0;

	for (pattern = files->junit; code == 0 && pattern && *pattern;
		pattern++)
		code = read_pattern(files, told, junit_read, *pattern, err);
	for (pattern = files->tap; code == 0 && pattern && *pattern; pattern++)
		code = read_pattern(files, told, tap_read, *pattern, err);
	return code;
}

static const struct map_case *find_known(
	const struct outcome_files *files, const char *part)
{
	size_t low = 0, high = files->known.count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct map_case *one = &files->known.list[middle];
		int order = strcmp(part, one->part);

		if (!order)
			return one;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

/* A case as a result of its unit. */
static struct result of_case(const struct result *unit, const char *part,
	const struct map_case *known)
{
	return (struct result){.runner = unit->runner,
		.id = unit->id,
		.part = (char *)part,
		.state = known ? unit->state : UNIT_MISS,
		.changed = unit->changed,
		.incomplete = unit->incomplete,
		.before = known ? known->outcome : NULL,
		.reason = unit->reason,
		.duration = -1};
}

static void take_case(const struct outcome_files *files,
	struct results *results, const char *runner, const char *id,
	const char *part, const struct told_case *told)
{
	const struct result *unit = results_find(results, runner, id, "");
	/* The place of the unit is good until a result is added. */
	struct result copy = *unit,
		      end = of_case(&copy, part, find_known(files, part));

	end.outcome = (char *)"failed";
	for (unsigned i = 0; i < told->failures; i++)
		results_end(results, &end);
	end.outcome = (char *)told->outcome;
	end.duration = told->duration;
	results_end(results, &end);
}

/* What is kept: the cases of the file, or how the unit ended without them. */
static void outcome_files_keep(const char *root, const struct map_cases *cases,
	const char *runner, const char *id, bool end, const char *outcome)
{
	struct map map;
	struct err err;
	int code = map_open(&map, root, MAP_RECORD, &err);

	if (code == 0) {
		code = map_begin(&map, &err);
		if (code == 0 && cases)
			code = map_cases_store(cases, &map, runner, id, &err);
		if (code == 0 && end)
			code = map_cases_end_unit(
				&map, runner, id, outcome, &err);
		if (code == 0)
			code = map_commit(&map, &err);
		else
			map_rollback(&map);
		map_close(&map);
	}
	if (code < 0)
		note("how its tests ended could not be stored in the map: %s",
			err.text);
}

static bool take_told(const struct outcome_files *files, struct told *told,
	struct results *results, struct map_cases *cases, const char *runner,
	const char *id)
{
	bool failed = false;

	for (size_t i = 0; i < told->count; i++) {
		struct told_case *one = &told->list[i];
		const char *part = told->names.entries[i].bytes;
		struct map_case *kept = array_add(&cases->list, &cases->count,
			&cases->room, sizeof(*kept));

		kept->part = xstrdup(part);
		kept->outcome = xstrdup(one->outcome);
		kept->duration = one->duration;
		failed |= outcome_is_failure(one->outcome);
		take_case(files, results, runner, id, part, one);
	}
	return failed;
}

static void outcome_files_set_outcome(struct result *unit, const char *outcome)
{
	free(unit->outcome);
	unit->outcome = outcome ? xstrdup(outcome) : NULL;
}

void outcome_files_take(struct outcome_files *files, const char *root,
	struct results *results, const char *runner, const char *id)
{
	struct result *unit = results_find(results, runner, id, "");
	struct map_cases cases = {.list = NULL};
	struct told told = {.list = NULL};
	struct err err;
	bool failed;

	/* Not recorded: there is nothing to add to. */
	if (!unit || !unit->ran)
		return;
	files->unusable = outcome_files_read_all(files, &told, &err) < 0;
	if (files->unusable) {
		note("%s", err.text);
		if (!outcome_is_failure(unit->outcome)) {
			outcome_files_set_outcome(unit, NULL);
			outcome_files_keep(root, NULL, runner, id, true, NULL);
		}
	} else {
		failed = take_told(files, &told, results, &cases, runner, id);
		unit = results_find(results, runner, id, "");
		failed = failed && !outcome_is_failure(unit->outcome);
		if (failed)
			outcome_files_set_outcome(unit, "failed");
		outcome_files_keep(root, &cases, runner, id, failed, "failed");
	}
	map_cases_release(&cases);
	told_release(&told);
}

void outcome_files_untold(const struct outcome_files *files,
	struct results *results, const char *runner, const char *id)
{
	const struct result *unit = results_find(results, runner, id, "");
	struct result copy;

	if (!unit)
		return;
	copy = *unit;
	for (size_t i = 0; i < files->known.count; i++) {
		const struct map_case *known = &files->known.list[i];
		struct result *result =
			results_place(results, runner, id, known->part);

		result->state = copy.state;
		result->before = xstrdup(known->outcome);
		result->outcome = xstrdup(known->outcome);
		result->duration = known->duration;
	}
}

void outcome_files_release(struct outcome_files *files)
{
	outcome_files_forget(files);
	free(files->before);
	map_cases_release(&files->known);
	memset(files, 0, sizeof(*files));
}
