/* SPDX-License-Identifier: MIT */
/*
 * Checking all files of the map. Where there are thousands, the stats are
 * done by several threads; what they told is compared by one.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "map/files.h"

/* Starting a thread costs as much as some tens of stats. */
#define FILES_PER_THREAD 2000
#define THREADS_MAX 8

/* A file without states is only a name in somebody's list of accesses. */
static bool matters(const struct map_file *file)
{
	return file->state != FILE_NONE || file->anchor;
}

struct job {
	const struct map_files *files;
	struct look *looks;
	int root;
	size_t from, to;
};

static void *look_at_some(void *data)
{
	struct job *job = data;
	struct stat st;

	for (size_t i = job->from; i < job->to; i++) {
		const char *path = map_files_path(job->files, (uint32_t)i);

		if (job->files->files[i].dir != FILE_NONE ||
			job->files->files[i].variable ||
			!matters(&job->files->files[i]))
			continue;
		job->looks[i].seen = clock_now();
		/* An absolute path takes no notice of the directory. */
		if (fstatat(job->root, path, &st, AT_SYMLINK_NOFOLLOW) == 0)
			job->looks[i].identity = identity_of(&st);
	}
	return NULL;
}

static size_t thread_count(size_t files)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	size_t n = files / FILES_PER_THREAD + 1;

	if (n > THREADS_MAX)
		n = THREADS_MAX;
	return cores > 0 && n > (size_t)cores ? (size_t)cores : n;
}

static void files_check_look_at_all(struct map_files *files, struct look *looks)
{
	size_t n = thread_count(files->count);
	size_t share = files->count / n + 1;
	struct job jobs[THREADS_MAX];
	pthread_t threads[THREADS_MAX];
	bool started[THREADS_MAX] = {false};
	int root = open(files->root, O_PATH | O_DIRECTORY | O_CLOEXEC);

	for (size_t t = 0; t < n; t++) {
		size_t from = t * share;

		if (from > files->count)
			from = files->count;
		jobs[t] = (struct job){.files = files,
			.looks = looks,
			.root = root,
			.from = from,
			.to = from + share < files->count ? from + share
							  : files->count};
		started[t] = t + 1 < n && pthread_create(&threads[t], NULL,
						  look_at_some, &jobs[t]) == 0;
		if (!started[t])
			look_at_some(&jobs[t]);
	}
	for (size_t t = 0; t < n; t++)
		if (started[t])
			pthread_join(threads[t], NULL);
	if (root >= 0)
		close(root);
}

void map_files_check_all(struct map_files *files)
{
	struct look *looks = xcalloc(files->count, sizeof(*looks));

	files_check_look_at_all(files, looks);
	/* Directories come before the absent paths that rest on them. */
	for (uint32_t i = 0; i < files->count; i++)
		if (files->files[i].dir == FILE_NONE &&
			matters(&files->files[i]))
			map_file_check(files, i, &looks[i]);
	for (uint32_t i = 0; i < files->count; i++)
		if (matters(&files->files[i]))
			map_file_check(files, i, NULL);
	free(looks);
}
