/* SPDX-License-Identifier: MIT */
#include "languages/python/entered/blocks.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "languages/python/entered/passages.h"
#include "languages/python/entered/tripwires.h"
#include "languages/python/memory/kept_names.h"

#define NAME_MAX_SAID 1000
#define BUCKETS 16384u
#define SOURCES_MAX 65536u

/* Opcodes that are the same in 3.9 and 3.10. */
enum opcode {
	STORE_NAME = 90,
	LOAD_CONST = 100,
	MAKE_FUNCTION = 132,
	EXTENDED_ARG = 144
};

#define CO_OPTIMIZED 1 /* set for functions, not for classes and modules */

/* What was decided about a file name that code objects have. */
struct source {
	struct source *next;
	const char *path; /* NULL when it is foreign */
	struct block *kind;
	char given[];
};

/* The word of a code object. */
struct word {
	PyObject *code;
	struct block *block;
	uint32_t wire;
};

struct blocks_near blocks_near[BLOCKS_NEAR];

static struct blocks_settings settings;
static ssize_t extra;
static int (*get_extra)(PyObject *code, ssize_t index, void **extra);
static int (*set_extra)(PyObject *code, ssize_t index, void *extra);

static struct block *blocks[BUCKETS];
static struct source *sources[BUCKETS];
static unsigned source_count;
static uint32_t last_id;

static struct blocks_near *near_of(PyObject *code)
{
	return &blocks_near[((uintptr_t)code >> 5) % BLOCKS_NEAR];
}

/* A code object is gone, and another may come to lie at its address. */
static void blocks_release(void *pointer)
{
	struct word *word = pointer;
	struct blocks_near *near;

	if (!word)
		return;
	near = near_of(word->code);
	if (near->code == word->code)
		near->code = NULL;
	tripwires_remove(word->wire);
	passages_remove(word->code, word->block);
	free(word);
}

const char *blocks_start(const struct blocks_settings *given)
{
	settings = *given;
	if (PyUnstable_Eval_RequestCodeExtraIndex && PyUnstable_Code_GetExtra &&
		PyUnstable_Code_SetExtra) {
		extra = PyUnstable_Eval_RequestCodeExtraIndex(blocks_release);
		get_extra = PyUnstable_Code_GetExtra;
		set_extra = PyUnstable_Code_SetExtra;
	} else if (_PyEval_RequestCodeExtraIndex && _PyCode_GetExtra &&
		   _PyCode_SetExtra) {
		extra = _PyEval_RequestCodeExtraIndex(blocks_release);
		get_extra = _PyCode_GetExtra;
		set_extra = _PyCode_SetExtra;
	} else {
		return "this Python has no slots for tools";
	}
	return extra < 0 ? "Python has no free slot for ftrace (other tools "
			   "use them all)"
			 : NULL;
}

static uint64_t hash_text(uint64_t sum, const char *text)
{
	for (; *text; text++)
		sum = (sum ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return (sum ^ (sum >> 29)) * UINT64_C(0x9e3779b97f4a7c15);
}

static void assign(PyObject *code, struct block *block)
{
	struct word *word = malloc(sizeof(*word));
	struct blocks_near *near = near_of(code);

	if (!word)
		return;
	*word = (struct word){code, block, 0};
	if (set_extra(code, extra, word) < 0) {
		PyErr_Clear();
		free(word);
		return;
	}
	*near = (struct blocks_near){code, block};
	if (!block->id)
		return;
	passages_add(code, block, tripwires_word(code));
	word->wire = tripwires_add(code, block);
}

static struct block *make_block(const char *path, const char *name)
{
	struct block **bucket, *block;
	size_t size = strlen(name);

	/* What a mark cannot hold is said to be unknown. */
	if (size == 0 || size > NAME_MAX_SAID || strpbrk(name, "/\n")) {
		name = "?";
		size = 1;
	}
	bucket = &blocks[hash_text(hash_text(0, path), name) % BUCKETS];
	for (block = *bucket; block; block = block->next)
		if (!strcmp(block->name, name) && !strcmp(block->path, path))
			return block;
	block = calloc(1, sizeof(*block) + size + 1);
	if (!block)
		return NULL;
	memcpy(block->name, name, size);
	block->path = path;
	block->epoch = ENTRIES_NEVER;
	block->id = ++last_id;
	block->next = *bucket;
	*bucket = block;
	return block;
}

/* An attribute as bytes of the file system's encoding, NULL if not to be. */
static PyObject *blocks_text_of(PyObject *text, const char **out)
{
	PyObject *bytes = text ? PyUnicode_EncodeFSDefault(text) : NULL;
	char *data;

	/* A name with a NUL in it is refused here. */
	if (bytes && !PyBytes_AsStringAndSize(bytes, &data, NULL)) {
		*out = data;
		return bytes;
	}
	PyErr_Clear();
	Py_DecRef(bytes);
	return NULL;
}

static PyObject *blocks_attribute(
	PyObject *object, const char *name, const char **out)
{
	PyObject *text = PyObject_GetAttrString(object, name);
	PyObject *bytes = blocks_text_of(text, out);

	Py_DecRef(text);
	return bytes;
}

static bool blocks_below(const char *path, const char *folder)
{
	return strncmp(path, folder, strlen(folder)) == 0;
}

/* Whether it is there at all; no test depends on the answer. */
static bool blocks_exists(const char *path)
{
	int saved = errno;
	bool found;

	entries_say("/@ftrace/mute/");
	found = access(path, F_OK) == 0;
	entries_say("/@ftrace/unmute/");
	errno = saved;
	return found;
}

/* The counterpart of is_project_path in loading/imports.py. */
static bool is_project(const char *path)
{
	if (blocks_below(path, settings.root))
		path += strlen(settings.root) - 1;
	else if (blocks_below(path, settings.stdlib))
		return false;
	return !strstr(path, "/site-packages/") &&
	       !strstr(path, "/dist-packages/");
}

/* Fills in what to make of a file name. */
static void blocks_decide(struct source *source)
{
	const char *given = source->given;
	char path[PATH_MAX];
	size_t size = strlen(given);

	source->path = NULL;
	source->kind = &entries_foreign;
	if (size == 0 || size >= PATH_MAX / 2 ||
		(given[0] == '<' && given[size - 1] == '>'))
		return;
	if (given[0] == '/') {
		memcpy(path, given, size + 1);
	} else {
		size_t head;

		if (!getcwd(path, PATH_MAX / 2))
			return;
		head = strlen(path);
		path[head++] = '/';
		memcpy(path + head, given, size + 1);
	}
	if (blocks_below(path, settings.own))
		source->kind = &entries_own;
	else if (is_project(path) && blocks_exists(path))
		source->path = strdup(path);
}

/* Of a module frame, a decision that was made without the file is redone. */
static struct source *find_source(const char *given, bool is_module)
{
	static struct source *last;
	struct source **bucket, *source;

	bucket = &sources[hash_text(0, given) % BUCKETS];
	for (source = *bucket; source; source = source->next)
		if (!strcmp(source->given, given))
			break;
	if (source && !(is_module && (!source->path || given[0] != '/')))
		return source;
	if (!source) {
		/* Names can be invented without end: only so many are kept. */
		source = malloc(sizeof(*source) + strlen(given) + 1);
		if (!source)
			return NULL;
		strcpy(source->given, given);
		if (source_count < SOURCES_MAX) {
			source_count++;
			source->next = *bucket;
			*bucket = source;
		} else {
			free(last);
			last = source;
		}
	}
	blocks_decide(source);
	return source;
}

static struct block *assign_text(
	PyObject *code, const struct source *source, const char *name)
{
	struct block *block = make_block(source->path, name);

	if (!block) {
		entries_gap("out of memory");
		return &entries_foreign;
	}
	assign(code, block);
	kept_names_add(block, code);
	return block;
}

/*
 * Whether code is what an annotation, a type alias or a bound is evaluated by,
 * when somebody asks: since 3.14.
 */
static bool is_late(PyObject *code, PyObject *name)
{
	PyObject *variables = NULL, *first = NULL;
	bool found;

	if (settings.minor < 14)
		return false;
	if (!PyUnicode_CompareWithASCIIString(name, "__annotate__"))
		return true;
	variables = PyObject_GetAttrString(code, "co_varnames");
	if (variables && PyTuple_Size(variables) > 0)
		first = PyTuple_GetItem(variables, 0);
	found = first && !PyUnicode_CompareWithASCIIString(first, ".format");
	Py_DecRef(variables);
	return found;
}

static struct block *assign_named(
	PyObject *code, const struct source *source, PyObject *name)
{
	const char *text;
	PyObject *bytes = blocks_text_of(name, &text);
	struct block *block = assign_text(code, source, bytes ? text : "?");
	PyObject *own = PyObject_GetAttrString(code, "co_name");

	if (own && block->id)
		block->late |= is_late(code, own);
	PyErr_Clear();
	Py_DecRef(own);
	Py_DecRef(bytes);
	return block;
}

static long number(PyObject *object, const char *name)
{
	PyObject *value = PyObject_GetAttrString(object, name);
	long result = value ? PyLong_AsLong(value) : 0;

	Py_DecRef(value);
	return result;
}

/* One code object of 3.9 or 3.10, taken apart. */
struct body {
	PyObject *code, *type;
	PyObject *bytes, *consts, *names;
	char *at;
	ssize_t size;
};

static bool open_body(struct body *body, PyObject *code)
{
	body->code = code;
	body->type = PyObject_Type(code);
	body->bytes = PyObject_GetAttrString(code, "co_code");
	body->consts = PyObject_GetAttrString(code, "co_consts");
	body->names = PyObject_GetAttrString(code, "co_names");
	return body->bytes && body->consts && body->names &&
	       !PyBytes_AsStringAndSize(body->bytes, &body->at, &body->size);
}

static void close_body(struct body *body)
{
	PyErr_Clear();
	Py_DecRef(body->type);
	Py_DecRef(body->bytes);
	Py_DecRef(body->consts);
	Py_DecRef(body->names);
}

struct instruction {
	unsigned char opcode;
	unsigned argument;
};

/* The next one, in bytes from `at` on, which moves behind it. */
static bool next_instruction(
	struct instruction *next, const struct body *body, ssize_t *at)
{
	next->argument = 0;
	for (; *at + 1 < body->size; *at += 2) {
		next->opcode = (unsigned char)body->at[*at];
		next->argument |= (unsigned char)body->at[*at + 1];
		if (next->opcode != EXTENDED_ARG) {
			*at += 2;
			return true;
		}
		next->argument <<= 8;
	}
	return false;
}

/* The constant that a class body begins with, stored as __qualname__. */
static PyObject *class_name(const struct body *body)
{
	struct instruction next;
	ssize_t at = 0;
	long loaded = -1;

	while (next_instruction(&next, body, &at)) {
		if (next.opcode == STORE_NAME && loaded >= 0 &&
			!PyUnicode_CompareWithASCIIString(
				PyTuple_GetItem(body->names, next.argument),
				"__qualname__"))
			return PyTuple_GetItem(body->consts, loaded);
		loaded = next.opcode == LOAD_CONST ? (long)next.argument : -1;
	}
	return NULL;
}

static void adopt(struct body *body, const struct source *source);

static void adopt_one(const struct body *outer, const struct source *source,
	long which, long qualname)
{
	PyObject *code = PyTuple_GetItem(outer->consts, which);
	PyObject *name = PyTuple_GetItem(outer->consts, qualname);
	struct body body;

	if (!code || !name || type_of(code) != outer->type)
		return;
	/* MAKE_FUNCTION has of a class the bare name only. */
	if (open_body(&body, code)) {
		if (!(number(code, "co_flags") & CO_OPTIMIZED))
			name = class_name(&body);
		assign_named(code, source, name);
		adopt(&body, source);
	}
	close_body(&body);
}

/*
 * Before 3.11 a code object does not know its qualified name, but the code
 * around it has it for a constant: "LOAD_CONST code, LOAD_CONST name,
 * MAKE_FUNCTION".
 */
static void adopt(struct body *body, const struct source *source)
{
	struct instruction next;
	ssize_t at = 0;
	long last = -1, last_but_one = -1;

	while (next_instruction(&next, body, &at)) {
		if (next.opcode == MAKE_FUNCTION && last_but_one >= 0)
			adopt_one(body, source, last_but_one, last);
		last_but_one = last;
		last = next.opcode == LOAD_CONST ? (long)next.argument : -1;
	}
}

/*
 * The code objects inside one: where the file name is relative, it may lead
 * elsewhere by the time they run; and tripwires have to be set before.
 */
static void adopt_consts(PyObject *code, const struct source *source)
{
	PyObject *consts = PyObject_GetAttrString(code, "co_consts");
	PyObject *type = PyObject_Type(code);
	ssize_t count = consts ? PyTuple_Size(consts) : 0;

	for (ssize_t i = 0; i < count; i++) {
		PyObject *inner = PyTuple_GetItem(consts, i);
		PyObject *name;

		if (type_of(inner) != type)
			continue;
		name = PyObject_GetAttrString(inner, "co_qualname");
		assign_named(inner, source, name);
		Py_DecRef(name);
		adopt_consts(inner, source);
	}
	Py_DecRef(type);
	Py_DecRef(consts);
}

static void enter_module(PyObject *code, const struct source *source)
{
	struct body body;

	if (!source->path)
		return;
	if (settings.minor < 11) {
		if (open_body(&body, code))
			adopt(&body, source);
		close_body(&body);
	} else if (source->given[0] != '/' || tripwires_are_set()) {
		adopt_consts(code, source);
	}
}

static struct block *blocks_learn(PyObject *code)
{
	const char *name = NULL, *given;
	PyObject *filename = blocks_attribute(code, "co_filename", &given);
	PyObject *own = blocks_attribute(code, "co_name", &name);
	PyObject *qualname = NULL;
	struct block *block = &entries_foreign;
	struct source *source = NULL;
	bool is_module = own && !strcmp(name, "<module>");

	if (filename)
		source = find_source(given, is_module);
	if (source && is_module) {
		enter_module(code, source);
		block = source->kind;
		if (source->path)
			block = assign_text(code, source, name);
		else
			assign(code, block);
	} else if (source && source->path) {
		if (settings.minor >= 11)
			qualname = PyObject_GetAttrString(code, "co_qualname");
		block = assign_named(code, source, qualname);
		if (tripwires_are_set())
			adopt_consts(code, source);
	} else {
		if (source)
			block = source->kind;
		assign(code, block);
	}
	PyErr_Clear();
	Py_DecRef(qualname);
	Py_DecRef(filename);
	Py_DecRef(own);
	return block;
}

struct block *blocks_find(PyObject *code)
{
	PyObject *type, *value, *trace;
	struct word *word = NULL;
	struct block *block;

	if (get_extra(code, extra, (void **)&word) == 0 && word) {
		*near_of(code) = (struct blocks_near){code, word->block};
		return word->block;
	}
	PyErr_Fetch(&type, &value, &trace);
	block = blocks_learn(code);
	PyErr_Restore(type, value, trace);
	return block;
}
