/* SPDX-License-Identifier: MIT */
/*
 * The Test Anything Protocol, versions 12 to 14. The points of a subtest are
 * indented by four columns and come before the point that sums them up, or, as
 * some write them, behind it in braces. They are called "POINT::NAME". The
 * point itself is a case where it has none below it, or where it failed and
 * none of them did.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "runners/outcomes/told.h"

#define DEPTH_MAX 32
#define INDENT 4
#define NO_POINT SIZE_MAX

struct point {
	char *name;
	struct told_case one;
};

/* The points of one depth that nothing has summed up yet. */
struct level {
	struct point *list;
	size_t count, room;
	size_t seen; /* since the last plan's end; for those without a name */
	size_t last; /* that of the list which a YAML block would be about */
	struct point held; /* points in braces are to come; or no name */
};

struct reader {
	struct told *told;
	const char *file;
	struct err *err;
	struct level levels[DEPTH_MAX + 1];
	size_t line;
	bool has_plan, in_yaml;
	size_t planned, yaml_indent, yaml_depth;
	size_t after; /* depth of the point in the line before, or NO_POINT */
};

/* A line, without its indentation and its end. */
struct line {
	char *text;
	size_t indent;
};

static int tap_wrong(struct reader *reader, const char *what)
{
	return err_set(reader->err, -1, "TAP report '%s': %s in line %zu",
		reader->file, what, reader->line);
}

static bool is_bad(const struct point *point)
{
	return !strcmp(point->one.outcome, "failed");
}

static struct point *add_point(struct level *level, const struct point *point)
{
	struct point *at = array_add(
		&level->list, &level->count, &level->room, sizeof(*at));

	*at = *point;
	return at;
}

/* A point ends the subtest in the level below, if there is one. */
static void sum_up(
	struct level *level, struct level *below, struct point *point)
{
	bool told = false;

	for (size_t i = 0; below && i < below->count; i++) {
		struct point *inner = &below->list[i];
		char *name = xasprintf("%s::%s", point->name, inner->name);

		told |= is_bad(inner);
		free(inner->name);
		inner->name = name;
		add_point(level, inner);
	}
	level->last = NO_POINT;
	if (below && below->count && (told || !is_bad(point))) {
		free(point->name);
	} else {
		level->last = level->count;
		add_point(level, point);
	}
	if (below) {
		below->count = below->seen = 0;
		below->last = NO_POINT;
	}
	memset(point, 0, sizeof(*point));
}

static struct level *tap_below(struct reader *reader, size_t depth)
{
	return depth < DEPTH_MAX ? &reader->levels[depth + 1] : NULL;
}

/* Braces end with the next line of their depth, whatever it is. */
static void release_held(struct reader *reader, size_t depth)
{
	struct level *level = &reader->levels[depth];

	if (level->held.name)
		sum_up(level, tap_below(reader, depth), &level->held);
}

/* The place of a " #" that is not escaped and that the words come after. */
static char *find_comment(char *text, const char *word)
{
	for (char *s = text; *s; s++) {
		if (*s == '\\' && s[1]) {
			s++;
		} else if (*s == '#' &&
			   (s == text || isspace((unsigned char)s[-1]))) {
			char *from = s + 1 + strspn(s + 1, " \t");

			if (!strncasecmp(from, word, strlen(word)))
				return s;
		}
	}
	return NULL;
}

static void trim_end(char *text)
{
	size_t n = strlen(text);

	while (n && isspace((unsigned char)text[n - 1]))
		text[--n] = '\0';
}

static void unescape(char *text)
{
	char *to = text;

	for (; *text; text++) {
		if (*text == '\\' && (text[1] == '#' || text[1] == '\\'))
			text++;
		*to++ = *text;
	}
	*to = '\0';
}

/* Milliseconds in a text, as microseconds, or -1. */
static int64_t tap_duration_of(const char *text)
{
	char *end;
	double number = strtod(text, &end);

	return end != text && number >= 0 && number < 1e12
		       ? (int64_t)(number * 1000 + 0.5)
		       : -1;
}

/* What follows "ok" and the number; true: braces are opened. */
static bool take_text(struct point *point, char *text, bool ok)
{
	char *skip = find_comment(text, "skip");
	char *todo = find_comment(text, "todo");
	char *time = find_comment(text, "time=");
	size_t n;
	bool braces;

	trim_end(text);
	n = strlen(text);
	braces = n && text[n - 1] == '{' && (n == 1 || text[n - 2] == ' ');
	if (braces)
		text[n - 1] = '\0';
	point->one = (struct told_case){
		.outcome = ok ? "passed" : "failed", .duration = -1};
	/* What failed has, whatever it says of skipping. */
	if (skip && ok)
		point->one.outcome = "skipped";
	else if (todo)
		point->one.outcome = ok ? "xpassed" : "xfailed";
	if (time)
		point->one.duration = tap_duration_of(strchr(time, '=') + 1);
	if (skip)
		*skip = '\0';
	if (todo)
		*todo = '\0';
	if (time)
		*time = '\0';
	text += strspn(text, " \t");
	if (text[0] == '-' && (text[1] == ' ' || !text[1]))
		text += 1 + strspn(text + 1, " \t");
	trim_end(text);
	unescape(text);
	point->name = xstrdup(text);
	return braces;
}

/* Whether it is one: "ok" or "not ok", and no longer word. */
static bool take_point(struct reader *reader, size_t depth, char *text)
{
	struct level *level = &reader->levels[depth];
	bool ok = strncmp(text, "not ok", 6) != 0, braces;
	char *rest = text + (ok ? 2 : 6), *end;
	struct point point;
	size_t number;

	if ((ok && strncmp(text, "ok", 2)) ||
		(*rest && !isspace((unsigned char)*rest)))
		return false;
	rest += strspn(rest, " \t");
	level->seen++;
	number = strtoul(rest, &end, 10);
	if (!isdigit((unsigned char)*rest) ||
		(*end && !isspace((unsigned char)*end)))
		number = level->seen;
	else
		rest = end;
	release_held(reader, depth);
	braces = take_text(&point, rest, ok);
	if (!*point.name) {
		free(point.name);
		point.name = xasprintf("test %zu", number);
	}
	reader->after = depth;
	level->last = NO_POINT;
	if (braces)
		level->held = point;
	else
		sum_up(level, tap_below(reader, depth), &point);
	return true;
}

/* "1..N": of the outermost level, for those inside are their points' matter. */
static int take_plan(struct reader *reader, size_t depth, char *text)
{
	char *end;
	size_t planned;

	if (strncmp(text, "1..", 3) || !isdigit((unsigned char)text[3]))
		return 0;
	planned = strtoul(text + 3, &end, 10);
	if (*end && !isspace((unsigned char)*end))
		return 0;
	if (depth)
		return 0;
	if (reader->has_plan)
		return tap_wrong(reader,
			"a second plan, as if two runs had written the file,");
	reader->has_plan = true;
	reader->planned = planned;
	return 0;
}

static int take_version(struct reader *reader, const char *text)
{
	unsigned long version = strtoul(text, NULL, 10);

	if (version > 14)
		return tap_wrong(reader, "a version that is newer than 14");
	return 0;
}

/* A block about the point before, of which only the duration matters. */
static void take_yaml(struct reader *reader, const struct line *line)
{
	struct level *level = &reader->levels[reader->yaml_depth];

	if (line->indent == reader->yaml_indent && !strcmp(line->text, "..."))
		reader->in_yaml = false;
	else if (line->indent == reader->yaml_indent &&
		 !strncmp(line->text, "duration_ms:", 12) &&
		 level->last != NO_POINT)
		level->list[level->last].one.duration =
			tap_duration_of(line->text + 12);
}

/* The block is indented by two columns, or by four as vitest does. */
static bool begins_yaml(struct reader *reader, const struct line *line)
{
	size_t depth = reader->after;

	if (depth == NO_POINT || strcmp(line->text, "---") != 0 ||
		line->indent <= depth * INDENT ||
		line->indent > (depth + 1) * INDENT)
		return false;
	reader->in_yaml = true;
	reader->yaml_indent = line->indent;
	reader->yaml_depth = depth;
	return true;
}

static int tap_take_line(struct reader *reader, const struct line *line)
{
	size_t depth = line->indent / INDENT;

	if (reader->in_yaml) {
		take_yaml(reader, line);
		return 0;
	}
	if (begins_yaml(reader, line))
		return 0;
	reader->after = NO_POINT;
	/* What else is printed may be indented as it likes. */
	if (line->indent % INDENT || depth > DEPTH_MAX || !*line->text)
		return 0;
	if (!strncasecmp(line->text, "Bail out!", 9))
		return tap_wrong(reader, "the run bailed out");
	if (!depth && !strncmp(line->text, "TAP version ", 12))
		return take_version(reader, line->text + 12);
	if (!strcmp(line->text, "}")) {
		release_held(reader, depth);
		return 0;
	}
	if (take_point(reader, depth, line->text))
		return 0;
	return take_plan(reader, depth, line->text);
}

static int tap_finish(struct reader *reader)
{
	struct level *top = reader->levels;

	for (size_t depth = DEPTH_MAX + 1; depth-- > 0;)
		release_held(reader, depth);
	if (reader->in_yaml)
		return err_set(reader->err, -1,
			"TAP report '%s' ends inside a block of diagnostics",
			reader->file);
	if (!reader->has_plan)
		return err_set(reader->err, -1,
			"TAP report '%s' has no plan, a line '1..N': it is cut "
			"short, or no TAP",
			reader->file);
	if (top->seen != reader->planned)
		return err_set(reader->err, -1,
			"TAP report '%s' is cut short: %zu tests were planned, "
			"and it tells of %zu",
			reader->file, reader->planned, top->seen);
	for (size_t i = 0; i < top->count; i++)
		told_add(reader->told, top->list[i].name, &top->list[i].one);
	return 0;
}

static int read_lines(struct reader *reader, char *text)
{
	int code = 0;

	for (char *next; code == 0 && text; text = next) {
		struct line line;

		next = strchr(text, '\n');
		if (next)
			*next++ = '\0';
		reader->line++;
		trim_end(text);
		line.indent = strspn(text, " ");
		line.text = text + line.indent;
		code = tap_take_line(reader, &line);
	}
	return code;
}

int tap_read(struct told *told, const char *name, const char *text, size_t size,
	struct err *err)
{
	struct reader reader = {
		.told = told, .file = name, .err = err, .after = NO_POINT};
	char *copy = xmemdup(text, size);
	int code;

	for (size_t i = 0; i < size; i++)
		if (!copy[i])
			copy[i] = ' ';
	for (size_t i = 0; i <= DEPTH_MAX; i++)
		reader.levels[i].last = NO_POINT;
	code = read_lines(&reader, copy);
	if (code == 0)
		code = tap_finish(&reader);
	for (size_t i = 0; i <= DEPTH_MAX; i++) {
		for (size_t k = 0; k < reader.levels[i].count; k++)
			free(reader.levels[i].list[k].name);
		free(reader.levels[i].list);
		free(reader.levels[i].held.name);
	}
	free(copy);
	return code;
}
