/* SPDX-License-Identifier: MIT */
#include "store/work.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/alloc.h"
#include "map/home.h"
#include "map/map.h"

#define PREFIX "package-"

/* Nobody is at it as long. */
#define LEFT_SECONDS 3600

static int work_remove_entry(
	const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void work_remove_all(const char *path)
{
	nftw(path, work_remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static void work_tidy(const char *root)
{
	char *home = xasprintf("%s/" MAP_DIRECTORY, root), *path;
	DIR *folder = opendir(home);
	const struct dirent *entry;
	struct stat st;

	while (folder && (entry = readdir(folder))) {
		if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) != 0)
			continue;
		path = xasprintf("%s/%s", home, entry->d_name);
		if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode) &&
			time(NULL) - st.st_mtime > LEFT_SECONDS)
			work_remove_all(path);
		free(path);
	}
	if (folder)
		closedir(folder);
	free(home);
}

char *work_make(const char *root, struct err *err)
{
	char *work;

	if (map_home_make(root, err) < 0)
		return NULL;
	work_tidy(root);
	work = xasprintf("%s/" MAP_DIRECTORY "/" PREFIX "XXXXXX", root);
	if (mkdtemp(work))
		return work;
	err_set(err, -errno, "cannot make '%s': %s", work, strerror(errno));
	free(work);
	return NULL;
}

void work_remove(char *work)
{
	if (work)
		work_remove_all(work);
	free(work);
}
