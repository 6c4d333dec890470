/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "adapters/outcomes/told.h"
#include "tests/fuzz/fuzz.h"

static const char sound[] =
	"<testsuites><testsuite name='a'><testcase name='b' time='1'>"
	"<failure message='c'><![CDATA[d]]></failure></testcase><testsuite>"
	"<testcase classname='test' name='e'><skipped type='todo'/>"
	"<rerunFailure/></testcase></testsuite></testsuite></testsuites>";

static void read_text(const char *text, size_t size)
{
	struct told told = {.list = NULL};
	struct err err;

	if (junit_read(&told, "fuzz", text, size, &err) == 0)
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
