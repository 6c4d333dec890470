/* SPDX-License-Identifier: MIT */
#include "git/git_refs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define FILE_NAME "package"

/* A transfer that stands still is given up long before the time is over. */
#define SLOW_LIMIT "http.lowSpeedLimit=1000"
#define SLOW_TIME "http.lowSpeedTime=20"

static struct git git_refs_git(const struct git_remote *remote, struct err *err)
{
	return (struct git){.directory = remote->directory,
		.err = err,
		.seconds = remote->seconds};
}

/* New objects go to the work folder; to be released. */
static int git_refs_enter(struct git *git, const struct git_remote *remote)
{
	git->own_objects = git_objects(git);
	git->objects = remote->work;
	return git->own_objects ? 0 : -EINVAL;
}

static void git_refs_leave(struct git *git)
{
	free((char *)git->own_objects);
}

int git_refs_list(const struct git_remote *remote, const char *prefix,
	struct git_bytes *lines, struct err *err)
{
	struct git git = git_refs_git(remote, err);
	char *pattern = xasprintf("%s*", prefix);
	const char *const list[] = {"-c", SLOW_LIMIT, "-c", SLOW_TIME,
		"ls-remote", "--refs", "--", remote->name, pattern, NULL};
	int code = git_run(&git, list, NULL, lines);

	free(pattern);
	return code;
}

int git_refs_get(const struct git_remote *remote, const char *ref,
	const char *object, struct git_bytes *file, struct err *err)
{
	struct git git = git_refs_git(remote, err);
	char *name = xasprintf("%s:" FILE_NAME, object);
	const char *const fetch[] = {"-c", SLOW_LIMIT, "-c", SLOW_TIME, "fetch",
		"--quiet", "--no-tags", "--no-write-fetch-head",
		"--no-recurse-submodules", "--no-auto-gc", "--no-prune",
		"--refmap=", "--", remote->name, ref, NULL};
	const char *const show[] = {"cat-file", "blob", name, NULL};
	struct git_bytes said = {0};
	int code = git_refs_enter(&git, remote);

	if (code == 0)
		code = git_run(&git, fetch, NULL, &said);
	if (code == 0)
		code = git_run(&git, show, NULL, file);
	free(said.text);
	free(name);
	git_refs_leave(&git);
	return code;
}

/* The object that a command makes of its input; to be freed, or NULL. */
static char *git_refs_make(struct git *git, const char *const *arguments,
	const struct git_bytes *input)
{
	struct git_bytes output = {0};

	if (git_run(git, arguments, input, &output) < 0) {
		free(output.text);
		return NULL;
	}
	output.text[strcspn(output.text, "\n")] = '\0';
	return output.text;
}

/* The commit that has the file alone; to be freed, or NULL. */
static char *git_refs_commit(struct git *git, const struct git_bytes *file)
{
	static const char *const hash[] = {
		"hash-object", "-w", "--stdin", NULL};
	static const char *const tree[] = {"mktree", NULL};
	char *blob = git_refs_make(git, hash, file), *folder = NULL;
	char *commit = NULL;
	struct git_bytes entry = {0};

	if (blob) {
		entry.text = xasprintf("100644 blob %s\t" FILE_NAME "\n", blob);
		entry.size = strlen(entry.text);
		folder = git_refs_make(git, tree, &entry);
	}
	if (folder) {
		const char *const make[] = {"-c", "user.name=ftrace", "-c",
			"user.email=ftrace@localhost", "commit-tree", "-m",
			"made by ftrace push", folder, NULL};

		commit = git_refs_make(git, make, NULL);
	}
	free(entry.text);
	free(folder);
	free(blob);
	return commit;
}

static int git_refs_push(
	struct git *git, const struct git_remote *remote, const char *change)
{
	const char *const push[] = {"-c", SLOW_LIMIT, "-c", SLOW_TIME, "-c",
		"push.gpgSign=false", "push", "--quiet", "--no-verify",
		"--no-follow-tags", "--recurse-submodules=no", "--",
		remote->name, change, NULL};
	struct git_bytes said = {0};
	int code = git_run(git, push, NULL, &said);

	free(said.text);
	return code;
}

int git_refs_put(const struct git_remote *remote, const char *ref,
	const struct git_bytes *file, struct err *err)
{
	struct git git = git_refs_git(remote, err);
	int code = git_refs_enter(&git, remote);
	char *commit = code == 0 ? git_refs_commit(&git, file) : NULL;

	if (code == 0 && !commit)
		code = -EINVAL;
	if (commit) {
		char *change = xasprintf("+%s:%s", commit, ref);

		code = git_refs_push(&git, remote, change);
		free(change);
	}
	free(commit);
	git_refs_leave(&git);
	return code;
}

int git_refs_drop(
	const struct git_remote *remote, const char *ref, struct err *err)
{
	struct git git = git_refs_git(remote, err);
	char *change = xasprintf(":%s", ref);
	int code = git_refs_push(&git, remote, change);

	free(change);
	return code;
}
