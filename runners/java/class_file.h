/* SPDX-License-Identifier: MIT */
/*
 * A class file (chapter 4 of the JVM's specification): what it is called, and
 * what it mentions. Nothing of it is copied; the bytes have to stay.
 */
#ifndef FTRACE_RUNNERS_JAVA_CLASS_FILE_H
#define FTRACE_RUNNERS_JAVA_CLASS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct class_text {
	const char *bytes;
	size_t size;
};

struct class_file {
	struct class_text name;   /* "a/b/Outer$Inner" */
	struct class_text source; /* "Outer.java"; empty: it does not say */

	/* The texts of its pool of constants: names of all that it refers to,
	 * descriptors, signatures and literals. Empty where there is none. */
	struct class_text *texts;
	size_t text_count;

	/* Fields others may have the value of in their own code. */
	struct class_text *constants;
	size_t constant_count, constant_room;

	/* It loads classes by names that it makes itself. */
	bool loads_by_name;
};

/* False: it is no class file, or is damaged. To be released in any case. */
bool class_file_read(
	struct class_file *file, const unsigned char *bytes, size_t size);
void class_file_release(struct class_file *file);

#endif
