/* SPDX-License-Identifier: MIT */
/*
 * `python manage.py test ARGUMENTS`, `django-admin test` and `python -m django
 * test`, also behind a program that runs them, such as env or coverage.
 */
#ifndef FTRACE_RUNNERS_DJANGO_COMMAND_H
#define FTRACE_RUNNERS_DJANGO_COMMAND_H

#include <stdbool.h>

/* As struct adapter has them. */
bool django_command_recognise(char *const argv[]);
char **django_command_asked(char *const argv[], const char *root,
	const char *directory, bool sibling);
bool django_command_is_part(char *const argv[]);

#endif
