/* SPDX-License-Identifier: MIT */
#include "objects/examine.h"

#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "objects/elf_code.h"
#include "objects/own_calls.h"

/*
 * A copy and no mapping: whoever truncates the file would end us. NULL when
 * there is no room for it, or not all of it can be read.
 */
static uint8_t *read_all(int fd, size_t size)
{
	uint8_t *bytes = malloc(size ? size : 1);
	size_t done = 0;

	while (bytes && done < size) {
		ssize_t n = pread(fd, bytes + done, size - done, (off_t)done);

		if (n > 0) {
			done += (size_t)n;
			continue;
		}
		free(bytes);
		return NULL;
	}
	return bytes;
}

/* Go's stacks are too small for anything to take a call's place. */
static struct verdict judge(const struct elf_code *code,
	const struct own_calls *calls, struct own_site **sites)
{
	struct verdict verdict = {
		.kind = VERDICT_SITES_ALL, .shift = (uint32_t)code->shift};

	if (!calls->count)
		return (struct verdict){.kind = VERDICT_QUIET};
	if (code->go || code->relocated || !code->one_shift ||
		calls->count > UINT16_MAX || code->shift < 0 ||
		code->shift > UINT32_MAX)
		return (struct verdict){.kind = VERDICT_CALLS};
	for (size_t i = 0; i < calls->count; i++)
		if (!calls->list[i].proved ||
			calls->list[i].address > UINT32_MAX)
			return (struct verdict){.kind = VERDICT_CALLS};
	*sites = xcalloc(calls->count, sizeof(**sites));
	for (size_t i = 0; i < calls->count; i++)
		(*sites)[i] = (struct own_site){
			.address = (uint32_t)calls->list[i].address,
			.before = calls->list[i].before,
			.after = calls->list[i].after};
	verdict.count = (uint16_t)calls->count;
	verdict.sum = verdict_sum(&verdict, *sites);
	return verdict;
}

struct verdict examine(int fd, size_t size, struct own_site **sites)
{
	uint8_t *bytes = read_all(fd, size);
	struct verdict verdict = {.kind = VERDICT_QUIET};
	struct own_calls calls;
	struct elf_code code;

	*sites = NULL;
	if (!bytes)
		return (struct verdict){0};
	if (elf_code_read(&code, bytes, size) == 0) {
		own_calls_find(&calls, &code);
		verdict = judge(&code, &calls, sites);
		own_calls_release(&calls);
	}
	elf_code_release(&code);
	free(bytes);
	return verdict;
}
