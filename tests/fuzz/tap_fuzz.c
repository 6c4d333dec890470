/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "adapters/outcomes/told.h"
#include "tests/fuzz/fuzz.h"

static const char sound[] =
	"TAP version 14\n1..4\nok 1 - a # SKIP b\n    # Subtest: c\n"
	"    not ok 1 - d # TODO e\n      ---\n      duration_ms: 1\n"
	"      ...\n        ok\n    1..1\nok 2 - c\nok 3 - f # time=3ms {\n"
	"    ok 1 - g {\n        ok 1\n    }\n}\nnot ok 4 \\# \\\\ h\n";

static void read_text(const char *text, size_t size)
{
	struct told told = {.list = NULL};
	struct err err;

	if (tap_read(&told, "fuzz", text, size, &err) == 0)
		for (size_t i = 0; i < told.count; i++)
			if (!*told.list[i].outcome ||
				told.list[i].duration < -1)
				abort();
	told_release(&told);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t text[sizeof(sound) - 1];

	read_text((const char *)data, size);
	memcpy(text, sound, sizeof(text));
	fuzz_patch(text, sizeof(text), data, size);
	read_text((const char *)text, sizeof(text));
	return 0;
}
