/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/outcomes_fuzz.h"

static const char sound[] =
	"<testsuites><testsuite name='a'><testcase name='b' time='1'>"
	"<failure message='c'><![CDATA[d]]></failure></testcase><testsuite>"
	"<testcase classname='test' name='e'><skipped type='todo'/>"
	"<rerunFailure/></testcase></testsuite></testsuite></testsuites>";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_reader(junit_read, sound, data, size);
}
