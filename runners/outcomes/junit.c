/* SPDX-License-Identifier: MIT */
/*
 * JUnit XML has no standard. What runners agree upon: testsuites may hold
 * testsuite elements, these hold testcase elements, and an element in a case
 * says that it did not pass.
 *
 * A case is called "CLASS::NAME". Where the class says nothing (there is none,
 * it is the name again, or "test" for every case, as node has it) the suites
 * that it is in stand for it, but for the outermost element: that is named
 * after a machine or a run.
 */
#include <expat.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "runners/outcomes/told.h"

/* Of expat 2.9 on, where the other one is deprecated. */
#if XML_MAJOR_VERSION > 2 || XML_MINOR_VERSION >= 9
#define LINE_NUMBER XML_GetCurrentLineNumber64
#else
#define LINE_NUMBER XML_GetCurrentLineNumber
#endif

struct reader {
	XML_Parser parser;
	struct told *told;
	char *problem;              /* why it is no such report, or NULL */
	unsigned depth, case_depth; /* 0: in no case */
	char **suites;              /* the names of those that are open */
	size_t suite_count, suite_room;
	char *name; /* of the case that it is in */
	bool todo;
	struct told_case one;
};

/* What is read of a file: expat counts in int. */
#define PIECE (1u << 20)

static const char *junit_attribute(const char **attributes, const char *name)
{
	for (; *attributes; attributes += 2)
		if (!strcmp(attributes[0], name))
			return attributes[1];
	return NULL;
}

static bool junit_is(const char *text, const char *word)
{
	return text && !strcmp(text, word);
}

/* Seconds, with commas between thousands, or one for the point. */
static int64_t junit_duration_of(const char *text)
{
	const char *last = text ? strrchr(text, ',') : NULL;
	bool pointed = text && strchr(text, '.');
	char digits[64], *end;
	size_t n = 0;
	double seconds;

	for (; text && *text && n < sizeof(digits) - 1; text++)
		if (*text != ',')
			digits[n++] = *text;
		else if (!pointed && text == last)
			digits[n++] = '.';
	digits[n] = '\0';
	seconds = strtod(digits, &end);
	/* Not a number is not less than anything, either. */
	if (end == digits || !(seconds >= 0 && seconds < 1e9))
		return -1;
	return (int64_t)(seconds * 1e6 + 0.5);
}

/* All open suites but the outermost, each with "::" behind it; to be freed. */
static char *suites_of(const struct reader *reader)
{
	char *all = xstrdup("");

	for (size_t i = 1; i < reader->suite_count; i++) {
		char *longer;

		if (!*reader->suites[i])
			continue;
		longer = xasprintf("%s%s::", all, reader->suites[i]);
		free(all);
		all = longer;
	}
	return all;
}

static char *junit_name_of(const struct reader *reader, const char **attributes)
{
	const char *name = junit_attribute(attributes, "name");
	const char *class = junit_attribute(attributes, "classname");
	char *suites, *full;

	if (!name || !*name)
		name = class && *class ? class : "unnamed";
	if (class && *class && !junit_is(class, name) &&
		!junit_is(class, "test"))
		return xasprintf("%s::%s", class, name);
	suites = suites_of(reader);
	full = xasprintf("%s%s", suites, name);
	free(suites);
	return full;
}

static void begin_case(struct reader *reader, const char **attributes)
{
	const char *status = junit_attribute(attributes, "status");

	reader->case_depth = reader->depth;
	reader->name = junit_name_of(reader, attributes);
	reader->one = (struct told_case){.outcome = "passed",
		.duration =
			junit_duration_of(junit_attribute(attributes, "time"))};
	/* googletest and CMake say so without an element, too. */
	if (junit_is(status, "notrun") || junit_is(status, "disabled") ||
		junit_is(status, "skipped"))
		reader->one.outcome = "skipped";
	else if (junit_is(status, "fail") || junit_is(status, "failed"))
		reader->one.outcome = "failed";
}

/* Maven's runner tells of each time that it ran a case again. */
static bool is_another_time(const char *element)
{
	return junit_is(element, "flakyFailure") ||
	       junit_is(element, "flakyError") ||
	       junit_is(element, "rerunFailure") ||
	       junit_is(element, "rerunError");
}

/* What is yet to be done may fail, and passes for node all the same. */
static bool is_todo(const char *element, const char **attributes)
{
	return junit_is(element, "skipped") &&
	       junit_is(junit_attribute(attributes, "type"), "todo");
}

static void junit_take_element(
	struct reader *reader, const char *element, const char **attributes)
{
	struct told_case *one = &reader->one;

	reader->todo |= is_todo(element, attributes);
	if (junit_is(element, "error"))
		one->outcome = "error";
	else if (junit_is(element, "failure") &&
		 !junit_is(one->outcome, "error"))
		one->outcome = "failed";
	else if (is_todo(element, attributes))
		return;
	else if ((junit_is(element, "skipped") ||
			 junit_is(element, "disabled")) &&
		 junit_is(one->outcome, "passed"))
		one->outcome = junit_is(junit_attribute(attributes, "type"),
				       JUNIT_XFAILED)
				       ? "xfailed"
				       : "skipped";
	else if (is_another_time(element) && one->failures < UINT_MAX)
		one->failures++;
}

static void end_case(struct reader *reader)
{
	if (reader->todo)
		reader->one.outcome = junit_is(reader->one.outcome, "passed")
					      ? "xpassed"
					      : "xfailed";
	told_add(reader->told, reader->name, &reader->one);
	free(reader->name);
	reader->name = NULL;
	reader->case_depth = 0;
	reader->todo = false;
}

static void stop(struct reader *reader, char *problem)
{
	if (reader->problem)
		free(problem);
	else
		reader->problem = problem;
	XML_StopParser(reader->parser, XML_FALSE);
}

/* A suite that failed itself: no case of it may be to blame. */
static void take_suite_element(struct reader *reader, const char *element)
{
	char *suites = suites_of(reader), *name;

	if (junit_is(element, "error") || junit_is(element, "failure")) {
		name = xasprintf("%s(suite)", suites);
		told_add(reader->told, name,
			&(struct told_case){
				.outcome = junit_is(element, "error")
						   ? "error"
						   : "failed",
				.duration = -1});
		free(name);
	}
	free(suites);
}

static void XMLCALL junit_begin(
	void *data, const char *element, const char **attributes)
{
	struct reader *reader = data;
	bool suite = junit_is(element, "testsuite") ||
		     junit_is(element, "testsuites");
	const char *name = junit_attribute(attributes, "name");

	if (!reader->depth++ && !suite) {
		stop(reader,
			xasprintf("its outermost element is '%.64s', and not "
				  "'testsuites' or 'testsuite'",
				element));
		return;
	}
	if (reader->case_depth && reader->depth == reader->case_depth + 1)
		junit_take_element(reader, element, attributes);
	else if (!reader->case_depth && suite)
		*(char **)array_add(&reader->suites, &reader->suite_count,
			&reader->suite_room, sizeof(*reader->suites)) =
			xstrdup(name ? name : "");
	else if (!reader->case_depth && junit_is(element, "testcase"))
		begin_case(reader, attributes);
	else if (!reader->case_depth &&
		 reader->depth == reader->suite_count + 1)
		take_suite_element(reader, element);
}

static void XMLCALL junit_end(void *data, const char *element)
{
	struct reader *reader = data;

	if (reader->case_depth == reader->depth) {
		end_case(reader);
	} else if (!reader->case_depth && reader->suite_count &&
		   (junit_is(element, "testsuite") ||
			   junit_is(element, "testsuites"))) {
		free(reader->suites[--reader->suite_count]);
	}
	reader->depth--;
}

/* No report needs any, and entities of entities grow without end. */
static void XMLCALL refuse_entity(void *data, const char *name, int parameter,
	const char *value, int size, const char *base, const char *system,
	const char *public, const char *notation)
{
	(void)parameter;
	(void)value;
	(void)size;
	(void)base;
	(void)system;
	(void)public;
	(void)notation;
	stop(data, xasprintf("it declares an entity, '%.64s'", name));
}

static int junit_explain(
	const struct reader *reader, const char *name, struct err *err)
{
	enum XML_Error code = XML_GetErrorCode(reader->parser);
	unsigned long line = (unsigned long)LINE_NUMBER(reader->parser);

	if (reader->problem)
		return err_set(err, -1, "'%s' is no JUnit report: %s", name,
			reader->problem);
	if (code == XML_ERROR_NO_ELEMENTS || code == XML_ERROR_UNCLOSED_TOKEN ||
		code == XML_ERROR_PARTIAL_CHAR ||
		code == XML_ERROR_UNCLOSED_CDATA_SECTION)
		return err_set(err, -1,
			"JUnit report '%s' is cut short in line %lu", name,
			line);
	return err_set(err, -1, "JUnit report '%s' is not XML: %s in line %lu",
		name, XML_ErrorString(code), line);
}

static bool junit_parse(struct reader *reader, const char *text, size_t size)
{
	size_t n;

	do {
		n = size < PIECE ? size : PIECE;
		if (XML_Parse(reader->parser, text, (int)n, n == size) !=
			XML_STATUS_OK)
			return false;
		text += n;
		size -= n;
	} while (size);
	return true;
}

int junit_read(struct told *told, const char *name, const char *text,
	size_t size, struct err *err)
{
	struct reader reader = {.told = told};
	int code = 0;

	if (!size)
		return err_set(err, -1, "JUnit report '%s' is empty", name);
	reader.parser = XML_ParserCreate(NULL);
	if (!reader.parser)
		return err_set(err, -1, "out of memory for '%s'", name);
	XML_SetUserData(reader.parser, &reader);
	XML_SetElementHandler(reader.parser, junit_begin, junit_end);
	XML_SetEntityDeclHandler(reader.parser, refuse_entity);
	if (!junit_parse(&reader, text, size))
		code = junit_explain(&reader, name, err);
	XML_ParserFree(reader.parser);
	for (size_t i = 0; i < reader.suite_count; i++)
		free(reader.suites[i]);
	free(reader.suites);
	free(reader.name);
	free(reader.problem);
	return code;
}
