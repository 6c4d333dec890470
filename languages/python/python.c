/* SPDX-License-Identifier: MIT */
#include "languages/python/python.h"

#include <string.h>

#include "languages/python/map.h"
#include "languages/python/notice.h"

#define CACHE "__pycache__"

static bool python_is_cache(const char *name, size_t size)
{
	return size == strlen(CACHE) && !memcmp(name, CACHE, size);
}

/* name.tag.pyc to name.py (PEP 3147). */
static size_t python_source_of(
	const char *compiled, size_t size, char source[LANGUAGE_NAME_MAX])
{
	const char *tag = memmem(compiled, size, ".cpython-", 9);
	size_t stem;

	if (!tag)
		tag = memmem(compiled, size, ".pypy", 5);
	stem = tag ? (size_t)(tag - compiled) : 0;
	if (!stem || stem > LANGUAGE_NAME_MAX - 4)
		return 0;
	memcpy(source, compiled, stem);
	memcpy(source + stem, ".py", 4);
	return stem + 3;
}

static bool python_is_name(const char *name, size_t size, const char *one)
{
	return size == strlen(one) && !memcmp(name, one, size);
}

/* "<genexpr>" and the like; and what annotations are worked out by. */
static enum language_naming python_naming(const char *name, size_t size)
{
	if (python_is_name(name, size, "<lambda>"))
		return LANGUAGE_BODY_APART;
	return (size && *name == '<') ||
			       python_is_name(name, size, "__annotate__")
		       ? LANGUAGE_NAMELESS
		       : LANGUAGE_NAMED;
}

static const struct ignored_row ignored[] = {
	{"*/.hypothesis", false, "examples that failed before"},
	{"*/.mypy_cache", false, "results by the content of the sources"},
	{"*/.ruff_cache", false, "results by the content of the sources"}, {0}};

static const char *const locks[] = {"Pipfile.lock", "conda-lock.yml",
	"constraints.txt", "environment.yml", "pdm.lock", "poetry.lock",
	"pylock.toml", "requirements-dev.txt", "requirements.txt", "uv.lock",
	NULL};

const struct language language_python = {
	.name = "Python",
	.suffix = ".py",
	.folder_file = "__init__.py",
	.helper = "_ftrace/languages/python/helper.py",
	.options = {"-I", "-S", "-E"},
	.installed = {"dist-packages", "site-packages"},
	.environment = "pyvenv.cfg",
	.variables = "PYTHON",
	.programs = {"python3", "python"},
	.tells_tag = {"-c", "import sys; print('%s-%08x' % ("
			    "sys.implementation.cache_tag, sys.hexversion))"},
	.ignored = ignored,
	.locks = locks,
	.map = &python_map,
	.loading = "<module>",
	.naming = python_naming,
	.notice = notice_of_block,
	.may_catch = notice_may_catch,
	.tags = {"cpython-", "pypy", "graalpy"},
	.is_cache = python_is_cache,
	.source_of = python_source_of,
};
