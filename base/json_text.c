/* SPDX-License-Identifier: MIT */
#include "base/json_text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* Instead of a place, after an error. */
#define NOWHERE SIZE_MAX

/* A byte of a character that has begun before it. */
static bool continues(char byte)
{
	return (byte & 0xc0) == 0x80;
}

int json_text_error(struct err *err, const struct json_text *text, size_t at,
	const char *format, ...)
{
	size_t line = 1, column = 1;
	char what[sizeof(err->text) / 2];
	va_list args;

	/* Characters, as editors count them, and not bytes. */
	for (size_t i = 0; i < at && i < text->size; i++) {
		if (text->bytes[i] == '\n') {
			line++;
			column = 1;
		} else if (text->bytes[i] != '\r' &&
			   !continues(text->bytes[i])) {
			column++;
		}
	}
	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	return err_set(
		err, -EINVAL, "%s:%zu:%zu: %s", text->name, line, column, what);
}

/* The end of the string whose quote is at i. */
static size_t string_end(
	const struct json_text *text, size_t i, struct err *err)
{
	size_t from = i;

	for (i++; i < text->size && text->bytes[i] != '"'; i++) {
		/* cJSON lets these pass, and cuts texts at the second. */
		if ((unsigned char)text->bytes[i] < ' ') {
			json_text_error(err, text, i,
				"a line break or control character in a text");
			return NOWHERE;
		}
		if (text->bytes[i] != '\\')
			continue;
		if (!strncmp(text->bytes + i, "\\u0000", 6)) {
			json_text_error(
				err, text, i, "a zero character in a text");
			return NOWHERE;
		}
		i++;
	}
	if (i < text->size)
		return i + 1;
	json_text_error(err, text, from, "a text without an end");
	return NOWHERE;
}

/* The end of the comment at i, i itself where there is none. */
static size_t comment_end(
	const struct json_text *text, size_t i, struct err *err)
{
	const char *at = text->bytes + i, *end;

	if (*at != '/' || (at[1] != '/' && at[1] != '*'))
		return i;
	end = at[1] == '/' ? strchr(at, '\n') : strstr(at + 2, "*/");
	if (!end && at[1] == '/')
		return text->size;
	if (!end) {
		json_text_error(err, text, i, "a comment without an end");
		return NOWHERE;
	}
	return (size_t)(end - text->bytes) + (at[1] == '/' ? 0 : 2);
}

static int blank_comments(struct json_text *text, struct err *err)
{
	for (size_t i = 0, end; i < text->size; i = end) {
		end = text->bytes[i] == '"' ? string_end(text, i, err)
					    : comment_end(text, i, err);
		if (end == NOWHERE)
			return -EINVAL;
		if (text->bytes[i] == '"')
			continue;
		/* Lines stay lines, and columns columns: '\r' is none. */
		for (size_t k = i; k < end; k++)
			if (text->bytes[k] != '\n')
				text->bytes[k] =
					continues(text->bytes[k]) ? '\r' : ' ';
		if (end == i)
			end++;
	}
	return 0;
}

static size_t skip_blanks(const struct json_text *text, size_t i)
{
	while (i < text->size && strchr(" \t\r\n", text->bytes[i]))
		i++;
	return i;
}

/* Parses the value at *at, which goes on to where it ends. */
static cJSON *json_text_parse(const struct json_text *text, size_t *at)
{
	const char *end = text->bytes + *at;
	cJSON *value = cJSON_ParseWithLengthOpts(
		text->bytes + *at, text->size - *at, &end, false);

	*at = (size_t)(end - text->bytes);
	return value;
}

int json_text_init(struct json_text *text, const char *name, const char *bytes,
	size_t size, struct err *err)
{
	static const char mark[] = "\xef\xbb\xbf"; /* a BOM is no text */
	const char *zero = memchr(bytes, '\0', size);
	size_t at;
	cJSON *value;

	text->name = name;
	text->bytes = xmemdup(bytes, size);
	text->size = size;
	if (zero)
		return json_text_error(
			err, text, (size_t)(zero - bytes), "a zero character");
	if (size >= 3 && !memcmp(bytes, mark, 3))
		memset(text->bytes, ' ', 3);
	if (blank_comments(text, err) < 0)
		return -EINVAL;
	at = json_text_top(text);
	if (at == text->size)
		return json_text_error(err, text, at, "there is nothing in it");
	value = json_text_parse(text, &at);
	if (!value)
		return json_text_error(err, text, at, "not JSON from here on");
	cJSON_Delete(value);
	at = skip_blanks(text, at);
	if (at < text->size)
		return json_text_error(
			err, text, at, "something follows the end");
	return 0;
}

void json_text_release(struct json_text *text)
{
	free(text->bytes);
	memset(text, 0, sizeof(*text));
}

size_t json_text_top(const struct json_text *text)
{
	return skip_blanks(text, 0);
}

void json_text_items(
	struct json_items *items, const struct json_text *text, size_t at)
{
	bool object = at < text->size && text->bytes[at] == '{';
	cJSON *key;

	memset(items, 0, sizeof(*items));
	if (!object && (at >= text->size || text->bytes[at] != '['))
		return;
	/* It has been parsed as a whole: what is expected is there. */
	at = skip_blanks(text, at + 1);
	while (at < text->size && text->bytes[at] != '}' &&
		text->bytes[at] != ']') {
		struct json_item *item = array_add(&items->list, &items->count,
			&items->room, sizeof(*item));

		item->key_at = at;
		if (object) {
			key = json_text_parse(text, &at);
			item->key = xstrdup(
				cJSON_IsString(key) ? key->valuestring : "");
			cJSON_Delete(key);
			at = skip_blanks(text, skip_blanks(text, at) + 1);
		}
		item->at = at;
		item->value = json_text_parse(text, &at);
		at = skip_blanks(text, at);
		if (at < text->size && text->bytes[at] == ',')
			at = skip_blanks(text, at + 1);
	}
}

void json_items_release(struct json_items *items)
{
	for (size_t i = 0; i < items->count; i++) {
		free(items->list[i].key);
		cJSON_Delete(items->list[i].value);
	}
	free(items->list);
	memset(items, 0, sizeof(*items));
}
