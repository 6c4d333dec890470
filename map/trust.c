/* SPDX-License-Identifier: MIT */
#include "map/trust.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "map/map.h"

static bool (*trust_is_tracked)(const char *root);

void trust_set(bool (*is_tracked)(const char *root))
{
	trust_is_tracked = is_tracked;
}

/* The owner of the project could have its tests say anything as well. */
static bool trust_owner(const char *root, const char *path)
{
	struct stat st, project;

	if (lstat(path, &st) < 0 || st.st_uid == geteuid() || !st.st_uid)
		return true;
	return stat(root, &project) == 0 && st.st_uid == project.st_uid;
}

int trust_check(const char *root, struct err *err)
{
	char *home = xasprintf("%s/" MAP_DIRECTORY, root);
	char *map = xasprintf("%s/" MAP_PATH, root);
	int code = 0;

	if (!trust_owner(root, home) || !trust_owner(root, map))
		code = err_set(err, MAP_MISSING,
			"the map in '%s' belongs to another user and is not "
			"trusted; remove '%s' and record again",
			root, home);
	else if (trust_is_tracked && trust_is_tracked(root))
		code = err_set(err, MAP_MISSING,
			"the map in '%s' is tracked by git and is not trusted; "
			"'git rm -r --cached " MAP_DIRECTORY
			"', and publish maps with 'ftrace push'",
			root);
	free(map);
	free(home);
	return code;
}
