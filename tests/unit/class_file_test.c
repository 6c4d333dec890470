/* SPDX-License-Identifier: MIT */
/* Class files: what they tell, and that damaged ones are told from them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "runners/java/class_file.h"

/* A class a/B of B.java with a constant, K, that calls NAME.forName(). */
static size_t class_make(unsigned char *to, const char *owner)
{
	static const unsigned char head[] = {
		0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 61, 0, 17};
	static const unsigned char rest[] = {7, 0, 1, /* 2: a/B */
		3, 0, 0, 0, 5,                        /* 3 */
		5, 0, 0, 0, 0, 0, 0, 0, 1,            /* 4, and 5 */
		7, 0, 11,                             /* 6: the owner */
		12, 0, 12, 0, 13,                     /* 7 */
		10, 0, 6, 0, 7,                       /* 8: its forName */
		15, 6, 0, 8,                          /* 9 */
		18, 0, 0, 0, 7};                      /* 10 */
	static const unsigned char end[] = {0, 0x21, 0, 2, 0, 2, 0, 0, /* a/B */
		0, 2, 0, 0x19, 0, 14, 0, 13, 0, 1, 0, 15, 0, 0, 0, 2, 0,
		3,                                                 /* K, */
		0, 2, 0, 12, 0, 13, 0, 1, 0, 15, 0, 0, 0, 2, 0, 3, /* own */
		0, 1, 0, 1, 0, 12, 0, 13, 0, 0,                    /* method */
		0, 1, 0, 16, 0, 0, 0, 2, 0, 1};
	const char *texts[] = {
		owner, "forName", "I", "K", "ConstantValue", "SourceFile"};
	unsigned char *at = to;

	memcpy(at, head, sizeof(head));
	at += sizeof(head);
	memcpy(at,
		"\x01\x00\x03"
		"a/B",
		6);
	at += 6;
	memcpy(at, rest, sizeof(rest));
	at += sizeof(rest);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		size_t n = strlen(texts[i]);

		*at++ = 1;
		*at++ = 0;
		*at++ = (unsigned char)n;
		memcpy(at, texts[i], n);
		at += n;
	}
	memcpy(at, end, sizeof(end));
	return (size_t)(at - to) + sizeof(end);
}

static void assert_text(struct class_text text, const char *expected)
{
	assert_int_equal(text.size, strlen(expected));
	assert_memory_equal(text.bytes, expected, text.size);
}

static void test_what_it_tells(void **state)
{
	unsigned char bytes[512];
	size_t size = class_make(bytes, "java/lang/Class");
	struct class_file file;

	(void)state;
	assert_true(class_file_read(&file, bytes, size));
	assert_text(file.name, "a/B");
	assert_text(file.source, "a/B");
	assert_int_equal(file.constant_count, 1);
	assert_text(file.constants[0], "K");
	assert_true(file.loads_by_name);
	class_file_release(&file);
	size = class_make(bytes, "java/nio/charset/Charset");
	assert_true(class_file_read(&file, bytes, size));
	assert_false(file.loads_by_name);
	class_file_release(&file);
}

/* Each in memory of its own size, so that a sanitizer sees what is read. */
static void test_cut_short(void **state)
{
	unsigned char bytes[512];
	size_t size = class_make(bytes, "java/lang/Class");
	struct class_file file;

	(void)state;
	for (size_t n = 0; n < size; n++) {
		unsigned char *cut = malloc(n + 1);

		memcpy(cut, bytes, n);
		assert_false(class_file_read(&file, cut, n));
		class_file_release(&file);
		free(cut);
	}
}

/* Any byte may be any other; nothing is read that is not there. */
static void test_damaged(void **state)
{
	unsigned char bytes[512];
	size_t size = class_make(bytes, "java/lang/Class");
	struct class_file file;

	(void)state;
	for (size_t n = 0; n < size; n++)
		for (unsigned value = 0; value < 256; value += 51) {
			unsigned char *copy = malloc(size);

			memcpy(copy, bytes, size);
			copy[n] = (unsigned char)value;
			class_file_read(&file, copy, size);
			class_file_release(&file);
			free(copy);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_it_tells),
		cmocka_unit_test(test_cut_short),
		cmocka_unit_test(test_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
