/* SPDX-License-Identifier: MIT */
#include "languages/wanted.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* How the helper tells what became of a name of tests. */
enum { TEST_IS_GONE = 'g', TEST_BY_ITSELF = 'n' };

void wanted_release(struct wanted *wanted)
{
	struct interner *const all[] = {&wanted->globals, &wanted->names,
		&wanted->classes, &wanted->whole, &wanted->global_values,
		&wanted->values, &wanted->global_heads, &wanted->heads,
		&wanted->functions, &wanted->doubts, &wanted->leading,
		&wanted->imports, &wanted->sure, &wanted->late,
		&wanted->touched, &wanted->members};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		interner_release(all[i]);
	for (size_t i = 0; i < wanted->test_count; i++)
		free(wanted->tests[i].name);
	free(wanted->tests);
	memset(wanted, 0, sizeof(*wanted));
}

static int wanted_take_path(
	struct interner *into, struct helper *helper, struct err *err)
{
	struct frame frame;
	int code = helper_next(helper, &frame, err);

	if (code == 0)
		intern(into, frame.bytes, frame.size);
	return code;
}

/* Two frames, joined by a NUL. */
static int wanted_take_pair(
	struct interner *into, struct helper *helper, struct err *err)
{
	struct frame frame;
	char *first, *both;
	size_t n;
	int code = helper_next(helper, &frame, err);

	if (code < 0)
		return code;
	n = frame.size;
	first = xmemdup(frame.bytes, n);
	code = helper_next(helper, &frame, err);
	if (code == 0) {
		both = xcalloc(n + 1 + frame.size, 1);
		memcpy(both, first, n);
		memcpy(both + n + 1, frame.bytes, frame.size);
		intern(into, both, n + 1 + frame.size);
		free(both);
	}
	free(first);
	return code;
}

static int wanted_take_tests(
	struct wanted *wanted, struct helper *helper, struct err *err)
{
	uint32_t count = 0;
	int code = helper_next_number(helper, &count, err);

	for (uint32_t i = 0; code == 0 && i < count; i++) {
		struct wanted_name *name;
		struct frame frame;

		code = helper_next(helper, &frame, err);
		if (code < 0)
			break;
		name = array_add(&wanted->tests, &wanted->test_count,
			&wanted->test_room, sizeof(*name));
		name->name = xmemdup(frame.bytes, frame.size);
		code = helper_next(helper, &frame, err);
		if (code == 0 && frame.size == 1) {
			name->exists = *frame.bytes != TEST_IS_GONE;
			name->by_itself = *frame.bytes == TEST_BY_ITSELF;
		}
	}
	return code;
}

/* In the order of the answer; languages/python/narrow has the other end. */
int wanted_take(struct wanted *wanted, struct helper *helper, struct err *err)
{
	const struct {
		struct interner *into; /* NULL: the names of tests */
		bool pairs;
	} lists[] = {
		{&wanted->globals, true},
		{&wanted->names, false},
		{&wanted->classes, true},
		{&wanted->whole, false},
		{NULL, false},
		{&wanted->global_values, true},
		{&wanted->values, false},
		{&wanted->functions, true},
		{&wanted->global_heads, true},
		{&wanted->heads, false},
		{&wanted->doubts, false},
		{&wanted->leading, false},
		{&wanted->imports, true},
		{&wanted->sure, true},
		{&wanted->late, false},
		{&wanted->touched, false},
		{&wanted->members, false},
	};
	int code = 0;

	for (size_t i = 0; code == 0 && i < sizeof(lists) / sizeof(*lists);
		i++) {
		uint32_t count = 0;

		if (!lists[i].into) {
			code = wanted_take_tests(wanted, helper, err);
			continue;
		}
		code = helper_next_number(helper, &count, err);
		for (uint32_t k = 0; code == 0 && k < count; k++)
			code = lists[i].pairs ? wanted_take_pair(lists[i].into,
							helper, err)
					      : wanted_take_path(lists[i].into,
							helper, err);
	}
	return code;
}

bool wanted_has(const struct interner *interner, const char *path,
	const char *name, size_t size)
{
	size_t n = strlen(path);
	char key[512], *longer = key;
	bool found;

	if (!interner->count)
		return false;
	if (n + 1 + size > sizeof(key))
		longer = xcalloc(n + 1 + size, 1);
	memcpy(longer, path, n);
	longer[n] = '\0';
	memcpy(longer + n + 1, name, size);
	found = intern_find(interner, longer, n + 1 + size) != INTERN_NONE;
	if (longer != key)
		free(longer);
	return found;
}

bool wanted_touches(const struct wanted *wanted, const char *path)
{
	const struct interner *const of_names[] = {&wanted->globals,
		&wanted->classes, &wanted->global_values, &wanted->global_heads,
		&wanted->functions};
	size_t n = strlen(path) + 1;

	if (intern_find(&wanted->whole, path, n - 1) != INTERN_NONE ||
		intern_find(&wanted->leading, path, n - 1) != INTERN_NONE)
		return true;
	for (size_t i = 0; i < sizeof(of_names) / sizeof(*of_names); i++)
		for (size_t k = 0; k < of_names[i]->count; k++)
			if (of_names[i]->entries[k].size > n &&
				!memcmp(of_names[i]->entries[k].bytes, path, n))
				return true;
	return false;
}

bool wanted_asks(const struct wanted *wanted, const char *name)
{
	const struct interner *const of_names[] = {
		&wanted->names, &wanted->values, &wanted->heads};

	for (size_t i = 0; i < sizeof(of_names) / sizeof(*of_names); i++)
		if (intern_find(of_names[i], name, strlen(name)) != INTERN_NONE)
			return true;
	return false;
}
