/* SPDX-License-Identifier: MIT */
/*
 * The frame evaluator.
 *
 * Up to 3.10, and in forked children of 3.11. It costs a look into two tables,
 * and calls what was there before by a jump, without a stack frame of its own.
 * What costs more is that 3.11 with an evaluator no longer runs a call of one
 * Python function by another in the same C frame: such a call takes half as
 * long again, and needs C stack where it needed none. So the evaluator steps
 * aside where a thread has used a part of its stack, and where a scope makes
 * very many calls; the scope falls back to whole files.
 *
 * From 3.11 on tripwires.c does without. Where it cannot, the evaluator does in
 * 3.11, and the events of sys.monitoring from 3.12 on.
 */
#include "languages/python/entered/evaluator.h"

#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "languages/python/entered/blocks.h"
#include "languages/python/entered/entries.h"
#include "languages/python/entered/throws.h"
#include "languages/python/entered/tripwires.h"
#include "languages/python/memory/kept.h"
#include "languages/python/reading/opened.h"

#define STACK_SHARE 4          /* of the stack, one part of so many, */
#define STACK_MOST (2ul << 20) /* and no more than so much, is used */

#define BEGIN "/@ftrace/begin/"

/* Calls in one scope. */
#define CALLS_MOST 1000000

#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)

static const char replaced[] = "another frame evaluator is in use";

static enum { OFF, EVALUATING, MONITORING, TRIPPING } recording;
static bool was_started;

static void *interpreter;
static evaluator *next;
static evaluator *ours;
static bool next_is_default;

/* Where a frame has its code. */
static size_t code_offset;

/* The calls that this scope may still make before the evaluator goes. */
static long calls_left, calls_most = CALLS_MOST;

static bool aside;

static PyObject *monitoring_disable, *monitoring_restart;

static uintptr_t stack_pointer(void)
{
	return (uintptr_t)__builtin_frame_address(0);
}

static evaluator *current(void)
{
	return _PyInterpreterState_GetEvalFrameFunc(interpreter);
}

static void evaluator_install(evaluator *function)
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

/* Until the scope changes, this runs without the evaluator. */
static __attribute__((noinline)) void step_aside(void)
{
	const char *reason =
		calls_left < 0 ? "too many calls" : "recursion too deep";

	calls_left = LONG_MAX;
	if (aside)
		return;
	aside = true;
	evaluator_install(next);
	entries_gap(reason);
}

static void step_back(void)
{
	calls_left = calls_most;
	if (!aside)
		return;
	aside = false;
	if (current() == next)
		evaluator_install(ours);
}

static inline PyObject *code_of(void *frame)
{
	return *(PyObject **)((char *)frame + code_offset);
}

static __attribute__((noinline)) void evaluator_enter(struct block *block)
{
	if (!here.known)
		know_thread();
	entries_enter(block);
}

static inline void evaluator_note(PyObject *code)
{
	struct block *block = blocks_of(code);

	if (UNLIKELY(block->epoch != here.epoch))
		evaluator_enter(block);
}

/* For 3.9 and 3.10, where a call needs no more than it does without. */
static PyObject *evaluate_plain(void *thread, void *frame, int throwing)
{
	evaluator_note(code_of(frame));
	return next(thread, frame, throwing);
}

static inline void spend(void)
{
	if (UNLIKELY(--calls_left < 0 || stack_pointer() < here.low))
		step_aside();
}

static PyObject *evaluate(void *thread, void *frame, int throwing)
{
	evaluator_note(code_of(frame));
	spend();
	return next(thread, frame, throwing);
}

/*
 * What the evaluator relies on is tried out: a function is called that calls
 * another, and both have to be where they are expected.
 */
static struct {
	PyObject *expected[2];
	unsigned seen;
} trial;

static PyObject *evaluate_trial(void *thread, void *frame, int throwing)
{
	/* Anything else may come between, such as a signal handler. */
	if (trial.seen < 2 && code_of(frame) == trial.expected[trial.seen])
		trial.seen++;
	return next(thread, frame, throwing);
}

static const char *evaluator_try_out(PyObject *outer, PyObject *inner)
{
	PyObject *result;

	trial.expected[0] = PyObject_GetAttrString(outer, "__code__");
	trial.expected[1] = PyObject_GetAttrString(inner, "__code__");
	evaluator_install(evaluate_trial);
	result = PyObject_CallFunctionObjArgs(outer, inner, NULL);
	evaluator_install(next);
	PyErr_Clear();
	Py_DecRef(trial.expected[0]);
	Py_DecRef(trial.expected[1]);
	Py_DecRef(result);
	if (trial.seen != 2)
		return "the interpreter's frames are unknown";
	return NULL;
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
	if (recording == TRIPPING)
		return now == next ? reason : replaced;
	if (now == ours)
		return reason;
	/* It went as it came, without putting back what it found. */
	if (now == next)
		evaluator_install(ours);
	return replaced;
}

int evaluator_shift(const char *mark)
{
	bool importing = entries_importing();
	struct block *const *entered;
	unsigned count;
	PyObject *done;

	if (recording == OFF) {
		entries_say(mark);
		return 0;
	}
	tripwires_say(importing);
	entered = entries_collected(&count);
	kept_look(entered, count,
		strncmp(mark, BEGIN, strlen(BEGIN)) ? KEPT_ENDS : KEPT_BEGINS);
	entries_shift(mark, ongoing_gap());
	tripwires_shifted(
		entries_has_scope(), importing && !entries_importing());
	if (recording != MONITORING)
		return 0;
	done = PyObject_CallFunctionObjArgs(monitoring_restart, NULL);
	Py_DecRef(done);
	return done ? 0 : -1;
}

PyObject *evaluator_pause(PyObject *self, PyObject *is_done)
{
	struct block *const *entered;
	unsigned count;

	(void)self;
	if (recording != OFF) {
		tripwires_say(entries_importing());
		entered = entries_collected(&count);
		kept_look(entered, count,
			PyObject_IsTrue(is_done) == 1 ? KEPT_IS_DONE
						      : KEPT_GOES_ON);
	}
	return Py_BuildValue("");
}

static PyObject *evaluator_answer(const char *reason)
{
	return reason ? Py_BuildValue("y", reason) : Py_BuildValue("");
}

static const char *evaluator_start(
	const struct blocks_settings *settings, PyObject *probe)
{
	const char *reason;
	PyObject *code;

	if (was_started)
		return "it was started before";
	interpreter = PyInterpreterState_Get();
	if (PyInterpreterState_GetID(interpreter) != 0)
		return "this is a subinterpreter";
	reason = blocks_start(settings);
	if (!reason && entries_start())
		reason = "ftrace could not watch the threads";
	was_started = true;
	if (!reason) {
		Py_AtExit(entries_flush);
		code = PyObject_GetAttrString(probe, "__code__");
		if (!opened_start(interpreter, PyObject_Type(code)))
			reason = "no audit hook can be had";
		Py_DecRef(code);
	}
	return reason;
}

static bool has_evaluators(void)
{
	return _PyInterpreterState_GetEvalFrameFunc &&
	       _PyInterpreterState_SetEvalFrameFunc;
}

/* Chooses an evaluator to go before the one that is there, and tries it. */
static const char *evaluator_prepare(const struct blocks_settings *settings,
	PyObject *outer, PyObject *inner)
{
	next_is_default = next == _PyEval_EvalFrameDefault;
	code_offset = 32;
	ours = settings->minor < 11 ? evaluate_plain : evaluate;
	return evaluator_try_out(outer, inner);
}

static const char *start_evaluating(const struct blocks_settings *settings,
	PyObject *outer, PyObject *inner)
{
	const char *reason;

	if (!has_evaluators())
		return "the interpreter takes no frame evaluator";
	interpreter = PyInterpreterState_Get();
	next = current();
	reason = evaluator_prepare(settings, outer, inner);
	if (!reason)
		reason = evaluator_start(settings, inner);
	if (reason)
		return reason;
	/* Behind another evaluator there is nothing to be won. */
	if (!next_is_default)
		calls_most = LONG_MAX;
	calls_left = calls_most;
	recording = EVALUATING;
	evaluator_install(ours);
	know_thread();
	return NULL;
}

/*
 * A child may end at any moment, so it has to say at once what it enters.
 * From 3.12 on there are events for that, which Python code switches on.
 */
static void evaluate_in_child(void)
{
	if (recording != TRIPPING)
		return;
	tripwires_stop();
	recording = EVALUATING;
	here.known = false;
	calls_left = calls_most;
	if (current() == next)
		evaluator_install(ours);
	else
		entries_gap(replaced);
}

/* An exception is thrown into a generator. */
static void enter_thrown(PyObject *code)
{
	if (recording == TRIPPING)
		evaluator_note(code);
}

/* What else it takes where there are no events. */
static const char *start_without_events(const struct blocks_settings *settings,
	PyObject *probe, PyObject *outer, PyObject *generator)
{
	const char *reason = evaluator_prepare(settings, outer, probe);

	if (!reason)
		reason = throws_start(generator, enter_thrown);
	if (!reason && pthread_atfork(NULL, NULL, evaluate_in_child))
		reason = "no child can be watched";
	return reason;
}

static const char *start_tripping(const struct blocks_settings *settings,
	PyObject *probe, PyObject *outer, PyObject *generator)
{
	const char *reason;

	if (!has_evaluators())
		return "the interpreter takes no frame evaluator";
	interpreter = PyInterpreterState_Get();
	next = current();
	if (next != _PyEval_EvalFrameDefault)
		return replaced;
	/* First, because after it the others can still be had. */
	reason = tripwires_start(settings->minor, probe);
	if (!reason && settings->minor == 11)
		reason =
			start_without_events(settings, probe, outer, generator);
	if (!reason)
		reason = evaluator_start(settings, probe);
	if (reason)
		tripwires_stop();
	else
		recording = TRIPPING;
	return reason;
}

PyObject *evaluator_trip(PyObject *self, PyObject *args)
{
	struct blocks_settings settings;
	PyObject *probe, *outer, *generator;

	(void)self;
	if (!PyArg_ParseTuple(args, "(iyyy)OOO", &settings.minor,
		    &settings.root, &settings.stdlib, &settings.own, &probe,
		    &outer, &generator))
		return NULL;
	Py_IncRef(args);
	return evaluator_answer(
		start_tripping(&settings, probe, outer, generator));
}

PyObject *evaluator_adopt(PyObject *self, PyObject *code)
{
	(void)self;
	(void)blocks_of(code);
	return evaluator_answer(NULL);
}

PyObject *evaluator_forked(PyObject *self, PyObject *args)
{
	(void)self;
	tripwires_stop();
	if (!PyArg_ParseTuple(args, "O", &monitoring_restart))
		return NULL;
	Py_IncRef(args);
	if (recording == TRIPPING)
		recording = MONITORING;
	return evaluator_answer(NULL);
}

PyObject *evaluator_evaluate(PyObject *self, PyObject *args)
{
	struct blocks_settings settings;
	PyObject *outer, *inner;

	(void)self;
	if (!PyArg_ParseTuple(args, "(iyyy)OO", &settings.minor, &settings.root,
		    &settings.stdlib, &settings.own, &outer, &inner))
		return NULL;
	Py_IncRef(args); /* the settings stay in use */
	return evaluator_answer(start_evaluating(&settings, outer, inner));
}

/* Whether all threads have heard enough of an event, self, to silence it. */
static PyObject *monitoring_call(PyObject *self, PyObject *args)
{
	PyObject *code = PyTuple_GetItem(args, 0);
	struct block *block;

	if (!code)
		return NULL;
	evaluator_note(code);
	block = blocks_of(code);
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
	PyObject *probe;

	(void)self;
	if (!PyArg_ParseTuple(args, "(iyyy)OO", &settings.minor, &settings.root,
		    &settings.stdlib, &settings.own, &monitoring_restart,
		    &probe))
		return NULL;
	Py_IncRef(args);
	reason = evaluator_start(&settings, probe);
	if (!reason) {
		recording = MONITORING;
	}
	return evaluator_answer(reason);
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
	tripwires_say(entries_importing());
	tripwires_stop();
	entries_flush();
	if (recording == EVALUATING) {
		step_back();
		if (current() == ours)
			evaluator_install(next);
	}
	recording = OFF;
	entries_stop();
	return Py_BuildValue("");
}
