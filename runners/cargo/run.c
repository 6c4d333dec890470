/* SPDX-License-Identifier: MIT */
#include "runners/cargo/run.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/read_file.h"
#include "runners/cargo/command.h"

extern char **environ;

/*
 * Of a program of tests the name, without the hash that cargo adds. Whatever is
 * not known is run: rustdoc starts programs of its own by the same script.
 */
static const char run_script[] =
	"#!/bin/sh\n"
	"name=${1##*/}\n"
	"key=\"$CARGO_MANIFEST_DIR\t$(printf %s \"${name%-*}\" | tr - _)\"\n"
	"while IFS= read -r line; do\n"
	"	[ \"$line\" = \"$key\" ] && exit 0\n"
	"done <\"${0%/*}/passed\"\n"
	"exec \"$@\"\n";

static const char doc_script[] =
	"#!/bin/sh\n"
	"for word; do [ \"$word\" = --test ] && test=1; done\n"
	"key=\"$CARGO_MANIFEST_DIR\tdoctests\"\n"
	"[ \"${test-}\" ] && while IFS= read -r line; do\n"
	"	[ \"$line\" = \"$key\" ] && exit 0\n"
	"done <\"${0%/*}/passed\"\n"
	"exec rustdoc \"$@\"\n";

static bool put_script(const char *folder, const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", folder, name);
	FILE *file = fopen(path, "we");
	bool done = file != NULL;

	if (file)
		fputs(text, file);
	if (file)
		done = fclose(file) == 0 && chmod(path, 0700) == 0;
	free(path);
	return done;
}

/* Programs of two targets can have one name: they run together. */
static bool is_asked(const struct runner_tests *tests, const char *argument)
{
	for (size_t i = 0; i < tests->count; i++)
		if (tests->list[i].asked &&
			!strcmp(tests->list[i].argument, argument))
			return true;
	return false;
}

/* What is not to run, in lines. */
static bool put_passed(const char *folder, const struct runner_tests *tests)
{
	char *path = xasprintf("%s/passed", folder);
	FILE *file = fopen(path, "we");
	bool done = file != NULL;

	for (size_t i = 0; file && i < tests->count; i++)
		if (!is_asked(tests, tests->list[i].argument))
			fprintf(file, "%s\n", tests->list[i].argument);
	if (file)
		done = fclose(file) == 0;
	free(path);
	return done;
}

static bool file_mentions(const char *folder, const char *name)
{
	char *path = xasprintf("%s/.cargo/%s", folder, name), *text;
	size_t size;
	bool yes;

	text = read_file(path, 0, &size);
	yes = text && (strstr(text, "runner") || strstr(text, "rustdoc"));
	free(text);
	free(path);
	return yes;
}

/* Whether the project has programs of its own where ours would stand. */
static bool has_runner(void)
{
	char folder[PATH_MAX], *slash;
	const char *home = getenv("CARGO_HOME");
	bool yes = getenv("RUSTDOC") || getenv("CARGO_BUILD_RUSTDOC");

	for (char **variable = environ; *variable; variable++)
		yes |= !strncmp(*variable, "CARGO_TARGET_", 13) &&
		       strstr(*variable, "_RUNNER=");
	if (home) {
		char *text = xasprintf("%s/config.toml", home);

		yes |= access(text, F_OK) == 0;
		free(text);
	}
	if (!getcwd(folder, sizeof(folder)))
		return true;
	do {
		yes |= file_mentions(folder, "config.toml") ||
		       file_mentions(folder, "config");
		slash = strrchr(folder, '/');
		if (slash)
			*slash = '\0';
	} while (slash);
	return yes;
}

/* The command with our programs before those of the tests. */
static char **with_scripts(char *const argv[], const char *folder)
{
	struct cargo_command command;
	struct words words = {0};

	if (!cargo_command_read(&command, argv)) {
		cargo_command_release(&command);
		return NULL;
	}
	words_add_copy(&words, "env");
	words_add(&words, xasprintf("RUSTDOC=%s/doc", folder));
	words_add_list(&words, (const char *const *)command.start.list);
	words_add_copy(&words, "--config");
	words_add(&words,
		xasprintf("target.'cfg(all())'.runner=['%s/run']", folder));
	words_add_list(&words, (const char *const *)argv + command.start.count);
	cargo_command_release(&command);
	return words.list;
}

char **cargo_start(struct runner_tests *tests, char *const argv[],
	char *const *selection, size_t count, const struct interner *known,
	const char *folder)
{
	struct words words = {0};

	if (selection &&
		runner_tests_ask(tests, selection, count, known) == 0) {
		words_add_copy(&words, "true");
		return words.list;
	}
	if (selection && !strchr(folder, '\'') && !has_runner() &&
		put_script(folder, "run", run_script) &&
		put_script(folder, "doc", doc_script) &&
		put_passed(folder, tests))
		return with_scripts(argv, folder);
	runner_tests_ask(tests, NULL, 0, NULL);
	return NULL;
}
