/* SPDX-License-Identifier: MIT */
/* The loader that an ELF file of any class names (PT_INTERP, elf(5)). */
#ifndef FTRACE_TRACER_INTERPRETER_H
#define FTRACE_TRACER_INTERPRETER_H

/* To be freed; NULL: it names none, or is no ELF file. */
char *interpreter_of(const char *path);

#endif
