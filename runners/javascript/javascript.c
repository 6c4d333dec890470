/* SPDX-License-Identifier: MIT */
#include "runners/javascript/javascript.h"

#include <ctype.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/path.h"
#include "base/words.h"
#include "runners/launcher.h"

const char *const javascript_marks[] = {"package.json", NULL};
const char *const javascript_locks[] = {"bun.lock", "npm-shrinkwrap.json",
	"package-lock.json", "pnpm-lock.yaml", "yarn.lock", NULL};

/* What is in it others have written, and each has tests of its own. */
#define INSTALLED "node_modules"
const char *const javascript_installed[] = {INSTALLED, NULL};

const struct ignored_row javascript_ignored[] = {
	{"*/.npm/_logs", true, "logs"},
	{"*/.npm/_update-notifier-last-checked", true, "a time"},
	{0},
};

/* "name: text, ", in which no byte of the text means anything. */
static void javascript_put(FILE *out, const char *name, const char *bytes)
{
	fprintf(out, "%s: text('", name);
	for (; bytes && *bytes; bytes++)
		fprintf(out, "%02x", (unsigned char)*bytes);
	fputs("'), ", out);
}

/*
 * What has been loaded so is no module that the program knows of. Whatever
 * fails is recorded coarser.
 */
char *javascript_startup(const struct adapter_start *start)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	fputs("'use strict';\n"
	      "const text = (hex) => Buffer.from(hex, 'hex').toString();\n"
	      "const session = {",
		out);
	javascript_put(out, "folder", start->folder);
	javascript_put(out, "root", start->root);
	javascript_put(out, "selection", start->selection);
	if (start->tells)
		javascript_put(
			out, "tells", *start->tells ? start->tells : "nobody");
	fputs("};\n"
	      "try {\n"
	      "    require(`${session.folder}/runners/javascript/start.cjs`)("
	      "session, __filename);\n"
	      "} catch { /* it runs on as it is */ }\n"
	      "for (const file of Object.keys(require.cache))\n"
	      "    if (file === __filename || file.startsWith("
	      "`${session.folder}/`))\n"
	      "        delete require.cache[file];\n",
		out);
	fclose(out);
	return text;
}

enum runner_end javascript_end(int status)
{
	switch (status) {
	case 0:
		return RUNNER_PASSED;
	case 1:
		return RUNNER_FAILED;
	default:
		return runner_end_by_signal(status);
	}
}

bool javascript_skips(const char *directory)
{
	return !strcmp(directory, INSTALLED) || !strcmp(directory, ".git");
}

/* A pattern is relative to the root, and so is one of its path's ends. */
bool javascript_matches(const char *pattern, const char *path)
{
	char end[PATH_MAX];

	if (fnmatch(pattern, path, FNM_EXTMATCH) == 0)
		return true;
	return *pattern != '/' &&
	       snprintf(end, sizeof(end), "*/%s", pattern) < PATH_MAX &&
	       fnmatch(end, path, FNM_EXTMATCH) == 0;
}

static bool javascript_is_among(const char *word, const char *const *names)
{
	for (; *names; names++)
		if (!strcmp(*names, word))
			return true;
	return false;
}

/* mocha, _mocha, mocha.js, jest.js, vitest.mjs */
static bool javascript_is_program(const char *word, const char *name)
{
	const char *base = path_last(word);
	size_t n = strlen(name);

	base += *base == '_';
	return !strncmp(base, name, n) &&
	       (!base[n] || !strcmp(base + n, ".js") ||
		       !strcmp(base + n, ".mjs") || !strcmp(base + n, ".cjs"));
}

/* Behind these stands a program of a package, perhaps behind such a word. */
static bool javascript_runs_packages(const char *word)
{
	static const char *const names[] = {"npx", "npm", "yarn", "pnpm",
		"pnpx", "bunx", "c8", "nyc", "cross-env", "dotenv", NULL};

	return javascript_is_among(path_last(word), names);
}

static bool javascript_is_theirs(const char *word)
{
	static const char *const verbs[] = {"exec", "x", "dlx", NULL};

	return *word == '-' || strchr(word, '=') ||
	       javascript_is_among(word, verbs);
}

/* Options of node that have a value in the next word. */
static bool javascript_has_value(const char *word)
{
	static const char *const names[] = {"-r", "--require", "--import",
		"--loader", "--experimental-loader", "-C", "--conditions",
		NULL};

	return javascript_is_among(word, names);
}

/* The word behind launchers and what runs programs of packages. */
static size_t javascript_behind(char *const argv[])
{
	size_t i = 0;

	if (launcher_hands_on(argv))
		for (i = 1;
			argv[i] && (*argv[i] == '-' || strchr(argv[i], '=') ||
					   isdigit((unsigned char)*argv[i]));)
			i++;
	while (argv[i] && javascript_runs_packages(argv[i]))
		for (i++; argv[i] && javascript_is_theirs(argv[i]);)
			i++;
	return i;
}

size_t javascript_find_node(char *const argv[])
{
	size_t i = javascript_behind(argv);

	return argv[i] && !strcmp(path_last(argv[i]), "node") ? i
							      : JAVASCRIPT_NONE;
}

size_t javascript_find(char *const argv[], const char *name)
{
	size_t i = javascript_behind(argv);

	if (javascript_find_node(argv) != JAVASCRIPT_NONE)
		for (i++; argv[i] && *argv[i] == '-'; i++)
			if (javascript_has_value(argv[i]) && argv[i + 1])
				i++;
	return argv[i] && javascript_is_program(argv[i], name)
		       ? i
		       : JAVASCRIPT_NONE;
}

bool javascript_has_option(
	char *const argv[], size_t at, const char *const *options)
{
	for (size_t i = at + 1; argv[i]; i++)
		for (const char *const *option = options; *option; option++) {
			size_t n = strlen(*option);

			if (!strncmp(argv[i], *option, n) &&
				(!argv[i][n] || argv[i][n] == '='))
				return true;
		}
	return false;
}

/* Before the program only what is no way to start it makes a difference. */
char **javascript_asked(char *const argv[], size_t at, const char *name)
{
	struct words words = {0};

	for (size_t i = 0; i < at; i++)
		if (strcmp(path_last(argv[i]), "node") != 0 &&
			!javascript_runs_packages(argv[i]) &&
			strcmp(argv[i], "exec") != 0 &&
			strcmp(argv[i], "--") != 0)
			words_add_copy(&words, argv[i]);
	words_add_copy(&words, name);
	for (size_t i = at + 1; argv[i]; i++)
		words_add_copy(&words, argv[i]);
	return words.list;
}

bool javascript_names_file(char *const argv[], size_t at)
{
	static const char *const ends[] = {".js", ".cjs", ".mjs", ".jsx", ".ts",
		".cts", ".mts", ".tsx", NULL};

	for (size_t i = at + 1; argv[i]; i++) {
		const char *dot = strrchr(argv[i], '.');

		if (*argv[i] != '-' && dot && !strpbrk(argv[i], "*?[{=") &&
			javascript_is_among(dot, ends))
			return true;
	}
	return false;
}
