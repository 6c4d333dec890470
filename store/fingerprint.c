/* SPDX-License-Identifier: MIT */
#include "store/fingerprint.h"

#include <errno.h>
#include <gnu/libc-version.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/json.h"
#include "base/read_file.h"
#include "languages/interpreter.h"
#include "languages/language.h"
#include "map/map.h"
#include "map/print.h"
#include "map/source.h"
#include "runners/adapter.h"

/* No lock file is as big. */
#define LOCK_MAX ((size_t)64 << 20)

/* A header from outside has no more of them, and no longer ones. */
#define PARTS_MAX 100
#define VALUE_MAX 256

#define PRINT_MEMBER "print"

static void fingerprint_add(
	struct fingerprint *fingerprint, const char *name, const char *value)
{
	struct fingerprint_part *part =
		array_add(&fingerprint->parts, &fingerprint->count,
			&fingerprint->room, sizeof(*fingerprint->parts));

	part->name = xstrdup(name);
	part->value = xstrdup(value);
}

static void fingerprint_hex(char *text, const void *bytes, size_t size)
{
	struct print print = print_bytes(bytes, size, 0);

	for (size_t i = 0; i < (FINGERPRINT_SIZE - 1) / 2; i++)
		sprintf(text + 2 * i, "%02x", print.bytes[i]);
}

/* Over all parts, each with a line break behind it, as none has one in it. */
static void fingerprint_finish(struct fingerprint *fingerprint)
{
	char *text = xstrdup(""), *longer;

	for (size_t i = 0; i < fingerprint->count; i++) {
		longer =
			xasprintf("%s%s=%s\n", text, fingerprint->parts[i].name,
				fingerprint->parts[i].value);
		free(text);
		text = longer;
	}
	fingerprint_hex(fingerprint->print, text, strlen(text));
	free(text);
}

/* NULL: it has no such part. */
static const char *fingerprint_value(
	const struct fingerprint *fingerprint, const char *name)
{
	for (size_t i = 0; i < fingerprint->count; i++)
		if (!strcmp(fingerprint->parts[i].name, name))
			return fingerprint->parts[i].value;
	return NULL;
}

static void fingerprint_lock(
	struct fingerprint *fingerprint, const char *root, const char *name)
{
	char *path = xasprintf("%s/%s", root, name);
	char hex[FINGERPRINT_SIZE];
	size_t size;
	char *bytes = read_file(path, LOCK_MAX, &size);

	/* Several runners have the same ones. */
	if (bytes && !fingerprint_value(fingerprint, name)) {
		fingerprint_hex(hex, bytes, size);
		fingerprint_add(fingerprint, name, hex);
	}
	free(bytes);
	free(path);
}

static void fingerprint_locks(struct fingerprint *fingerprint, const char *root)
{
	for (size_t i = 0; language_at(i); i++)
		for (const char *const *lock = language_at(i)->locks;
			lock && *lock; lock++)
			fingerprint_lock(fingerprint, root, *lock);
	for (size_t i = 0; adapter_at(i); i++)
		for (const char *const *lock = adapter_at(i)->locks;
			lock && *lock; lock++)
			fingerprint_lock(fingerprint, root, *lock);
}

static bool fingerprint_is_project_of(
	const struct language *language, const char *root)
{
	for (const char *const *mark = language->map->marks; mark && *mark;
		mark++) {
		char *path = xasprintf("%s/%s", root, *mark);
		bool there = access(path, F_OK) == 0;

		free(path);
		if (there)
			return true;
	}
	return false;
}

/* Whose project it is by its files: with a map as without. */
static const struct language *fingerprint_language(const char *root)
{
	for (size_t i = 0; language_at(i); i++)
		if (fingerprint_is_project_of(language_at(i), root))
			return language_at(i);
	return NULL;
}

/* Which the map names, or else the one that would be taken here. */
static char *fingerprint_tag(const char *root)
{
	const struct language *language = fingerprint_language(root);
	char *tag = NULL;
	struct map map;
	struct err err;

	if (!language)
		return xstrdup("none");
	if (map_open(&map, root, MAP_QUERY, &err) == 0) {
		source_interpreter(&map, &tag, &err);
		map_close(&map);
	}
	if (!tag)
		tag = interpreter_here(language);
	if (!tag)
		return xstrdup("none");
	/* What stands behind it is which of our own rules took it apart. */
	tag[strcspn(tag, "+")] = '\0';
	return tag;
}

void fingerprint_take(
	struct fingerprint *fingerprint, const char *root, const char *below)
{
	char *tag = fingerprint_tag(root), *libc;
	struct utsname system;

	memset(fingerprint, 0, sizeof(*fingerprint));
	uname(&system);
	libc = xasprintf("glibc %s", gnu_get_libc_version());
	fingerprint_add(fingerprint, "ftrace", FTRACE_VERSION);
	fingerprint_add(fingerprint, "system", system.sysname);
	fingerprint_add(fingerprint, "machine", system.machine);
	fingerprint_add(fingerprint, "libc", libc);
	fingerprint_add(fingerprint, "interpreter", tag);
	fingerprint_add(fingerprint, "project", *below ? below : ".");
	fingerprint_locks(fingerprint, root);
	fingerprint_finish(fingerprint);
	free(libc);
	free(tag);
}

cJSON *fingerprint_json(const struct fingerprint *fingerprint)
{
	cJSON *json = cJSON_CreateObject();

	cJSON_AddStringToObject(json, PRINT_MEMBER, fingerprint->print);
	for (size_t i = 0; i < fingerprint->count; i++)
		cJSON_AddItemToObject(json, fingerprint->parts[i].name,
			json_bytes(fingerprint->parts[i].value));
	return json;
}

static bool fingerprint_is_text(const char *text)
{
	size_t n = 0;

	for (; text && text[n] && n < VALUE_MAX; n++)
		if ((unsigned char)text[n] < ' ' || text[n] == 127)
			return false;
	return text && n && n < VALUE_MAX;
}

int fingerprint_parse(struct fingerprint *fingerprint, const cJSON *json)
{
	const cJSON *member;

	memset(fingerprint, 0, sizeof(*fingerprint));
	if (!cJSON_IsObject(json))
		return -EINVAL;
	cJSON_ArrayForEach(member, json)
	{
		if (!strcmp(member->string, PRINT_MEMBER))
			continue;
		if (fingerprint->count == PARTS_MAX ||
			!cJSON_IsString(member) ||
			!fingerprint_is_text(member->string) ||
			!fingerprint_is_text(member->valuestring))
			return -EINVAL;
		fingerprint_add(
			fingerprint, member->string, member->valuestring);
	}
	fingerprint_finish(fingerprint);
	return 0;
}

static void fingerprint_tell(
	char **text, const char *name, const char *here, const char *there)
{
	char *longer = xasprintf("%s%s%s: %s here, %s there",
		*text ? *text : "", *text ? "; " : "", name,
		here ? here : "none", there ? there : "none");

	free(*text);
	*text = longer;
}

char *fingerprint_difference(
	const struct fingerprint *here, const struct fingerprint *there)
{
	char *text = NULL;

	for (size_t i = 0; i < here->count; i++) {
		const struct fingerprint_part *part = &here->parts[i];
		const char *value = fingerprint_value(there, part->name);

		if (!value || strcmp(value, part->value) != 0)
			fingerprint_tell(&text, part->name, part->value, value);
	}
	for (size_t i = 0; i < there->count; i++) {
		const struct fingerprint_part *part = &there->parts[i];

		if (!fingerprint_value(here, part->name))
			fingerprint_tell(&text, part->name, NULL, part->value);
	}
	return text;
}

void fingerprint_release(struct fingerprint *fingerprint)
{
	for (size_t i = 0; i < fingerprint->count; i++) {
		free(fingerprint->parts[i].name);
		free(fingerprint->parts[i].value);
	}
	free(fingerprint->parts);
	memset(fingerprint, 0, sizeof(*fingerprint));
}
