/* SPDX-License-Identifier: MIT */
#include "tests/programs/libc.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/mount.h>
#include <sys/quota.h>
#include <sys/statvfs.h>
#include <sys/swap.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

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
static struct statfs stfs;
static struct statfs64 stfs64;
static struct statvfs stvfs;
static struct statvfs64 stvfs64;
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

LOOK(faccessat_itself,
	faccessat(AT_FDCWD, "link", R_OK, AT_SYMLINK_NOFOLLOW) == 0)
LOOK(faccessat_effective, faccessat(AT_FDCWD, "a.txt", R_OK, AT_EACCESS) == 0)
LOOK(statfs_file, statfs("a.txt", &stfs) == 0)
LOOK(statfs64_missing, statfs64("missing", &stfs64) < 0)
LOOK(statvfs_file, statvfs("a.txt", &stvfs) == 0)
LOOK(statvfs64_file, statvfs64("a.txt", &stvfs64) == 0)
LOOK(pathconf_file, pathconf("a.txt", _PC_NAME_MAX) > 0)
LOOK(pathconf_links, pathconf("a.txt", _PC_LINK_MAX) > 0)
LOOK(pathconf_missing, pathconf("missing", _PC_2_SYMLINKS) < 0)
LOOK(ftok_file, ftok("a.txt", 1) != -1)
LOOK(xattr_file, getxattr("a.txt", "user.x", text, 9) < 0)
LOOK(xattr_link, lgetxattr("link", "user.x", text, 9) < 0)
LOOK(xattr_list, listxattr("a.txt", text, sizeof(text)) >= -1)
LOOK(xattr_list_link, llistxattr("link", text, sizeof(text)) >= -1)
LOOK(fchdir_directory, fchdir(open("dir", O_RDONLY | O_DIRECTORY)) == 0)
LOOK(chroot_directory, chroot("dir") >= -1)
LOOK(chroot_missing, chroot("missing") < 0)
LOOK(inotify_directory, inotify_add_watch(inotify_init(), "dir", IN_CREATE) > 0)
LOOK(inotify_missing, inotify_add_watch(inotify_init(), "missing", 1) < 0)
LOOK(fanotify_file,
	fanotify_mark(-1, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD, "a.txt") < 0)
LOOK(handle_of_file, name_to_handle_at(AT_FDCWD, "a.txt",
			     (struct file_handle *)text, (int *)&st, 0) < 0)
LOOK(current_directory, getcwd(text, sizeof(text)) && getwd(text))
LOOK(current_directory_name,
	setenv("PWD", getcwd(text, sizeof(text)), 1) == 0 &&
		get_current_dir_name())
LOOK(quota_of_file, quotactl(QCMD(Q_SYNC, USRQUOTA), "a.txt", 0, text) < 0)
LOOK(account_directory, acct("dir") < 0)
LOOK(swap_to_file, swapon("a.txt", 0) < 0)
LOOK(swap_off_file, swapoff("a.txt") < 0)
LOOK(mount_nothing, mount("none", "dir", "no such type", 0, NULL) < 0)
LOOK(unmount_nothing, umount("dir") < 0 && umount2("dir", 0) < 0)

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
	WAY(faccessat_itself, "link link"),
	WAY(faccessat_effective, "stat a.txt"),
	WAY(statfs_file, "stat a.txt"),
	WAY(statfs64_missing, "absent missing"),
	WAY(statvfs_file, "stat a.txt"),
	WAY(statvfs64_file, "stat a.txt"),
	WAY(pathconf_file, "stat a.txt"),
	WAY(pathconf_links, "stat a.txt"),
	WAY(pathconf_missing, "absent missing"),
	WAY(ftok_file, "stat a.txt"),
	WAY(xattr_file, "stat a.txt"),
	WAY(xattr_link, "link link"),
	WAY(xattr_list, "stat a.txt"),
	WAY(xattr_list_link, "link link"),
	WAY(fchdir_directory, "stat dir"),
	WAY(chroot_directory, "stat dir?, incomplete as root"),
	WAY(chroot_missing, "absent missing"),
	WAY(inotify_directory, "stat dir"),
	WAY(inotify_missing, "absent missing"),
	WAY(fanotify_file, "stat a.txt"),
	WAY(handle_of_file, "stat a.txt"),
	WAY(current_directory, ""),
	WAY(current_directory_name, "stat ."),
	WAY(quota_of_file, "stat a.txt"),
	WAY(account_directory, "stat dir"),
	WAY(swap_to_file, "stat a.txt"),
	WAY(swap_off_file, "stat a.txt"),
	WAY(mount_nothing, ""),
	WAY(unmount_nothing, ""),
	WAY(xstat, "link link, stat a.txt"),
	WAY(xstat64, "link link, stat a.txt"),
	WAY(lxstat, "link link"),
	WAY(lxstat64, "link link"),
	WAY(fxstatat, "link link, stat a.txt"),
	WAY(fxstatat64, "link link, stat a.txt"),
	{0},
};
