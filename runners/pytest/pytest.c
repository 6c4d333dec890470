/* SPDX-License-Identifier: MIT */
/*
 * pytest: the plugin beside this file gets in with what each Python runs when
 * it starts, wherever pytest is started from and whatever its environment is.
 */
#include "runners/pytest/pytest.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "runners/pytest/command.h"
#include "runners/pytest/discovery.h"

static const char *pytest_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* "-m", perhaps with flags before it: -bm, -Im. */
static bool is_module_option(const char *option)
{
	size_t n = strlen(option);

	return option[0] == '-' && option[1] != '-' && option[n - 1] == 'm' &&
	       strcspn(option, "WXc") == n;
}

/*
 * `pytest ...`, `python -m pytest ...`, and either behind another program
 * that runs it: `uv run pytest`, `coverage run -m pytest`, `env A=b pytest`.
 */
static bool pytest_recognise(char *const argv[])
{
	for (size_t i = 0; argv[i]; i++) {
		const char *name = pytest_base_name(argv[i]);

		if (i && is_module_option(argv[i - 1])) {
			if (!strcmp(argv[i], "pytest"))
				return true;
			continue;
		}
		if (!strcmp(name, "pytest") || !strcmp(name, "py.test"))
			return true;
	}
	return false;
}

/* "NAME = b'...'", in which no byte means anything. */
static void put_bytes(FILE *out, const char *name, const char *bytes)
{
	fprintf(out, "%s = b'", name);
	for (; bytes && *bytes; bytes++)
		fprintf(out, "\\x%02x", (unsigned char)*bytes);
	fputs("'\n", out);
}

static void pytest_put_file(FILE *out, const char *folder, const char *name)
{
	char *path = xasprintf("%s/pytest/%s", folder, name);
	FILE *in = fopen(path, "re");
	char buffer[4096];
	size_t n;

	while (in && (n = fread(buffer, 1, sizeof(buffer), in)) > 0)
		fwrite(buffer, 1, n, out);
	if (in)
		fclose(in);
	free(path);
}

static char *startup(const struct adapter_start *start)
{
	char *text = NULL, *folder;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return xstrdup("");
	folder = xasprintf("%s/pytest", start->folder);
	put_bytes(out, "FOLDER", folder);
	free(folder);
	put_bytes(out, "SESSION", start->session);
	put_bytes(out, "ROOT", start->root);
	put_bytes(out, "SELECTION", start->selection);
	fprintf(out, "TELLS = %s\n",
		!start->tells || !strcmp(start->tells, "pytest") ? "True"
								 : "False");
	pytest_put_file(out, start->folder, "ftrace_pytest_boot.py");
	fclose(out);
	return text;
}

/* pytest.ExitCode; and a shell's for signals. */
static enum runner_end pytest_end(int status)
{
	switch (status) {
	case 0:
		return RUNNER_PASSED;
	case 1:
		return RUNNER_FAILED;
	case 5:
		return RUNNER_EMPTY;
	case 2:
	case 4:
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

#define GUIDE "conftest.py"
#define PACKAGE "__init__.py"

static bool pytest_is_called(const char *name, size_t size, const char *wanted)
{
	return size == strlen(wanted) && !memcmp(name, wanted, size);
}

static bool is_passed(const char *name, size_t size)
{
	return pytest_is_called(name, size, GUIDE) ||
	       pytest_is_called(name, size, PACKAGE);
}

const struct adapter adapter_pytest = {
	.name = "pytest",
	.recognise = pytest_recognise,
	.end = pytest_end,
	.silence = "the runner did not load ftrace's plugin; is it hidden in "
		   "another program, or are options for Python's isolation in "
		   "use?",
	.startup = startup,
	.start_name = "start.py",
	.tells_itself = true,
	.skips = pytest_skips,
	.matches = pytest_matches,
	.is_passed = is_passed,
	.is_for_documents = pytest_is_for_doctests,
	.is_document = pytest_is_doctest,
	.guide = GUIDE,
	.asked = pytest_asked,
	.wrapped = pytest_wrapped,
	.is_part = pytest_is_part,
};
