/* SPDX-License-Identifier: MIT */
/*
 * `manage.py test`: Django's runner is made of unittest, and so is this of
 * runners/unittest; what is beside this file adds what Django sets up.
 */
#include "runners/django/django.h"

#include "runners/django/command.h"
#include "runners/python/python.h"
#include "runners/unittest/names.h"

/* A command that cannot even begin ends with 1, too. */
static enum runner_end django_end(int status)
{
	switch (status) {
	case 0:
		return RUNNER_PASSED;
	case 1:
		return RUNNER_FAILED;
	case 2:
		return RUNNER_BROKEN_OFF;
	default:
		return runner_end_by_signal(status);
	}
}

const struct adapter adapter_django = {
	.name = "django",
	.recognise = django_command_recognise,
	.end = django_end,
	.silence = "Django's runner did not load ftrace's hooks, as happens "
		   "with a TEST_RUNNER that is not made of DiscoverRunner, "
		   "with Django before 4.0, in a container, or with a Python "
		   "that ftrace cannot enter",
	.start_name = PYTHON_START,
	.skips = unittest_skips,
	.matches = unittest_matches,
	.asked = django_command_asked,
	.is_part = django_command_is_part,
	.argument = unittest_label,
};
