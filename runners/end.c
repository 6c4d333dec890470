/* SPDX-License-Identifier: MIT */
#include <signal.h>

#include "runners/adapter.h"

/* What a shell adds to the number of a signal. */
#define SIGNALLED 128

enum runner_end runner_end_by_signal(int status)
{
	switch (status - SIGNALLED) {
	case SIGHUP:
	case SIGINT:
	case SIGQUIT:
	case SIGKILL:
	case SIGTERM:
		return RUNNER_BROKEN_OFF;
	default:
		return RUNNER_GAVE_UP;
	}
}
