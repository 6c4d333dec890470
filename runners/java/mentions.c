/* SPDX-License-Identifier: MIT */
/*
 * A class can reach another one by its name alone, and all names are texts in
 * its pool of constants: what it was compiled against, what annotations and
 * signatures say, and literals that it may load a class by. What the compiler
 * has copied is not there: the values of constant fields. But who has copied
 * one has the field's name in the source.
 */
#include "runners/java/mentions.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/read_file.h"

/* Longer names are no class's. */
#define NAME_MAX_SIZE 512

/* Who mentions, and in what. */
struct java_mentioner {
	struct java_parts *parts;
	size_t part;
	const char *source; /* its text, or NULL */
	bool resource;
	struct interner *foreign; /* who met which: said once */
};

static bool java_mentions_is_letter(char byte)
{
	return isalnum((unsigned char)byte) || byte == '_' || byte == '$' ||
	       (unsigned char)byte >= 0x80;
}

static bool java_mentions_all(
	const struct java_mentioner *by, const struct java_places *places)
{
	for (size_t i = 0; places && i < places->count; i++)
		java_parts_link(by->parts, by->part, places->list[i]);
	return places && places->count;
}

/* A class, or what comes behind its name. */
static bool java_mentions_named(
	const struct java_mentioner *by, const char *name, size_t size)
{
	for (;;) {
		if (java_mentions_all(
			    by, java_index_find(&by->parts->named, name, size)))
			return true;
		while (size && name[size - 1] != '/' && name[size - 1] != '$')
			size--;
		if (!size)
			return false;
		size--;
	}
}

static bool java_mentions_first(
	const struct java_mentioner *by, const char *name, size_t size)
{
	size_t before = by->foreign->count;
	char *key = xasprintf("%zu %.*s", by->part, (int)size, name);

	intern(by->foreign, key, strlen(key));
	free(key);
	return by->foreign->count > before;
}

/* That a file would be met there, if it came to be. */
static void java_mentions_absent(const struct java_mentioner *by,
	const char *near, const char *name, size_t size)
{
	const char *slash = strrchr(near, '/');
	char *path = xasprintf(
		"%.*s/%.*s.java", (int)(slash - near), near, (int)size, name);

	if (java_mentions_first(by, path, strlen(path)) &&
		access(path, F_OK) < 0)
		words_add_copy(&by->parts->tests->parts[by->part].files, path);
	free(path);
}

/* Whether the source says by itself which class it means. */
static bool java_mentions_imports(
	const struct java_mentioner *by, const char *name, size_t size)
{
	char *import = xasprintf(".%.*s;", (int)size, name);
	bool yes = strstr(by->source, import) != NULL;

	free(import);
	return yes;
}

/*
 * A class of nobody here, "java/lang/Record": one of this name beside the
 * source would be taken instead; and one of this project may be missing.
 */
static void java_mentions_foreign(
	const struct java_mentioner *by, const char *name, size_t size)
{
	struct java_parts *parts = by->parts;
	const char *slash = memrchr(name, '/', size);
	const char *own = java_parts_source(parts, by->part), *near, *dollar;
	const struct java_places *places;
	size_t package;

	if (!slash || !own || !by->source)
		return;
	package = (size_t)(slash - name);
	dollar = memchr(slash, '$', size - package);
	if (dollar)
		size = (size_t)(dollar - name);
	if (size <= package + 1 || !java_mentions_first(by, name, size))
		return;
	if (isupper((unsigned char)slash[1]) &&
		!java_mentions_imports(by, slash + 1, size - package - 1))
		java_mentions_absent(by, own, slash + 1, size - package - 1);
	places = java_index_find(&parts->packages, name, package);
	for (size_t i = 0; places && i < places->count; i++) {
		near = java_parts_source(parts, places->list[i]);
		if (near)
			java_mentions_absent(
				by, near, slash + 1, size - package - 1);
	}
}

/* In literals, names may be put together: "Handler", "impl.Handler". */
static void java_mentions_simple(
	const struct java_mentioner *by, const char *text, size_t size)
{
	while (size) {
		const char *dot = memchr(text, '/', size);
		size_t n = dot ? (size_t)(dot - text) : size;

		java_mentions_all(
			by, java_index_find(&by->parts->simple, text, n));
		text += n;
		size -= n;
		if (size) {
			text++;
			size--;
		}
	}
}

/* A name, perhaps with folders or packages before it. */
static void java_mentions_name(
	const struct java_mentioner *by, const char *text, size_t size)
{
	char name[NAME_MAX_SIZE];
	bool slashes = memchr(text, '/', size) != NULL;
	bool found;

	if (size > sizeof(name))
		return;
	for (size_t i = 0; i < size; i++)
		name[i] = text[i] == '.' ? '/' : text[i];
	found = java_mentions_named(by, name, size);
	/* As descriptors have it: "La/b/Outer;". */
	if (*name == 'L')
		found |= java_mentions_named(by, name + 1, size - 1);
	if (found || by->resource)
		return;
	if (!slashes)
		java_mentions_simple(by, name, size);
	java_mentions_foreign(by, name, size);
	if (*name == 'L')
		java_mentions_foreign(by, name + 1, size - 1);
}

static void java_mentions_in(
	const struct java_mentioner *by, const char *bytes, size_t size)
{
	size_t begin = 0;

	for (size_t i = 0; i <= size; i++) {
		if (i < size && (java_mentions_is_letter(bytes[i]) ||
					bytes[i] == '.' || bytes[i] == '/'))
			continue;
		if (i > begin)
			java_mentions_name(by, bytes + begin, i - begin);
		begin = i + 1;
	}
}

/* Words of a source that are names of constant fields. */
static void java_mentions_constants(
	const struct java_mentioner *by, const char *text, size_t size)
{
	size_t begin = 0;

	for (size_t i = 0; i <= size; i++) {
		if (i < size && java_mentions_is_letter(text[i]))
			continue;
		if (i > begin)
			java_mentions_all(
				by, java_index_find(&by->parts->constants,
					    text + begin, i - begin));
		begin = i + 1;
	}
}

/* One that other code is woven into, or that any code is woven into. */
static bool java_mentions_weaving(const struct class_file *file)
{
	static const char aspects[] = "org/aspectj/lang/annotation/Aspect";
	static const char weaver[] = "org.aspectj.weaver";

	for (size_t i = 0; i < file->text_count; i++)
		if (file->texts[i].size &&
			(memmem(file->texts[i].bytes, file->texts[i].size,
				 aspects, sizeof(aspects) - 1) ||
				memmem(file->texts[i].bytes,
					file->texts[i].size, weaver,
					sizeof(weaver) - 1)))
			return true;
	return false;
}

/*
 * What may reach anything: it loads classes by names that it makes, was
 * compiled in a way that copies more than constants, or made by the build.
 */
static bool java_mentions_anything(const struct java_parts *parts,
	const struct java_class *class, size_t i)
{
	size_t source = parts->list[class->parts.list[i] - parts->first].source;

	return !source || class->file.loads_by_name ||
	       parts->sources.list[source - 1].generated ||
	       parts->sources.list[source - 1].other;
}

static void java_mentions_of_class(struct java_parts *parts,
	const struct java_class *class, size_t i, struct interner *foreign)
{
	struct java_mentioner by = {.parts = parts,
		.part = class->parts.list[i],
		.foreign = foreign};
	const char *path = java_parts_source(parts, by.part);
	size_t size;
	char *text = path ? read_file(path, 0, &size) : NULL;

	by.source = text;
	for (size_t k = 0; k < class->file.text_count; k++)
		if (class->file.texts[k].size)
			java_mentions_in(&by, class->file.texts[k].bytes,
				class->file.texts[k].size);
	if (text)
		java_mentions_constants(&by, text, size);
	if (java_mentions_anything(parts, class, i))
		java_parts_link(parts, by.part,
			parts->list[by.part - parts->first].test ? parts->all
								 : parts->main);
	free(text);
}

static void java_mentions_of_resources(struct java_parts *parts)
{
	const struct words *files =
		&parts->tests->parts[parts->resources].files;
	struct java_mentioner by = {
		.parts = parts, .part = parts->resources, .resource = true};

	for (size_t i = 0; i < files->count; i++) {
		size_t size;
		char *text = read_file(files->list[i], 0, &size);

		if (text)
			java_mentions_in(&by, text, size);
		free(text);
	}
}

/*
 * What nothing but tests mentions may be for a framework to find, by the name
 * of another class: CarMapperImpl, for CarMapper.
 */
static void java_mentions_companions(
	struct java_parts *parts, const struct java_class *class, size_t i)
{
	struct java_mentioner by = {.parts = parts};
	size_t part = class->parts.list[i];
	const struct java_part *its = &parts->list[part - parts->first];
	struct class_text name = class->file.name;
	size_t package = strlen(its->package) + (*its->package != '\0');

	if (its->test || its->used)
		return;
	for (size_t n = package + 1; n < name.size; n++) {
		const struct java_places *places =
			java_index_find(&parts->named, name.bytes, n);

		for (size_t k = 0; places && k < places->count; k++) {
			by.part = places->list[k];
			if (!parts->list[by.part - parts->first].test)
				java_parts_link(parts, by.part, part);
		}
	}
}

static void java_mentions_group(struct java_parts *parts, size_t i)
{
	const struct java_part *part = &parts->list[i];

	if (!part->source && !*part->package)
		return;
	java_parts_link(parts, parts->all, parts->first + i);
	if (!part->test)
		java_parts_link(parts, parts->main, parts->first + i);
}

void java_mentions_link(struct java_parts *parts)
{
	struct interner foreign = {0};
	bool woven = false;

	for (size_t i = 0; i < parts->class_count; i++)
		woven |= java_mentions_weaving(&parts->classes[i].file);
	for (size_t i = 0; i < parts->count; i++)
		java_mentions_group(parts, i);
	for (size_t i = 0; i < parts->class_count; i++)
		for (size_t k = 0; k < parts->classes[i].parts.count; k++) {
			java_mentions_of_class(
				parts, &parts->classes[i], k, &foreign);
			if (woven)
				java_parts_link(parts,
					parts->classes[i].parts.list[k],
					parts->all);
		}
	interner_release(&foreign);
	java_mentions_of_resources(parts);
	for (size_t i = 0; i < parts->class_count; i++)
		for (size_t k = 0; k < parts->classes[i].parts.count; k++)
			java_mentions_companions(parts, &parts->classes[i], k);
}
