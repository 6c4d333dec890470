/* SPDX-License-Identifier: MIT */
#include "base/state_folder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"

char *state_folder_path(const char *name)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (state && *state == '/')
		return xasprintf("%s/ftrace/%s", state, name);
	return home && *home == '/'
		       ? xasprintf("%s/.local/state/ftrace/%s", home, name)
		       : NULL;
}

bool state_folder_trusts(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	       (st.st_uid == geteuid() || st.st_uid == 0) &&
	       !(st.st_mode & (S_IWGRP | S_IWOTH));
}

bool state_folder_make(const char *path)
{
	char *folder = xstrdup(path);
	bool made;

	for (char *slash = folder + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		if (mkdir(folder, 0700) < 0 && errno != EEXIST)
			break;
		*slash = '/';
	}
	*strrchr(folder, '/') = '\0';
	made = access(folder, W_OK) == 0;
	free(folder);
	return made;
}
