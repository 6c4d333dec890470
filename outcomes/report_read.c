/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/json.h"
#include "base/read_file.h"
#include "outcomes/report.h"

#define NOT_READ (-1)

/* What is read, for messages. */
struct reader {
	const char *path;
	char where[64]; /* "", or " of unit 3" */
	struct err *err;
	bool failed; /* err is filled */
};

enum type { A_STRING, A_NUMBER, A_BOOL, AN_ARRAY, AN_OBJECT };

static const char *const type_names[] = {
	"a string", "a number", "true or false", "a list", "an object"};

static bool is_of(const cJSON *value, enum type type)
{
	switch (type) {
	case A_STRING:
		return cJSON_IsString(value);
	case A_NUMBER:
		return cJSON_IsNumber(value) && isfinite(value->valuedouble);
	case A_BOOL:
		return cJSON_IsBool(value);
	case AN_ARRAY:
		return cJSON_IsArray(value);
	case AN_OBJECT:
		return cJSON_IsObject(value);
	}
	return false;
}

/* The member; NULL where it is not there or, with a message, of another type.
 */
static const cJSON *optional(struct reader *reader, const cJSON *object,
	const char *name, enum type type)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, name);

	if (reader->failed || !value || is_of(value, type))
		return reader->failed ? NULL : value;
	reader->failed = true;
	err_set(reader->err, NOT_READ, "report '%s': '%s'%s is not %s",
		reader->path, name, reader->where, type_names[type]);
	return NULL;
}

static const cJSON *needed(struct reader *reader, const cJSON *object,
	const char *name, enum type type)
{
	const cJSON *value = optional(reader, object, name, type);

	if (value || reader->failed)
		return value;
	reader->failed = true;
	err_set(reader->err, NOT_READ, "report '%s': there is no '%s'%s",
		reader->path, name, reader->where);
	return NULL;
}

static char *report_read_text_of(const cJSON *value)
{
	return value ? xstrdup(value->valuestring) : NULL;
}

static bool report_read_is_true(
	struct reader *reader, const cJSON *object, const char *name)
{
	return cJSON_IsTrue(needed(reader, object, name, A_BOOL));
}

/* A number of seconds in parts of one; `none` where it is not there. */
static int64_t report_read_time_of(
	const cJSON *value, double parts, int64_t none)
{
	double number = value ? value->valuedouble * parts : -1;

	return number >= 0 && number < 9e18 ? llround(number) : none;
}

/* A message is one line, whatever is wrong. */
static bool is_printable(const char *value)
{
	while (*value && (unsigned char)*value >= ' ')
		value++;
	return !*value;
}

static void report_read_wrong(
	struct reader *reader, const char *name, const char *value)
{
	if (!is_printable(value))
		value = "(not printable)";
	if (!reader->failed)
		err_set(reader->err, NOT_READ,
			"report '%s': '%s'%s is '%s', which means nothing here",
			reader->path, name, reader->where, value);
	reader->failed = true;
}

/* A list of strings, with a NULL at its end. */
static char **read_list(struct reader *reader, const cJSON *object,
	const char *name, size_t *count)
{
	const cJSON *array = needed(reader, object, name, AN_ARRAY), *each;
	char **list = NULL;
	size_t room = 0;

	*count = 0;
	cJSON_ArrayForEach(each, array)
	{
		if (!cJSON_IsString(each)) {
			report_read_wrong(
				reader, name, "a list with other than strings");
			break;
		}
		*(char **)array_add(&list, count, &room, sizeof(*list)) =
			xstrdup(each->valuestring);
	}
	list = xreallocarray(list, *count + 1, sizeof(*list));
	list[*count] = NULL;
	return list;
}

static void read_state(
	struct reader *reader, const cJSON *value, enum unit_state *state)
{
	const char *name = value ? value->valuestring : "";

	for (*state = UNIT_HIT; *state <= UNIT_RERUN; (*state)++)
		if (!strcmp(name, unit_state_name(*state)))
			return;
	*state = UNIT_MISS;
	if (value)
		report_read_wrong(reader, "state", name);
}

static void read_attempts(
	struct reader *reader, const cJSON *unit, struct result *result)
{
	if (!optional(reader, unit, "attempts", AN_ARRAY))
		return;
	result->attempts =
		read_list(reader, unit, "attempts", &result->attempt_count);
	result->attempt_room = result->attempt_count + 1;
}

static void read_members(
	struct reader *reader, const cJSON *unit, struct result *result)
{
	const cJSON *outcome =
		cJSON_GetObjectItemCaseSensitive(unit, "outcome");

	read_state(reader, needed(reader, unit, "state", A_STRING),
		&result->state);
	result->selected = report_read_is_true(reader, unit, "selected");
	result->ran = report_read_is_true(reader, unit, "ran");
	if (!cJSON_IsNull(outcome))
		result->outcome = report_read_text_of(
			needed(reader, unit, "outcome", A_STRING));
	result->before =
		report_read_text_of(optional(reader, unit, "before", A_STRING));
	result->reason =
		report_read_text_of(optional(reader, unit, "reason", A_STRING));
	result->duration = report_read_time_of(
		optional(reader, unit, "duration", A_NUMBER), 1e6, -1);
	result->changed = report_read_is_true(reader, unit, "changed");
	result->incomplete = report_read_is_true(reader, unit, "incomplete");
	result->flaky = report_read_is_true(reader, unit, "flaky");
	read_attempts(reader, unit, result);
}

static void read_unit(
	struct reader *reader, const cJSON *unit, struct results *results)
{
	const cJSON *runner = needed(reader, unit, "runner", A_STRING);
	const cJSON *id = needed(reader, unit, "id", A_STRING);
	const cJSON *part = optional(reader, unit, "part", A_STRING);
	size_t known = results->count;
	struct result *result;

	if (reader->failed)
		return;
	result = results_place(results, runner->valuestring, id->valuestring,
		part ? part->valuestring : "");
	if (results->count == known)
		report_read_wrong(reader, "id", "that of a unit before");
	else
		read_members(reader, unit, result);
}

static void read_units(
	struct reader *reader, const cJSON *json, struct results *results)
{
	const cJSON *units = needed(reader, json, "units", AN_ARRAY), *unit;
	size_t n = 0;

	cJSON_ArrayForEach(unit, units)
	{
		snprintf(reader->where, sizeof(reader->where), " of unit %zu",
			++n);
		read_unit(reader, unit, results);
		if (reader->failed)
			return;
	}
	*reader->where = '\0';
}

/* Whether it is a report of a version that is known. */
static void report_read_head(struct reader *reader, const cJSON *json)
{
	const cJSON *kind = cJSON_GetObjectItemCaseSensitive(json, "kind");
	const cJSON *version;

	if (!cJSON_IsString(kind) || strcmp(kind->valuestring, REPORT_KIND)) {
		reader->failed = true;
		err_set(reader->err, NOT_READ,
			"'%s' is no report of 'ftrace test --report'",
			reader->path);
		return;
	}
	version = needed(reader, json, "version", A_NUMBER);
	if (!version || version->valuedouble == REPORT_VERSION)
		return;
	reader->failed = true;
	err_set(reader->err, NOT_READ,
		"report '%s' is of version %g and this ftrace reads %d; use "
		"the ftrace that wrote it, or write it again",
		reader->path, version->valuedouble, REPORT_VERSION);
}

static void read_report(
	struct reader *reader, const cJSON *json, struct report *report)
{
	const cJSON *mode, *status;
	size_t arguments;

	report_read_head(reader, json);
	report->ftrace =
		report_read_text_of(needed(reader, json, "ftrace", A_STRING));
	report->root =
		report_read_text_of(needed(reader, json, "root", A_STRING));
	mode = needed(reader, json, "mode", A_STRING);
	report->full = mode && !strcmp(mode->valuestring, "full");
	if (mode && !report->full && strcmp(mode->valuestring, "warm") != 0)
		report_read_wrong(reader, "mode", mode->valuestring);
	report->argv = read_list(reader, json, "argv", &arguments);
	if (!arguments || !**report->argv)
		report_read_wrong(reader, "argv", "a list without a command");
	report->directory = report_read_text_of(
		needed(reader, json, "directory", A_STRING));
	report->started = report_read_time_of(
		needed(reader, json, "started", A_NUMBER), 1e9, 0);
	report->lasted = report_read_time_of(
		needed(reader, json, "duration", A_NUMBER), 1e9, 0);
	status = needed(reader, json, "status", A_NUMBER);
	report->status = status ? status->valueint : 0;
	report->changed =
		read_list(reader, json, "changed", &report->changed_count);
	read_units(reader, json, &report->results);
}

/* Whether a text that is no JSON ends inside something that was begun. */
static bool is_cut(const char *text, size_t size)
{
	bool quoted = false;
	size_t depth = 0;

	for (size_t i = 0; i < size; i++) {
		if (quoted && text[i] == '\\')
			i++;
		else if (text[i] == '"')
			quoted = !quoted;
		else if (!quoted && (text[i] == '{' || text[i] == '['))
			depth++;
		else if (!quoted && depth && (text[i] == '}' || text[i] == ']'))
			depth--;
	}
	return !size || quoted || depth;
}

static cJSON *report_read_parse(
	const char *path, char *text, size_t size, struct err *err)
{
	const char *end = NULL;
	cJSON *json;
	size_t line = 1;

	size = json_restore_bytes(text, size);
	text[size] = '\0';
	json = cJSON_ParseWithLengthOpts(text, size + 1, &end, true);
	if (json)
		return json;
	/* Bytes put back move what follows, but never to another line. */
	for (const char *s = text; end && s < end && s < text + size; s++)
		line += *s == '\n';
	if (is_cut(text, size))
		err_set(err, NOT_READ,
			"report '%s' ends in the middle: it was cut short; "
			"write it again",
			path);
	else
		err_set(err, NOT_READ, "report '%s' is not JSON: see line %zu",
			path, line);
	return NULL;
}

int report_read(struct report *report, const char *path, struct err *err)
{
	struct reader reader = {.path = path, .err = err};
	size_t size;
	cJSON *json = NULL;
	char *text;

	memset(report, 0, sizeof(*report));
	text = read_file(path, 0, &size);
	if (text)
		json = report_read_parse(path, text, size, err);
	else
		err_set(err, NOT_READ,
			"cannot read report '%s': %s; 'ftrace test --report' "
			"writes one",
			path, strerror(errno));
	if (json)
		read_report(&reader, json, report);
	cJSON_Delete(json);
	free(text);
	return json && !reader.failed ? 0 : NOT_READ;
}
