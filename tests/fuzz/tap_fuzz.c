/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/outcomes_fuzz.h"

static const char sound[] =
	"TAP version 14\n1..4\nok 1 - a # SKIP b\n    # Subtest: c\n"
	"    not ok 1 - d # TODO e\n      ---\n      duration_ms: 1\n"
	"      ...\n        ok\n    1..1\nok 2 - c\nok 3 - f # time=3ms {\n"
	"    ok 1 - g {\n        ok 1\n    }\n}\nnot ok 4 \\# \\\\ h\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_reader(tap_read, sound, data, size);
}
