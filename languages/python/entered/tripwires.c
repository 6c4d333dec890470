/* SPDX-License-Identifier: MIT */
#include "languages/python/entered/tripwires.h"

#include <stdlib.h>
#include <string.h>

#include "languages/python/entered/passages.h"
#include "languages/python/entered/threads.h"
#include "languages/python/entered/warmup.h"

#define WAIT_MOST (1u << 22)
#define AHEAD 16

/*
 * What a version is never marked with while there is a GIL, from 3.13 on: it
 * is compared with a word whose lowest bits tell of what is to be done, of
 * which these are for interpreters without one.
 */
#define NOBODYS UINT64_C(0x60)

struct wire {
	char *word;     /* of a code object */
	uint64_t armed; /* what it is while the code has not run */
	union {
		struct block *block;
		uint32_t vacant; /* the next one that is, where this one is */
	};
};

/* The word of what is vacant, in which nothing ever changes. */
static uint64_t nobody;

static size_t word_offset;
static bool counts_by_one;

/* The word is the counter that warmup.h is about, and no version. */
static bool is_counter;

/* There is room for AHEAD more than there are, of which none has a word. */
static struct wire *wires;
static uint32_t count, room, vacant;

/*
 * What was found, in the order it was, for threads that have not said it yet.
 * Its numbers go on for ever; `said` of them are dropped.
 */
static struct block **found;
static size_t found_count, found_room;
static uint64_t dropped;

/* Threads that have scopes of their own, besides the collecting one. */
static int waiting;

/* Another thread ran since the collecting one said all. */
static bool others;
static bool stopped;

/* A version that no interpreter gives, just below or above this one. */
static uint64_t arm(uint64_t version)
{
	return counts_by_one ? version - 1 : version | NOBODYS;
}

static void tripwires_find(struct block *block)
{
	if (found_count == found_room) {
		size_t more = found_room * 2 + 1024;
		struct block **longer = NULL;

		if (found_count < WAIT_MOST)
			longer = realloc(found, more * sizeof(*longer));
		if (!longer) {
			entries_gap("too many functions were entered");
			dropped += found_count;
			found_count = 0;
			if (!found_room)
				return;
		} else {
			found = longer;
			found_room = more;
		}
	}
	found[found_count++] = block;
}

static uint64_t read_word(const struct wire *wire)
{
	return is_counter ? *(uint16_t *)wire->word : *(uint64_t *)wire->word;
}

/* Of code that ran. */
static void rearm(struct wire *wire, uint64_t version)
{
	char *code = wire->word - word_offset;

	if (!is_counter) {
		wire->armed = *(uint64_t *)wire->word = arm(version);
		return;
	}
	wire->armed = (uint16_t)warmup_arm((PyObject *)code);
	/* That it runs cannot be told, so it does in each scope. */
	if (!wire->armed)
		wire->armed = UINT64_MAX;
}

static __attribute__((noinline)) void look(struct wire *wire)
{
	uint64_t word = read_word(wire);

	if (word == wire->armed)
		return;
	rearm(wire, word);
	passages_entered(wire->block);
	tripwires_find(wire->block);
}

/* Each word is in another cache line: those ahead are on their way. */
static void look_at_counters(void)
{
	struct wire *end = wires + count;

	for (struct wire *wire = wires; wire < end; wire++) {
		__builtin_prefetch(wire[AHEAD].word);
		if (*(uint16_t *)wire->word != wire->armed)
			look(wire);
	}
}

static void look_at_versions(void)
{
	struct wire *end = wires + count;

	for (struct wire *wire = wires; wire < end; wire++) {
		__builtin_prefetch(wire[AHEAD].word);
		if (*(uint64_t *)wire->word != wire->armed)
			look(wire);
	}
}

static struct wire *make_wire(void)
{
	struct wire *wire;

	if (vacant) {
		wire = &wires[vacant - 1];
		vacant = wire->vacant;
		return wire;
	}
	if (count == room) {
		uint32_t more = room * 2 + 1024;

		wire = realloc(wires, (more + AHEAD) * sizeof(*wires));
		if (!wire)
			return NULL;
		memset(wire + count, 0, (more + AHEAD - count) * sizeof(*wire));
		wires = wire;
		room = more;
	}
	return &wires[count++];
}

uint32_t tripwires_add(PyObject *code, struct block *block)
{
	struct wire *wire;

	if (!word_offset || stopped)
		return 0;
	wire = make_wire();
	if (!wire) {
		entries_gap("out of memory");
		return 0;
	}
	/* New ones have version 0, which is nobody's either. */
	*wire = (struct wire){(char *)code + word_offset,
		is_counter ? (uint16_t)WARMUP_NEW : 0, {block}};
	look(wire);
	return (uint32_t)(wire - wires) + 1;
}

uint64_t *tripwires_word(PyObject *code)
{
	return word_offset && !stopped && !is_counter
		       ? (uint64_t *)((char *)code + word_offset)
		       : NULL;
}

void tripwires_again(struct block *block)
{
	if (!stopped)
		tripwires_find(block);
}

void tripwires_remove(uint32_t handle)
{
	struct wire *wire;

	if (handle == 0 || handle > count)
		return;
	wire = &wires[handle - 1];
	if (read_word(wire) != wire->armed)
		tripwires_find(wire->block);
	*wire = (struct wire){(char *)&nobody, nobody, {.vacant = vacant}};
	vacant = handle;
}

void tripwires_note_thread(void)
{
	others = true;
}

void tripwires_say(bool importing)
{
	uint64_t end = dropped + found_count;

	if (!word_offset || stopped)
		return;
	if (!here.hears) {
		/* What was found before is for those who heard already. */
		here.hears = true;
		here.said = end;
	}
	if (is_counter)
		look_at_counters();
	else
		look_at_versions();
	end = dropped + found_count;
	if (here.said < dropped)
		here.said = dropped;
	for (; here.said < end; here.said++) {
		struct block *block = found[here.said - dropped];

		if (block->epoch != here.epoch ||
			(!block->collected && passages_wait(block)))
			entries_enter(block);
	}
	if (!importing)
		here.resaid = end;
	others = threads_ran() || others;
	if (entries_is_collecting() && !waiting && !(importing && others)) {
		dropped = end;
		found_count = 0;
		others = false;
	}
}

void tripwires_shifted(bool open, bool left_import)
{
	if (!word_offset || stopped)
		return;
	if (left_import && others)
		here.said = here.resaid;
	if (entries_is_collecting() || here.waits == open)
		return;
	here.waits = open;
	waiting += open ? 1 : -1;
}

bool tripwires_are_set(void)
{
	return word_offset && !stopped;
}

void tripwires_stop(void)
{
	stopped = true;
}

static bool tripwires_runs(PyObject *probe)
{
	PyObject *result = PyObject_CallFunctionObjArgs(probe, NULL);

	PyErr_Clear();
	Py_DecRef(result);
	return result;
}

/*
 * Where a code object has the version of the events that it was made ready
 * for, by which Python sees whether others are watched since. No header says
 * so; whether it is there is tried out.
 */
#define VERSION_AT_3_12 160
#define VERSION_AT 168

static const char *tripwires_try_out(int minor, PyObject *probe)
{
	size_t offset = minor == 12 ? VERSION_AT_3_12 : VERSION_AT;
	PyObject *code = PyObject_GetAttrString(probe, "__code__");
	uint64_t *version = (uint64_t *)((char *)code + offset), before;
	bool fits = sizeof(void *) == 8 && minor >= 12;

	Py_DecRef(code); /* the function keeps it */
	counts_by_one = minor == 12;
	fits = fits && *version == 0 && tripwires_runs(probe);
	before = fits ? *version : 0;
	fits = fits && before && (counts_by_one || before % 256 == 0) &&
	       before < UINT32_MAX;
	for (int i = 0; fits && i < 3; i++) {
		*version = arm(before);
		fits = tripwires_runs(probe) && *version == before &&
		       tripwires_runs(probe) && *version == before;
	}
	if (!fits)
		return "the interpreter's code objects are unknown";
	word_offset = offset;
	return NULL;
}

const char *tripwires_start(int minor, PyObject *probe)
{
	const char *reason;

	if (!threads_start())
		return "the interpreter does not tell its threads";
	if (minor != 11)
		return tripwires_try_out(minor, probe);
	reason = warmup_start(probe);
	if (reason)
		return reason;
	is_counter = true;
	word_offset = WARMUP_OFFSET;
	return NULL;
}
