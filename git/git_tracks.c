/* SPDX-License-Identifier: MIT */
#include "git/git_tracks.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/read_file.h"
#include "git/git_run.h"
#include "map/map.h"

#define INDEX "index"

/* Paths of later versions are not written out. */
#define PLAIN_VERSION 3

/* What a file instead of the folder says: "gitdir: PATH"; to be freed. */
static char *git_tracks_pointed(const char *above, const char *pointer)
{
	size_t size;
	char *text = read_file(pointer, 1 << 16, &size), *path = NULL;

	if (text && !strncmp(text, "gitdir: ", 8)) {
		text[8 + strcspn(text + 8, "\r\n")] = '\0';
		path = text[8] == '/'
			       ? xasprintf("%s/" INDEX, text + 8)
			       : xasprintf("%s/%s/" INDEX, above, text + 8);
	}
	free(text);
	return path;
}

/* The index of the repository that a directory is in; to be freed, or NULL. */
static char *git_tracks_index(const char *directory)
{
	char *above = xstrdup(directory), *found = NULL, *slash;
	struct stat st;
	bool there = false;

	do {
		char *path = xasprintf("%s/.git", above);

		there = stat(path, &st) == 0;
		if (there)
			found = S_ISDIR(st.st_mode)
					? xasprintf("%s/" INDEX, path)
					: git_tracks_pointed(above, path);
		free(path);
		slash = strrchr(above, '/');
		if (slash)
			*slash = '\0';
	} while (!there && slash);
	free(above);
	return found;
}

/* Whether an index is worth asking git about. */
static bool git_tracks_may(const char *bytes, size_t size)
{
	return size < 12 || memcmp(bytes, "DIRC", 4) != 0 ||
	       (unsigned char)bytes[7] > PLAIN_VERSION ||
	       memmem(bytes, size, MAP_DIRECTORY, strlen(MAP_DIRECTORY)) ||
	       /* What is in another index, which it shares. */
	       memmem(bytes, size, "link", 5);
}

static bool git_tracks_ask(const char *directory)
{
	static const char *const list[] = {
		"ls-files", "-z", "--cached", "--", MAP_DIRECTORY, NULL};
	struct git git = {.directory = directory};
	struct git_bytes output = {0};
	/* Where git refuses to say, nobody knows. */
	bool tracks = git_run(&git, list, NULL, &output) < 0 || output.size;

	free(output.text);
	return tracks;
}

bool git_tracks_map(const char *directory)
{
	char *path = git_tracks_index(directory);
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	struct stat st;
	bool may = false;
	void *bytes;

	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size) {
		bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE,
			fd, 0);
		may = bytes == MAP_FAILED ||
		      git_tracks_may(bytes, (size_t)st.st_size);
		if (bytes != MAP_FAILED)
			munmap(bytes, (size_t)st.st_size);
	}
	if (fd >= 0)
		close(fd);
	free(path);
	return may && git_tracks_ask(directory);
}
