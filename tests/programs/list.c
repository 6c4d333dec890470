/* SPDX-License-Identifier: MIT */
#include "tests/programs/libc.h"

#include <errno.h>
#include <fts.h>
#include <ftw.h>
#include <glob.h>

#include "tests/programs/ways.h"

static int count(DIR *dir)
{
	int n = 0;

	MUST(dir != NULL);
	while (readdir(dir))
		n++;
	printf("%d\n", n);
	return closedir(dir);
}

static int opendir_directory(void)
{
	return count(opendir("dir"));
}

static int opendir_missing(void)
{
	MUST(!opendir("missing") && errno == ENOENT);
	return 0;
}

static int fdopendir_directory(void)
{
	return count(fdopendir(open("dir", O_RDONLY | O_DIRECTORY)));
}

static struct dirent **list;
static struct dirent64 **list64;

#define SCAN(name, call) \
	static int name(void) \
	{ \
		printf("%d\n", call); \
		return 0; \
	}

SCAN(scandir_directory, scandir("dir", &list, NULL, alphasort))
SCAN(scandir64_directory, scandir64("dir", &list64, NULL, alphasort64))
SCAN(scandirat_directory, scandirat(AT_FDCWD, "dir", &list, NULL, NULL))
SCAN(scandirat64_directory, scandirat64(AT_FDCWD, "dir", &list64, NULL, NULL))

static int glob_pattern(void)
{
	glob_t found;

	MUST(glob("dir/*", 0, NULL, &found) == 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		puts(found.gl_pathv[i]);
	return 0;
}

static int visit(
	const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return path[0] == '/';
}

static int nftw_tree(void)
{
	return nftw("dir", visit, 4, FTW_PHYS);
}

static int fts_tree(void)
{
	char *const paths[] = {"dir", NULL};
	FTS *fts = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *entry;
	int n = 0;

	MUST(fts != NULL);
	while ((entry = fts_read(fts)))
		n++;
	printf("%d\n", n);
	return fts_close(fts);
}

const struct way list_ways[] = {
	WAY(opendir_directory, "list dir, stat dir"),
	WAY(opendir_missing, "absent missing"),
	WAY(fdopendir_directory, "stat dir, list dir"),
	WAY(scandir_directory, "list dir, stat dir"),
	WAY(scandir64_directory, "list dir, stat dir"),
	WAY(scandirat_directory, "list dir, stat dir"),
	WAY(scandirat64_directory, "list dir, stat dir"),
	WAY(glob_pattern, "list dir, stat dir"),
	WAY(nftw_tree, "stat dir, list dir, stat dir/x, stat dir/y"),
	WAY(fts_tree, "stat dir, list dir, stat dir/x, stat dir/y"),
	{0},
};
