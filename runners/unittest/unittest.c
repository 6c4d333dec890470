/* SPDX-License-Identifier: MIT */
/*
 * unittest: what is beside this file gets in with what each Python runs when
 * it starts. Tests have the ids that pytest gives them, and are asked for by
 * dotted names, which are made of them.
 */
#include "runners/unittest/unittest.h"

#include <ctype.h>
#include <fnmatch.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/id.h"
#include "runners/python/python.h"
#include "runners/unittest/command.h"

/* _NO_TESTS_EXITCODE of Python 3.12; and a shell's for signals. */
static enum runner_end unittest_end(int status)
{
	switch (status) {
	case 0:
		return RUNNER_PASSED;
	case 1:
		return RUNNER_FAILED;
	case 5:
		return RUNNER_EMPTY;
	case 2:
	case 128 + SIGHUP:
	case 128 + SIGINT:
	case 128 + SIGQUIT:
	case 128 + SIGKILL:
	case 128 + SIGTERM:
		return RUNNER_BROKEN_OFF;
	default:
		return RUNNER_GAVE_UP;
	}
}

static bool is_identifier(const char *name, size_t size)
{
	if (!size || isdigit((unsigned char)*name))
		return false;
	for (size_t i = 0; i < size; i++)
		if (!isalnum((unsigned char)name[i]) && name[i] != '_' &&
			(unsigned char)name[i] < 128)
			return false;
	return true;
}

/* It looks only into packages. */
static bool unittest_skips(const char *directory)
{
	return !is_identifier(directory, strlen(directory)) ||
	       !strcmp(directory, "__pycache__");
}

/* A pattern is matched with names, of modules alone. */
static bool unittest_matches(const char *pattern, const char *path)
{
	const char *slash = strrchr(path, '/'),
		   *name = slash ? slash + 1 : path;
	size_t n = strcspn(name, ".");

	return !strcmp(name + n, ".py") && is_identifier(name, n) &&
	       fnmatch(pattern, name, FNM_NOESCAPE) == 0;
}

/*
 * Of a file the name of its module, as it is called where the file is seen so;
 * names behind it are those of a class and a test, or of something that is
 * only found with its module.
 */
static char *unittest_argument(const char *id)
{
	size_t file = id_file(id), size = strlen(id), n = file;
	bool named = file && !strchr(id + file, '[');
	char *argument, *to;

	for (size_t at = id_next(file), end; named && at < size;
		at = id_next(end)) {
		end = id_part_end(id, size, at);
		named = is_identifier(id + at, end - at);
	}
	if (n < 3 || memcmp(id + n - 3, ".py", 3) != 0 || *id == '/' ||
		!strncmp(id, "../", 3))
		return xstrdup(id);
	n -= 3;
	argument = xasprintf("%.*s", (int)n, id);
	for (to = argument; *to; to++)
		if (*to == '/')
			*to = '.';
	if (n > 9 && !strcmp(argument + n - 9, ".__init__"))
		argument[n - 9] = '\0';
	for (size_t at = id_next(file), end; named && at < size;
		at = id_next(end)) {
		char *longer;

		end = id_part_end(id, size, at);
		longer = xasprintf(
			"%s.%.*s", argument, (int)(end - at), id + at);
		free(argument);
		argument = longer;
	}
	return argument;
}

const struct adapter adapter_unittest = {
	.name = "unittest",
	.recognise = unittest_recognise,
	.end = unittest_end,
	.silence = "unittest did not load ftrace's hooks, as happens in a "
		   "container, as another user, or with a Python that ftrace "
		   "cannot enter",
	.start_name = PYTHON_START,
	.skips = unittest_skips,
	.matches = unittest_matches,
	.asked = unittest_asked,
	.is_part = unittest_is_part,
	.argument = unittest_argument,
};
