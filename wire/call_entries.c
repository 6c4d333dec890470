/* SPDX-License-Identifier: MIT */
/* Apart from wire/call.c: names need relocations, which every program that
 * the interposer is loaded into would pay for. */
#include <sys/syscall.h>

#include "wire/call.h"

const struct call_entry call_entries[] = {
#define CALL(name, number, i386, effect, dir, path, flags) \
	{#name, number, i386, effect},
#include "wire/syscalls.def"
#undef CALL
};
const unsigned call_entry_count = sizeof(call_entries) / sizeof(*call_entries);
