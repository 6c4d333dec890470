/* SPDX-License-Identifier: MIT */
/*
 * pytest: the plugin beside this file gets in with what each Python runs when
 * it starts, wherever pytest is started from and whatever its environment is.
 */
#include "runners/pytest/pytest.h"

#include <signal.h>
#include <string.h>

#include "runners/pytest/command.h"
#include "runners/pytest/discovery.h"
#include "runners/python/python.h"

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
		const char *name = python_base_name(argv[i]);

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

static const char *const variables[] = {
	"PYTEST_CURRENT_TEST", "PYTEST_VERSION", "PYTEST_XDIST_*", NULL};

static const struct ignored_row ignored[] = {
	{"*/.pytest_cache", false, "which tests failed last"}, {0}};

const struct adapter adapter_pytest = {
	.name = "pytest",
	.recognise = pytest_recognise,
	.end = pytest_end,
	.variables = variables,
	.ignored = ignored,
	.silence = "pytest did not load ftrace's plugin, as happens in a "
		   "container, as another user, or with a Python that ftrace "
		   "cannot enter",
	.startup = python_startup,
	.start_name = PYTHON_START,
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
