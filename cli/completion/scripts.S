/* SPDX-License-Identifier: MIT */
/* The scripts of the shells as texts that end with a NUL. */
	.section .rodata

	.globl completion_bash
completion_bash:
	.incbin "cli/completion/ftrace.bash"
	.byte 0

	.globl completion_zsh
completion_zsh:
	.incbin "cli/completion/ftrace.zsh"
	.byte 0

	.globl completion_fish
completion_fish:
	.incbin "cli/completion/ftrace.fish"
	.byte 0

	.section .note.GNU-stack, "", %progbits
