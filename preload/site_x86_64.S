/* SPDX-License-Identifier: MIT */
#if defined(__x86_64__)
#include "preload/stubs.h"

/*
 * A stub starts with the registers of the site. The 128 bytes below the stack
 * pointer are the interrupted function's (System V ABI, 3.2.2). What it leaves
 * on the stack lets debuggers and thread cancellation unwind into the site:
 * as from a signal frame, the site's next instruction is its caller.
 *
 * rcx and r11 are free: the syscall instruction overwrites them.
 */
	.text
	.balign 64
	.hidden site_stubs
	.globl site_stubs
	.type site_stubs, @function
	.cfi_startproc
	.cfi_signal_frame
site_stubs:
	.altmacro
	.macro enter place
	.cfi_def_cfa rsp, 0
	.cfi_undefined rip
	leaq -128(%rsp), %rsp
	pushq site_resume+8*\place(%rip)
	.cfi_def_cfa rsp, 136
	.cfi_offset rip, -136
	movl $\place, %ecx
	call site_common
	leaq 136(%rsp), %rsp
	.cfi_undefined rip
	.endm

	.macro stub place, compare, register=rax
	.balign STUB_BYTES
	enter \place
	/* rcx: 0 when the call is still to be made. */
	jrcxz 1f
2:	cmp $\compare, %\register
	jmpq *site_resume+8*\place(%rip)
1:	syscall
	jmp 2b
	.endm

	.set place, 0
	.rept STUBS_PLAIN
	stub %place, -4096
	.set place, place + 1
	.endr
	.rept STUBS_4095
	stub %place, -4095
	.set place, place + 1
	.endr
	.rept STUBS_EAX
	stub %place, -4096, eax
	.set place, place + 1
	.endr
	.cfi_endproc
	.size site_stubs, . - site_stubs

/* On a page of their own: it is written to before anybody enters them. */
	.balign 4096
	.hidden site_copies
	.globl site_copies
	.type site_copies, @function
	.cfi_startproc
	.cfi_signal_frame
site_copies:
	.macro copy place
	.balign STUB_BYTES
	.byte 0x0f, 0x1f, 0x44, 0, 0
	enter \place
	jrcxz 1f
	jmpq *site_resume+8*\place(%rip)
	/* The site's own syscall instruction: cancellation looks where it is. */
1:	jmpq *site_again+8*(\place-STUBS_COMPARE)(%rip)
	.endm
	.rept STUBS_COPY
	copy %place
	.set place, place + 1
	.endr
	.balign 4096
	.cfi_endproc
	.size site_copies, . - site_copies

/* ecx: the place. Returns the result in rax and rcx as above. */
	.balign 16
	.hidden site_common
	.globl site_common
	.type site_common, @function
	.cfi_startproc
site_common:
	pushq %rbp
	.cfi_def_cfa_offset 16
	.cfi_offset rbp, -16
	movq %rsp, %rbp
	.cfi_def_cfa_register rbp
	subq $336, %rsp
	andq $-16, %rsp
	movq %rdi, 0(%rsp)
	movq %rsi, 8(%rsp)
	movq %rdx, 16(%rsp)
	movq %r10, 24(%rsp)
	movq %r8, 32(%rsp)
	movq %r9, 40(%rsp)
	movq %rax, 48(%rsp)
	.irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
	movaps %xmm\n, 64+16*\n(%rsp)
	.endr
	movq %rsp, %rdi
	movl %ecx, %esi
	call site_entered
	movzbl %al, %ecx
	.irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
	movaps 64+16*\n(%rsp), %xmm\n
	.endr
	movq 0(%rsp), %rdi
	movq 8(%rsp), %rsi
	movq 16(%rsp), %rdx
	movq 24(%rsp), %r10
	movq 32(%rsp), %r8
	movq 40(%rsp), %r9
	movq 48(%rsp), %rax
	leave
	.cfi_def_cfa rsp, 8
	ret
	.cfi_endproc
	.size site_common, . - site_common

/* rdi: a frame; rsi: a syscall instruction with a ret behind it. */
	.balign 16
	.hidden site_call
	.globl site_call
	.type site_call, @function
	.cfi_startproc
site_call:
	movq %rsi, %rcx
	movq %rdi, %r11
	movq 0(%r11), %rdi
	movq 8(%r11), %rsi
	movq 16(%r11), %rdx
	movq 24(%r11), %r10
	movq 32(%r11), %r8
	movq 40(%r11), %r9
	movq 48(%r11), %rax
	call *%rcx
	ret
	.cfi_endproc
	.size site_call, . - site_call
	.section .note.GNU-stack, "", @progbits
#endif
