/* SPDX-License-Identifier: MIT */
#include "tests/programs/libc.h"

#include <errno.h>
#include <fts.h>
#include <ftw.h>
#include <glob.h>
#include <string.h>
#include <wordexp.h>

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

/* The same directory in all the other ways of reading it. */
static int readdir64_directory(void)
{
	DIR *dir = opendir("dir");
	int n = 0;

	MUST(dir != NULL);
	while (readdir64(dir))
		n++;
	printf("%d\n", n);
	return closedir(dir);
}

static int readdir_r_directory(void)
{
	DIR *dir = opendir("dir");
	struct dirent entry, *next = &entry;
	int n = 0;

	MUST(dir != NULL);
	while (readdir_r(dir, &entry, &next) == 0 && next)
		n++;
	printf("%d\n", n);
	return closedir(dir);
}

static int open_directory(void)
{
	return open("dir", O_RDONLY | O_DIRECTORY);
}

static char buffer[4096];

static int getdents64_directory(void)
{
	MUST(getdents64(open_directory(), buffer, sizeof(buffer)) > 0);
	return 0;
}

static int getdirentries_directory(void)
{
	off_t base = 0;
	off64_t base64 = 0;

	MUST(getdirentries(open_directory(), buffer, sizeof(buffer), &base) >
		0);
	MUST(getdirentries64(
		     open_directory(), buffer, sizeof(buffer), &base64) > 0);
	return 0;
}

static int glob_tilde(void)
{
	glob_t found;

	setenv("HOME", "dir", 1);
	MUST(glob("~/x", GLOB_TILDE, NULL, &found) == 0);
	return strcmp(found.gl_pathv[0], "dir/x");
}

static int glob_user(void)
{
	glob_t found;

	return glob("~root", GLOB_TILDE, NULL, &found);
}

static int glob64_braces(void)
{
	glob64_t found;

	MUST(glob64("{a,b}.txt", GLOB_BRACE, NULL, &found) == 0);
	return found.gl_pathc != 1;
}

static int glob_nothing(void)
{
	glob_t found;

	MUST(glob("missing/*", 0, NULL, &found) == GLOB_NOMATCH);
	return 0;
}

static int words_of_pattern(void)
{
	wordexp_t words;

	MUST(wordexp("dir/?", &words, 0) == 0);
	printf("%zu\n", words.we_wordc);
	return 0;
}

static int words_of_command(void)
{
	wordexp_t words;

	MUST(wordexp("$(read line <a.txt; echo $line)", &words, 0) == 0);
	puts(words.we_wordv[0]);
	return 0;
}

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

static int visit64(
	const char *path, const struct stat64 *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return path[0] == '/';
}

static int visit_plain(const char *path, const struct stat *st, int type)
{
	(void)st;
	(void)type;
	return path[0] == '/';
}

static int visit_plain64(const char *path, const struct stat64 *st, int type)
{
	(void)st;
	(void)type;
	return path[0] == '/';
}

static int nftw_tree(void)
{
	return nftw("dir", visit, 4, FTW_PHYS);
}

static int nftw_entered(void)
{
	return nftw("dir", visit, 4, FTW_PHYS | FTW_CHDIR | FTW_DEPTH);
}

static int nftw64_tree(void)
{
	return nftw64("dir", visit64, 4, FTW_PHYS);
}

static int ftw_tree(void)
{
	return ftw("dir", visit_plain, 4);
}

static int ftw64_tree(void)
{
	return ftw64("dir", visit_plain64, 4);
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

static int fts_entered(void)
{
	char *const paths[] = {"dir", NULL};
	FTS *fts = fts_open(paths, FTS_LOGICAL, NULL);
	FTSENT *entry;

	MUST(fts != NULL);
	while ((entry = fts_read(fts)))
		if (entry->fts_info == FTS_D)
			MUST(fts_children(fts, 0) != NULL);
		else
			MUST(fts_set(fts, entry, FTS_FOLLOW) == 0);
	return fts_close(fts);
}

static int fts64_tree(void)
{
	char *const paths[] = {"dir", NULL};
	FTS64 *fts = fts64_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);

	MUST(fts != NULL);
	while (fts64_read(fts))
		;
	return fts64_close(fts);
}

#define TREE "list dir, stat dir/x, stat dir/y"

const struct way list_ways[] = {
	WAY(opendir_directory, "list dir"),
	WAY(opendir_missing, "absent missing"),
	WAY(fdopendir_directory, "list dir"),
	WAY(scandir_directory, "list dir"),
	WAY(scandir64_directory, "list dir"),
	WAY(scandirat_directory, "list dir"),
	WAY(scandirat64_directory, "list dir"),
	WAY(glob_pattern, "list dir"),
	WAY(nftw_tree, TREE),
	WAY(fts_tree, TREE),
	WAY(readdir64_directory, "list dir"),
	WAY(readdir_r_directory, "list dir"),
	WAY(getdents64_directory, "list dir"),
	WAY(getdirentries_directory, "list dir"),
	WAY(glob_tilde, "stat dir/x"),
	WAY(glob_user, "read /etc/passwd"),
	WAY(glob64_braces, "stat a.txt, absent b.txt"),
	WAY(glob_nothing, "absent missing"),
	WAY(words_of_pattern, "list dir"),
	WAY(words_of_command, "read a.txt, exec /*/*sh"),
	WAY(nftw_entered, TREE ", stat ."),
	WAY(nftw64_tree, TREE),
	WAY(ftw_tree, TREE),
	WAY(ftw64_tree, TREE),
	WAY(fts_entered, TREE),
	WAY(fts64_tree, TREE),
	{0},
};
