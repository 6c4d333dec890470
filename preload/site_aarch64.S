/* SPDX-License-Identifier: MIT */
#if defined(__aarch64__)
#include "preload/stubs.h"

/*
 * A stub starts with the registers of the site, and keeps them all but x0
 * (AAPCS64 has no red zone). A branch back needs no register only when its
 * target is in the instruction: "b ." is written over when a site is patched
 * (preload/stubs_aarch64.c). That is why the stubs have pages of their own.
 */
	.text
	.balign 65536
	.hidden site_stubs
	.globl site_stubs
	.type site_stubs, %function
site_stubs:
	.altmacro
	.macro stub place
	.balign STUB_BYTES
	stp x29, x30, [sp, #-32]!
	stp x16, x17, [sp, #16]
	mov w16, #\place
	bl site_common
	/* x17: 0 when the call is still to be made. */
	cbz x17, 1f
	ldp x16, x17, [sp, #16]
	ldp x29, x30, [sp], #32
	b .
1:	ldp x16, x17, [sp, #16]
	ldp x29, x30, [sp], #32
	svc #0
	b .
	.endm
	.set place, 0
	.rept STUBS
	stub %place
	.set place, place + 1
	.endr
	.balign 65536
	.size site_stubs, . - site_stubs

/* w16: the place. Returns the result in x0 and x17 as above. */
	.type site_common, %function
	.cfi_startproc
site_common:
	stp x29, x30, [sp, #-16]!
	.cfi_def_cfa_offset 16
	.cfi_offset 29, -16
	.cfi_offset 30, -8
	mov x29, sp
	.cfi_def_cfa_register 29
	sub sp, sp, #656
	stp x0, x1, [sp, #0]
	stp x2, x3, [sp, #16]
	stp x4, x5, [sp, #32]
	str x8, [sp, #48]
	stp x6, x7, [sp, #64]
	stp x9, x10, [sp, #80]
	stp x11, x12, [sp, #96]
	stp x13, x14, [sp, #112]
	stp x15, x18, [sp, #128]
	stp q0, q1, [sp, #144]
	stp q2, q3, [sp, #176]
	stp q4, q5, [sp, #208]
	stp q6, q7, [sp, #240]
	stp q8, q9, [sp, #272]
	stp q10, q11, [sp, #304]
	stp q12, q13, [sp, #336]
	stp q14, q15, [sp, #368]
	stp q16, q17, [sp, #400]
	stp q18, q19, [sp, #432]
	stp q20, q21, [sp, #464]
	stp q22, q23, [sp, #496]
	stp q24, q25, [sp, #528]
	stp q26, q27, [sp, #560]
	stp q28, q29, [sp, #592]
	stp q30, q31, [sp, #624]
	mov x0, sp
	mov w1, w16
	bl site_entered
	and x17, x0, #0xff
	ldp q0, q1, [sp, #144]
	ldp q2, q3, [sp, #176]
	ldp q4, q5, [sp, #208]
	ldp q6, q7, [sp, #240]
	ldp q8, q9, [sp, #272]
	ldp q10, q11, [sp, #304]
	ldp q12, q13, [sp, #336]
	ldp q14, q15, [sp, #368]
	ldp q16, q17, [sp, #400]
	ldp q18, q19, [sp, #432]
	ldp q20, q21, [sp, #464]
	ldp q22, q23, [sp, #496]
	ldp q24, q25, [sp, #528]
	ldp q26, q27, [sp, #560]
	ldp q28, q29, [sp, #592]
	ldp q30, q31, [sp, #624]
	ldp x0, x1, [sp, #0]
	ldp x2, x3, [sp, #16]
	ldp x4, x5, [sp, #32]
	ldr x8, [sp, #48]
	ldp x6, x7, [sp, #64]
	ldp x9, x10, [sp, #80]
	ldp x11, x12, [sp, #96]
	ldp x13, x14, [sp, #112]
	ldp x15, x18, [sp, #128]
	cbz x17, 2f
	mov x0, x8
2:	mov sp, x29
	.cfi_def_cfa_register 31
	ldp x29, x30, [sp], #16
	.cfi_def_cfa_offset 0
	ret
	.cfi_endproc
	.size site_common, . - site_common
#endif
	.section .note.GNU-stack, "", %progbits
