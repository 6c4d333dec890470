/* SPDX-License-Identifier: MIT */
/*
 * Every call of the catalogue, made with syscall(2): what no function of libc
 * prepares. Some are refused, by the kernel's version, the file system or for
 * want of rights; what they name was looked at all the same.
 */
#include "tests/programs/libc.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include "tests/programs/ways.h"

/* These are the same on all machines, and older headers lack them. */
#ifndef SYS_move_mount
#define SYS_open_tree 428
#define SYS_move_mount 429
#endif
#ifndef SYS_fspick
#define SYS_fspick 433
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif
#ifndef SYS_open_tree_attr
#define SYS_open_tree_attr 467
#endif
#ifndef SYS_io_uring_setup
#define SYS_io_uring_setup 425
#endif
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#ifndef SYS_faccessat2
#define SYS_faccessat2 439
#endif
#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif
#ifndef SYS_setxattrat
#define SYS_setxattrat 463
#define SYS_getxattrat 464
#define SYS_listxattrat 465
#define SYS_removexattrat 466
#endif
#ifndef SYS_file_getattr
#define SYS_file_getattr 468
#define SYS_file_setattr 469
#endif

static struct open_how how = {.flags = O_RDONLY};
static struct open_how how_to_create = {
	.flags = O_WRONLY | O_CREAT | O_EXCL, .mode = 0600};
static struct {
	unsigned bytes, type;
	unsigned char handle[128];
} handle = {.bytes = 128};
static char buffer[8192];
static char *const arguments[] = {"tool", "child", NULL};

static long directory(void)
{
	return open("dir", O_RDONLY | O_DIRECTORY);
}

static int show_raw(long fd)
{
	MUST(fd >= 0);
	return ways_show((int)fd);
}

#define SHOW(name, call) \
	static int name(void) \
	{ \
		return show_raw(call); \
	}
#define DO(name, condition) \
	static int name(void) \
	{ \
		MUST(condition); \
		return 0; \
	}
/* Which may be refused. */
#define TRY(name, call) \
	static int name(void) \
	{ \
		(void)(call); \
		return 0; \
	}

SHOW(raw_openat, syscall(SYS_openat, AT_FDCWD, "a.txt", O_RDONLY))
SHOW(raw_openat_directory, syscall(SYS_openat, directory(), "x", O_RDONLY))
SHOW(raw_openat2, syscall(SYS_openat2, AT_FDCWD, "a.txt", &how, sizeof(how)))
DO(raw_openat2_create,
	syscall(SYS_openat2, AT_FDCWD, "new", &how_to_create, sizeof(how)) >= 0)
DO(raw_openat2_nowhere,
	syscall(SYS_openat2, AT_FDCWD, "a.txt", NULL, sizeof(how)) < 0 &&
		errno == EFAULT)
DO(raw_openat2_missing,
	syscall(SYS_openat2, AT_FDCWD, "missing", &how, sizeof(how)) < 0)
DO(raw_newfstatat, syscall(SYS_newfstatat, AT_FDCWD, "a.txt", buffer, 0) == 0)
DO(raw_newfstatat_link, syscall(SYS_newfstatat, AT_FDCWD, "link", buffer,
				AT_SYMLINK_NOFOLLOW) == 0)
DO(raw_statx, syscall(SYS_statx, AT_FDCWD, "a.txt", 0, 0x7ff, buffer) == 0)
DO(raw_faccessat, syscall(SYS_faccessat, AT_FDCWD, "a.txt", R_OK) == 0)
DO(raw_faccessat2, syscall(SYS_faccessat2, AT_FDCWD, "a.txt", R_OK, 0) == 0)
DO(raw_statfs, syscall(SYS_statfs, "a.txt", buffer) == 0)
TRY(raw_getxattr, syscall(SYS_getxattr, "a.txt", "user.x", buffer, 9))
TRY(raw_lgetxattr, syscall(SYS_lgetxattr, "link", "user.x", buffer, 9))
TRY(raw_listxattr, syscall(SYS_listxattr, "a.txt", buffer, sizeof(buffer)))
TRY(raw_llistxattr, syscall(SYS_llistxattr, "link", buffer, sizeof(buffer)))
TRY(raw_getxattrat,
	syscall(SYS_getxattrat, AT_FDCWD, "a.txt", 0, "user.x", buffer, 24))
TRY(raw_listxattrat, syscall(SYS_listxattrat, AT_FDCWD, "a.txt", 0, buffer, 99))
TRY(raw_file_getattr, syscall(SYS_file_getattr, AT_FDCWD, "a.txt", buffer, 1))
TRY(raw_name_to_handle_at,
	syscall(SYS_name_to_handle_at, AT_FDCWD, "a.txt", &handle, buffer, 0))
TRY(raw_inotify_add_watch,
	syscall(SYS_inotify_add_watch, syscall(SYS_inotify_init1, 0), "dir", 2))
TRY(raw_fanotify_mark,
	syscall(SYS_fanotify_mark, -1, 1, 2UL, AT_FDCWD, "a.txt"))
TRY(raw_open_tree, syscall(SYS_open_tree, AT_FDCWD, "dir", 0))
/* Of what is no swap space, no device and no file. */
TRY(raw_open_tree_attr, syscall(SYS_open_tree_attr, AT_FDCWD, "dir", 0, 0, 0))
TRY(raw_fspick, syscall(SYS_fspick, AT_FDCWD, "dir", 0))
TRY(raw_mount_setattr, syscall(SYS_mount_setattr, AT_FDCWD, "dir", 0, 0, 0))
TRY(raw_ptrace, syscall(SYS_ptrace, PTRACE_CONT, 0, 0, 0))
TRY(raw_mmap, syscall(SYS_mmap, NULL, 4096L, PROT_READ | PROT_EXEC, MAP_PRIVATE,
		      open("a.txt", O_RDONLY), 0))
TRY(raw_prctl, syscall(SYS_prctl, PR_GET_SECCOMP, 0, 0, 0, 0))

/* Whoever filters calls is killed by any that it did not think of. */
static int filter_then_open(void)
{
	const struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 4, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_write, 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_newfstatat, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = {
		sizeof(code) / sizeof(*code), (struct sock_filter *)code};

	MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	MUST(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) == 0);
	MUST(openat(AT_FDCWD, "a.txt", O_RDONLY) >= 0);
	_exit(7);
}

TRY(raw_swapoff, syscall(SYS_swapoff, "a.txt"))
TRY(raw_swapon, syscall(SYS_swapon, "a.txt", 0))
TRY(raw_quotactl, syscall(SYS_quotactl, 0x80000700, "a.txt", 0, buffer))
TRY(raw_acct, syscall(SYS_acct, "dir"))
DO(raw_readlinkat, syscall(SYS_readlinkat, AT_FDCWD, "link", buffer, 99) == 5)
DO(raw_chdir, syscall(SYS_chdir, "dir") == 0)
DO(raw_getdents64,
	syscall(SYS_getdents64, directory(), buffer, sizeof(buffer)) > 0)

DO(raw_mkdirat, syscall(SYS_mkdirat, AT_FDCWD, "new", 0755) == 0)
DO(raw_unlinkat, syscall(SYS_unlinkat, AT_FDCWD, "a.txt", 0) == 0)
DO(raw_unlinkat_directory,
	syscall(SYS_unlinkat, AT_FDCWD, "empty", AT_REMOVEDIR) == 0)
DO(raw_renameat2,
	syscall(SYS_renameat2, AT_FDCWD, "a.txt", AT_FDCWD, "moved", 1) == 0)
DO(raw_linkat, syscall(SYS_linkat, AT_FDCWD, "a.txt", AT_FDCWD, "hard", 0) == 0)
DO(raw_symlinkat, syscall(SYS_symlinkat, "a.txt", AT_FDCWD, "soft") == 0)
DO(raw_mknodat, syscall(SYS_mknodat, AT_FDCWD, "pipe", S_IFIFO | 0600, 0) == 0)
DO(raw_truncate, syscall(SYS_truncate, "a.txt", 1L) == 0)
DO(raw_fchmodat, syscall(SYS_fchmodat, AT_FDCWD, "a.txt", 0600) == 0)
TRY(raw_fchmodat2, syscall(SYS_fchmodat2, AT_FDCWD, "a.txt", 0600, 0))
DO(raw_fchownat, syscall(SYS_fchownat, AT_FDCWD, "a.txt", -1, -1, 0) == 0)
DO(raw_utimensat, syscall(SYS_utimensat, AT_FDCWD, "a.txt", NULL, 0) == 0)
TRY(raw_setxattr, syscall(SYS_setxattr, "a.txt", "user.x", "1", 1, 0))
TRY(raw_lsetxattr, syscall(SYS_lsetxattr, "link", "user.x", "1", 1, 0))
TRY(raw_setxattrat,
	syscall(SYS_setxattrat, AT_FDCWD, "a.txt", 0, "user.x", buffer, 1))
TRY(raw_removexattr, syscall(SYS_removexattr, "a.txt", "user.x"))
TRY(raw_lremovexattr, syscall(SYS_lremovexattr, "link", "user.x"))
TRY(raw_removexattrat,
	syscall(SYS_removexattrat, AT_FDCWD, "a.txt", 0, "user.x"))
TRY(raw_file_setattr, syscall(SYS_file_setattr, AT_FDCWD, "a.txt", buffer, 1))

TRY(raw_execve, syscall(SYS_execve, "./tool", arguments, environ))
TRY(raw_execveat,
	syscall(SYS_execveat, AT_FDCWD, "tool", arguments, environ, 0))
TRY(raw_exit_group, syscall(SYS_exit_group, 3))

/* What could change the machine is asked for what cannot be. */
TRY(raw_chroot, syscall(SYS_chroot, "dir"))
TRY(raw_chroot_missing, syscall(SYS_chroot, "missing"))
TRY(raw_pivot_root, syscall(SYS_pivot_root, "dir", "dir"))
TRY(raw_mount, syscall(SYS_mount, "none", "dir", "no such type", 0, NULL))
TRY(raw_move_mount, syscall(SYS_move_mount, -1, "", -1, "", 0))
TRY(raw_umount2, syscall(SYS_umount2, "dir", 0))
TRY(raw_setns, syscall(SYS_setns, -1, 0))
TRY(raw_io_uring_setup, syscall(SYS_io_uring_setup, 0, NULL))

static int at_socket(long call, const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	return (int)syscall(call, fd, &address, sizeof(address));
}

DO(raw_connect, at_socket(SYS_connect, "a.txt") < 0 && errno == ECONNREFUSED)
DO(raw_bind, at_socket(SYS_bind, "socket") == 0)

static int child_of(long pid)
{
	if (pid == 0)
		_exit(ways_show(open("child.txt", O_RDONLY)));
	return ways_wait((int)pid);
}

static int raw_clone(void)
{
	return child_of(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
}

#ifdef SYS_open
SHOW(raw_open, syscall(SYS_open, "a.txt", O_RDONLY))
DO(raw_creat, syscall(SYS_creat, "new", 0600) >= 0)
DO(raw_stat, syscall(SYS_stat, "link", buffer) == 0)
DO(raw_lstat, syscall(SYS_lstat, "link", buffer) == 0)
DO(raw_access, syscall(SYS_access, "a.txt", R_OK) == 0)
DO(raw_readlink, syscall(SYS_readlink, "link", buffer, 99) == 5)
DO(raw_getdents, syscall(SYS_getdents, directory(), buffer, 8192) > 0)
DO(raw_mkdir, syscall(SYS_mkdir, "new", 0755) == 0)
DO(raw_rmdir, syscall(SYS_rmdir, "empty") == 0)
DO(raw_unlink, syscall(SYS_unlink, "link") == 0)
DO(raw_rename, syscall(SYS_rename, "a.txt", "moved") == 0)
DO(raw_renameat,
	syscall(SYS_renameat, AT_FDCWD, "a.txt", AT_FDCWD, "moved") == 0)
DO(raw_link, syscall(SYS_link, "a.txt", "hard") == 0)
DO(raw_symlink, syscall(SYS_symlink, "a.txt", "soft") == 0)
DO(raw_mknod, syscall(SYS_mknod, "pipe", S_IFIFO | 0600, 0) == 0)
DO(raw_chmod, syscall(SYS_chmod, "a.txt", 0600) == 0)
DO(raw_chown, syscall(SYS_chown, "a.txt", -1, -1) == 0)
DO(raw_lchown, syscall(SYS_lchown, "link", -1, -1) == 0)
DO(raw_utime, syscall(SYS_utime, "a.txt", NULL) == 0)
DO(raw_utimes, syscall(SYS_utimes, "a.txt", NULL) == 0)
DO(raw_futimesat, syscall(SYS_futimesat, AT_FDCWD, "a.txt", NULL) == 0)

static int raw_fork(void)
{
	return child_of(syscall(SYS_fork));
}
#endif

#define TOOL "exec tool, read tool, read child.txt"
#define CHANGED "stat a.txt, write a.txt"

const struct way raw_ways[] = {
	WAY(raw_openat, "read a.txt"),
	WAY(raw_openat_directory, "stat dir, read dir/x"),
	WAY(raw_openat2, "read a.txt"),
	WAY(raw_openat2_create, "write new"),
	WAY(raw_openat2_nowhere, ""),
	WAY(raw_openat2_missing, "absent missing"),
	WAY(raw_newfstatat, "stat a.txt"),
	WAY(raw_newfstatat_link, "link link"),
	WAY(raw_statx, "stat a.txt"),
	WAY(raw_faccessat, "stat a.txt"),
	WAY(raw_faccessat2, "stat a.txt"),
	WAY(raw_statfs, "stat a.txt"),
	WAY(raw_getxattr, "stat a.txt"),
	WAY(raw_lgetxattr, "link link"),
	WAY(raw_listxattr, "stat a.txt"),
	WAY(raw_llistxattr, "link link"),
	WAY(raw_getxattrat, "stat a.txt"),
	WAY(raw_listxattrat, "stat a.txt"),
	WAY(raw_file_getattr, "stat a.txt"),
	WAY(raw_name_to_handle_at, "stat a.txt"),
	WAY(raw_inotify_add_watch, "stat dir"),
	WAY(raw_fanotify_mark, "stat a.txt"),
	WAY(raw_open_tree, "stat dir"),
	WAY(raw_open_tree_attr, "stat dir"),
	WAY(raw_fspick, "stat dir"),
	WAY(raw_mount_setattr, ""),
	WAY(raw_ptrace, ""),
	WAY(raw_mmap, "read a.txt"),
	WAY(raw_prctl, ""),
	WAY(filter_then_open, "incomplete"),
	WAY(raw_swapoff, "stat a.txt"),
	WAY(raw_swapon, "stat a.txt"),
	WAY(raw_quotactl, "stat a.txt"),
	WAY(raw_acct, "stat dir"),
	WAY(raw_readlinkat, "link link"),
	WAY(raw_chdir, "stat dir"),
	WAY(raw_getdents64, "list dir"),
	WAY(raw_mkdirat, "write new"),
	WAY(raw_unlinkat, "unlink a.txt"),
	WAY(raw_unlinkat_directory, "unlink empty"),
	WAY(raw_renameat2, "stat a.txt, rename a.txt, write moved"),
	WAY(raw_linkat, "read a.txt, write hard"),
	WAY(raw_symlinkat, "write soft"),
	WAY(raw_mknodat, "write pipe"),
	WAY(raw_truncate, "write a.txt"),
	WAY(raw_fchmodat, CHANGED),
	WAY(raw_fchmodat2, CHANGED "?"),
	WAY(raw_fchownat, CHANGED),
	WAY(raw_utimensat, CHANGED),
	WAY(raw_setxattr, CHANGED "?"),
	WAY(raw_lsetxattr, "link link, write link?"),
	WAY(raw_setxattrat, CHANGED "?"),
	WAY(raw_removexattr, CHANGED "?"),
	WAY(raw_lremovexattr, "link link, write link?"),
	WAY(raw_removexattrat, CHANGED "?"),
	WAY(raw_file_setattr, CHANGED "?"),
	WAY(raw_execve, TOOL),
	WAY(raw_execveat, TOOL),
	WAY(raw_exit_group, ""),
	WAY(raw_chroot, "stat dir?, incomplete as root"),
	WAY(raw_chroot_missing, "absent missing"),
	WAY(raw_pivot_root, ""),
	WAY(raw_mount, ""),
	WAY(raw_move_mount, ""),
	WAY(raw_umount2, ""),
	WAY(raw_setns, ""),
	WAY(raw_io_uring_setup, ""),
	WAY(raw_connect, "stat a.txt"),
	WAY(raw_bind, "write socket"),
	WAY(raw_clone, "read child.txt"),
#ifdef SYS_open
	WAY(raw_open, "read a.txt"),
	WAY(raw_creat, "write new"),
	WAY(raw_stat, "link link, stat a.txt"),
	WAY(raw_lstat, "link link"),
	WAY(raw_access, "stat a.txt"),
	WAY(raw_readlink, "link link"),
	WAY(raw_getdents, "list dir"),
	WAY(raw_mkdir, "write new"),
	WAY(raw_rmdir, "unlink empty"),
	WAY(raw_unlink, "unlink link"),
	WAY(raw_rename, "stat a.txt, rename a.txt, write moved"),
	WAY(raw_renameat, "stat a.txt, rename a.txt, write moved"),
	WAY(raw_link, "read a.txt, write hard"),
	WAY(raw_symlink, "write soft"),
	WAY(raw_mknod, "write pipe"),
	WAY(raw_chmod, CHANGED),
	WAY(raw_chown, CHANGED),
	WAY(raw_lchown, "link link, write link"),
	WAY(raw_utime, CHANGED),
	WAY(raw_utimes, CHANGED),
	WAY(raw_futimesat, CHANGED),
	WAY(raw_fork, "read child.txt"),
#endif
	{0},
};
