/* SPDX-License-Identifier: MIT */
/*
 * The frame evaluator.
 *
 * It costs a look into two tables, and calls what was there before by a
 * jump, without a stack frame of its own. What costs more is that from 3.11
 * on an interpreter with an evaluator no longer runs a call of one Python
 * function by another in the same C frame: such a call takes half as long
 * again, and needs C stack where it needed none. So the evaluator steps aside
 * where a thread has used a part of its stack, and where a scope makes very
 * many calls, until the scope changes. From 3.12 on sys.monitoring takes its
 * place meanwhile, which is dear to switch on and then costs nothing for a
 * function that was heard of; in 3.11 the scope falls back to whole files.
 *
 * 3.12 and 3.13 count what is not run in the same C frame as C recursion,
 * which has a limit of its own. The count is put right: the stack is watched
 * here.
 */
#include "adapters/pytest/evaluator.h"

#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "adapters/pytest/blocks.h"
#include "adapters/pytest/entries.h"
#include "adapters/pytest/opened.h"

#define STACK_SHARE 4          /* of the stack, one part of so many, */
#define STACK_MOST (2ul << 20) /* and no more than so much, is used */

/* Calls in one scope. Each costs some 15 ns, the switch about a million. */
#define CALLS_MOST 100000
#define CALLS_MOST_311 1000000

#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)

static const char replaced[] = "another frame evaluator is in use";

static enum { OFF, EVALUATING, MONITORING } recording;
static bool was_started;

static void *interpreter;
static evaluator *next;
static evaluator *ours;
static bool next_is_default;

/*
 * Where a frame has its code, and a thread its count of C recursion, from
 * which each evaluation takes so many.
 */
static size_t code_offset;
static size_t recursion_offset;
static int recursion_units;

/* Where it has its function and its arguments, for 3.13 alone. */
static size_t function_offset, locals_offset, current_offset;
static PyObject *dunder_init;
static bool watching;

/* The calls that this scope may still make before the evaluator goes. */
static long calls_left, calls_most;

/* Stepped aside; and for sys.monitoring to take over. */
static bool aside, relieved;

/* Switch sys.monitoring on and off in the evaluator's place; may be NULL. */
static PyObject *relieve, *resume;

static PyObject *monitoring_disable, *monitoring_restart;

static uintptr_t stack_pointer(void)
{
	return (uintptr_t)__builtin_frame_address(0);
}

static evaluator *current(void)
{
	return _PyInterpreterState_GetEvalFrameFunc(interpreter);
}

static void install(evaluator *function)
{
	_PyInterpreterState_SetEvalFrameFunc(interpreter, function);
}

/* The end of this thread's stack, and its size. */
static uintptr_t stack_top(size_t *size)
{
	extern void *__libc_stack_end MAYBE;
	pthread_attr_t attributes;
	struct rlimit limit;
	uintptr_t top = 0;
	void *low;

	*size = 0;
	if (getpid() == (pid_t)syscall(SYS_gettid) && &__libc_stack_end &&
		!getrlimit(RLIMIT_STACK, &limit)) {
		/* Asking libc would read a file in the test's name. */
		*size = limit.rlim_cur;
		top = (uintptr_t)__libc_stack_end;
		if (stack_pointer() < top && top - stack_pointer() < *size)
			return top;
	}
	if (pthread_getattr_np(pthread_self(), &attributes))
		return 0;
	if (!pthread_attr_getstack(&attributes, &low, size))
		top = (uintptr_t)low + *size;
	pthread_attr_destroy(&attributes);
	return top;
}

static void know_thread(void)
{
	uintptr_t top;
	size_t size;

	here.known = true;
	if (!next_is_default || recording != EVALUATING)
		return;
	top = stack_top(&size);
	size /= STACK_SHARE;
	if (size > STACK_MOST)
		size = STACK_MOST;
	here.low = top > size ? top - size : 0;
}

/* Calls a function of the plugin's Python part; true when it said True. */
static bool ask(PyObject *function)
{
	PyObject *type, *value, *trace, *result;
	bool answer;

	PyErr_Fetch(&type, &value, &trace);
	result = PyObject_CallFunctionObjArgs(function, NULL);
	answer = result && PyObject_IsTrue(result) == 1;
	Py_DecRef(result);
	PyErr_Clear();
	PyErr_Restore(type, value, trace);
	return answer;
}

/* Until the scope changes, this runs without the evaluator. */
static __attribute__((noinline)) void step_aside(void)
{
	const char *reason =
		calls_left < 0 ? "too many calls" : "recursion too deep";

	calls_left = LONG_MAX;
	if (aside)
		return;
	aside = true;
	install(next);
	/* The events of a function are silenced for all threads at once. */
	if (relieve && !entries_others_import())
		relieved = ask(relieve);
	if (!relieved)
		entries_gap(reason);
}

static void step_back(void)
{
	calls_left = calls_most;
	if (!aside)
		return;
	if (relieved && !ask(resume))
		relieve = NULL;
	aside = relieved = false;
	if (current() == next)
		install(ours);
}

static inline PyObject *code_of(void *frame)
{
	/* From 3.14 on the lowest bits are not part of the address. */
	uintptr_t word = *(uintptr_t *)((char *)frame + code_offset);

	return (PyObject *)(word & ~(uintptr_t)7);
}

static inline PyObject *field(void *frame, size_t offset)
{
	return *(PyObject **)((char *)frame + offset);
}

/*
 * Whether a call is, or is as good as, that of its first argument's __init__.
 * Such a function may have any name. An object begins with it, so that it is
 * enough to look at the first call of each.
 */
static bool is_constructor(const struct block *block, void *frame)
{
	PyObject *count, *found, *type;
	bool has_argument;

	if (block->id == 0 || block->epoch != ENTRIES_NEVER)
		return false;
	/* Without arguments the place of the first one holds anything. */
	count = PyObject_GetAttrString(code_of(frame), "co_argcount");
	has_argument = count && PyLong_AsLong(count) > 0;
	Py_DecRef(count);
	if (!has_argument || !field(frame, locals_offset))
		return false;
	type = PyObject_Type(field(frame, locals_offset));
	found = _PyType_Lookup(type, dunder_init);
	Py_DecRef(type);
	return found && found == field(frame, function_offset);
}

static __attribute__((noinline)) void enter(struct block *block, void *frame)
{
	if (!here.known)
		know_thread();
	if (watching && frame && is_constructor(block, frame))
		blocks_watch_code(code_of(frame));
	entries_enter(block);
}

static inline void note(void *frame)
{
	struct block *block = blocks_of(code_of(frame));

	if (UNLIKELY(block->epoch != here.epoch))
		enter(block, frame);
}

/* For 3.9 and 3.10, where a call needs no more than it does without. */
static PyObject *evaluate_plain(void *thread, void *frame, int throwing)
{
	note(frame);
	return next(thread, frame, throwing);
}

static inline void spend(void)
{
	if (UNLIKELY(--calls_left < 0 || stack_pointer() < here.low))
		step_aside();
}

static PyObject *evaluate(void *thread, void *frame, int throwing)
{
	note(frame);
	spend();
	return next(thread, frame, throwing);
}

/* For 3.12 and 3.13. */
static PyObject *evaluate_counted(void *thread, void *frame, int throwing)
{
	int *remaining = (int *)((char *)thread + recursion_offset);
	PyObject *result;

	note(frame);
	spend();
	*remaining += recursion_units;
	result = next(thread, frame, throwing);
	*remaining -= recursion_units;
	return result;
}

/*
 * What the evaluator relies on is tried out: a function is called that calls
 * another, and both have to be where they are expected.
 */
static struct {
	PyObject *expected[2];
	PyObject *outer, *inner;
	unsigned seen;
	bool wrong;
	int remaining;
} trial;

static void try_recursion(void *thread)
{
	int *count = (int *)((char *)thread + recursion_offset);
	int left = count[-2], limit = count[-1];

	if (limit != Py_GetRecursionLimit() || left <= 0 || left > limit ||
		count[0] <= 0 || count[0] > 100000)
		trial.wrong = true;
	if (trial.seen) {
		recursion_units = trial.remaining - count[0];
		if (recursion_units < 1 || recursion_units > 4)
			trial.wrong = true;
	}
	trial.remaining = count[0];
}

static PyObject *evaluate_trial(void *thread, void *frame, int throwing)
{
	/* Anything else may come between, such as a signal handler. */
	if (trial.seen < 2 && code_of(frame) == trial.expected[trial.seen]) {
		if (function_offset && trial.seen == 0 &&
			(field(frame, function_offset) != trial.outer ||
				field(frame, locals_offset) != trial.inner))
			trial.wrong = true;
		if (recursion_offset)
			try_recursion(thread);
		trial.seen++;
	}
	return next(thread, frame, throwing);
}

/* Counts how often the evaluator is asked to run some code. */
static PyObject *evaluate_counting(void *thread, void *frame, int throwing)
{
	trial.seen += code_of(frame) == trial.expected[0];
	return next(thread, frame, throwing);
}

PyObject *evaluator_count(PyObject *self, PyObject *args)
{
	PyObject *function, *result;
	evaluator *now = current();

	(void)self;
	if (!PyArg_ParseTuple(args, "OO", &trial.expected[0], &function))
		return NULL;
	trial.seen = 0;
	install(evaluate_counting);
	result = PyObject_CallFunctionObjArgs(function, NULL);
	install(now);
	if (!result)
		return NULL;
	Py_DecRef(result);
	return PyLong_FromLong((long)trial.seen);
}

static const char *try_out(PyObject *outer, PyObject *inner)
{
	PyObject *result;

	trial.outer = outer;
	trial.inner = inner;
	trial.expected[0] = PyObject_GetAttrString(outer, "__code__");
	trial.expected[1] = PyObject_GetAttrString(inner, "__code__");
	install(evaluate_trial);
	result = PyObject_CallFunctionObjArgs(outer, inner, NULL);
	install(next);
	PyErr_Clear();
	Py_DecRef(trial.expected[0]);
	Py_DecRef(trial.expected[1]);
	Py_DecRef(result);
	if (trial.seen != 2 || trial.wrong)
		return "the interpreter's frames are unknown";
	return NULL;
}

/* As the headers of each version have it. */
static void set_offsets(int minor)
{
	code_offset = minor < 12 ? 32 : 0;
	recursion_offset = 0;
	if (sizeof(void *) == 8 && minor == 12)
		recursion_offset = 36;
	if (sizeof(void *) == 8 && minor == 13) {
		recursion_offset = 52;
		function_offset = 16;
		locals_offset = 72;
		current_offset = 72;
	}
}

/* Why functions are entered unseen just now, or NULL. Puts right what can. */
static const char *ongoing_gap(void)
{
	const char *reason = opened_gap();
	evaluator *now;

	if (recording == MONITORING)
		return reason || entries_is_collecting()
			       ? reason
			       : "sys.monitoring cannot tell threads apart";
	step_back();
	now = current();
	if (now == ours)
		return reason;
	/* It went as it came, without putting back what it found. */
	if (now == next)
		install(ours);
	return replaced;
}

int evaluator_shift(const char *mark)
{
	PyObject *done;

	if (recording == OFF) {
		entries_say(mark);
		return 0;
	}
	entries_shift(mark, ongoing_gap());
	if (recording != MONITORING)
		return 0;
	done = PyObject_CallFunctionObjArgs(monitoring_restart, NULL);
	Py_DecRef(done);
	return done ? 0 : -1;
}

static PyObject *answer(const char *reason)
{
	return reason ? Py_BuildValue("y", reason) : Py_BuildValue("");
}

static const char *start(const struct blocks_settings *settings)
{
	const char *reason;

	if (was_started)
		return "it was started before";
	interpreter = PyInterpreterState_Get();
	if (PyInterpreterState_GetID(interpreter) != 0)
		return "this is a subinterpreter";
	reason = blocks_start(settings);
	if (!reason && entries_start())
		reason = "no thread can be watched";
	was_started = true;
	if (!reason) {
		Py_AtExit(entries_flush);
		if (!opened_start(interpreter))
			reason = "no audit hook can be had";
	}
	return reason;
}

static const char *start_evaluating(const struct blocks_settings *settings,
	PyObject *outer, PyObject *inner)
{
	const char *reason;

	if (!_PyInterpreterState_GetEvalFrameFunc ||
		!_PyInterpreterState_SetEvalFrameFunc)
		return "the interpreter takes no frame evaluator";
	interpreter = PyInterpreterState_Get();
	next = current();
	next_is_default = next == _PyEval_EvalFrameDefault;
	set_offsets(settings->minor);
	ours = settings->minor < 11 ? evaluate_plain
	       : recursion_offset   ? evaluate_counted
				    : evaluate;
	calls_most = settings->minor == 11 ? CALLS_MOST_311 : CALLS_MOST;
	reason = try_out(outer, inner);
	if (!reason)
		reason = start(settings);
	if (reason)
		return reason;
	/* Behind another evaluator there is nothing to be won. */
	if (!next_is_default)
		calls_most = LONG_MAX;
	calls_left = calls_most;
	recording = EVALUATING;
	install(ours);
	know_thread();
	return NULL;
}

PyObject *evaluator_evaluate(PyObject *self, PyObject *args)
{
	struct blocks_settings settings;
	PyObject *outer, *inner;

	(void)self;
	settings.watch = NULL;
	if (!PyArg_ParseTuple(args, "(iyyy)OO", &settings.minor, &settings.root,
		    &settings.stdlib, &settings.own, &outer, &inner))
		return NULL;
	Py_IncRef(args); /* the settings stay in use */
	return answer(start_evaluating(&settings, outer, inner));
}

/* The frame that an event is about, where constructors are looked for. */
static void *frame_of(PyObject *code)
{
	void *frame;

	if (!watching || !PyThreadState_GetUnchecked)
		return NULL;
	frame = field(PyThreadState_GetUnchecked(), current_offset);
	return code_of(frame) == code ? frame : NULL;
}

/* Whether all threads have heard enough of an event, self, to silence it. */
static PyObject *monitoring_call(PyObject *self, PyObject *args)
{
	PyObject *code = PyTuple_GetItem(args, 0);
	struct block *block;

	if (!code)
		return NULL;
	block = blocks_of(code);
	if (block->epoch != here.epoch)
		enter(block, frame_of(code));
	/* The other threads have their own sets. */
	if (PyObject_IsTrue(self) != 1 ||
		(block->id && !entries_is_collecting()))
		return Py_BuildValue("");
	Py_IncRef(monitoring_disable);
	return monitoring_disable;
}

static struct method_def monitoring_def = {
	"entered", METHOD(monitoring_call), METH_VARARGS, NULL};

PyObject *evaluator_monitor(PyObject *self, PyObject *args)
{
	struct blocks_settings settings;
	const char *reason;

	(void)self;
	settings.watch = NULL;
	if (!PyArg_ParseTuple(args, "(iyyy)O", &settings.minor, &settings.root,
		    &settings.stdlib, &settings.own, &monitoring_restart))
		return NULL;
	Py_IncRef(args);
	reason = start(&settings);
	if (!reason) {
		recording = MONITORING;
	}
	return answer(reason);
}

PyObject *evaluator_watch(PyObject *self, PyObject *function)
{
	(void)self;
	Py_IncRef(function);
	blocks_watch(function);
	dunder_init = PyUnicode_InternFromString("__init__");
	watching = function_offset && dunder_init && _PyType_Lookup;
	return answer(NULL);
}

PyObject *evaluator_relief(PyObject *self, PyObject *args)
{
	(void)self;
	if (!PyArg_ParseTuple(args, "OO", &relieve, &resume))
		return NULL;
	Py_IncRef(args);
	return answer(NULL);
}

PyObject *evaluator_callbacks(PyObject *self, PyObject *disable)
{
	(void)self;
	Py_IncRef(disable);
	monitoring_disable = disable;
	/* One that may be silenced, and one that may not. */
	return Py_BuildValue("NN",
		PyCFunction_NewEx(&monitoring_def, PyBool_FromLong(1), NULL),
		PyCFunction_NewEx(&monitoring_def, PyBool_FromLong(0), NULL));
}

PyObject *evaluator_coarse(PyObject *self, PyObject *bytes)
{
	char *reason = PyBytes_AsString(bytes);

	(void)self;
	if (!reason)
		return NULL;
	entries_coarse(reason);
	return Py_BuildValue("");
}

PyObject *evaluator_stop(PyObject *self, PyObject *unused)
{
	(void)self;
	(void)unused;
	entries_flush();
	if (recording == EVALUATING) {
		step_back();
		if (current() == ours)
			install(next);
	}
	recording = OFF;
	entries_stop();
	return Py_BuildValue("");
}
