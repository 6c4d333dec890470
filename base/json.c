/* SPDX-License-Identifier: MIT */
#include "base/json.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* Unicode, table 3-7. */
size_t utf8_length(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	unsigned low = 0x80, high = 0xbf;
	size_t n;

	if (s[0] < 0x80)
		return 1;
	if (s[0] >= 0xc2 && s[0] <= 0xdf)
		n = 2;
	else if ((s[0] & 0xf0) == 0xe0)
		n = 3;
	else if (s[0] >= 0xf0 && s[0] <= 0xf4)
		n = 4;
	else
		return 0;
	if (s[0] == 0xe0)
		low = 0xa0;
	else if (s[0] == 0xed)
		high = 0x9f;
	else if (s[0] == 0xf0)
		low = 0x90;
	else if (s[0] == 0xf4)
		high = 0x8f;
	if (s[1] < low || s[1] > high)
		return 0;
	for (size_t i = 2; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

/* cJSON's own form of a piece of valid text, quotes left out. */
static char *json_append(char *to, const char *text, size_t size)
{
	char *piece = xmemdup(text, size);
	cJSON *string = cJSON_CreateString(piece);
	char *printed = cJSON_PrintUnformatted(string);
	size_t n = strlen(printed) - 2;

	memcpy(to, printed + 1, n);
	free(printed);
	cJSON_Delete(string);
	free(piece);
	return to + n;
}

cJSON *json_bytes(const char *bytes)
{
	const char *s = bytes, *from = bytes;
	cJSON *json;
	char *raw, *to;
	size_t n;

	while (*s && (n = utf8_length(s)))
		s += n;
	if (!*s)
		return cJSON_CreateString(bytes);
	/* Every byte is six characters at most: \u00XX or \udcXX. */
	raw = to = xcalloc(strlen(bytes) * 6 + 3, 1);
	*to++ = '"';
	for (s = from; *s;) {
		n = utf8_length(s);
		if (n) {
			s += n;
			continue;
		}
		to = json_append(to, from, (size_t)(s - from));
		to += sprintf(to, "\\udc%02x", (unsigned char)*s);
		from = ++s;
	}
	to = json_append(to, from, (size_t)(s - from));
	*to++ = '"';
	*to = '\0';
	json = cJSON_CreateRaw(raw);
	free(raw);
	return json;
}

/* The code unit of the escape \uXXXX at the text, or -1. */
static int escaped_unit(const char *text, size_t left)
{
	char digits[5] = "";

	if (left < 6 || text[0] != '\\' || text[1] != 'u')
		return -1;
	memcpy(digits, text + 2, 4);
	for (size_t i = 0; i < 4; i++)
		if (!isxdigit((unsigned char)digits[i]))
			return -1;
	return (int)strtol(digits, NULL, 16);
}

size_t json_restore_bytes(char *text, size_t size)
{
	size_t to = 0;

	for (size_t from = 0; from < size;) {
		int unit = escaped_unit(text + from, size - from);
		size_t n = 1;

		if (unit >= 0xdc80 && unit <= 0xdcff) {
			text[to++] = (char)(unit - 0xdc00);
			from += 6;
			continue;
		}
		/* The second half of a pair is no byte. */
		if (unit >= 0xd800 && unit < 0xdc00 &&
			escaped_unit(text + from + 6, size - from - 6) >= 0)
			n = 12;
		else if (text[from] == '\\' && from + 1 < size)
			n = 2;
		memmove(text + to, text + from, n);
		to += n;
		from += n;
	}
	return to;
}

const char *json_member_text(const cJSON *object, const char *name)
{
	const cJSON *text = cJSON_GetObjectItemCaseSensitive(object, name);

	return cJSON_IsString(text) ? text->valuestring : NULL;
}

bool json_member_is_true(const cJSON *object, const char *name)
{
	return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, name));
}
