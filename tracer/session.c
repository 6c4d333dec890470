/* SPDX-License-Identifier: MIT */
#include "tracer/session.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "map/map.h"
#include "map/print.h"
#include "tracer/follower.h"
#include "wire/raw.h"

#define SESSION_PREFIX "session-"
#define NEWBORN_PREFIX "new-"
#define LOCK_NAME "lock"
#define ARENA_NAME "arena"
#define SELECTION_NAME "selection"

/* Where the arena begins when the disk is nearly full. */
#define SMALLEST_START (256u << 10)

/* What is left on the disk for the map, and for the tests themselves. */
#define MAP_ROOM (16u << 20)

/* How long the grower sleeps when nobody asks for chunks. */
#define GROW_WAIT_NS 100000000

static const char ignore_text[] = "# made by ftrace\n*\n";

/* Whether that much can be taken and still leave room for the map. */
static bool leaves_room(int fd, uint64_t size)
{
	struct statvfs disk;

	return fstatvfs(fd, &disk) < 0 ||
	       (uint64_t)disk.f_bavail * disk.f_frsize >= size + MAP_ROOM;
}

/* Blocks on disk, so that a mapped page can never fail to be written. */
static int allocate(int fd, off_t from, off_t size)
{
	static const char zeroes[ARENA_CHUNK];

	if (fallocate(fd, 0, from, size) == 0)
		return 0;
	if (errno != EOPNOTSUPP)
		return -errno;
	for (off_t at = from; at < from + size; at += sizeof(zeroes))
		if (pwrite(fd, zeroes, sizeof(zeroes), at) != sizeof(zeroes))
			return -(errno ? errno : ENOSPC);
	return 0;
}

static bool extend(struct session *session)
{
	struct arena_header *header = session->arena.header;
	uint64_t ready = atomic_load(&header->ready);
	uint64_t bytes = ready * ARENA_CHUNK, more = ARENA_WINDOW;

	if (bytes >= session->limit)
		return false;
	if (more > session->limit - bytes)
		more = session->limit - bytes;
	if (!leaves_room(session->arena_fd, more) ||
		allocate(session->arena_fd, (off_t)(ARENA_HEADER + bytes),
			(off_t)more) < 0)
		return false;
	atomic_store(&header->ready, ready + more / ARENA_CHUNK);
	return true;
}

static void *session_grow(void *data)
{
	struct session *session = data;
	struct arena_header *header = session->arena.header;
	struct timespec wait = {0, GROW_WAIT_NS};
	bool room = true;

	while (!atomic_load(&session->stop)) {
		uint32_t wanted = atomic_load(&header->wanted);
		uint64_t taken = atomic_load(&header->taken);

		if (room && taken + ARENA_WINDOW_CHUNKS / 2 >
				    atomic_load(&header->ready)) {
			room = extend(session);
			/* Nobody needs to wait for what will not come. */
			if (!room)
				atomic_store(&header->closed, 1);
			continue;
		}
		follower_start_wanted(&session->arena, &session->follower);
		raw_futex(&header->wanted, FUTEX_WAIT, wanted, &wait);
	}
	return NULL;
}

static uint64_t arena_limit(void)
{
	const char *text = getenv(ARENA_LIMIT_VARIABLE);
	uint64_t most = (uint64_t)ARENA_WINDOW * ARENA_WINDOWS;
	unsigned long long mb = text ? strtoull(text, NULL, 10) : 0;

	if (!mb || mb > most >> 20)
		return most;
	return mb << 20;
}

static int make_arena(struct session *session, struct err *err)
{
	struct arena_header *header;
	uint64_t size = ARENA_WINDOW;
	int code = -ENOSPC;

	session->limit = arena_limit();
	if (size > session->limit)
		size = session->limit;
	session->arena_fd = open(session->arena_path,
		O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (session->arena_fd < 0)
		return err_set(err, -errno, "cannot make '%s': %s",
			session->arena_path, strerror(errno));
	for (; size >= SMALLEST_START; size /= 2) {
		if (size > SMALLEST_START &&
			!leaves_room(session->arena_fd, size))
			continue;
		code = allocate(
			session->arena_fd, 0, (off_t)(ARENA_HEADER + size));
		if (code == 0)
			break;
	}
	if (code < 0)
		return err_set(err, code, "no room for recording in '%s': %s",
			session->directory, strerror(-code));
	/* Others of the tests' users write to it as well. */
	fchmod(session->arena_fd, 0666);
	header = mmap(NULL, ARENA_HEADER, PROT_READ | PROT_WRITE, MAP_SHARED,
		session->arena_fd, 0);
	if (header == MAP_FAILED)
		return err_set(err, -errno, "cannot map '%s': %s",
			session->arena_path, strerror(errno));
	madvise(header, ARENA_HEADER, MADV_RANDOM);
	header->version = ARENA_VERSION;
	header->ready = size / ARENA_CHUNK;
	header->scopes = SCOPE_BASE;
	header->magic = ARENA_MAGIC;
	munmap(header, ARENA_HEADER);
	code = arena_attach(&session->arena, session->arena_path);
	return code == 0 ? 0
			 : err_set(err, code, "cannot map '%s': %s",
				   session->arena_path, strerror(-code));
}

/* `.ftrace` with a .gitignore of its own. */
static int make_home(const char *home, struct err *err)
{
	char *path;
	int fd;

	if (mkdir(home, 0777) < 0) {
		if (errno == EEXIST)
			return 0;
		return err_set(err, -errno, "cannot make '%s': %s", home,
			strerror(errno));
	}
	path = xasprintf("%s/.gitignore", home);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	free(path);
	if (fd >= 0) {
		if (write(fd, ignore_text, sizeof(ignore_text) - 1) < 0)
			err_set(err, -errno, "cannot write in '%s'", home);
		close(fd);
	}
	return 0;
}

int session_make_home(const char *root, struct err *err)
{
	char *home = xasprintf("%s/" MAP_DIRECTORY, root);
	int code = make_home(home, err);

	free(home);
	return code;
}

/* Only a directory with a lock that is held gets a session's name. */
static int name_directory(
	struct session *session, const char *home, struct err *err)
{
	const char *random = strrchr(session->directory, '-') + 1;
	char *named = xasprintf("%s/" SESSION_PREFIX "%s", home, random);
	int code = 0;

	if (rename(session->directory, named) == 0) {
		free(session->directory);
		session->directory = named;
	} else {
		code = err_set(err, -errno, "cannot make '%s': %s", named,
			strerror(errno));
		free(named);
	}
	session->arena_path = xasprintf("%s/" ARENA_NAME, session->directory);
	return code;
}

static int make_directory(
	struct session *session, const char *home, struct err *err)
{
	char *lock;

	session->directory = xasprintf("%s/" NEWBORN_PREFIX "XXXXXX", home);
	if (!mkdtemp(session->directory)) {
		int code = -errno;

		err_set(err, code, "cannot write in '%s': %s", home,
			strerror(errno));
		free(session->directory);
		session->directory = NULL;
		return code;
	}
	chmod(session->directory, 0755);
	lock = xasprintf("%s/" LOCK_NAME, session->directory);
	session->lock = open(lock, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	free(lock);
	if (session->lock < 0 || flock(session->lock, LOCK_EX | LOCK_NB) < 0)
		return err_set(err, -errno, "cannot lock '%s': %s",
			session->directory, strerror(errno));
	return name_directory(session, home, err);
}

int session_open(struct session *session, const char *root, struct err *err)
{
	char *home = xasprintf("%s/" MAP_DIRECTORY, root);
	int code;

	memset(session, 0, sizeof(*session));
	session->lock = session->arena_fd = -1;
	code = make_home(home, err);
	if (code == 0)
		code = make_directory(session, home, err);
	if (code == 0)
		code = make_arena(session, err);
	if (code == 0) {
		code = -pthread_create(
			&session->grower, NULL, session_grow, session);
		session->growing = code == 0;
		if (code == 0)
			code = examiner_start(
				&session->examiner, &session->arena);
		if (code < 0)
			err_set(err, code, "cannot start a thread: %s",
				strerror(-code));
	}
	if (code < 0)
		session_close(session);
	free(home);
	return code;
}

/*
 * The kernel may stamp a file that somebody has just looked at with the fine
 * clock, which is ahead of the coarse one by more than a tick at times.
 */
void session_start_clock(struct session *session)
{
	struct timespec pause = {0, 200000};
	int64_t before = clock_on(CLOCK_REALTIME);

	do {
		nanosleep(&pause, NULL);
		session->started = clock_now();
	} while (session->started <= before);
}

void session_stop(struct session *session)
{
	struct arena_header *header = session->arena.header;

	if (!session->growing)
		return;
	atomic_store(&session->stop, true);
	atomic_store(&header->closed, 1);
	examiner_end(&session->examiner);
	atomic_fetch_add(&header->wanted, 1);
	raw_futex(&header->wanted, FUTEX_WAKE, 1, NULL);
	pthread_join(session->grower, NULL);
	session->growing = false;
	follower_end(&session->arena, session->follower);
}

int session_put_start(
	const struct session *session, const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", session->directory, name);
	FILE *file = fopen(path, "wxe");
	int code = file ? 0 : -errno;

	free(path);
	if (!file)
		return code;
	if (fputs(text, file) < 0)
		code = -EIO;
	return fclose(file) == 0 ? code : -errno;
}

static void unmap_arena(struct arena *arena)
{
	if (!arena->header)
		return;
	munmap(arena->header, ARENA_HEADER + ARENA_WINDOW);
	for (size_t i = 1; i < ARENA_WINDOWS; i++)
		if (atomic_load(&arena->windows[i]))
			munmap(atomic_load(&arena->windows[i]), ARENA_WINDOW);
	arena->header = NULL;
}

int session_select(const struct session *session, char **path,
	char *const *list, size_t count, struct err *err)
{
	char *name = xasprintf("%s/" SELECTION_NAME, session->directory);
	FILE *file = fopen(name, "we");
	int failed = !file;

	for (size_t i = 0; file && i < count; i++)
		failed |= fwrite(list[i], 1, strlen(list[i]) + 1, file) == 0;
	/* A full disk may tell only now. */
	if (file)
		failed |= fclose(file) != 0;
	*path = name;
	if (!failed)
		return 0;
	*path = NULL;
	err_set(err, -errno, "cannot write '%s': %s", name, strerror(errno));
	free(name);
	return -1;
}

/* The lock goes last: without it nobody knows for whom the rest is. */
bool session_remove(const char *directory)
{
	DIR *entries = opendir(directory);
	struct dirent *entry;

	while (entries && (entry = readdir(entries)))
		if (strcmp(entry->d_name, LOCK_NAME) != 0 &&
			strcmp(entry->d_name, ".") != 0 &&
			strcmp(entry->d_name, "..") != 0)
			unlinkat(dirfd(entries), entry->d_name, 0);
	if (entries) {
		unlinkat(dirfd(entries), LOCK_NAME, 0);
		closedir(entries);
	}
	return rmdir(directory) == 0;
}

void session_close(struct session *session)
{
	session_stop(session);
	unmap_arena(&session->arena);
	if (session->arena_fd >= 0)
		close(session->arena_fd);
	if (session->directory)
		session_remove(session->directory);
	if (session->lock >= 0)
		close(session->lock);
	free(session->directory);
	free(session->arena_path);
	memset(session, 0, sizeof(*session));
	session->lock = session->arena_fd = -1;
}
