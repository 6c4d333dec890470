/* SPDX-License-Identifier: MIT */
#include "config/config_read.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

#define NAME_MAX_SIZE 100

int config_read_once(
	struct config_reader *reader, const struct json_items *items, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (!strcmp(items->list[k].key, items->list[i].key))
			return json_text_error(reader->err, &reader->text,
				items->list[i].key_at, "'%s' stands here twice",
				items->list[i].key);
	return 0;
}

static int unknown_key(struct config_reader *reader,
	const struct json_item *item, const char *what,
	const struct config_key *keys)
{
	char known[256];
	size_t n = 0;

	for (size_t i = 0; keys[i].name; i++)
		n += (size_t)snprintf(known + n, sizeof(known) - n, "%s'%s'",
			i ? ", " : "", keys[i].name);
	return json_text_error(reader->err, &reader->text, item->key_at,
		"unknown key '%s' %s; there are %s", item->key, what, known);
}

static int read_member(struct config_reader *reader,
	const struct json_items *items, size_t i, const char *what,
	const struct config_key *keys, void *to)
{
	const struct json_item *item = &items->list[i];

	if (config_read_once(reader, items, i) < 0)
		return -EINVAL;
	for (size_t k = 0; keys[k].name; k++)
		if (!strcmp(keys[k].name, item->key))
			return keys[k].read(reader, item, to);
	return unknown_key(reader, item, what, keys);
}

int config_read_object(struct config_reader *reader,
	const struct json_item *item, const char *what,
	const struct config_key *keys, void *to)
{
	struct json_items items;
	int code = 0;

	if (!cJSON_IsObject(item->value))
		return json_text_error(reader->err, &reader->text, item->at,
			"an object is expected %s", what);
	json_text_items(&items, &reader->text, item->at);
	for (size_t i = 0; code == 0 && i < items.count; i++)
		code = read_member(reader, &items, i, what, keys, to);
	json_items_release(&items);
	return code;
}

static const char *shown_key(const struct json_item *item)
{
	return item->key ? item->key : "an element";
}

int config_read_text(
	struct config_reader *reader, const struct json_item *item, char **to)
{
	if (!cJSON_IsString(item->value))
		return json_text_error(reader->err, &reader->text, item->at,
			"'%s' has to be a text", shown_key(item));
	if (!*item->value->valuestring)
		return json_text_error(reader->err, &reader->text, item->at,
			"'%s' is empty", shown_key(item));
	*to = xstrdup(item->value->valuestring);
	return 0;
}

static int read_element(struct config_reader *reader,
	const struct json_item *array, const struct json_item *item,
	int (*check)(struct config_reader *reader, const struct json_item *item,
		const char *text),
	struct config_texts *to)
{
	struct json_item named = *item;
	char *text = NULL;
	int code;

	named.key = array->key;
	code = config_read_text(reader, &named, &text);
	if (code < 0)
		return code;
	*(char **)array_add(&to->items, &to->count, &to->room, sizeof(text)) =
		text;
	return check ? check(reader, item, text) : 0;
}

int config_read_texts(struct config_reader *reader,
	const struct json_item *item, size_t least,
	int (*check)(struct config_reader *reader, const struct json_item *item,
		const char *text),
	struct config_texts *to)
{
	struct json_items items;
	int code = 0;

	if (!cJSON_IsArray(item->value))
		return json_text_error(reader->err, &reader->text, item->at,
			"'%s' has to be an array of texts", item->key);
	json_text_items(&items, &reader->text, item->at);
	if (items.count < least)
		code = json_text_error(reader->err, &reader->text, item->at,
			"'%s' is empty", item->key);
	for (size_t i = 0; code == 0 && i < items.count; i++)
		code = read_element(reader, item, &items.list[i], check, to);
	json_items_release(&items);
	return code;
}

static bool leads_out(const char *path)
{
	if (*path == '/')
		return true;
	for (; *path; path += strcspn(path, "/"), path += *path == '/')
		if (!strncmp(path, "..", 2) && (!path[2] || path[2] == '/'))
			return true;
	return false;
}

bool config_path_is_below(const char *path)
{
	for (;;) {
		size_t n = strcspn(path, "/");

		if (!n || (n == 1 && *path == '.') ||
			(n == 2 && !memcmp(path, "..", 2)))
			return false;
		if (!path[n])
			return true;
		path += n + 1;
	}
}

int config_read_path(
	struct config_reader *reader, const struct json_item *item, char **to)
{
	int code = config_read_text(reader, item, to);

	if (code < 0 || !leads_out(*to))
		return code;
	return json_text_error(reader->err, &reader->text, item->at,
		"'%s' has to be a path below the project's root, not '%s'",
		item->key, *to);
}

int config_read_name(struct config_reader *reader, size_t at, const char *what,
	const char *name)
{
	static const char first[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz0123456789_";
	size_t n = strspn(name, first);

	while (n && name[n] &&
		(strchr(".:/+-", name[n]) || strchr(first, name[n])))
		n++;
	if (n > NAME_MAX_SIZE)
		return json_text_error(reader->err, &reader->text, at,
			"a name of a %s has at most %d characters", what,
			NAME_MAX_SIZE);
	if (n && !name[n])
		return 0;
	return json_text_error(reader->err, &reader->text, at,
		"'%s' is no name of a %s: letters, digits and '_', then also "
		"any of '.:/+-'",
		name, what);
}
