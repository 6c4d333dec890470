/* SPDX-License-Identifier: MIT */
/*
 * An interpreter is known by the table of its built-in modules. One of these,
 * `_stat`, is what `os` needs first: it is made when imports work, and before
 * `site` looks for packages. The function that makes it runs the start-up file
 * beforehand; nothing of that is to be seen in the table's names.
 *
 * All of CPython is reached by weak references, of which any other program
 * has none: libpython 3 alone has PyModuleDef_Init.
 */
#include "preload/interpreter.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>

#include "preload/recorder.h"
#include "wire/raw.h"

#define START_NAME "start.py"
#define START_MODULE "_stat"
#define START_MOST 65536u

/* Py_file_input. */
#define WHOLE_FILE 257

typedef void *(*module_maker)(void);

/* struct _inittab. */
struct builtin {
	const char *name;
	module_maker make;
};

#define WEAK __attribute__((weak))

extern struct builtin *PyImport_Inittab WEAK;
extern void *PyModuleDef_Init(void *) WEAK;
extern void *Py_CompileString(const char *, const char *, int) WEAK;
extern void *PyDict_New(void) WEAK;
extern int PyDict_SetItemString(void *, const char *, void *) WEAK;
extern void *PyEval_GetBuiltins(void) WEAK;
extern void *PyEval_EvalCode(void *, void *, void *) WEAK;
extern void PyErr_Clear(void) WEAK;
extern void Py_DecRef(void *) WEAK;

static char path[PATH_MAX];
static struct builtin *replaced;
static module_maker make;

/* The file with a NUL behind it, mapped; or NULL. */
static char *preload_interpreter_read_file(void)
{
	int fd = raw_openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	long at, n;

	if (fd < 0)
		return NULL;
	at = raw_mmap(NULL, START_MOST, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (raw_failed(at)) {
		raw_close(fd);
		return NULL;
	}
	n = raw_pread(fd, (char *)at, START_MOST, 0);
	raw_close(fd);
	if (n > 0 && n < (long)START_MOST)
		return (char *)at;
	raw_munmap((void *)at, START_MOST);
	return NULL;
}

/* False: the user has interrupted it, which is told as of any other code. */
static bool preload_interpreter_run(const char *text)
{
	void *names = PyDict_New(), *ended = NULL;
	void *code = Py_CompileString(
		text, "<frozen importlib._bootstrap>", WHOLE_FILE);
	bool began = code && names &&
		     PyDict_SetItemString(
			     names, "__builtins__", PyEval_GetBuiltins()) == 0;

	if (began)
		ended = PyEval_EvalCode(code, names, names);
	else
		PyErr_Clear();
	Py_DecRef(code);
	Py_DecRef(names);
	Py_DecRef(ended);
	return ended || !began;
}

static void *make_module(void)
{
	char *text = NULL;
	bool go_on = true;

	/* Not again in another interpreter of the process. */
	if (replaced) {
		replaced->make = make;
		replaced = NULL;
		text = preload_interpreter_read_file();
	}
	if (text) {
		go_on = preload_interpreter_run(text);
		raw_munmap(text, START_MOST);
	}
	return go_on ? make() : NULL;
}

static bool is_interpreter(void)
{
	return &PyImport_Inittab && PyImport_Inittab && PyModuleDef_Init &&
	       Py_CompileString && PyDict_New && PyDict_SetItemString &&
	       PyEval_GetBuiltins && PyEval_EvalCode && PyErr_Clear &&
	       Py_DecRef;
}

void interpreter_prepare(const struct start *start)
{
	const char *session, *slash;

	if (!is_interpreter())
		return;
	session = start_variable(start, SESSION_VARIABLE);
	slash = session ? strrchr(session, '/') : NULL;
	if (!slash || (size_t)(slash - session) >
			      sizeof(path) - sizeof("/" START_NAME))
		return;
	memcpy(path, session, (size_t)(slash - session) + 1);
	memcpy(path + (slash - session) + 1, START_NAME, sizeof(START_NAME));
	for (struct builtin *each = PyImport_Inittab; each->name; each++) {
		if (strcmp(each->name, START_MODULE) != 0)
			continue;
		replaced = each;
		make = each->make;
		each->make = make_module;
		break;
	}
}
