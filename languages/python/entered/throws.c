/* SPDX-License-Identifier: MIT */
#include "languages/python/entered/throws.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* What a slot of a type is asked by, and where it is. */
#define TP_ITERNEXT 63
#define TP_METHODS 64
#define TP_FINALIZE 80
#define ITERNEXT_OFFSET 224
#define FINALIZE_OFFSET 392
#define WRAPPED_OFFSET 48 /* in the attribute that stands for a slot */

/* Where a generator, of whatever kind, has these. */
#define CODE_OFFSET 16
#define STATE_OFFSET 75
#define FRAME_OFFSET 80
#define COMPLETED 1 /* below it: has yet to begin, is suspended, or runs */

/* Where what runs a generator on somebody's behalf has it. */
#define INNER_OFFSET 16

/* Where a frame object has its frame, and that whose it is. */
#define FRAME_FRAME_OFFSET 24
#define FRAME_OWNER_OFFSET 69
#define OWNED_BY_GENERATOR 1

/* Takes as many arguments as any method does. */
typedef PyObject *method(PyObject *self, void *one, void *two, void *three);

static void *listening;
static void (*tell)(PyObject *code);

static void *throws_field(PyObject *object, size_t offset)
{
	return *(void **)((char *)object + offset);
}

static bool throws_is_over(PyObject *generator)
{
	return *((signed char *)generator + STATE_OFFSET) >= COMPLETED;
}

/* The attribute that tells what a generator delegates to; NULL: it is none. */
static const char *delegate_name(PyObject *type)
{
	if (type == &PyGen_Type)
		return "gi_yieldfrom";
	if (type == &PyCoro_Type)
		return "cr_await";
	if (type == &PyAsyncGen_Type)
		return "ag_await";
	return NULL;
}

static bool runs_another(PyObject *type)
{
	return type == &_PyCoroWrapper_Type || type == &_PyAsyncGenASend_Type ||
	       type == &_PyAsyncGenAThrow_Type;
}

/* Tells of one generator, and gives what the exception is handed on to. */
static PyObject *throws_follow(PyObject *object)
{
	PyObject *type = PyObject_Type(object), *inner = NULL;
	const char *name = delegate_name(type);

	Py_DecRef(type);
	if (runs_another(type)) {
		inner = throws_field(object, INNER_OFFSET);
		Py_IncRef(inner);
	} else if (name && !throws_is_over(object)) {
		tell(throws_field(object, CODE_OFFSET));
		inner = PyObject_GetAttrString(object, name);
	}
	return inner;
}

static void throws_hear(PyObject *object)
{
	PyObject *type, *value, *trace, *inner;

	if (PyInterpreterState_Get() != listening)
		return;
	PyErr_Fetch(&type, &value, &trace);
	Py_IncRef(object);
	while (object) {
		inner = throws_follow(object);
		Py_DecRef(object);
		object = inner;
	}
	PyErr_Restore(type, value, trace);
}

/* A frame that is cleared closes the generator that it is in. */
static void hear_frame(PyObject *frame)
{
	char *inner = throws_field(frame, FRAME_FRAME_OFFSET);

	if (inner[FRAME_OWNER_OFFSET] == OWNED_BY_GENERATOR)
		throws_hear((PyObject *)(inner - FRAME_OFFSET));
}

#define HOOK(name, heard) \
	static method *name##_before; \
	static PyObject *name( \
		PyObject *self, void *one, void *two, void *three) \
	{ \
		heard(self); \
		return name##_before(self, one, two, three); \
	}

HOOK(generator_throw, throws_hear)
HOOK(generator_close, throws_hear)
HOOK(coroutine_throw, throws_hear)
HOOK(coroutine_close, throws_hear)
HOOK(wrapper_throw, throws_hear)
HOOK(wrapper_close, throws_hear)
HOOK(asend_throw, throws_hear)
HOOK(asend_close, throws_hear)
HOOK(athrow_send, throws_hear)
HOOK(athrow_throw, throws_hear)
HOOK(athrow_close, throws_hear)
HOOK(athrow_next, throws_hear)
HOOK(frame_clear, hear_frame)

/* All three kinds of generators have the same. */
static void (*finalize_before)(PyObject *self);

static void finalize(PyObject *self)
{
	if (!throws_is_over(self))
		throws_hear(self);
	finalize_before(self);
}

static const struct {
	PyObject *type;
	const char *name;
	method *ours;
	method **before;
} methods[] = {
	{&PyGen_Type, "throw", generator_throw, &generator_throw_before},
	{&PyGen_Type, "close", generator_close, &generator_close_before},
	{&PyCoro_Type, "throw", coroutine_throw, &coroutine_throw_before},
	{&PyCoro_Type, "close", coroutine_close, &coroutine_close_before},
	{&_PyCoroWrapper_Type, "throw", wrapper_throw, &wrapper_throw_before},
	{&_PyCoroWrapper_Type, "close", wrapper_close, &wrapper_close_before},
	{&_PyAsyncGenASend_Type, "throw", asend_throw, &asend_throw_before},
	{&_PyAsyncGenASend_Type, "close", asend_close, &asend_close_before},
	{&_PyAsyncGenAThrow_Type, "send", athrow_send, &athrow_send_before},
	{&_PyAsyncGenAThrow_Type, "throw", athrow_throw, &athrow_throw_before},
	{&_PyAsyncGenAThrow_Type, "close", athrow_close, &athrow_close_before},
	{&PyFrame_Type, "clear", frame_clear, &frame_clear_before},
};

#define METHODS (sizeof(methods) / sizeof(*methods))

static struct method_def *find_method(PyObject *type, const char *name)
{
	struct method_def *found = PyType_GetSlot(type, TP_METHODS);

	while (found && found->name && strcmp(found->name, name) != 0)
		found++;
	return found && found->name ? found : NULL;
}

/* Replaces what stands in a slot, and in the attribute that calls it. */
static bool replace_slot(
	PyObject *type, size_t offset, const char *name, void *from, void *to)
{
	PyObject *attribute = PyObject_GetAttrString(type, name);
	void **slot = (void **)((char *)type + offset), **wrapped;
	bool fits = attribute && *slot == from;

	if (fits) {
		wrapped = (void **)((char *)attribute + WRAPPED_OFFSET);
		fits = *wrapped == from;
	}
	if (fits)
		*slot = *wrapped = to;
	PyErr_Clear();
	Py_DecRef(attribute);
	return fits;
}

static bool replace_finalizers(void *from, void *to)
{
	return replace_slot(
		       &PyGen_Type, FINALIZE_OFFSET, "__del__", from, to) &&
	       replace_slot(
		       &PyCoro_Type, FINALIZE_OFFSET, "__del__", from, to) &&
	       replace_slot(
		       &PyAsyncGen_Type, FINALIZE_OFFSET, "__del__", from, to);
}

static bool replace_all(void)
{
	struct method_def *found[METHODS];
	void *next;

	for (size_t i = 0; i < METHODS; i++) {
		found[i] = find_method(methods[i].type, methods[i].name);
		if (!found[i])
			return false;
	}
	finalize_before = PyType_GetSlot(&PyGen_Type, TP_FINALIZE);
	next = PyType_GetSlot(&_PyAsyncGenAThrow_Type, TP_ITERNEXT);
	athrow_next_before = next;
	if (!finalize_before || !next ||
		!replace_finalizers(finalize_before, finalize))
		return false;
	if (!replace_slot(&_PyAsyncGenAThrow_Type, ITERNEXT_OFFSET, "__next__",
		    next, athrow_next))
		return false;
	for (size_t i = 0; i < METHODS; i++) {
		*methods[i].before = (method *)found[i]->call;
		found[i]->call = METHOD(methods[i].ours);
	}
	return true;
}

/* From here on the trial. */

static PyObject *tried;
static int heard;

static void hear_trial(PyObject *code)
{
	heard += code == tried;
}

/* A generator that is suspended; NULL when it is not as expected. */
static PyObject *suspended(PyObject *probe)
{
	PyObject *generator = PyObject_CallFunctionObjArgs(probe, NULL);
	PyObject *first = generator ? PyIter_Next(generator) : NULL;
	PyObject *frame =
		first ? PyObject_GetAttrString(generator, "gi_frame") : NULL;
	char *inner = frame ? throws_field(frame, FRAME_FRAME_OFFSET) : NULL;

	Py_DecRef(first);
	Py_DecRef(frame);
	if (inner && inner == (char *)generator + FRAME_OFFSET &&
		inner[FRAME_OWNER_OFFSET] == OWNED_BY_GENERATOR &&
		throws_field(generator, CODE_OFFSET) == tried &&
		!throws_is_over(generator))
		return generator;
	Py_DecRef(generator);
	return NULL;
}

/* Calls a method with an argument or none, whatever comes of it. */
static void throws_call(PyObject *object, const char *name, PyObject *argument)
{
	PyObject *function = PyObject_GetAttrString(object, name), *result;

	result = function ? PyObject_CallFunctionObjArgs(
				    function, argument, NULL)
			  : NULL;
	PyErr_Clear();
	Py_DecRef(function);
	Py_DecRef(result);
}

static bool is_heard(PyObject *probe, const char *name, PyObject *argument)
{
	PyObject *generator = suspended(probe), *frame;
	bool on_frame = name && !strcmp(name, "clear"), over = true;

	heard = 0;
	if (!generator)
		return false;
	if (on_frame) {
		frame = PyObject_GetAttrString(generator, "gi_frame");
		throws_call(frame, name, NULL);
		Py_DecRef(frame);
	} else if (name) {
		throws_call(generator, name, argument);
	}
	if (name)
		over = throws_is_over(generator);
	Py_DecRef(generator);
	return over && heard == 1;
}

/* The offsets are looked at before anything is replaced. */
static bool throws_is_known(PyObject *probe)
{
	PyObject *generator;

	if (!PyType_GetSlot || !PyIter_Next || !&PyGen_Type || !&PyCoro_Type ||
		!&PyAsyncGen_Type || !&_PyCoroWrapper_Type ||
		!&_PyAsyncGenASend_Type || !&_PyAsyncGenAThrow_Type ||
		!&PyFrame_Type)
		return false;
	generator = suspended(probe);
	PyErr_Clear();
	Py_DecRef(generator);
	return generator;
}

static void put_back(void)
{
	void *next = athrow_next_before;

	for (size_t i = 0; i < METHODS; i++)
		if (*methods[i].before)
			find_method(methods[i].type, methods[i].name)->call =
				METHOD(*methods[i].before);
	replace_finalizers(finalize, finalize_before);
	replace_slot(&_PyAsyncGenAThrow_Type, ITERNEXT_OFFSET, "__next__",
		athrow_next, next);
}

const char *throws_start(PyObject *probe, void (*enter)(PyObject *code))
{
	PyObject *code = PyObject_GetAttrString(probe, "__code__");

	Py_DecRef(code); /* the function keeps it */
	tried = code;
	tell = hear_trial;
	listening = PyInterpreterState_Get();
	if (!throws_is_known(probe))
		return "the interpreter's generators are unknown";
	if (replace_all() && is_heard(probe, "close", NULL) &&
		is_heard(probe, "throw", PyExc_Exception) &&
		is_heard(probe, "clear", NULL) && is_heard(probe, NULL, NULL)) {
		tell = enter;
		return NULL;
	}
	PyErr_Clear();
	put_back();
	return "the interpreter's generators are unknown";
}
