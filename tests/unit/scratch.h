/* SPDX-License-Identifier: MIT */
/*
 * What every unit test starts from: a directory of its own, entered and
 * removed again, and short ways to fill it. A helper that fails ends the
 * test.
 */
#ifndef FTRACE_TESTS_UNIT_SCRATCH_H
#define FTRACE_TESTS_UNIT_SCRATCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "languages/language.h"

#define TEST(name) static void name(__attribute__((unused)) void **data)

/* A test in a fresh directory, which is the current one meanwhile. */
#define IN_SCRATCH(name) \
	cmocka_unit_test_setup_teardown(name, scratch_enter, scratch_leave)

#define RUN_TESTS(tests) \
	(languages_begin(), cmocka_run_group_tests(tests, NULL, NULL))

int scratch_enter(void **state);
int scratch_leave(void **state);

/* The absolute and real path of the directory. */
const char *scratch_root(void);

/* The absolute path of an entry; in one of a few static buffers. */
const char *scratch_path(const char *name);

void write_file(const char *path, const char *text);
void write_bytes(const char *path, const void *bytes, size_t size);
void make_directory(const char *path);
void make_link(const char *target, const char *path);
void remove_file(const char *path);

/*
 * Waits until whatever is changed from now on gets a later stamp than what
 * was changed before, so that nothing made before is racy.
 */
void wait_for_clock(void);

#endif
