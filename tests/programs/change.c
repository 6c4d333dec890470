/* SPDX-License-Identifier: MIT */
#include "tests/programs/libc.h"

#include <errno.h>

#include "tests/programs/ways.h"

#define CHANGE(name, condition) \
	static int name(void) \
	{ \
		MUST(condition); \
		return 0; \
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

/* Write aside, then move over: how most programs replace a file. */
static int replace(void)
{
	int fd = open("a.tmp", O_WRONLY | O_CREAT | O_EXCL, 0644);

	MUST(fd >= 0 && write(fd, "x", 1) == 1 && close(fd) == 0);
	MUST(rename("a.tmp", "a.txt") == 0);
	return ways_show(open("a.txt", O_RDONLY));
}

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
	WAY(mkstemp_new, "read tmp-XXXXXX, write tmp-XXXXXX"),
	WAY(mkstemp64_new, "read tmp-XXXXXX, write tmp-XXXXXX"),
	WAY(mkostemp_new, "read tmp-XXXXXX, write tmp-XXXXXX"),
	WAY(mkostemp64_new, "read tmp-XXXXXX, write tmp-XXXXXX"),
	WAY(mkstemps_new, "read tmp-XXXXXX.c, write tmp-XXXXXX.c"),
	WAY(mkstemps64_new, "read tmp-XXXXXX.c, write tmp-XXXXXX.c"),
	WAY(mkostemps_new, "read tmp-XXXXXX.c, write tmp-XXXXXX.c"),
	WAY(mkostemps64_new, "read tmp-XXXXXX.c, write tmp-XXXXXX.c"),
	WAY(mkdtemp_new, "write tmp-XXXXXX"),
	WAY(replace, "write a.tmp, rename a.tmp, write a.txt, read a.txt"),
	{0},
};
