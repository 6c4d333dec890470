/* SPDX-License-Identifier: MIT */
/*
 * The checks of ftrace.json: one by one, and then what they say of each other.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "config/config_read.h"
#include "runners/adapter.h"

/* A year: more is a slip. */
#define TIMEOUT_MAX 31536000

const char *check_phase_name(enum check_phase phase)
{
	static const char *const names[PHASES] = {"fast", "mutating", "slow"};

	return names[phase];
}

const struct config_check *config_check_named(
	const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->count; i++)
		if (!strcmp(config->checks[i].name, name))
			return &config->checks[i];
	return NULL;
}

static void config_check_add_text(struct config_texts *texts, const char *text)
{
	*(char **)array_add(&texts->items, &texts->count, &texts->room,
		sizeof(*texts->items)) = xstrdup(text);
}

static int read_line(struct config_reader *reader, const struct json_item *item,
	struct config_check *check)
{
	const char *line = item->value->valuestring;

	if (!line[strspn(line, " \t\r\n\v\f")])
		return json_text_error(reader->err, &reader->text, item->at,
			"the command is empty");
	check->is_line = true;
	config_check_add_text(&check->argv, "sh");
	config_check_add_text(&check->argv, "-c");
	config_check_add_text(&check->argv, line);
	return 0;
}

static int config_check_read_words(struct config_reader *reader,
	const struct json_item *item, struct config_check *check)
{
	struct json_items items;
	int code = 0;

	json_text_items(&items, &reader->text, item->at);
	if (!items.count)
		code = json_text_error(reader->err, &reader->text, item->at,
			"the command is empty");
	for (size_t i = 0; code == 0 && i < items.count; i++) {
		const struct json_item *word = &items.list[i];

		if (!cJSON_IsString(word->value))
			code = json_text_error(reader->err, &reader->text,
				word->at, "'%s' has to be made of texts",
				item->key);
		else if (!i && !*word->value->valuestring)
			code = json_text_error(reader->err, &reader->text,
				word->at, "the command is empty");
		else
			config_check_add_text(
				&check->argv, word->value->valuestring);
	}
	json_items_release(&items);
	return code;
}

int config_read_command(
	struct config_reader *reader, const struct json_item *item, void *to)
{
	if (cJSON_IsString(item->value))
		return read_line(reader, item, to);
	if (cJSON_IsArray(item->value))
		return config_check_read_words(reader, item, to);
	return json_text_error(reader->err, &reader->text, item->at,
		"'%s' has to be a text, for the shell, or an array of words",
		item->key);
}

static int read_phase(
	struct config_reader *reader, const struct json_item *item, void *to)
{
	struct config_check *check = to;
	const char *text =
		cJSON_IsString(item->value) ? item->value->valuestring : "";

	for (int i = 0; i < PHASES; i++) {
		check->phase = (enum check_phase)i;
		if (!strcmp(check_phase_name(check->phase), text))
			return 0;
	}
	return json_text_error(reader->err, &reader->text, item->at,
		"a phase is \"fast\", \"mutating\" or \"slow\"");
}

static int check_profile(struct config_reader *reader,
	const struct json_item *item, const char *text)
{
	return config_read_name(reader, item->at, "profile", text);
}

static int read_profiles(
	struct config_reader *reader, const struct json_item *item, void *to)
{
	struct config_check *check = to;

	return config_read_texts(
		reader, item, 1, check_profile, &check->profiles);
}

static int read_runner(
	struct config_reader *reader, const struct json_item *item, void *to)
{
	struct config_check *check = to;
	int code = config_read_text(reader, item, &check->runner);

	if (code < 0 || !strcmp(check->runner, "none") ||
		adapter_named(check->runner))
		return code;
	return json_text_error(reader->err, &reader->text, item->at,
		"unknown runner '%s'; 'ftrace run -h' names them",
		check->runner);
}

static int read_after(
	struct config_reader *reader, const struct json_item *item, void *to)
{
	struct config_check *check = to;

	return config_read_texts(reader, item, 0, NULL, &check->after);
}

static int read_timeout(
	struct config_reader *reader, const struct json_item *item, void *to)
{
	struct config_check *check = to;

	if (cJSON_IsNumber(item->value) && item->value->valuedouble > 0 &&
		item->value->valuedouble <= TIMEOUT_MAX) {
		check->timeout = item->value->valuedouble;
		return 0;
	}
	return json_text_error(reader->err, &reader->text, item->at,
		"'timeout' is a number of seconds above 0, and up to %d",
		TIMEOUT_MAX);
}

static int read_directory(
	struct config_reader *reader, const struct json_item *item, void *to)
{
	struct config_check *check = to;

	free(check->directory);
	check->directory = NULL;
	return config_read_path(reader, item, &check->directory);
}

static const struct config_key keys[] = {{"command", config_read_command},
	{"phase", read_phase}, {"profiles", read_profiles},
	{"runner", read_runner}, {"after", read_after},
	{"timeout", read_timeout}, {"directory", read_directory}, {0}};

static int read_check(struct config_reader *reader,
	const struct json_items *items, size_t i, struct config *config)
{
	const struct json_item *item = &items->list[i];
	struct config_check *check;
	int code = config_read_once(reader, items, i);

	if (code == 0)
		code = config_read_name(
			reader, item->key_at, "check", item->key);
	if (code < 0)
		return code;
	check = array_add(
		&config->checks, &config->count, &config->room, sizeof(*check));
	check->name = xstrdup(item->key);
	check->phase = PHASE_SLOW;
	check->directory = xstrdup(".");
	check->at = item->key_at;
	code = config_read_object(reader, item, "in a check", keys, check);
	if (code == 0 && !check->argv.count)
		code = json_text_error(reader->err, &reader->text, item->key_at,
			"'%s' has no command", item->key);
	return code;
}

static int find_after(struct config_reader *reader,
	const struct config_check *check, const char *name)
{
	const struct config_check *before =
		config_check_named(reader->config, name);

	if (!before)
		return json_text_error(reader->err, &reader->text, check->at,
			"'%s' comes after '%s', and there is no such check",
			check->name, name);
	if (before->phase > check->phase)
		return json_text_error(reader->err, &reader->text, check->at,
			"'%s' of phase %s comes after '%s' of phase %s, which "
			"runs later",
			check->name, check_phase_name(check->phase), name,
			check_phase_name(before->phase));
	return 0;
}

struct circle {
	struct config_reader *reader;
	const struct config_check **path; /* each waits for the next */
	char *seen;                       /* 1: on the path, 2: done */
};

static int tell_circle(const struct circle *circle, size_t from, size_t depth)
{
	const struct config_check *first = circle->path[from];
	char *text = xstrdup(first->name), *longer;
	int code;

	for (size_t i = from + 1; i <= depth; i++) {
		longer = xasprintf("%s -> %s", text,
			i < depth ? circle->path[i]->name : first->name);
		free(text);
		text = longer;
	}
	code = json_text_error(circle->reader->err, &circle->reader->text,
		first->at, "checks that come after each other: %s", text);
	free(text);
	return code;
}

static int config_check_follow(
	struct circle *circle, const struct config_check *check, size_t depth)
{
	const struct config *config = circle->reader->config;
	char *seen = &circle->seen[check - config->checks];
	size_t from = 0;
	int code = 0;

	if (*seen == 2)
		return 0;
	if (*seen == 1) {
		while (circle->path[from] != check)
			from++;
		return tell_circle(circle, from, depth);
	}
	*seen = 1;
	circle->path[depth] = check;
	for (size_t i = 0; code == 0 && i < check->after.count; i++)
		code = config_check_follow(circle,
			config_check_named(config, check->after.items[i]),
			depth + 1);
	*seen = 2;
	return code;
}

static int find_circle(struct config_reader *reader)
{
	const struct config *config = reader->config;
	struct circle circle = {.reader = reader};
	int code = 0;

	circle.path = xcalloc(config->count + 1, sizeof(*circle.path));
	circle.seen = xcalloc(config->count + 1, 1);
	for (size_t i = 0; code == 0 && i < config->count; i++)
		code = config_check_follow(&circle, &config->checks[i], 0);
	free(circle.path);
	free(circle.seen);
	return code;
}

int config_read_checks(
	struct config_reader *reader, const struct json_item *item, void *to)
{
	struct config *config = to;
	struct json_items items;
	int code = 0;

	if (!cJSON_IsObject(item->value))
		return json_text_error(reader->err, &reader->text, item->at,
			"'checks' has to be an object of checks");
	json_text_items(&items, &reader->text, item->at);
	for (size_t i = 0; code == 0 && i < items.count; i++)
		code = read_check(reader, &items, i, config);
	json_items_release(&items);
	for (size_t i = 0; code == 0 && i < config->count; i++)
		for (size_t k = 0;
			code == 0 && k < config->checks[i].after.count; k++)
			code = find_after(reader, &config->checks[i],
				config->checks[i].after.items[k]);
	return code == 0 ? find_circle(reader) : code;
}
