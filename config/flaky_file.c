/* SPDX-License-Identifier: MIT */
#include "config/flaky_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/json.h"
#include "base/put_file.h"
#include "base/read_file.h"

#define VERSION 1
#define LAST "~"
#define LAST_TEXT "the end; each test above has a line and a comma"

/* More than a list of that length can be; a device is none. */
#define SIZE_MOST (64 << 20)

const char *flaky_day(int64_t since)
{
	static char day[sizeof("2026-11-22") + 24];
	time_t seconds = (time_t)(since / 1000000000);
	struct tm tm;

	*day = '\0';
	if (gmtime_r(&seconds, &tm))
		strftime(day, sizeof(day), "%Y-%m-%d", &tm);
	return day;
}

/* Nanoseconds; -1: it is no day. */
static int64_t parse_day(const char *text)
{
	struct tm tm = {.tm_isdst = 0};
	const char *end = strptime(text, "%Y-%m-%d", &tm);

	return end && !*end ? (int64_t)timegm(&tm) * 1000000000 : -1;
}

static int bad(struct err *err, const char *path, const char *what)
{
	return err_set(err, -EINVAL,
		"'%s' is no list of flaky tests: %s; mend it, or remove it and "
		"write it anew: ftrace flaky export",
		path, what);
}

char *flaky_key(const struct flaky_unit *unit)
{
	char *key = xcalloc(strlen(unit->runner) + 2 * strlen(unit->id) +
				    strlen(unit->part) + 3,
		1);
	char *to = key + sprintf(key, "%s/", unit->runner);

	for (const char *from = unit->id; *from; from++) {
		*to++ = *from;
		if (*from == '\t')
			*to++ = *from;
	}
	if (*unit->part)
		sprintf(to, "\t%s", unit->part);
	return key;
}

bool flaky_key_split(const char *key, char **runner, char **id, char **part)
{
	const char *slash = strchr(key, '/'), *from;
	char *to;

	if (!slash || slash == key || !slash[1])
		return false;
	*runner = xasprintf("%.*s", (int)(slash - key), key);
	*id = to = xcalloc(strlen(slash), 1);
	for (from = slash + 1; *from && (*from != '\t' || from[1] == '\t');
		from++) {
		*to++ = *from;
		from += *from == '\t';
	}
	*part = xstrdup(*from ? from + 1 : "");
	return true;
}

static bool flaky_file_take(struct flaky_units *units, const cJSON *item)
{
	char *runner, *id, *part;
	struct flaky_unit *unit;
	int64_t since =
		cJSON_IsString(item) ? parse_day(item->valuestring) : -1;

	if (since < 0 || !flaky_key_split(item->string, &runner, &id, &part))
		return false;
	/* Where two lists were merged, the older day is the one. */
	unit = flaky_units_find(units, runner, id, part);
	if (!unit) {
		unit = flaky_units_add(units, runner, id, part);
		unit->since = since;
	} else if (since < unit->since) {
		unit->since = since;
	}
	free(runner);
	free(id);
	free(part);
	return true;
}

static int flaky_file_take_all(struct flaky_units *units, const cJSON *json,
	const char *path, struct err *err)
{
	const cJSON *version =
			    cJSON_GetObjectItemCaseSensitive(json, "version"),
		    *list = cJSON_GetObjectItemCaseSensitive(json, "flaky"),
		    *item;

	if (!cJSON_IsNumber(version) || !cJSON_IsObject(list))
		return bad(err, path, "no \"version\", or no \"flaky\"");
	if (version->valuedouble != VERSION)
		return err_set(err, -EINVAL,
			"'%s' is of version %g and this ftrace reads version "
			"%d; use the newer ftrace",
			path, version->valuedouble, VERSION);
	cJSON_ArrayForEach(item, list)
	{
		char what[512];

		if (!strcmp(item->string, LAST) || flaky_file_take(units, item))
			continue;
		snprintf(what, sizeof(what),
			"\"%.400s\" is no \"runner/id\" with a day as "
			"2026-11-22",
			item->string);
		return bad(err, path, what);
	}
	return 0;
}

int flaky_file_read(
	struct flaky_units *units, const char *path, struct err *err)
{
	const char *end = NULL;
	char *text, what[64];
	size_t size;
	cJSON *json;
	int code, line = 1;

	memset(units, 0, sizeof(*units));
	if (access(path, F_OK) < 0 && errno == ENOENT)
		return FLAKY_FILE_MISSING;
	text = read_file(path, SIZE_MOST, &size);
	if (!text)
		return err_set(err, -EINVAL, "cannot read '%s': %s", path,
			strerror(errno));
	text[json_restore_bytes(text, strlen(text))] = '\0';
	json = cJSON_ParseWithOpts(text, &end, true);
	if (json) {
		code = flaky_file_take_all(units, json, path, err);
	} else {
		for (const char *s = text; end && s < end; s++)
			line += *s == '\n';
		snprintf(what, sizeof(what), "no JSON from line %d on", line);
		code = bad(err, path, what);
	}
	if (code < 0)
		flaky_units_release(units);
	cJSON_Delete(json);
	free(text);
	return code;
}

static char *key_text(const struct flaky_unit *unit)
{
	char *key = flaky_key(unit), *text;
	cJSON *json = json_bytes(key);

	text = cJSON_PrintUnformatted(json);
	cJSON_Delete(json);
	free(key);
	return text;
}

char *flaky_file_text(const struct flaky_units *units)
{
	char *end, *text = xasprintf(
			   "{\n\"version\": %d,\n\"flaky\": {\n", VERSION);

	for (size_t i = 0; i < units->count; i++) {
		const struct flaky_unit *unit = &units->list[i];
		char *key, *longer;

		key = key_text(unit);
		longer = xasprintf(
			"%s%s: \"%s\",\n", text, key, flaky_day(unit->since));
		free(key);
		free(text);
		text = longer;
	}
	end = xasprintf("%s\"" LAST "\": \"" LAST_TEXT "\"\n}\n}\n", text);
	free(text);
	return end;
}

static void make_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder =
		slash ? xasprintf("%.*s", (int)(slash - path), path) : NULL;

	if (folder)
		mkdir(folder, 0777);
	free(folder);
}

int flaky_file_write(
	const struct flaky_units *units, const char *path, struct err *err)
{
	char *text = flaky_file_text(units);
	size_t size;
	char *old = read_file(path, SIZE_MOST, &size);
	int code = 0;

	if (!old || strcmp(old, text) != 0) {
		make_folder(path);
		code = put_file(path, text, err);
	}
	free(old);
	free(text);
	return code;
}
