/* SPDX-License-Identifier: MIT */

	.section .note.GNU-stack, "", %progbits
