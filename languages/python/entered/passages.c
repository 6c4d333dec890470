/* SPDX-License-Identifier: MIT */
#include "languages/python/entered/passages.h"

#include <stdlib.h>
#include <string.h>

#include "languages/python/entered/blocks.h"
#include "languages/python/entered/tripwires.h"

#define WORDS (PASSAGES_MOST / 64)
#define DIGITS 5 /* of a number, and the dot before it */

/*
 * The instructions that tools put into code are behind this one, in the
 * versions that are known.
 */
#define INSTRUMENTED 235

/* An instruction that tells of a passage, or a line that does. */
struct sign {
	uint32_t at; /* offset in the code, or line */
	uint32_t passage;
};

struct passages {
	PyObject *code; /* NULL: freed */
	unsigned char *bytes;
	uint64_t *word, armed;
	bool whole; /* what is to be said cannot be told apart */
	bool lost;  /* and never will */
	uint64_t ran[WORDS], unsaid[WORDS];
	uint32_t count, start_count, line_count;
	struct sign *starts, *lines;
};

static PyObject *plan, *watch, *silence;
static size_t code_offset;
static unsigned char line_instruction;
static bool stopped;

static bool passages_has(const uint64_t *set, uint32_t i)
{
	return set[i / 64] >> i % 64 & 1;
}

static bool passages_any(const uint64_t *set)
{
	uint64_t all = 0;

	for (unsigned i = 0; i < WORDS; i++)
		all |= set[i];
	return all;
}

static int sign_compare(const void *a, const void *b)
{
	const struct sign *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

/* A line of the code ran for the first time since it was listened to. */
static void passages_note(struct block *block, long line)
{
	struct passages *passages = block->passages;
	const struct sign wanted = {.at = (uint32_t)line};
	const struct sign *found = bsearch(&wanted, passages->lines,
		passages->line_count, sizeof(wanted), sign_compare);

	if (!found)
		return;
	passages->ran[found->passage / 64] |= UINT64_C(1)
					      << found->passage % 64;
	if (*passages->word != passages->armed)
		return;
	/* It goes on where it was when the scope changed. */
	if (block->epoch != entries_epoch())
		passages->whole = true;
	tripwires_again(block);
}

static PyObject *passages_call(
	PyObject *self, PyObject *const *args, ssize_t count)
{
	struct block *block;

	(void)self;
	if (count == 2) {
		block = blocks_of(args[0]);
		if (block->passages && block->passages->code == args[0])
			passages_note(block, PyLong_AsLong(args[1]));
	}
	Py_IncRef(silence);
	return silence;
}

static struct method_def listener = {
	"line", METHOD(passages_call), METH_FASTCALL, NULL};

PyObject *passages_listener(PyObject *self, PyObject *disable)
{
	(void)self;
	Py_IncRef(disable);
	silence = disable;
	return PyCFunction_NewEx(&listener, NULL, NULL);
}

/* Puts the instructions back by which the passages that ran are heard. */
static void passages_listen(struct passages *passages)
{
	if (!passages->code || passages->lost)
		return;
	for (uint32_t i = 0; i < passages->start_count; i++) {
		const struct sign *start = &passages->starts[i];
		unsigned char *byte = passages->bytes + start->at;

		if (!passages_has(passages->ran, start->passage) ||
			*byte == line_instruction)
			continue;
		/* Another tool listens to this one. */
		if (*byte > INSTRUMENTED)
			passages->lost = true;
		else
			*byte = line_instruction;
	}
}

void passages_entered(struct block *block)
{
	struct passages *passages = block->passages;

	if (!passages)
		return;
	if (!passages_has(passages->ran, 0))
		passages->whole = true;
	passages_listen(passages);
	for (unsigned i = 0; i < WORDS; i++) {
		passages->unsaid[i] |= passages->ran[i];
		passages->ran[i] = 0;
	}
	if (passages->code)
		passages->armed = *passages->word;
}

/* What was heard since, of a frame that goes on. */
static void passages_gather(struct passages *passages)
{
	passages_listen(passages);
	for (unsigned i = 0; i < WORDS; i++) {
		passages->unsaid[i] |= passages->ran[i];
		passages->ran[i] = 0;
	}
}

bool passages_wait(const struct block *block)
{
	const struct passages *passages = block->passages;

	return passages &&
	       (passages->whole || passages_any(passages->ran) ||
		       passages_any(passages->unsaid));
}

size_t passages_room(const struct block *block)
{
	return block->passages ? block->passages->count * (size_t)DIGITS : 0;
}

static char *passages_put_number(char *at, uint32_t number)
{
	*at++ = '.';
	if (number >= 100)
		*at++ = (char)('0' + number / 100);
	if (number >= 10)
		*at++ = (char)('0' + number / 10 % 10);
	*at++ = (char)('0' + number % 10);
	return at;
}

char *passages_put(char *at, struct block *block)
{
	struct passages *passages = block->passages;

	if (!passages)
		return at;
	if (*passages->word == passages->armed)
		passages_gather(passages);
	if (!stopped && !passages->whole && !passages->lost &&
		passages_has(passages->unsaid, 0))
		for (uint32_t i = 0; i < passages->count; i++)
			if (passages_has(passages->unsaid, i))
				at = passages_put_number(at, i);
	memset(passages->unsaid, 0, sizeof(passages->unsaid));
	passages->whole = false;
	return at;
}

void passages_stop(void)
{
	stopped = true;
}

/* Puts (line or offset, passage) for each number of a list. */
static bool passages_take(struct sign **list, uint32_t *count,
	PyObject *numbers, uint32_t passage)
{
	ssize_t size = PyList_Size(numbers);
	struct sign *more;

	if (size < 0)
		return false;
	more = realloc(
		*list, (*count + (size_t)size + 1) * sizeof(**list));
	if (!more)
		return false;
	*list = more;
	for (ssize_t i = 0; i < size; i++)
		more[(*count)++] = (struct sign){
			(uint32_t)PyLong_AsLong(PyList_GetItem(numbers, i)),
			passage};
	return true;
}

static bool passages_fill(struct passages *passages, PyObject *list)
{
	ssize_t count = PyList_Size(list);

	if (count < 2 || count > PASSAGES_MOST)
		return false;
	passages->count = (uint32_t)count;
	for (uint32_t i = 0; i < passages->count; i++) {
		PyObject *each = PyList_GetItem(list, i);

		if (!passages_take(&passages->lines, &passages->line_count,
			    PyTuple_GetItem(each, 0), i) ||
			!passages_take(&passages->starts,
				&passages->start_count,
				PyTuple_GetItem(each, 1), i))
			return false;
	}
	qsort(passages->lines, passages->line_count, sizeof(*passages->lines),
		sign_compare);
	return true;
}

static bool is_same(PyObject *code, const char *name, PyObject *known)
{
	PyObject *value = PyObject_GetAttrString(code, name);
	bool same =
		value && PyObject_RichCompareBool(value, known, IS_EQUAL) == 1;

	Py_DecRef(value);
	return same;
}

/* Whether it is compiled of the text that the plan was made of. */
static bool passages_fit(PyObject *code, PyObject *known)
{
	return is_same(code, "co_firstlineno", PyTuple_GetItem(known, 1)) &&
	       is_same(code, "co_code", PyTuple_GetItem(known, 2)) &&
	       is_same(code, "co_linetable", PyTuple_GetItem(known, 3));
}

/* All signs have to be where the plan has them. */
static bool passages_are_there(const struct passages *passages)
{
	for (uint32_t i = 0; i < passages->start_count; i++)
		if (passages->bytes[passages->starts[i].at] !=
			line_instruction)
			return false;
	return true;
}

/* What the plan has of that function, or NULL. */
static PyObject *passages_known(const struct block *block)
{
	PyObject *functions = PyDict_GetItemString(plan, block->path);

	return functions ? PyDict_GetItemString(functions, block->name) : NULL;
}

static void passages_free(struct passages *passages)
{
	free(passages->starts);
	free(passages->lines);
	free(passages);
}

void passages_add(PyObject *code, struct block *block, uint64_t *word)
{
	PyObject *known, *done;
	struct passages *passages;
	uint64_t before;

	if (!plan || stopped || !word || *word)
		return;
	known = passages_known(block);
	if (!known || !passages_fit(code, known))
		return;
	/* Two codes of one name: which one ran is not told. */
	if (block->passages && block->passages->code) {
		block->passages->lost = true;
		return;
	}
	passages = calloc(1, sizeof(*passages));
	if (!passages)
		return;
	*passages = (struct passages){.code = code,
		.bytes = (unsigned char *)code + code_offset,
		.word = word};
	if (!passages_fill(passages, PyTuple_GetItem(known, 4))) {
		passages_free(passages);
		return;
	}
	before = *word;
	done = PyObject_CallFunctionObjArgs(watch, code, NULL);
	*word = before;
	if (!done || !passages_are_there(passages)) {
		PyErr_Clear();
		passages_free(passages);
		return;
	}
	Py_DecRef(done);
	if (block->passages)
		passages_free(block->passages);
	block->passages = passages;
}

void passages_remove(PyObject *code, struct block *block)
{
	struct passages *passages = block->passages;

	if (!passages || passages->code != code)
		return;
	passages_gather(passages);
	passages->armed = UINT64_MAX;
	passages->word = &passages->armed;
	passages->code = NULL;
}

/* Whether what was put back is heard again, and as often as it is put back. */
static bool passages_try_out(PyObject *probe)
{
	PyObject *code = PyObject_GetAttrString(probe, "__code__");
	unsigned char *bytes = (unsigned char *)code + code_offset;
	PyObject *done = PyObject_CallFunctionObjArgs(watch, code, NULL);
	size_t at = 0;
	bool works = done;

	Py_DecRef(code); /* the function keeps it */
	Py_DecRef(done);
	while (works && at < 32 && bytes[at] != line_instruction)
		at += 2;
	for (int i = 0; works && i < 3; i++) {
		works = at < 32 && bytes[at] == line_instruction;
		done = PyObject_CallFunctionObjArgs(probe, NULL);
		works = works && done && bytes[at] < INSTRUMENTED;
		Py_DecRef(done);
		bytes[at] = works ? line_instruction : bytes[at];
	}
	PyErr_Clear();
	return works;
}

PyObject *passages_start(PyObject *self, PyObject *args)
{
	PyObject *given, *probe;
	int offset, instruction;
	bool works;

	(void)self;
	if (!PyArg_ParseTuple(args, "OOiiO", &given, &watch, &offset,
		    &instruction, &probe))
		return NULL;
	Py_IncRef(args); /* it stays in use */
	code_offset = (size_t)offset;
	line_instruction = (unsigned char)instruction;
	works = tripwires_are_set() && silence && passages_try_out(probe);
	if (works)
		plan = given;
	return PyBool_FromLong(works);
}
