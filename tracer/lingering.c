/* SPDX-License-Identifier: MIT */
/*
 * What outlives its session: processes that still run when the command has
 * ended, and directories of sessions that were killed.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "fold/trace.h"
#include "map/map.h"
#include "tracer/session.h"

#define STEP_MS 5

/* In the list of processes: one that is followed. No pid is that high. */
#define FOLLOWED_BIT 0x80000000u

/* A directory that is not named yet may be one being made. */
#define NEWBORN_SECONDS 60

/* Numbers are used again: only one that maps the arena is the one we knew. */
static bool maps_arena(uint32_t pid, const char *arena)
{
	char name[64], line[8192];
	bool found = false;
	FILE *maps;

	if (kill((pid_t)pid, 0) < 0 && errno == ESRCH)
		return false;
	snprintf(name, sizeof(name), "/proc/%u/maps", pid);
	maps = fopen(name, "re");
	if (!maps)
		return false;
	while (!found && fgets(line, sizeof(line), maps))
		found = strstr(line, arena) != NULL;
	fclose(maps);
	return found;
}

static int by_pid(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* What is followed maps nothing; the follower counts it. */
static bool is_alive(const struct session *session, uint32_t pid)
{
	if (pid & FOLLOWED_BIT)
		return atomic_load(&session->arena.header->follow.followed) &&
		       kill((pid_t)(pid & ~FOLLOWED_BIT), 0) == 0;
	return maps_arena(pid, session->arena_path);
}

/* Every pid that claimed chunks, once. */
static size_t arena_pids(struct session *session, uint32_t **pids)
{
	struct arena_header *header = session->arena.header;
	uint64_t taken = atomic_load(&header->taken);
	uint64_t ready = trace_chunks(&session->arena), i = 0;
	size_t count = 0, room = 0, unique = 0;

	*pids = NULL;
	while (i < taken && i < ready) {
		struct arena_chunk *chunk = arena_chunk_at(&session->arena, i);

		if (!chunk)
			break;
		if (chunk->count && chunk->pid != (uint32_t)getpid())
			*(uint32_t *)array_add(
				pids, &count, &room, sizeof(**pids)) =
				chunk->pid |
				(chunk->followed ? FOLLOWED_BIT : 0);
		i += chunk->count ? chunk->count : 1;
	}
	if (count)
		qsort(*pids, count, sizeof(**pids), by_pid);
	for (size_t k = 0; k < count; k++)
		if (!unique || (*pids)[unique - 1] != (*pids)[k])
			(*pids)[unique++] = (*pids)[k];
	return unique;
}

unsigned session_unborn(const struct session *session)
{
	const struct arena_header *header = session->arena.header;

	return atomic_load(&header->forks) - atomic_load(&header->births);
}

/* What has begun in the session, and how much of it is not heard of yet. */
struct pulse {
	uint32_t forks, announced;
	bool settled;
};

static struct pulse feel(const struct session *session)
{
	const struct arena_header *header = session->arena.header;
	struct pulse pulse = {.forks = atomic_load(&header->forks),
		.announced = atomic_load(&header->announced)};

	/* More answers than calls: a child that was not announced. */
	pulse.settled = !atomic_load(&header->follow.followed) &&
			pulse.forks == atomic_load(&header->births) &&
			(int32_t)(pulse.announced -
				  atomic_load(&header->answered)) <= 0;
	return pulse;
}

size_t session_lingering(
	struct session *session, unsigned grace_ms, uint32_t **pids)
{
	struct timespec step = {0, STEP_MS * 1000000L};
	size_t count, alive;

	for (unsigned waited = 0;; waited += STEP_MS) {
		struct pulse before = feel(session), after;

		/* Anew each time: those that linger start others. */
		count = arena_pids(session, pids);
		alive = 0;
		for (size_t i = 0; i < count; i++)
			if (is_alive(session, (*pids)[i]))
				(*pids)[alive++] = (*pids)[i] & ~FOLLOWED_BIT;
		/* One in the middle of an exec maps nothing: had any begun, it
		 * would be between the two. */
		after = feel(session);
		if (waited >= grace_ms ||
			(!alive && before.settled && after.settled &&
				before.forks == after.forks &&
				before.announced == after.announced))
			return alive;
		free(*pids);
		nanosleep(&step, NULL);
	}
}

/* One that its maker did not come to name. */
static bool is_old(const char *directory)
{
	struct stat st;

	return stat(directory, &st) == 0 &&
	       st.st_mtime + NEWBORN_SECONDS < time(NULL);
}

static bool is_dead(const char *directory)
{
	char *path = xasprintf("%s/lock", directory);
	int fd = open(path, O_RDWR | O_CLOEXEC);
	bool dead;

	free(path);
	/* Named once it is locked: this one is being removed. */
	if (fd < 0)
		return errno == ENOENT && rmdir(directory) < 0 &&
		       is_old(directory);
	dead = flock(fd, LOCK_EX | LOCK_NB) == 0;
	close(fd);
	return dead;
}

unsigned session_clean(const char *root)
{
	char *home = xasprintf("%s/" MAP_DIRECTORY, root), *path;
	DIR *dir = opendir(home);
	struct dirent *entry;
	unsigned cleaned = 0;

	while (dir && (entry = readdir(dir))) {
		bool newborn = !strncmp(entry->d_name, "new-", 4);

		if (!newborn && strncmp(entry->d_name, "session-", 8) != 0)
			continue;
		path = xasprintf("%s/%s", home, entry->d_name);
		if (newborn ? is_old(path) : is_dead(path))
			cleaned += session_remove(path);
		free(path);
	}
	if (dir)
		closedir(dir);
	free(home);
	return cleaned;
}
