/* SPDX-License-Identifier: MIT */
#include "map/entries.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "map/project.h"

void entries_each(const char *root, const char *directory,
	void (*take)(void *context, const struct entry *entry), void *context)
{
	char *above = project_file(root, directory);
	DIR *dir = opendir(above);
	struct dirent *found;

	while (dir && (found = readdir(dir))) {
		const char *name = found->d_name;
		char *stored, *absolute;
		struct stat st;

		if (!strcmp(name, ".") || !strcmp(name, ".."))
			continue;
		stored = strcmp(directory, ".")
				 ? xasprintf("%s/%s", directory, name)
				 : xstrdup(name);
		absolute = xasprintf("%s/%s", above, name);
		if (stat(absolute, &st) == 0)
			take(context,
				&(struct entry){name, stored, absolute, &st});
		free(absolute);
		free(stored);
	}
	if (dir)
		closedir(dir);
	free(above);
}
