/* SPDX-License-Identifier: MIT */
#include "runners/java/class_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define MAGIC 0xcafebabeu
#define FLAG_PRIVATE 0x0002u

/* Kinds of constants. */
enum pool_tag {
	TAG_TEXT = 1,
	TAG_INTEGER = 3,
	TAG_FLOAT = 4,
	TAG_LONG = 5,
	TAG_DOUBLE = 6,
	TAG_CLASS = 7,
	TAG_STRING = 8,
	TAG_FIELD = 9,
	TAG_METHOD = 10,
	TAG_INTERFACE_METHOD = 11,
	TAG_NAME_AND_TYPE = 12,
	TAG_METHOD_HANDLE = 15,
	TAG_METHOD_TYPE = 16,
	TAG_DYNAMIC = 17,
	TAG_INVOKE_DYNAMIC = 18,
	TAG_MODULE = 19,
	TAG_PACKAGE = 20,
};

/* One constant: its kind, and the places of others that it consists of. */
struct pool_entry {
	uint8_t tag;
	uint16_t first, second;
};

struct class_reader {
	struct class_file *file;
	const unsigned char *at, *end;
	struct pool_entry *pool;
	bool broken;
};

static const unsigned char *class_take(struct class_reader *reader, size_t size)
{
	const unsigned char *at = reader->at;

	if (reader->broken || (size_t)(reader->end - at) < size) {
		reader->broken = true;
		return NULL;
	}
	reader->at += size;
	return at;
}

static uint32_t class_number(struct class_reader *reader, size_t size)
{
	const unsigned char *at = class_take(reader, size);
	uint32_t number = 0;

	for (size_t i = 0; at && i < size; i++)
		number = number << 8 | at[i];
	return number;
}

static struct class_text class_text_at(
	const struct class_reader *reader, uint32_t place)
{
	return place < reader->file->text_count ? reader->file->texts[place]
						: (struct class_text){"", 0};
}

static bool class_text_is(struct class_text text, const char *word)
{
	return text.size == strlen(word) &&
	       !memcmp(text.bytes, word, text.size);
}

/* How many places it takes. */
static size_t class_read_constant(struct class_reader *reader, size_t place)
{
	struct pool_entry *entry = &reader->pool[place];
	struct class_text *text = &reader->file->texts[place];

	entry->tag = (uint8_t)class_number(reader, 1);
	switch (entry->tag) {
	case TAG_TEXT:
		text->size = class_number(reader, 2);
		text->bytes = (const char *)class_take(reader, text->size);
		return 1;
	case TAG_INTEGER:
	case TAG_FLOAT:
		class_take(reader, 4);
		return 1;
	case TAG_LONG:
	case TAG_DOUBLE:
		class_take(reader, 8);
		return 2;
	case TAG_METHOD_HANDLE:
		class_take(reader, 3);
		return 1;
	case TAG_CLASS:
	case TAG_STRING:
	case TAG_METHOD_TYPE:
	case TAG_MODULE:
	case TAG_PACKAGE:
		entry->first = (uint16_t)class_number(reader, 2);
		return 1;
	case TAG_FIELD:
	case TAG_METHOD:
	case TAG_INTERFACE_METHOD:
	case TAG_NAME_AND_TYPE:
	case TAG_DYNAMIC:
	case TAG_INVOKE_DYNAMIC:
		entry->first = (uint16_t)class_number(reader, 2);
		entry->second = (uint16_t)class_number(reader, 2);
		return 1;
	default:
		reader->broken = true;
		return 1;
	}
}

static void class_read_pool(struct class_reader *reader)
{
	size_t count = class_number(reader, 2);

	reader->pool = xcalloc(count + 1, sizeof(*reader->pool));
	reader->file->texts = xcalloc(count + 1, sizeof(struct class_text));
	reader->file->text_count = count;
	for (size_t i = 1; i < count && !reader->broken;)
		i += class_read_constant(reader, i);
}

/* The name that a constant of a class, or of a member, has. */
static struct class_text class_name_at(
	const struct class_reader *reader, uint32_t place)
{
	return class_text_at(reader, place < reader->file->text_count
					     ? reader->pool[place].first
					     : 0);
}

/*
 * Calls by which a class of any name is loaded. What a library loads for its
 * callers it is told of, by a class or by a text.
 */
static bool class_loads_by(const struct class_reader *reader, size_t place)
{
	const struct pool_entry *entry = &reader->pool[place];
	struct class_text name = class_name_at(reader, entry->second);

	/* Charset has one, too. */
	if (class_text_is(name, "forName"))
		return class_text_is(
			class_name_at(reader, entry->first), "java/lang/Class");
	return class_text_is(name, "loadClass") ||
	       class_text_is(name, "findClass") ||
	       class_text_is(name, "defineClass");
}

/* The attributes of a field: has it a value that is known to the compiler? */
static bool class_read_constant_value(struct class_reader *reader)
{
	bool found = false;

	for (uint32_t n = class_number(reader, 2); n && !reader->broken; n--) {
		uint32_t name = class_number(reader, 2);

		class_take(reader, class_number(reader, 4));
		found |= class_text_is(
			class_text_at(reader, name), "ConstantValue");
	}
	return found && !reader->broken;
}

/* Private ones are for their own source alone. */
static void class_read_fields(struct class_reader *reader)
{
	struct class_file *file = reader->file;

	for (uint32_t n = class_number(reader, 2); n && !reader->broken; n--) {
		uint32_t flags = class_number(reader, 2);
		uint32_t name = class_number(reader, 2);

		class_number(reader, 2);
		if (class_read_constant_value(reader) &&
			!(flags & FLAG_PRIVATE))
			*(struct class_text *)array_add(&file->constants,
				&file->constant_count, &file->constant_room,
				sizeof(struct class_text)) =
				class_text_at(reader, name);
	}
}

static void class_skip_methods(struct class_reader *reader)
{
	for (uint32_t n = class_number(reader, 2); n && !reader->broken; n--) {
		class_take(reader, 6);
		class_read_constant_value(reader);
	}
}

static void class_read_attributes(struct class_reader *reader)
{
	for (uint32_t n = class_number(reader, 2); n && !reader->broken; n--) {
		uint32_t name = class_number(reader, 2);
		uint32_t size = class_number(reader, 4);

		if (size == 2 && class_text_is(class_text_at(reader, name),
					 "SourceFile"))
			reader->file->source =
				class_text_at(reader, class_number(reader, 2));
		else
			class_take(reader, size);
	}
}

bool class_file_read(
	struct class_file *file, const unsigned char *bytes, size_t size)
{
	struct class_reader reader = {
		.file = file, .at = bytes, .end = bytes + size};

	memset(file, 0, sizeof(*file));
	if (class_number(&reader, 4) != MAGIC)
		return false;
	class_number(&reader, 4); /* its version */
	class_read_pool(&reader);
	class_number(&reader, 2);
	file->name = class_name_at(&reader, class_number(&reader, 2));
	class_number(&reader, 2);
	class_take(&reader, 2 * (size_t)class_number(&reader, 2));
	class_read_fields(&reader);
	class_skip_methods(&reader);
	class_read_attributes(&reader);
	for (size_t i = 1; i < file->text_count && !reader.broken; i++)
		file->loads_by_name |=
			(reader.pool[i].tag == TAG_METHOD ||
				reader.pool[i].tag == TAG_INTERFACE_METHOD) &&
			class_loads_by(&reader, i);
	free(reader.pool);
	return !reader.broken && file->name.size;
}

void class_file_release(struct class_file *file)
{
	free(file->texts);
	free(file->constants);
	memset(file, 0, sizeof(*file));
}
