/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/id.h"
#include "base/path.h"
#include "map/project.h"
#include "map/variable.h"
#include "runners/adapter.h"
#include "runners/bats/bats.h"
#include "runners/cargo/cargo.h"
#include "runners/ctest/ctest.h"
#include "runners/django/django.h"
#include "runners/go/go.h"
#include "runners/jest/jest.h"
#include "runners/meson/meson.h"
#include "runners/mocha/mocha.h"
#include "runners/node/node.h"
#include "runners/prove/prove.h"
#include "runners/pytest/pytest.h"
#include "runners/unittest/unittest.h"
#include "runners/vitest/vitest.h"

static const struct adapter *const adapters[] = {&adapter_pytest,
	&adapter_ctest, &adapter_go, &adapter_cargo, &adapter_jest,
	&adapter_mocha, &adapter_node, &adapter_prove, &adapter_bats,
	&adapter_meson, &adapter_vitest, &adapter_unittest, &adapter_django};

#define ADAPTERS (sizeof(adapters) / sizeof(*adapters))

void adapters_begin(void)
{
	static const char *const *marks[ADAPTERS + 1];
	size_t n = 0;

	for (size_t i = 0; i < ADAPTERS; i++)
		if (adapters[i]->marks)
			marks[n++] = adapters[i]->marks;
	project_marks_set(marks);
}

const struct adapter *adapter_for_command(char *const argv[])
{
	for (size_t i = 0; i < ADAPTERS; i++)
		if (adapters[i]->recognise(argv))
			return adapters[i];
	return NULL;
}

const struct adapter *adapter_wrapped(const char **how, char *const argv[])
{
	for (size_t i = 0; i < ADAPTERS; i++) {
		*how = adapters[i]->wrapped ? adapters[i]->wrapped(argv) : NULL;
		if (*how)
			return adapters[i];
	}
	return NULL;
}

const struct adapter *adapter_inside(void)
{
	return &adapter_pytest;
}

const struct adapter *adapter_of_pattern(const char *pattern)
{
	for (size_t i = 0; i < ADAPTERS; i++) {
		size_t n = strlen(adapters[i]->name);

		if (adapters[i]->matches && adapters[i] != adapter_inside() &&
			!strncmp(adapters[i]->name, pattern, n) &&
			pattern[n] == ':')
			return adapters[i];
	}
	return adapter_inside();
}

bool adapter_matches(const char *pattern, const char *path)
{
	const struct adapter *adapter = adapter_of_pattern(pattern);

	if (adapter != adapter_inside())
		pattern += strlen(adapter->name) + 1;
	return adapter->matches(pattern, path);
}

const struct adapter *adapter_at(size_t place)
{
	return place < ADAPTERS ? adapters[place] : NULL;
}

const struct adapter *adapter_named(const char *name)
{
	for (size_t i = 0; i < ADAPTERS; i++)
		if (!strcmp(adapters[i]->name, name))
			return adapters[i];
	return NULL;
}

size_t adapter_file_part(const char *runner, const char *id)
{
	return adapter_named(runner) ? id_file(id) : 0;
}

size_t adapter_file_size(const char *runner, const char *id)
{
	size_t n = adapter_file_part(runner, id);

	return n || !adapter_named(runner) ? n : strlen(id);
}

bool adapter_is_guide(const char *path)
{
	const char *name = path_last(path);

	for (size_t i = 0; i < ADAPTERS; i++)
		if (adapters[i]->guide && !strcmp(adapters[i]->guide, name))
			return true;
	return false;
}

bool adapter_sets_variable(const char *name, size_t size)
{
	for (size_t i = 0; i < ADAPTERS; i++)
		if (adapters[i]->variables &&
			variable_is_among(adapters[i]->variables, name, size))
			return true;
	return false;
}
