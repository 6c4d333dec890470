/* SPDX-License-Identifier: MIT */
#include "git/git_history.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/path.h"
#include "base/words.h"
#include "git/git_run.h"

static int git_history_ancestors(
	struct git_history *history, struct git *git, size_t most)
{
	char *number = xasprintf("--max-count=%zu", most);
	const char *const list[] = {"rev-list", number, "HEAD", "--", NULL};
	struct git_bytes output = {0};
	struct words words = {0};
	int code = git_run(git, list, NULL, &output);
	char *rest = output.text, *line;

	while (code == 0 && (line = strsep(&rest, "\n")))
		if (*line)
			words_add_copy(&words, line);
	history->commits = words.list;
	history->count = words.count;
	free(output.text);
	free(number);
	return code;
}

/* What git says, or "" where it says nothing; to be freed. */
static char *git_history_line(
	const char *directory, const char *const *arguments)
{
	struct git git = {.directory = directory};
	char *line = git_line(&git, arguments);

	return line ? line : xstrdup("");
}

/* "git@example.org:team/click.git" and "/srv/click/" are both "click". */
static char *git_history_name(const char *directory)
{
	static const char *const ask[] = {
		"config", "--get", "remote.origin.url", NULL};
	char *url = git_history_line(directory, ask), *name;
	size_t n = strlen(url);

	while (n && url[n - 1] == '/')
		n--;
	url[n] = '\0';
	if (n > 5 && !strcmp(url + n - 5, "/.git"))
		url[n - 5] = '\0';
	else if (n > 4 && !strcmp(url + n - 4, ".git"))
		url[n - 4] = '\0';
	name = strrchr(url, '/') ? strrchr(url, '/') : strrchr(url, ':');
	name = xstrdup(name ? name + 1 : url);
	free(url);
	return name;
}

int git_history_load(struct git_history *history, const char *directory,
	size_t most, struct err *err)
{
	static const char *const branch[] = {
		"symbolic-ref", "--quiet", "--short", "HEAD", NULL};
	static const char *const below[] = {"rev-parse", "--show-prefix", NULL};
	static const char *const shallow[] = {
		"rev-parse", "--is-shallow-repository", NULL};
	struct git git = {.directory = directory, .err = err};
	char *answer;
	int code;

	memset(history, 0, sizeof(*history));
	code = git_history_ancestors(history, &git, most);
	if (code < 0)
		return code;
	history->branch = git_history_line(directory, branch);
	history->below = git_history_line(directory, below);
	history->project = git_history_name(directory);
	answer = git_history_line(directory, shallow);
	history->shallow = !strcmp(answer, "true");
	free(answer);
	return 0;
}

void git_history_release(struct git_history *history)
{
	words_free(history->commits);
	free(history->branch);
	free(history->below);
	free(history->project);
	memset(history, 0, sizeof(*history));
}

long git_history_distance(const char *directory, const char *commit)
{
	char *range = xasprintf("%s..HEAD", commit), *answer, *end;
	const char *const count[] = {"rev-list", "--count", range, "--", NULL};
	long distance;

	answer = git_history_line(directory, count);
	distance = strtol(answer, &end, 10);
	if (end == answer)
		distance = -1;
	free(answer);
	free(range);
	return distance;
}

void git_history_known(
	const char *directory, char *const *commits, size_t count, bool *known)
{
	static const char *const check[] = {
		"cat-file", "--batch-check=%(objecttype)", NULL};
	struct git git = {.directory = directory};
	struct git_bytes names = {0}, output = {0};
	char *rest, *line;

	memset(known, 0, count * sizeof(*known));
	names.text = xcalloc(count + 1, 66);
	for (size_t i = 0; i < count; i++)
		names.size += (size_t)sprintf(
			names.text + names.size, "%.64s\n", commits[i]);
	if (count && git_run(&git, check, &names, &output) == 0) {
		rest = output.text;
		for (size_t i = 0; i < count && (line = strsep(&rest, "\n"));
			i++)
			known[i] = !strcmp(line, "commit");
	}
	free(output.text);
	free(names.text);
}
