/* SPDX-License-Identifier: MIT */
#include "cli/complete.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "cli/option.h"

/* A command line up to the word that is being typed. */
struct typing {
	char *const *words;
	size_t count;
	const struct verb *verb;
	const char *current;
	const char *root;               /* the value of --root, or NULL */
	const struct option_row *value; /* the word is its value, or NULL */
	const char *operands[8];
	size_t operand_count;
	size_t command; /* where a command begins; 0: nowhere */
	bool ended;     /* no more options, after "--" */
};

/* A word of a usage. */
struct part {
	const char *text;
	size_t size;
};

static void complete_say(const char *directive)
{
	puts(directive);
}

static void say_command(size_t at)
{
	printf("command %zu\n", at);
}

static void say_kinds(unsigned kinds)
{
	complete_say(kinds & VALUES_FILES     ? "files"
		     : kinds & VALUES_FOLDERS ? "folders"
		     : kinds & VALUES_NAMES   ? "names"
					      : "words");
}

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; verbs[i]; i++)
		if (!strcmp(verbs[i]->name, name))
			return verbs[i];
	return NULL;
}

/* Whether a "--" and a command may follow, behind operands or at once. */
static bool has_command(const struct verb *verb)
{
	return strstr(verb->usage, "-- COMMAND") != NULL;
}

static const struct option_row *find_long(
	const struct verb *verb, const char *name, size_t size)
{
	for (const struct option_row *row = verb->options; row->name; row++)
		if (strlen(row->name) == size && !memcmp(row->name, name, size))
			return row;
	return NULL;
}

/* The option whose value is the next word, after letters or a name. */
static const struct option_row *find_waiting(
	const struct verb *verb, const char *word)
{
	const struct option_row *row = NULL;

	if (word[1] == '-') {
		row = strchr(word, '=')
			      ? NULL
			      : find_long(verb, word + 2, strlen(word + 2));
		return row && row->type != OPTION_FLAG ? row : NULL;
	}
	for (const char *letter = word + 1; *letter; letter++) {
		for (row = verb->options; row->name && row->letter != *letter;)
			row++;
		if (row->name && row->type != OPTION_FLAG)
			return letter[1] ? NULL : row;
	}
	return NULL;
}

/* One word that stands before the current one. */
static void complete_pass(struct typing *typing, size_t at)
{
	const char *word = typing->words[at];

	if (typing->value) {
		if (!strcmp(typing->value->name, "root"))
			typing->root = word;
		typing->value = NULL;
	} else if (!typing->ended && !strcmp(word, "--")) {
		typing->ended = true;
		if (has_command(typing->verb))
			typing->command = at + 1;
	} else if (!typing->ended && word[0] == '-' && word[1]) {
		typing->value = find_waiting(typing->verb, word);
		if (!strncmp(word, "--root=", 7))
			typing->root = word + 7;
	} else if (option_takes_command(typing->verb)) {
		typing->command = at;
	} else if (typing->operand_count <
		   sizeof(typing->operands) / sizeof(*typing->operands)) {
		typing->operands[typing->operand_count++] = word;
	}
}

/* Usages: alternatives between " | ", words between spaces. */

static bool next_part(struct part *part, const char **at)
{
	*at += strspn(*at, " ");
	part->text = *at;
	part->size = strcspn(*at, " ");
	*at += part->size;
	return part->size && !(part->size == 1 && *part->text == '|');
}

static bool is_repeated(const struct part *part)
{
	return part->size >= 3 && !memcmp(part->text, "...", 3);
}

/* Without the brackets of what may be left out. */
static struct part plain(struct part part)
{
	if (part.size && *part.text == '[') {
		part.text++;
		part.size--;
	}
	if (part.size && part.text[part.size - 1] == ']')
		part.size--;
	return part;
}

static bool complete_is_kind(struct part part)
{
	return part.size && isupper((unsigned char)*part.text);
}

/* Whether the operand is one of "a|b". */
static bool complete_is_one_of(struct part part, const char *operand)
{
	size_t size = strlen(operand);

	while (part.size) {
		const char *bar = memchr(part.text, '|', part.size);
		size_t n = bar ? (size_t)(bar - part.text) : part.size;

		if (n == size && !memcmp(part.text, operand, n))
			return true;
		n += bar != NULL;
		part.text += n;
		part.size -= n;
	}
	return false;
}

/*
 * What stands behind the operands in the alternative that begins there, which
 * moves to its end; of size 0: it has no such operands, or no more of them.
 */
static struct part find_part(const struct typing *typing, const char **at)
{
	struct part part, last = {.size = 0}, found = {.size = 0};
	size_t n = 0;
	bool fits = true;

	while (next_part(&part, at)) {
		if (is_repeated(&part)) {
			if (fits && n <= typing->operand_count &&
				complete_is_kind(last))
				found = last;
			continue;
		}
		part = plain(part);
		if (fits && n == typing->operand_count &&
			!(part.size >= 2 && !memcmp(part.text, "--", 2)))
			found = part;
		if (n < typing->operand_count && !complete_is_kind(part) &&
			!complete_is_one_of(part, typing->operands[n]))
			fits = false;
		n++;
		last = part;
	}
	return found;
}

static void put_fixed(const struct typing *typing, struct part part)
{
	char text[64];

	while (part.size) {
		const char *bar = memchr(part.text, '|', part.size);
		size_t n = bar ? (size_t)(bar - part.text) : part.size;

		snprintf(text, sizeof(text), "%.*s", (int)n, part.text);
		complete_put(typing->current, "", text, NULL);
		n += bar != NULL;
		part.text += n;
		part.size -= n;
	}
}

static void complete_operand(const struct typing *typing)
{
	unsigned kinds = 0;

	for (const char *at = typing->verb->usage; *at;) {
		struct part part = find_part(typing, &at);

		if (complete_is_kind(part))
			kinds |= complete_kind(part.text, part.size);
	}
	say_kinds(kinds);
	for (const char *at = typing->verb->usage; *at;) {
		struct part part = find_part(typing, &at);

		if (complete_is_kind(part))
			complete_values(part.text, part.size, typing->root,
				typing->current, "");
		else
			put_fixed(typing, part);
	}
}

static void complete_value(const struct typing *typing,
	const struct option_row *row, const char *typed, const char *before)
{
	size_t size = row->argument ? strlen(row->argument) : 0;

	say_kinds(size ? complete_kind(row->argument, size) : 0);
	if (size)
		complete_values(
			row->argument, size, typing->root, typed, before);
}

static void complete_option(const struct typing *typing)
{
	const char *current = typing->current;
	char text[64];

	complete_say("words");
	for (const struct option_row *row = typing->verb->options; row->name;
		row++) {
		snprintf(text, sizeof(text), "--%s", row->name);
		complete_put(current, "", text, row->help);
		if (!row->letter)
			continue;
		snprintf(text, sizeof(text), "-%c", row->letter);
		complete_put(current, "", text, row->help);
	}
	complete_put(current, "", "--help", "this help");
	complete_put(current, "", "-h", "this help");
	if (has_command(typing->verb))
		complete_put(current, "", "--", "a command follows");
}

static void complete_verb(const struct typing *typing)
{
	const char *current = typing->current;

	complete_say("words");
	complete_values("VERB", 4, NULL, current, "");
	if (*current != '-')
		return;
	complete_put(current, "", "--help", "the list of verbs");
	complete_put(current, "", "-h", "the list of verbs");
	complete_put(current, "", "--version", "ftrace's version");
	complete_put(current, "", "-V", "ftrace's version");
}

static void complete_word(const struct typing *typing)
{
	const char *current = typing->current, *equals = strchr(current, '=');
	const struct option_row *row;
	char before[64];

	if (typing->command) {
		say_command(typing->command + 1);
	} else if (typing->value) {
		complete_value(typing, typing->value, current, "");
	} else if (*current == '-' && !typing->ended && equals) {
		row = current[1] == '-'
			      ? find_long(typing->verb, current + 2,
					(size_t)(equals - current) - 2)
			      : NULL;
		snprintf(before, sizeof(before), "%.*s",
			(int)(equals + 1 - current), current);
		if (row && row->type != OPTION_FLAG)
			complete_value(typing, row, equals + 1, before);
		else
			complete_say("words");
	} else if (*current == '-' && !typing->ended) {
		complete_option(typing);
	} else if (option_takes_command(typing->verb)) {
		say_command(typing->count);
	} else {
		complete_operand(typing);
	}
}

void complete(char *const *words, size_t count)
{
	struct typing typing = {.words = words,
		.count = count,
		.current = count ? words[count - 1] : ""};

	if (count > 1)
		typing.verb = find_verb(words[0]);
	for (size_t i = 1; typing.verb && i + 1 < count && !typing.command; i++)
		complete_pass(&typing, i);
	if (typing.verb)
		complete_word(&typing);
	else if (count <= 1)
		complete_verb(&typing);
	else
		complete_say("words");
}
