/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_TESTS_FUZZ_FUZZ_H
#define FTRACE_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * A directory of this process's own, made on the first call and removed at
 * the end.
 */
const char *fuzz_directory(void);

/*
 * Writes over `bytes` what data says, in groups of six: where, and two bytes.
 * So a fuzzer need not find out what a sound file looks like.
 */
void fuzz_patch(uint8_t *bytes, size_t room, const uint8_t *data, size_t size);

#endif
