/* SPDX-License-Identifier: MIT */
#include "tests/programs/libc.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "tests/programs/ways.h"

/* A way that is one call and its condition. */
#define LOOK(name, condition) \
	static int name(void) \
	{ \
		MUST(condition); \
		return 0; \
	}

static struct stat st;
static struct stat64 st64;
static struct statx stx;
static char text[PATH_MAX];

LOOK(stat_file, stat("a.txt", &st) == 0 && st.st_size == 6)
LOOK(stat64_file, stat64("a.txt", &st64) == 0)
LOOK(stat_link, stat("link", &st) == 0 && S_ISREG(st.st_mode))
LOOK(stat_missing, stat("missing", &st) < 0 && errno == ENOENT)
LOOK(stat_dangling, stat("dangling", &st) < 0 && errno == ENOENT)
LOOK(lstat_file, lstat("a.txt", &st) == 0)
LOOK(lstat_link, lstat("link", &st) == 0 && S_ISLNK(st.st_mode))
LOOK(lstat64_link, lstat64("link", &st64) == 0)
LOOK(fstatat_file, fstatat(AT_FDCWD, "dir/x", &st, 0) == 0)
LOOK(fstatat64_link,
	fstatat64(AT_FDCWD, "link", &st64, AT_SYMLINK_NOFOLLOW) == 0)
LOOK(statx_file, statx(AT_FDCWD, "a.txt", 0, STATX_SIZE, &stx) == 0)
LOOK(statx_link,
	statx(AT_FDCWD, "link", AT_SYMLINK_NOFOLLOW, STATX_MODE, &stx) == 0)
LOOK(access_file, access("a.txt", R_OK) == 0)
LOOK(access_missing, access("missing", F_OK) < 0 && errno == ENOENT)
LOOK(eaccess_file, eaccess("a.txt", R_OK) == 0)
LOOK(euidaccess_file, euidaccess("a.txt", R_OK) == 0)
LOOK(faccessat_file, faccessat(AT_FDCWD, "a.txt", R_OK, 0) == 0)
LOOK(readlink_link, readlink("link", text, sizeof(text)) == 5)
LOOK(readlink_file,
	readlink("a.txt", text, sizeof(text)) < 0 && errno == EINVAL)
LOOK(readlink_missing,
	readlink("missing", text, sizeof(text)) < 0 && errno == ENOENT)
LOOK(readlinkat_link, readlinkat(AT_FDCWD, "link", text, 9) == 5)
LOOK(readlink_chk, __readlink_chk("link", text, 9, sizeof(text)) == 5)
LOOK(readlinkat_chk,
	__readlinkat_chk(AT_FDCWD, "link", text, 9, sizeof(text)) == 5)
LOOK(realpath_link, realpath("link", text) != NULL)
LOOK(realpath_missing, !realpath("missing", text) && errno == ENOENT)
LOOK(realpath_chk, __realpath_chk("dir/x", text, sizeof(text)) != NULL)
LOOK(canonical, canonicalize_file_name("dirlink/x") != NULL)
LOOK(stat_nothing, stat(ways_null, &st) < 0 && errno == EFAULT)
LOOK(access_nothing, access(ways_null, F_OK) < 0 && errno == EFAULT)
LOOK(readlink_nothing,
	readlink(ways_null, text, sizeof(text)) < 0 && errno == EFAULT)
LOOK(chdir_nothing, chdir(ways_null) < 0 && errno == EFAULT)
LOOK(chdir_directory, chdir("dir") == 0)
LOOK(chdir_missing, chdir("missing") < 0 && errno == ENOENT)
LOOK(chmod_file, chmod("a.txt", 0600) == 0)
LOOK(fchmodat_file, fchmodat(AT_FDCWD, "a.txt", 0600, 0) == 0)
LOOK(fstatat_empty, fstatat(0, "", &st, AT_EMPTY_PATH) == 0)

/* A mark is harmless to a program, traced or not. */
LOOK(access_mark, access("/@ftrace/mute/", F_OK) < 0 && errno == ENOENT)

typedef int old_stat(int version, const char *path, void *buffer);
typedef int old_statat(
	int version, int dir, const char *path, void *buffer, int flags);

/* The version that goes with the structures of today. */
#if defined(__x86_64__)
#define STAT_VERSION 1
#else
#define STAT_VERSION 0
#endif

#define OLD_STAT(name) \
	(((old_stat *)ways_old(name))(STAT_VERSION, "link", &st) == 0)
#define OLD_STATAT(name) \
	(((old_statat *)ways_old(name))( \
		 STAT_VERSION, AT_FDCWD, "link", &st, 0) == 0)

LOOK(xstat, OLD_STAT("__xstat"))
LOOK(xstat64, OLD_STAT("__xstat64"))
LOOK(lxstat, OLD_STAT("__lxstat"))
LOOK(lxstat64, OLD_STAT("__lxstat64"))
LOOK(fxstatat, OLD_STATAT("__fxstatat"))
LOOK(fxstatat64, OLD_STATAT("__fxstatat64"))

const struct way look_ways[] = {
	WAY(stat_file, "stat a.txt"),
	WAY(stat64_file, "stat a.txt"),
	WAY(stat_link, "link link, stat a.txt"),
	WAY(stat_missing, "absent missing"),
	WAY(stat_dangling, "link dangling, absent nowhere"),
	WAY(lstat_file, "stat a.txt"),
	WAY(lstat_link, "link link"),
	WAY(lstat64_link, "link link"),
	WAY(fstatat_file, "stat dir/x"),
	WAY(fstatat64_link, "link link"),
	WAY(statx_file, "stat a.txt"),
	WAY(statx_link, "link link"),
	WAY(access_file, "stat a.txt"),
	WAY(access_missing, "absent missing"),
	WAY(access_mark, ""),
	WAY(eaccess_file, "stat a.txt"),
	WAY(euidaccess_file, "stat a.txt"),
	WAY(faccessat_file, "stat a.txt"),
	WAY(readlink_link, "link link"),
	WAY(readlink_file, "stat a.txt"),
	WAY(readlink_missing, "absent missing"),
	WAY(readlinkat_link, "link link"),
	WAY(readlink_chk, "link link"),
	WAY(readlinkat_chk, "link link"),
	WAY(realpath_link, "link link, stat a.txt"),
	WAY(realpath_missing, "absent missing"),
	WAY(realpath_chk, "stat dir, stat dir/x"),
	WAY(canonical, "link dirlink, stat dir, stat dir/x"),
	WAY(stat_nothing, ""),
	WAY(access_nothing, ""),
	WAY(readlink_nothing, ""),
	WAY(chdir_nothing, ""),
	WAY(chdir_directory, "stat dir"),
	WAY(chdir_missing, "absent missing"),
	WAY(chmod_file, "stat a.txt, write a.txt"),
	WAY(fchmodat_file, "stat a.txt, write a.txt"),
	WAY(fstatat_empty, ""),
	WAY(xstat, "link link, stat a.txt"),
	WAY(xstat64, "link link, stat a.txt"),
	WAY(lxstat, "link link"),
	WAY(lxstat64, "link link"),
	WAY(fxstatat, "link link, stat a.txt"),
	WAY(fxstatat64, "link link, stat a.txt"),
	{0},
};
