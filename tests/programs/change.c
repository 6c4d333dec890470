/* SPDX-License-Identifier: MIT */
#include "tests/programs/libc.h"

#include <errno.h>
#include <sys/time.h>
#include <sys/xattr.h>
#include <utime.h>

#include "tests/programs/ways.h"

#define CHANGE(name, condition) \
	static int name(void) \
	{ \
		MUST(condition); \
		return 0; \
	}

typedef int mknod_function(int version, const char *path, mode_t, dev_t *);
typedef int mknodat_function(
	int version, int dir, const char *path, mode_t, dev_t *);

static dev_t device;

static mknod_function *old_mknod(const char *symbol)
{
	return (mknod_function *)ways_old(symbol);
}

static mknodat_function *old_mknodat(const char *symbol)
{
	return (mknodat_function *)ways_old(symbol);
}

CHANGE(mkdir_new, mkdir("new", 0755) == 0)
CHANGE(mkdir_there, mkdir("dir", 0755) < 0 && errno == EEXIST)
CHANGE(mkdir_below_missing, mkdir("missing/new", 0755) < 0 && errno == ENOENT)
CHANGE(mkdirat_new, mkdirat(AT_FDCWD, "new", 0755) == 0)
CHANGE(rmdir_empty, rmdir("empty") == 0)
CHANGE(rmdir_full, rmdir("dir") < 0 && errno == ENOTEMPTY)
CHANGE(unlink_file, unlink("a.txt") == 0)
CHANGE(unlink_link, unlink("link") == 0)
CHANGE(unlink_missing, unlink("missing") < 0 && errno == ENOENT)
CHANGE(unlinkat_file, unlinkat(AT_FDCWD, "a.txt", 0) == 0)
CHANGE(remove_file, remove("a.txt") == 0)
CHANGE(rename_file, rename("a.txt", "moved") == 0)
CHANGE(rename_over, rename("a.txt", "child.txt") == 0)
CHANGE(rename_missing, rename("missing", "moved") < 0 && errno == ENOENT)
CHANGE(renameat_file, renameat(AT_FDCWD, "a.txt", AT_FDCWD, "moved") == 0)
CHANGE(renameat2_file, renameat2(AT_FDCWD, "a.txt", AT_FDCWD, "moved", 0) == 0)
CHANGE(link_file, link("a.txt", "hard") == 0)
CHANGE(linkat_file, linkat(AT_FDCWD, "a.txt", AT_FDCWD, "hard", 0) == 0)
CHANGE(symlink_new, symlink("a.txt", "soft") == 0)
CHANGE(symlinkat_new, symlinkat("a.txt", AT_FDCWD, "soft") == 0)
CHANGE(truncate_file, truncate("a.txt", 1) == 0)
CHANGE(truncate64_file, truncate64("a.txt", 1) == 0)
CHANGE(mknod_pipe, mknod("pipe", S_IFIFO | 0600, 0) == 0)
CHANGE(mkfifo_pipe, mkfifo("pipe", 0600) == 0)

CHANGE(mknodat_pipe, mknodat(AT_FDCWD, "pipe", S_IFIFO | 0600, 0) == 0)
CHANGE(mkfifoat_pipe, mkfifoat(AT_FDCWD, "pipe", 0600) == 0)
CHANGE(mknod_there, mknod("a.txt", S_IFIFO | 0600, 0) < 0 && errno == EEXIST)
CHANGE(xmknod, old_mknod("__xmknod")(0, "pipe", S_IFIFO | 0600, &device) == 0)
CHANGE(xmknodat, old_mknodat("__xmknodat")(
			 0, AT_FDCWD, "pipe", S_IFIFO | 0600, &device) == 0)
CHANGE(unlinkat_directory, unlinkat(AT_FDCWD, "empty", AT_REMOVEDIR) == 0)
CHANGE(remove_directory, remove("empty") == 0)
CHANGE(linkat_followed,
	linkat(AT_FDCWD, "link", AT_FDCWD, "hard", AT_SYMLINK_FOLLOW) == 0)
CHANGE(chown_file, chown("a.txt", -1, -1) == 0)
CHANGE(lchown_link, lchown("link", -1, -1) == 0)
CHANGE(fchownat_file, fchownat(AT_FDCWD, "a.txt", -1, -1, 0) == 0)
CHANGE(chmod_missing, chmod("missing", 0600) < 0 && errno == ENOENT)
CHANGE(lchmod_file, lchmod("a.txt", 0600) == 0)
CHANGE(fchmodat_itself,
	fchmodat(AT_FDCWD, "a.txt", 0600, AT_SYMLINK_NOFOLLOW) == 0)
CHANGE(utime_file, utime("a.txt", NULL) == 0)
CHANGE(utimes_file, utimes("a.txt", NULL) == 0)
CHANGE(lutimes_link, lutimes("link", NULL) == 0)
CHANGE(futimesat_file, futimesat(AT_FDCWD, "a.txt", NULL) == 0)
CHANGE(utimensat_file, utimensat(AT_FDCWD, "a.txt", NULL, 0) == 0)
CHANGE(utimensat_link,
	utimensat(AT_FDCWD, "link", NULL, AT_SYMLINK_NOFOLLOW) == 0)
CHANGE(futimens_file, futimens(open("a.txt", O_RDONLY), NULL) == 0)
CHANGE(xattr_set, setxattr("a.txt", "user.x", "1", 1, 0) >= -1)
CHANGE(xattr_set_link, lsetxattr("link", "user.x", "1", 1, 0) >= -1)
CHANGE(xattr_remove, removexattr("a.txt", "user.x") >= -1)
CHANGE(xattr_remove_link, lremovexattr("link", "user.x") >= -1)
CHANGE(truncate_missing, truncate("missing", 1) < 0 && errno == ENOENT)
CHANGE(symlink_there, symlink("x", "a.txt") < 0 && errno == EEXIST)
CHANGE(link_missing, link("missing", "hard") < 0 && errno == ENOENT)
CHANGE(rename_exchange, renameat2(AT_FDCWD, "a.txt", AT_FDCWD, "child.txt",
				RENAME_EXCHANGE) == 0)

CHANGE(rename_nothing, rename(ways_null, "moved") < 0 && errno == EFAULT)

static char name[] = "tmp-XXXXXX", named[] = "tmp-XXXXXX.c";

CHANGE(mkstemp_new, mkstemp(name) >= 0)
CHANGE(mkstemp64_new, mkstemp64(name) >= 0)
CHANGE(mkostemp_new, mkostemp(name, O_CLOEXEC) >= 0)
CHANGE(mkostemp64_new, mkostemp64(name, O_CLOEXEC) >= 0)
CHANGE(mkstemps_new, mkstemps(named, 2) >= 0)
CHANGE(mkstemps64_new, mkstemps64(named, 2) >= 0)
CHANGE(mkostemps_new, mkostemps(named, 2, O_CLOEXEC) >= 0)
CHANGE(mkostemps64_new, mkostemps64(named, 2, O_CLOEXEC) >= 0)
CHANGE(mkdtemp_new, mkdtemp(name) != NULL)

/* Names that are made up and looked for, and nothing more. */
static char room[L_tmpnam];

CHANGE(mktemp_name, mktemp(name) != NULL)
CHANGE(tempnam_name, unsetenv("TMPDIR") == 0 && tempnam("dir", "x") != NULL)
CHANGE(tmpnam_name, tmpnam(room) != NULL && tmpnam_r(room) != NULL)
CHANGE(tmpfile_stream, tmpfile() != NULL && tmpfile64() != NULL)

/* Looked at and removed: what was there before is no longer known. */
static int look_and_remove(void)
{
	MUST(access("empty", F_OK) == 0 && rmdir("empty") == 0);
	MUST(access("a.txt", F_OK) == 0 && unlink("a.txt") == 0);
	return 0;
}

static int make_and_remove(void)
{
	MUST(mkdir("new", 0755) == 0 && remove("new") == 0);
	return 0;
}

/* Write aside, then move over: how most programs replace a file. */
static int replace(void)
{
	int fd = open("a.tmp", O_WRONLY | O_CREAT | O_EXCL, 0644);

	MUST(fd >= 0 && write(fd, "x", 1) == 1 && close(fd) == 0);
	MUST(rename("a.tmp", "a.txt") == 0);
	return ways_show(open("a.txt", O_RDONLY));
}

#define CHANGED "stat a.txt, write a.txt"

const struct way change_ways[] = {
	WAY(mkdir_new, "write new"),
	WAY(mkdir_there, "stat dir"),
	WAY(mkdir_below_missing, "absent missing/new"),
	WAY(mkdirat_new, "write new"),
	WAY(rmdir_empty, "unlink empty"),
	WAY(rmdir_full, "stat dir"),
	WAY(unlink_file, "unlink a.txt"),
	WAY(unlink_link, "unlink link"),
	WAY(unlink_missing, "absent missing"),
	WAY(unlinkat_file, "unlink a.txt"),
	WAY(remove_file, "unlink a.txt"),
	WAY(rename_file, "stat a.txt, rename a.txt, write moved"),
	WAY(rename_over, "stat a.txt, rename a.txt, write child.txt"),
	WAY(rename_nothing, ""),
	WAY(rename_missing, "absent missing, absent moved"),
	WAY(renameat_file, "stat a.txt, rename a.txt, write moved"),
	WAY(renameat2_file, "stat a.txt, rename a.txt, write moved"),
	WAY(link_file, "read a.txt, write hard"),
	WAY(linkat_file, "read a.txt, write hard"),
	WAY(symlink_new, "write soft"),
	WAY(symlinkat_new, "write soft"),
	WAY(truncate_file, "write a.txt"),
	WAY(truncate64_file, "write a.txt"),
	WAY(mknod_pipe, "write pipe"),
	WAY(mkfifo_pipe, "write pipe"),
	WAY(mknodat_pipe, "write pipe"),
	WAY(mkfifoat_pipe, "write pipe"),
	WAY(mknod_there, "stat a.txt"),
	WAY(xmknod, "write pipe"),
	WAY(xmknodat, "write pipe"),
	WAY(unlinkat_directory, "unlink empty"),
	WAY(remove_directory, "!unlink empty"),
	WAY(linkat_followed, "link link, read a.txt, write hard"),
	WAY(chown_file, CHANGED),
	WAY(lchown_link, "link link, write link"),
	WAY(fchownat_file, CHANGED),
	WAY(chmod_missing, "absent missing"),
	WAY(lchmod_file, "stat a.txt, write a.txt?"),
	WAY(fchmodat_itself, "stat a.txt, write a.txt?"),
	WAY(utime_file, CHANGED),
	WAY(utimes_file, CHANGED),
	WAY(lutimes_link, "link link, write link"),
	WAY(futimesat_file, CHANGED),
	WAY(utimensat_file, CHANGED),
	WAY(utimensat_link, "link link, write link"),
	WAY(futimens_file, "read a.txt"),
	WAY(xattr_set, CHANGED "?"),
	WAY(xattr_set_link, "link link"),
	WAY(xattr_remove, CHANGED "?"),
	WAY(xattr_remove_link, "link link"),
	WAY(truncate_missing, "absent missing"),
	WAY(symlink_there, "stat a.txt"),
	WAY(link_missing, "absent missing, absent hard"),
	WAY(rename_exchange, "*"),
	WAY(mktemp_name, "absent tmp-XXXXXX"),
	WAY(tempnam_name, "stat dir, absent dir/xXXXXXX"),
	WAY(tmpnam_name, "absent /tmp/file*"),
	WAY(tmpfile_stream, "any /tmp*"),
	WAY(mkstemp_new, "read tmp-XXXXXX, write tmp-XXXXXX"),
	WAY(mkstemp64_new, "read tmp-XXXXXX, write tmp-XXXXXX"),
	WAY(mkostemp_new, "read tmp-XXXXXX, write tmp-XXXXXX"),
	WAY(mkostemp64_new, "read tmp-XXXXXX, write tmp-XXXXXX"),
	WAY(mkstemps_new, "read tmp-XXXXXX.c, write tmp-XXXXXX.c"),
	WAY(mkstemps64_new, "read tmp-XXXXXX.c, write tmp-XXXXXX.c"),
	WAY(mkostemps_new, "read tmp-XXXXXX.c, write tmp-XXXXXX.c"),
	WAY(mkostemps64_new, "read tmp-XXXXXX.c, write tmp-XXXXXX.c"),
	WAY(mkdtemp_new, "write tmp-XXXXXX"),
	WAY(look_and_remove,
		"stat empty, unlink empty, stat a.txt, unlink a.txt"),
	WAY(make_and_remove, "!write new, unlink new"),
	WAY(replace, "write a.tmp, rename a.tmp, write a.txt, read a.txt"),
	{0},
};
