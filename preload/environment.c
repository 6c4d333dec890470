/* SPDX-License-Identifier: MIT */
#include "preload/environment.h"

#include <string.h>

#include "preload/recorder.h"

/* "scope.serial.r", two numbers of at most ten digits. */
#define SCOPE_BYTES 24

/* See the sanitizers' wiki, AddressSanitizerFlags. */
#define ASAN_VARIABLE "ASAN_OPTIONS"
#define ASAN_DOES_NOT_MIND "verify_asan_link_order=0"

static const char *value_of(const char *entry, const char *name)
{
	size_t n = strlen(name);

	return !strncmp(entry, name, n) && entry[n] == '=' ? entry + n + 1
							   : NULL;
}

/* The loader takes the last of several. */
static const char *last_of(char *const *envp, const char *name)
{
	const char *found = NULL, *value;

	for (; envp && *envp; envp++) {
		value = value_of(*envp, name);
		if (value)
			found = value;
	}
	return found ? found : "";
}

struct environment_size environment_measure(char *const *envp)
{
	struct environment_size size = {.slots = 5};

	for (char *const *entry = envp; entry && *entry; entry++)
		size.slots++;
	size.bytes = sizeof(PRELOAD_VARIABLE "=") +
		     strlen(last_of(envp, PRELOAD_VARIABLE)) + 1 +
		     strlen(recorder_library()) + sizeof(SESSION_VARIABLE "=") +
		     strlen(recorder_session()) + sizeof(SCOPE_VARIABLE "=") +
		     SCOPE_BYTES + sizeof(ASAN_VARIABLE "=") +
		     strlen(last_of(envp, ASAN_VARIABLE)) + 1 +
		     sizeof(ASAN_DOES_NOT_MIND);
	return size;
}

static char *environment_put(char *at, const char *text, size_t size)
{
	memcpy(at, text, size);
	return at + size;
}

static char *put_string(char *at, const char *text)
{
	return environment_put(at, text, strlen(text));
}

static char *environment_put_number(char *at, uint32_t value)
{
	char digits[10];
	size_t n = sizeof(digits);

	do {
		digits[--n] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	return environment_put(at, digits + n, sizeof(digits) - n);
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
			at = environment_put(at, old, n);
			any = true;
		}
		old += n + (old[n] != '\0');
	}
	if (preload) {
		if (any)
			*at++ = ':';
		at = environment_put(at, ours, our_size);
		any = true;
	}
	*at++ = '\0';
	return any ? at : NULL;
}

static char *put_asan(char *at, const char *old)
{
	at = put_string(at, ASAN_VARIABLE "=");
	if (*old) {
		at = put_string(at, old);
		*at++ = ':';
	}
	at = put_string(at, ASAN_DOES_NOT_MIND);
	*at++ = '\0';
	return at;
}

void environment_fill(char **slots, char *text, char *const *envp,
	const struct environment_needs *needs)
{
	size_t n = 0;
	char *end;

	for (char *const *entry = envp; entry && *entry; entry++)
		if (!value_of(*entry, PRELOAD_VARIABLE) &&
			!value_of(*entry, SESSION_VARIABLE) &&
			!value_of(*entry, SCOPE_VARIABLE) &&
			!(needs->asan && value_of(*entry, ASAN_VARIABLE)))
			slots[n++] = *entry;
	if (needs->asan) {
		slots[n++] = text;
		text = put_asan(text, last_of(envp, ASAN_VARIABLE));
	}
	end = put_preload(
		text, last_of(envp, PRELOAD_VARIABLE), needs->preload);
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
	text = environment_put_number(text, needs->scope);
	*text++ = '.';
	text = environment_put_number(text, needs->serial);
	if (needs->spoken)
		text = put_string(text, SCOPE_SPOKEN);
	*text = '\0';
	slots[n] = NULL;
}
