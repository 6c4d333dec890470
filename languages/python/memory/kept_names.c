/* SPDX-License-Identifier: MIT */
#include "languages/python/memory/kept_names.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "languages/python/entered/entries.h"

#define CO_VARARGS 4
#define CO_VARKEYWORDS 8
#define TEXT_MOST 100

#define ANYHOW (KEPT_FINDS | KEPT_GETS)

/* A dict of the texts, to their numbers in the list. */
static PyObject *numbers, *text_type, *tuple_type;
static struct kept_name **names;
static size_t count, room;

static const unsigned char *kinds;

static bool kept_names_load(void)
{
	PyObject *tuple;

	if (numbers)
		return true;
	tuple = Py_BuildValue("(s)", "");
	numbers = Py_BuildValue("{}");
	if (!tuple || !numbers)
		return false;
	tuple_type = PyObject_Type(tuple);
	text_type = PyObject_Type(PyTuple_GetItem(tuple, 0));
	Py_DecRef(tuple);
	return true;
}

static struct kept_name *make_name(PyObject *text)
{
	struct kept_name *name = calloc(1, sizeof(*name)), **more;
	PyObject *number = PyLong_FromLong((long)count);
	int failed = -1;

	if (name && count == room) {
		more = realloc(names, (room * 2 + 256) * sizeof(*names));
		names = more ? more : names;
		room = more ? room * 2 + 256 : room;
	}
	if (name && number && count < room)
		failed = PyDict_SetItem(numbers, text, number);
	Py_DecRef(number);
	if (failed) {
		PyErr_Clear();
		free(name);
		return NULL;
	}
	name->text = PyUnicode_AsUTF8AndSize(text, NULL);
	if (!name->text)
		name->text = "";
	PyErr_Clear();
	names[count++] = name;
	return name;
}

struct kept_name *kept_name_of(PyObject *text)
{
	PyObject *number;

	if (!kept_names_load() || type_of(text) != text_type)
		return NULL;
	number = PyDict_GetItemWithError(numbers, text);
	if (number)
		return names[PyLong_AsLong(number)];
	return make_name(text);
}

struct kept_name *kept_name_of_path(const char *path)
{
	PyObject *text = PyUnicode_InternFromString(path);
	struct kept_name *name = text ? kept_name_of(text) : NULL;

	PyErr_Clear();
	Py_DecRef(text);
	return name;
}

static void kept_names_put(
	struct block *block, struct kept_name *name, unsigned how)
{
	struct kept_mention *more;

	if (!name)
		return;
	if (name->block == block) {
		block->mentions[name->at].how |= how;
		return;
	}
	if (block->mention_count % 16 == 0) {
		more = realloc(block->mentions,
			(block->mention_count + 16) * sizeof(*more));
		if (!more)
			return;
		block->mentions = more;
	}
	name->is_written = true;
	name->block = block;
	name->at = block->mention_count;
	block->mentions[block->mention_count++] =
		(struct kept_mention){name, how};
}

/* A text of one name, or of some with dots and colons between them. */
static void add_words(struct block *block, PyObject *text)
{
	ssize_t size = 0;
	const char *at = PyUnicode_AsUTF8AndSize(text, &size);
	char word[TEXT_MOST];

	PyErr_Clear();
	if (!at || size >= TEXT_MOST || strlen(at) != (size_t)size)
		return;
	if (PyUnicode_IsIdentifier(text)) {
		kept_names_put(block, kept_name_of(text), ANYHOW);
		return;
	}
	if (!strpbrk(at, ".:") || strpbrk(at, " \t\n/\\"))
		return;
	for (size_t n; *at; at += n + (at[n] != '\0')) {
		PyObject *part;

		n = strcspn(at, ".:");
		memcpy(word, at, n);
		word[n] = '\0';
		part = n ? PyUnicode_InternFromString(word) : NULL;
		if (part && PyUnicode_IsIdentifier(part))
			kept_names_put(block, kept_name_of(part), ANYHOW);
		PyErr_Clear();
		Py_DecRef(part);
	}
}

/* The first so many of a tuple; in constants however deep. */
static void add_texts(
	struct block *block, PyObject *tuple, ssize_t most, bool identifiers)
{
	for (ssize_t i = 0; i < PyTuple_Size(tuple) && i < most; i++) {
		PyObject *each = PyTuple_GetItem(tuple, i);

		/* Of a module it is what it gives to a star. */
		if (identifiers && type_of(each) == tuple_type &&
			strcmp(block->name, "<module>"))
			add_texts(block, each, PyTuple_Size(each), true);
		else if (type_of(each) == text_type && identifiers)
			add_words(block, each);
		else if (type_of(each) == text_type)
			kept_names_put(block, kept_name_of(each), KEPT_FINDS);
	}
}

static long kept_names_number_of(PyObject *code, const char *attribute)
{
	PyObject *value = PyObject_GetAttrString(code, attribute);
	long number = value ? PyLong_AsLong(value) : 0;

	Py_DecRef(value);
	return number;
}

static void add_tuple(struct block *block, PyObject *code,
	const char *attribute, ssize_t most, bool identifiers)
{
	PyObject *tuple = PyObject_GetAttrString(code, attribute);

	if (tuple)
		add_texts(block, tuple, most, identifiers);
	Py_DecRef(tuple);
}

static void kept_names_add_name(
	struct block *block, PyObject *tuple, unsigned long at, unsigned how)
{
	PyObject *text = PyTuple_GetItem(tuple, (ssize_t)at);

	if (text)
		kept_names_put(block, kept_name_of(text), how);
	PyErr_Clear();
}

/* Behind it what is imported is given a name: under another it is used. */
static void add_import(struct block *block, PyObject *tuple, unsigned long at,
	const char *behind, ssize_t left)
{
	PyObject *text = PyTuple_GetItem(tuple, (ssize_t)at);
	bool is_same = left >= 2 &&
		       kinds[(unsigned char)behind[0]] == OPCODE_SETS &&
		       (unsigned char)behind[1] == (at & 255);

	if (text && !PyUnicode_IsIdentifier(text))
		add_words(block, text);
	kept_names_add_name(
		block, tuple, at, KEPT_IMPORTS | (is_same ? 0 : ANYHOW));
}

/* What instructions have names for. */
static void kept_names_add_names(struct block *block, PyObject *code)
{
	PyObject *bytes = PyObject_GetAttrString(code, "co_code");
	PyObject *tuple = PyObject_GetAttrString(code, "co_names");
	unsigned long argument = 0;
	ssize_t size = 0;
	char *at = NULL;
	bool sets = false;

	if (bytes && tuple)
		PyBytes_AsStringAndSize(bytes, &at, &size);
	for (ssize_t i = 0; i + 1 < size; i += 2) {
		unsigned kind = kinds[(unsigned char)at[i]];

		argument |= (unsigned char)at[i + 1];
		if (kind == OPCODE_SETS_ATTRIBUTE)
			sets = true;
		if (kind == OPCODE_SETS || kind == OPCODE_SETS_ATTRIBUTE)
			kept_names_add_name(block, tuple, argument, 0);
		else if (kind == OPCODE_IMPORTS)
			add_import(block, tuple, argument, at + i + 2,
				size - i - 2);
		else if (kind >= OPCODE_GETS && kind < OPCODE_SETS_ATTRIBUTE)
			kept_names_add_name(block, tuple,
				argument >> (kind - OPCODE_GETS), ANYHOW);
		else if (kind && kind < OPCODE_GETS)
			kept_names_add_name(block, tuple,
				argument >> (kind - OPCODE_LOADS), KEPT_FINDS);
		argument = kind == OPCODE_EXTENDS ? argument << 8 : 0;
	}
	for (unsigned i = 0; sets && i < block->mention_count; i++)
		block->mentions[i].how |= KEPT_SETS;
	Py_DecRef(tuple);
	Py_DecRef(bytes);
}

void kept_names_add(struct block *block, PyObject *code)
{
	PyObject *own = PyObject_GetAttrString(code, "co_name");
	long flags = kept_names_number_of(code, "co_flags");
	long parameters = kept_names_number_of(code, "co_argcount") +
			  kept_names_number_of(code, "co_kwonlyargcount") +
			  !!(flags & CO_VARARGS) + !!(flags & CO_VARKEYWORDS);

	/* Of several code objects of one name each has its own. */
	for (unsigned i = 0; i < block->mention_count; i++) {
		block->mentions[i].name->block = block;
		block->mentions[i].name->at = i;
	}
	if (kinds && kept_names_load()) {
		kept_names_put(block, kept_name_of_path(block->path), 0);
		if (own)
			kept_names_put(block, kept_name_of(own), 0);
		kept_names_add_names(block, code);
		add_tuple(block, code, "co_freevars", SSIZE_MAX, false);
		add_tuple(block, code, "co_varnames", parameters, false);
		add_tuple(block, code, "co_consts", SSIZE_MAX, true);
	}
	PyErr_Clear();
	Py_DecRef(own);
}

void kept_names_tell(PyObject *module)
{
	static const struct {
		const char *name;
		enum kept_opcode value;
	} opcodes[] = {
		{"OPCODE_LOADS", OPCODE_LOADS},
		{"OPCODE_GETS", OPCODE_GETS},
		{"OPCODE_SETS_ATTRIBUTE", OPCODE_SETS_ATTRIBUTE},
		{"OPCODE_IMPORTS", OPCODE_IMPORTS},
		{"OPCODE_EXTENDS", OPCODE_EXTENDS},
		{"OPCODE_SETS", OPCODE_SETS},
	};

	for (size_t i = 0; i < sizeof(opcodes) / sizeof(*opcodes); i++)
		PyModule_AddIntConstant(
			module, opcodes[i].name, (long)opcodes[i].value);
}

void kept_names_start(const unsigned char opcodes[256])
{
	kinds = opcodes;
}
