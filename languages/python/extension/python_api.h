/* SPDX-License-Identifier: MIT */
/*
 * What the plugin's C part uses of CPython, declared by hand, so that one
 * build serves every interpreter from 3.9 on and needs no Python headers.
 *
 * The first half belongs to the stable ABI. The weak half need not be there:
 * who uses one of those asks for it first.
 */
#ifndef FTRACE_LANGUAGES_PYTHON_EXTENSION_PYTHON_API_H
#define FTRACE_LANGUAGES_PYTHON_EXTENSION_PYTHON_API_H

#include <stdint.h>
#include <sys/types.h>

struct _object;
#define PyObject struct _object /* opaque, named as CPython names it */

struct method_def {
	const char *name;
	void (*call)(void); /* takes what the flags say */
	int flags;
	const char *doc;
};

struct module_def {
	struct {
		ssize_t refcount;
		void *type;
		PyObject *(*init)(void);
		ssize_t index;
		PyObject *copy;
	} base;
	const char *name;
	const char *doc;
	ssize_t size;
	struct method_def *methods;
	void *slots;
	void *traverse;
	void *clear;
	void *free;
};

#define IS_EQUAL 2 /* Py_EQ */
#define METH_VARARGS 0x0001
#define METH_KEYWORDS 0x0002
#define METH_NOARGS 0x0004
#define METH_O 0x0008
#define METH_FASTCALL 0x0080
#define METHOD(function) ((void (*)(void))(function))
#define ABI_VERSION 3

extern PyObject *PyExc_Exception;
extern PyObject *PyExc_ImportError;
extern PyObject *PyExc_TypeError;

extern void Py_IncRef(PyObject *object);
extern void Py_DecRef(PyObject *object);
extern int Py_AtExit(void (*function)(void));
extern PyObject *Py_BuildValue(const char *format, ...);
extern int PyArg_ParseTuple(PyObject *args, const char *format, ...);
extern void PyErr_Clear(void);
extern void PyErr_Fetch(PyObject **type, PyObject **value, PyObject **trace);
extern void PyErr_Restore(PyObject *type, PyObject *value, PyObject *trace);
extern int PyErr_ExceptionMatches(PyObject *type);
extern void PyErr_SetString(PyObject *type, const char *message);
extern char *PyBytes_AsString(PyObject *bytes);
extern int PyBytes_AsStringAndSize(PyObject *bytes, char **text, ssize_t *size);
extern PyObject *PyCFunction_NewEx(
	struct method_def *def, PyObject *self, PyObject *module);
extern int PyDict_DelItemString(PyObject *dict, const char *key);
extern int PyDict_SetItem(PyObject *dict, PyObject *key, PyObject *value);
extern int PyDict_SetItemString(
	PyObject *dict, const char *key, PyObject *value);
extern PyObject *PyDict_GetItemWithError(PyObject *dict, PyObject *key);
extern int PyDict_Next(
	PyObject *dict, ssize_t *position, PyObject **key, PyObject **value);
extern ssize_t PyDict_Size(PyObject *dict);
extern PyObject *PyDict_GetItemString(PyObject *dict, const char *key);
extern PyObject *PyMapping_GetItemString(PyObject *mapping, const char *key);
extern PyObject *PyMapping_Keys(PyObject *mapping);
extern PyObject *PyMapping_Values(PyObject *mapping);
extern int PyObject_IsTrue(PyObject *object);
extern ssize_t PyObject_Hash(PyObject *object);
extern ssize_t PyObject_Size(PyObject *object);
extern PyObject *PyObject_Call(
	PyObject *callable, PyObject *args, PyObject *kwargs);
extern PyObject *PyObject_CallFunctionObjArgs(PyObject *callable, ...);
extern PyObject *PyObject_GetAttrString(PyObject *object, const char *name);
extern int PyObject_SetAttrString(
	PyObject *object, const char *name, PyObject *value);
extern int PyObject_RichCompareBool(
	PyObject *left, PyObject *right, int operation);
extern PyObject *PyObject_Type(PyObject *object);
extern PyObject *PyBool_FromLong(long value);
extern long PyLong_AsLong(PyObject *number);
extern PyObject *PyLong_FromLong(long value);
extern PyObject *PyLong_FromVoidPtr(void *pointer);
extern PyObject *PyList_New(ssize_t size);
extern int PyList_Append(PyObject *list, PyObject *item);
extern PyObject *PyList_AsTuple(PyObject *list);
extern PyObject *PyList_GetItem(PyObject *list, ssize_t index);
extern ssize_t PyList_Size(PyObject *list);
extern PyObject *PyTuple_GetItem(PyObject *tuple, ssize_t index);
extern ssize_t PyTuple_Size(PyObject *tuple);
extern int PySet_Contains(PyObject *set, PyObject *key);
extern PyObject *PyImport_GetModuleDict(void);
extern PyObject *PySys_GetObject(const char *name); /* not held */
extern int PyUnicode_IsIdentifier(PyObject *text);
extern PyObject *PyObject_GetIter(PyObject *object);
extern PyObject *PyModule_GetDict(PyObject *module);
extern unsigned long PyType_GetFlags(PyObject *type);
extern int PyType_IsSubtype(PyObject *type, PyObject *base);
extern uint32_t PyUnicode_ReadChar(PyObject *text, ssize_t index);
extern PyObject *PyUnicode_EncodeFSDefault(PyObject *text);
extern int PyUnicode_FSConverter(PyObject *path, PyObject **bytes);
extern PyObject *PyUnicode_InternFromString(const char *text);
extern const char *PyUnicode_AsUTF8AndSize(PyObject *text, ssize_t *size);
extern int PyUnicode_CompareWithASCIIString(PyObject *text, const char *ascii);
extern PyObject *PyModule_Create2(struct module_def *def, int version);
extern int PyModule_AddIntConstant(
	PyObject *module, const char *name, long value);
extern void *PyInterpreterState_Get(void);
extern int64_t PyInterpreterState_GetID(void *interpreter);
extern void *PyThreadState_Get(void);

/* Not of the stable ABI, though in every CPython: may be missing one day. */
#define MAYBE __attribute__((weak))

typedef PyObject *evaluator(void *thread, void *frame, int throwing);
typedef int audit_hook(const char *event, PyObject *args, void *data);

extern PyObject *PyObject_Vectorcall(PyObject *callable, PyObject *const *args,
	size_t count, PyObject *names) MAYBE;
extern PyObject *PyObject_VectorcallDict(PyObject *callable,
	PyObject *const *args, size_t count, PyObject *dict) MAYBE;
extern const unsigned long Py_Version MAYBE;
extern PyObject *PyInstanceMethod_New(PyObject *function) MAYBE;
extern PyObject *PyFunction_GetClosure(PyObject *function) MAYBE;
extern PyObject *PyFunction_GetDefaults(PyObject *function) MAYBE;
extern PyObject *PyFunction_GetGlobals(PyObject *function);
extern PyObject *PyCell_Get(PyObject *cell) MAYBE;
extern PyObject *PyObject_GenericGetDict(PyObject *object, void *unused) MAYBE;
extern PyObject **_PyObject_GetDictPtr(PyObject *object) MAYBE;
extern evaluator _PyEval_EvalFrameDefault MAYBE;
extern evaluator *_PyInterpreterState_GetEvalFrameFunc(void *interpreter) MAYBE;
extern void _PyInterpreterState_SetEvalFrameFunc(
	void *interpreter, evaluator *function) MAYBE;

/* The names up to 3.11, and those from 3.12 on. */
extern ssize_t _PyEval_RequestCodeExtraIndex(void (*release)(void *)) MAYBE;
extern int _PyCode_GetExtra(PyObject *code, ssize_t index, void **extra) MAYBE;
extern int _PyCode_SetExtra(PyObject *code, ssize_t index, void *extra) MAYBE;
extern ssize_t PyUnstable_Eval_RequestCodeExtraIndex(
	void (*release)(void *)) MAYBE;
extern int PyUnstable_Code_GetExtra(
	PyObject *code, ssize_t index, void **extra) MAYBE;
extern int PyUnstable_Code_SetExtra(
	PyObject *code, ssize_t index, void *extra) MAYBE;

extern void *_PyThreadState_UncheckedGet(void) MAYBE;
extern void *PyThreadState_GetUnchecked(void) MAYBE;
extern void *PyInterpreterState_Head(void) MAYBE;
extern void *PyInterpreterState_Next(void *interpreter) MAYBE;
extern void *PyInterpreterState_ThreadHead(void *interpreter) MAYBE;
extern void *PyThreadState_Next(void *thread) MAYBE;
extern int PySys_AddAuditHook(audit_hook *hook, void *data) MAYBE;
extern PyObject *PyEval_GetFrame(void) MAYBE;
extern PyObject *PyEval_GetGlobals(void);
extern PyObject *PyFrame_GetBack(PyObject *frame) MAYBE;
extern PyObject *PyFrame_GetCode(PyObject *frame) MAYBE;
extern PyObject *PyCode_GetCode(PyObject *code) MAYBE;
extern PyObject *PyIter_Next(PyObject *iterator) MAYBE;
extern void *PyType_GetSlot(PyObject *type, int slot) MAYBE;

/* Types are objects, too. */
extern PyObject PyGen_Type MAYBE;
extern PyObject PyCoro_Type MAYBE;
extern PyObject PyAsyncGen_Type MAYBE;
extern PyObject PyFrame_Type MAYBE;
extern PyObject _PyCoroWrapper_Type MAYBE;
extern PyObject _PyAsyncGenASend_Type MAYBE;
extern PyObject _PyAsyncGenAThrow_Type MAYBE;

/*
 * Of an object's type, without holding it: the object does. It lies behind the
 * count of references, as is tried out before anything else is done.
 */
static inline PyObject *type_of(PyObject *object)
{
	return ((PyObject **)object)[1];
}

#endif
