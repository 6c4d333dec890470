/* SPDX-License-Identifier: MIT */
#include "cli/output.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "cli/option.h"
#include "map/variable.h"
#include "wire/kind.h"

const char *colour_option = "auto";

void note(const char *format, ...)
{
	char text[2048];
	size_t n;
	va_list args;

	memcpy(text, "ftrace: ", 8);
	va_start(args, format);
	vsnprintf(text + 8, sizeof(text) - 9, format, args);
	va_end(args);
	n = strlen(text);
	text[n] = '\n';
	fwrite(text, 1, n + 1, stderr);
}

int query_failed(const struct err *err)
{
	note("%s", err->text);
	return EXIT_QUERY_FAILED;
}

cJSON *json_new(void)
{
	cJSON *json = cJSON_CreateObject();

	cJSON_AddNumberToObject(json, "version", JSON_VERSION);
	return json;
}

cJSON *json_path(const char *path)
{
	return json_bytes(variable_shown(path));
}

void json_print(cJSON *json)
{
	char *text = cJSON_Print(json);

	puts(text);
	free(text);
	cJSON_Delete(json);
}

void json_add_kinds(cJSON *object, const char *name, uint32_t kinds)
{
	cJSON *array = cJSON_AddArrayToObject(object, name);

	for (unsigned kind = 0; kind < ACCESS_KINDS; kind++)
		if (kinds & KIND_BIT(kind))
			cJSON_AddItemToArray(array,
				cJSON_CreateString(access_kind_name(kind)));
}

const char *kinds_text(uint32_t kinds)
{
	static char text[128];
	size_t n = 0;

	*text = '\0';
	for (unsigned kind = 0; kind < ACCESS_KINDS; kind++)
		if (kinds & KIND_BIT(kind))
			n += (size_t)snprintf(text + n, sizeof(text) - n,
				"%s%s", n ? "," : "", access_kind_name(kind));
	return text;
}

void print_item(const char *text, bool zero)
{
	fputs(text, stdout);
	putchar(zero ? '\0' : '\n');
}

const char *counted(size_t count, const char *one, const char *many)
{
	static char text[8][64];
	static unsigned next;
	char *to = text[next++ % 8];

	snprintf(to, sizeof(*text), "%zu %s", count, count == 1 ? one : many);
	return to;
}

const char *new_text(size_t count)
{
	static char text[32];

	*text = '\0';
	if (count)
		snprintf(text, sizeof(text), ", and %zu new", count);
	return text;
}

const char *duration_text(int64_t microseconds)
{
	static char text[32];

	if (microseconds >= 1000000)
		snprintf(text, sizeof(text), "%.1f s",
			(double)microseconds / 1e6);
	else
		snprintf(text, sizeof(text), "%.0f ms",
			(double)microseconds / 1e3);
	return text;
}

bool colour_is_known(void)
{
	if (!strcmp(colour_option, "auto") ||
		!strcmp(colour_option, "always") ||
		!strcmp(colour_option, "never"))
		return true;
	note("--color is auto, always or never, not '%s'", colour_option);
	return false;
}

static bool colour_is_wanted(bool err)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (!strcmp(colour_option, "always"))
		return true;
	if (!strcmp(colour_option, "never") || (no && *no) ||
		(term && !strcmp(term, "dumb")))
		return false;
	return isatty(err ? STDERR_FILENO : STDOUT_FILENO);
}

const char *colour(bool err, enum colour which)
{
	static const char *const codes[] = {"\033[0m", "\033[1m", "\033[33m"};

	return colour_is_wanted(err) ? codes[which] : "";
}

int finish_output(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return EXIT_ANSWERED;
	note("cannot write the answer: %s", strerror(errno));
	return EXIT_QUERY_FAILED;
}
