/* SPDX-License-Identifier: MIT */
/*
 * Executing: each exec is announced with a serial number, which the new image
 * answers when it starts (RECORD_HELLO); an announcement without an answer
 * makes its scope incomplete. The environment is put right on the way
 * (preload/environment.h), so a program that scrubs it stays traced.
 */
#ifndef FTRACE_PRELOAD_EXEC_H
#define FTRACE_PRELOAD_EXEC_H

#include "preload/patch.h"

/* Makes an execve or execveat; returns only when it failed: the errno, < 0. */
long exec_observed(struct site_frame *frame, int dir);

#endif
