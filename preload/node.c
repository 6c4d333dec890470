/* SPDX-License-Identifier: MIT */
/*
 * Node takes options from the variable NODE_OPTIONS, which it reads when its
 * main function runs, and so after this. One more stands there in this process
 * alone: the file takes it out again before anything of the program runs.
 */
#include "preload/node.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/io_uring.h>
#include <string.h>

#include "preload/recorder.h"
#include "wire/raw.h"

#define START_NAME "start.cjs"
#define OPTIONS "NODE_OPTIONS"
#define OPTION OPTIONS "=--require \""
/* Under it a file has to be allowed before it may be loaded. */
#define PERMISSION "permission"

/* libuv's, from 1.45 on; the one for files has a thread of the kernel's. */
#define RING_ENTRIES 256

/* What addons register with: no other program has it, but its kin. */
extern void node_module_register(void *) __attribute__((weak));

/* The option, a path, and what the user has there. */
static char text[sizeof(OPTION) + 2 * PATH_MAX];

static bool node_mentions(const char *options, const char *what)
{
	size_t n = strlen(what);

	for (; options && *options; options++)
		if (!strncmp(options, what, n))
			return true;
	return false;
}

static bool node_restricts(const struct start *start)
{
	for (char *const *word = start->arguments; word && *word; word++)
		if (!strncmp(*word, "--", 2) &&
			node_mentions(*word, PERMISSION))
			return true;
	return node_mentions(start_variable(start, OPTIONS), PERMISSION);
}

static bool node_is_there(const char *path)
{
	int fd = raw_openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		raw_close(fd);
	return fd >= 0;
}

/* Where the variable stands in the environment, or NULL. */
static char **node_slot(const struct start *start, const char *name)
{
	size_t n = strlen(name);
	char **entry = (char **)start->environment;

	while (*entry && (strncmp(*entry, name, n) != 0 || (*entry)[n] != '='))
		entry++;
	return *entry ? entry : NULL;
}

/* False where there is no such file, or its path has a place for no quotes. */
static bool node_put_path(const char *session)
{
	const char *slash = session ? strrchr(session, '/') : NULL;
	size_t n = slash ? (size_t)(slash - session) + 1 : 0;
	char *path = text + sizeof(OPTION) - 1;

	if (!n || n + sizeof(START_NAME) > PATH_MAX)
		return false;
	memcpy(text, OPTION, sizeof(OPTION) - 1);
	memcpy(path, session, n);
	memcpy(path + n, START_NAME, sizeof(START_NAME));
	return !path[strcspn(path, "\"\\")] && node_is_there(path);
}

void node_prepare(const struct start *start)
{
	const char *session, *theirs;
	char **slot;
	size_t n;

	if (!node_module_register || node_restricts(start))
		return;
	session = start_variable(start, SESSION_VARIABLE);
	theirs = start_variable(start, OPTIONS);
	slot = node_slot(start, theirs ? OPTIONS : SESSION_VARIABLE);
	if (!slot || (theirs && strlen(theirs) + 3 > PATH_MAX) ||
		!node_put_path(session) ||
		node_mentions(theirs, text + sizeof(OPTION) - 1))
		return;
	n = strlen(text);
	text[n++] = '"';
	if (theirs) {
		text[n++] = ' ';
		memcpy(text + n, theirs, strlen(theirs) + 1);
	} else {
		text[n] = '\0';
	}
	*slot = text;
}

bool node_rings_no_files(const uint64_t *arguments)
{
	const struct io_uring_params *params =
		(const void *)(uintptr_t)arguments[1];

	return node_module_register && arguments[0] == RING_ENTRIES &&
	       !(params->flags & IORING_SETUP_SQPOLL);
}
