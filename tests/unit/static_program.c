/* SPDX-License-Identifier: MIT */
/*
 * A program without a loader and without libc, for elf_head_test.c to look
 * at; it is never run.
 */
void _start(void);

void _start(void)
{
	for (;;)
		;
}
