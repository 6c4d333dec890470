/* SPDX-License-Identifier: MIT */
#include "tests/programs/libc.h"

#include <errno.h>

#include "tests/programs/ways.h"

static int put(int fd)
{
	MUST(fd >= 0 && write(fd, "new\n", 4) == 4 && close(fd) == 0);
	return 0;
}

static int fails_with(int result, int error)
{
	MUST(result < 0 && errno == error);
	return 0;
}

#define SHOW(name, call) \
	static int name(void) \
	{ \
		return ways_show(call); \
	}
#define PUT(name, call) \
	static int name(void) \
	{ \
		return put(call); \
	}
#define FAILS(name, call, error) \
	static int name(void) \
	{ \
		return fails_with(call, error); \
	}

SHOW(open_read, open("a.txt", O_RDONLY))
SHOW(open64_read, open64("a.txt", O_RDONLY))
SHOW(open_2, __open_2("a.txt", O_RDONLY))
SHOW(open64_2, __open64_2("a.txt", O_RDONLY))
SHOW(openat_2, __openat_2(AT_FDCWD, "a.txt", O_RDONLY))
SHOW(openat64_2, __openat64_2(AT_FDCWD, "a.txt", O_RDONLY))
SHOW(open_dotted, open("dir/.././a.txt", O_RDONLY))
SHOW(open_by_link, open("link", O_RDONLY))
SHOW(open_by_linked_directory, open("dirlink/x", O_RDONLY))
PUT(open_write, open("a.txt", O_WRONLY))
PUT(open_append, open("a.txt", O_WRONLY | O_APPEND))
PUT(open_both, open("a.txt", O_RDWR))
PUT(open_create, open("new", O_WRONLY | O_CREAT, 0644))
PUT(open_create_there, open("a.txt", O_RDWR | O_CREAT, 0644))
PUT(open_exclusive, open("new", O_RDWR | O_CREAT | O_EXCL, 0644))
PUT(open_truncate, open("a.txt", O_WRONLY | O_TRUNC))
PUT(creat_new, creat("new", 0644))
PUT(creat64_there, creat64("a.txt", 0644))
FAILS(open_missing, open("missing", O_RDONLY), ENOENT)
FAILS(open_below_file, open("a.txt/x", O_RDONLY), ENOTDIR)
FAILS(open_exclusive_there, open("a.txt", O_WRONLY | O_CREAT | O_EXCL, 0600),
	EEXIST)
FAILS(open_link_itself, open("link", O_RDONLY | O_NOFOLLOW), ELOOP)
FAILS(open_directory_to_write, open("dir", O_WRONLY), EISDIR)
FAILS(open_nothing, open(ways_null, O_RDONLY), EFAULT)

static int open_path_only(void)
{
	MUST(open("a.txt", O_PATH) >= 0);
	return 0;
}

static int openat_directory(void)
{
	int dir = open("dir", O_RDONLY | O_DIRECTORY);

	MUST(dir >= 0);
	return ways_show(openat(dir, "x", O_RDONLY));
}

static int openat64_directory(void)
{
	int dir = open("dir", O_PATH);

	MUST(dir >= 0);
	return ways_show(openat64(dir, "x", O_RDONLY));
}

static int open_after_chdir(void)
{
	MUST(chdir("dir") == 0);
	return ways_show(open("x", O_RDONLY));
}

static int open_after_fchdir(void)
{
	MUST(fchdir(open("dir", O_PATH)) == 0);
	return ways_show(open("../a.txt", O_RDONLY));
}

static int open_unnamed(void)
{
	int fd = open("dir", O_RDWR | O_TMPFILE, 0600);

	return fd < 0 ? 0 : put(fd);
}

/* What the program made itself is no input, but it was read all the same. */
static int open_own(void)
{
	put(open("new", O_WRONLY | O_CREAT, 0644));
	return ways_show(open("new", O_RDONLY));
}

static int show_stream(FILE *stream)
{
	int c;

	MUST(stream != NULL);
	while ((c = fgetc(stream)) != EOF)
		putchar(c);
	return fclose(stream);
}

static int put_stream(FILE *stream)
{
	MUST(stream != NULL && fputs("new\n", stream) >= 0);
	return fclose(stream);
}

#define SHOW_STREAM(name, call) \
	static int name(void) \
	{ \
		return show_stream(call); \
	}
#define PUT_STREAM(name, call) \
	static int name(void) \
	{ \
		return put_stream(call); \
	}

SHOW_STREAM(fopen_read, fopen("a.txt", "r"))
SHOW_STREAM(fopen64_read, fopen64("a.txt", "rbe"))
SHOW_STREAM(freopen_read, freopen("a.txt", "r", stdin))
SHOW_STREAM(freopen64_read, freopen64("a.txt", "r", stdin))
PUT_STREAM(fopen_write, fopen("a.txt", "w"))
PUT_STREAM(fopen_write_new, fopen("new", "w"))
PUT_STREAM(fopen_append, fopen("a.txt", "a"))
PUT_STREAM(fopen_append_new, fopen("new", "a"))
PUT_STREAM(fopen_update, fopen("a.txt", "r+"))
PUT_STREAM(fopen_rewrite, fopen("a.txt", "w+"))
PUT_STREAM(fopen_exclusive, fopen("new", "wx"))

static int fopen_missing(void)
{
	MUST(!fopen("missing", "r") && errno == ENOENT);
	return 0;
}

const struct way open_ways[] = {
	WAY(open_read, "read a.txt"),
	WAY(open64_read, "read a.txt"),
	WAY(open_2, "read a.txt"),
	WAY(open64_2, "read a.txt"),
	WAY(openat_2, "read a.txt"),
	WAY(openat64_2, "read a.txt"),
	WAY(open_dotted, "read a.txt"),
	WAY(open_by_link, "link link, read a.txt"),
	WAY(open_by_linked_directory, "link dirlink, read dir/x"),
	WAY(open_write, "write a.txt"),
	WAY(open_append, "write a.txt"),
	WAY(open_both, "read a.txt, write a.txt"),
	WAY(open_create, "write new"),
	WAY(open_create_there, "read a.txt, write a.txt"),
	WAY(open_exclusive, "write new, read new"),
	WAY(open_truncate, "write a.txt"),
	WAY(creat_new, "write new"),
	WAY(creat64_there, "write a.txt"),
	WAY(open_missing, "absent missing"),
	WAY(open_below_file, "absent a.txt/x"),
	WAY(open_exclusive_there, "stat a.txt"),
	WAY(open_link_itself, "link link"),
	WAY(open_directory_to_write, "stat dir"),
	WAY(open_nothing, ""),
	WAY(open_path_only, "stat a.txt"),
	WAY(openat_directory, "stat dir, read dir/x"),
	WAY(openat64_directory, "stat dir, read dir/x"),
	WAY(open_after_chdir, "stat dir, read dir/x"),
	WAY(open_after_fchdir, "stat dir, read a.txt"),
	WAY(open_unnamed, "stat dir"),
	WAY(open_own, "write new, read new"),
	WAY(fopen_read, "read a.txt"),
	WAY(fopen64_read, "read a.txt"),
	WAY(freopen_read, "read a.txt"),
	WAY(freopen64_read, "read a.txt"),
	WAY(fopen_write, "write a.txt"),
	WAY(fopen_write_new, "write new"),
	WAY(fopen_append, "write a.txt"),
	WAY(fopen_append_new, "write new"),
	WAY(fopen_update, "read a.txt, write a.txt"),
	WAY(fopen_rewrite, "write a.txt, read a.txt"),
	WAY(fopen_exclusive, "write new"),
	WAY(fopen_missing, "absent missing"),
	{0},
};
