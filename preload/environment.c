/* SPDX-License-Identifier: MIT */
#include "preload/environment.h"

#include <string.h>

#include "preload/recorder.h"

/* "scope.serial", two numbers of at most ten digits. */
#define SCOPE_BYTES 24

static const char *value_of(const char *entry, const char *name)
{
	size_t n = strlen(name);

	return !strncmp(entry, name, n) && entry[n] == '=' ? entry + n + 1
							   : NULL;
}

/* The loader takes the last of several. */
static const char *last_preload(char *const *envp)
{
	const char *found = NULL, *value;

	for (; envp && *envp; envp++) {
		value = value_of(*envp, PRELOAD_VARIABLE);
		if (value)
			found = value;
	}
	return found ? found : "";
}

struct environment_size environment_measure(char *const *envp)
{
	struct environment_size size = {.slots = 4};

	for (char *const *entry = envp; entry && *entry; entry++)
		size.slots++;
	size.bytes = sizeof(PRELOAD_VARIABLE "=") + strlen(last_preload(envp)) +
		     1 + strlen(recorder_library()) +
		     sizeof(SESSION_VARIABLE "=") + strlen(recorder_session()) +
		     sizeof(SCOPE_VARIABLE "=") + SCOPE_BYTES;
	return size;
}

static char *put(char *at, const char *text, size_t size)
{
	memcpy(at, text, size);
	return at + size;
}

static char *put_string(char *at, const char *text)
{
	return put(at, text, strlen(text));
}

static char *put_number(char *at, uint32_t value)
{
	char digits[10];
	size_t n = sizeof(digits);

	do {
		digits[--n] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	return put(at, digits + n, sizeof(digits) - n);
}

/*
 * The user's libraries keep their order and come first; ours appears once,
 * last, or not at all. Returns the end, or NULL when nothing is left.
 */
static char *put_preload(char *at, const char *old, bool preload)
{
	const char *ours = recorder_library();
	size_t our_size = strlen(ours);
	bool any = false;

	at = put_string(at, PRELOAD_VARIABLE "=");
	while (*old) {
		size_t n = strcspn(old, ": ");

		if (n && !(n == our_size && !memcmp(old, ours, n))) {
			if (any)
				*at++ = ':';
			at = put(at, old, n);
			any = true;
		}
		old += n + (old[n] != '\0');
	}
	if (preload) {
		if (any)
			*at++ = ':';
		at = put(at, ours, our_size);
		any = true;
	}
	*at++ = '\0';
	return any ? at : NULL;
}

void environment_fill(char **slots, char *text, char *const *envp,
	uint32_t scope, uint32_t serial, bool preload)
{
	size_t n = 0;
	char *end;

	for (char *const *entry = envp; entry && *entry; entry++)
		if (!value_of(*entry, PRELOAD_VARIABLE) &&
			!value_of(*entry, SESSION_VARIABLE) &&
			!value_of(*entry, SCOPE_VARIABLE))
			slots[n++] = *entry;
	end = put_preload(text, last_preload(envp), preload);
	if (end) {
		slots[n++] = text;
		text = end;
	}
	slots[n++] = text;
	text = put_string(text, SESSION_VARIABLE "=");
	text = put_string(text, recorder_session());
	*text++ = '\0';
	slots[n++] = text;
	text = put_string(text, SCOPE_VARIABLE "=");
	text = put_number(text, scope);
	*text++ = '.';
	text = put_number(text, serial);
	*text = '\0';
	slots[n] = NULL;
}
