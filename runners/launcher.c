/* SPDX-License-Identifier: MIT */
#include "runners/launcher.h"

#include <stddef.h>
#include <string.h>

bool launcher_hands_on(char *const argv[])
{
	static const char *const names[] = {"env", "ionice", "nice", "nohup",
		"setsid", "stdbuf", "taskset", "time", "timeout", "xvfb-run",
		NULL};
	const char *slash = strrchr(argv[0], '/');
	const char *name = slash ? slash + 1 : argv[0];

	for (size_t i = 0; names[i]; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}
